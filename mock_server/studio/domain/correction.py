"""Correction sessions: documents drawn at random with the tags that a model gives them, for people to correct.

They are sessions of the mode CORRECTION. One is SAMPLING without documents, PREDICTING without tags, then ANNOTATING, and
FINISHED when every segment is marked (`session_counts`). What people do in one is in `correcting`.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.studio.domain import labeling, model_places, models, still_there, taggers, tags
from mock_server.studio.domain.errors import Conflict, NotFound
from mock_server.studio.domain.session_documents import Filling, fill
from mock_server.studio.rows import (
    Document,
    Label,
    Model,
    ModelClass,
    Project,
    Session,
    SessionDocument,
    Tag,
    User,
)
from mock_server.world import Job, Tx
from mock_server.world.jobs import JobFailed, finishes

SAMPLE_SIZE = 20  # the default of the contract
SAMPLING_SECONDS, PREDICTING_SECONDS = 1.0, 1.0


class CorrectionNotFound(NotFound):
    """There is no such correction session in the project; labeling sessions are none."""

    def __init__(self, correction_id: int) -> None:
        super().__init__("The correction session or the project was not found")
        self.correction_id = correction_id


class CorrectionModelNotFound(NotFound):
    """The model is neither of the project nor of the vendor."""

    def __init__(self, model_id: int) -> None:
        super().__init__(f"The model {model_id} was not found")
        self.model_id = model_id


class OtherType(Conflict):
    """A model can only read for projects of its type."""

    def __init__(self, model: Model, project: Project) -> None:
        super().__init__(f"The model is of type {model.type}, the project of type {project.type}")


class NoDocuments(Conflict):
    """There is nothing to draw from."""

    def __init__(self) -> None:
        super().__init__("The project has no documents")


# Finding


def get_correction(tx: Tx, project_id: int, correction_id: int) -> Session:
    """Return a correction session of the project. Raises CorrectionNotFound."""
    found = tx.get(Session, correction_id)
    if found is None or found.project_id != project_id or found.mode != "CORRECTION":
        raise CorrectionNotFound(correction_id)
    return found


def list_corrections(tx: Tx, project_id: int, status: str | None = None) -> Iterator[Session]:
    """Yield the correction sessions of a project with this status, oldest first; all without one."""
    return labeling.list_sessions(tx, project_id, ("CORRECTION",), status)


def predicted_score(tx: Tx, session: Session) -> int:
    """Return how well the model did as far as people have looked: its tags that they confirmed, out of these, those that they
    changed or took away and those that they added; in whole percent, rounded down, 0 before the first decision.
    """
    right = len(tx.ids(Tag, verdict=(session.id, "RIGHT")))
    wrong = len(tx.ids(Tag, verdict=(session.id, "WRONG")))
    refused = sum(row.refused for row in tx.rows(SessionDocument, refused_in=session.id))
    decided = right + wrong + refused
    return right * 100 // decided if decided else 0


def whole_progress(session: Session) -> int:
    """Return the share of marked segments in whole percent, rounded down."""
    return session.segments_done * 100 // session.segments_total if session.segments_total else 0


# Creating


def create_correction(tx: Tx, project_id: int, user: User | None, wanted: Mapping[str, Any]) -> Session:
    """Create a correction session; `wanted` has `model_id`, and may have `sample_size` and `name`.

    Raises ProjectNotFound, CorrectionModelNotFound, ModelNotReady, OtherType, NoDocuments.
    """
    project = still_there.project(tx, project_id)
    model = _suitable_model(tx, project, wanted["model_id"])
    if not tx.ids(Document, project_id=project_id):
        raise NoDocuments
    classes, labels = taggers.names_of(tx, model)
    session = tx.put(
        Session(
            id=tx.new_id(Session),
            uuid=tx.uuid(),
            project_id=project_id,
            user_id=still_there.user_id(tx, user),
            name="",
            mode="CORRECTION",
            status="SAMPLING",
            class_ids=_shared(tx, ModelClass, project_id, classes),
            label_ids=_shared(tx, Label, project_id, labels),
            model_id=model.id,
            created=tx.now,
        )
    )
    session = tx.change(session, name=wanted.get("name") or f"Correction session {session.id}")
    _start(tx, session, wanted.get("sample_size", SAMPLE_SIZE))
    return session


def _suitable_model(tx: Tx, project: Project, model_id: int) -> Model:
    model = tx.get(Model, model_id)
    if model is None or not (model.project_id == project.id or model_places.is_of_vendor(model)):
        raise CorrectionModelNotFound(model_id)
    models.require_usable(model)
    if model.type != project.type:
        raise OtherType(model, project)
    return model


def _shared(tx: Tx, kind: type[ModelClass] | type[Label], project_id: int, names: list[str]) -> tuple[int, ...]:
    """Return the ids of the classes or labels of the project that the model knows, too."""
    known = set(names)
    return tuple(row.id for row in tx.rows(kind, project_id=project_id) if row.name in known)


def _start(tx: Tx, session: Session, sample_size: int) -> None:
    """Start both jobs at once, so that whoever waits for what the project has begun waits for the tags, too."""
    about = {"project_id": session.project_id, "user_id": session.user_id}
    tx.start_job("SAMPLING", session.id, SAMPLING_SECONDS, **about, payload={"sample_size": sample_size})
    tx.start_job("CORRECTION", session.id, SAMPLING_SECONDS + PREDICTING_SECONDS, **about)


@finishes("SAMPLING", Session)
def finish_sampling(tx: Tx, job: Job) -> None:
    """End of the first job that `create_correction` started: the documents are drawn."""
    session = tx.get(Session, job.subject)
    if session is not None:
        assert isinstance(job.payload, dict)
        fill(tx, session, Filling(sample_size=job.payload["sample_size"], bare=True), None)
        tx.change(get_correction(tx, session.project_id, session.id), status="PREDICTING")


@finishes("CORRECTION", Session)
def finish_predicting(tx: Tx, job: Job) -> None:
    """End of the second job: the tags are there. Raises JobFailed, the session being FAILED, if the model has gone."""
    session = tx.get(Session, job.subject)
    if session is None:
        return
    if session.status == "FAILED":
        raise JobFailed("No documents were drawn")
    model = tx.get(Model, session.model_id) if session.model_id is not None else None
    if model is None:
        tx.change(session, status="FAILED")
        raise JobFailed("The model was deleted")
    for held in list(tx.rows(SessionDocument, session_id=session.id)):
        document = tx.get(Document, held.document_id)
        if document is not None:
            _predict(tx, session, model, document)
    tx.change(session, status="ANNOTATING")


def _predict(tx: Tx, session: Session, model: Model, document: Document) -> None:
    """Give a document those of the model's tags that fit the session."""
    texts = [document.text[part.start : part.end] for part in document.segments]
    for segment, found in zip(document.segments, taggers.predict_segments(tx, model, texts), strict=True):
        for one in found:
            given = {"class": one.class_name, "label": one.label_name}
            try:
                fitting = tags.check_tag(tx, session, document, segment, given)
            except tags.TagConflict:  # of a class or a label that the project does not have
                continue
            tags.put_tag(tx, session, document, segment, fitting, None, origin="MODEL", status="CORRECTING")


# Deleting


def delete_correction(tx: Tx, project_id: int, correction_id: int) -> None:
    """Delete a correction session with its tags and marks; documents and model stay. Raises CorrectionNotFound."""
    tx.delete(get_correction(tx, project_id, correction_id))
