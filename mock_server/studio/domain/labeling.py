"""Labeling sessions: the documents that people give tags to, with which classes and labels; how a session comes about.

A new session is STARTED, its documents there, or SAMPLING while they are being drawn; a job ends that after a second of
the world's clock. From then on it is ANNOTATING, and FINISHED when every segment is marked (`session_counts`).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from mock_server.studio.domain import tags
from mock_server.studio.domain.drafts import Draft
from mock_server.studio.domain.errors import Conflict, NotFound, ProjectNotFound
from mock_server.studio.domain.session_documents import Filling, fill, mark_all
from mock_server.studio.domain.sources import SourceNotFound
from mock_server.studio.rows import (
    Document,
    Group,
    Label,
    ModelClass,
    Project,
    Segment,
    Session,
    SessionDocument,
    Tag,
    User,
)
from mock_server.world import Ids, Job, Tx
from mock_server.world.jobs import finishes

SECONDS = 1.0


class SessionNotFound(NotFound):
    """There is no such session in the project."""

    def __init__(self, annotation_id: int) -> None:
        super().__init__("Project or labeling session not found.")
        self.annotation_id = annotation_id


class SessionDocumentNotFound(NotFound):
    """There is no such session in the project, or it does not have the document."""

    def __init__(self, document_id: int) -> None:
        super().__init__("The labeling session, the document or the project was not found")
        self.document_id = document_id


class SegmentNotFound(NotFound):
    """The document has no such segment, or the segment no such tag in the session."""

    def __init__(self, segment_id: int) -> None:
        super().__init__("The labeling session, the document, the segment, the tag or the project was not found")
        self.segment_id = segment_id


class NotOfProject(Conflict):
    """A session can only have classes and labels of its project."""

    def __init__(self, word: str, name: str) -> None:
        super().__init__(f'The project has no {word} "{name}"')


class StillUsed(Conflict):
    """A session has tags with a class or label that it would no longer have."""

    def __init__(self, word: str, name: str) -> None:
        super().__init__(f'The labeling session has tags with the {word} "{name}"')


# Finding


def get_session(tx: Tx, project_id: int, annotation_id: int) -> Session:
    """Return a session of the project. Raises SessionNotFound."""
    found = tx.get(Session, annotation_id)
    if found is None or found.project_id != project_id:
        raise SessionNotFound(annotation_id)
    return found


def get_session_document(
    tx: Tx, project_id: int, annotation_id: int, document_id: int
) -> tuple[Session, SessionDocument, Document]:
    """Return a session, one of its documents, and what the session knows of that. Raises SessionDocumentNotFound."""
    session = tx.get(Session, annotation_id)
    held = tx.first(SessionDocument, session_id=annotation_id, document_id=document_id)
    document = tx.get(Document, document_id)
    if session is None or session.project_id != project_id or held is None or document is None:
        raise SessionDocumentNotFound(document_id)
    return session, held, document


def get_segment(
    tx: Tx, project_id: int, annotation_id: int, document_id: int, segment_id: int
) -> tuple[Session, Document, Segment]:
    """Return a session, one of its documents and one of that one's segments. Raises SegmentNotFound."""
    try:
        session, _, document = get_session_document(tx, project_id, annotation_id, document_id)
    except SessionDocumentNotFound:
        raise SegmentNotFound(segment_id) from None
    segment = tags.segment_of(document, segment_id)
    if segment is None:
        raise SegmentNotFound(segment_id)
    return session, document, segment


def get_segment_tag(tx: Tx, project_id: int, annotation_id: int, document_id: int, segment_id: int, tag_id: int) -> Tag:
    """Return a tag that a segment has in a session. Raises SegmentNotFound."""
    session, _, segment = get_segment(tx, project_id, annotation_id, document_id, segment_id)
    tag = tx.get(Tag, tag_id)
    if tag is None or tag.session_id != session.id or tag.segment_id != segment.id:
        raise SegmentNotFound(segment_id)
    return tag


def list_sessions(
    tx: Tx, project_id: int, modes: Iterable[str] | None = None, status: str | None = None
) -> Iterator[Session]:
    """Yield the sessions of a project with one of the modes and the status, oldest first; None asks for nothing."""
    wanted = set(modes or ())
    if status is not None:
        ids = tx.ids(Session, project_id=project_id, status=status)
    elif len(wanted) == 1:
        ids = tx.ids(Session, project_id=project_id, mode=next(iter(wanted)))
    else:
        ids = tx.ids(Session, project_id=project_id)
    for session in tx.page(Session, ids, 0, len(ids)):
        if not wanted or session.mode in wanted:
            yield session


def list_documents(tx: Tx, session: Session, offset: int, limit: int) -> list[Document]:
    """Return one page of the documents of a session, in the order in which they came in."""
    held: Ids = tx.ids(SessionDocument, session_id=session.id)
    ids = [row.document_id for row in tx.page(SessionDocument, held, offset, limit)]
    return [row for document_id in ids if (row := tx.get(Document, document_id)) is not None]


# Creating


