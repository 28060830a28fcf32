"""What the tables of Label Studio demand of each other beyond their references. See `mock_server.world.integrity`."""

from collections.abc import Iterator

from mock_server.label_studio.rows import LsAnnotation, LsPersonalToken, LsProject, LsTask, LsUser
from mock_server.world.demands import Keys, getter, repeated, rows_of
from mock_server.world.world import World

UNIQUE: Keys = ((LsUser, ("token",)), (LsUser, ("email",)), (LsPersonalToken, ("jti",)))
PEOPLE = ("completed_by", "updated_by", "last_created_by")


def faults(world: World) -> Iterator[str]:
    """Yield a sentence for everything that does not fit together."""
    yield from repeated(world, UNIQUE)
    yield from _strangers(world)


def _strangers(world: World) -> Iterator[str]:
    """People who are named by an annotation that they cannot see, and parents likewise."""
    for row in rows_of(world, LsAnnotation):
        organization = _organization(world, row)
        for field in PEOPLE:
            user = getter(world, LsUser)(getattr(row, field))
            if user is not None and user.organization != organization:
                yield f"LsAnnotation {row.id}: {field} names LsUser {user.id} of another organization"
        parent = getter(world, LsAnnotation)(row.parent_annotation)
        if parent is not None and _organization(world, parent) != organization:
            yield f"LsAnnotation {row.id}: parent_annotation names LsAnnotation {parent.id} of another organization"


def _organization(world: World, annotation: LsAnnotation) -> int | None:
    task = getter(world, LsTask)(annotation.task)
    project = getter(world, LsProject)(task.project) if task else None
    return project.organization if project else None
