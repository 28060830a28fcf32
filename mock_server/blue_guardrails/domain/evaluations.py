"""Evaluations: what somebody who begins with a task finds there already. They copy what a model, or in a review the labeler, has said."""

from collections.abc import Iterator
from typing import Any

from mock_server.blue_guardrails.domain.found import new_uuids
from mock_server.blue_guardrails.domain.texts import first_text
from mock_server.blue_guardrails.rows import BgAnnotation, BgEvaluation, BgMessage, BgProject, BgTask, BgUser, Finding
from mock_server.world import Tx

Fields = dict[str, Any]
COPIED = ("origin_uuid", "status", "label", "text", "start", "end", "part", "explanation")


def begin(tx: Tx, task: BgTask, user: BgUser) -> None:
    """Make the evaluations of a task that was just begun: one for each message of the assistant that has a text."""
    uuids = new_uuids(tx)
    for message in answers(tx, task.conversation_id):
        source = _reviewed(tx, task, message)
        origin = source.origin_uuid if source else message.evaluation_uuid
        row: Fields = {"task_id": task.id, "message_id": message.id, "user_id": user.id, "origin_uuid": origin}
        row |= {"id": tx.new_id(BgEvaluation), "uuid": next(uuids), "parent_id": source.id if source else None}
        _copy(tx, task, tx.put(BgEvaluation(**row)), _found_already(tx, task, message, source), uuids)


def answers(tx: Tx, conversation_id: int) -> list[BgMessage]:
    """Return the messages of a conversation in which there is something to be labeled, in their order."""
    rows = tx.rows(BgMessage, conversation_id=conversation_id)
    return [row for row in rows if row.role == "assistant" and first_text(row) is not None]


def _reviewed(tx: Tx, task: BgTask, message: BgMessage) -> BgEvaluation | None:
    """Return the evaluation of this message that is reviewed."""
    if task.source_task_id is None:
        return None
    rows = tx.rows(BgEvaluation, task_id=task.source_task_id)
    return next((row for row in rows if row.message_id == message.id), None)


def _found_already(tx: Tx, task: BgTask, message: BgMessage, source: BgEvaluation | None) -> Iterator[Fields]:
    if source is not None:
        for row in tx.rows(BgAnnotation, evaluation_id=source.id):
            yield {**{name: getattr(row, name) for name in COPIED}, "parent_id": row.id}
    elif task.lane == "task":
        yield from map(_suggested, message.findings)


def _suggested(finding: Finding) -> Fields:
    same = {name: getattr(finding, name) for name in ("label", "text", "start", "end", "part", "explanation")}
    return {**same, "origin_uuid": finding.uuid, "status": "pending"}


def _copy(tx: Tx, task: BgTask, evaluation: BgEvaluation, found: Iterator[Fields], uuids: Iterator[str]) -> None:
    project = tx.get(BgProject, task.project_id)
    assert project is not None
    place: Fields = {"workspace_id": project.workspace_id, "project_id": project.id, "task_id": task.id}
    place |= {"evaluation_id": evaluation.id}
    for fields in found:
        row: Fields = {"id": tx.new_id(BgAnnotation), "uuid": next(uuids), "reviewed": False}
        tx.put(BgAnnotation(**row, **place, **fields, created=tx.now, updated=tx.now))
