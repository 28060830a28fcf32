"""How tasks and their evaluations are shown."""

from mock_server.blue_guardrails.domain.found import uuid_of
from mock_server.blue_guardrails.domain.tasks import Assigned
from mock_server.blue_guardrails.rows import (
    BgAnnotation,
    BgConversation,
    BgEvaluation,
    BgMessage,
    BgProject,
    BgTask,
    BgUser,
)
from mock_server.blue_guardrails.views.annotations import annotation
from mock_server.contract import Json
from mock_server.world import Tx


def task_list_item(tx: Tx, row: BgTask) -> Json:
    """Return a task as the contract's TaskListItem."""
    source = tx.get(BgTask, row.source_task_id) if row.source_task_id is not None else None
    review = tx.first(BgTask, source_task_id=row.id)
    return {
        **_task(tx, row),
        "source_task_assignee_id": uuid_of(tx, BgUser, source.assignee_id if source else None),
        "review_task_id": review.uuid if review else None,
        "annotation_count": len(tx.ids(BgAnnotation, task_id=row.id)),
    }


def task_detail(tx: Tx, row: BgTask) -> Json:
    """Return a task as the contract's TaskDetail."""
    found = tx.rows(BgEvaluation, task_id=row.id)
    return {**_task(tx, row), "labeling_evaluations": [_evaluation(tx, evaluation) for evaluation in found]}


def bulk_assigned(done: Assigned) -> Json:
    """Return what became of tasks as the contract's BulkAssigned."""
    errors = [{"task_id": task_id, "error": str(reason)} for task_id, reason in done.missing]
    return {"processed": done.processed, "skipped": done.skipped, "errors": errors}


def _task(tx: Tx, row: BgTask) -> Json:
    return {
        "id": row.uuid,
        "project_id": uuid_of(tx, BgProject, row.project_id),
        "conversation_id": uuid_of(tx, BgConversation, row.conversation_id),
        "assignee_id": uuid_of(tx, BgUser, row.assignee_id),
        "status": row.status,
        "source_task_id": uuid_of(tx, BgTask, row.source_task_id),
        "sequence_number": row.sequence_number,
        "created_at": row.created,
        "updated_at": row.updated,
        "started_at": row.started,
        "submitted_at": row.submitted,
        "active_duration_seconds": row.active_seconds,
    }


def _evaluation(tx: Tx, row: BgEvaluation) -> Json:
    return {
        "id": row.uuid,
        "task_id": uuid_of(tx, BgTask, row.task_id),
        "message_id": uuid_of(tx, BgMessage, row.message_id),
        "creator_user_id": uuid_of(tx, BgUser, row.user_id),
        "creator_model_config": None,
        "origin_evaluation_id": row.origin_uuid,
        "parent_labeling_evaluation_id": uuid_of(tx, BgEvaluation, row.parent_id),
        "labeling_annotations": [annotation(tx, one) for one in tx.rows(BgAnnotation, evaluation_id=row.id)],
    }
