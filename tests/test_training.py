"""Properties of a training: its life, what is learned and how that is measured, what is refused."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_tests.lessons import BAD, GOOD, LESSONS
from mock_server import worldfile
from mock_server.app import App, Settings, create_app
from mock_server.studio.domain import taggers
from mock_server.studio.rows import Model, Session, SessionDocument, Tag
from mock_server.world import Clock, Event, Job
from mock_server.world.integrity import dangling
from tests.conftest import Client, as_person
from tests.trained import AT, brief, labeled, names, shown, train, trained
from tests.worlds import small_world

OWNER = "owner@example.com"


def test_a_model_passes_through_its_life_on_the_clock(app: App, client: Client) -> None:
    model = train(client, display_name="Hotel sentiment", language="de")
    assert (model["status"], model["progress"], model["score"]) == ("CREATED", 0, None)
    assert (model["name"], model["language"], model["owner"]) == ("hotel-sentiment", "de", "Owner Example")
    seen = []
    for _ in range(6):
        details = shown(client, model)
        assert details["metrics"]["f1"] is None and details["demoset"] == [] and details["metrics"]["classes"] == {}
        assert (details["classes"], details["labels"]) == (["Comfort", "Staff"], ["POS", "NEG"])
        assert client.get(f"{AT}/{model['id']}").json() == details
        assert client.get("/projects/11").json()["models"] == client.get(AT).json() == [brief(details)]
        seen.append((details["status"], details["progress"]))
        client.advance(0.5)
    assert [status for status, _ in seen] == ["CREATED", "QUEUED"] + ["TRAINING"] * 4
    assert [progress for _, progress in seen] == [0, 0, 0, 25, 50, 75]
    ready = shown(client, model)
    assert (ready["status"], ready["progress"]) == ("READY", 100)
    assert [event.status for event in app.sandbox.begin().rows(Event, kind="TRAINING", subject=model["id"])] == [
        "FINISHED"
    ]
    assert dangling(app.sandbox.world) == []


def test_score_metrics_and_demoset_come_from_the_test_set(app: App, client: Client) -> None:
    train_set, test_set = (
        labeled(client),
        labeled(client, [("A lovely bed.", "Comfort", "POS"), ("x y z", "Staff", "NEG")]),
    )
    model = trained(client, trainset_annotation_ids=[train_set], testset_annotation_ids=[test_set])
    metrics = model["metrics"]
    assert (metrics["train_segments"], metrics["test_segments"], metrics["support"]) == (8, 2, 2)
    assert (metrics["precision"], metrics["recall"], metrics["f1"]) == (1, 0.5, 0.6667)
    assert model["score"] == metrics["f1"]
    assert metrics["classes"]["Staff"] == {"precision": 0, "recall": 0, "f1": 0, "support": 1}
    assert metrics["labels"]["POS"] == {"precision": 1, "recall": 1, "f1": 1, "support": 1}
    assert [document["text"] for document in model["demoset"]] == ["A lovely bed.", "x y z"]
    first = model["demoset"][0]["segments"][0]
    assert (first["text"], first["span"]) == ("A lovely bed.", [0, 13])
    assert [(tag["class"], tag["label"]) for tag in first["tags"]] == [("Comfort", "POS")]
    assert model["demoset"][1]["segments"][0]["tags"] == []


def test_sessions_that_count_for_both_sets_are_divided_four_to_one(client: Client) -> None:
    session = labeled(client, [(f"{text} {number}", *tags) for number in range(5) for text, *tags in LESSONS])
    ignored = labeled(client, LESSONS[:1])
    both = trained(client, annotation_ids=[session], testset_annotation_ids=[ignored])["metrics"]
    assert (both["train_segments"], both["test_segments"]) == (32, 8)
    assert trained(client, trainset_annotation_ids=[session])["metrics"] == both


def test_what_is_learned_decides_what_is_predicted(app: App, client: Client) -> None:
    model = trained(client)
    tx = app.sandbox.begin()
    row = tx.get(Model, model["id"])
    assert row is not None
    said = taggers.predict_segments(tx, row, ["What a lovely bed.", "Rude staff!", "On Monday."])
    assert [[(tag.class_name, tag.label_name) for tag in tags] for tags in said] == [
        [("Comfort", "POS")],
        [("Staff", "NEG")],
        [],
    ]


def test_more_to_learn_from_moves_the_score(client: Client) -> None:
    hard = [("The duvet was lovely.", "Comfort", "POS"), ("The porter was rude.", "Staff", "NEG")] * 2
    test_set = labeled(client, hard)
    first = trained(client, trainset_annotation_ids=[labeled(client)], testset_annotation_ids=[test_set])
    more = [("My duvet was soft.", "Comfort", "POS"), ("A porter shouted.", "Staff", "NEG")] * 10
    second = trained(
        client, trainset_annotation_ids=[labeled(client), labeled(client, more)], testset_annotation_ids=[test_set]
    )
    assert second["score"] > first["score"]


@pytest.mark.parametrize(
    "texts",
    [LESSONS[:4], LESSONS[:1] * 8, [(text, "Comfort", "POS") for text in (*GOOD, *BAD)]],
    ids=["few", "one", "class"],
)
def test_with_too_little_a_training_fails(app: App, client: Client, texts: list[tuple[str, str, str]]) -> None:
    model = train(client, annotation_ids=[labeled(client, texts)])
    client.advance(3)
    failed = shown(client, model)
    assert (failed["status"], failed["score"], failed["metrics"]["f1"], failed["demoset"]) == ("FAILED", None, None, [])
    job = app.sandbox.begin().first(Job, kind="TRAINING", subject=model["id"])
    assert job is not None and job.status == "FAILED" and job.error
    for path in (f"/models/{model['id']}/download", f"{AT}/{model['id']}/download"):
        assert client.get(path).json()["message"] == "The model is FAILED; it can be used when it is READY"


def test_a_test_set_without_tags_is_too_little(client: Client) -> None:
    empty = client.post("/projects/11/annotations", json={}).json()["id"]
    client.advance(1)
    model = train(client, trainset_annotation_ids=[labeled(client)], testset_annotation_ids=[empty])
    client.advance(3)
    assert shown(client, model)["status"] == "FAILED"


def test_only_marked_and_tagged_segments_count_and_corrections_when_somebody_stands_by_them(
    app: App, client: Client
) -> None:
    session = labeled(client)
    other = client.post("/projects/11/annotations", json={}).json()["id"]
    client.advance(1)
    held = next(app.sandbox.begin().rows(SessionDocument, session_id=other))
    path = f"/projects/11/annotations/{other}/documents/{held.document_id}"
    assert client.post(f"{path}/statuses", json={"name": "ANNOTATED"}).status_code == 200
    marked = len(client.get(path, params={"details": "segments"}).json()["segments"])
    tx = app.sandbox.begin()
    tag = next(tx.rows(Tag, session_id=session))
    tx.change(tag, status="CORRECTING")
    app.sandbox.commit(tx)
    counted = trained(client, annotation_ids=[session, other])["metrics"]
    assert counted["train_segments"] + counted["test_segments"] == 8 - 1 + marked


def test_what_is_deleted_during_a_training_does_not_matter(app: App, client: Client) -> None:
    session = labeled(client)
    model = train(client, annotation_ids=[session])
    assert client.delete(f"/projects/11/annotations/{session}").status_code == 200
    client.advance(3)
    assert shown(client, model)["status"] == "READY"


def test_a_model_that_is_deleted_ends_its_training_silently(app: App, client: Client) -> None:
    model = train(client)
    assert client.delete(f"/models/{model['id']}").status_code == 200
    client.advance(5)
    tx = app.sandbox.begin()
    assert not tx.ids(Event, kind="TRAINING", subject=model["id"]) and not tx.ids(Model)
    assert dangling(app.sandbox.world) == []


def test_names_and_languages_that_are_left_out_are_made_up(client: Client) -> None:
    session = labeled(client)
    first, second = (train(client, annotation_ids=[session]) for _ in range(2))
    assert (first["name"], first["display_name"]) == ("absa-of-1", "ABSA of 1")
    assert (second["name"], second["display_name"]) == ("absa-of-1-2", "ABSA of 1")
    assert first["language"] == "en" and first["base"] is None
    client.advance(3)
    client.put(f"/models/{first['id']}", json={"language": "de"})
    third = train(client, annotation_ids=[session], base_id=first["id"], name="x")
    assert (third["language"], third["base"], third["display_name"]) == ("de", "ABSA of 1", "x")
    assert train(client, annotation_ids=[session], display_name="Größe!")["name"] == "größe"
    assert train(client, annotation_ids=[session], display_name="!!!")["name"] == "model"


@pytest.mark.parametrize("body", [{}, {"name": "x"}, {"testset_annotation_ids": [1]}, {"annotation_ids": []}])
def test_a_training_needs_sessions_to_learn_from(client: Client, body: Any) -> None:
    assert client.post(AT, json=body).status_code == 400


def test_sessions_of_other_projects_and_unknown_bases_are_not_found(client: Client) -> None:
    session, other = labeled(client), labeled(client, at="/projects/14")
    for body in (
        {"annotation_ids": [session, other]},
        {"annotation_ids": [999]},
        {"trainset_annotation_ids": [session], "testset_annotation_ids": [other]},
        {"annotation_ids": [session], "base_id": 99},
        {"annotation_ids": [2**63 - 1], "base_id": -1},
    ):
        train(client, 404, **body)
    assert names(client) == []


def test_sessions_and_bases_that_are_not_ready_or_do_not_fit_are_conflicts(app: App, client: Client) -> None:
    session = labeled(client)
    base = train(client, annotation_ids=[session], name="base")
    message = train(client, 409, annotation_ids=[session], base_id=base["id"])["message"]
    assert message == "The base model is CREATED; it can be used when it is READY"
    client.advance(3)
    assert "exists already" in train(client, 409, annotation_ids=[session], name="base")["message"]
    message = train(
        client, 409, at="/projects/14/models", annotation_ids=[labeled(client, at="/projects/14")], base_id=base["id"]
    )
    assert message["message"] == "The base model is of type ABSA and the project of type CLASSLABEL"
    tx = app.sandbox.begin()
    row = tx.get(Session, session)
    assert row is not None
    tx.change(row, status="FAILED")
    app.sandbox.commit(tx)
    assert train(client, 409, annotation_ids=[session])["message"] == f"The labeling session {session} is FAILED"


@pytest.mark.parametrize(
    ("email", "status"),
    [("user", 403), ("viewer", 403), ("guest", 403), ("stranger", 403), ("annotator", 201), ("manager", 201)],
)
def test_annotators_train(app: App, client: Client, email: str, status: int) -> None:
    session = labeled(client)
    train(as_person(app, f"{email}@example.com"), status, annotation_ids=[session])


def test_nobody_trains_where_everything_is_read_only_or_from_a_base_that_is_not_theirs(
    app: App, client: Client
) -> None:
    session = labeled(client)
    theirs = trained(client, at="/projects/16/models", annotation_ids=[labeled(client, at="/projects/16")])
    annotator = as_person(app, "annotator@example.com")
    refused = train(annotator, 403, annotation_ids=[session], base_id=theirs["id"])
    assert refused["message"] == 'User does not have the minimal required model role "USER"'
    client.put(f"/models/{theirs['id']}", json={"status": "PUBLISHED"})
    train(annotator, 201, annotation_ids=[session], base_id=theirs["id"])
    train(client, 403, at="/projects/15/models", annotation_ids=[1])


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(LESSONS), min_size=1, max_size=12), st.lists(st.sampled_from(LESSONS), max_size=6))
def test_every_training_ends_and_its_numbers_fit_together(
    train_texts: list[tuple[str, str, str]], test_texts: list[tuple[str, str, str]]
) -> None:
    client = as_person(create_app(small_world(), Settings(check_responses=True)), "owner@example.com")
    body: Any = {"trainset_annotation_ids": [labeled(client, train_texts)]}
    if test_texts:
        body["testset_annotation_ids"] = [labeled(client, test_texts)]
    model = trained(client, **body)
    metrics = model["metrics"]
    assert model["status"] in ("READY", "FAILED")
    assert model["score"] == metrics["f1"]
    if model["status"] == "READY":
        expected = len(train_texts) + len(test_texts)
        assert metrics["train_segments"] + metrics["test_segments"] == expected
        assert sum(one["support"] for one in metrics["classes"].values()) == metrics["test_segments"]
        assert 0 < len(model["demoset"]) <= 10


def test_a_training_goes_on_in_a_world_that_was_kept_as_a_file(app: App, client: Client) -> None:
    model = train(client)
    kept = worldfile.decode(worldfile.encode(worldfile.stored(app.sandbox.world, "kept")))
    assert kept is not None
    later = as_person(
        create_app(worldfile.begun(kept, clock=Clock.frozen(kept.now)), Settings(check_responses=True)), OWNER
    )
    for other in (client, later):
        other.advance(3)
    assert shown(later, model) == shown(client, model)
    assert shown(later, model)["status"] == "READY"


def test_models_answer_under_their_aliases_too(client: Client) -> None:
    session = labeled(client)
    model = train(client, at="/organizations/1/projects/11/models", annotation_ids=[session], name="mine")
    client.advance(3)
    ready = shown(client, model)
    assert client.get(f"/organizations/1/models/{model['id']}").json() == ready
    assert client.get(f"/organizations/1/projects/11/models/{model['id']}").json() == ready
    assert client.get(f"/organizations/3/models/{model['id']}").status_code == 404
