"""Properties of the operations tagged Documents, and of the counters of sessions when documents change."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import App
from mock_server.studio.domain import documents, session_counts
from mock_server.studio.domain.drafts import spans_of
from mock_server.studio.rows import Document, Group, Session, SessionDocument, Tag
from mock_server.world import Sandbox
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.filled import fill
from tests.worlds import small_world

AsUser = Callable[[str], Client]
BASE = "/projects/11"
TWO = "The bed was soft. The hall was loud."
BODIES = {
    ("POST", f"{BASE}/documents"): {"text": "New."},
    ("PUT", f"{BASE}/documents/1"): {"text": "New."},
    ("DELETE", f"{BASE}/documents/1"): None,
    ("POST", f"{BASE}/upload-documents"): [{"text": "New."}],
}


def shown(client: Client, path: str = f"{BASE}/documents", **params: Any) -> Any:
    """Return the documents of a list, or what else a GET answers."""
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    content = answer.json()
    return content.get("documents", content) if isinstance(content, dict) else content


def upload(client: Client, *entries: dict[str, Any]) -> list[dict[str, Any]]:
    """Upload documents, wait, and return them with all details."""
    before = len(shown(client))
    answer = client.post(f"{BASE}/upload-documents", json=list(entries))
    assert answer.status_code == 202, answer.text
    assert len(shown(client)) == before
    client.advance(5)
    found: list[dict[str, Any]] = shown(client, details="segments,tags,meta", offset=before)
    return found


def assert_sound(app: App) -> None:
    """Nothing dangles and every session counts right."""
    assert dangling(app.sandbox.world) == []


# One document


def test_created_document_is_shown_everywhere(client: Client) -> None:
    created = client.post(f"{BASE}/documents", json={"text": TWO})
    assert created.status_code == 201
    assert created.json() == {"text": TWO, "id": created.json()["id"]}
    path = f"{BASE}/documents/{created.json()['id']}"
    assert shown(client, path) == {"id": created.json()["id"], "text": TWO}
    assert shown(client)[-1] == shown(client, path)
    parts = shown(client, path, details="segments")["segments"]
    assert [part["text"] for part in parts] == ["The bed was soft.", "The hall was loud."]
    assert [part["span"] for part in parts] == [[0, 17], [18, 36]]
    assert client.get(f"/projects/12/documents/{created.json()['id']}").status_code == 404


@pytest.mark.parametrize("segments", [{"text": "The bed"}, [{"text": "The bed"}, {"text": "hall was"}]])
def test_given_segments_divide_the_text_and_the_rest_becomes_segments(client: Client, segments: Any) -> None:
    created = client.post(f"{BASE}/documents", json={"text": TWO, "segments": segments}).json()
    parts = shown(client, f"{BASE}/documents/{created['id']}", details="segments")["segments"]
    texts = [part["text"] for part in parts]
    wanted = ["The bed", "was soft. The", "hall was", "loud."]
    assert texts == (wanted if isinstance(segments, list) else ["The bed", "was soft. The hall was loud."])
    assert all(TWO[slice(*part["span"])] == part["text"] for part in parts)


@pytest.mark.parametrize("segments", [[{"text": "pool"}], [{"text": "hall"}, {"text": "bed"}], [{"text": ""}]])
def test_segments_that_do_not_occur_in_order_are_refused(client: Client, segments: Any) -> None:
    before = shown(client)
    assert client.post(f"{BASE}/documents", json={"text": TWO, "segments": segments}).status_code == 409
    assert shown(client) == before


def test_deleted_document_is_gone_from_lists_groups_and_sessions(app: App, client: Client) -> None:
    session = fill(app)
    group = app.sandbox.begin().first(Group, project_id=11)
    assert group is not None
    assert client.delete(f"{BASE}/documents/1").json()["status"] == "OK"
    assert client.get(f"{BASE}/documents/1").status_code == 404
    assert client.delete(f"{BASE}/documents/1").status_code == 404
    tx = app.sandbox.begin()
    assert 1 not in [row["id"] for row in shown(client)]
    assert client.get(f"{BASE}/groups/{group.id}").json()["document_count"] == 1
    assert not tx.ids(SessionDocument, document_id=1) and not tx.ids(Tag, document_id=1)
    left = tx.get(Session, session.id)
    assert left is not None and (left.segments_total, left.segments_done) == (1, 0)
    assert_sound(app)


def test_last_documents_of_a_group_leave_an_empty_group(app: App, client: Client) -> None:
    fill(app)
    for document_id in (1, 2):
        client.delete(f"{BASE}/documents/{document_id}")
    assert [group["document_count"] for group in client.get(f"{BASE}/groups").json()] == [0]
    assert_sound(app)


# Changing


def test_change_keeps_what_belongs_to_sentences_that_stay(app: App, client: Client) -> None:
    session = fill(app)
    path = f"{BASE}/documents/1"
    before = shown(client, path, details="tags")["segments"]
    tx = app.sandbox.begin()
    tag = tx.first(Tag, session_id=session.id, document_id=1)
    assert tag is not None
    tx.change(tag, span=(4, 7))
    app.sandbox.commit(tx)
    answer = client.put(path, json={"text": "Wow! The bed was soft. The hall was quiet."})
    assert answer.json() == {"text": "Wow! The bed was soft. The hall was quiet.", "id": 1}
    after = shown(client, path, details="tags")["segments"]
    assert [part["text"] for part in after] == ["Wow!", "The bed was soft.", "The hall was quiet."]
    assert (after[1]["id"], after[1]["tags"]) == (before[0]["id"], before[0]["tags"])
    assert after[0]["tags"] == after[2]["tags"] == []
    assert not {after[0]["id"], after[2]["id"]} & {part["id"] for part in before}
    tx = app.sandbox.begin()
    assert [tx.get(Tag, tag.id).span] == [(9, 12)]  # type: ignore[union-attr]
    held = tx.first(SessionDocument, session_id=session.id, document_id=1)
    assert held is not None and list(held.marks) == [before[0]["id"]]
    assert_sound(app)


def test_change_to_the_same_text_changes_nothing(app: App, client: Client) -> None:
    fill(app)
    before = shown(client, details="tags,meta")
    assert client.put(f"{BASE}/documents/1", json={"text": before[0]["text"]}).status_code == 200
    assert shown(client, details="tags,meta") == before


def test_session_that_loses_its_last_open_segment_is_finished(app: App, client: Client) -> None:
    session = fill(app)
    client.delete(f"{BASE}/documents/2")
    client.put(f"{BASE}/documents/1", json={"text": "The bed was soft."})
    left = app.sandbox.begin().get(Session, session.id)
    assert left is not None and (left.segments_total, left.segments_done, left.status) == (1, 1, "FINISHED")
    client.put(f"{BASE}/documents/1", json={"text": "The bed was soft. Not the hall."})
    left = app.sandbox.begin().get(Session, session.id)
    assert left is not None and (left.segments_total, left.status, left.finished) == (2, "ANNOTATING", None)


@given(st.lists(st.tuples(st.integers(1, 4), st.lists(st.sampled_from(["A one.", "A two.", "B!"]), max_size=5))))
@settings(max_examples=25, deadline=None)
def test_counters_and_references_hold_whatever_is_changed_and_deleted(steps: list[tuple[int, list[str]]]) -> None:
    sandbox = Sandbox(small_world())
    fill(OnlySandbox(sandbox))
    for document_id, sentences in steps:
        tx, text = sandbox.begin(), " ".join(sentences)
        row = tx.get(Document, document_id)
        if row is None:
            continue
        if text:
            documents.change_document(tx, row.project_id, document_id, text, spans_of(text))
        else:
            documents.delete_document(tx, row.project_id, document_id)
        sandbox.commit(tx)
    tx = sandbox.begin()
    assert dangling(sandbox.world) == []
    for session in tx.rows(Session):
        assert session_counts.counted(tx, session.id) == (session.segments_total, session.segments_done)
        assert 0 <= session_counts.progress(session) <= 100


class OnlySandbox:
    """What `fill` needs of an application."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox


