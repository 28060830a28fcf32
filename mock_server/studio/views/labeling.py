"""How labeling sessions and marks are shown, and what a session is downloaded as."""

from collections.abc import Iterable, Iterator

from mock_server.contract import Json
from mock_server.sheets import Cell
from mock_server.studio.domain import labeled, session_counts
from mock_server.studio.domain.sources import as_cell
from mock_server.studio.rows import Document, Label, ModelClass, Project, Session, SessionDocument, Tag
from mock_server.studio.views.classes import model_class
from mock_server.studio.views.labels import label
from mock_server.studio.views.tags import tag
from mock_server.world import Tx


def session(tx: Tx, row: Session) -> Json:
    """Return a session as the contract's LabelingSession, with the names of its classes and labels."""
    classes = [found.name for found in classes_of(tx, row)]
    return {**fields(tx, row), "classes": classes, "labels": [found.name for found in labels_of(tx, row)]}


def session_with_documents(tx: Tx, row: Session, documents: list[Json]) -> Json:
    """Return a session as the contract's LabelingSessionWithDocs, with whole classes and labels."""
    classes = [model_class(found) for found in classes_of(tx, row)]
    labels = [label(found) for found in labels_of(tx, row)]
    return {**fields(tx, row), "classes": classes, "labels": labels, "documents": documents}


def fields(tx: Tx, row: Session) -> Json:
    """Return what every answer shows of a session, the contract's SessionFields."""
    project = tx.get(Project, row.project_id)
    assert project is not None
    return {
        "created": row.created,
        "finished": row.finished,
        "document_count": len(tx.ids(SessionDocument, session_id=row.id)),
        "document_group_id": row.document_group_id,
        "organization_id": project.organization_id,
        "user_id": row.user_id,
        "project_id": row.project_id,
        "uuid": row.uuid,
        "id": row.id,
        "name": row.name,
        "progress": session_counts.progress(row),
        "model_id": row.model_id,
        "status": row.status,
        "mode": row.mode,
        "type": project.type,
        "description": row.description,
    }


def classes_of(tx: Tx, row: Session) -> list[ModelClass]:
    """Return the classes of a session in its order."""
    return [found for class_id in row.class_ids if (found := tx.get(ModelClass, class_id)) is not None]


def labels_of(tx: Tx, row: Session) -> list[Label]:
    """Return the labels of a session in its order."""
    return [found for label_id in row.label_ids if (found := tx.get(Label, label_id)) is not None]


def mark(held: SessionDocument, segment_id: int | None = None) -> Json:
    """Return the mark of a document, or of one of its segments, as the contract's statuses of annotation."""
    return {
        "name": "ANNOTATED",
        "created": held.annotated if segment_id is None else held.marks[segment_id],
        "document_id": held.document_id,
        "annotation_id": held.session_id,
        **({} if segment_id is None else {"segment_id": segment_id}),
    }


def table(tx: Tx, sessions: Iterable[Session], numbered: bool) -> tuple[list[str], list[list[Cell]]]:
    """Return sessions as a header and rows: one for each tag, and one for each segment, or text, that has none.

    `numbered` puts the id of the session in front. Costs the sessions: call it in a thread, a world never changes.
    """
    held = [row for session in sessions for row in tx.rows(SessionDocument, session_id=session.id)]
    found = [(row, document) for row in held if (document := tx.get(Document, row.document_id)) is not None]
    metas = (name for _, document in found for name in document.meta)
    names = [name for name in dict.fromkeys(metas) if name not in labeled.NO_META and name not in labeled.WORDS]
    start = 0 if numbered else 1
    rows = []
    for row, document in found:
        meta = [as_cell(document.meta.get(name)) for name in names]
        rows += [[*line[start:], *meta] for line in _lines(tx, row, document)]
    return [*labeled.OWN[start:], *names], rows


def _lines(tx: Tx, held: SessionDocument, document: Document) -> Iterator[list[Cell]]:
    """Yield the cells of the columns `labeled.OWN`."""
    text = document.text
    ids: list[Cell] = [held.session_id, document.id]
    tags: dict[int, list[Tag | None]] = {}
    for one in tx.rows(Tag, session_id=held.session_id, document_id=document.id):
        tags.setdefault(one.segment_id, []).append(one)
    if not document.segments:
        yield [*ids, None, text, *[None] * 7]
    for part in document.segments:
        for given in tags.get(part.id) or [None]:
            place: list[Cell] = [part.id, text, text[part.start : part.end], part.start, part.end]
            yield [*ids, *place, *_said(tx, given)]


def _said(tx: Tx, given: Tag | None) -> list[Cell]:
    if given is None:
        return [None, None, None, None]
    shown = tag(tx, given)
    return [shown["class"], shown["label"], *(given.span or (None, None))]