def create_session(tx: Tx, project_id: int, user: User | None, wanted: Mapping[str, Any], filling: Filling) -> Session:
    """Create a session. `wanted` may have `name`, `classes` and `labels` (names; without them those of the project).

    Raises ProjectNotFound, SourceNotFound for a document, NotOfProject, TagConflict.
    """
    if tx.get(Project, project_id) is None:
        raise ProjectNotFound(project_id)
    _require_documents(tx, project_id, filling.document_ids or ())
    session = tx.put(
        Session(
            id=tx.new_id(Session),
            uuid=tx.uuid(),
            project_id=project_id,
            user_id=user.id if user else None,
            name="",
            class_ids=_named(tx, ModelClass, project_id, wanted.get("classes")),
            label_ids=_named(tx, Label, project_id, wanted.get("labels")),
            status="STARTED" if filling.sample_size is None else "SAMPLING",
            created=tx.now,
        )
    )
    session = tx.change(session, name=wanted.get("name") or f"Labeling session {session.id}")
    if filling.drafts:
        session = _grouped(tx, session)
    _prepare(tx, session, user, filling)
    return get_session(tx, project_id, session.id)


def _prepare(tx: Tx, session: Session, user: User | None, filling: Filling) -> None:
    """Fill the session, or have its documents drawn first, and start the job after which people can work."""
    if filling.sample_size is None:
        payload: Any = {"marks": fill(tx, session, filling, user)}
    else:
        whole = msgspec.structs.replace(filling, sample_size=None, document_ids=filling.document_ids or [])
        fill(Tx(tx.world, tx.now), session, whole, user)  # only to refuse tags that do not fit
        payload = {"filling": msgspec.to_builtins(filling)}
    tx.start_job(
        "LABELING", session.id, SECONDS, project_id=session.project_id, user_id=session.user_id, payload=payload
    )


@finishes("LABELING", Session)
def finish_preparing(tx: Tx, job: Job) -> None:
    """End of the job that `create_session` started: documents are drawn, labeled segments marked, people can begin."""
    session = tx.get(Session, job.subject)
    if session is None:
        return
    assert isinstance(job.payload, dict)
    marks = job.payload.get("marks", ())
    if session.status == "SAMPLING":
        filling = msgspec.structs.replace(msgspec.convert(job.payload["filling"], Filling), lenient=True)
        marks = fill(tx, session, filling, tx.get(User, job.user_id) if job.user_id is not None else None)
        session = get_session(tx, session.project_id, session.id)
    if session.status in ("STARTED", "SAMPLING"):
        tx.change(session, status="ANNOTATING")
    mark_all(tx, session.id, marks)


def _grouped(tx: Tx, session: Session) -> Session:
    """Return the session with a group for the documents that came with it."""
    if session.document_group_id is not None:
        return session
    group = tx.put(
        Group(
            id=tx.new_id(Group),
            project_id=session.project_id,
            name=session.name,
            source="ANNOTATIONS",
            created=tx.now,
        )
    )
    return tx.change(session, document_group_id=group.id)


def _require_documents(tx: Tx, project_id: int, wanted: Iterable[int]) -> None:
    for document_id in wanted:
        document = tx.get(Document, document_id)
        if document is None or document.project_id != project_id:
            raise SourceNotFound("document", document_id)


def _named(
    tx: Tx, kind: type[ModelClass] | type[Label], project_id: int, names: Sequence[str] | None
) -> tuple[int, ...]:
    """Return the ids of classes or labels of the project, all of them without names. Raises NotOfProject."""
    if names is None:
        return tuple(tx.ids(kind, project_id=project_id))
    found = {name: tx.ids(kind, project_id=project_id, name=name).first() for name in names}
    for name, row_id in found.items():
        if row_id is None:
            raise NotOfProject("class" if kind is ModelClass else "label", name)
    return tuple(row_id for row_id in found.values() if row_id is not None)


# Changing and deleting


def change_session(
    tx: Tx,
    project_id: int,
    annotation_id: int,
    user: User | None,
    wanted: Mapping[str, Any],
    drafts: list[Draft],
) -> Session:
    """Rename a session, replace its classes and labels, and add documents (`document_ids`, and new ones as `drafts`).

    Raises SessionNotFound, SessionClosed, NotALabelingSession, SourceNotFound for a document, NotOfProject, StillUsed, TagConflict.
    """
    session = get_session(tx, project_id, annotation_id)
    tags.require_open(session)
    _require_documents(tx, project_id, wanted.get("document_ids", ()))
    fields: dict[str, Any] = {"name": wanted["name"]} if "name" in wanted else {}
    if "classes" in wanted:
        fields["class_ids"] = _replaced(tx, session, ModelClass, wanted["classes"])
    if "labels" in wanted:
        fields["label_ids"] = _replaced(tx, session, Label, wanted["labels"])
    session = tx.change(session, **fields)
    if drafts:
        session = _grouped(tx, session)
    fill(tx, session, Filling(document_ids=list(wanted.get("document_ids", ())), drafts=drafts), user)
    return get_session(tx, project_id, annotation_id)


def _replaced(tx: Tx, session: Session, kind: type[ModelClass] | type[Label], names: Sequence[str]) -> tuple[int, ...]:
    word = "class" if kind is ModelClass else "label"
    after = _named(tx, kind, session.project_id, names)
    gone = set(session.class_ids if kind is ModelClass else session.label_ids).difference(after)
    for tag in tx.rows(Tag, session_id=session.id) if gone else ():
        used = tag.class_id if kind is ModelClass else tag.label_id
        if used in gone:
            found = tx.get(kind, used)
            raise StillUsed(word, found.name if found else "")
    return after


def delete_session(tx: Tx, project_id: int, annotation_id: int) -> None:
    """Delete a session with its tags and marks; its documents stay. Raises SessionNotFound, NotALabelingSession."""
    session = get_session(tx, project_id, annotation_id)
    tags.require_labeling(session)
    tx.delete(session)
