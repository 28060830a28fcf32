"""Why a request was refused: the rule and the line of the contract are right, and what is proposed passes."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.app import App, Settings, create_app
from mock_server.contract import data_root, load, operations, parameters, resolve
from mock_server.journal.why.lines import place_of
from mock_server.pipeline.schemas import Schemas, faults
from mock_server.seed import starting_world
from tests.conftest import Client, as_person

PEOPLE = {"studio": "owner@example.com"}
JSON = "application/json"


@pytest.fixture(scope="module")
def demo() -> App:
    """The demo world; whoever changes it, changes it for the rest of this module."""
    return create_app(starting_world("demo"), Settings(check_responses=True))


def why(client: Client, answer: httpx.Response, secrets: bool = False) -> Any:
    found = client.get(f"/_mock/journal/{answer.headers['x-mock-exchange']}", params={"secrets": secrets})
    assert found.status_code == 200, found.text
    return found.json()["why"]


def line(told: Any) -> str:
    """The line of the contract that a refusal names."""
    return (data_root() / told["contract"]["file"]).read_text("utf-8").splitlines()[told["contract"]["line"] - 1]


def test_what_was_not_refused_has_no_reason(client: Client) -> None:
    assert why(client, client.get("/projects/11")) is None


def test_without_a_credential_it_says_who_has_one(client: Client, anyone: Client) -> None:
    told = why(anyone, anyone.get("/projects"), secrets=True)
    assert told["rule"] == "credential" and "security" in line(told)
    assert "owner@example.com" in [person["email"] for person in told["would_pass"]["who"]]
    assert anyone.get("/projects", headers=told["would_pass"]["headers"]).status_code == 200
    hidden = why(anyone, anyone.get("/projects"))["would_pass"]["headers"]["Authorization"]
    assert hidden.endswith("[redacted]")


def test_a_log_in_that_failed_says_who_is_known(anyone: Client) -> None:
    told = why(anyone, anyone.post("/auth/login", json={"email": "owner@example.com", "password": "wrong-one"}))
    assert told["rule"] == "credential" and told["would_pass"]["who"][0]["email"] == "owner@example.com"


def test_without_the_role_it_says_which_and_who_has_it(as_user: Callable[[str], Client]) -> None:
    viewer = as_user("viewer@example.com")
    told = why(viewer, viewer.delete("/projects/12"), secrets=True)
    assert told["rule"] == "role" and "delete_project" in line(told)
    assert told["would_pass"]["role"] == "project MANAGER" and told["would_pass"]["status"] == 200
    who = [person["email"] for person in told["would_pass"]["who"]]
    assert {"manager@example.com", "admin@example.com"} <= {*who} and not {*who} & {
        "viewer@example.com",
        "user@example.com",
    }
    assert Client(viewer.app).delete("/projects/12", headers=told["would_pass"]["headers"]).status_code == 200


def test_asking_changes_nothing(client: Client) -> None:
    refused = client.delete("/projects/99")
    world = client.app.sandbox.world
    assert why(client, refused)["would_pass"]["path"] == "/projects/11"
    assert client.app.sandbox.world is world


@pytest.mark.parametrize(
    ("path", "name", "ids", "right"),
    [
        ("/projects/999", "project_id", [11, 12, 13, 14, 15], "/projects/11"),
        ("/projects/abc", "project_id", [11, 12, 13, 14, 15], "/projects/11"),
        ("/projects/12/classes/1", "class_id", [3, 4], "/projects/12/classes/3"),
        ("/projects/99/classes/3?a=b", "project_id", [12], "/projects/12/classes/3?a=b"),
        ("/api/tasks/99/annotations/", "id", None, "/api/tasks/1/annotations/"),
    ],
)
def test_where_nothing_is_it_says_what_there_is(
    client: Client, path: str, name: str, ids: list[int] | None, right: str
) -> None:
    if "/api/" in path:
        client.token, client.scheme = "token-of-owner", "Token"
        from mock_server.label_studio.rows import LsUser

        client.token = next(client.app.sandbox.begin().rows(LsUser)).token
    told = why(client, client.get(path))
    assert told["rule"] in ("path", "domain") and told["would_pass"]["path"] == right
    assert ids is None or told["would_pass"]["ids"] == {name: ids}
    assert client.get(right).status_code == told["would_pass"]["status"] == 200


def test_a_row_that_the_body_names_is_looked_for_as_well(client: Client) -> None:
    answer = client.post("/projects/12/transfer", json={"organization_id": 99})
    assert answer.status_code == 404
    told = why(client, answer)["would_pass"]
    assert told["body"] == {"organization_id": told["ids"]["organization_id"][0]} and told["status"] == 200
    assert client.post("/projects/12/transfer", json=told["body"]).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "rule", "right"),
    [
        ("GET", "/project/11", "path", "/projects/11"),
        ("GET", "/projects/11/klasses", "path", "/projects/11/classes"),
        ("DELETE", "/projects", "method", None),
    ],
)
def test_paths_and_methods_that_are_not_there_have_neighbours(
    client: Client, method: str, path: str, rule: str, right: str | None
) -> None:
    told = why(client, client.request(method, path))
    assert told["rule"] == rule and told["would_pass"].get("path") == right
    if rule == "method":
        assert told["would_pass"]["advice"] == "Send GET (list_projects) or POST (create_project)."
        assert told["contract"]["file"] == "spec/studio/paths/projects.yaml"
    assert why(client, client.get("/completely/different/thing"))["would_pass"] is None


@pytest.mark.parametrize(
    ("query", "place"),
    [("limit=0", "query.limit"), ("offset=x", "query.offset"), ("limit=%00", "query.limit")],
)
def test_a_wrong_parameter_is_put_right(client: Client, query: str, place: str) -> None:
    told = why(client, client.get(f"/projects/11/documents?{query}"))
    assert told["rule"] == "parameter" and told["faults"][0]["place"] == place
    assert place.split(".")[1].title() in line(told)
    assert client.get(told["would_pass"]["path"]).status_code == told["would_pass"]["status"] == 200


def test_valid_parts_of_a_body_stay_and_faulty_ones_are_mended(client: Client) -> None:
    told = why(client, client.post("/projects/11/classes", json={"name": "Mine", "example": 7, "description": []}))
    assert told["rule"] == "body" and {fault["place"] for fault in told["faults"]} == {
        "body.example",
        "body.description",
    }
    body = told["would_pass"]["body"]
    assert body["name"] == "Mine" and told["would_pass"]["status"] == 201
    assert client.post("/projects/11/classes", json=body).status_code == 201


@pytest.mark.parametrize(
    ("content", "media", "rule"),
    [
        (b"", JSON, "body"),
        (b"{", JSON, "body"),
        (b"null", JSON, "body"),
        (b"7", JSON, "body"),
        (b"[" * 150 + b"]" * 150, JSON, "body"),
        (b"[" * 5000, JSON, "body"),
        (b"\xff\x00", JSON, "body"),
        (b'{"name": "' + b"n" * 100_000 + b'"}', JSON, "body"),
        (b"name=x", "application/x-www-form-urlencoded", "media_type"),
        (b"{}", "", "media_type"),
        (b"{}", "a/b; \xff".encode("latin-1").decode("latin-1").encode("utf-8").decode("latin-1"), "media_type"),
    ],
)
def test_whatever_was_sent_a_body_that_passes_is_shown(client: Client, content: bytes, media: str, rule: str) -> None:
    headers = {"Content-Type": media.encode("latin-1")} if media else {}
    told = why(client, client.post("/projects", content=content, headers=headers))  # type: ignore[arg-type]
    assert told["rule"] == rule
    assert client.post("/projects", json=told["would_pass"]["body"]).status_code == 201 == told["would_pass"]["status"]


def test_what_stands_in_the_way_is_shown(client: Client) -> None:
    told = why(client, client.post("/projects/12/classes", json={"name": "Comfort", "description": "d"}))
    assert told["rule"] == "domain" and "'409'" in line(told)
    (row,) = told["would_pass"]["in_the_way"]
    assert (row["table"], row["fields"]["name"], row["fields"]["project_id"]) == ("ModelClass", "Comfort", 12)
    assert told["would_pass"]["body"] == {"name": "Comfort 2", "description": "d"}
    assert client.post("/projects/12/classes", json=told["would_pass"]["body"]).status_code == 201


def test_too_much_is_said_to_be_too_much() -> None:
    from tests.worlds import small_world

    client = as_person(create_app(small_world(), Settings(check_responses=True, body_limit=50)), "owner@example.com")
    told = why(client, client.post("/projects", json={"name": "n" * 100}))
    assert told["rule"] == "size" and "'413'" in line(told) and "--body-limit" in told["would_pass"]["advice"]


def test_a_fault_is_named(client: Client) -> None:
    client.post("/_mock/faults", json={"operation_id": "get_project", "status": 404})
    told = why(client, client.get("/projects/11"))
    assert told["rule"] == "fault" and "fault 1" in told["would_pass"]["advice"] and told["contract"] is None


def test_secrets_are_not_in_the_reasons(anyone: Client) -> None:
    answer = anyone.post("/auth/register", json={"email": "new@example.com", "password": "hunter22!", "first_name": 7})
    assert "hunter22!" in str(why(anyone, answer, secrets=True)) and "hunter22!" not in str(why(anyone, answer))


# Every operation


def everything() -> list[tuple[str, str, str, Any, Any]]:
    """Every operation with a body of JSON."""
    found = []
    for api in ("studio", "label_studio", "blue_guardrails"):
        for path, method, node, item in operations(load(api)):
            content = resolve(load(api), node.get("requestBody", {})).get("content", {})
            if JSON in content:
                found.append((api, path, method, node, item))
    return found


def caller(app: App, api: str) -> Client:
    headers = next(iter(app.apis[api].people(app.sandbox.begin(), None, "default")))["headers"]
    scheme, _, token = headers["Authorization"].partition(" ")
    return Client(app, token, scheme)


@pytest.mark.parametrize("body", [{}, [], {"name": 7}, None], ids=repr)
def test_a_proposal_for_any_operation_is_what_the_contract_says(demo: App, body: Any) -> None:
    proposed = 0
    for api, path, method, node, item in everything():
        document = load(api)
        for parameter in parameters(document, node, item):
            path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example", 1)))
        client = caller(demo, api)
        answer = client.request(method.upper(), path, json=body if body is not None else "x")
        if answer.status_code not in (400, 422):
            continue
        told = why(client, answer)
        if told["rule"] == "body":
            assert str(told["contract"]["pointer"]).startswith(("/paths", "/components")) and line(told).strip()
            schema = resolve(document, node["requestBody"])["content"][JSON]["schema"]
            assert faults(Schemas(document).compile(schema), told["would_pass"]["body"], "body") == [], node[
                "operationId"
            ]
            proposed += 1
    assert proposed > 20


def test_the_line_of_every_part_of_the_contract_is_its_own() -> None:
    checked = 0
    for api in ("studio", "label_studio", "blue_guardrails"):
        for path, method, node, _ in operations(load(api)):
            for key in node["responses"]:
                assert f"'{key}':" in line({"contract": place_of(api, ("paths", path, method, "responses", key))})
                checked += 1
        for name, schema in load(api)["components"]["schemas"].items():
            for key in schema.get("properties", {}):
                pointer = ("components", "schemas", name, "properties", key)
                assert f"{key}:" in line({"contract": place_of(api, pointer)})
    assert checked > 500


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE", "PATCH"]),
    path=st.sampled_from(
        [
            "/projects",
            "/projects/11",
            "/projects/{}/classes",
            "/auth/login",
            "/api/tasks/1/annotations/",
            "/v1/labeling-projects",
        ]
    ),
    part=st.text(max_size=20),
    content=st.binary(max_size=200)
    | st.text(max_size=50).map(str.encode)
    | st.just(b'{"name": {"a": [1, {}]}, "password": 1}'),
    media=st.sampled_from(
        [JSON, "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain", ""]
    ),
)
def test_nothing_that_is_sent_makes_the_journal_fail(
    demo: App, method: str, path: str, part: str, content: bytes, media: str
) -> None:
    client = as_person(demo, "owner@example.com")
    from urllib.parse import quote

    target = path.format(quote(part, safe=""))
    answer = client.request(method, target, content=content, headers={"Content-Type": media}, params={"q": part})
    number = answer.headers["x-mock-exchange"]
    for view in (f"/{number}", f"/{number}/curl", "/export", f"?after={int(number) - 1}"):
        assert client.get(f"/_mock/journal{view}").status_code == 200
    client.delete("/_mock/journal")


def test_an_operation_that_the_contract_has_no_more_is_told_of_without_it(client: Client) -> None:
    answer = client.get("/projects/99")
    documents = client.app.documents
    paths = documents["studio"]["paths"]
    client.app.documents = {**documents, "studio": {**documents["studio"], "paths": {"/types": paths["/types"]}}}
    told = why(client, answer)
    assert told["rule"] == "domain" and told["contract"] is told["would_pass"] is None


def test_where_nobody_may_it_says_so(client: Client, as_user: Callable[[str], Client]) -> None:
    told = why(client, client.delete("/projects/15"))
    assert told["rule"] == "role" and told["would_pass"]["who"] == [] and "None of" in told["would_pass"]["advice"]


def test_a_wrong_uuid_is_replaced_by_one_that_is_there(demo: App) -> None:
    client = caller(demo, "blue_guardrails")
    answer = client.get("/v1/labeling-projects/not-a-uuid/tasks")
    assert answer.status_code == 422
    told = why(client, answer)
    assert (
        told["rule"] == "path"
        and client.get(told["would_pass"]["path"]).status_code == 200 == told["would_pass"]["status"]
    )


def test_every_id_in_a_path_is_that_of_a_kind_of_row(demo: App) -> None:
    """Or ids that are there could not be proposed. Segments are parts of documents and no rows."""
    for api in ("studio", "label_studio", "blue_guardrails"):
        for path, _, node, item in operations(load(api)):
            for told in parameters(load(api), node, item):
                name = (
                    told["name"]
                    if told["name"] != "id"
                    else path.split("/{id}")[0].rpartition("/")[2].removesuffix("s")
                )
                if (
                    told["in"] == "path"
                    and name.endswith(("_id", "_slug", "task", "annotation"))
                    and name != "segment_id"
                ):
                    assert name in demo.apis[api].kinds, f"{path}: {name}"
