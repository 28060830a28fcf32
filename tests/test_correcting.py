"""What people do in correction sessions: tags are confirmed, changed, added and taken away, segments marked; who may do that."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.rows import Document, Session, SessionDocument
from tests.conftest import Client
from tests.corrections import (
    AT,
    MARK,
    NEG,
    POS,
    STAFF,
    confirm,
    create,
    documents,
    ok,
    ready,
    rows,
    segments,
    with_model,
)

AsUser = Callable[[str], Client]


# Correcting


def test_confirming_marks_the_segment_and_raises_score_and_progress(app: App, client: Client) -> None:
    session = ready(app, client)
    first, second, third = segments(client, session)
    answer = confirm(client, first)
    assert answer["tag"] == {**first["tags"][0], "status": "READY"}
    assert answer["segment"]["annotated"] and (answer["predicted_score"], answer["progress"]) == (100, 33)
    assert confirm(client, second)["progress"] == 66
    assert rows(client, session) == ("ANNOTATING", 100, 66.7)
    answer = ok(client.post(f"{third['at']}/statuses", json=MARK))
    assert answer["progress"] == 100 and answer["segment"]["annotation_id"] == session["id"]
    assert rows(client, session)[0] == "FINISHED" and ok(client.get(f"{AT}/{session['id']}"))["finished"]


def test_confirming_twice_changes_nothing(app: App, client: Client) -> None:
    session = ready(app, client)
    part = segments(client, session)[0]
    first = confirm(client, part)
    client.advance(60)
    world = app.sandbox.world
    assert confirm(client, part) == first
    assert app.sandbox.world.tables == world.tables


def test_doubting_takes_the_mark_away_and_goes_on_with_the_session(app: App, client: Client) -> None:
    session = ready(app, client)
    first, second, third = segments(client, session)
    for part in (first, second, third):
        ok(client.post(f"{part['at']}/statuses", json=MARK))
    assert rows(client, session) == ("FINISHED", 100, 100)
    answer = confirm(client, first, "CORRECTING")
    assert (answer["segment"]["annotated"], answer["predicted_score"], answer["progress"]) == (None, 100, 66)
    shown = ok(client.get(f"{AT}/{session['id']}"))
    assert (shown["status"], shown["finished"]) == ("ANNOTATING", None)


def test_changing_a_tag_counts_as_a_mistake_of_the_model(app: App, client: Client) -> None:
    session = ready(app, client)
    first, second, _ = segments(client, session)
    answer = ok(client.put(f"{first['at']}/tags/{first['tags'][0]['id']}", json={"label": "NEG"}))
    assert answer["tag"] == {**first["tags"][0], "label": "NEG", "predicted": False, "status": "READY"}
    assert answer["segment"]["annotated"] and answer["predicted_score"] == 0
    assert confirm(client, second)["predicted_score"] == 50


@pytest.mark.parametrize("given", [{}, POS, {"class": "Comfort"}])
def test_changing_a_tag_to_what_it_is_confirms_it(app: App, client: Client, given: Any) -> None:
    session = ready(app, client)
    first = segments(client, session)[0]
    answer = ok(client.put(f"{first['at']}/tags/{first['tags'][0]['id']}", json=given))
    assert answer["tag"]["predicted"] and answer["tag"]["status"] == "READY" and answer["predicted_score"] == 100


def test_taking_a_tag_away_marks_the_segment_and_counts_as_a_mistake(app: App, client: Client) -> None:
    session = ready(app, client)
    first, second, _ = segments(client, session)
    answer = ok(client.delete(f"{first['at']}/tags/{first['tags'][0]['id']}"))
    assert answer["segment"]["segment_id"] == first["id"] and (answer["predicted_score"], answer["progress"]) == (0, 33)
    assert confirm(client, second)["predicted_score"] == 50
    assert client.delete(f"{first['at']}/tags/{first['tags'][0]['id']}").status_code == 404


def test_tag_that_was_missed_counts_as_a_mistake_until_it_is_taken_away(app: App, client: Client) -> None:
    session = ready(app, client)
    first, _, third = segments(client, session)
    answer = ok(client.post(f"{first['at']}/tags", json={**STAFF, "text": "soft"}), 201)
    assert answer["segment"]["annotated"] is None and answer["progress"] == 0
    assert not answer["tag"]["predicted"] and answer["tag"]["status"] == "READY"
    assert confirm(client, first)["predicted_score"] == 50
    added = ok(client.post(f"{third['at']}/tags", json=STAFF), 201)
    assert added["segment"]["annotated"] and added["predicted_score"] == 33
    assert ok(client.delete(f"{third['at']}/tags/{added['tag']['id']}"))["predicted_score"] == 50


def test_marking_confirms_what_nobody_decided_on(app: App, client: Client) -> None:
    session = ready(app, client)
    first = segments(client, session)[0]
    answer = ok(client.post(f"{first['at']}/statuses", json=MARK))
    assert (answer["predicted_score"], answer["progress"]) == (100, 33)
    client.advance(60)
    assert ok(client.post(f"{first['at']}/statuses", json=MARK)) == answer
    assert segments(client, session)[0]["tags"][0]["status"] == "READY"


def test_marked_document_is_annotated_as_a_whole_until_a_mark_is_taken(app: App, client: Client) -> None:
    session = ready(app, client)
    first, second, _ = segments(client, session)
    confirm(client, first), confirm(client, second)
    at = {"session_id": session["id"], "document_id": documents(client, session)[0]["id"]}
    assert app.sandbox.begin().first(SessionDocument, **at).annotated  # type: ignore[union-attr]
    confirm(client, first, "CORRECTING")
    assert app.sandbox.begin().first(SessionDocument, **at).annotated is None  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"class": "Parking", "label": "POS"}, 'The correction session has no class "Parking"'),
        ({"class": "Staff", "label": "MEH"}, 'The correction session has no label "MEH"'),
        ({"class": "Staff"}, "A tag in a project of type ABSA needs a label"),
        (POS, "The segment has this tag already"),
        ({**STAFF, "text": "sofa"}, 'The text "sofa" is not in the segment'),
        ({**STAFF, "span": [0, 99]}, "The span 0 to 99 is not in the segment, which is 0 to 17"),
    ],
)
def test_tag_that_does_not_fit_is_refused(app: App, client: Client, given: Any, message: str) -> None:
    session = ready(app, client)
    first = segments(client, session)[0]
    assert ok(client.post(f"{first['at']}/tags", json=given), 409)["message"] == message
    if "span" not in given and given != POS and given != {"class": "Staff"}:
        assert ok(client.put(f"{first['at']}/tags/{first['tags'][0]['id']}", json=given), 409)["message"] == message


@pytest.mark.parametrize("seconds", [0, 1])
def test_nothing_can_be_corrected_before_the_model_has_read(app: App, client: Client, seconds: int) -> None:
    created = create(client, with_model(app).id)
    client.advance(seconds)
    status = ("SAMPLING", "PREDICTING")[seconds]
    tx = app.sandbox.begin()
    document = next(tx.rows(Document, project_id=11))
    at = f"{AT}/{created['id']}/documents/{document.id}/segments/{document.segments[0].id}"
    expected = (404, 409)[seconds]  # while it is SAMPLING there is no such document
    answers = [client.post(f"{at}/statuses", json=MARK), client.post(f"{at}/tags", json=POS)]
    assert [answer.status_code for answer in answers] == [expected] * 2
    assert expected == 404 or answers[0].json()["message"].startswith(f"The correction session is {status}; ")


def test_nothing_can_be_corrected_in_a_failed_session(app: App, client: Client) -> None:
    session = ready(app, client)
    first = segments(client, session)[0]
    tx = app.sandbox.begin()
    tx.change(tx.get(Session, session["id"]) or pytest.fail("no session"), status="FAILED")
    app.sandbox.commit(tx)
    tag_at = f"{first['at']}/tags/{first['tags'][0]['id']}"
    calls = [
        client.post(f"{first['at']}/statuses", json=MARK),
        client.post(f"{first['at']}/tags", json=STAFF),
        client.put(tag_at, json=NEG),
        client.delete(tag_at),
        client.post(f"{tag_at}/statuses", json={"status": "READY"}),
    ]
    assert [answer.status_code for answer in calls] == [409] * 5


# Who and where

WORK = [
    ("POST", "/statuses", MARK),
    ("POST", "/tags", STAFF),
    ("PUT", "/tags/{tag}", NEG),
    ("DELETE", "/tags/{tag}", None),
    ("POST", "/tags/{tag}/statuses", {"status": "READY"}),
]


@pytest.mark.parametrize(("method", "path", "body"), WORK)
@pytest.mark.parametrize("wrong", ["corrections", "documents", "segments", "projects", "tags"])
def test_place_that_does_not_exist_is_unknown(
    app: App, client: Client, method: str, path: str, body: Any, wrong: str
) -> None:
    session = ready(app, client)
    first, second, _ = segments(client, session)
    tag_id = second["tags"][0]["id"] if wrong == "tags" else first["tags"][0]["id"]  # a tag of another segment
    parts = (first["at"] + path.format(tag=tag_id)).split("/")
    if wrong != "tags":
        parts[parts.index(wrong) + 1] = "404"
    elif "{tag}" not in path:
        return
    answer = client.request(method, "/".join(parts), json=body) if body else client.request(method, "/".join(parts))
    assert answer.status_code == 404


@pytest.mark.parametrize(("method", "path", "body"), [*WORK, ("DELETE", "", None)])
def test_correcting_needs_an_annotator(
    app: App, client: Client, as_user: AsUser, method: str, path: str, body: Any
) -> None:
    session = ready(app, client)
    first = segments(client, session)[0]
    at = first["at"] if path else f"{AT}/{session['id']}"
    more = {"json": body} if body else {}
    url = at + path.format(tag=first["tags"][0]["id"])
    for email, status in (("viewer@example.com", 403), ("stranger@example.com", 403), ("annotator@example.com", 200)):
        answer = as_user(email).request(method, url, **more)
        assert answer.status_code in ((201,) if status == 200 and answer.status_code == 201 else (status,)), answer.text


def test_reading_needs_a_viewer(app: App, client: Client, as_user: AsUser) -> None:
    session = ready(app, client)
    for path in (AT, f"{AT}/{session['id']}", f"{AT}/{session['id']}/documents"):
        assert as_user("viewer@example.com").get(path).status_code == 200
        assert as_user("guest@example.com").get(path).status_code == 200
        assert as_user("user@example.com").get(path).status_code == 403


def test_creating_needs_an_annotator_and_a_workspace_that_can_be_written(app: App, as_user: AsUser) -> None:
    model, other = with_model(app), with_model(app, 15, name="second")
    create(as_user("viewer@example.com"), model.id, status=403)
    create(as_user("annotator@example.com"), model.id)
    create(as_user("annotator@example.com"), other.id, "/projects/15/corrections", status=403)
