"""Labeling projects: found by id or slug, made with their tasks, changed."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from mock_server.blue_guardrails.domain import tasks
from mock_server.blue_guardrails.domain.access import Caller
from mock_server.blue_guardrails.domain.errors import Conflict, NotFound
from mock_server.blue_guardrails.domain.found import by_uuid, changed
from mock_server.blue_guardrails.rows import BgProject, BgTask
from mock_server.world import Tx

CONFIG = {"labelers_per_task": 1, "auto_create_review_tasks": False}


class ProjectNotFound(NotFound):
    """The workspace has no such project."""

    def __init__(self) -> None:
        super().__init__("Labeling project not found")


class SlugTaken(Conflict):
    """Another project of the workspace has the slug."""

    def __init__(self) -> None:
        super().__init__("A labeling project with this slug exists already")


class LabelTwice(Conflict):
    """A name comes twice among the labels."""

    def __init__(self, name: str) -> None:
        super().__init__(f'The label "{name}" comes twice')


def get_project(tx: Tx, workspace_id: int, project_id: str) -> BgProject:
    """Return a project of the workspace by its UUID. Raises ProjectNotFound."""
    found = by_uuid(tx, BgProject, project_id)
    if found is None or found.workspace_id != workspace_id:
        raise ProjectNotFound
    return found


def find_project(tx: Tx, workspace_id: int, id_or_slug: str) -> BgProject:
    """Return a project of the workspace by its UUID or, if none has this one, its slug. Raises ProjectNotFound."""
    try:
        return get_project(tx, workspace_id, id_or_slug)
    except ProjectNotFound:
        found = tx.first(BgProject, workspace_id=workspace_id, slug=id_or_slug)
        if found is None:
            raise
        return found


def create_project(tx: Tx, caller: Caller, wanted: Mapping[str, Any]) -> BgProject:
    """Make a project, which begins as a draft, and its tasks. Raises SlugTaken, LabelTwice."""
    _refuse_taken(tx, caller.workspace.id, wanted["slug"])
    fields = {name: wanted[name] for name in ("name", "slug", "source_type")}
    fields |= {name: wanted.get(name) for name in ("labeling_guide", "source_filter_snapshot")}
    if wanted["source_type"] == "experiment":
        fields["source_experiment_id"] = wanted.get("source_experiment_id")
    fields |= {**CONFIG, **_known(wanted.get("config", {})), "label_schema": _labels(wanted.get("label_schema") or ())}
    fields |= {"workspace_id": caller.workspace.id, "created_by_id": caller.user.id, "created": tx.now}
    project = tx.put(BgProject(id=tx.new_id(BgProject), uuid=tx.uuid(), updated=tx.now, **fields))
    tasks.make_tasks(tx, project)
    return project


def change_project(tx: Tx, project: BgProject, wanted: Mapping[str, Any]) -> BgProject:
    """Change the fields that are given; None empties what can be empty. Raises SlugTaken, LabelTwice."""
    fields = {name: wanted[name] for name in ("name", "slug", "status") if wanted.get(name) is not None}
    fields |= _known(wanted.get("config") or {})
    if fields.get("slug", project.slug) != project.slug:
        _refuse_taken(tx, project.workspace_id, fields["slug"])
    if "labeling_guide" in wanted:
        fields["labeling_guide"] = wanted["labeling_guide"]
    if "label_schema" in wanted:
        fields["label_schema"] = _labels(wanted["label_schema"] or ())
    return changed(tx, project, fields)


def average_seconds(tx: Tx, project: BgProject) -> float | None:
    """Return how long a completed task took on average; None before the first one."""
    done = tx.rows(BgTask, project_id=project.id, status="completed")
    times = [task.active_seconds for task in done if task.active_seconds is not None]
    return sum(times) / len(times) if times else None


def _refuse_taken(tx: Tx, workspace_id: int, slug: str) -> None:
    if tx.ids(BgProject, workspace_id=workspace_id, slug=slug):
        raise SlugTaken


def _known(config: Mapping[str, Any]) -> dict[str, Any]:
    return {name: config[name] for name in CONFIG if name in config}


def _labels(wanted: Iterable[Mapping[str, Any]]) -> tuple[dict[str, str], ...]:
    labels = tuple({"name": label["name"], "description": label.get("description", "")} for label in wanted)
    for name, count in Counter(label["name"] for label in labels).items():
        if count > 1:
            raise LabelTwice(name)
    return labels
