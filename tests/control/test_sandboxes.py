"""Sandboxes: how a request names one, that nothing of one is seen in another, and how they come and go."""

import gc
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from mock_server.app import App, Settings, create_app
from mock_server.label_studio import tokens as label_studio_tokens
from mock_server.label_studio.rows import LsPersonalToken
from tests.conftest import Client, as_person
from tests.worlds import small_world

OWNER = {"email": "owner@example.com", "password": "studio-mock"}
TRICKS = [
    "../etc",
    "..",
    "a/b",
    "A",
    "Ä",
    "a b",
    "",
    "a" * 64,
    "-a",
    "a_b",
    "a.b",
    "a\x00",
    "%2e",
    "default\n",
    "\uff41",
]


def make(app: App, name: str | None = None, **body: Any) -> dict[str, Any]:
    answer = Client(app).post("/_mock/sandboxes", json={**({"name": name} if name else {}), **body})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def names(app: App) -> list[str]:
    return [sandbox["name"] for sandbox in Client(app).get("/_mock/sandboxes").json()["sandboxes"]]


def projects(answer: httpx.Response) -> set[str]:
    assert answer.status_code == 200, answer.text
    return {project["name"] for project in answer.json()}


def add_project(client: Client, name: str, **kwargs: Any) -> None:
    kwargs.setdefault("path", "/projects")
    answer = client.post(kwargs.pop("path"), json={"name": name, "type": "CLASS", "organization_id": 1}, **kwargs)
    assert answer.status_code == 201, answer.text


WAYS: list[tuple[str, dict[str, str]]] = [
    ("/projects", {"X-Mock-Sandbox": "one"}),
    ("/_sandbox/one/projects", {}),
    ("/projects", {"Host": "one.localhost"}),
    ("/projects", {"Host": "ONE.localhost.:8080"}),
    ("/%5Fsandbox/%6Fne/projects", {}),
]


@pytest.mark.parametrize(("path", "headers"), WAYS)
def test_what_is_made_in_a_sandbox_is_seen_only_there(
    app: App, client: Client, path: str, headers: dict[str, str]
) -> None:
    make(app, "one")
    add_project(client, "Mine", path=path, headers=headers)
    assert "Mine" in projects(client.get(path, headers=headers))
    assert "Mine" not in projects(client.get("/projects"))
    assert "Mine" in projects(client.get("/projects", headers={"X-Mock-Sandbox": "one"}))


def test_token_leads_back_to_the_sandbox_that_issued_it(app: App) -> None:
    make(app, "one")
    token = Client(app).post("/_sandbox/one/auth/login", json=OWNER).json()["auth_token"]
    inside = Client(app, token)
    add_project(inside, "Mine")
    assert "Mine" in projects(inside.get("/projects"))
    assert "Mine" not in projects(as_person(app, "owner@example.com").get("/projects"))


def test_access_token_of_label_studio_leads_back_as_well(app: App) -> None:
    make(app, "one")
    row = app.sandbox.begin().get(LsPersonalToken, 1)
    assert row is not None
    refresh = label_studio_tokens.personal(row.user, row.jti)
    answer = Client(app).post("/_sandbox/one/api/token/refresh/", json={"refresh": refresh})
    assert label_studio_tokens.verify(answer.json()["access"]).jti.endswith("@one")


def test_people_of_a_sandbox_have_tokens_that_lead_to_it(app: App) -> None:
    make(app, "one")
    people = Client(app).get("/_sandbox/one/_mock/people", params={"email": OWNER["email"]}).json()["people"]
    headers = people[0]["headers"]
    add_project(Client(app), "Mine", headers=headers)
    assert "Mine" not in projects(as_person(app, OWNER["email"]).get("/projects"))


def test_header_comes_before_path_before_host_before_token(app: App, client: Client) -> None:
    for name in ("one", "two", "three"):
        make(app, name)
        add_project(client, name, headers={"X-Mock-Sandbox": name})
    found = client.get("/_sandbox/two/projects", headers={"X-Mock-Sandbox": "one", "Host": "three.localhost"})
    assert "one" in projects(found)
    assert "two" in projects(client.get("/_sandbox/two/projects", headers={"Host": "three.localhost"}))
    token = Client(app).post("/_sandbox/one/auth/login", json=OWNER).json()["auth_token"]
    assert "three" in projects(Client(app, token).get("/projects", headers={"Host": "three.localhost"}))
    assert "one" in projects(Client(app, token).get("/projects"))


