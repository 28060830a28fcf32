"""Training: what a model is to learn from, what it learns, and its life on the world's clock.

The outcome is known as soon as a training is asked for, from the tags of that moment; the job that goes on for `SECONDS`
brings it. While it does, the row says TRAINING, and `life` where the model is: CREATED, QUEUED, then TRAINING with a progress.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from mock_server.studio.domain import still_there, taggers
from mock_server.studio.domain.errors import Conflict, Invalid, NotFound
from mock_server.studio.domain.tags import CLOSED
from mock_server.studio.predicting import ClassInfo, Example, Measured, Metrics, Tagger, enough, evaluate, learn, split
from mock_server.studio.predicting import predict as predicted
from mock_server.studio.roles import Roles
from mock_server.studio.rows import (
    Document,
    Label,
    Model,
    ModelClass,
    Project,
    Segment,
    Session,
    SessionDocument,
    Tag,
    User,
)
from mock_server.world import Job, Tx
from mock_server.world.jobs import JobFailed, finishes

SECONDS = 3.0
QUEUED_AFTER, TRAINING_AFTER = 0.5, 1.0  # seconds
SHOWN = 10  # documents of the demoset
TRAINED = ("READY", "ACTIVE", "PUBLISHED")
NOTHING_TO_TEST = "There are no tagged segments to test with"


class SessionOfNone(NotFound):
    """The project has no such session."""

    def __init__(self, session_id: int) -> None:
        super().__init__(f"The project has no labeling session {session_id}")
        self.session_id = session_id


class BaseNotFound(NotFound):
    """There is no such model to start from."""

    def __init__(self, base_id: int) -> None:
        super().__init__(f"The base model {base_id} was not found")
        self.base_id = base_id


class SessionNotReady(Conflict):
    """The documents of a session are not there yet, or never came."""

    def __init__(self, session: Session) -> None:
        super().__init__(f"The labeling session {session.id} is {session.status}")


class BaseUnfit(Conflict):
    """The base is not trained, or of another type than the project."""


class Life(msgspec.Struct, frozen=True):
    """Where a model is in its life: `progress` in percent."""

    status: str
    progress: float


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be trained: sessions to learn from and to test with; without the latter the first are divided."""

    project_id: int
    name: str | None = None
    display_name: str | None = None
    language: str = "en"
    base: str | None = None
    train: tuple[int, ...]
    test: tuple[int, ...] | None = None


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a training comes to, plain data; `why` it fails, if it does."""

    classes: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    why: str | None = None
    tagger: dict[str, Any] | None = None
    metrics: dict[str, Any] | None = None
    demoset: tuple[dict[str, Any], ...] = ()


class Piece(msgspec.Struct, frozen=True):
    """A segment that somebody has dealt with, and the document that it is of."""

    example: Example
    document: Document


# Asking for a training


def plan(tx: Tx, user: User | None, roles: Roles, project_id: int, wanted: Mapping[str, Any]) -> Plan:
    """Return what is asked for. Raises Invalid, SessionOfNone, SessionNotReady, BaseNotFound, BaseUnfit, Forbidden."""
    both, train, test = (_listed(wanted, name) for name in ("", "trainset_", "testset_"))
    if both is None and train is None:
        raise Invalid("annotation_ids or trainset_annotation_ids are needed", "body.annotation_ids")
    train, test = (train or (), test) if both is None else (both, None)
    project = still_there.project(tx, project_id)
    for session_id in (*train, *(test or ())):
        _require_ready(tx, project_id, session_id)
    base = _base(tx, user, roles, project, wanted["base_id"]) if wanted.get("base_id") is not None else None
    language = wanted.get("language") or (base.language if base else "en")
    names = {field: wanted.get(field) for field in ("name", "display_name")}
    shown = base.display_name if base else None
    return Plan(project_id=project_id, **names, language=language, base=shown, train=train, test=test)


def _listed(wanted: Mapping[str, Any], which: str) -> tuple[int, ...] | None:
    ids = wanted.get(f"{which}annotation_ids")
    return None if ids is None else tuple(dict.fromkeys(ids))


def _require_ready(tx: Tx, project_id: int, session_id: int) -> None:
    session = tx.get(Session, session_id)
    if session is None or session.project_id != project_id:
        raise SessionOfNone(session_id)
    if session.status in CLOSED:
        raise SessionNotReady(session)


def _base(tx: Tx, user: User | None, roles: Roles, project: Project, base_id: int) -> Model:
    try:
        base = roles.require_in_model(tx, user, base_id)
    except NotFound:
        raise BaseNotFound(base_id) from None
    if base.status not in TRAINED:
        raise BaseUnfit(f"The base model is {life(tx, base).status}; it can be used when it is READY")
    if base.type != project.type:
        raise BaseUnfit(f"The base model is of type {base.type} and the project of type {project.type}")
    return base


# Learning: slow, and pure; call it in a thread


def outcome(tx: Tx, plan: Plan) -> Outcome:
    """Return what the training comes to with the tags of this moment."""
    kind = taggers.kind_of(still_there.project(tx, plan.project_id).type)
    classes, labels = _classes(tx, plan), _labels(tx, plan)
    told = Outcome(classes=tuple(info.name for info in classes), labels=labels)
    train, test = _sets(tx, plan)
    why = enough(kind, [piece.example for piece in train])
    if why is None and not any(piece.example.classes_and_labels for piece in test):
        why = NOTHING_TO_TEST
    if why is not None:
        return msgspec.structs.replace(told, why=why)
    tagger = learn(kind, [piece.example for piece in train], classes, labels)
    metrics = measured(evaluate(tagger, [piece.example for piece in test]), len(train), len(test))
    shown = {piece.document.id: piece.document for piece in test}
    demoset = tuple(_demonstrated(tagger, list(shown.values())[:SHOWN]))
    return msgspec.structs.replace(told, tagger=taggers.plain(tagger), metrics=metrics, demoset=demoset)


def _classes(tx: Tx, plan: Plan) -> tuple[ClassInfo, ...]:
    """The classes of the sessions to learn from, in the order of the project."""
    ids = {row_id for session in _sessions(tx, plan.train) for row_id in session.class_ids}
    rows = [row for row in tx.rows(ModelClass, project_id=plan.project_id) if row.id in ids]
    return tuple(ClassInfo(row.name, row.example, row.description) for row in rows)


def _labels(tx: Tx, plan: Plan) -> tuple[str, ...]:
    ids = {row_id for session in _sessions(tx, plan.train) for row_id in session.label_ids}
    return tuple(row.name for row in tx.rows(Label, project_id=plan.project_id) if row.id in ids)


def _sets(tx: Tx, plan: Plan) -> tuple[list[Piece], list[Piece]]:
    train = [piece for session in _sessions(tx, plan.train) for piece in pieces(tx, session)]
    if plan.test is not None:
        return train, [piece for session in _sessions(tx, plan.test) for piece in pieces(tx, session)]
    _, kept = split([piece.example for piece in train])
    texts = {example.text for example in kept}
    test = [piece for piece in train if piece.example.text in texts]
    return [piece for piece in train if piece.example.text not in texts], test


def _sessions(tx: Tx, ids: Iterable[int]) -> Iterator[Session]:
    return (found for session_id in ids if (found := tx.get(Session, session_id)) is not None)


def pieces(tx: Tx, session: Session) -> Iterator[Piece]:
    """Yield the segments of a session that are marked, or have tags by which somebody stands, with these tags."""
    for held in tx.rows(SessionDocument, session_id=session.id):
        document = tx.get(Document, held.document_id)
        if document is None:
            continue
        given: dict[int, list[tuple[str | None, str | None]]] = {}
        for tag in tx.rows(Tag, session_id=session.id, document_id=document.id):
            if tag.status == "READY":
                given.setdefault(tag.segment_id, []).append(_said(tx, tag))
        for part in document.segments:
            if part.id in held.marks or part.id in given:
                said = Example(document.text[part.start : part.end], tuple(dict.fromkeys(given.get(part.id, ()))))
                yield Piece(said, document)


def _said(tx: Tx, tag: Tag) -> tuple[str | None, str | None]:
    found = tx.get(ModelClass, tag.class_id) if tag.class_id is not None else None
    label = tx.get(Label, tag.label_id) if tag.label_id is not None else None
    return found.name if found else None, label.name if label else None


def measured(found: Metrics, train: int, test: int) -> dict[str, Any]:
    """Return metrics as the contract's ModelMetrics; `train` and `test` count segments."""
    return {
        "precision": found.precision,
        "recall": found.recall,
        "f1": found.f1,
        "support": found.support,
        "train_segments": train,
        "test_segments": test,
        "classes": {one.name: _one(one) for one in found.classes},
        "labels": {one.name: _one(one) for one in found.labels},
    }


