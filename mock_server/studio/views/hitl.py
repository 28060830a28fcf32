"""How HITLs, their reviews and what is told to webhooks are shown."""

from mock_server.contract import Json
from mock_server.studio.domain.hitl import labels_of
from mock_server.studio.rows import Hitl, Review, Webhook
from mock_server.world import Tx


def hitl(tx: Tx, row: Hitl) -> Json:
    """Return a HITL as the contract's Hitl."""
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "project_id": row.project_id,
        "created_at": row.created,
        "updated_at": row.updated,
        "assigned_user_id": row.assigned_user_id,
        "model_id": row.model_id,
        "is_live": row.is_live,
        "webhook_url": row.webhook_url,
        "labels": labels_of(tx, row),
    }


def review(row: Review, full: bool = False) -> Json:
    """Return a review as the contract's HitlReview; `full` adds what the model found."""
    shown: Json = {
        "review_id": row.id,
        "task_id": row.task_id,
        "document_id": row.document_id,
        "document_name": row.document_name,
        "page_num": row.page_num,
        "status": row.status,
        "created": row.created,
        "updated": row.updated,
        "user_id": row.user_id,
        "label": row.label,
        "confidence_threshold": row.confidence_threshold,
        "ls_annotation_id": None,
        "hitl_id": row.hitl_id,
    }
    if full:
        shown["data"] = {"value": row.value, "confidence": row.confidence, "boxes": row.boxes}
    return shown


def event(row: Webhook) -> Json:
    """Return what is told to a webhook as the contract's HitlReviewEvent."""
    return {
        "id": row.uuid,
        "created": row.created,
        "project_id": row.review.project_id,
        "hitl_id": row.review.hitl_id,
        "previous_status": row.previous_status,
        "review": review(row.review, full=True),
    }