# Uploading


def test_uploaded_documents_come_when_the_task_ends(client: Client) -> None:
    entries = [{"text": TWO, "source": "web", "stars": 4, "id": 1}, {"text": "Fine.", "ok": True, "gone": None}]
    first, second = upload(client, *entries)
    assert (first["source"], first["stars"], first["text"]) == ("web", 4, TWO)
    assert first["id"] != 1
    assert [part["tags"] for part in first["segments"]] == [[], []]
    assert (second["ok"], second["gone"]) == (True, None)


def test_upload_names_a_task_that_ends(client: Client) -> None:
    task = client.post(f"{BASE}/upload-documents", json=[{"text": "New."}]).json()["task_id"]
    assert client.get(f"{BASE}/tasks/{task}").json()["status"] == "STARTED"
    client.advance(5)
    assert client.get(f"{BASE}/tasks/{task}").json()["status"] == "FINISHED"
    assert client.get(f"{BASE}/tasks/{task}").json()["type"] == "UPLOAD"


def test_uploaded_tags_lie_on_their_segments(app: App, client: Client) -> None:
    comfort, staff = {"class": "Comfort", "label": "POS"}, {"class": "Staff", "label": "NEG"}
    entries = (
        {"text": TWO, "segments": [{"span": [18, 36], "tags": [comfort, comfort]}]},
        {"text": TWO, "tags": [comfort, {**staff, "text": "hall"}, {**staff, "span": [4, 7]}]},
    )
    found = upload(client, *entries)
    tags = [[[(tag["class"], tag["label"]) for tag in part["tags"]] for part in one["segments"]] for one in found]
    c, s = ("Comfort", "POS"), ("Staff", "NEG")
    assert tags == [[[], [c]], [[c, s], [c, s]]]
    assert {tag.session_id for tag in app.sandbox.begin().rows(Tag, project_id=11)} == {None}
    assert {tag.span for tag in app.sandbox.begin().rows(Tag, project_id=11)} == {None, (22, 26), (4, 7)}
    assert_sound(app)


