"""Annotations: a label of the project on words that are really there."""

from collections.abc import Mapping
from typing import Any

from mock_server.blue_guardrails.domain import projects, tasks
from mock_server.blue_guardrails.domain.errors import Conflict, NotFound
from mock_server.blue_guardrails.domain.found import by_uuid, changed
from mock_server.blue_guardrails.domain.texts import text_at
from mock_server.blue_guardrails.rows import BgAnnotation, BgEvaluation, BgMessage, BgProject, BgTask
from mock_server.world import Ids, Tx
from mock_server.world.ids import EMPTY

COLUMNS = {
    "status": "status",
    "label": "label",
    "text": "text",
    "start_offset": "start",
    "end_offset": "end",
    "message_part_index": "part",
    "explanation": "explanation",
    "reviewed": "reviewed",
}  # names of the contract → fields of the row
CAN_BE_EMPTY = ("message_part_index", "explanation")
PLACE = ("text", "start", "end", "part")
SHOWN = 80


class AnnotationNotFound(NotFound):
    """The workspace has no such annotation."""

    def __init__(self) -> None:
        super().__init__("Labeling annotation not found")


class EvaluationNotFound(NotFound):
    """The workspace has no such evaluation."""

    def __init__(self) -> None:
        super().__init__("Labeling evaluation not found")


class DoesNotFit(Conflict):
    """The label is none of the project, or the offsets do not enclose the text."""


def get_annotation(tx: Tx, workspace_id: int, annotation_id: str) -> BgAnnotation:
    """Return an annotation of the workspace. Raises AnnotationNotFound."""
    found = by_uuid(tx, BgAnnotation, annotation_id)
    if found is None or found.workspace_id != workspace_id:
        raise AnnotationNotFound
    return found


def select_annotations(tx: Tx, workspace_id: int, query: Mapping[str, Any]) -> Ids:
    """Return the ids of the annotations that fit the filters `task_id`, `project_id` (UUIDs), `status` and `label`."""
    try:
        scope = _scope(tx, workspace_id, query)
    except NotFound:
        return EMPTY
    wanted = {name: query[name] for name in ("status", "label") if query.get(name) is not None}
    return tx.ids(BgAnnotation, **scope, **wanted)


def create_annotation(tx: Tx, workspace_id: int, wanted: Mapping[str, Any]) -> BgAnnotation:
    """Put a label on words by hand. Raises EvaluationNotFound, DoesNotFit."""
    evaluation, project = _place_of(tx, by_uuid(tx, BgEvaluation, wanted["evaluation_id"]))
    if evaluation is None or project is None or project.workspace_id != workspace_id:
        raise EvaluationNotFound
    place: dict[str, Any] = {"workspace_id": workspace_id, "project_id": project.id, "task_id": evaluation.task_id}
    place |= {"evaluation_id": evaluation.id}
    fields = {"part": None, **_fields(wanted), "status": "accepted", "reviewed": True}
    _check_label(project, fields["label"])
    _check_place(tx, evaluation, fields)
    row: dict[str, Any] = {"id": tx.new_id(BgAnnotation), "uuid": tx.uuid(), "created": tx.now, "updated": tx.now}
    return tx.put(BgAnnotation(**row, **place, **fields))


def change_annotation(tx: Tx, annotation: BgAnnotation, wanted: Mapping[str, Any]) -> BgAnnotation:
    """Change the fields that are given; None empties the explanation and the part. Raises DoesNotFit."""
    sent = {name: value for name, value in wanted.items() if value is not None or name in CAN_BE_EMPTY}
    fields = _fields(sent)
    evaluation, project = _place_of(tx, tx.get(BgEvaluation, annotation.evaluation_id))
    assert evaluation is not None and project is not None
    if fields.get("label", annotation.label) != annotation.label:
        _check_label(project, fields["label"])
    _check_place(tx, evaluation, {name: fields.get(name, getattr(annotation, name)) for name in PLACE})
    return changed(tx, annotation, fields)


def _scope(tx: Tx, workspace_id: int, query: Mapping[str, Any]) -> dict[str, int]:
    """Return the narrowest of workspace, project and task that the filters name. Raises ProjectNotFound, TaskNotFound."""
    scope = {"workspace_id": workspace_id}
    if query.get("project_id") is not None:
        scope = {"project_id": projects.get_project(tx, workspace_id, query["project_id"]).id}
    if query.get("task_id") is not None:
        task = tasks.get_task(tx, workspace_id, query["task_id"])
        if scope.get("project_id", task.project_id) != task.project_id:
            raise tasks.TaskNotFound
        scope = {"task_id": task.id}
    return scope


def _place_of(tx: Tx, evaluation: BgEvaluation | None) -> tuple[BgEvaluation | None, BgProject | None]:
    task = tx.get(BgTask, evaluation.task_id) if evaluation else None
    return evaluation, tx.get(BgProject, task.project_id) if task else None


def _fields(wanted: Mapping[str, Any]) -> dict[str, Any]:
    return {field: wanted[name] for name, field in COLUMNS.items() if name in wanted}


def _check_label(project: BgProject, label: str) -> None:
    if project.label_schema and label not in {known["name"] for known in project.label_schema}:
        raise DoesNotFit(f'The project has no label "{label}"')


def _check_place(tx: Tx, evaluation: BgEvaluation, fields: Mapping[str, Any]) -> None:
    message = tx.get(BgMessage, evaluation.message_id)
    assert message is not None
    start, end, wanted = fields["start"], fields["end"], fields["text"]
    if end <= start:
        raise DoesNotFit("end_offset has to be greater than start_offset")
    text = text_at(message, fields["part"])
    if text is None:
        raise DoesNotFit(f"The message has no text in part {fields['part']}")
    if end > len(text) or text[start:end] != wanted:
        shown = wanted if len(wanted) <= SHOWN else f"{wanted[:SHOWN]}…"
        raise DoesNotFit(f'The characters {start} to {end} are not "{shown}"')
