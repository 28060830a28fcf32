"""Correction sessions over HTTP: how one comes about, what people do with its tags, and where else it is seen."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.rows import Document, Model, ModelClass, SessionDocument, Tag
from mock_server.world import Event, Job
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.corrections import (
    AT,
    LABELING,
    MARK,
    SAID,
    STAFF,
    confirm,
    create,
    documents,
    ok,
    ready,
    rows,
    said,
    segments,
    with_model,
)

AsUser = Callable[[str], Client]


# Creating


def test_new_session_is_sampled_then_predicted_then_corrected(app: App, client: Client) -> None:
    created = create(client, with_model(app).id)
    seen = [rows(client, created)[0]]
    for _ in range(2):
        client.advance(1)
        seen.append(rows(client, created)[0])
    assert (created["status"], seen) == ("SAMPLING", ["SAMPLING", "PREDICTING", "ANNOTATING"])


def test_session_has_no_documents_while_sampling_and_no_tags_while_predicting(app: App, client: Client) -> None:
    created = create(client, with_model(app).id)
    assert created["document_count"] == 0 and documents(client, created) == []
    client.advance(1)
    assert said(segments(client, created)) == [[], [], []]
    client.advance(1)
    found = segments(client, created)
    assert said(found) == SAID
    assert all(tag["predicted"] and tag["status"] == "CORRECTING" for part in found for tag in part["tags"])


@pytest.mark.parametrize(
    ("body", "count"), [({}, 2), ({"sample_size": 1}, 1), ({"sample_size": 2}, 2), ({"sample_size": 99}, 2)]
)
def test_as_many_documents_are_drawn_as_are_wanted_and_there(app: App, client: Client, body: Any, count: int) -> None:
    session = ready(app, client, **body)
    ids = [document["id"] for document in documents(client, session)]
    assert session["document_count"] == count == len(ids) and ids == sorted(ids)


def test_documents_are_drawn_by_chance_which_the_seed_decides(app: App, client: Client) -> None:
    model = with_model(app)
    sessions = [create(client, model.id, sample_size=1) for _ in range(12)]
    client.advance(2)
    assert len({documents(client, session)[0]["id"] for session in sessions}) == 2


def test_name_is_made_up_where_there_is_none(app: App, client: Client) -> None:
    model = with_model(app)
    first, second = create(client, model.id), create(client, model.id, name="Mine")
    assert first["name"] == f"Correction session {first['id']}" and second["name"] == "Mine"
    assert first["model"] == {"id": model.id, "display_name": "Spring"}
    assert (first["mode"], first["type"], first["predicted_score"], first["progress"]) == ("CORRECTION", "ABSA", 0, 0)


def test_classes_and_labels_are_those_that_project_and_model_share(app: App, client: Client) -> None:
    model = with_model(app)
    for what, name in (("classes", "Pool"), ("labels", "MIXED")):
        client.post(f"/projects/11/{what}", json={"name": name})
    assert create(client, model.id)["classes"] == ["Comfort", "Staff"]
    ok(client.delete(f"/projects/11/classes/{_class_id(app, 'Comfort')}"))
    assert create(client, model.id)["classes"] == ["Staff"]


def _class_id(app: App, name: str) -> int:
    found = app.sandbox.begin().first(ModelClass, project_id=11, name=name)
    assert found is not None
    return found.id


def test_tags_of_a_class_that_the_project_does_not_have_are_left_out(app: App, client: Client) -> None:
    model = with_model(app)
    ok(client.delete(f"/projects/11/classes/{_class_id(app, 'Comfort')}"))
    created = create(client, model.id)
    client.advance(2)
    assert said(segments(client, created)) == [[], [], []]


@pytest.mark.parametrize(("project_id", "kind"), [(12, "CLASS"), (13, "LABEL"), (14, "CLASSLABEL")])
def test_tags_fit_the_type_of_the_project(app: App, client: Client, project_id: int, kind: str) -> None:
    at = f"/projects/{project_id}/corrections"
    created = create(client, with_model(app, project_id).id, at)
    client.advance(2)
    shown = ok(client.get(f"{at}/{created['id']}/documents", params={"details": "tags"}))["documents"]
    found = {
        (tag["class"], tag["label"]) for document in shown for part in document["segments"] for tag in part["tags"]
    }
    assert found
    wrong = {"CLASS": lambda name, label: label or not name, "LABEL": lambda name, label: name or not label}.get(kind)
    assert wrong is None or not any(wrong(*one) for one in found)


def test_a_model_of_the_vendor_can_be_corrected(app: App, client: Client) -> None:
    created = create(client, with_model(app, None, status="PUBLISHED").id)
    client.advance(2)
    assert said(segments(client, created)) == SAID


@pytest.mark.parametrize("model_id", [404, 2**63 - 1])
def test_unknown_model_is_refused(client: Client, model_id: int) -> None:
    assert create(client, model_id, status=404)["message"] == f"The model {model_id} was not found"


def test_model_of_another_project_or_workspace_is_refused(app: App, client: Client) -> None:
    create(client, with_model(app, 12).id, status=404)
    create(client, with_model(app, None, organization_id=1).id, status=404)


@pytest.mark.parametrize("status", ["CREATED", "QUEUED", "TRAINING", "FAILED"])
def test_model_that_is_not_trained_is_refused(app: App, client: Client, status: str) -> None:
    answer = create(client, with_model(app, status=status).id, status=409)
    assert answer["message"].startswith(f"The model is {status}; ")


def test_model_of_another_type_is_refused(app: App, client: Client) -> None:
    answer = create(client, with_model(app, None, type="CLASS").id, status=409)
    assert answer["message"] == "The model is of type CLASS, the project of type ABSA"


def test_project_without_documents_is_refused(app: App, client: Client) -> None:
    for document in list(app.sandbox.begin().rows(Document, project_id=11)):
        ok(client.delete(f"/projects/11/documents/{document.id}"))
    assert create(client, with_model(app).id, status=409)["message"] == "The project has no documents"


def test_session_fails_if_its_model_goes_before_it_has_read(app: App, client: Client) -> None:
    created = create(client, with_model(app).id)
    tx = app.sandbox.begin()
    tx.delete(tx.get(Model, created["model"]["id"]) or pytest.fail("no model"))
    app.sandbox.commit(tx)
    client.advance(2)
    shown = ok(client.get(f"{AT}/{created['id']}"))
    assert (shown["status"], shown["model"]) == ("FAILED", None)
    told = next(app.sandbox.begin().rows(Event, kind="CORRECTION", subject=created["id"]))
    assert told.status == "FAILED"


def test_session_stays_when_its_model_goes_later(app: App, client: Client) -> None:
    session = ready(app, client)
    tx = app.sandbox.begin()
    tx.delete(tx.get(Model, session["model"]["id"]) or pytest.fail("no model"))
    app.sandbox.commit(tx)
    assert ok(client.get(f"{AT}/{session['id']}"))["model"] is None
    assert confirm(client, segments(client, session)[0])["predicted_score"] == 100


@pytest.mark.parametrize("seconds", [0, 1])
def test_documents_that_go_meanwhile_are_not_missed(app: App, client: Client, seconds: float) -> None:
    created = create(client, with_model(app).id)
    client.advance(seconds)
    for document in list(app.sandbox.begin().rows(Document, project_id=11)):
        ok(client.delete(f"/projects/11/documents/{document.id}"))
    client.advance(2)
    assert rows(client, created) == ("ANNOTATING", 0, 0)
    assert dangling(app.sandbox.world) == []


def test_deleting_a_session_ends_its_preparation_quietly(app: App, client: Client) -> None:
    created = create(client, with_model(app).id)
    ok(client.delete(f"{AT}/{created['id']}"))
    client.advance(3)
    assert [job.status for job in app.sandbox.begin().rows(Job)] == ["FINISHED", "FINISHED"]
    assert dangling(app.sandbox.world) == []


# Reading


def test_list_has_the_correction_sessions_that_fit_oldest_first(app: App, client: Client) -> None:
    session = ready(app, client)
    later = create(client, session["model"]["id"])
    ok(client.post(LABELING, json={}), 201)
    ids = [row["id"] for row in ok(client.get(AT))]
    assert ids == [session["id"], later["id"]]
    assert [row["id"] for row in ok(client.get(f"{AT}?status=SAMPLING"))] == [later["id"]]
    assert ok(client.get(f"{AT}?status=FAILED")) == []


def test_id_of_a_labeling_session_is_unknown_here(app: App, client: Client) -> None:
    labeling = ok(client.post(LABELING, json={}), 201)
    assert client.get(f"{AT}/{labeling['id']}").status_code == 404
    assert client.get(f"{AT}/{labeling['id']}/documents").status_code == 404
    assert client.delete(f"{AT}/{labeling['id']}").status_code == 404


@pytest.mark.parametrize(
    ("query", "count"), [({"limit": 1}, 1), ({"offset": 1}, 1), ({"offset": 2}, 0), ({"offset": 9, "limit": 5}, 0)]
)
def test_documents_come_in_pages(app: App, client: Client, query: Any, count: int) -> None:
    assert len(documents(client, ready(app, client), **query)) == count


@pytest.mark.parametrize(
    ("details", "has"),
    [
        ("", (False, False)),
        ("segments", (True, False)),
        ("tags", (True, True)),
        ("stats", (False, False)),
    ],
)
def test_details_decide_what_is_shown(app: App, client: Client, details: str, has: tuple[bool, bool]) -> None:
    session = ready(app, client)
    answer = ok(client.get(f"{AT}/{session['id']}/documents", params={"details": details} if details else {}))
    first = answer["documents"][0]
    assert ("segments" in first, "tags" in first.get("segments", [{}])[0]) == has


# Elsewhere


def test_correction_session_is_a_labeling_session_to_read(app: App, client: Client) -> None:
    session = ready(app, client)
    shown = ok(client.get(f"{LABELING}/{session['id']}"))
    assert (shown["mode"], shown["model_id"]) == ("CORRECTION", session["model"]["id"])
    assert session["id"] in [row["id"] for row in ok(client.get(f"{LABELING}?mode=CORRECTION"))]
    found = ok(client.get(f"{LABELING}/{session['id']}/documents", params={"details": "tags"}))["documents"]
    assert [tag["class"] for part in found[0]["segments"] for tag in part["tags"]] == ["Comfort", "Comfort"]
    assert client.get(f"{LABELING}/{session['id']}/download").status_code == 200


def test_labeling_operations_change_no_correction_session(app: App, client: Client) -> None:
    session = ready(app, client)
    first = segments(client, session)[0]
    at, tag_id = first["at"].replace("/corrections/", "/annotations/"), first["tags"][0]["id"]
    confirm(client, first)
    one = f"{LABELING}/{session['id']}"
    before = app.sandbox.world.tables
    calls = [
        client.put(one, json={"name": "Mine"}),
        client.delete(one),
        client.post(f"{one}/documents/{at.split('/')[6]}/statuses", json=MARK),
        client.post(f"{one}/documents/{at.split('/')[6]}/pages/0/statuses", json=MARK),
        client.post(f"{at}/statuses", json=MARK),
        client.post(f"{at}/tags", json=STAFF),
        client.put(f"{at}/tags/{tag_id}", json=STAFF),
        client.delete(f"{at}/tags/{tag_id}"),
        client.put(f"/projects/11/tags/{tag_id}", json=STAFF),
        client.delete(f"/projects/11/tags/{tag_id}"),
    ]
    assert [answer.status_code for answer in calls] == [409] * len(calls)
    assert app.sandbox.world.tables == before


def test_tags_are_seen_elsewhere_once_somebody_stands_by_them(app: App, client: Client) -> None:
    session = ready(app, client)

    def seen() -> tuple[int, list[int]]:
        tags = ok(client.get("/projects/11/tags"))
        shown = ok(client.get("/projects/11/documents", params={"details": "tags"}))["documents"]
        return tags["total"], [tag["id"] for document in shown for part in document["segments"] for tag in part["tags"]]

    first = segments(client, session)[0]
    assert seen() == (0, [])
    confirm(client, first)
    assert seen() == (1, [first["tags"][0]["id"]])
    confirm(client, first, "CORRECTING")
    assert seen() == (0, [])


def test_deleted_session_takes_tags_and_marks_along_and_leaves_the_rest(app: App, client: Client) -> None:
    session = ready(app, client)
    first, second, _ = segments(client, session)
    ok(client.delete(f"{first['at']}/tags/{first['tags'][0]['id']}"))
    confirm(client, second)
    ok(client.delete(f"{AT}/{session['id']}"))
    tx = app.sandbox.begin()
    assert not tx.ids(Tag) and not tx.ids(SessionDocument) and len(tx.ids(Document, project_id=11)) == 2
    assert tx.get(Model, session["model"]["id"]) is not None
    assert client.get(f"{AT}/{session['id']}").status_code == 404 and ok(client.get(AT)) == []
    assert dangling(app.sandbox.world) == []


def test_cloned_project_has_the_same_corrections(app: App, client: Client) -> None:
    session = ready(app, client)
    first, second, _ = segments(client, session)
    ok(client.delete(f"{first['at']}/tags/{first['tags'][0]['id']}"))
    confirm(client, second)
    clone = ok(client.post("/projects/11/clone", json={}))
    client.advance(3)
    [twin] = ok(client.get(f"/projects/{clone['id']}/corrections"))
    kept = ("name", "status", "progress", "predicted_score", "document_count", "classes")
    assert {field: twin[field] for field in kept} == {
        field: ok(client.get(f"{AT}/{session['id']}"))[field] for field in kept
    }
    assert dangling(app.sandbox.world) == []
