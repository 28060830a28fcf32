"""How projects and their exports are shown."""

from typing import Any

from mock_server.blue_guardrails.domain.exports import Exported
from mock_server.blue_guardrails.domain.projects import average_seconds
from mock_server.blue_guardrails.rows import BgAnnotation, BgConversation, BgMessage, BgProject, BgTask, BgUser, Finding
from mock_server.contract import Json
from mock_server.world import Tx


def project_detail(tx: Tx, row: BgProject) -> Json:
    """Return a project as the contract's ProjectDetail."""
    return {
        **_common(tx, row),
        "labeling_guide": row.labeling_guide,
        "source_experiment_id": row.source_experiment_id,
        "source_filter_snapshot": row.source_filter_snapshot,
        "task_count": len(tx.ids(BgTask, project_id=row.id)),
        "completed_task_count": len(tx.ids(BgTask, project_id=row.id, status="completed")),
        "avg_completion_seconds": average_seconds(tx, row),
    }


def exported(tx: Tx, row: BgProject, found: Exported) -> Json:
    """Return an export as the contract's Export."""
    maps: dict[str, Any] = {"automated": found.automated, "primary": found.primary, "review": found.review}
    return {
        "project": {**_common(tx, row), "created_by_name": _creator(tx, row).name},
        "conversations": [_conversation(*one) for one in found.conversations],
        "annotations": {
            whose: {message: [_annotation(one) for one in some] for message, some in given.items()}
            for whose, given in maps.items()
        },
    }


def _common(tx: Tx, row: BgProject) -> Json:
    return {
        "id": row.uuid,
        "name": row.name,
        "slug": row.slug,
        "source_type": row.source_type,
        "label_schema": row.label_schema,
        "config": {
            "labelers_per_task": row.labelers_per_task,
            "auto_create_review_tasks": row.auto_create_review_tasks,
        },
        "status": row.status,
        "created_by": _creator(tx, row).uuid,
        "created_at": row.created,
        "updated_at": row.updated,
    }


def _creator(tx: Tx, row: BgProject) -> BgUser:
    creator = tx.get(BgUser, row.created_by_id)
    assert creator is not None
    return creator


def _conversation(row: BgConversation, messages: list[BgMessage]) -> Json:
    return {"id": row.uuid, "messages": [_message(message) for message in messages]}


def _message(row: BgMessage) -> Json:
    return {
        "id": row.uuid,
        "role": row.role,
        "parts": row.parts,
        "gen_ai.request.model": row.model,
        "gen_ai.provider.name": row.provider,
        "gen_ai.usage.input_tokens": row.input_tokens,
        "gen_ai.usage.output_tokens": row.output_tokens,
        "gen_ai.response.finish_reasons": row.finish_reasons,
    }


def _annotation(row: BgAnnotation | Finding) -> Json:
    return {
        "id": row.uuid,
        "label": row.label,
        "status": row.status if isinstance(row, BgAnnotation) else "pending",
        "text": row.text,
        "start_offset": row.start,
        "end_offset": row.end,
        "message_part_index": row.part,
        "explanation": row.explanation,
    }
