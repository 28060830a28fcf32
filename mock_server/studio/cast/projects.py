"""Entries about projects: who may do what there, classes, labels, models, uploaded files and tasks."""

from datetime import timedelta
from typing import Any

from mock_server.places import Entry
from mock_server.sheets import Sheet
from mock_server.studio.cast import lessons
from mock_server.studio.cast.stage import Stage, uuid
from mock_server.studio.rows import (
    Label,
    Model,
    ModelClass,
    ModelPermission,
    ModelStar,
    Project,
    ProjectPermission,
    UploadedFile,
    User,
    Workspace,
)
from mock_server.world import Event, Job

WITHOUT_CLASSES, WITHOUT_LABELS = "LABEL", "CLASS"
TASK_TAKES = timedelta(seconds=3)


def project(stage: Stage, entry: Entry) -> None:
    """Add a project; its name is unique in its workspace."""
    workspace_id = stage.find(Workspace, entry, "workspace")
    row = stage.add(Project, entry, organization_id=workspace_id, owner_id=stage.found(User, entry, "owner"))
    stage.call(row, entry, "name", ("workspace", workspace_id))
    stage.call(row, entry, "name", unique=False)


def project_permission(stage: Stage, entry: Entry) -> None:
    """Add a role in a project."""
    pair = {"project_id": stage.find(Project, entry, "project"), "user_id": stage.find(User, entry, "user")}
    row = stage.add(ProjectPermission, entry, **pair)
    stage.pair(row, entry, "user", row.project_id, row.user_id)


def model_class(stage: Stage, entry: Entry) -> None:
    """Add a class."""
    project_id = _project_with(stage, entry, "classes", WITHOUT_CLASSES)
    stage.call(stage.add(ModelClass, entry, project_id=project_id), entry, "name", project_id)


def label(stage: Stage, entry: Entry) -> None:
    """Add a label."""
    project_id = _project_with(stage, entry, "labels", WITHOUT_LABELS)
    stage.call(stage.add(Label, entry, project_id=project_id), entry, "name", project_id)


def _project_with(stage: Stage, entry: Entry, what: str, without: str) -> int:
    project_id = stage.find(Project, entry, "project")
    if stage.get(Project, project_id).type == without:
        raise entry.fault(
            "project", f"a project of type {without} has no {what}; right would be a project of another type"
        )
    return project_id


def model(stage: Stage, entry: Entry) -> None:
    """Add a model; its type is that of its project. One with sessions learns from them once these are there."""
    project_id = stage.found(Project, entry, "project")
    fields: dict[str, Any] = {"project_id": project_id, "owner_id": stage.found(User, entry, "owner")}
    fields["organization_id"] = stage.found(Workspace, entry, "workspace")
    if project_id is not None and fields["organization_id"] is not None:
        raise entry.fault("workspace", "a model of a project is where its project is; right would be one of both")
    if project_id is not None:
        fields["type"] = stage.get(Project, project_id).type
    fields["uuid"] = entry.get("uuid", uuid("model", entry["name"], project_id))
    fields["display_name"] = entry.get("display_name", entry["name"])
    fields["progress"] = entry.get(
        "progress", 100 if entry.get("status", "READY") in ("READY", "ACTIVE", "PUBLISHED") else 0
    )
    row = stage.add(Model, entry, **fields)
    stage.call(row, entry, "name", unique=False)
    if "sessions" in entry:
        stage.later.append(lambda: lessons.teach(stage, entry, row))


def model_permission(stage: Stage, entry: Entry) -> None:
    """Add a role in a model."""
    pair = {"model_id": stage.find(Model, entry, "model"), "user_id": stage.find(User, entry, "user")}
    row = stage.add(ModelPermission, entry, **pair)
    stage.pair(row, entry, "user", row.model_id, row.user_id)


def model_star(stage: Stage, entry: Entry) -> None:
    """Add the star that somebody has given to a model."""
    pair = {"model_id": stage.find(Model, entry, "model"), "user_id": stage.find(User, entry, "user")}
    row = stage.add(ModelStar, entry, **pair)
    stage.pair(row, entry, "user", row.model_id, row.user_id)


def uploaded_file(stage: Stage, entry: Entry) -> None:
    """Add a file that was uploaded; a `header` is its first row."""
    header = tuple(entry["header"]) if "header" in entry else None
    rows = [*([header] if header else []), *map(tuple, entry["rows"])]
    if len({len(row) for row in rows}) > 1:
        raise entry.fault("rows", "rows and header have different lengths; right would be equally many cells in each")
    fields = {"project_id": stage.found(Project, entry, "project"), "user_id": stage.found(User, entry, "user")}
    fields["uuid"] = entry.get("uuid", uuid("file", entry["filename"], len(stage.rows[UploadedFile])))
    purpose = entry.get("purpose", "GROUP")
    stage.add(UploadedFile, entry, **fields, purpose=purpose, sheet=Sheet(rows=tuple(rows), header=header))


def task(stage: Stage, entry: Entry) -> None:
    """Add a task that is over, and the event of its end."""
    project_id = stage.find(Project, entry, "project")
    created = stage.time(entry, "created")
    finished = stage.time(entry, "finished") if entry.get("finished") else created + TASK_TAKES
    fields = {"project_id": project_id, "user_id": stage.found(User, entry, "user"), "kind": entry["type"]}
    fields |= {"subject": entry.get("subject", project_id), "status": entry.get("status", "FINISHED")}
    stage.add(Job, entry, **fields, due=finished, finished=finished)
    event = Entry()
    event.file, event.line, event.lines = entry.file, entry.line, entry.lines
    stage.add(Event, event, **fields, at=finished)
