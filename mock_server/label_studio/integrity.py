"""What the tables of Label Studio demand of each other beyond their references. See `mock_server.world.integrity`."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from mock_server.label_studio.rows import LsAnnotation, LsPersonalToken, LsProject, LsTask, LsUser
from mock_server.world.world import World

UNIQUE: tuple[tuple[Any, str], ...] = ((LsUser, "token"), (LsUser, "email"), (LsPersonalToken, "jti"))
PEOPLE = ("completed_by", "updated_by", "last_created_by")


def faults(world: World) -> Iterator[str]:
    """Yield a sentence for everything that does not fit together."""
    for kind, field in UNIQUE:
        counted = Counter(getattr(row, field) for row in world.tables[kind].rows.values())
        for value, count in counted.items():
            if count > 1:
                yield f"{kind.__name__}: {count} rows have the {field} {value}"
    yield from _strangers(world)


def _strangers(world: World) -> Iterator[str]:
    """People who are named by an annotation that they cannot see, and parents likewise."""
    for row in _rows(world, LsAnnotation):
        organization = _organization(world, row)
        for field in PEOPLE:
            user = _get(world, LsUser, getattr(row, field))
            if user is not None and user.organization != organization:
                yield f"LsAnnotation {row.id}: {field} names LsUser {user.id} of another organization"
        parent = _get(world, LsAnnotation, row.parent_annotation)
        if parent is not None and _organization(world, parent) != organization:
            yield f"LsAnnotation {row.id}: parent_annotation names LsAnnotation {parent.id} of another organization"


def _organization(world: World, annotation: LsAnnotation) -> int | None:
    task = _get(world, LsTask, annotation.task)
    project = _get(world, LsProject, task.project) if task else None
    return project.organization if project else None


def _rows(world: World, kind: Any) -> Any:
    return world.tables[kind].rows.values()


def _get(world: World, kind: Any, row_id: int | None) -> Any:
    return None if row_id is None else world.tables[kind].rows.get(row_id)
