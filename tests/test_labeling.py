"""Labeling sessions: their life, what they are changed to, how they are listed and deleted, who may do what."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from mock_server.app import App
from mock_server.studio.rows import ModelClass, Session, SessionDocument, Tag
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.sessions import AT, MARK, NEW, POS, TAGGED, create, documents_of, places_of, session_of, shown


@pytest.fixture(autouse=True)
def sound(app: App) -> Any:
    """After every test nothing dangles and every count is right."""
    yield
    assert dangling(app.sandbox.world) == []


@pytest.fixture
def session(client: Client) -> Any:
    """A session over the two documents of project 11: three segments, nothing marked."""
    made = create(client, name="First round")
    client.advance(1)
    return made


@pytest.fixture
def places(client: Client, session: Any) -> list[str]:
    """The paths of the three segments."""
    return places_of(client, session)


# The life of a session


def test_a_session_is_started_then_annotating_then_finished(client: Client) -> None:
    made = create(client, name="First round")
    assert (made["status"], made["progress"], made["document_count"]) == ("STARTED", 0, 2)
    assert (made["classes"], made["labels"], made["type"]) == (["Comfort", "Staff"], ["POS", "NEG"], "ABSA")
    assert (made["document_group_id"], made["mode"], made["organization_id"], made["user_id"]) == (
        None,
        "ANNOTATION",
        1,
        1,
    )
    client.advance(1)
    assert session_of(client, made)["status"] == "ANNOTATING"
    first, second = (document["id"] for document in shown(client, made))
    client.post(f"{AT}/{made['id']}/documents/{first}/statuses", json=MARK)
    assert session_of(client, made)["progress"] == 66.7
    client.advance(5)
    client.post(f"{AT}/{made['id']}/documents/{second}/statuses", json=MARK)
    done = session_of(client, made)
    assert (done["status"], done["progress"], done["finished"]) == ("FINISHED", 100, "2026-03-02T09:00:06Z")


def test_the_first_mark_begins_a_started_session_and_the_job_does_not_undo_it(client: Client) -> None:
    made = create(client)
    for document in shown(client, made):
        client.post(f"{AT}/{made['id']}/documents/{document['id']}/statuses", json=MARK)
    assert session_of(client, made)["status"] == "FINISHED"
    client.advance(1)
    assert session_of(client, made)["status"] == "FINISHED"


def test_a_sampling_session_has_no_documents_until_they_are_drawn(client: Client, app: App) -> None:
    made = create(client, sample_size=1, documents=[TAGGED], document_ids=[d.id for d in documents_of(app)])
    assert (made["status"], made["document_count"], shown(client, made)) == ("SAMPLING", 0, [])
    known = documents_of(app)[0].id
    path = f"{AT}/{made['id']}/documents/{known}"
    assert client.get(path).status_code == client.post(f"{path}/statuses", json=MARK).status_code == 404
    assert client.put(f"{AT}/{made['id']}", json={"document_ids": [known]}).status_code == 409
    client.advance(1)
    assert (session_of(client, made)["status"], len(shown(client, made))) == ("ANNOTATING", 1)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_sample_is_as_large_as_wanted_or_all_there_is(client: Client, app: App, size: int) -> None:
    made = create(client, sample_size=size)
    client.advance(1)
    ids = [document["id"] for document in shown(client, made)]
    assert len(ids) == min(size, 2) and ids == sorted(set(ids))
    assert set(ids) <= {document.id for document in documents_of(app)}


def test_what_goes_while_a_session_is_sampling_is_not_missed(client: Client, app: App) -> None:
    made = create(client, sample_size=9, documents=[TAGGED], document_ids=[d.id for d in documents_of(app)])
    client.delete(f"/projects/11/documents/{documents_of(app)[0].id}")
    client.delete(f"/projects/11/classes/{next(app.sandbox.begin().rows(ModelClass, project_id=11)).id}")
    client.delete(f"/projects/11/groups/{made['document_group_id']}")
    client.advance(1)
    assert len(shown(client, made)) == 2
    assert [tag for document in shown(client, made) for part in document["segments"] for tag in part["tags"]] == []


def test_a_session_that_is_deleted_while_it_is_made_ready_stays_deleted(client: Client) -> None:
    made = [create(client), create(client, sample_size=1)]
    for one in made:
        assert client.delete(f"{AT}/{one['id']}").json() == {
            "message": "The labeling session was deleted.",
            "status": "OK",
        }
    client.advance(1)
    assert client.get(AT).json() == []


def test_documents_that_come_in_open_a_finished_session_again(client: Client, session: Any, places: list[str]) -> None:
    for place in places:
        client.post(f"{place}/statuses", json=MARK)
    assert session_of(client, session)["status"] == "FINISHED"
    changed = client.put(f"{AT}/{session['id']}", json={"documents": [NEW]}).json()
    assert (changed["status"], changed["finished"], changed["progress"]) == ("ANNOTATING", None, 60)


def test_a_session_without_segments_is_never_done(client: Client) -> None:
    made = create(client, document_ids=[])
    client.advance(1)
    assert (session_of(client, made)["progress"], session_of(client, made)["status"]) == (0, "ANNOTATING")
    blank = create(client, documents=[{"text": " "}])
    path = f"{AT}/{blank['id']}/documents/{shown(client, blank)[0]['id']}/statuses"
    assert client.post(path, json=MARK).json() == client.post(path, json=MARK).json()
    client.advance(1)
    assert (session_of(client, blank)["progress"], session_of(client, blank)["status"]) == (0, "ANNOTATING")


# Changing, listing, deleting


def test_classes_and_labels_are_replaced_unless_tags_use_them(client: Client, session: Any, places: list[str]) -> None:
    client.post(f"{places[0]}/tags", json=POS)
    path = f"{AT}/{session['id']}"
    changed = client.put(path, json={"name": "Comfort only", "classes": ["Comfort"], "labels": ["NEG", "POS"]}).json()
    assert (changed["name"], changed["classes"], changed["labels"]) == ("Comfort only", ["Comfort"], ["NEG", "POS"])
    assert client.get(f"{path}/documents").json()["labels"][0]["name"] == "NEG"
    for body, message in (
        ({"classes": ["Staff"]}, 'The labeling session has tags with the class "Comfort"'),
        ({"labels": []}, 'The labeling session has tags with the label "POS"'),
        ({"labels": ["MIXED"]}, 'The project has no label "MIXED"'),
    ):
        answer = client.put(path, json={"name": "Nothing", **body})
        assert (answer.status_code, answer.json()["message"]) == (409, message)
    assert client.put(path, json={}).json()["name"] == "Comfort only"
    assert client.post(f"{places[1]}/tags", json={"class": "Staff", "label": "NEG"}).status_code == 409


def test_new_documents_of_a_change_join_the_group_of_the_session(client: Client, session: Any) -> None:
    path = f"{AT}/{session['id']}"
    first = client.put(path, json={"documents": [TAGGED]}).json()
    second = client.put(path, json={"documents": [NEW], "document_ids": [documents_of(client.app)[0].id]}).json()
    assert first["document_group_id"] == second["document_group_id"] is not None
    assert client.get(f"/projects/11/groups/{first['document_group_id']}").json()["document_count"] == 2
    assert (second["document_count"], second["progress"]) == (4, 0)
    for body, status in (({"document_ids": [404]}, 404), ({"documents": [{**NEW, "tags": [{"class": "X"}]}]}, 409)):
        assert client.put(path, json=body).status_code == status


def test_sessions_are_filtered_by_mode_and_status(client: Client, app: App) -> None:
    first = create(client)
    client.advance(1)
    second = create(client)
    tx = app.sandbox.begin()
    row = tx.get(Session, second["id"])
    assert row is not None
    third = tx.put(msgspec.structs.replace(row, id=tx.new_id(Session), mode="CORRECTION", segments_total=0)).id
    app.sandbox.commit(tx)
    for query, expected in (
        ({}, [first["id"], second["id"], third]),
        ({"mode": "CORRECTION"}, [third]),
        ({"mode": "ANNOTATION,CORRECTION"}, [first["id"], second["id"], third]),
        ({"status": "STARTED"}, [second["id"], third]),
        ({"status": "STARTED", "mode": "ANNOTATION"}, [second["id"]]),
        ({"status": "PREDICTING"}, []),
    ):
        assert [entry["id"] for entry in client.get(AT, params=query).json()] == expected
    for query in ({"mode": "OTHER"}, {"status": "DONE"}, {"mode": ""}):
        assert client.get(AT, params=query).status_code == 400


def test_documents_of_a_session_come_in_pages_with_what_was_asked_for(client: Client, app: App) -> None:
    second, first = (row.id for row in documents_of(app))
    made = create(client, document_ids=[first])
    client.put(f"{AT}/{made['id']}", json={"document_ids": [second]})
    path = f"{AT}/{made['id']}/documents"
    assert [entry["id"] for entry in client.get(path).json()["documents"]] == [first, second]
    page = client.get(path, params={"offset": 1, "limit": 1}).json()
    assert [set(entry) for entry in page["documents"]] == [{"id", "text"}]
    assert (page["id"], page["documents"][0]["id"], page["document_count"]) == (made["id"], second, 2)
    assert client.get(path, params={"offset": 9}).json()["documents"] == []
    detailed = client.get(f"{path}/{first}", params={"details": "segments,tags"}).json()
    assert detailed["segments"][0]["tags"] == []


def test_a_deleted_session_takes_its_tags_and_marks_and_leaves_the_documents(client: Client, app: App) -> None:
    made = create(client, documents=[TAGGED])
    kept = create(client)
    before = documents_of(app)
    assert client.delete(f"{AT}/{made['id']}").status_code == 200
    tx = app.sandbox.begin()
    assert documents_of(app) == before
    assert not tx.ids(Tag, session_id=made["id"]) and not tx.ids(SessionDocument, session_id=made["id"])
    assert [entry["id"] for entry in client.get(AT).json()] == [kept["id"]]
    assert client.get(f"/projects/11/groups/{made['document_group_id']}").status_code == 200
    assert client.get(f"{AT}/{made['id']}").json()["message"] == "Project or labeling session not found."


def test_a_session_whose_owner_is_gone_has_no_user(client: Client, as_user: Callable[[str], Client]) -> None:
    made = create(as_user("annotator@example.com"))
    client.delete(f"/users/{made['user_id']}")
    assert session_of(client, made)["user_id"] is None
    client.advance(1)
    assert session_of(client, made)["status"] == "ANNOTATING"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("PUT", ""),
        ("DELETE", ""),
        ("GET", "/download"),
        ("GET", "/documents"),
        ("GET", "/documents/{document}"),
        ("POST", "/documents/{document}/statuses"),
        ("POST", "/documents/{document}/pages/0/statuses"),
        ("POST", "/documents/{document}/segments/{segment}/statuses"),
        ("GET", "/documents/{document}/segments/{segment}/tags"),
        ("POST", "/documents/{document}/segments/{segment}/tags"),
    ],
)
def test_nothing_is_found_under_the_wrong_session_document_or_segment(
    client: Client, session: Any, method: str, path: str
) -> None:
    document = shown(client, session)[0]
    right = {"session": session["id"], "document": document["id"], "segment": document["segments"][0]["id"]}
    body = {"json": MARK if "statuses" in path else POS if "tags" in path else {}} if method in ("POST", "PUT") else {}
    for name, wrong in (("session", 404), ("document", 404), ("segment", 404), ("document", 3)):
        if name == "session" or f"{{{name}}}" in path:
            place = f"/projects/11/annotations/{{session}}{path}".format(**{**right, name: wrong})
            assert client.request(method, place, **body).status_code == 404, place
    elsewhere = f"/projects/12/annotations/{{session}}{path}".format(**right)
    assert client.request(method, elsewhere, **body).status_code == 404


@pytest.mark.parametrize(
    ("email", "reads", "writes"),
    [
        ("guest@example.com", 200, 403),
        ("viewer@example.com", 200, 403),
        ("annotator@example.com", 200, 201),
        ("user@example.com", 403, 403),
        ("stranger@example.com", 403, 403),
    ],
)
def test_viewers_read_and_annotators_write(
    as_user: Callable[[str], Client], places: list[str], session: Any, email: str, reads: int, writes: int
) -> None:
    person = as_user(email)
    assert {
        person.get(path).status_code
        for path in (
            AT,
            f"{AT}/{session['id']}",
            f"{AT}/{session['id']}/documents",
            f"{places[0]}/tags",
            f"{AT}/download",
        )
    } == {reads}
    assert {
        person.post(path, json=body).status_code
        for path, body in ((AT, {}), (f"{places[0]}/tags", POS), (f"{places[0]}/statuses", MARK))
    } <= {writes, 200 if writes == 201 else writes}
    if writes == 403:
        refused = person.post(f"{places[0]}/statuses", json=MARK).json()["message"]
        assert refused == 'User is read-only or does not have the minimal required project role "ANNOTATOR"'
    at = "/projects/15/annotations"
    assert person.post(at, json={}).status_code == 403
