"""Entries become rows: people and keys, conversations, projects, tasks."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from mock_server.blue_guardrails.cast.messages import message, uuid_for
from mock_server.blue_guardrails.cast.resources import ANNOTATION, MESSAGE, checked
from mock_server.blue_guardrails.cast.work import work
from mock_server.blue_guardrails.rows import BgApiKey, BgConversation, BgMember, BgProject, BgTask, BgUser, BgWorkspace
from mock_server.places import Entry
from mock_server.studio.cast.stage import Stage

LIFETIME = timedelta(days=30)


def workspace(stage: Stage, entry: Entry) -> None:
    """Add a workspace."""
    stage.call(stage.add(BgWorkspace, entry, uuid=uuid_for(stage, BgWorkspace, entry)), entry, "name")


def user(stage: Stage, entry: Entry) -> None:
    """Add a person who belongs to some workspaces."""
    row = stage.add(BgUser, entry, uuid=uuid_for(stage, BgUser, entry))
    stage.call(row, entry, "email")
    for name in entry["workspaces"]:
        workspace_id = stage.named(BgWorkspace, name, entry, "workspaces")
        stage.put(BgMember(id=stage.next_id(BgMember), workspace_id=workspace_id, user_id=row.id))


def api_key(stage: Stage, entry: Entry) -> None:
    """Add an API key: of the scope workspace if it names one, else of the scope user."""
    fields: dict[str, Any] = {"user_id": stage.find(BgUser, entry, "user")}
    fields["workspace_id"] = stage.found(BgWorkspace, entry, "workspace")
    fields["scope"] = "user" if fields["workspace_id"] is None else "workspace"
    fields["expires"] = _when(stage, entry, "expires", stage.now + LIFETIME)
    stage.call(stage.add(BgApiKey, entry, **fields), entry, "key")


def conversation(stage: Stage, entry: Entry) -> None:
    """Add a conversation with its messages and what a model has found in them."""
    fields: dict[str, Any] = {"workspace_id": stage.find(BgWorkspace, entry, "workspace")}
    row = stage.add(BgConversation, entry, **fields, uuid=uuid_for(stage, BgConversation, entry))
    stage.call(row, entry, None)
    for told in checked(entry["messages"], MESSAGE):
        message(stage, row, entry, told)


def project(stage: Stage, entry: Entry) -> None:
    """Add a project without tasks."""
    labels = [
        {"name": label["name"], "description": label.get("description", "")} for label in entry.get("label_schema", ())
    ]
    fields: dict[str, Any] = {"workspace_id": stage.find(BgWorkspace, entry, "workspace"), "label_schema": labels}
    fields["created_by_id"] = stage.find(BgUser, entry, "created_by")
    fields["source_type"] = entry.get("source_type", "conversations")
    fields["created"] = _when(stage, entry, "created", stage.began)
    fields["updated"] = _when(stage, entry, "updated", fields["created"])
    row = stage.add(BgProject, entry, **fields, uuid=uuid_for(stage, BgProject, entry))
    stage.call(row, entry, "slug", unique=False)


def task(stage: Stage, entry: Entry) -> None:
    """Add a task and what was done in it."""
    project_id = stage.find(BgProject, entry, "project")
    number = 1 + sum(row.project_id == project_id for row in stage.rows[BgTask].values())
    fields: dict[str, Any] = {"project_id": project_id, "sequence_number": number}
    fields["conversation_id"] = stage.find(BgConversation, entry, "conversation")
    fields["source_task_id"] = stage.found(BgTask, entry, "review_of")
    fields["lane"] = "review" if "review_of" in entry else "task"
    fields["assignee_id"] = assignee = stage.found(BgUser, entry, "assignee")
    fields["created"] = fields["updated"] = _when(stage, entry, "created", stage.get(BgProject, project_id).created)
    fields |= dict.fromkeys(("started", "submitted", "active_seconds"))  # what `work` tells
    row = stage.add(BgTask, entry, **fields, uuid=uuid_for(stage, BgTask, entry))
    stage.call(row, entry, None)
    if "started" in entry:
        if assignee is None:
            raise entry.fault("assignee", "is missing; right would be who began with the task")
        work(stage, entry, row, stage.get(BgUser, assignee), checked(entry.get("annotations", ()), ANNOTATION))


def _when(stage: Stage, entry: Entry, field: str, otherwise: datetime) -> datetime:
    return stage.time(entry, field) if field in entry else otherwise


BUILDERS: dict[str, Callable[[Stage, Entry], None]] = {
    "workspaces": workspace,
    "users": user,
    "api_keys": api_key,
    "conversations": conversation,
    "projects": project,
    "tasks": task,
}
