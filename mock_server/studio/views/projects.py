"""How projects, their permissions and their tasks are shown."""

from typing import TypeVar

from mock_server.contract import Json
from mock_server.studio.rows import Label, Model, ModelClass, Project, ProjectPermission, User
from mock_server.studio.views.models import model
from mock_server.world import Job, Row, Tx

R = TypeVar("R", bound=Row)
BY_PROJECT = ("project_id",)


def project(tx: Tx, row: Project) -> Json:
    """Return a project as the contract's Project, with its classes, labels and models."""
    return _shown(
        row,
        [found.name for found in _held(tx, ModelClass, row.id)],
        [found.name for found in _held(tx, Label, row.id)],
        [model(tx, found) for found in _held(tx, Model, row.id)],
    )


def brief(row: Project) -> Json:
    """Return a project without its details: the three arrays are empty."""
    return _shown(row, [], [], [])


def permission(tx: Tx, row: ProjectPermission) -> Json:
    """Return a role given in a project as the contract's ProjectPermission."""
    user = tx.get(User, row.user_id)
    assert user is not None
    return {"id": row.id, "role": row.role, "user": user.display_name}


def task(tx: Tx, job: Job) -> Json:
    """Return a job as the contract's Task, with its progress at this moment."""
    return {
        "id": job.id,
        "type": job.kind,
        "status": job.status,
        "progress": job.progress(tx.now),
        "created": job.created,
        "finished": job.finished,
        "project_id": job.project_id,
    }


def _held(tx: Tx, kind: type[R], project_id: int) -> list[R]:
    """The rows of a project, as `tx.rows` has them, at a third of the cost: no read is more frequent."""
    table = tx.world.tables[kind]
    rows = table.rows
    ids = table.find((BY_PROJECT, (project_id,)))
    return [rows[row_id] for chunk in ids.chunks for row_id in chunk]  # type: ignore[misc]


def _shown(row: Project, classes: list[str], labels: list[str], models: list[Json]) -> Json:
    return {
        "classes": classes,
        "labels": labels,
        "created": row.created,
        "id": row.id,
        "models": models,
        "name": row.name,
        "type": row.type,
        "status": row.status,
        "external_id": row.external_id,
    }
