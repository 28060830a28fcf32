"""Properties of the operations tagged Classes, and of what labels have in common with them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.app import App, Settings, create_app
from mock_server.studio.domain import classes, labels
from mock_server.studio.domain.errors import ProjectNotFound
from mock_server.world import Tx
from tests.conftest import Client, as_person
from tests.filled import fill
from tests.worlds import small_world

FORMATS = ("csv", "jsonl", "json", "xlsx")
AsUser = Callable[[str], Client]
COMFORT, STAFF = 1, 2  # in project 11


def send(client: Client, path: str, content: bytes, filename: str, media: str | None = None) -> Any:
    """Upload a file and return the answer."""
    return client.post(path, files={"file": (filename, content, media)})


def test_created_class_is_shown_by_itself_in_the_list_and_in_the_project(client: Client) -> None:
    answer = client.post("/projects/11/classes", json={"name": "Noise", "example": "A lift.", "id": 1})
    assert answer.status_code == 201
    created = answer.json()
    assert created == {"name": "Noise", "example": "A lift.", "description": None, "id": created["id"]}
    assert created["id"] != COMFORT
    assert client.get(f"/projects/11/classes/{created['id']}").json() == created
    assert client.get("/projects/11/classes").json()[-1] == created
    assert client.get("/projects/11").json()["classes"] == ["Comfort", "Staff", "Noise"]


def test_change_touches_only_what_is_given_and_null_empties(client: Client) -> None:
    created = client.post("/projects/11/classes", json={"name": "Noise", "example": "A", "description": "B"}).json()
    path = f"/projects/11/classes/{created['id']}"
    assert client.put(path, json={"example": None}).json() == {**created, "example": None}
    assert client.put(path, json={}).json() == {**created, "example": None}
    assert client.put(path, json={"name": "Noise"}).status_code == 200
    assert client.put(path, json={"name": "noise"}).json()["name"] == "noise"
    assert client.get(path).json() == {**created, "example": None, "name": "noise"}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/projects/11/classes", {"name": "Comfort"}),
        ("PUT", f"/projects/11/classes/{STAFF}", {"name": "Comfort"}),
        ("POST", "/projects/11/upload-classes", [{"name": "New"}, {"name": "Comfort"}]),
        ("POST", "/projects/11/upload-classes", [{"name": "New"}, {"name": "New"}]),
    ],
)
def test_a_name_comes_once_in_a_project(client: Client, method: str, path: str, body: Any) -> None:
    before = client.get("/projects/11/classes").json()
    answer = client.request(method, path, json=body)
    assert answer.status_code == 409
    assert client.get("/projects/11/classes").json() == before


def test_names_may_repeat_in_other_projects_and_differ_in_case(client: Client) -> None:
    assert client.post("/projects/13/classes", json={"name": "Comfort"}).status_code == 201
    assert client.post("/projects/11/classes", json={"name": "comfort"}).status_code == 201


def test_several_are_added_in_order(client: Client) -> None:
    wanted = [{"name": "B", "description": "b"}, {"name": "A"}]
    answer = client.post("/projects/11/upload-classes", json=wanted)
    assert answer.status_code == 201
    assert [row["name"] for row in answer.json()] == ["B", "A"]
    assert client.get("/projects/11/classes").json()[-2:] == answer.json()
    assert client.post("/projects/11/upload-classes", json=[]).json() == []


def test_a_deleted_class_takes_its_tags_along_and_leaves_sessions(app: App, client: Client) -> None:
    session = fill(app)
    tags = client.get("/projects/11/tags").json()["tags"]
    assert client.delete(f"/projects/11/classes/{COMFORT}").json()["status"] == "OK"
    assert client.get(f"/projects/11/classes/{COMFORT}").status_code == 404
    left = client.get("/projects/11/tags").json()["tags"]
    assert left == [tag for tag in tags if tag["class"] != "Comfort"] != tags
    tx = app.sandbox.begin()
    assert [row.class_ids for row in tx.rows(type(session), project_id=11)] == [(STAFF,)]


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/projects/11/classes/999", "/projects/12/classes/1", "/projects/99/classes/1"])
def test_an_unknown_class_or_one_of_another_project_is_not_found(client: Client, method: str, path: str) -> None:
    body = {"json": {"name": "X"}} if method == "PUT" else {}
    assert client.request(method, path, **body).status_code == 404


@pytest.mark.parametrize("user", ["viewer", "user", "stranger"])
def test_writing_needs_an_annotator(as_user: AsUser, user: str) -> None:
    caller = as_user(f"{user}@example.com")
    answers = [
        caller.post("/projects/11/classes", json={"name": "X"}),
        caller.post("/projects/11/upload-classes", json=[{"name": "X"}]),
        send(caller, "/projects/11/classes/upload", b"name\nX\n", "x.csv"),
        caller.put("/projects/11/classes/1", json={"name": "X"}),
        caller.delete("/projects/11/classes/1"),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert "ANNOTATOR" in answers[0].json()["message"]
    assert caller.get("/projects/11/classes").status_code == (200 if user == "viewer" else 403)


def test_a_read_only_workspace_refuses_everyone(client: Client) -> None:
    assert client.get("/projects/15/classes").status_code == 200
    assert client.post("/projects/15/classes", json={"name": "X"}).status_code == 403


@pytest.mark.parametrize(
    ("filename", "content"),
    [
        ("a.csv", b"name,example\nX,One\nY,\n"),
        ("a.csv", b"ID;Name;Example\r\n7;X;One\r\n8;Y;\r\n"),
        ("a.csv", "name,example\nX,One\nY,\n".encode("utf-16")),
        ("a.json", b'[{"name": "X", "example": "One", "other": 1}, {"name": "Y"}]'),
        ("a.jsonl", b'{"name": "X", "example": "One"}\n\n{"name": "Y", "example": null}\n'),
    ],
)
def test_files_of_every_format_add_their_classes(client: Client, filename: str, content: bytes) -> None:
    answer = send(client, "/projects/11/classes/upload", content, filename)
    assert answer.status_code == 200
    assert [(row["name"], row["example"]) for row in answer.json()] == [("X", "One"), ("Y", None)]
    assert client.get("/projects/11/classes").json()[-2:] == answer.json()


@pytest.mark.parametrize(
    ("filename", "media", "content"),
    [
        ("names.txt", None, b"URGENT\nCAN WAIT\n"),
        ("names.json", None, b'["URGENT", "CAN WAIT"]'),
        ("names", "text/csv", b"name\nURGENT\nCAN WAIT\n"),
    ],
)
@pytest.mark.parametrize("path", ["/projects/14/classes", "/projects/14/labels"])
def test_names_alone_are_enough(client: Client, path: str, filename: str, media: str | None, content: bytes) -> None:
    answer = send(client, f"{path}/upload", content, filename, media)
    assert [row["name"] for row in answer.json()] == ["URGENT", "CAN WAIT"]


@pytest.mark.parametrize(
    ("filename", "content", "reason"),
    [
        ("a.csv", b"title\nX\n", "name"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"name\n", "no names"),
        ("a.csv", b"name,example\n,One\n", "Entry 1 has no name"),
        ("a.csv", b"name\n" + b"x" * 256, "256 characters"),
        ("a.json", b"{", "JSON"),
        ("a.json", b'[{"title": "X"}]', "name"),
        ("a.xlsx", b"PK\x03\x04", "spreadsheet"),
        ("a.pdf", b"%PDF-", "formats"),
        ("a.csv", b"name\nX\0Y\n", "NUL"),
    ],
)
@pytest.mark.parametrize("path", ["/projects/14/classes", "/projects/14/labels"])
def test_an_unsuitable_file_is_invalid_and_adds_nothing(
    client: Client, path: str, filename: str, content: bytes, reason: str
) -> None:
    before = client.get(path).json()
    answer = send(client, f"{path}/upload", content, filename)
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert error["place"] == "body.file" and reason in error["reason"]
    assert client.get(path).json() == before


@pytest.mark.parametrize("content", [b"name\nX\nComfort\n", b"name\nX\nX\n"])
def test_a_file_with_a_taken_or_double_name_adds_nothing(client: Client, content: bytes) -> None:
    before = client.get("/projects/11/classes").json()
    assert send(client, "/projects/11/classes/upload", content, "x.csv").status_code == 409
    assert client.get("/projects/11/classes").json() == before


def test_a_download_says_what_it_is(client: Client) -> None:
    answer = client.get("/projects/11/classes/download")
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == 'attachment; filename="classes.csv"'
    assert answer.text.splitlines()[0] == "id,name,example,description"
    assert client.get("/projects/11/classes/download?format=pdf").status_code == 400


def test_what_a_spreadsheet_cannot_hold_is_refused_for_that_format_only(client: Client) -> None:
    client.post("/projects/11/classes", json={"name": "Long", "description": "x" * 40_000})
    assert client.get("/projects/11/classes/download?format=xlsx").status_code == 400
    assert client.get("/projects/11/classes/download?format=csv").status_code == 200


@pytest.mark.parametrize("create", [classes.create_class, labels.create_label])
def test_nothing_is_added_to_a_project_that_was_deleted_meanwhile(create: Callable[..., Any]) -> None:
    with pytest.raises(ProjectNotFound):
        create(Tx(small_world()), 99, {"name": "X"})


# Of all that Unicode has: what a file cannot hold is refused before it gets into the world, or documented in sheets.
TEXTS = st.text(st.characters(exclude_characters="\0\ufffe\uffff", exclude_categories=["Cs"]), min_size=1, max_size=30)
NAMES = TEXTS | st.sampled_from(
    ["1", "1.5", "true", "null", "=1+1", " ", "a,b", 'a"b', "a\nb", "name", "_x0041_", "00"]
)
CLASSES = st.lists(
    st.fixed_dictionaries({"name": NAMES, "example": st.none() | NAMES, "description": st.none() | NAMES}),
    min_size=1,
    max_size=5,
    unique_by=lambda one: one["name"],
)


def round_trip(kind: str, format: str, wanted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put things into one project, download them, upload the file to another one, and return what that has then."""
    client = as_person(create_app(small_world(), Settings(check_responses=True)), "owner@example.com")
    source = 13 if kind == "classes" else 12  # those have none to begin with
    for one in wanted:
        assert client.post(f"/projects/{source}/{kind}", json=one).status_code == 201
    file = client.get(f"/projects/{source}/{kind}/download?format={format}").content
    target = client.post("/projects", json={"name": "Empty", "type": "CLASSLABEL"}).json()["id"]
    answer = send(client, f"/projects/{target}/{kind}/upload", file, f"x.{format}")
    assert answer.status_code == 200, answer.text
    assert client.get(f"/projects/{target}/{kind}").json() == answer.json()
    return [{field: value for field, value in row.items() if field != "id"} for row in answer.json()]


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(wanted=CLASSES)
def test_downloaded_classes_give_the_same_classes_elsewhere(format: str, wanted: list[dict[str, Any]]) -> None:
    assert round_trip("classes", format, wanted) == wanted


@pytest.mark.parametrize("format", FORMATS)
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(names=st.lists(NAMES, min_size=1, max_size=5, unique=True))
def test_downloaded_labels_give_the_same_labels_elsewhere(format: str, names: list[str]) -> None:
    wanted = [{"name": name} for name in names]
    assert round_trip("labels", format, wanted) == wanted
