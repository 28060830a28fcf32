"""Entries about HITLs and their reviews."""

from datetime import datetime
from typing import Any

from mock_server.places import Entry
from mock_server.studio.cast.stage import Stage
from mock_server.studio.rows import Document, Hitl, Model, Project, Review, User


def hitl(stage: Stage, entry: Entry) -> None:
    """Add a HITL; one that tells no change was never changed."""
    fields: dict[str, Any] = {
        "project_id": stage.find(Project, entry, "project"),
        "model_id": stage.found(Model, entry, "model"),
        "assigned_user_id": stage.found(User, entry, "user"),
    }
    row = stage.add(Hitl, entry, **fields, updated=_updated(stage, entry))
    stage.call(row, entry, "name", unique=False)


def review(stage: Stage, entry: Entry) -> None:
    """Add a review; those that do not tell their task were all of one."""
    held = stage.get(Hitl, stage.find(Hitl, entry, "hitl"))
    status = entry.get("status", "PENDING")
    if (status != "CLOSED") and not held.is_live:
        raise entry.fault("status", f"{status} does not fit {held.name}, which is not live; right would be CLOSED")
    if status == "ASSIGNED" and "user" not in entry:
        raise entry.fault("status", "is ASSIGNED to nobody; right would be a user, too, or PENDING")
    fields: dict[str, Any] = {
        "project_id": held.project_id,
        "hitl_id": held.id,
        "document_id": stage.find(Document, entry, "document", held.project_id),
        "user_id": stage.found(User, entry, "user"),
        "task_id": entry.get("task_id", 1),
        "boxes": [dict(box) for box in entry.get("boxes", ())],
    }
    stage.add(Review, entry, **fields, updated=_updated(stage, entry))


def _updated(stage: Stage, entry: Entry) -> datetime:
    told = next((field for field in ("updated", "created") if field in entry), None)
    return stage.time(entry, told) if told else stage.began
