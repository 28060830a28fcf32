"""Properties of the operations tagged Labels; files of labels are in test_classes."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from mock_server.app import App
from tests.conftest import Client
from tests.filled import fill

AsUser = Callable[[str], Client]
POS, NEG = 1, 2  # in project 11, which is ABSA
URGENT = {"name": "URGENT"}


def labels_of(client: Client, project_id: int) -> dict[str, int]:
    """Return the ids of a project's labels by name."""
    return {row["name"]: row["id"] for row in client.get(f"/projects/{project_id}/labels").json()}


def test_created_label_is_shown_by_itself_in_the_list_and_in_the_project(client: Client) -> None:
    answer = client.post("/projects/13/labels", json=URGENT)
    assert answer.status_code == 201
    created = answer.json()
    assert client.get(f"/projects/13/labels/{created['id']}").json() == created
    assert client.get("/projects/13/labels").json()[-1] == created
    assert client.get("/projects/13").json()["labels"] == ["POS", "NEG", "URGENT"]


def test_labels_of_an_absa_project_can_be_renamed_only(client: Client) -> None:
    refused = [
        client.post("/projects/11/labels", json=URGENT),
        client.post("/projects/11/labels/upload", files={"file": ("x.csv", b"name\nURGENT\n")}),
        client.delete(f"/projects/11/labels/{POS}"),
    ]
    assert {answer.status_code for answer in refused} == {409}
    assert all("ABSA" in answer.json()["message"] for answer in refused)
    assert client.put(f"/projects/11/labels/{POS}", json={"name": "GOOD"}).json() == {"id": POS, "name": "GOOD"}
    assert client.get("/projects/11").json()["labels"] == ["GOOD", "NEG"]


@pytest.mark.parametrize("name", ["GOOD", "sehr gut", "50 %", "a?b", "a&b=c", "ä\u2713"])
def test_a_label_is_changed_by_its_name(client: Client, name: str) -> None:
    label_id = labels_of(client, 13)["POS"]
    assert client.put("/projects/13/labels/by-name/POS", json={"name": name}).json() == {"id": label_id, "name": name}
    assert client.put("/projects/13/labels/by-name/POS", json={"name": "X"}).status_code == 404
    answer = client.put(f"/projects/13/labels/by-name/{quote(name, safe='')}", json={"name": "POS"})
    assert answer.json() == {"id": label_id, "name": "POS"}


def test_a_number_can_be_the_name_of_a_label(client: Client) -> None:
    created = client.post("/projects/13/labels", json={"name": "1"}).json()
    assert client.put("/projects/13/labels/by-name/1", json={"name": "2"}).json()["id"] == created["id"]


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "/projects/13/labels", "POS"),
        ("PUT", "/projects/13/labels/by-name/NEG", "POS"),
        ("PUT", f"/projects/11/labels/{NEG}", "POS"),
    ],
)
def test_a_name_comes_once_in_a_project(client: Client, method: str, path: str, name: str) -> None:
    assert client.request(method, path, json={"name": name}).status_code == 409


@pytest.mark.parametrize("body", [{}, {"name": "NEG"}])
def test_a_change_that_changes_nothing_is_allowed(client: Client, body: Any) -> None:
    assert client.put(f"/projects/11/labels/{NEG}", json=body).json() == {"id": NEG, "name": "NEG"}
    assert client.put("/projects/11/labels/by-name/NEG", json=body).json() == {"id": NEG, "name": "NEG"}


def test_a_deleted_label_takes_its_tags_along_and_leaves_sessions(app: App, client: Client) -> None:
    session = fill(app, 13)
    found = labels_of(client, 13)
    assert client.get("/projects/13/tags").json()["total"] == 3
    assert client.delete(f"/projects/13/labels/{found['POS']}").status_code == 200
    assert client.get("/projects/13/tags").json()["total"] == 0
    tx = app.sandbox.begin()
    assert [row.label_ids for row in tx.rows(type(session), project_id=13)] == [(found["NEG"],)]


def test_a_new_name_is_shown_in_tags(app: App, client: Client) -> None:
    fill(app)
    client.put(f"/projects/11/labels/{POS}", json={"name": "GOOD"})
    assert {tag["label"] for tag in client.get("/projects/11/tags").json()["tags"]} == {"GOOD"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("path", ["/projects/13/labels/999", "/projects/13/labels/1", "/projects/99/labels/1"])
def test_an_unknown_label_or_one_of_another_project_is_not_found(client: Client, method: str, path: str) -> None:
    body = {"json": {"name": "X"}} if method == "PUT" else {}
    assert client.request(method, path, **body).status_code == 404


@pytest.mark.parametrize("user", ["viewer", "user", "stranger"])
def test_writing_needs_an_annotator(as_user: AsUser, user: str) -> None:
    caller = as_user(f"{user}@example.com")
    answers = [
        caller.post("/projects/13/labels", json=URGENT),
        caller.post("/projects/13/labels/upload", files={"file": ("x.csv", b"name\nURGENT\n")}),
        caller.put("/projects/13/labels/by-name/POS", json=URGENT),
        caller.put("/projects/11/labels/1", json=URGENT),
        caller.delete("/projects/11/labels/1"),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert caller.get("/projects/13/labels").status_code == (200 if user == "viewer" else 403)
    assert caller.get("/projects/13/labels/download").status_code == (200 if user == "viewer" else 403)
