"""Properties of tags: which ones fit, and the operations on the tags of a project."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.app import App
from mock_server.studio.domain import tags
from mock_server.studio.rows import Document, Segment, Session, Tag
from mock_server.world import Tx
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.filled import fill
from tests.worlds import NOW, small_world

AsUser = Callable[[str], Client]


def test_tags_are_paged_and_counted(app: App, client: Client) -> None:
    fill(app)
    whole = client.get("/projects/11/tags").json()
    assert whole["tags"] == [
        {"id": 1, "class": "Comfort", "label": "POS"},
        {"id": 2, "class": "Comfort", "label": "POS"},
        {"id": 3, "class": "Staff", "label": "POS"},
    ]
    assert (whole["count"], whole["offset"], whole["limit"], whole["total"]) == (3, 0, 100, 3)
    page = client.get("/projects/11/tags?offset=1&limit=1").json()
    assert page == {"tags": whole["tags"][1:2], "count": 1, "offset": 1, "limit": 1, "total": 3}
    assert client.get("/projects/11/tags?offset=9").json()["tags"] == []
    assert client.get("/projects/12/tags").json()["total"] == 0


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("classes=false", {"id": 1, "label": "POS"}),
        ("labels=false", {"id": 1, "class": "Comfort"}),
        ("classes=false&labels=false", {"id": 1}),
    ],
)
def test_half_of_a_tag_can_be_hidden(app: App, client: Client, query: str, shown: Any) -> None:
    fill(app)
    assert client.get(f"/projects/11/tags?{query}&limit=1").json()["tags"] == [shown]


def test_a_changed_tag_is_shown_and_the_rest_of_it_stays(app: App, client: Client) -> None:
    fill(app)
    assert client.put("/projects/11/tags/1", json={"label": "NEG"}).json() == [
        {"id": 1, "class": "Comfort", "label": "NEG"}
    ]
    changed = client.put("/projects/11/tags/1", json={"class": "Staff", "text": "bed"}).json()
    assert (
        changed
        == client.put("/projects/11/tags/1", json={}).json()
        == client.get("/projects/11/tags").json()["tags"][:1]
    )
    tag = app.sandbox.begin().get(Tag, 1)
    assert tag is not None and tag.span == (4, 7)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"class": "Parking"}, 'no class "Parking"'),
        ({"label": "comfort"}, 'no label "comfort"'),
        ({"class": None}, "needs a class"),
        ({"label": None}, "needs a label"),
        ({"span": [0, 99]}, "not in the segment"),
        ({"span": [4, 4]}, "not in the segment"),
        ({"span": [7, 4]}, "not in the segment"),
        ({"span": [4, 7], "text": "red"}, 'is not "red"'),
        ({"text": "hall"}, "not in the segment"),
        ({"text": ""}, "not in the segment"),
    ],
)
def test_a_tag_that_does_not_fit_is_refused(app: App, client: Client, body: Any, reason: str) -> None:
    fill(app)
    answer = client.put("/projects/11/tags/1", json=body)
    assert answer.status_code == 409 and reason in answer.json()["message"]


def test_a_segment_has_a_tag_once(app: App, client: Client) -> None:
    fill(app)
    tx = app.sandbox.begin()
    first = tx.get(Tag, 1)
    assert first is not None
    second = tx.put(msgspec.structs.replace(first, id=tx.new_id(Tag), label_id=2))
    app.sandbox.commit(tx)
    assert client.put(f"/projects/11/tags/{second.id}", json={"label": "POS"}).status_code == 409
    assert client.put(f"/projects/11/tags/{second.id}", json={"label": "POS", "text": "bed"}).status_code == 200


@pytest.mark.parametrize("status", ["CREATED", "STARTED", "ANNOTATING", "FINISHED", *sorted(tags.CLOSED)])
def test_tags_change_only_while_their_session_is_open(app: App, client: Client, status: str) -> None:
    session = fill(app)
    tx = app.sandbox.begin()
    tx.change(session, status=status)
    app.sandbox.commit(tx)
    expected = 409 if status in tags.CLOSED else 200
    assert client.put("/projects/11/tags/1", json={"label": "NEG"}).status_code == expected
    assert client.delete("/projects/11/tags/1").status_code == 200


def test_a_tag_that_came_with_its_document_may_use_what_the_project_has(app: App, client: Client) -> None:
    tx = app.sandbox.begin()
    document = tx.first(Document, project_id=14)
    assert document is not None
    fitting = tags.check_tag(tx, None, document, document.segments[0], {"class": "Staff"})
    tag = tags.put_tag(tx, None, document, document.segments[0], fitting, None)
    app.sandbox.commit(tx)
    client.post("/projects/14/classes", json={"name": "Noise"})
    assert client.put(f"/projects/14/tags/{tag.id}", json={"class": "Noise"}).json()[0]["class"] == "Noise"
    assert client.put("/projects/14", json={"type": "CLASS"}).status_code == 409


def test_a_deleted_tag_is_gone_everywhere(app: App, client: Client) -> None:
    fill(app)
    assert client.delete("/projects/11/tags/2").json()["message"] == "The tag was deleted."
    assert [tag["id"] for tag in client.get("/projects/11/tags").json()["tags"]] == [1, 3]
    assert client.delete("/projects/11/tags/2").status_code == 404
    assert dangling(app.sandbox.world) == []


@pytest.mark.parametrize("path", ["/projects/11/tags/99", "/projects/14/tags/1", "/projects/99/tags/1"])
def test_an_unknown_tag_or_one_of_another_project_is_not_found(app: App, client: Client, path: str) -> None:
    fill(app)
    assert client.put(path, json={}).status_code == 404
    assert client.delete(path).status_code == 404


@pytest.mark.parametrize(("user", "allowed"), [("viewer", False), ("annotator", True), ("stranger", False)])
def test_changing_tags_needs_an_annotator(app: App, as_user: AsUser, user: str, allowed: bool) -> None:
    fill(app)
    caller = as_user(f"{user}@example.com")
    expected = 200 if allowed else 403
    assert caller.put("/projects/11/tags/1", json={"label": "NEG"}).status_code == expected
    assert caller.delete("/projects/11/tags/1").status_code == expected


@pytest.mark.parametrize(
    ("project_id", "allowed"),
    [
        (11, {"both"}),
        (12, {"class"}),
        (13, {"label"}),
        (14, {"both", "class", "label"}),
    ],
    ids=["ABSA", "CLASS", "LABEL", "CLASSLABEL"],
)
def test_the_type_decides_what_a_tag_has(project_id: int, allowed: set[str]) -> None:
    tx = Tx(small_world())
    session, document = session_with_everything(tx, project_id)
    given = {
        "both": {"class": "C", "label": "L"},
        "class": {"class": "C"},
        "label": {"label": "L", "class": None},
        "nothing": {},
    }
    fits = set()
    for name, tag in given.items():
        try:
            tags.add_tag(tx, session, document, document.segments[0], tag, None)
            fits.add(name)
        except tags.TagConflict:
            pass
    assert fits == allowed


def session_with_everything(tx: Tx, project_id: int) -> tuple[Session, Document]:
    """Return a new session with a class C and a label L, and a document of the project."""
    from mock_server.studio.rows import Label, ModelClass

    kind = tx.put(ModelClass(id=tx.new_id(ModelClass), project_id=project_id, name="C"))
    label = tx.put(Label(id=tx.new_id(Label), project_id=project_id, name="L"))
    session = Session(
        id=tx.new_id(Session),
        uuid=tx.uuid(),
        project_id=project_id,
        name="S",
        class_ids=(kind.id,),
        label_ids=(label.id,),
        created=NOW,
    )
    document = tx.first(Document, project_id=project_id)
    assert document is not None
    return tx.put(session), document


def test_the_first_tag_begins_a_session() -> None:
    tx = Tx(small_world())
    session, document = session_with_everything(tx, 11)
    tags.add_tag(tx, session, document, document.segments[0], {"class": "C", "label": "L"}, None)
    begun = tx.get(Session, session.id)
    assert begun is not None and begun.status == "ANNOTATING"
    with pytest.raises(tags.TagConflict, match="already"):
        tags.add_tag(tx, begun, document, document.segments[0], {"class": "C", "label": "L"}, None)


@given(st.text(min_size=1, max_size=30), st.data())
def test_words_lie_in_their_segment_and_are_what_was_said(text: str, data: st.DataObject) -> None:
    offsets = st.integers(0, len(text))
    start, end = sorted(data.draw(st.tuples(offsets, offsets)))
    segment = Segment(1, start, end)
    first, last = data.draw(st.tuples(offsets, offsets))
    inside = start <= first < last <= end
    if inside:
        said = text[first:last]
        assert tags.words(text, segment, {"span": [first, last]}) == (first, last)
        assert tags.words(text, segment, {"span": [first, last], "text": said}) == (first, last)
        found = tags.words(text, segment, {"text": said})
        assert found is not None and start <= found[0] <= first and text[slice(*found)] == said
    else:
        with pytest.raises(tags.TagConflict):
            tags.words(text, segment, {"span": [first, last]})
    assert tags.words(text, segment, {}) is None
