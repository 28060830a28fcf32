"""Properties of the operations tagged Analyses; files are in test_analysis_files."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import App
from mock_server.studio.domain.analysis_documents import Filters, Source, add_all, list_documents
from mock_server.studio.predicting import ClassInfo, learn
from mock_server.studio.rows import ROWS, Analysis, AnalysisDocument, Model, Named, Workspace
from mock_server.world import Clock, Job, Tx, World
from mock_server.world.integrity import dangling
from tests.analysis_steps import AT, NEW, create, documents, finished, put_model
from tests.conftest import Client
from tests.filled import fill
from tests.worlds import NOW

AsUser = Callable[[str], Client]


# Life


def test_a_batch_analysis_lives_on_the_clock(app: App, client: Client) -> None:
    model_id = put_model(app)
    made = create(client, model_id=model_id, documents=[{"text": "Good."}] * 1000)
    assert (made["status"], made["progress"], made["finished"], made["document_count"]) == ("CREATED", 0, None, 1000)
    seen = [(made["status"], made["progress"])]
    for _ in range(21):
        client.advance(0.1)
        one = client.get(f"{AT}/{made['id']}").json()
        seen.append((one["status"], one["progress"]))
        assert client.get(AT).json() == [one]
    statuses = list(dict.fromkeys(status for status, _ in seen))
    assert statuses == ["CREATED", "QUEUED", "STARTED", "ANALYZING", "FINISHED"]
    progress = [share for _, share in seen]
    assert progress == sorted(progress) and progress[0] == 0 and progress[-1] == 100 and len(set(progress)) > 10
    assert one["finished"] == "2026-03-02T09:00:02Z"
    assert dangling(app.sandbox.world) == []


def test_documents_are_there_from_the_start_and_their_tags_at_the_end(app: App, client: Client) -> None:
    made = create(client, model_id=put_model(app), **NEW)
    before = documents(client, made, details="tags,meta")
    assert [one["text"] for one in before] == [one["text"] for one in NEW["documents"]]
    assert before[0]["id"] == 3001 and before[0]["source"] == "web"
    assert not any(part["tags"] for one in before for part in one["segments"])
    assert documents(client, made, classes="1") == []
    client.advance(2)
    after = documents(client, made, details="tags,meta")
    tags = [[(tag["class"], tag["label"]) for tag in part["tags"]] for part in after[0]["segments"]]
    assert tags == [[("Comfort", "POS")], [("Staff", "NEG")]]
    assert [part["span"] for part in after[0]["segments"]] == [[0, 26], [27, 56]]


def test_an_analysis_of_nothing_is_finished_at_once(app: App, client: Client) -> None:
    made = create(client, model_id=put_model(app), documents=[])
    assert (made["status"], made["progress"], made["document_count"]) == ("FINISHED", 100, 0)
    assert made["finished"] == made["created"] and made["name"]
    assert documents(client, made) == [] and client.get("/notifications").json() == []
    assert client.get(f"{AT}/{made['id']}/documents/download").text.startswith("document_id,")


def test_its_end_is_told_to_who_started_it(app: App, client: Client) -> None:
    create(client, name="March", model_id=put_model(app), **NEW)
    client.advance(2)
    (told,) = client.get("/notifications").json()
    assert (told["title"], told["type"]) == ("Analysis finished", "INFO") and '"March"' in told["text"]


def test_an_analysis_fails_if_its_model_is_deleted_meanwhile(app: App, client: Client) -> None:
    model_id = put_model(app)
    made = create(client, model_id=model_id, **NEW)
    tx = app.sandbox.begin()
    tx.delete(tx.get(Model, model_id))  # type: ignore[arg-type]
    app.sandbox.commit(tx)
    client.advance(2)
    one = client.get(f"{AT}/{made['id']}").json()
    assert (one["status"], one["model_id"]) == ("FAILED", None) and one["finished"]
    assert not any(part["tags"] for read in documents(client, made, details="tags") for part in read["segments"])
    assert client.get(f"{AT}/{made['id']}/documents/download").status_code == 409
    (told,) = client.get("/notifications").json()
    assert (told["title"], told["type"]) == ("Analysis failed", "WARNING")
    assert dangling(app.sandbox.world) == []


def test_a_finished_analysis_outlives_its_model(app: App, client: Client) -> None:
    made = finished(client, model_id=put_model(app), **NEW)
    before = documents(client, made, details="tags")
    tx = app.sandbox.begin()
    tx.delete(tx.get(Model, made["model_id"]))  # type: ignore[arg-type]
    app.sandbox.commit(tx)
    assert client.get(f"{AT}/{made['id']}").json() == {**made, "model_id": None}
    assert documents(client, made, details="tags") == before


def test_an_analysis_under_way_can_be_deleted(app: App, client: Client) -> None:
    made = create(client, model_id=put_model(app), **NEW)
    assert client.delete(f"{AT}/{made['id']}").json() == {"message": "The analysis was deleted.", "status": "OK"}
    client.advance(5)
    assert client.get("/notifications").json() == client.get(AT).json() == []
    tx = app.sandbox.begin()
    assert not tx.ids(AnalysisDocument) and not tx.ids(Analysis) and not tx.ids(Job)
    assert dangling(app.sandbox.world) == []


# Starting


def test_documents_belong_to_the_analysis_alone(app: App, client: Client) -> None:
    before = client.get("/projects/11/documents").json()
    made = create(client, model_id=put_model(app), documents=[{"text": "Good.", "id": 1}, {"text": "Bad."}])
    shown = [one["id"] for one in documents(client, made)]
    assert shown[0] == 1 and len(set(shown)) == 2
    assert client.get("/projects/11/documents").json() == before
    assert client.get("/projects/11/analyses").json()["analyses"] == client.get(AT).json()
    assert client.get("/projects/12/analyses").json()["count"] == 0


def test_given_segments_tags_and_repeated_ids_are_no_problem(app: App, client: Client) -> None:
    given = {"id": 5, "text": "Good.", "segments": [{"text": "nowhere"}], "tags": [{"class": "Parking"}]}
    made = create(client, model_id=put_model(app), documents=[given, given])
    shown = documents(client, made, details="segments,meta")
    assert [one["id"] for one in shown] == [5, 5]
    assert all([part["text"] for part in one["segments"]] == ["Good."] for one in shown)


@pytest.mark.parametrize(("split", "count"), [(True, 2), (False, 1)])
def test_split_says_whether_texts_are_divided(app: App, client: Client, split: bool, count: int) -> None:
    made = create(client, model_id=put_model(app), documents=[{"text": "Warm. Loud."}], split=split)
    (one,) = documents(client, made, details="segments")
    assert len(one["segments"]) == count


def test_without_a_model_the_newest_that_can_read_is_taken(app: App, client: Client) -> None:
    put_model(app)
    newest = put_model(app, status="ACTIVE")
    put_model(app, status="TRAINING")
    assert create(client, **NEW)["model_id"] == newest
    assert client.post("/analyze", json=NEW).status_code == 200


@pytest.mark.parametrize("path", [AT, "/analyze"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"documents": [{}]}, 400),
        ({"documents": [{"text": "A."}], "split": "no"}, 400),
        ({"documents": [{"text": "A\0"}]}, 400),
        ({"documents": [{"text": "A.", "stars": [1]}]}, 400),
        ({"documents": [{"text": "A.", "id": 2**63}]}, 400),
        ({"documents": [{"text": "A."}], "model_id": 99}, 404),
        ({"documents": [{"text": "A."}], "model_id": 10**18}, 404),
        ({"documents": [{"text": "A."}], "model_id": 1}, 409),
        ({"documents": [{"text": "A."}]}, 409),
    ],
)
def test_nothing_usable_is_refused(app: App, client: Client, path: str, body: Any, status: int) -> None:
    put_model(app, status="TRAINING")
    before = app.sandbox.world
    answer = client.post(path, json=body)
    assert answer.status_code == status, answer.text
    assert app.sandbox.world is before


@pytest.mark.parametrize(
    "body", [{"name": "", "documents": []}, {"file_id": "x"}, {"file_id": "x" * 36}, {"documents": [], "column": -1}]
)
def test_batch_analyses_refuse_what_the_contract_does(app: App, client: Client, body: Any) -> None:
    put_model(app)
    assert client.post(AT, json=body).status_code == 400


# At once


def test_at_once_answers_what_the_model_finds_and_keeps_nothing(app: App, client: Client) -> None:
    model_id = put_model(app)
    before = app.sandbox.world
    answer = client.post("/analyze", json={"model_id": model_id, **NEW}).json()
    assert (answer["model"], answer["type"]) == ("Spring", "ABSA")
    assert [one["id"] for one in answer["documents"]] == [3001, 2]
    assert "source" not in answer["documents"][0]
    parts = [part for one in answer["documents"] for part in one["segments"]]
    assert [part["id"] for part in parts] == [1, 2, 3]
    tags = [tag for part in parts for tag in part["tags"]]
    assert [tag["id"] for tag in tags] == list(range(1, len(tags) + 1)) and len(tags) >= 2
    assert client.post("/analyze", json={"model_id": model_id, **NEW}).json() == answer
    assert app.sandbox.world is before
    made = finished(client, model_id=model_id, **NEW)
    assert _said(documents(client, made, details="tags")) == _said(answer["documents"])


def test_at_once_takes_a_thousand_documents_and_not_more(app: App, client: Client) -> None:
    put_model(app)
    for count, status in ((0, 200), (1000, 200), (1001, 400)):
        assert client.post("/analyze", json={"documents": [{"text": "Good."}] * count}).status_code == status


def _said(shown: list[Any]) -> list[Any]:
    return [
        (
            one["text"],
            [(part["span"], [(tag["class"], tag["label"]) for tag in part["tags"]]) for part in one["segments"]],
        )
        for one in shown
    ]


# Lists


def test_filters_by_search_classes_and_labels(app: App, client: Client) -> None:
    texts = ["The comfort was wonderful.", "The comfort was awful.", "The staff was wonderful. The comfort was awful."]
    made = finished(client, model_id=put_model(app), documents=[{"text": text} for text in texts])
    ids = {one["name"]: one["id"] for one in (*made["classes"], *made["labels"])}

    def found(**params: Any) -> list[int]:
        return [texts.index(one["text"]) for one in documents(client, made, **params)]

    assert found(classes=ids["Comfort"]) == [0, 1, 2]
    assert found(classes=ids["Staff"]) == [2]
    assert found(labels=ids["POS"]) == [0, 2]
    assert found(classes=ids["Comfort"], labels=ids["POS"]) == [0]  # one tag has to have both
    assert found(classes=f"{ids['Comfort']},{ids['Staff']}", labels=ids["POS"]) == [0, 2]
    assert found(search="AWFUL") == [1, 2]
    assert found(search="awful", classes=ids["Staff"]) == [2]
    assert found(classes=999) == found(labels="-1,999") == []
    assert found(offset=1, limit=1, classes=ids["Comfort"]) == [1]
    assert client.get(f"{AT}/{made['id']}/documents", params={"classes": "x"}).status_code == 400
    assert client.get(f"{AT}/{made['id']}/documents", params={"classes": ""}).status_code == 400


@given(
    offset=st.integers(0, 14) | st.just(10**18),
    limit=st.integers(1, 14),
    search=st.sampled_from([None, "staff", "zz"]),
    classes=st.sampled_from([None, (1,), (1, 2), (9,)]),
    labels=st.sampled_from([None, (1,), (2,)]),
)
@settings(max_examples=60, deadline=None)
def test_pages_are_slices_of_the_whole(offset: int, limit: int, search: Any, classes: Any, labels: Any) -> None:
    tx, row = _read()
    whole, _ = list_documents(tx, row, Filters(search, classes, labels), 0, 1000)
    found, has_more = list_documents(tx, row, Filters(search, classes, labels), offset, limit)
    assert found == whole[offset : offset + limit] and has_more == (len(whole) > offset + limit)
    for one in whole:
        names = [(tag.class_name, tag.label_name) for tag in one.tags]
        assert search is None or search in one.text.lower()
        assert classes is None or {name for name, _ in names} & {("Comfort", "Staff")[at - 1] for at in classes}
        assert labels is None or any(label == ("POS", "NEG")[labels[0] - 1] for _, label in names)


def _read() -> tuple[Tx, Analysis]:
    tx = Tx(World.empty(ROWS, Clock.frozen(NOW)))
    named = {"classes": (Named(1, "Comfort"), Named(2, "Staff")), "labels": (Named(1, "POS"), Named(2, "NEG"))}
    row = tx.put(Analysis(id=1, uuid="", name="", created=NOW, **named))  # type: ignore[arg-type]
    tagger = learn("ABSA", (), [ClassInfo("Comfort"), ClassInfo("Staff")], ["POS", "NEG"])
    words = (
        "The comfort was wonderful.",
        "The staff was awful.",
        "Nothing.",
        "The staff was wonderful. The comfort was awful.",
    )
    add_all(tx, row, Source(tuple({"text": words[at % 4]} for at in range(12))).read(tagger, True))
    assert dangling(tx.world) == []
    return tx, row


@given(texts=st.lists(st.text(max_size=60), max_size=5), split=st.booleans())
@settings(max_examples=40, deadline=None)
def test_every_word_read_lies_in_one_segment(texts: list[str], split: bool) -> None:
    tx = Tx(World.empty(ROWS, Clock.frozen(NOW)))
    row = tx.put(Analysis(id=1, uuid="", name="", created=NOW))
    tagger = learn("ABSA", (), [], ["POS", "NEG"])
    add_all(tx, row, Source(tuple({"text": text} for text in texts)).read(tagger, split))
    read = list(tx.rows(AnalysisDocument, analysis_id=1))
    assert [one.text for one in read] == texts and dangling(tx.world) == []
    for one in read:
        assert "".join(one.text[p.start : p.end] for p in one.segments).split() == one.text.split() or split
        assert "".join("".join(one.text[p.start : p.end] for p in one.segments).split()) == "".join(one.text.split())


def test_own_analyses_are_listed_by_model_and_page(app: App, client: Client, as_user: AsUser) -> None:
    first, second = put_model(app), put_model(app)
    made = [create(client, model_id=model_id, documents=[])["id"] for model_id in (first, second, first)]
    as_user("manager@example.com").post(AT, json={"documents": [], "model_id": first})

    def ids(**params: Any) -> list[int]:
        return [one["id"] for one in client.get(AT, params=params).json()]

    assert ids() == made and ids(model=first) == made[::2] and ids(model=99) == []
    assert ids(offset=1, limit=1) == made[1:2] and ids(offset=3) == []
    assert client.get(AT, params={"limit": 0}).status_code == 400


def test_details_show_documents_wherever_an_analysis_is_read(app: App, client: Client) -> None:
    made = finished(client, model_id=put_model(app), **NEW)
    assert "documents" not in made and "documents" not in client.get(AT).json()[0]
    whole = client.get(f"{AT}/{made['id']}", params={"details": "tags"}).json()
    assert whole.pop("documents") == documents(client, made, details="tags") and whole == made
    assert len(client.get(AT, params={"details": "meta"}).json()[0]["documents"]) == 2


def test_reads_leave_the_world_as_it_is(app: App, client: Client) -> None:
    fill(app)
    before = app.sandbox.world
    for path in ("", "/1", "/1/documents", "/1/documents/download", "/1?details=tags", "?details=segments"):
        assert client.get(AT + path).status_code == 200
    assert app.sandbox.world is before


# Renaming, and who may


def test_renaming_is_seen_everywhere_and_names_need_not_be_unique(app: App, client: Client) -> None:
    one, other = (finished(client, model_id=put_model(app), name=name, documents=[]) for name in ("A", "B"))
    assert client.put(f"{AT}/{one['id']}", json={"name": "B"}).json() == {**one, "name": "B"}
    assert client.put(f"{AT}/{one['id']}", json={}).json()["name"] == "B"
    assert client.get(AT).json() == [{**one, "name": "B"}, other]
    bodies: tuple[Any, ...] = ({"name": ""}, {"name": None}, [])
    for body in bodies:
        assert client.put(f"{AT}/{one['id']}", json=body).status_code == 400


SEES: list[tuple[str, bool, bool]] = [
    ("owner", True, True),
    ("manager", True, True),
    ("admin", True, True),
    ("viewer", True, False),
]
SEES += [("guest", True, False), ("user", False, False), ("stranger", False, False)]


@pytest.mark.parametrize(("person", "sees", "changes"), SEES)
def test_readers_of_the_project_see_it_and_managers_of_the_model_change_it(
    app: App, as_user: AsUser, person: str, sees: bool, changes: bool
) -> None:
    made = finished(as_user("annotator@example.com"), model_id=put_model(app), **NEW)
    someone, path = as_user(f"{person}@example.com"), f"{AT}/{made['id']}"
    for end in ("", "/documents", "/documents/download"):
        assert someone.get(path + end).status_code == (200 if sees else 404)
    refused = 403 if sees else 404
    assert someone.put(path, json={"name": "New"}).status_code == (200 if changes else refused)
    assert someone.delete(path).status_code == (200 if changes else refused)
    assert someone.get(AT).json() == []
    assert as_user("annotator@example.com").get(path).status_code == (404 if changes else 200)


def test_who_started_it_changes_it(app: App, as_user: AsUser) -> None:
    annotator = as_user("annotator@example.com")
    made = create(annotator, model_id=put_model(app), **NEW)
    assert annotator.put(f"{AT}/{made['id']}", json={"name": "New"}).status_code == 200
    assert annotator.delete(f"{AT}/{made['id']}").status_code == 200


@pytest.mark.parametrize(("person", "status"), [("viewer", 200), ("guest", 200), ("user", 403), ("stranger", 403)])
def test_analysing_needs_a_role_in_the_model(app: App, as_user: AsUser, person: str, status: int) -> None:
    model_id = put_model(app)
    someone = as_user(f"{person}@example.com")
    for path, fine in ((AT, 201), ("/analyze", 200)):
        answer = someone.post(path, json={"model_id": model_id, **NEW})
        assert answer.status_code == (fine if status == 200 else 403), answer.text
        assert status == 200 or '"USER"' in answer.json()["message"]
    assert someone.post("/analyze", json=NEW).status_code == (200 if status == 200 else 409)


def test_a_read_only_home_starts_and_changes_nothing(app: App, client: Client) -> None:
    model_id = put_model(app)
    made = finished(client, model_id=model_id, **NEW)
    tx = app.sandbox.begin()
    tx.change(tx.get(Workspace, 1), is_read_only=True)  # type: ignore[type-var]
    app.sandbox.commit(tx)
    path = f"{AT}/{made['id']}"
    upload = {"file": ("a.csv", b"text\nGood.\n")}
    answers = (
        client.post(AT, json={"model_id": model_id, **NEW}),
        client.post(f"{AT}/upload", files=upload),
        client.put(path, json={"name": "New"}),
        client.delete(path),
    )
    for answer in answers:
        assert (answer.status_code, answer.json()["message"]) == (403, "User is read-only")
    assert client.post("/analyze", json={"model_id": model_id, **NEW}).status_code == 200
    assert client.get(path).json() == made


def test_unknown_analyses_are_not_found_and_need_a_token(client: Client, anyone: Client) -> None:
    reads = [("GET", end) for end in ("", "/documents", "/documents/download")]
    for method, end in (*reads, ("PUT", ""), ("DELETE", "")):
        for row_id in (99, 10**18):
            answer = client.request(method, f"{AT}/{row_id}{end}", json={"name": "New"})
            assert (answer.status_code, answer.json()["message"]) == (404, "The analysis was not found")
        assert anyone.request(method, f"{AT}/99{end}", json={"name": "New"}).status_code == 401
    for method, path in (("GET", AT), ("POST", AT), ("POST", "/analyze"), ("POST", f"{AT}/upload")):
        assert anyone.request(method, path).status_code == 401


# Workspaces


def test_behind_a_workspace_there_are_the_analyses_of_it_alone(app: App, client: Client) -> None:
    here, there = put_model(app), put_model(app, project_id=16)
    home = create(client, model_id=here, documents=[])
    away = client.post("/organizations/3/analyses", json={"documents": []}).json()
    assert (home["model_id"], away["model_id"]) == (here, there)
    for number, one, other in ((1, home, away), (3, away, home)):
        assert client.get(f"/organizations/{number}/analyses").json() == [one]
        assert client.get(f"/organizations/{number}/analyses", params={"model": other["model_id"]}).json() == []
        assert client.get(f"/organizations/{number}/analyses/{one['id']}").json() == one
        assert client.get(f"/organizations/{number}/analyses/{other['id']}").status_code == 404
    assert client.get(AT).json() == [home, away]
    assert client.post("/organizations/99/analyze", json=NEW).status_code == 404
    assert client.post("/organizations/2/analyses", json={"documents": []}).status_code in (403, 409)


def test_a_transfer_takes_analyses_along(app: App, client: Client) -> None:
    made = finished(client, model_id=put_model(app), documents=[])
    client.post("/projects/11/transfer", json={"organization_id": 3})
    assert client.get("/organizations/3/analyses").json() == [made]
    assert client.get("/organizations/1/analyses").json() == []


# Integrity


def test_integrity_tells_of_tags_without_a_segment_and_of_unknown_names(app: App) -> None:
    fill(app)
    tx = app.sandbox.begin()
    row = next(tx.rows(AnalysisDocument))
    stray = msgspec.structs.replace(row.tags[0], segment_id=99)
    unknown = msgspec.structs.replace(row.tags[0], class_name="Parking")
    twice = tx.change(row, tags=(stray, unknown), segments=(row.segments[0], row.segments[0]))
    found = " ".join(dangling(tx.world))
    for told in ("it has no segment 99", "does not know Parking", f"segment {twice.segments[0].id} is used twice"):
        assert told in found
