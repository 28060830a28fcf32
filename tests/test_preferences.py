"""What a request prefers (RFC 7240): a code, an example, a wait; and what it cannot have."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import App, Settings, create_app
from mock_server.faults.examples import preferred
from mock_server.faults.magic import found
from mock_server.faults.prefer import Preferences, parse, read
from mock_server.pipeline.errors import Refused
from tests.conftest import Client, as_person
from tests.test_faults import PROJECT, waits
from tests.worlds import small_world

NEW = {"name": "New", "type": "ABSA"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("code=404", [("code", "404")]),
        ("Code = 404 , WAIT=2", [("code", "404"), ("wait", "2")]),
        ('example="with \\"quotes\\", and; more"', [("example", 'with "quotes", and; more')]),
        (
            "respond-async, wait=10; priority=5, return=minimal",
            [("respond-async", ""), ("wait", "10"), ("return", "minimal")],
        ),
        ('foo=""; bar', [("foo", "")]),
        ("foo; bar=;baz", [("foo", "")]),
        ("", []),
        ("=404", []),
        ("code=404 nonsense", []),
    ],
)
def test_a_header_is_read_as_the_rfc_says(text: str, expected: list[tuple[str, str]]) -> None:
    assert list(parse(text)) == expected


@given(st.text(st.sampled_from('code=404,;" \\wait\tä')))
def test_whatever_a_header_says_is_read_or_left(text: str) -> None:
    for name, _ in parse(text):
        assert name == name.lower()
        assert name.strip()


@pytest.mark.parametrize(
    "text",
    ["a" * 60_000, "a;" + " " * 60_000 + "=", "a=" + " " * 60_000 + "b c", 'a="' + "\\" * 60_001, "a;" * 30_000 + "="],
)
def test_a_long_header_takes_no_longer_than_its_length(text: str) -> None:
    assert len(list(parse(text))) <= 1


def test_the_first_of_equal_preferences_counts_over_all_headers() -> None:
    headers = [(b"prefer", b"code=404, code=500"), (b"other", b"code=400"), (b"prefer", b"wait=1.5, code=409")]
    preferences = read(headers)
    assert preferences is not None
    assert (preferences.code, preferences.wait) == (404, 1.5)


@pytest.mark.parametrize(
    "text", ["code=abc", "code=99", "code=4040", "code", "wait=-1", "wait=abc", "wait=301", "wait", "dynamic=1"]
)
def test_a_preference_that_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"Prefer: .* is impossible") as raised:
        read([(b"prefer", text.encode())])
    assert raised.value.status == 400


def test_a_preferred_code_is_answered_as_the_contract_shows_it(app: App, client: Client) -> None:
    before = app.sandbox.world
    answer = client.post("/projects", json=NEW, headers={"Prefer": "code=409"})
    assert answer.status_code == 409
    assert answer.json() == {"message": "A project with this name exists already", "status": "CONFLICT"}
    assert answer.headers["preference-applied"] == "code=409"
    assert app.sandbox.world is before


def test_every_documented_code_of_every_operation_can_be_preferred(app: App) -> None:
    count = 0
    for key, operation in app.operations.items():
        if not key.startswith("control."):
            for code in map(int, operation.node["responses"]):
                reply = preferred(operation, Preferences(code=code))
                assert reply.status == code
                assert operation.check(reply) == [], (key, code)
                count += 1
    assert count > 1000


def test_an_example_is_chosen_by_its_name(client: Client) -> None:
    answer = client.post("/projects", json=NEW, headers={"Prefer": "example=state"})
    assert (answer.status_code, answer.json()["message"]) == (409, "The project is being cloned")
    assert answer.headers["preference-applied"] == "example=state"
    both = client.post("/projects", json=NEW, headers={"Prefer": "code=409, example=state"})
    assert both.json() == answer.json()
    assert both.headers["preference-applied"] == "code=409, example=state"


def test_a_static_answer_is_the_first_example(client: Client) -> None:
    answer = client.get(PROJECT, headers={"Prefer": "dynamic=false"})
    assert answer.json()["name"] == "Hotel reviews"
    assert answer.headers["preference-applied"] == "dynamic=false"
    real = client.get(PROJECT, headers={"Prefer": "dynamic=true"})
    assert real.json() == client.get(PROJECT).json()
    assert real.headers["preference-applied"] == "dynamic=true"


def test_what_is_preferred_need_not_be_there(client: Client) -> None:
    assert client.get("/projects/4711").status_code == 404
    assert client.get("/projects/4711", headers={"Prefer": "code=200"}).json()["name"] == "Hotel reviews"


@pytest.mark.parametrize("prefer", ["code=404", "example=state", "dynamic=false"])
def test_a_request_has_to_be_valid_and_signed_in_to_prefer_anything(app: App, client: Client, prefer: str) -> None:
    headers = {"Prefer": prefer}
    assert Client(app).post("/projects", json=NEW, headers=headers).status_code in (401, 400)
    if prefer != "example=state":
        assert client.post("/projects", json={"name": 1}, headers=headers).status_code == 400
        assert client.get("/projects/abc", headers=headers).status_code == 404


@pytest.mark.parametrize(
    ("prefer", "told"),
    [
        ("code=418", "documents 201, 400"),
        ("example=nothing", "has the examples "),
        ("code=500, example=state", "500 of create_project has no named examples"),
        ("wait=soon", "a number of seconds"),
    ],
)
def test_what_the_contract_does_not_have_is_refused_clearly(app: App, client: Client, prefer: str, told: str) -> None:
    before = app.sandbox.world
    answer = client.post("/projects", json=NEW, headers={"Prefer": prefer})
    assert answer.status_code == 400
    assert told in answer.json()["message"]
    assert answer.json()["errors"][0]["place"] == "header.prefer"
    assert app.sandbox.world is before


def test_every_vendor_can_refuse_a_preference(app: App) -> None:
    for path in (PROJECT, "/api/current-user/whoami", "/v1/labeling-projects"):
        answer = Client(app).get(path, headers={"Prefer": "code=299"})
        assert answer.status_code == 400
        assert "code=299 is impossible" in answer.text


def test_a_wait_is_waited_and_the_request_is_served(app: App, client: Client) -> None:
    noted = waits(app)
    answer = client.post("/projects", json=NEW, headers={"Prefer": "wait=2"})
    assert answer.status_code == 201
    assert answer.headers["preference-applied"] == "wait=2"
    assert noted == [2.0]


@pytest.mark.parametrize("prefer", ["return=minimal", "respond-async, handling=lenient", "", ";;", "codes=404"])
def test_an_unknown_preference_is_ignored(client: Client, prefer: str) -> None:
    answer = client.get(PROJECT, headers={"Prefer": prefer})
    assert answer.status_code == 200
    assert "preference-applied" not in answer.headers


def test_the_control_api_prefers_nothing(client: Client) -> None:
    assert client.get("/_mock/health", headers={"Prefer": "code=500"}).status_code == 200


def test_an_armed_fault_comes_before_what_is_preferred(app: App, client: Client) -> None:
    app.sandbox.faults.arm(status=503)
    assert client.get(PROJECT, headers={"Prefer": "code=404"}).status_code == 503


# Magic values


@pytest.mark.parametrize(
    ("value", "status"),
    [("mock:404", 404), ("mock:429", 429), ("mock:429:7", 429), ("mock:500", 500), ("mock:418", 418)],
)
def test_a_magic_name_brings_an_error_about_and_changes_nothing(
    app: App, client: Client, value: str, status: int
) -> None:
    before = app.sandbox.world
    answer = client.post("/projects", json={**NEW, "name": value})
    assert answer.status_code == status
    assert app.sandbox.world is before
    assert answer.headers["x-mock-fault"] == f"{value}: status {status}"
    if status == 429:
        assert answer.headers["retry-after"] == ("7" if value.endswith("7") else "1")


def test_a_magic_wait_is_waited(app: App, client: Client) -> None:
    noted = waits(app)
    assert client.post("/projects", json={**NEW, "name": "mock:slow:2.5"}).status_code == 201
    assert noted == [2.5]


def test_a_magic_value_can_spoil_the_answer(client: Client) -> None:
    answer = client.post("/projects", json={**NEW, "name": "mock:invalid_json"})
    assert answer.status_code == 201
    with pytest.raises(ValueError, match=r"."):
        answer.json()


def test_an_address_can_be_magic(app: App) -> None:
    for password in ("studio-mock", "wrong"):
        body = {"email": "mock+503@example.com", "password": password}
        assert Client(app).post("/auth/login", json=body).status_code == 503


def test_magic_works_deep_inside_of_a_body_and_the_first_value_counts() -> None:
    hit = found({"password": "mock:500", "documents": [{"text": "a"}, {"text": "mock:404"}, {"text": "mock:409"}]})
    assert hit is not None
    assert (hit[0], hit[1].status) == ("mock:404", 404)


@pytest.mark.parametrize(
    "value",
    [
        "mock:200",
        "mock:40",
        "mock:4040",
        "mock:499",
        "Mock:404",
        " mock:404",
        "mock:404 ",
        "a mock:404",
        "mock",
        "mock:",
        "mock:slow",
        "mock:slow:-1",
        "mock:٤٠٤",
    ],
)
def test_what_only_looks_like_magic_is_a_name_like_any_other(client: Client, value: str) -> None:
    answer = client.post("/projects", json={**NEW, "name": value})
    assert answer.status_code == 201
    assert answer.json()["name"] == value


def test_magic_is_in_no_other_field(client: Client) -> None:
    body = {"email": "owner@example.com", "password": "mock:500"}
    assert client.post("/auth/login", json=body).status_code == 401


def test_magic_needs_a_request_that_is_valid_and_allowed(app: App, client: Client) -> None:
    assert Client(app).post("/projects", json={**NEW, "name": "mock:500"}).status_code == 401
    assert client.post("/projects", json={"name": "mock:500"}).status_code == 400


def test_magic_can_be_switched_off() -> None:
    app = create_app(small_world(), Settings(magic_values=False))
    answer: Any = as_person(app, "owner@example.com").post("/projects", json={**NEW, "name": "mock:500"})
    assert answer.status_code == 201
