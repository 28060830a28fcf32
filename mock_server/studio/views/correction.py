"""How correction sessions are shown, and what is said after something was done in one."""

from mock_server.contract import Json
from mock_server.studio.domain import correcting, correction
from mock_server.studio.rows import Model, Session, SessionDocument, Tag
from mock_server.studio.views import labeling
from mock_server.studio.views.tags import correction_tag
from mock_server.world import Tx


def session(tx: Tx, row: Session) -> Json:
    """Return a session as the contract's Correction."""
    shown = labeling.session(tx, row)
    model = tx.get(Model, shown.pop("model_id") or 0)
    named = {"id": model.id, "display_name": model.display_name} if model else None
    return {**shown, "model": named, "predicted_score": correction.predicted_score(tx, row)}


def after_tag(tx: Tx, tag: Tag) -> Json:
    """Return what became of a tag, its segment and its session, as the contract's CreateCorrectionTagResponse."""
    held = correcting.held(tx, tag.session_id, tag.document_id)
    annotated = held.marks.get(tag.segment_id)
    return {"tag": correction_tag(tx, tag), "segment": {"annotated": annotated}, **_became(tx, held)}


def after_mark(tx: Tx, held: SessionDocument, segment_id: int) -> Json:
    """Return the mark of a segment, null without one, and what became of the session."""
    mark = labeling.mark(held, segment_id) if segment_id in held.marks else None
    return {"segment": mark, **_became(tx, held)}


def _became(tx: Tx, held: SessionDocument) -> Json:
    row = tx.get(Session, held.session_id)
    assert row is not None
    return {"predicted_score": correction.predicted_score(tx, row), "progress": correction.whole_progress(row)}
