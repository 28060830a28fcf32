"""Marks: what people have gone through in a labeling session. To mark a page or a document is to mark its segments."""

from mock_server.studio.domain import session_counts, tags
from mock_server.studio.domain.errors import NotFound
from mock_server.studio.domain.labeling import get_segment, get_session_document
from mock_server.studio.domain.session_documents import marked
from mock_server.studio.rows import Document, Session, SessionDocument
from mock_server.world import Tx


class PageNotFound(NotFound):
    """The document has no such page. A document that is only text has page 0."""

    def __init__(self, document_id: int, page: int) -> None:
        super().__init__(f"The document {document_id} has no page {page}")


def mark_segment(tx: Tx, project_id: int, annotation_id: int, document_id: int, segment_id: int) -> SessionDocument:
    """Mark a segment; one that is marked keeps its time. Raises SegmentNotFound, SessionClosed."""
    get_segment(tx, project_id, annotation_id, document_id, segment_id)
    return _mark(tx, *get_session_document(tx, project_id, annotation_id, document_id), (segment_id,))


def mark_document(tx: Tx, project_id: int, annotation_id: int, document_id: int) -> SessionDocument:
    """Mark all segments of a document; what is marked keeps its time. Raises SessionDocumentNotFound, SessionClosed."""
    session, held, document = get_session_document(tx, project_id, annotation_id, document_id)
    return _mark(tx, session, held, document, tuple(segment.id for segment in document.segments))


def mark_page(tx: Tx, project_id: int, annotation_id: int, document_id: int, page: int) -> SessionDocument:
    """Mark all segments of a page. Raises SessionDocumentNotFound, PageNotFound, SessionClosed."""
    get_session_document(tx, project_id, annotation_id, document_id)
    if page != 0:
        raise PageNotFound(document_id, page)
    return mark_document(tx, project_id, annotation_id, document_id)


def only_segment(tx: Tx, held: SessionDocument) -> int | None:
    """Return the id of the segment that a document consists of; None if it has several, or none."""
    document = tx.get(Document, held.document_id)
    return document.segments[0].id if document and len(document.segments) == 1 else None


def _mark(
    tx: Tx, session: Session, held: SessionDocument, document: Document, segment_ids: tuple[int, ...]
) -> SessionDocument:
    tags.require_open(session)
    return put_marks(tx, session, held, document, segment_ids)


def put_marks(
    tx: Tx, session: Session, held: SessionDocument, document: Document, segment_ids: tuple[int, ...]
) -> SessionDocument:
    """Mark segments whatever state the session is in; what is marked keeps its time."""
    after = marked(held, segment_ids, document, tx.now)
    if after is not held:
        tags.begin(tx, session)
        tx.put(after)
        session_counts.count(tx, session.id, marks=len(after.marks) - len(held.marks))
    return after


def take_mark(tx: Tx, held: SessionDocument, segment_id: int) -> SessionDocument:
    """Take the mark of a segment away, if it has one; its document is no longer annotated as a whole."""
    if segment_id not in held.marks:
        return held
    rest = {marked_id: at for marked_id, at in held.marks.items() if marked_id != segment_id}
    after = tx.change(held, marks=rest, annotated=None)
    session_counts.count(tx, held.session_id, marks=-1)
    return after