@pytest.mark.parametrize(
    "entry",
    [
        {"text": TWO, "tags": [{"class": "Parking", "label": "POS"}]},
        {"text": TWO, "tags": [{"class": "Comfort"}]},
        {"text": TWO, "tags": [{"class": "Comfort", "label": "POS", "text": "pool"}]},
        {"text": TWO, "tags": [{"class": "Comfort", "label": "POS", "span": [10, 30]}]},
        {"text": TWO, "segments": [{"span": [10, 99]}]},
        {"text": TWO, "segments": [{"span": [4, 4]}]},
        {"text": TWO, "segments": [{"span": [0, 7], "text": "The bad"}]},
        {"text": TWO, "segments": [{"span": [17, 18]}]},
        {"text": TWO, "segments": [{"text": "bed", "tags": [{"class": "Comfort", "label": "POS", "text": "hall"}]}]},
    ],
)
def test_what_does_not_fit_is_refused_before_a_task_starts(client: Client, entry: dict[str, Any]) -> None:
    before = shown(client)
    assert client.post(f"{BASE}/upload-documents", json=[{"text": "Fine."}, entry]).status_code == 409
    client.advance(5)
    assert shown(client) == before


def test_tag_whose_class_goes_before_the_task_ends_is_left_out(app: App, client: Client) -> None:
    body = [{"text": "New.", "tags": [{"class": "Comfort", "label": "POS"}, {"class": "Staff", "label": "POS"}]}]
    assert client.post(f"{BASE}/upload-documents", json=body).status_code == 202
    client.delete(f"{BASE}/classes/1")
    client.advance(5)
    (part,) = shown(client, details="tags")[-1]["segments"]
    assert [tag["class"] for tag in part["tags"]] == ["Staff"]
    assert_sound(app)


def test_attributes_never_take_the_place_of_a_document(client: Client) -> None:
    entry = {"text": "New.", "id": 1, "tags": [], "segments": [], "a\0b": 1, " ": 2, "\0": 3, "Text": "x", "big": 2**80}
    (found,) = upload(client, entry)
    assert found == {
        "id": found["id"], "text": "New.", "ab": 1, "Text": "x", "big": 2**80, "segments": found["segments"],
    }  # fmt: skip
    assert [part["text"] for part in found["segments"]] == ["New."]


@pytest.mark.parametrize("body", [[], {}, [{}], [{"text": 1}], [{"text": "a\0b"}], [{"text": "a", "deep": {"x": 1}}]])
def test_uploads_of_another_form_are_refused(client: Client, body: Any) -> None:
    assert client.post(f"{BASE}/upload-documents", json=body).status_code == 400


# Lists


def test_details_show_what_is_asked_for(app: App, client: Client) -> None:
    fill(app)
    plain, segments, tags, meta = (shown(client, details=name)[0] for name in ("stats", "segments", "tags", "meta"))
    assert plain == meta == {"id": 1, "text": TWO}
    assert all(set(part) == {"id", "text", "span"} for part in segments["segments"])
    assert all({"class", "label", "id"} == set(tag) for part in tags["segments"] for tag in part["tags"])
    assert any(part["tags"] for part in tags["segments"])
    assert shown(client, f"{BASE}/documents/1", details="segments,tags,meta,stats") == tags
    assert client.get(f"{BASE}/documents", params={"details": "all"}).status_code == 400


@pytest.mark.parametrize("search", ["BED", "the Bed was", "", None])
def test_search_finds_parts_of_texts_in_any_case(client: Client, search: str | None) -> None:
    found = shown(client, **({} if search is None else {"search": search}))
    assert [row["id"] for row in found] == ([1] if search else [1, 2])


