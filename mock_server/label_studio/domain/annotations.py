"""Rules of annotations: whose they are, which tasks and people they may name, and what remains when one is deleted."""

from typing import Any

import msgspec

from mock_server import jsontext
from mock_server.label_studio.domain.errors import Invalid, NotFound
from mock_server.label_studio.rows import LsAnnotation, LsProject, LsTask, LsUser
from mock_server.world import Tx

Fields = dict[str, Any]
KEPT = (
    "result",
    "was_cancelled",
    "ground_truth",
    "bulk_created",
    "draft_created_at",
    "import_id",
    "last_action",
    "lead_time",
    "parent_prediction",
    "unique_id",
)
"""Fields that are kept as they are sent."""
ORDERS = ("id", "created_at", "updated_at")


def annotation(tx: Tx, user: LsUser, annotation_id: int) -> LsAnnotation:
    """Return an annotation that the user can see. Raises NotFound."""
    found = tx.get(LsAnnotation, annotation_id)
    if found is None:
        raise NotFound
    task(tx, user, found.task)
    return found


def task(tx: Tx, user: LsUser, task_id: int) -> LsTask:
    """Return a task of a project of the user's organization. Raises NotFound."""
    found = tx.get(LsTask, task_id)
    project = tx.get(LsProject, found.project) if found else None
    if found is None or project is None or project.organization != user.organization:
        raise NotFound
    return found


def listed(tx: Tx, user: LsUser, task_id: int, ordering: str | None) -> list[LsAnnotation]:
    """Return all annotations of a task, by id or as `ordering` says, a minus in front for the reverse. Raises NotFound."""
    found = list(tx.rows(LsAnnotation, task=task(tx, user, task_id).id))
    field = (ordering or "").removeprefix("-")
    if field in ORDERS:
        found.sort(key=lambda row: (getattr(row, field), row.id), reverse=ordering != field)
    return found


def create(tx: Tx, user: LsUser, task_id: int, sent: Fields) -> LsAnnotation:
    """Annotate a task; without `completed_by` it is the work of the caller. Raises NotFound, Invalid."""
    task(tx, user, task_id)
    fields: Fields = {"result": [], "completed_by": user.id, **_fields(tx, user, sent), "updated_by": user.id}
    new = LsAnnotation(id=tx.new_id(LsAnnotation), task=task_id, created_at=tx.now, updated_at=tx.now, **fields)
    _was_active(tx, user)
    return tx.put(new)


def change(tx: Tx, user: LsUser, annotation_id: int, sent: Fields) -> LsAnnotation:
    """Change the fields that were sent; the caller changed it last. Raises NotFound, Invalid."""
    row = annotation(tx, user, annotation_id)
    fields = _fields(tx, user, sent)
    _was_active(tx, user)
    return tx.change(row, **fields, updated_by=user.id, updated_at=tx.now)


def delete(tx: Tx, user: LsUser, annotation_id: int) -> None:
    """Delete an annotation; those that were made from it forget it. Raises NotFound."""
    tx.delete(annotation(tx, user, annotation_id))
    _was_active(tx, user)


def _fields(tx: Tx, user: LsUser, sent: Fields) -> Fields:
    """Return what counts of a body; task, project and updated_by do not. Raises NotFound, Invalid."""
    fields: Fields = {name: sent[name] for name in KEPT if name in sent}
    if isinstance(fields.get("result"), str):
        fields["result"] = _results(fields["result"])
    for name in ("completed_by", "last_created_by"):
        if name in sent:
            fields[name] = _colleague(tx, user, sent[name])
    if "parent_annotation" in sent:
        parent = sent["parent_annotation"]
        fields["parent_annotation"] = None if parent is None else annotation(tx, user, parent).id
    return fields


def _colleague(tx: Tx, user: LsUser, user_id: int | None) -> int | None:
    """Return the id of somebody in the user's organization, or None for nobody. Raises NotFound."""
    other = None if user_id is None else tx.get(LsUser, user_id)
    if user_id is not None and (other is None or other.organization != user.organization):
        raise NotFound
    return user_id


def _results(text: str) -> list[dict[str, Any]]:
    """Return the list of objects that a form has as a text. Raises Invalid."""
    try:
        return msgspec.convert(jsontext.decode(text), list[dict[str, Any]])
    except ValueError:  # msgspec.ValidationError is one, too
        raise Invalid("result", "Value must be a list of objects, written as JSON.") from None


def _was_active(tx: Tx, user: LsUser) -> None:
    tx.change(user, last_activity=tx.now)