def _one(found: Measured) -> dict[str, Any]:
    there = found.support > 0
    return {
        "precision": found.precision,
        "recall": found.recall if there else None,
        "f1": found.f1 if there else None,
        "support": found.support,
    }


def _demonstrated(tagger: Tagger, documents: Iterable[Document]) -> Iterator[dict[str, Any]]:
    """Yield documents as the contract's LabelledDocument, with the tags that the tagger gives; tags are numbered from 1."""
    number = 0
    for document in documents:
        segments = []
        for part in document.segments:
            tags = []
            for found in predicted(tagger, document.text[part.start : part.end]):
                number += 1
                tags.append({"id": number, "class": found.class_name, "label": found.label_name})
            segments.append(_segment(document, part, tags))
        yield {"id": document.id, "text": document.text, "segments": segments}


def _segment(document: Document, part: Segment, tags: list[dict[str, Any]]) -> dict[str, Any]:
    return {"id": part.id, "text": document.text[part.start : part.end], "span": [part.start, part.end], "tags": tags}


# The life of a model


def start(tx: Tx, model: Model, user: User | None, outcome: Outcome) -> Job:
    """Start the job that brings a model its outcome."""
    return tx.start_job(
        "TRAINING",
        model.id,
        SECONDS,
        project_id=model.project_id,
        user_id=still_there.user_id(tx, user),
        payload=msgspec.to_builtins(outcome),
    )