def test_links_in_mails_lead_to_the_sandbox(app: App) -> None:
    make(app, "one")
    newcomer = {"first_name": "Mira", "last_name": "O", "email": "mira@example.com", "password": "edelweiss-1864"}
    anyone = Client(app)
    anyone.post("/_sandbox/one/auth/register", json=newcomer)
    by_path = anyone.get("/_sandbox/one/_mock/outbox").json()[-1]["link"]
    assert by_path.startswith("http://studio-mock.test/_sandbox/one/verify-email/")
    host = {"Host": "one.localhost:8080"}
    anyone.post("/auth/register", json={**newcomer, "email": "mara@example.com"}, headers=host)
    by_host = anyone.get("/_mock/outbox", headers=host).json()[-1]["link"]
    assert by_host.startswith("http://one.localhost:8080/verify-email/")


@pytest.mark.parametrize(
    ("path", "headers", "leads_to"),
    [
        ("/auth/register", {"X-Mock-Sandbox": "one"}, "http://studio-mock.test/_sandbox/one"),
        ("/_sandbox/two/auth/register", {"X-Mock-Sandbox": "one"}, "http://studio-mock.test/_sandbox/one"),
        ("/auth/register", {"X-Mock-Sandbox": "one", "Host": "two.localhost"}, "http://two.localhost/_sandbox/one"),
        ("/auth/register", {"X-Mock-Sandbox": "one", "Host": "one.localhost"}, "http://one.localhost"),
        ("/auth/register", {"X-Mock-Sandbox": "default"}, "http://studio-mock.test"),
        ("/_sandbox/one/auth/register", {"X-Mock-Sandbox": "default"}, "http://studio-mock.test/_sandbox/default"),
    ],
)
def test_links_in_mails_lead_to_the_sandbox_without_a_header(
    app: App, path: str, headers: dict[str, str], leads_to: str
) -> None:
    for name in ("one", "two"):
        make(app, name)
    newcomer = {"first_name": "Mira", "last_name": "O", "email": "mira@example.com", "password": "edelweiss-1864"}
    anyone, chosen = Client(app), {"X-Mock-Sandbox": headers["X-Mock-Sandbox"]}
    assert anyone.post(path, json=newcomer, headers=headers).status_code == 200
    mail = anyone.get("/_mock/outbox", headers=chosen).json()[-1]
    assert mail["to"] == "mira@example.com" and mail["link"] == f"{leads_to}/verify-email/{mail['token']}"


def test_links_in_mails_lead_to_the_sandbox_without_the_token_that_led_there(app: App) -> None:
    make(app, "one")
    token = Client(app).post("/_sandbox/one/auth/login", json=OWNER).json()["auth_token"]
    invited = {"role": "VIEWER", "emails": ["new@example.com"]}
    assert Client(app, token).post("/organizations/1/users/invite", json=invited).status_code == 200
    link = Client(app, token).get("/_mock/outbox").json()[-1]["link"]
    assert link.startswith("http://studio-mock.test/_sandbox/one/invitations/")


@pytest.mark.parametrize("path", ["/projects", "/_mock/outbox", "/api/version", "/no/such/path"])
def test_unknown_sandbox_is_named_with_what_would_make_it(app: App, client: Client, path: str) -> None:
    answer = client.get(path, headers={"X-Mock-Sandbox": "nobody"})
    assert answer.status_code == 404
    assert "There is no sandbox nobody" in answer.text and "--auto-sandbox" in answer.text
    assert client.get(f"/_sandbox/nobody{path}").status_code == 404


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_with_names_are_refused_and_make_nothing(app: App, client: Client, trick: str) -> None:
    answers = [client.post("/_mock/sandboxes", json={"name": trick})]
    answers.append(client.get(f"/_sandbox/{quote(trick, safe='')}/x"))
    if trick.isascii() and trick.isprintable():
        answers.append(client.get("/projects", headers={"X-Mock-Sandbox": trick}))
    for answer in answers:
        assert 400 <= answer.status_code < 500, (trick, answer.text)
    assert names(app) == ["default"]


@pytest.mark.parametrize("host", ["a.b.localhost", "a_b.localhost", ".localhost", "a" * 64 + ".localhost:80"])
def test_hosts_that_can_be_no_sandbox_are_refused(client: Client, host: str) -> None:
    assert client.get("/projects", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "default.localhost", "x.localhost.example.com"])
def test_other_hosts_are_those_of_the_default_sandbox(client: Client, host: str) -> None:
    assert client.get("/projects", headers={"Host": host}).status_code == 200


