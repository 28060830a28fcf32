"""How far labeling sessions are: the one place that changes `segments_total`, `segments_done` and what they entail.

The law: `segments_total` is the number of segments of the session's documents, `segments_done` the number of marks that
its SessionDocuments hold. Whoever adds or takes documents, segments or marks says so here, in the same transaction.
"""

from mock_server.studio.rows import Document, Session, SessionDocument
from mock_server.world import Tx

MOVING = frozenset({"CREATED", "STARTED", "ANNOTATING", "FINISHED"})


def count(tx: Tx, session_id: int, *, segments: int = 0, marks: int = 0) -> Session:
    """Add to the counters of a session (negative numbers take away) and move its status along; return the session."""
    session = tx.get(Session, session_id)
    assert session is not None
    return _moved(tx, session, session.segments_total + segments, session.segments_done + marks)


def recount(tx: Tx, session_id: int) -> Session:
    """Count a session anew, for one whose documents came all at once; return the session."""
    session = tx.get(Session, session_id)
    assert session is not None
    return _moved(tx, session, *counted(tx, session_id))


def counted(tx: Tx, session_id: int) -> tuple[int, int]:
    """Return what the counters of a session have to be: (segments_total, segments_done). Costs the whole session."""
    segments = marks = 0
    for held in tx.rows(SessionDocument, session_id=session_id):
        document = tx.get(Document, held.document_id)
        segments += len(document.segments) if document else 0
        marks += len(held.marks)
    return segments, marks


def progress(session: Session) -> float:
    """Return the share of marked segments in percent, 0 to 100, with one decimal; 100 only when all are marked."""
    total, done = session.segments_total, session.segments_done
    if done >= total:
        return 100.0 if total else 0.0
    return min(round(done / total * 100, 1), 99.9)


def _moved(tx: Tx, session: Session, total: int, done: int) -> Session:
    status, finished = session.status, session.finished
    if status in MOVING:
        status = _status(status, total, done)
        finished = (finished or tx.now) if status == "FINISHED" else None
    fields = {"segments_total": total, "segments_done": done, "status": status, "finished": finished}
    if all(getattr(session, name) == value for name, value in fields.items()):
        return session
    return tx.change(session, **fields)


def _status(before: str, total: int, done: int) -> str:
    if total and done == total:
        return "FINISHED"
    if before == "FINISHED" and total:
        return "ANNOTATING"  # documents came in
    return "ANNOTATING" if done else before
