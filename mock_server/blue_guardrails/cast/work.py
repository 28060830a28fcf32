"""What people did in a task of a starting world goes through the rules, as if it had come over the API."""

from datetime import datetime
from typing import Any

from mock_server.blue_guardrails.cast.messages import where
from mock_server.blue_guardrails.domain import annotations, tasks
from mock_server.blue_guardrails.domain.errors import DomainError
from mock_server.blue_guardrails.domain.texts import first_text
from mock_server.blue_guardrails.rows import ROWS, BgAnnotation, BgEvaluation, BgMessage, BgProject, BgTask, BgUser
from mock_server.places import Entry
from mock_server.studio.cast.stage import Stage, uuid
from mock_server.times import moment
from mock_server.world import Clock, Tx, World
from mock_server.world.table import Table


def work(stage: Stage, entry: Entry, row: BgTask, worker: BgUser, told: list[Entry]) -> None:
    """Do what an entry tells of a task, at its times. Raises SeedError for what the rules refuse."""
    tx = _begun(stage, moment(entry["started"]))
    before = {kind: max(tx.ids(kind), default=0) for kind in (BgEvaluation, BgAnnotation)}
    task = tasks.begin(tx, row, worker)
    for evaluation, name in zip(
        list(tx.rows(BgEvaluation, task_id=row.id)), entry.get("evaluations", ()), strict=False
    ):
        tx.change(evaluation, uuid=name)
    evaluations = list(tx.rows(BgEvaluation, task_id=row.id))
    for one in told:
        tx = Tx(tx.world, stage.time(one, "at") if "at" in one else tx.now)
        _annotate(tx, task, evaluations, one)
    if "submitted" in entry:
        end = stage.time(entry, "submitted")
        seconds = entry.get("active_seconds", (end - tx.now).total_seconds())
        tx.change(task, status="completed", submitted=end, updated=end, active_seconds=seconds)
    _keep(stage, tx, before, {name for one in told if (name := one.get("uuid"))} | set(entry.get("evaluations", ())))


def _begun(stage: Stage, now: datetime) -> Tx:
    """Return a transaction on what the stage has of Blue Guardrails."""
    tables = {kind: Table.built(kind, stage.rows[kind].values()) for kind in ROWS}
    counters = {kind.__name__: stage.next_id(kind) - 1 for kind in ROWS}
    return Tx(World(tables, counters, Clock.frozen(now)), now)


def _annotate(tx: Tx, task: BgTask, evaluations: list[BgEvaluation], told: Entry) -> None:
    """Decide on what was found already at these words, or put a label on them."""
    number = told.get("message", 1)
    if number > len(evaluations):
        raise told.fault(
            "message", f"the conversation has {len(evaluations)} answers; right would be the number of one"
        )
    evaluation = evaluations[number - 1]
    own = {name: told[name] for name in ("status", "label", "explanation", "reviewed") if name in told}
    there = [row for row in tx.rows(BgAnnotation, evaluation_id=evaluation.id) if row.text == told["text"]]
    try:
        row = _decide(tx, there[0], own) if there else _create(tx, evaluation, told, own)
    except DomainError as error:
        raise told.fault(None, str(error)) from None
    tx.change(row, uuid=told.get("uuid", row.uuid))


def _decide(tx: Tx, there: BgAnnotation, own: dict[str, Any]) -> BgAnnotation:
    return annotations.change_annotation(tx, there, {"reviewed": True, **own})


def _create(tx: Tx, evaluation: BgEvaluation, told: Entry, own: dict[str, Any]) -> BgAnnotation:
    message, task = tx.get(BgMessage, evaluation.message_id), tx.get(BgTask, evaluation.task_id)
    project = tx.get(BgProject, task.project_id) if task else None
    assert message is not None and project is not None
    if "label" not in told:
        raise told.fault("label", "is missing; right would be a label of the project")
    index = first_text(message)
    start = where(message, told, index)
    place = {"start_offset": start, "end_offset": start + len(told["text"]), "message_part_index": index}
    wanted = {"evaluation_id": evaluation.uuid, "text": told["text"], **place, **own}
    return annotations.change_annotation(tx, annotations.create_annotation(tx, project.workspace_id, wanted), own)


def _keep(stage: Stage, tx: Tx, before: dict[type[Any], int], named: set[str]) -> None:
    """Take what was done onto the stage; rows that no entry names get UUIDs that depend on nothing but their ids."""
    kinds: tuple[type[Any], ...] = (BgTask, BgEvaluation, BgAnnotation)
    for kind in kinds:
        for row in list(tx.rows(kind)):
            fresh = kind in before and row.id > before[kind] and row.uuid not in named
            stage.put(tx.change(row, uuid=uuid(kind.__name__, row.id)) if fresh else row)
