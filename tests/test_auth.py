"""Tokens: what they say, how they are sent, when they are refused. Signing in and out as such is in test_users.py."""

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta

import httpx
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from mock_server.app import App
from mock_server.studio import tokens
from tests.conftest import Client, as_person
from tests.worlds import NOW

KEY = load_pem_private_key(tokens.KEY.read_bytes(), None)
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
REFUSED = "User is not authenticated. This means token is either not present or invalid"
DAYS_14 = 14 * 24 * 60 * 60
NEWCOMER = {"email": "newcomer@example.com", "password": "edelweiss-1864"}
LOG_IN = {"email": "viewer@example.com", "password": "studio-mock"}


def claims_of(token: str) -> dict[str, object]:
    options = {"verify_exp": False, "verify_iat": False, "verify_sub": False}
    claims: dict[str, object] = jwt.decode(token, PUBLIC, algorithms=["RS256"], options=options)  # type: ignore[arg-type]
    return claims


def assert_refused(answer: httpx.Response) -> None:
    assert answer.status_code == 401, answer.text
    assert answer.json() == {"message": REFUSED, "status": "UNAUTHORIZED"}
    assert answer.headers["www-authenticate"] == "Bearer"


def signed(claims: dict[str, object], key: object = KEY, algorithm: str = "RS256") -> str:
    return jwt.encode(claims, key, algorithm)  # type: ignore[arg-type]


def claims_for(user_id: object = 3, **more: object) -> dict[str, object]:
    issued = int(NOW.timestamp())
    return {"sub": user_id, "iat": issued, "exp": issued + DAYS_14, "iss": "deepopinion.ai", **more}


def unsigned(token: str) -> str:
    header = urlsafe_b64encode(msgspec.json.encode({"typ": "JWT", "alg": "none"})).rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


@pytest.mark.parametrize(("path", "body"), [("/auth/register", NEWCOMER), ("/auth/login", LOG_IN)])
def test_tokens_carry_the_documented_claims_for_exactly_14_days(anyone: Client, path: str, body: object) -> None:
    anyone.advance(12.75)
    token = anyone.post(path, json=body).json()["auth_token"]
    claims = claims_of(token)
    assert jwt.get_unverified_header(token) == {"typ": "JWT", "alg": "RS256"}
    assert claims["iat"] == int((NOW + timedelta(seconds=12)).timestamp())
    assert claims["exp"] == int(str(claims["iat"])) + DAYS_14
    assert claims["iss"] == "deepopinion.ai"
    assert claims["languages"] == ["*"]
    assert claims["functionality"] == ["Analysis/*", "Training/*", "Models/*"]
    assert claims["sub"] == Client(anyone.app, token).get("/auth/status").json()["user"]["id"]


def test_two_tokens_of_one_moment_differ(anyone: Client) -> None:
    first, second = (anyone.post("/auth/login", json=LOG_IN).json()["auth_token"] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("form", ["Bearer {}", "{}"])
def test_a_token_is_taken_with_and_without_bearer(client: Client, anyone: Client, form: str) -> None:
    answer = anyone.get("/auth/status", headers={"Authorization": form.format(client.token)})
    assert answer.json()["user"]["email"] == "owner@example.com"


@pytest.mark.parametrize(
    "forge",
    [
        lambda good: "",
        lambda good: "Bearer",
        lambda good: "Bearer ",
        lambda good: "Bearer nothing",
        lambda good: "Basic b3duZXI6c3R1ZGlvLW1vY2s=",
        lambda good: "Bearer a.b.c",
        lambda good: "Bearer ..",
        lambda good: f"Bearer Bearer {good}",
        lambda good: good[:-7],
        lambda good: good.rsplit(".", 1)[0],
        lambda good: f"{good}.more",
        lambda good: unsigned(good),
        lambda good: signed(claims_for(), "a secret that everybody can guess", "HS256"),
        lambda good: signed(claims_for(), rsa.generate_private_key(65537, 2048)),
        lambda good: signed(claims_for(), algorithm="RS384"),
        lambda good: signed(claims_for(None)),
        lambda good: signed(claims_for("viewer")),
        lambda good: signed(claims_for(10**12)),
        lambda good: signed({"sub": 3}),
        lambda good: signed(claims_for(exp="soon")),
        lambda good: urlsafe_b64encode(b"[" * 9000).decode() + ".e30.e30",
        lambda good: ("ü" * 20).encode("latin-1"),
    ],
)
def test_a_token_that_was_not_issued_here_is_refused(
    client: Client, anyone: Client, forge: Callable[[str], str | bytes]
) -> None:
    sent = forge(client.token or "")
    header = sent.encode() if isinstance(sent, str) else sent
    assert_refused(anyone.get("/auth/status", headers={b"Authorization": header}))


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/auth/status"),
        ("POST", "/auth/logout"),
        ("GET", "/types"),
        ("GET", "/users/1"),
        ("GET", "/users/999999"),
        ("GET", "/users/none"),
        ("PUT", "/users/1"),
        ("POST", "/organizations"),
        ("DELETE", "/organizations/1"),
        ("GET", "/projects/11"),
        ("POST", "/projects/11/classes"),
    ],
)
def test_nothing_is_told_without_a_token(anyone: Client, method: str, path: str) -> None:
    assert_refused(anyone.request(method, path))


