"""What the tables of Blue Guardrails demand of each other beyond their references. See `mock_server.world.integrity`."""

from collections.abc import Iterator
from typing import Any

from mock_server.blue_guardrails.domain.texts import text_at
from mock_server.blue_guardrails.rows import (
    ROWS,
    BgAnnotation,
    BgApiKey,
    BgConversation,
    BgEvaluation,
    BgMember,
    BgMessage,
    BgProject,
    BgTask,
)
from mock_server.world.demands import Keys, getter, repeated, rows_of
from mock_server.world.world import World

UNIQUE: Keys = (
    *((kind, ("uuid",)) for kind in ROWS if "uuid" in kind.__struct_fields__),
    (BgMember, ("workspace_id", "user_id")),
    (BgApiKey, ("key",)),
    (BgProject, ("workspace_id", "slug")),
    (BgTask, ("project_id", "sequence_number")),
)


def faults(world: World) -> Iterator[str]:
    """Yield a sentence for everything that does not fit together."""
    if BgTask in world.tables:
        yield from repeated(world, UNIQUE)
        for check in (_keys, _tasks, _order, _evaluations, _annotations, _findings):
            yield from check(world)


def _keys(world: World) -> Iterator[str]:
    for key in rows_of(world, BgApiKey):
        if (key.scope == "workspace") != (key.workspace_id is not None):
            yield f"BgApiKey {key.id}: a key of the scope workspace has one, a key of the scope user none"


def _tasks(world: World) -> Iterator[str]:
    projects, conversations = getter(world, BgProject), getter(world, BgConversation)
    for task in rows_of(world, BgTask):
        project, conversation = projects(task.project_id), conversations(task.conversation_id)
        if project and conversation and project.workspace_id != conversation.workspace_id:
            yield f"BgTask {task.id}: its project and its conversation are of different workspaces"
        if (task.lane == "review") != (task.source_task_id is not None):
            yield f"BgTask {task.id}: a review has a source task, other tasks have none"
        if (task.status == "pending") != (task.started is None):
            yield f"BgTask {task.id}: is {task.status}, and started is {task.started}"
        if (task.status == "completed") != (task.submitted is not None):
            yield f"BgTask {task.id}: is {task.status}, and submitted is {task.submitted}"


def _order(world: World) -> Iterator[str]:
    last: dict[int, int] = {}
    for task in sorted(rows_of(world, BgTask), key=lambda row: row.id):
        if task.sequence_number <= last.get(task.project_id, 0):
            yield f"BgTask {task.id}: its sequence number is not above that of the task before it"
        last[task.project_id] = task.sequence_number


def _evaluations(world: World) -> Iterator[str]:
    tasks, messages = getter(world, BgTask), getter(world, BgMessage)
    for evaluation in rows_of(world, BgEvaluation):
        task, message = tasks(evaluation.task_id), messages(evaluation.message_id)
        if task and message and task.conversation_id != message.conversation_id:
            yield f"BgEvaluation {evaluation.id}: its message is not of the conversation of its task"


def _annotations(world: World) -> Iterator[str]:
    evaluations, messages = getter(world, BgEvaluation), getter(world, BgMessage)
    tasks, projects = getter(world, BgTask), getter(world, BgProject)
    for row in rows_of(world, BgAnnotation):
        evaluation, project = evaluations(row.evaluation_id), projects(row.project_id)
        task, message = tasks(row.task_id), messages(evaluation.message_id) if evaluation else None
        if not (evaluation and project and task and message):
            continue  # a reference that leads nowhere is told elsewhere
        place = evaluation.task_id, task.project_id, project.workspace_id
        if place != (row.task_id, row.project_id, row.workspace_id):
            yield f"BgAnnotation {row.id}: task, project and workspace are not those of its evaluation"
        yield from _misplaced(f"BgAnnotation {row.id}", message, row)


def _findings(world: World) -> Iterator[str]:
    for message in rows_of(world, BgMessage):
        if message.findings and message.evaluation_uuid is None:
            yield f"BgMessage {message.id}: has findings and no automated evaluation"
        for finding in message.findings:
            yield from _misplaced(f"Finding {finding.uuid}", message, finding)


def _misplaced(name: str, message: BgMessage, row: Any) -> Iterator[str]:
    text = text_at(message, row.part)
    if text is None or not 0 <= row.start < row.end <= len(text) or text[row.start : row.end] != row.text:
        yield f"{name}: its text is not at {row.start} to {row.end} of message {message.id}"
