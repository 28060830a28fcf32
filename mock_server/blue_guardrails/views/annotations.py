"""How annotations are shown."""

from mock_server.blue_guardrails.domain.found import uuid_of
from mock_server.blue_guardrails.rows import BgAnnotation, BgEvaluation
from mock_server.contract import Json
from mock_server.world import Tx


def annotation(tx: Tx, row: BgAnnotation) -> Json:
    """Return an annotation as the contract's LabelingAnnotation."""
    return {
        "id": row.uuid,
        "evaluation_id": uuid_of(tx, BgEvaluation, row.evaluation_id),
        "origin_annotation_id": row.origin_uuid,
        "parent_labeling_annotation_id": uuid_of(tx, BgAnnotation, row.parent_id),
        "status": row.status,
        "start_offset": row.start,
        "end_offset": row.end,
        "label": row.label,
        "text": row.text,
        "explanation": row.explanation,
        "message_part_index": row.part,
        "reviewed": row.reviewed,
        "created_at": row.created,
        "updated_at": row.updated,
    }
