"""Tasks: made with a project, given out one after the other in two lanes, assigned in bulk."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from mock_server.blue_guardrails.domain import evaluations
from mock_server.blue_guardrails.domain.access import is_member
from mock_server.blue_guardrails.domain.errors import Conflict, NotFound
from mock_server.blue_guardrails.domain.found import by_uuid, changed, new_uuids
from mock_server.blue_guardrails.rows import BgConversation, BgProject, BgTask, BgUser
from mock_server.world import Ids, Tx
from mock_server.world.ids import EMPTY

GIVES_OUT_NONE = {
    "draft": "The project is a draft; tasks are given out once it is active",
    "completed": "The project is completed; tasks are given out while it is active",
}


class TaskNotFound(NotFound):
    """The workspace has no such task."""

    def __init__(self) -> None:
        super().__init__("Labeling task not found")


class NothingLeft(NotFound):
    """Every task of the lane is somebody else's or begun."""

    def __init__(self) -> None:
        super().__init__("No task is left in this lane")


class NotActive(Conflict):
    """Only an active project gives out tasks."""

    def __init__(self, status: str) -> None:
        super().__init__(GIVES_OUT_NONE[status])


class AssigneeNotFound(NotFound):
    """Nobody in the workspace has this id."""

    def __init__(self) -> None:
        super().__init__("Assignee not found")


class Assigned(msgspec.Struct, frozen=True):
    """What became of tasks that were to be assigned: UUIDs, each in one of the lists."""

    processed: list[str]
    skipped: list[str]
    missing: list[tuple[str, TaskNotFound]]


def get_task(tx: Tx, workspace_id: int, task_id: str) -> BgTask:
    """Return a task of the workspace. Raises TaskNotFound."""
    found = by_uuid(tx, BgTask, task_id)
    project = tx.get(BgProject, found.project_id) if found else None
    if found is None or project is None or project.workspace_id != workspace_id:
        raise TaskNotFound
    return found


def make_tasks(tx: Tx, project: BgProject) -> None:
    """Make the tasks of a new project: as many for each conversation of the workspace as people are to label it."""
    if project.source_type != "conversations":
        return
    each = range(project.labelers_per_task)
    conversations = [row for row in tx.ids(BgConversation, workspace_id=project.workspace_id) for _ in each]
    first, uuids = tx.new_id(BgTask, len(conversations)), new_uuids(tx)
    fields: dict[str, Any] = {"project_id": project.id, "created": tx.now, "updated": tx.now}
    tx.put_all(
        BgTask,
        [
            BgTask(id=first + at, uuid=next(uuids), conversation_id=conversation, sequence_number=at + 1, **fields)
            for at, conversation in enumerate(conversations)
        ],
    )


def select_tasks(tx: Tx, project: BgProject, query: Mapping[str, Any]) -> Ids:
    """Return the ids of the tasks that fit the filters `status`, `assignee_id` (a UUID) and `lane`; None filters nothing."""
    wanted = {name: query[name] for name in ("status", "assignee_id", "lane") if query.get(name) is not None}
    if "assignee_id" in wanted:
        assignee = by_uuid(tx, BgUser, wanted["assignee_id"])
        if assignee is None:
            return EMPTY
        wanted["assignee_id"] = assignee.id
    return tx.ids(BgTask, project_id=project.id, **wanted)


def claim(tx: Tx, project: BgProject, user: BgUser, lane: str) -> BgTask:
    """Give somebody the next task of a lane and what there is to begin with. Raises NotActive, NothingLeft."""
    if project.status != "active":
        raise NotActive(project.status)
    task = _next_task(tx, project, user, lane)
    if task is None:
        raise NothingLeft
    return begin(tx, task, user)


def begin(tx: Tx, task: BgTask, user: BgUser) -> BgTask:
    """Make a pending task one that somebody works on."""
    begun = tx.change(task, assignee_id=user.id, status="in_progress", started=tx.now, updated=tx.now)
    evaluations.begin(tx, begun, user)
    return begun


def assign(tx: Tx, workspace_id: int, task_ids: Iterable[str], assignee_id: str) -> Assigned:
    """Make pending tasks somebody's, whosever they were. An id that comes twice counts once. Raises AssigneeNotFound."""
    assignee = by_uuid(tx, BgUser, assignee_id)
    if assignee is None or not is_member(tx, workspace_id, assignee.id):
        raise AssigneeNotFound
    done = Assigned([], [], [])
    for task_id in dict.fromkeys(uuid.lower() for uuid in task_ids):
        try:
            task = get_task(tx, workspace_id, task_id)
        except TaskNotFound as missing:
            done.missing.append((task_id, missing))
            continue
        if task.status == "pending":
            changed(tx, task, {"assignee_id": assignee.id})
        (done.processed if task.status == "pending" else done.skipped).append(task_id)
    return done


def _next_task(tx: Tx, project: BgProject, user: BgUser, lane: str) -> BgTask | None:
    own = tx.first(BgTask, project_id=project.id, status="pending", assignee_id=user.id, lane=lane)
    if own is not None:
        return own
    free = tx.rows(BgTask, project_id=project.id, status="pending", assignee_id=None, lane=lane)
    return next((task for task in free if _suits(tx, task, user)), None)


def _suits(tx: Tx, task: BgTask, user: BgUser) -> bool:
    """Whether a task may go to somebody: nobody labels a conversation twice, and nobody reviews their own work."""
    if task.lane == "review":
        source = tx.get(BgTask, task.source_task_id or 0)
        return source is None or source.assignee_id != user.id
    place = {"project_id": task.project_id, "lane": task.lane, "conversation_id": task.conversation_id}
    return not tx.ids(BgTask, **place, assignee_id=user.id)
