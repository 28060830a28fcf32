"""What the tables of a Studio world demand of each other beyond their references. See `mock_server.world.integrity`."""

from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

from mock_server.studio.domain import model_places
from mock_server.studio.rows import (
    Analysis,
    AnalysisDocument,
    Document,
    Group,
    Hitl,
    Invitation,
    Label,
    Model,
    ModelClass,
    ModelPermission,
    ModelStar,
    ProjectPermission,
    Review,
    Session,
    SessionDocument,
    Tag,
    User,
    WorkspacePermission,
)
from mock_server.world.demands import Keys, getter, repeated, rows_of
from mock_server.world.rows import Row
from mock_server.world.world import Tx, World

UNIQUE: Keys = (
    (User, ("email",)),
    (WorkspacePermission, ("organization_id", "user_id")),
    (ProjectPermission, ("project_id", "user_id")),
    (Invitation, ("organization_id", "email")),
    (ModelPermission, ("model_id", "user_id")),
    (ModelStar, ("model_id", "user_id")),
    (ModelClass, ("project_id", "name")),
    (Label, ("project_id", "name")),
    (SessionDocument, ("session_id", "document_id")),
)
SAME_PROJECT: tuple[tuple[type[Row], str, type[Row]], ...] = (
    (Document, "group_ids", Group),
    (Document, "analysis_ids", Analysis),
    (Session, "class_ids", ModelClass),
    (Session, "label_ids", Label),
    (Session, "document_group_id", Group),
    (Tag, "session_id", Session),
    (Tag, "document_id", Document),
    (Tag, "class_id", ModelClass),
    (Tag, "label_id", Label),
    (Review, "hitl_id", Hitl),
    (Review, "document_id", Document),
)


def faults(world: World) -> Iterator[str]:
    """Yield a sentence for everything in the Studio tables that does not fit together."""
    yield from repeated(world, UNIQUE)
    for check in (
        _models,
        _same_project,
        _segments,
        _session_documents,
        _tags,
        _corrections,
        _analysis_documents,
        _counts,
        _reviews,
    ):
        yield from check(world)


def _models(world: World) -> Iterator[str]:
    tx = Tx(world)
    names: Counter[tuple[int | None, str]] = Counter()
    for row in rows_of(world, Model):
        names[model_places.workspace_id_of(tx, row), row.name] += 1
        if row.project_id is not None and row.organization_id is not None:
            yield f"Model {row.id}: has a project and a workspace of its own"
    for (workspace_id, name), count in names.items():
        if count > 1:
            yield f"Model: {count} rows in the workspace {workspace_id} are called {name}"


def _same_project(world: World) -> Iterator[str]:
    for kind, field, target in SAME_PROJECT:
        find = getter(world, target)
        for row in rows_of(world, kind):
            value = getattr(row, field)
            for wanted in value if isinstance(value, tuple) else (value,):
                other: Any = find(wanted)
                if other is not None and other.project_id != row.project_id:  # type: ignore[attr-defined]
                    yield f"{kind.__name__} {row.id}: {field} names {target.__name__} {wanted} of another project"


def _segments(world: World) -> Iterator[str]:
    seen: set[int] = set()
    for document in chain[Document | AnalysisDocument](rows_of(world, Document), rows_of(world, AnalysisDocument)):
        end = 0
        for segment in document.segments:
            place = f"{type(document).__name__} {document.id}"
            if segment.id in seen:
                yield f"{place}: the id of segment {segment.id} is used twice"
            if not end <= segment.start < segment.end <= len(document.text):
                yield f"{place}: segment {segment.id} lies at {segment.start} to {segment.end}"
            seen.add(segment.id)
            end = segment.end


def _session_documents(world: World) -> Iterator[str]:
    session_of, document_of = getter(world, Session), getter(world, Document)
    for row in rows_of(world, SessionDocument):
        session, document = session_of(row.session_id), document_of(row.document_id)
        if session is None or document is None:
            continue  # a reference that leads nowhere is told elsewhere
        if session.project_id != document.project_id:
            yield f"SessionDocument {row.id}: its session and its document are of different projects"
        for stray in row.marks.keys() - {segment.id for segment in document.segments}:
            yield f"SessionDocument {row.id}: marks segment {stray}, which document {document.id} does not have"


