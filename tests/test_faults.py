"""Faults on demand: which requests they hit, what they do to them, and what they leave alone."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import App, create_app
from mock_server.faults import BadFault
from mock_server.faults.paths import fits
from mock_server.faults.sending import ConnectionClosed
from tests.conftest import Client, as_person
from tests.worlds import small_world

PROJECT = "/projects/11"
FAULTS = "/_mock/faults"


def statuses(client: Client, count: int, path: str = PROJECT) -> list[int]:
    """Return the statuses of so many requests."""
    return [client.get(path).status_code for _ in range(count)]


def test_an_armed_status_hits_so_often_and_no_more(app: App, client: Client) -> None:
    fault = app.sandbox.faults.arm(operation_id="get_project", status=500, times=2)
    assert statuses(client, 4) == [500, 500, 200, 200]
    assert (fault.seen, fault.hits) == (2, 2)


def test_faults_of_one_operation_are_used_one_after_the_other(app: App, client: Client) -> None:
    for status in (500, 429, 503):
        app.sandbox.faults.arm(operation_id="get_project", status=status, times=1)
    assert statuses(client, 4) == [500, 429, 503, 200]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"after": 2}, [200, 200, 500, 500, 500, 500]),
        ({"nth": 3}, [200, 200, 500, 200, 200, 200]),
        ({"every": 2}, [200, 500, 200, 500, 200, 500]),
        ({"every": 2, "after": 1, "times": 1}, [200, 200, 500, 200, 200, 200]),
        ({"probability": 1.0}, [500] * 6),
        ({}, [500] * 6),
    ],
)
def test_which_of_the_requests_are_hit(app: App, client: Client, told: Any, expected: list[int]) -> None:
    app.sandbox.faults.arm(operation_id="get_project", status=500, **told)
    assert statuses(client, 6) == expected


def test_chance_repeats_with_the_seed_and_is_not_always_the_same() -> None:
    def run() -> list[int]:
        app = create_app(small_world())
        app.sandbox.faults.arm(path="/projects/*", probability=0.5, status=500)
        return statuses(as_person(app, "owner@example.com"), 40)

    first = run()
    assert first == run()
    assert 5 < first.count(500) < 35


@pytest.mark.parametrize(
    "told",
    [
        {"operation_id": "get_project"},
        {"tag": "Projects"},
        {"path": "/projects/{project_id}"},
        {"path": "/projects/11"},
        {"path": "/projects/*"},
        {"path": "**"},
        {"path": "/projects*", "method": "put", "operation_id": "list_projects"},
        {"user": "owner@example.com"},
        {"method": "get"},
        {"method": "GET", "tag": "Projects", "user": "owner@example.com", "operation_id": "get_project"},
    ],
)
def test_a_fault_hits_what_fits_all_that_it_asks_for(app: App, client: Client, told: Any) -> None:
    app.sandbox.faults.arm(status=503, **told)
    fits = "put" not in told.values()
    assert client.get(PROJECT).status_code == (503 if fits else 200)


@pytest.mark.parametrize(
    "told",
    [
        {"operation_id": "list_projects"},
        {"tag": "Documents"},
        {"path": "/projects"},
        {"path": "/projects/*/*"},
        {"path": "/projects/1."},
        {"user": "viewer@example.com"},
        {"method": "POST"},
    ],
)
def test_a_fault_leaves_other_requests_alone(app: App, client: Client, told: Any) -> None:
    fault = app.sandbox.faults.arm(status=503, **told)
    assert client.get(PROJECT).status_code == 200
    assert fault.seen == 0


def test_a_fault_for_a_person_hits_that_person_in_every_api(app: App) -> None:
    people = Client(app).get("/_mock/people").json()["people"]
    paths = {"studio": "/auth/status", "label_studio": "/api/current-user/whoami"}
    for person in people:
        app.sandbox.faults.clear()
        app.sandbox.faults.arm(user=person["email"], status=503)
        assert Client(app).get(paths[person["api"]], headers=person["headers"]).status_code == 503
        assert Client(app).get(paths[person["api"]]).status_code == 401


def test_an_error_before_the_handler_leaves_the_world_as_it_is(app: App, client: Client) -> None:
    app.sandbox.faults.arm(operation_id="create_project", status=500)
    before = app.sandbox.world
    assert client.post("/projects", json={"name": "New", "type": "ABSA"}).status_code == 500
    assert app.sandbox.world is before


def test_the_body_of_a_request_that_was_hit_is_in_the_journal(app: App, client: Client) -> None:
    app.sandbox.faults.arm(operation_id="create_project", status=500)
    client.post("/projects", json={"name": "New", "type": "ABSA"})
    entry = list(app.sandbox.journal)[-1]
    assert json.loads(entry.body or b"") == {"name": "New", "type": "ABSA"}
    assert str(entry.fault) == "fault 1: status 500"


def test_a_429_says_when_to_come_again(app: App, client: Client) -> None:
    app.sandbox.faults.arm(status=429, times=1)
    app.sandbox.faults.arm(status=503, retry_after=7)
    assert client.get(PROJECT).headers["retry-after"] == "1"
    assert client.get(PROJECT).headers["retry-after"] == "7"


def test_an_error_has_the_words_of_the_contract_or_those_that_were_given(app: App, client: Client) -> None:
    app.sandbox.faults.arm(status=409, operation_id="create_project", times=1)
    app.sandbox.faults.arm(status=409, message="Not today", times=1)
    app.sandbox.faults.arm(status=418)
    answers = [client.post("/projects", json={"name": "N", "type": "ABSA"}).json() for _ in range(3)]
    assert answers[0] == {"message": "A project with this name exists already", "status": "CONFLICT"}
    assert answers[1] == {"message": "Not today", "status": "CONFLICT"}
    assert answers[2]["status"] == "IM_A_TEAPOT"


@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_a_documented_error_keeps_the_contract_of_its_vendor(status: int) -> None:
    app = create_app(small_world())
    for method, path in (("get", PROJECT), ("get", "/api/tasks/1/annotations/"), ("get", "/v1/labeling-projects")):
        for message in (None, "Because"):
            app.sandbox.faults.clear()
            app.sandbox.faults.arm(status=status, message=message)
            answer = Client(app).request(method, path)
            assert answer.status_code in (status, 422)
            operation = list(app.sandbox.journal)[-1].operation
            assert operation is not None
            if operation.documented(answer.status_code) is not None:
                reply = list(app.sandbox.journal)[-1].reply
                assert reply is not None
                assert operation.check(reply) == []


def waits(app: App) -> list[float]:
    """Let nobody wait; return where the seconds that somebody would have waited are noted."""
    noted: list[float] = []

    async def sleep(seconds: float) -> None:
        noted.append(seconds)

    app.dispatch.sleep = sleep
    return noted


def test_latencies_add_up_and_the_request_is_served(app: App, client: Client) -> None:
    noted = waits(app)
    app.sandbox.faults.arm(latency=1500)
    app.sandbox.faults.arm(latency={"fixed_ms": 500}, times=1)
    assert client.get(PROJECT).status_code == 200
    assert client.get(PROJECT).status_code == 200
    assert noted == [2.0, 1.5]


def test_latency_goes_with_an_error(app: App, client: Client) -> None:
    noted = waits(app)
    app.sandbox.faults.arm(status=503)
    app.sandbox.faults.arm(latency=100)
    assert client.get(PROJECT).status_code == 503
    assert noted == [0.1]


def test_one_fault_can_do_several_things(app: App, client: Client) -> None:
    noted = waits(app)
    app.sandbox.faults.arm(status=503, message="Away", latency=100, body="truncated", slow_body=10)
    answer = client.get(PROJECT)
    assert answer.status_code == 503
    whole = '{"message":"Away","status":"SERVICE_UNAVAILABLE"}'
    assert answer.text == whole[: len(whole) // 2]
    assert noted[0] == 0.1
    assert sum(noted[1:]) == pytest.approx(len(answer.content) / 10)


def test_a_connection_that_is_closed_before_the_handler_has_no_answer_at_all(app: App, client: Client) -> None:
    app.sandbox.faults.arm(status=503, close="before")
    with pytest.raises(ConnectionClosed):
        client.get(PROJECT)
    assert list(app.sandbox.journal)[-1].reply is None


def test_latencies_are_drawn_as_they_say(app: App, client: Client) -> None:
    noted = waits(app)
    app.sandbox.faults.arm(latency={"min_ms": 100, "max_ms": 200}, times=200)
    app.sandbox.faults.arm(latency={"median_ms": 100, "sigma": 0.5}, after=200)
    statuses(client, 400)
    uniform, lognormal = sorted(noted[:200]), sorted(noted[200:])
    assert uniform[0] >= 0.1
    assert uniform[-1] <= 0.2
    assert 0.13 < uniform[100] < 0.17
    assert 0.085 < lognormal[100] < 0.115
    assert lognormal[-1] > 0.2


def test_no_latency_is_longer_than_five_minutes(app: App, client: Client) -> None:
    noted = waits(app)
    app.sandbox.faults.arm(latency={"median_ms": 299_000, "sigma": 5})
    statuses(client, 20)
    assert max(noted) == 300


def test_a_slow_body_comes_whole_at_its_pace(app: App, client: Client) -> None:
    expected = client.get(PROJECT)
    noted = waits(app)
    app.sandbox.faults.arm(slow_body=100)
    answer = client.get(PROJECT)
    assert answer.content == expected.content
    assert sum(noted) == pytest.approx(len(expected.content) / 100)
    assert len(noted) > 5


@pytest.mark.parametrize(("how", "runs"), [("before", False), ("after", True), ("midway", True)])
def test_in_process_a_closed_connection_is_an_exception(app: App, client: Client, how: Any, runs: bool) -> None:
    fault = app.sandbox.faults.arm(close=how, operation_id="create_project")
    before = app.sandbox.world
    with pytest.raises(ConnectionClosed):
        client.post("/projects", json={"name": "New", "type": "ABSA"})
    assert fault.handler_runs is runs
    assert (app.sandbox.world is not before) is runs


def test_a_truncated_body_is_half_of_it(app: App, client: Client) -> None:
    whole = client.get(PROJECT).content
    app.sandbox.faults.arm(body="truncated")
    answer = client.get(PROJECT)
    assert answer.content == whole[: len(whole) // 2]
    assert answer.headers["content-length"] == str(len(answer.content))


def test_invalid_json_is_no_json(app: App, client: Client) -> None:
    app.sandbox.faults.arm(body="invalid_json")
    for path in (PROJECT, "/projects", "/types"):
        answer = client.get(path)
        assert answer.status_code == 200
        with pytest.raises(ValueError, match=r"."):
            answer.json()


def test_a_broken_contract_is_broken_in_many_ways_and_repeats(app: App, client: Client) -> None:
    whole = client.get(PROJECT).json()
    app.sandbox.faults.arm(body="breaks_contract", operation_id="get_project")
    told = []
    for _ in range(30):
        answer = client.get(PROJECT)
        entry = list(app.sandbox.journal)[-1]
        assert entry.operation is not None
        assert entry.reply is not None
        assert entry.operation.check(entry.reply), "keeps the contract"
        assert answer.json() != whole
        told.append(answer.headers["x-mock-fault"])
    ways = {text.rpartition(" ")[2] for text in told}
    assert {"missing", "enum", "string"} <= ways
    other = create_app(small_world())
    other.sandbox.faults.arm(body="breaks_contract", operation_id="get_project")
    person = as_person(other, "owner@example.com")
    assert [person.get(PROJECT).headers["x-mock-fault"] for _ in range(30)] == told


def test_an_answer_without_a_body_is_not_spoiled(app: App, client: Client) -> None:
    app.sandbox.faults.arm(body="breaks_contract")
    answer = client.delete("/api/annotations/1/", headers={"Authorization": _label_studio(app)})
    assert answer.status_code == 204
    assert "no body" in answer.headers["x-mock-fault"]


def _label_studio(app: App) -> str:
    people = Client(app).get("/_mock/people", params={"api": "label_studio"}).json()["people"]
    header: str = people[0]["headers"]["Authorization"]
    return header


def test_the_control_api_is_never_hit(app: App, client: Client) -> None:
    app.sandbox.faults.arm(path="**", status=500)
    assert client.get(FAULTS).status_code == 200
    assert client.delete(FAULTS).status_code == 204
    assert client.get(PROJECT).status_code == 200


def test_faults_of_two_applications_never_meet(client: Client) -> None:
    other = create_app(small_world())
    other.sandbox.faults.arm(path="**", status=500)
    assert client.get(PROJECT).status_code == 200


def test_a_browser_may_read_what_a_fault_says(app: App, client: Client) -> None:
    app.sandbox.faults.arm(status=429)
    answer = client.get(PROJECT, headers={"Origin": "http://localhost:5173"})
    exposed = answer.headers["access-control-expose-headers"]
    assert {"Retry-After", "Preference-Applied", "X-Mock-Fault"} <= set(exposed.split(", "))


@given(st.lists(st.sampled_from(["a", "b", "/", "*", "**", "{x}"]), max_size=6), st.text("ab/", max_size=6))
def test_a_path_stands_for_what_its_regular_expression_would(parts: list[str], path: str) -> None:
    meaning = {"*": "[^/]*", "**": ".*", "{x}": "[^/]+"}
    asked = "".join(parts).replace("***", "**")
    tokens = re.findall(r"\{x\}|\*\*+|\*|[ab/]", asked)
    expected = re.fullmatch("".join(meaning.get(token, ".*" if "**" in token else token) for token in tokens), path)
    assert fits(asked, path) is (expected is not None)


@pytest.mark.parametrize(
    ("asked", "path", "expected"),
    [
        ("/projects/{id}", "/projects/11", True),
        ("/projects/{id}", "/projects/", False),
        ("/projects/{id}", "/projects/11/classes", False),
        ("/projects/*", "/projects/", True),
        ("/p*s/1*", "/projects/11", True),
        ("/p*s/2*", "/projects/11", False),
        ("/*a*a", "/aa", True),
        ("/*a*a", "/a", False),
        ("/file-{id}.json", "/file-7.json", True),
        ("**", "/projects/11", True),
        ("/projects**", "/projects", True),
        ("/projects/**", "/projects", False),
        ("/projects/**", "/projects/11/classes", True),
        ("**/classes", "/projects/11/classes", True),
        ("/**/11/**", "/projects/11/classes", True),
        ("/pro**", "/projects/11", True),
        ("/**a*b", "/a/ab", True),
        ("/{a}{b}", "/x", False),
        ("/{a}{b}", "/xy", True),
        ("/**/12/**", "/projects/11/classes", False),
        ("/projects.11", "/projects/11", False),
        ("", "/", False),
        ("/" + "*a" * 300, "/" + "a" * 299 + "b", False),
        ("/" + "**/" * 300 + "b", "/a" * 300, False),
    ],
)
def test_what_the_path_of_a_fault_stands_for(asked: str, path: str, expected: bool) -> None:
    assert fits(asked, path) is expected


# The control API


def test_what_is_armed_over_http_is_shown_and_can_be_taken_back(app: App, client: Client) -> None:
    armed = client.post(FAULTS, json={"operation_id": "get_project", "status": 503, "times": 1})
    assert armed.status_code == 201
    assert armed.json()["rule"] == {"operation_id": "get_project", "times": 1, "status": 503}
    assert armed.json()["warnings"] == []
    assert client.get(PROJECT).status_code == 503
    shown = client.get(f"{FAULTS}/1").json()
    assert (shown["hits"], shown["spent"], shown["handler_runs"]) == (1, True, False)
    assert client.get(FAULTS).json() == {"faults": [shown], "count": 1}
    assert client.delete(f"{FAULTS}/1").status_code == 204
    assert client.get(f"{FAULTS}/1").status_code == 404
    assert client.delete(f"{FAULTS}/1").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"operation_id": "get_project"},
        {"status": 200},
        {"status": 499},
        {"status": "500"},
        {"status": 500, "operationId": "get_project"},
        {"status": 500, "nth": 0},
        {"status": 500, "probability": 0},
        {"status": 500, "probability": 1.5},
        {"status": 500, "times": -1},
        {"status": 500, "user": None},
        {"close": "sometimes"},
        {"close": "before", "message": "a"},
        {"latency": 5},
        {"latency": {}},
        {"latency": {"fixed_ms": -1}},
        {"latency": {"fixed_ms": 1, "min_ms": 2}},
        {"latency": {"min_ms": 2}},
        {"latency": {"fixed_ms": 300_001}},
        {"slow_body": 0},
        {"body": "cut"},
    ],
)
def test_nonsense_is_refused_and_arms_nothing(app: App, client: Client, body: Any) -> None:
    answer = client.post(FAULTS, json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"]
    assert client.get(FAULTS).json()["count"] == 0


@pytest.mark.parametrize(
    "told",
    [
        {"staus": 500},
        {},
        {"status": 200},
        {"status": 500, "times": 0},
        {"status": 500, "after": -1},
        {"status": 500, "probability": 0},
        {"status": "500"},
        {"close": "never"},
        {"latency": -1},
        {"latency": {"min_ms": 1}},
        {"body": "truncated", "message": "a"},
    ],
)
def test_nonsense_is_refused_in_python_too(app: App, told: Any) -> None:
    with pytest.raises(BadFault):
        app.sandbox.faults.arm(**told)
    assert len(app.sandbox.faults) == 0


@pytest.mark.parametrize(
    ("rule", "warning"),
    [
        ({"operation_id": "creat_project"}, "there is no operation creat_project; the nearest is create_project"),
        ({"tag": "projects"}, "there is no tag projects; the nearest is Projects"),
        (
            {"path": "/project/{project_id}"},
            "no operation is at /project/{project_id}; the nearest is /projects/{project_id}",
        ),
        (
            {"operation_id": "create_project", "method": "PUT"},
            "no operation fits all that the fault asks for; create_project is POST /projects",
        ),
        ({"operation_id": "get_docs"}, "there is no operation get_docs; the nearest is "),
    ],
)
def test_a_fault_that_no_operation_fits_warns_with_the_nearest(client: Client, rule: Any, warning: str) -> None:
    answer = client.post(FAULTS, json={**rule, "status": 500})
    assert answer.status_code == 201
    assert len(answer.json()["warnings"]) == 1
    assert answer.json()["warnings"][0].startswith(warning)


@pytest.mark.parametrize(
    "path",
    [
        "/projects/11",
        "/projects/*",
        "/projects/**",
        "**",
        "/v1/labeling-projects",
        "/projects/{id}",
        "**/documents/5",
        "/projects/*/classes/7",
    ],
)
def test_a_path_that_leads_somewhere_warns_of_nothing(client: Client, path: str) -> None:
    assert client.post(FAULTS, json={"path": path, "status": 500}).json()["warnings"] == []


def test_a_sandbox_has_so_many_faults_and_no_more(app: App, client: Client) -> None:
    for _ in range(1000):
        app.sandbox.faults.arm(status=500, path="/nowhere")
    assert client.post(FAULTS, json={"status": 500}).status_code == 409
    assert len(app.sandbox.faults) == 1000
