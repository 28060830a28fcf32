"""Registering, logging in, forgotten passwords and addresses to confirm. What tokens are is in test_auth.py."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import App
from mock_server.studio import tokens
from mock_server.studio.domain import accounts, users
from mock_server.studio.rows import User, UserToken
from mock_server.world import Tx
from tests.accounts import NEWCOMER, PASSWORD, is_verified, log_in, outbox, register, reset_token
from tests.conftest import Client
from tests.worlds import NOW, small_world

WRONG = {"message": "Invalid combination of email and password", "status": "UNAUTHORIZED"}
HOUR, DAY = 3600, 24 * 3600


# Registering and signing in


def test_who_registers_manages_a_default_workspace_of_their_own(anyone: Client) -> None:
    answer = anyone.post("/auth/register", json=NEWCOMER).json()
    assert (answer["message"], answer["status"]) == ("Successfully registered.", "CREATED")
    status = Client(anyone.app, answer["auth_token"]).get("/auth/status").json()
    workspace = {"name": "Mira Oberhofer's workspace", "role": "MANAGER", "is_default": True}
    assert status["organizations"] == [{"id": 4, **workspace}]
    flags = {"is_superuser": False, "is_betauser": False, "is_verified": False}
    names = {"first_name": "Mira", "last_name": "Oberhofer", "email": "mira@example.com"}
    assert status["user"] == {"id": 9, **names, **flags}


@pytest.mark.parametrize("names", [{}, {"first_name": None, "last_name": None}])
def test_names_that_were_not_given_are_null_and_the_address_stands_for_them(
    anyone: Client, names: dict[str, None]
) -> None:
    sent = {"email": "mira@example.com", "password": PASSWORD, **names}
    mira = Client(anyone.app, anyone.post("/auth/register", json=sent).json()["auth_token"])
    assert mira.get("/users/9").json() == {"id": 9, "first_name": None, "last_name": None, "email": "mira@example.com"}
    assert mira.get("/organizations/4/permissions").json()[0]["user"] == "mira@example.com"


def test_people_of_one_name_get_workspaces_of_different_names(anyone: Client) -> None:
    taken = "Mira Oberhofer's workspace 11"
    register(anyone, email="m0@example.com").post("/organizations", json={"name": taken})
    people = [register(anyone, email=f"m{number}@example.com") for number in range(1, 5)]
    own = [person.get("/auth/status").json()["organizations"][0]["name"] for person in people]
    assert len({*own, taken}) == 5


def test_the_longest_names_make_a_workspace_that_can_be_changed(anyone: Client) -> None:
    mira = register(anyone, first_name="M" * 255, last_name="O" * 255)
    workspace = mira.get("/organizations/4").json()
    assert mira.put("/organizations/4", json={"name": workspace["name"]}).json() == workspace


@pytest.mark.parametrize("email", ["viewer@example.com", "VIEWER@example.com", "Viewer@Example.COM"])
def test_an_address_has_one_account_however_it_is_typed(anyone: Client, email: str) -> None:
    answer = anyone.post("/auth/register", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 409
    assert answer.json()["message"] == "Another account has this e-mail address already"
    assert log_in(anyone, email, "studio-mock") == 200


def test_of_two_who_register_one_address_at_once_one_succeeds(app: App) -> None:
    async def both() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://studio-mock.test") as client:
            bodies = [{**NEWCOMER, "email": email} for email in ("mira@example.com", "MIRA@example.com")]
            return await asyncio.gather(*(client.post("/auth/register", json=body) for body in bodies))

    assert sorted(answer.status_code for answer in asyncio.run(both())) == [200, 409]
    assert len(app.sandbox.begin().ids(User)) == 9


@given(st.lists(st.sampled_from(["a@x.org", "A@x.org", "a@X.ORG", "b@x.org", "B@x.org"]), max_size=8))
@settings(max_examples=15, deadline=None)
def test_as_many_accounts_are_opened_as_there_are_different_addresses(emails: list[str]) -> None:
    tx = Tx(small_world())
    opened = 0
    for email in emails:
        try:
            users.register(tx, email, PASSWORD, "http://studio-mock.test")
            opened += 1
        except accounts.EmailTaken:
            assert accounts.by_email(tx, email)
    assert opened == len({email.lower() for email in emails}) == len(tx.ids(User)) - 8


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"password": "seven77"}, "body.password"),
        ({"password": None}, "body.password"),
        ({"password": "nul\u0000nul\u0000"}, "body.password"),
        ({"email": "mira"}, "body.email"),
        ({"email": None}, "body.email"),
        ({"first_name": ""}, "body.first_name"),
        ({"last_name": 7}, "body.last_name"),
    ],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/auth/register"), ("PUT", "/users/1")])
def test_what_cannot_be_an_account_is_refused(
    client: Client, method: str, path: str, change: dict[str, Any], place: str
) -> None:
    answer = client.request(method, path, json={**NEWCOMER, **change})
    assert answer.status_code == 400
    assert [error["place"] for error in answer.json()["errors"]] == [place]
    assert outbox(client, "VERIFY") == []


@pytest.mark.parametrize("missing", ["email", "password"])
def test_registering_and_logging_in_need_both(anyone: Client, missing: str) -> None:
    body = {name: value for name, value in NEWCOMER.items() if name != missing}
    for path in ("/auth/register", "/auth/login"):
        answer = anyone.post(path, json=body)
        assert answer.status_code == 400
        assert answer.json()["errors"] == [{"place": f"body.{missing}", "reason": "is required"}]


def test_a_password_of_eight_characters_is_enough(anyone: Client) -> None:
    register(anyone, password="eight888")
    assert log_in(anyone, "mira@example.com", "eight888") == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("viewer@example.com", "wrong"),
        ("viewer@example.com", "Studio-Mock"),
        ("viewer@example.com", ""),
        ("nobody@example.com", "studio-mock"),
    ],
)
def test_a_wrong_pair_is_answered_the_same_whichever_half_is_wrong(anyone: Client, email: str, password: str) -> None:
    answer = anyone.post("/auth/login", json={"email": email, "password": password})
    assert (answer.status_code, answer.json(), answer.headers["www-authenticate"]) == (401, WRONG, "Bearer")


@pytest.mark.parametrize("email", ["viewer@example.com", "nobody@example.com", "invited@example.com"])
def test_logging_in_works_the_same_amount_whoever_asks(
    anyone: Client, monkeypatch: pytest.MonkeyPatch, email: str
) -> None:
    put_person_without_password(anyone.app)
    hashed: list[str] = []
    monkeypatch.setattr(tokens, "_scrypt", lambda password, salt: hashed.append(password) or b"")
    assert log_in(anyone, email, "wrong") == 401
    assert hashed == ["wrong"]


def test_passwords_are_kept_as_hashes_with_a_salt_each(anyone: Client) -> None:
    for number in range(2):
        register(anyone, email=f"m{number}@example.com")
    kept = {user.password_hash for user in anyone.app.sandbox.begin().rows(User) if user.email.startswith("m")}
    assert len(kept) == 3  # two newcomers, and the manager of the small world
    assert not any(PASSWORD in str(row) for row in kept)


def put_person_without_password(app: App, **fields: Any) -> None:
    tx = app.sandbox.begin()
    user = tx.put(User(id=tx.new_id(User), email="invited@example.com", created=NOW))
    token = {"kind": "FIRST_LOGIN", "user_id": user.id, "token": "first-time", "created": NOW}
    tx.put(UserToken(id=tx.new_id(UserToken), **{**token, "expires": NOW + timedelta(days=1), **fields}))
    app.sandbox.commit(tx)


def test_the_token_for_the_first_time_logs_in_once(anyone: Client) -> None:
    put_person_without_password(anyone.app)
    assert log_in(anyone, "viewer@example.com", "first-time") == 401
    assert log_in(anyone, "Invited@example.com", "first-time") == 200
    assert log_in(anyone, "invited@example.com", "first-time") == 401


@pytest.mark.parametrize(
    "state", [{"expires": NOW}, {"used": NOW}, {"kind": "RESET"}, {"kind": "VERIFY"}, {"user_id": 3}]
)
def test_no_other_token_logs_in(anyone: Client, state: dict[str, Any]) -> None:
    put_person_without_password(anyone.app, **state)
    assert log_in(anyone, "invited@example.com", "first-time") == 401


def test_the_token_for_the_first_time_is_void_once_there_is_a_password(client: Client) -> None:
    put_person_without_password(client.app)
    assert client.put("/users/9", json={"password": PASSWORD}).status_code == 200
    assert log_in(client, "invited@example.com", "first-time") == 401
    assert log_in(client, "invited@example.com", PASSWORD) == 200


def test_the_status_of_a_token_lists_memberships_oldest_first(as_user: Callable[[str], Client]) -> None:
    status = as_user("annotator@example.com").get("/auth/status").json()
    assert [(row["id"], row["role"], row["is_default"]) for row in status["organizations"]] == [
        (1, "ANNOTATOR", True),
        (2, "ANNOTATOR", False),
    ]
    assert as_user("guest@example.com").get("/auth/status").json()["organizations"] == []


# Forgotten passwords


def reset(client: Client, token: str, password: str = PASSWORD) -> tuple[int, str]:
    answer = client.post("/password/reset", json={"reset_password_token": token, "password": password})
    return answer.status_code, answer.json()["message"]


SPENT = (409, "Invalid request body or reset token used or expired.")


def test_asking_for_a_new_password_does_not_tell_who_has_an_account(anyone: Client) -> None:
    addresses = ("viewer@example.com", "nobody@example.com", "Viewer@Example.com", "not an address")
    answers = [anyone.post("/password/email", json={"email": email}) for email in addresses]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    mails = outbox(anyone, "RESET")
    assert [mail["to"] for mail in mails] == ["viewer@example.com"] * 2
    assert mails[0]["link"] == f"http://studio-mock.test/reset-password/{mails[0]['token']}"


def test_a_reset_token_sets_the_password_once(anyone: Client) -> None:
    token = reset_token(anyone)
    assert reset(anyone, token) == (200, "The password was changed.")
    assert log_in(anyone, "viewer@example.com", "studio-mock") == 401
    assert log_in(anyone, "viewer@example.com", PASSWORD) == 200
    assert reset(anyone, token, "another-password") == SPENT
    assert log_in(anyone, "viewer@example.com", PASSWORD) == 200


@pytest.mark.parametrize(("seconds", "expected"), [(HOUR - 0.001, 200), (HOUR, 409)])
def test_a_reset_token_holds_for_an_hour(anyone: Client, seconds: float, expected: int) -> None:
    token = reset_token(anyone)
    anyone.advance(seconds)
    assert reset(anyone, token)[0] == expected


def test_a_new_reset_token_makes_the_ones_before_it_void_and_nobody_elses(anyone: Client) -> None:
    first, other, second = reset_token(anyone), reset_token(anyone, "admin@example.com"), reset_token(anyone)
    assert reset(anyone, first) == SPENT
    assert reset(anyone, second)[0] == reset(anyone, other)[0] == 200


@pytest.mark.parametrize("token", ["", "nothing", "0" * 32])
def test_a_reset_token_that_never_was_is_invalid(anyone: Client, token: str) -> None:
    answer = anyone.post("/password/reset", json={"reset_password_token": token, "password": PASSWORD})
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid token")
    assert answer.json()["errors"] == [{"place": "body.reset_password_token", "reason": "Invalid token"}]


def test_a_refused_password_leaves_the_reset_token_good(anyone: Client) -> None:
    token = reset_token(anyone)
    assert reset(anyone, token, "short")[0] == 400
    assert reset(anyone, token)[0] == 200


def test_a_verification_token_resets_nothing(anyone: Client) -> None:
    register(anyone)
    assert reset(anyone, outbox(anyone, "VERIFY")[-1]["token"])[0] == 400


# Confirming addresses


def verify(client: Client, token: str) -> int:
    return client.post("/users/email/verify", json={"verify_email_token": token}).status_code


def test_registering_asks_to_confirm_the_address(anyone: Client) -> None:
    mira = register(anyone, email="Mira@example.com")
    (mail,) = outbox(anyone, "VERIFY")
    assert (mail["to"], mail["link"]) == (
        "mira@example.com",
        f"http://studio-mock.test/verify-email/{mail['token']}",
    )
    assert (is_verified(mira), verify(anyone, mail["token"]), is_verified(mira)) == (False, 200, True)
    assert verify(anyone, mail["token"]) == 409
    assert mira.post("/users/email/verify/resend").status_code == 409


@pytest.mark.parametrize(("seconds", "expected"), [(7 * DAY - 0.001, 200), (7 * DAY, 409)])
def test_a_verification_token_holds_for_seven_days(anyone: Client, seconds: float, expected: int) -> None:
    register(anyone)
    anyone.advance(seconds)
    assert verify(anyone, outbox(anyone, "VERIFY")[0]["token"]) == expected


def test_asking_again_makes_the_token_before_it_void(anyone: Client) -> None:
    mira = register(anyone)
    answer = mira.post("/users/email/verify/resend")
    assert answer.json() == {"message": "An e-mail is on its way to mira@example.com.", "status": "OK"}
    first, second = outbox(anyone, "VERIFY")
    assert (verify(anyone, first["token"]), verify(anyone, second["token"])) == (409, 200)


def test_a_reset_token_leaves_a_verification_token_good_and_the_other_way_round(anyone: Client) -> None:
    mira = register(anyone)
    verification, token = outbox(anyone, "VERIFY")[0]["token"], reset_token(anyone, "mira@example.com")
    assert verify(anyone, verification) == 200
    mira.put("/users/9", json={"last_name": "Obermeier"})
    assert reset(anyone, token)[0] == 200


@pytest.mark.parametrize("token", ["", "nothing", "0" * 32])
def test_an_unknown_verification_token_is_refused(anyone: Client, token: str) -> None:
    answer = anyone.post("/users/email/verify", json={"verify_email_token": token})
    assert (answer.status_code, answer.json()["message"]) == (409, "Token is not valid or has expired")
