"""Properties of the operations tagged Groups; files are in test_group_files."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.rows import Group, Tag
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.filled import fill
from tests.group_steps import BASE, CSV, GROUPS, PLACE, create, documents, texts, upload

AsUser = Callable[[str], Client]
NOWHERE = "7d9f5a4e-3b1c-4f0e-9a55-0c4d1f6f2a10"


# Creating from a body


def test_group_of_new_and_known_documents_gets_them_when_its_task_ends(app: App, client: Client) -> None:
    tagged = {"text": "Warm. Loud.", "stars": 4, "tags": [{"class": "Comfort", "label": "POS", "text": "Warm"}]}
    group = create(client, name="Winter", documents=[tagged, {"id": 1}, {"id": 1}])
    assert (group["name"], group["source"], group["project_id"]) == ("Winter", "UPLOAD", 11)
    known, new = documents(client, group)
    assert known["id"] == 1
    assert (new["text"], new["stars"]) == ("Warm. Loud.", 4)
    assert [[tag["class"] for tag in part["tags"]] for part in new["segments"]] == [["Comfort"], []]
    listed = client.get(f"{BASE}/documents", params={"group_id": group["id"], "details": "tags,meta"}).json()
    assert listed["documents"] == [known, new]
    assert client.get(GROUPS).json() == [group]
    assert client.get(f"{GROUPS}/{group['id']}/documents/1", params={"details": "meta,tags"}).json() == known
    assert client.get(f"{GROUPS}/{group['id']}/documents/2").status_code == 404
    assert app.sandbox.begin().first(Tag, session_id=None) is not None
    assert dangling(app.sandbox.world) == []


def test_empty_list_makes_an_empty_group_and_a_missing_name_is_made_up(client: Client) -> None:
    group = create(client, documents=[])
    assert group["document_count"] == 0
    assert group["name"]
    assert client.get(f"{GROUPS}/{group['id']}/download").text == "id,text\r\n"


def test_split_says_whether_texts_are_divided(client: Client) -> None:
    for split, count in ((True, 2), (False, 1)):
        (made,) = documents(client, create(client, documents=[{"text": "Warm. Loud."}], split=split))
        assert len(made["segments"]) == count


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"source": "zendesk"}, 400),
        ({"documents": [{}]}, 400),
        ({"documents": [], "name": ""}, 400),
        ({"documents": [{"id": 3}]}, 404),  # of project 12
        ({"documents": [{"id": 10**18}]}, 404),
        ({"file_id": NOWHERE}, 404),
        ({**PLACE, "credential_id": 2}, 404),
        ({**PLACE, "credential_id": 1.5}, 404),
        ({**PLACE, "credential_id": 1e300}, 404),
        ({**PLACE, "source": "mail"}, 404),
        ({"documents": [{"text": "A.", "segments": [{"text": "B"}]}]}, 409),
        ({"documents": [{"text": "A.", "tags": [{"class": "Parking", "label": "POS"}]}]}, 409),
    ],
)
def test_group_from_nothing_usable_is_refused(client: Client, body: Any, status: int) -> None:
    assert client.post(GROUPS, json=body).status_code == status
    assert client.get(GROUPS).json() == []


# Changing and deleting


def test_change_renames_and_adds_documents_once(client: Client) -> None:
    group = create(client, documents=[{"id": 1}])
    path = f"{GROUPS}/{group['id']}"
    body = {"name": "New", "document_ids": [1, 2, 2], "documents": [{"text": "Third."}, {"id": 2, "name": "a group"}]}
    changed = client.put(path, json=body)
    assert changed.json() == {**group, "name": "New", "document_count": 3} == client.get(path).json()
    assert [one["text"] for one in documents(client, group)][-1] == "Third."
    assert client.put(path, json={}).json() == changed.json()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"document_ids": [3]}, 404),
        ({"documents": [{"id": 99}]}, 404),
        ({"documents": [{"text": "A.", "segments": [{"text": "B"}]}]}, 409),
        ({"documents": [{"text": "A.", "tags": [{"class": "Parking", "label": "POS"}]}]}, 409),
        ({"name": None}, 400),
        ({"document_ids": ["x"]}, 400),
    ],
)
def test_refused_change_changes_nothing(client: Client, body: Any, status: int) -> None:
    group = create(client, documents=[{"id": 1}])
    path = f"{GROUPS}/{group['id']}"
    assert client.put(path, json={"documents": [{"text": "New."}], "name": "New", **body}).status_code == status
    assert client.get(path).json() == group


def test_group_in_the_making_cannot_be_changed_but_deleted(app: App, client: Client) -> None:
    path = f"{GROUPS}/{client.post(GROUPS, json={'documents': [{'text': 'New.'}]}).json()['id']}"
    assert client.put(path, json={"name": "New"}).status_code == 409
    assert client.delete(path).status_code == 200
    client.advance(5)
    assert client.get(path).status_code == 404
    assert client.get(f"{BASE}/documents").json()["count"] == 2
    assert dangling(app.sandbox.world) == []


def test_deleted_group_leaves_its_documents(app: App, client: Client) -> None:
    fill(app)
    (group,) = client.get(GROUPS).json()
    assert client.delete(f"{GROUPS}/{group['id']}").json() == {"message": "The group was deleted.", "status": "OK"}
    assert client.get(f"{GROUPS}/{group['id']}").status_code == 404
    assert client.get(GROUPS).json() == []
    assert client.get(f"{BASE}/documents", params={"grouped": True}).json()["count"] == 0
    assert client.get(f"{BASE}/documents").json()["count"] == 2
    assert dangling(app.sandbox.world) == []


def test_known_document_that_goes_before_the_task_ends_is_passed_over(app: App, client: Client) -> None:
    group = client.post(GROUPS, json={"documents": [{"id": 1}, {"id": 2}]}).json()
    client.delete(f"{BASE}/documents/1")
    client.advance(5)
    assert [one["id"] for one in documents(client, group)] == [2]
    assert dangling(app.sandbox.world) == []


# Lists


def test_documents_of_a_group_are_searched_and_paged(client: Client) -> None:
    group = create(client, documents=[{"text": f"{word}."} for word in ("bed", "Bedding", "hall", "embedded")])
    assert texts(documents(client, group, search="BED")) == ["bed.", "Bedding.", "embedded."]
    assert texts(documents(client, group, search="BED", offset=1, limit=1)) == ["Bedding."]
    assert texts(documents(client, group, offset=3)) == ["embedded."]
    assert documents(client, group, offset=4) == []
    (plain,) = client.get(f"{GROUPS}/{group['id']}/documents", params={"limit": 1}).json()
    assert set(plain) == {"id", "text"}


# Who may

WRITES = [
    ("POST", GROUPS, {"documents": []}),
    ("PUT", f"{GROUPS}/1", {"name": "New"}),
    ("DELETE", f"{GROUPS}/1", None),
]
READS = ["", "/1", "/1/documents", "/1/documents/1", "/1/download"]


@pytest.mark.parametrize(
    ("person", "status"), [("viewer", 403), ("guest", 403), ("user", 403), ("stranger", 403), ("annotator", None)]
)
def test_changing_groups_needs_an_annotator(app: App, as_user: AsUser, person: str, status: int | None) -> None:
    fill(app)
    someone = as_user(f"{person}@example.com")
    answers = [someone.request(method, path, json=body) for method, path, body in WRITES]
    answers.append(upload(someone, CSV))
    answers.append(someone.post(f"{GROUPS}/connect", files={name: (None, str(it)) for name, it in PLACE.items()}))
    for answer in answers:
        assert answer.status_code == status if status else answer.status_code < 300, answer.text
        assert status is None or "ANNOTATOR" in answer.json()["message"]


@pytest.mark.parametrize(("person", "status"), [("viewer", 200), ("guest", 200), ("user", 403), ("stranger", 403)])
def test_reading_groups_needs_a_viewer(app: App, as_user: AsUser, person: str, status: int) -> None:
    fill(app)
    for path in READS:
        assert as_user(f"{person}@example.com").get(GROUPS + path).status_code == status


def test_unknown_groups_are_not_found(app: App, client: Client, anyone: Client) -> None:
    fill(app, 12)  # group 1 is of project 12
    for method, path, body in (*WRITES[1:], *(("GET", GROUPS + path, None) for path in READS[1:])):
        answer = client.request(method, path, json=body)
        told = "The document group, the document or the project was not found"
        assert (answer.status_code, answer.json()["message"]) == (404, told)
        assert client.request(method, path.replace("11", "99"), json=body).status_code == 404
        assert anyone.request(method, path, json=body).status_code == 401
    assert app.sandbox.begin().get(Group, 1) is not None


def test_read_only_workspaces_take_no_groups(as_user: AsUser) -> None:
    manager = as_user("manager@example.com")
    assert manager.post("/projects/15/groups", json={"documents": []}).status_code == 403
    assert manager.get("/projects/15/groups").status_code == 200
