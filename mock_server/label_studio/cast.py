"""What may stand in the files of `label_studio/` in a starting world, and how entries become rows. See `fixtures/README.md`."""

from collections.abc import Callable
from typing import Any

from mock_server.label_studio.rows import LsAnnotation, LsOrganization, LsPersonalToken, LsProject, LsTask, LsUser
from mock_server.places import Entry
from mock_server.studio.cast.resources import NAME, NUMBER, REFERENCE, TEXT, TIME, Resource
from mock_server.studio.cast.stage import Stage

FILES: dict[str, Resource] = {
    "organizations": Resource(needs="title", own={"id": NUMBER, "title": NAME, "created_at": TIME}),
    "users": Resource(
        contract=("WhoAmI", "Membership"),
        takes="id email username first_name last_name role date_joined last_activity",
        needs="organization email token",
        own={"organization": REFERENCE, "token": NAME},
    ),
    "personal_tokens": Resource(needs="user jti", own={"id": NUMBER, "user": REFERENCE, "jti": NAME}),
    "projects": Resource(
        needs="organization title",
        own={"id": NUMBER, "organization": REFERENCE, "title": NAME, "label_config": TEXT, "created_at": TIME},
    ),
    "tasks": Resource(
        needs="project data",
        own={"id": NUMBER, "project": REFERENCE, "data": {"type": "object"}, "created_at": TIME},
        block="tasks",
    ),
    "annotations": Resource(
        contract=("Annotation",),
        takes="id created_at updated_at bulk_created ground_truth import_id last_action lead_time parent_annotation "
        "parent_prediction result was_cancelled",
        needs="task",
        own={"task": NUMBER, "completed_by": REFERENCE, "updated_by": REFERENCE, "last_created_by": REFERENCE},
    ),
}


def organization(stage: Stage, entry: Entry) -> None:
    """Add an organization."""
    stage.call(stage.add(LsOrganization, entry, **_since(stage, entry, "created_at")), entry, "title")


def user(stage: Stage, entry: Entry) -> None:
    """Add a person; the username is the beginning of the address if there is none."""
    fields = _since(stage, entry, "date_joined") | _since(stage, entry, "last_activity", "date_joined")
    fields["organization"] = stage.find(LsOrganization, entry, "organization")
    fields["username"] = entry.get("username", entry["email"].partition("@")[0])
    row = stage.add(LsUser, entry, **fields)
    stage.call(row, entry, "email")
    stage.call(row, entry, "token", "tokens")


def personal_token(stage: Stage, entry: Entry) -> None:
    """Add a personal access token."""
    stage.call(stage.add(LsPersonalToken, entry, user=stage.find(LsUser, entry, "user")), entry, "jti")


def project(stage: Stage, entry: Entry) -> None:
    """Add a project."""
    fields = _since(stage, entry, "created_at")
    fields["organization"] = stage.find(LsOrganization, entry, "organization")
    stage.call(stage.add(LsProject, entry, **fields), entry, "title")


def task(stage: Stage, entry: Entry) -> None:
    """Add a task."""
    fields = _since(stage, entry, "created_at")
    row = stage.add(LsTask, entry, project=stage.find(LsProject, entry, "project"), **fields)
    stage.call(row, entry, None)


def annotation(stage: Stage, entry: Entry) -> None:
    """Add an annotation; it was last changed when it was made, by who made it, unless the entry says otherwise."""
    fields = _since(stage, entry, "created_at") | _since(stage, entry, "updated_at", "created_at")
    fields |= {name: stage.found(LsUser, entry, name) for name in ("completed_by", "last_created_by")}
    fields["updated_by"] = stage.found(LsUser, entry, "updated_by") or fields["completed_by"]
    fields["task"] = stage.find(LsTask, entry, "task")
    fields["parent_annotation"] = stage.found(LsAnnotation, entry, "parent_annotation")
    stage.call(stage.add(LsAnnotation, entry, **fields), entry, None)


def _since(stage: Stage, entry: Entry, field: str, instead: str = "") -> dict[str, Any]:
    """Return a time that the entry leaves out: that of the field `instead`, or when the world began."""
    return {} if field in entry else {field: stage.time(entry, instead) if instead in entry else stage.began}


BUILDERS: dict[str, Callable[[Stage, Entry], None]] = {
    "organizations": organization,
    "users": user,
    "personal_tokens": personal_token,
    "projects": project,
    "tasks": task,
    "annotations": annotation,
}