def test_slash_that_is_encoded_ends_no_name(client: Client) -> None:
    answer = client.get("/_sandbox/default%2Fprojects")
    assert answer.status_code == 400 and "is no name of a sandbox" in answer.text
    assert client.get("/_sandbox/default/projects/11%2F12").status_code == 404


def test_sandbox_is_made_on_first_use_if_so_told() -> None:
    app = create_app(small_world(), Settings(check_responses=True, auto_sandbox=True))
    client = as_person(app, OWNER["email"])
    add_project(client, "Mine", headers={"X-Mock-Sandbox": "ci-7"})
    assert names(app) == ["default", "ci-7"]
    assert client.get("/projects", headers={"X-Mock-Sandbox": "../x"}).status_code == 400
    assert "Mine" not in projects(client.get("/projects", headers={"X-Mock-Sandbox": "ci-8"}))


def test_sandbox_begins_with_what_was_asked_for(app: App, client: Client) -> None:
    add_project(client, "Before")
    make(app, "fork", sandbox="default")
    make(app, "fresh")
    make(app, "demo", world="demo")
    add_project(client, "After")
    seen = {name: projects(client.get(f"/_sandbox/{name}/projects")) for name in ("fork", "fresh")}
    token = (
        Client(app).post("/_sandbox/demo/auth/login", json=OWNER).json()["auth_token"]
    )  # the clock there is another one
    seen["demo"] = projects(Client(app, token).get("/projects"))
    assert "Before" in seen["fork"] and "After" not in seen["fork"]
    assert "Before" not in seen["fresh"]
    assert "Hotel reviews" in seen["demo"]
    assert Client(app).get("/_mock/sandboxes/fork").json()["source"] == "the sandbox default"


def test_reset_goes_back_to_what_the_sandbox_itself_began_with(app: App, client: Client) -> None:
    add_project(client, "Before")
    make(app, "fork", sandbox="default")
    add_project(client, "Later", path="/_sandbox/fork/projects")
    assert client.post("/_sandbox/fork/_mock/reset").status_code == 200
    assert {"Before"} == projects(client.get("/_sandbox/fork/projects")) & {"Before", "Later"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"name": "default"}, 409),
        ({"world": "atlantis"}, 404),
        ({"world": "../fixtures/demo"}, 400),
        ({"snapshot": "none"}, 404),
        ({"sandbox": "nobody"}, 404),
        ({"world": "demo", "sandbox": "default"}, 409),
        ({"idle_seconds": 0}, 400),
        ({"nmae": "typo"}, 400),
        ([], 400),
    ],
)
def test_creation_that_cannot_be_makes_nothing(app: App, body: Any, status: int) -> None:
    answer = Client(app).post("/_mock/sandboxes", json=body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert names(app) == ["default"]


def test_deleted_sandbox_is_gone_and_the_default_one_stays(app: App, client: Client) -> None:
    make(app, "one")
    assert client.delete("/_mock/sandboxes/one").status_code == 204
    assert client.get("/_mock/sandboxes/one").status_code == client.delete("/_mock/sandboxes/one").status_code == 404
    assert client.delete("/_mock/sandboxes/default").status_code == 409
    assert names(app) == ["default"]


def test_sandbox_that_is_idle_for_too_long_goes_and_use_keeps_it(app: App) -> None:
    now = [1_000_000.0]
    app.sandboxes.timer = lambda: now[0]
    for name in ("used", "idle", "kept"):
        app.sandboxes.create(name, idle_seconds=None if name == "kept" else 60)
    now[0] += 40
    app.sandboxes.get("used").used = now[0]
    now[0] += 40
    assert [sandbox.name for sandbox in app.sandboxes] == ["default", "used", "kept"]
    assert app.sandboxes.create("idle").name == "idle"
    now[0] += 40
    assert [sandbox.name for sandbox in app.sandboxes] == ["default", "kept", "idle"]


def test_names_are_given_to_those_that_ask_for_none(app: App) -> None:
    make(app, "sandbox-2")
    assert [make(app)["name"] for _ in range(3)] == ["sandbox-1", "sandbox-3", "sandbox-4"]


def test_ten_thousand_sandboxes_share_what_they_have_in_common(app: App) -> None:
    for _ in range(10_000):
        app.sandboxes.create()
    gc.collect()
    one, other = list(app.sandboxes)[-2:]
    assert len(app.sandboxes) == 10_001
    assert one.world is other.world is app.sandbox.initial
    assert one._journal is None, "what is not needed is not made"
