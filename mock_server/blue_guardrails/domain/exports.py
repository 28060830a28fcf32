"""What an export of a project holds: its conversations, and the annotations of each message by whose they are."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from mock_server.blue_guardrails.domain.texts import first_text
from mock_server.blue_guardrails.rows import (
    BgAnnotation,
    BgConversation,
    BgEvaluation,
    BgMessage,
    BgProject,
    BgTask,
    Finding,
)
from mock_server.world import Tx

A = TypeVar("A", BgAnnotation, Finding)
LANES = {"task": "primary", "review": "review"}


class Exported(msgspec.Struct, frozen=True):
    """Conversations with their messages; annotations by the UUID of their message, those of a message in the order of its text."""

    conversations: list[tuple[BgConversation, list[BgMessage]]]
    automated: dict[str, list[Finding]]
    primary: dict[str, list[BgAnnotation]]
    review: dict[str, list[BgAnnotation]]


def export(tx: Tx, project: BgProject) -> Exported:
    """Return everything of a project, in the order of its tasks. Costs the project."""
    conversations = [(row, list(tx.rows(BgMessage, conversation_id=row.id))) for row in _conversations(tx, project)]
    messages = [message for _, some in conversations for message in some]
    given = _given(tx, project)
    automated = {message.uuid: _ordered(message, message.findings) for message in messages if message.findings}
    lanes = {
        name: {row.uuid: _ordered(row, given[lane, row.id]) for row in messages if (lane, row.id) in given}
        for lane, name in LANES.items()
    }
    return Exported(conversations, automated, lanes["primary"], lanes["review"])


def _conversations(tx: Tx, project: BgProject) -> Iterator[BgConversation]:
    for row_id in dict.fromkeys(task.conversation_id for task in tx.rows(BgTask, project_id=project.id)):
        row = tx.get(BgConversation, row_id)
        assert row is not None
        yield row


def _given(tx: Tx, project: BgProject) -> dict[tuple[str, int], list[BgAnnotation]]:
    """Return the annotations by lane and message."""
    lanes = {task.id: task.lane for task in tx.rows(BgTask, project_id=project.id)}
    given: dict[tuple[str, int], list[BgAnnotation]] = {}
    for row in tx.rows(BgAnnotation, project_id=project.id):
        evaluation = tx.get(BgEvaluation, row.evaluation_id)
        assert evaluation is not None
        given.setdefault((lanes[row.task_id], evaluation.message_id), []).append(row)
    return given


def _ordered(message: BgMessage, rows: Iterable[A]) -> list[A]:
    first = first_text(message) or 0
    return sorted(rows, key=lambda row: (first if row.part is None else row.part, row.start, row.end))