def test_filters_can_be_combined(app: App, client: Client) -> None:
    session = fill(app)
    new = client.post(f"{BASE}/documents", json={"text": "Nobody has this bed."}).json()["id"]
    tx = app.sandbox.begin()
    group = tx.put(Group(id=tx.new_id(Group), project_id=11, name="Second", created=tx.now))
    tx.change(tx.get(Document, 2), group_ids=(1, group.id))  # type: ignore[type-var]
    app.sandbox.commit(tx)

    def ids(**params: Any) -> list[int]:
        return [row["id"] for row in shown(client, **params)]

    assert ids() == ids(grouped=False) == ids(grouped=False, analysed=False) == [1, 2, new]
    assert ids(grouped=True) == ids(analysed=True) == ids(analysis_id=1) == ids(annotation_id=session.id) == [1, 2]
    assert ids(search="BED") == [1, new]
    assert ids(search="bed", grouped=True, analysed=True, annotation_id=session.id, group_id=1, analysis_id=1) == [1]
    assert ids(group_id=group.id, annotation_id=session.id) == [2]
    assert ids(group_id=group.id, search="bed") == []
    for unknown in ("annotation_id", "analysis_id", "group_id"):
        assert ids(**{unknown: 10**18}) == ids(**{unknown: -1}) == []


def test_ids_of_other_projects_leave_no_document(app: App, client: Client) -> None:
    session = fill(app, 14)
    for params in ({"annotation_id": session.id}, {"group_id": 1}, {"analysis_id": 1}):
        assert shown(client, **params) == []
        assert len(shown(client, "/projects/14/documents", **params)) == 2


@given(
    offset=st.integers(0, 14) | st.just(10**30),
    limit=st.integers(1, 14),
    search=st.sampled_from([None, "a", "AB", "zz"]),
    group=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_pages_are_slices_of_the_whole(offset: int, limit: int, search: str | None, group: bool) -> None:
    sandbox = Sandbox(small_world())
    tx = sandbox.begin()
    tx.put(Group(id=1, project_id=16, name="G", created=tx.now))
    for text in ("a", "b", "ab", "ba", "Ab", "c", "aa", "AB", "x", "abc"):
        documents.new_document(tx, 16, text, spans_of(text), group_ids=(1,) if len(text) > 1 else ())
    filters = documents.Filters(search=search, group_id=1 if group else None)
    everything = [
        row
        for row in tx.rows(Document, project_id=16)
        if (search or "").lower() in row.text.lower() and (not group or 1 in row.group_ids)
    ]
    rows, has_more = documents.list_documents(tx, 16, filters, offset, limit)
    assert rows == everything[offset : offset + limit]
    assert has_more == (offset + limit < len(everything) and bool(rows))


def test_paging_ends_when_there_is_no_more(client: Client) -> None:
    answer = client.get(f"{BASE}/documents", params={"limit": 1}).json()
    assert (answer["count"], answer["has_more"], answer["offset"], answer["limit"]) == (1, True, 0, 1)
    answer = client.get(f"{BASE}/documents", params={"limit": 1, "offset": 1}).json()
    assert (answer["count"], answer["has_more"]) == (1, False)
    answer = client.get(f"{BASE}/documents", params={"offset": 10**18}).json()
    assert (answer["count"], answer["has_more"], answer["documents"]) == (0, False, [])


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 1001}, {"offset": -1}, {"grouped": "maybe"}])
def test_bounds_of_pages_are_kept(client: Client, params: dict[str, Any]) -> None:
    assert client.get(f"{BASE}/documents", params=params).status_code == 400


# Who may


@pytest.mark.parametrize(("method", "path"), BODIES)
@pytest.mark.parametrize(
    ("person", "status"), [("viewer", 403), ("guest", 403), ("user", 403), ("stranger", 403), ("annotator", None)]
)
def test_changing_documents_needs_an_annotator(
    as_user: AsUser, method: str, path: str, person: str, status: int | None
) -> None:
    answer = as_user(f"{person}@example.com").request(method, path, json=BODIES[method, path])
    assert answer.status_code == status if status else answer.status_code < 300
    if status:
        assert "ANNOTATOR" in answer.json()["message"]


@pytest.mark.parametrize("path", [f"{BASE}/documents", f"{BASE}/documents/1"])
@pytest.mark.parametrize(("person", "status"), [("viewer", 200), ("guest", 200), ("user", 403), ("stranger", 403)])
def test_reading_documents_needs_a_viewer(as_user: AsUser, path: str, person: str, status: int) -> None:
    assert as_user(f"{person}@example.com").get(path).status_code == status


def test_read_only_workspaces_take_no_documents(as_user: AsUser) -> None:
    manager = as_user("manager@example.com")
    assert manager.post("/projects/15/documents", json={"text": "New."}).status_code == 403
    assert manager.get("/projects/15/documents").status_code == 200


def test_unknown_things_are_not_found(client: Client, anyone: Client) -> None:
    for method, path in BODIES:
        assert client.request(method, path.replace("11", "99"), json=BODIES[method, path]).status_code == 404
        assert anyone.request(method, path, json=BODIES[method, path]).status_code == 401
    for method, body in (("GET", None), ("PUT", {"text": "New."}), ("DELETE", None)):
        answer = client.request(method, f"{BASE}/documents/3", json=body)  # of project 12
        assert (answer.status_code, answer.json()["message"]) == (404, "The document or the project was not found")