@finishes("TRAINING", Model)
def end_training(tx: Tx, job: Job) -> None:
    """Give the model what it has learned. Raises JobFailed, the model being FAILED, if there was too little."""
    model = tx.get(Model, job.subject)
    if model is None:
        return
    found = msgspec.convert(job.payload, Outcome)
    if found.metrics is None:
        tx.change(model, status="FAILED", progress=0.0)
        raise JobFailed(found.why or "There was too little to learn from")
    learned = {"tagger": found.tagger, "metrics": found.metrics, "demoset": found.demoset}
    tx.change(model, **learned, status="READY", progress=100.0, score=found.metrics["f1"])


def life(tx: Tx, model: Model) -> Life:
    """Return status and progress of a model at this moment."""
    job = _job(tx, model) if model.status == "TRAINING" else None
    if job is None:
        return Life(model.status, model.progress)
    gone = (tx.now - job.created).total_seconds()
    if gone < TRAINING_AFTER:
        return Life("CREATED" if gone < QUEUED_AFTER else "QUEUED", 0.0)
    return Life("TRAINING", round(min((gone - TRAINING_AFTER) / (SECONDS - TRAINING_AFTER), 0.99) * 100, 1))


def stop(tx: Tx, model: Model) -> None:
    """End the training of a model before its time."""
    job = _job(tx, model)
    if job is not None:
        tx.delete(job)


def _job(tx: Tx, model: Model) -> Job | None:
    jobs = tx.rows(Job, kind="TRAINING", subject=model.id)
    return next((job for job in jobs if job.status == "STARTED"), None)