@pytest.mark.parametrize(
    ("path", "body"),
    [("/auth/login", LOG_IN), ("/auth/register", NEWCOMER), ("/password/email", {"email": "nobody@example.com"})],
)
def test_operations_without_authentication_do_not_look_at_a_token(anyone: Client, path: str, body: object) -> None:
    assert anyone.post(path, json=body, headers={"Authorization": "Bearer nothing"}).status_code == 200


def test_a_token_ends_after_14_days_on_the_clock_of_the_world(client: Client, anyone: Client) -> None:
    client.advance(DAYS_14 - 0.001)
    assert client.get("/auth/status").status_code == 200
    client.advance(0.001)
    assert_refused(client.get("/auth/status"))
    assert anyone.as_user("owner@example.com").get("/auth/status").status_code == 200


def test_logging_out_ends_one_token_and_no_other(anyone: Client) -> None:
    first, second = anyone.as_user("viewer@example.com"), anyone.as_user("viewer@example.com")
    assert first.post("/auth/logout").json() == {"message": "You are logged out.", "status": "OK"}
    assert_refused(first.get("/auth/status"))
    assert_refused(first.post("/auth/logout"))
    assert second.get("/auth/status").status_code == 200
    assert anyone.as_user("viewer@example.com").get("/auth/status").status_code == 200


@pytest.mark.parametrize("form", ["Bearer {}", "{}"])
def test_a_logged_out_token_is_refused_in_both_forms(anyone: Client, form: str) -> None:
    token = anyone.as_user("viewer@example.com").token
    anyone.post("/auth/logout", headers={"Authorization": form.format(token)})
    for other in ("Bearer {}", "{}"):
        assert_refused(anyone.get("/auth/status", headers={"Authorization": other.format(token)}))


def test_what_is_kept_of_logged_out_tokens_goes_when_they_have_expired(app: App) -> None:
    from mock_server.studio.rows import RevokedToken

    for _ in range(3):
        for number in range(4):
            Client(app, tokens.issue(3, app.sandbox.begin().now, f"token-{number}")).post("/auth/logout")
        assert len(app.sandbox.begin().ids(RevokedToken)) == 4
        app.sandbox.advance(DAYS_14)


def test_the_token_of_a_deleted_user_is_refused(client: Client, as_user: Callable[[str], Client]) -> None:
    viewer = as_user("viewer@example.com")
    assert client.delete("/users/3").status_code == 200
    assert_refused(viewer.get("/auth/status"))
    assert_refused(viewer.get("/users/3"))


def test_a_token_survives_a_change_of_password_and_of_address(as_user: Callable[[str], Client]) -> None:
    viewer = as_user("viewer@example.com")
    change = {"email": "elsewhere@example.com", "password": "gentian-and-arnica"}
    assert viewer.put("/users/3", json=change).status_code == 200
    assert viewer.get("/auth/status").json()["user"]["email"] == "elsewhere@example.com"


def test_tokens_are_good_in_another_server_over_the_same_world(client: Client) -> None:
    from mock_server.app import Settings, create_app

    other = create_app(client.app.sandbox.world, Settings(check_responses=True))
    assert Client(other, client.token).get("/auth/status").json() == client.get("/auth/status").json()


def test_a_token_belongs_to_the_person_whose_id_it_names(app: App) -> None:
    for user_id, email in ((1, "owner@example.com"), (3, "viewer@example.com"), (8, "guest@example.com")):
        assert claims_of(as_person(app, email).token or "")["sub"] == user_id