def _tags(world: World) -> Iterator[str]:
    documents = getter(world, Document)
    pairs = {(row.session_id, row.document_id) for row in rows_of(world, SessionDocument)}
    for tag in rows_of(world, Tag):
        document = documents(tag.document_id)
        if tag.session_id is not None and (tag.session_id, tag.document_id) not in pairs:
            yield f"Tag {tag.id}: document {tag.document_id} is not in session {tag.session_id}"
        if document is None:
            continue
        segment = next((part for part in document.segments if part.id == tag.segment_id), None)
        if segment is None:
            yield f"Tag {tag.id}: segment {tag.segment_id} is not of document {document.id}"
        elif tag.span is not None and not segment.start <= tag.span[0] <= tag.span[1] <= segment.end:
            yield f"Tag {tag.id}: its span {tag.span} is not in segment {segment.id}, {segment.start} to {segment.end}"


def _corrections(world: World) -> Iterator[str]:
    session_of, marks = getter(world, Session), _marks(world)
    for tag in rows_of(world, Tag):
        session = session_of(tag.session_id)
        if (session is not None and session.mode == "CORRECTION") != (tag.origin is not None):
            yield f"Tag {tag.id}: its origin is {tag.origin}, which does not fit its session {tag.session_id}"
        if tag.status != "READY" and tag.origin is None:
            yield f"Tag {tag.id}: it is {tag.status} outside a correction session"
        if tag.status != "READY" and (tag.session_id, tag.segment_id) in marks:
            yield f"Tag {tag.id}: it is {tag.status} in segment {tag.segment_id}, which is marked"


def _marks(world: World) -> set[tuple[int | None, int]]:
    """Return session and segment of every mark."""
    return {(row.session_id, segment_id) for row in rows_of(world, SessionDocument) for segment_id in row.marks}


def _analysis_documents(world: World) -> Iterator[str]:
    analysis_of = getter(world, Analysis)
    for row in rows_of(world, AnalysisDocument):
        analysis = analysis_of(row.analysis_id)
        if analysis is None:
            continue  # a reference that leads nowhere is told elsewhere
        for tag in row.tags:
            if tag.segment_id not in {segment.id for segment in row.segments}:
                yield f"AnalysisDocument {row.id}: it has no segment {tag.segment_id}, where tag {tag.id} stands"
            for name, known in ((tag.class_name, analysis.classes), (tag.label_name, analysis.labels)):
                if name is not None and name not in {one.name for one in known}:
                    yield f"AnalysisDocument {row.id}: analysis {analysis.id} does not know {name}, which tag {tag.id} has"


def _counts(world: World) -> Iterator[str]:
    documents = getter(world, Document)
    total: Counter[int] = Counter()
    done: Counter[int] = Counter()
    for row in rows_of(world, SessionDocument):
        document = documents(row.document_id)
        total[row.session_id] += len(document.segments) if document else 0
        done[row.session_id] += len(row.marks)
    for session in rows_of(world, Session):
        counted = total[session.id], done[session.id]
        if (session.segments_total, session.segments_done) != counted:
            kept = f"{session.segments_done} of {session.segments_total}"
            yield f"Session {session.id}: says that {kept} segments are marked, it is {counted[1]} of {counted[0]}"


def _reviews(world: World) -> Iterator[str]:
    hitl_of = getter(world, Hitl)
    for review in rows_of(world, Review):
        hitl = hitl_of(review.hitl_id)
        if hitl is not None and not hitl.is_live and review.status != "CLOSED":
            yield f"Review {review.id}: is {review.status}, and HITL {hitl.id} is not live"
        if review.status == "ASSIGNED" and review.user_id is None:
            yield f"Review {review.id}: is ASSIGNED to nobody"
