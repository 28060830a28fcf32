"""Projects: where they live, their names and types, their tasks. How one is copied is in `cloning`."""

from collections.abc import Iterator
from typing import Any

from mock_server.studio.domain import cloning, model_places
from mock_server.studio.domain.errors import Conflict, Forbidden, NotFound, ProjectNotFound
from mock_server.studio.roles import Roles
from mock_server.studio.rows import (
    Analysis,
    Label,
    Model,
    Project,
    ProjectPermission,
    Session,
    Tag,
    User,
    Workspace,
    WorkspacePermission,
)
from mock_server.world import Job, Tx
from mock_server.world.jobs import finishes

SENTIMENTS = ("POS", "NEU", "NEG")
TASKS = frozenset(
    {"CLONE", "TRANSFER", "UPLOAD", "GROUP", "SESSION"}
)  # the kinds of jobs that the contract's Task knows


class ProjectNameTaken(Conflict):
    """The workspace has a project of this name."""

    def __init__(self, name: str) -> None:
        super().__init__("A project with this name exists already")
        self.name = name


class NoDefaultWorkspace(Conflict):
    """No workspace was named, and the caller has none that would be taken."""

    def __init__(self) -> None:
        super().__init__("No workspace is named, and you have no default workspace")


class ProjectIsCloned(Conflict):
    """The project still waits for the data of the one that it is a clone of."""

    def __init__(self) -> None:
        super().__init__("The project is being cloned")


class TypeFixed(Conflict):
    """Something in the project has the form of its type."""

    def __init__(self) -> None:
        super().__init__("The project has labeling sessions, tags or models and keeps its type")


class TaskNotFound(NotFound):
    """There is no such task in the project."""

    def __init__(self, task_id: int) -> None:
        super().__init__("The task or the project was not found")
        self.task_id = task_id


def list_projects(tx: Tx, user: User, roles: Roles, organization_id: int | None = None) -> list[Project]:
    """Return the projects in which the user is a VIEWER at least, oldest first: of one workspace, or of all active ones."""
    found = [tx.get(Project, project_id) for project_id in sorted(set(_readable(tx, user, roles)))]
    there = [row for row in found if row is not None and row.status != "DELETED" and _active(tx, row.organization_id)]
    return [row for row in there if organization_id in (None, row.organization_id)]


def get_project(tx: Tx, project_id: int) -> Project:
    """Return a project. Raises ProjectNotFound."""
    found = tx.get(Project, project_id)
    if found is None:
        raise ProjectNotFound(project_id)
    return found


def create_project(
    tx: Tx, user: User, roles: Roles, name: str, type: str, organization_id: int | None = None
) -> Project:
    """Create a project in a workspace, by default that of the user. Raises as `home` does, and ProjectNameTaken."""
    workspace = home(tx, user, roles, organization_id)
    _refuse_taken_name(tx, workspace.id, name)
    project = _put_project(tx, user, workspace, name=name, type=type)
    if type == "ABSA":
        _add_sentiments(tx, project)
    return project


def change_project(tx: Tx, project_id: int, **wanted: Any) -> Project:
    """Change `name` and `type` as far as they are given. Raises ProjectNameTaken, ProjectIsCloned, TypeFixed."""
    project = get_project(tx, project_id)
    if wanted.get("name", project.name) != project.name:
        _refuse_taken_name(tx, project.organization_id, wanted["name"])
        project = tx.change(project, name=wanted["name"])
    if wanted.get("type", project.type) != project.type:
        project = _change_type(tx, project, wanted["type"])
    return project


def delete_project(tx: Tx, project_id: int) -> None:
    """Delete a project and everything in it. Raises ProjectNotFound."""
    tx.delete(get_project(tx, project_id))


def clone_project(
    tx: Tx, user: User, roles: Roles, project_id: int, organization_id: int | None = None
) -> tuple[Project, Job]:
    """Begin to clone a project and return the clone, which is empty as yet, with the job that fills it.

    Raises ProjectIsCloned, and as `home` does.
    """
    source = get_project(tx, project_id)
    _refuse_unfinished(source)
    workspace = home(tx, user, roles, organization_id)
    name = _free_name(tx, workspace.id, source.name)
    clone = _put_project(
        tx, user, workspace, name=name, type=source.type, status="CLONING", external_id=source.external_id
    )
    return clone, cloning.start(tx, source, clone, user)


def transfer_project(
    tx: Tx, user: User, roles: Roles, project_id: int, organization_id: int | None = None
) -> Job | None:
    """Move a project to another workspace at once; the job that is returned tells of it. None if it is there already.

    Raises ProjectIsCloned, ProjectNameTaken, and as `home` does.
    """
    project = get_project(tx, project_id)
    _refuse_unfinished(project)
    workspace = home(tx, user, roles, organization_id)
    if workspace.id == project.organization_id:
        return None
    _refuse_taken_name(tx, workspace.id, project.name)
    model_places.settle_names(tx, tx.change(project, organization_id=workspace.id))
    for analysis in list(tx.rows(Analysis, project_id=project.id)):
        tx.change(analysis, organization_id=workspace.id)
    return tx.start_job("TRANSFER", project.id, 0, project_id=project.id, user_id=user.id)


@finishes("TRANSFER")
def end_transfer(tx: Tx, job: Job) -> None:
    """Nothing is left to be done."""


def get_task(tx: Tx, project_id: int, task_id: int) -> Job:
    """Return a job of the project. Raises TaskNotFound."""
    job = tx.get(Job, task_id)
    if job is None or job.project_id != project_id or job.kind not in TASKS:
        raise TaskNotFound(task_id)
    return job


def _readable(tx: Tx, user: User, roles: Roles) -> Iterator[int]:
    """Ids of projects that a user can read, some of them twice."""
    if user.is_superuser:
        yield from tx.ids(Project)
        return
    for given in tx.rows(WorkspacePermission, user_id=user.id):
        if given.role in roles.carries_over["project"]:  # any role in a project is a VIEWER's at least
            yield from tx.ids(Project, organization_id=given.organization_id)
    for permission in tx.rows(ProjectPermission, user_id=user.id):
        yield permission.project_id


def _active(tx: Tx, organization_id: int) -> bool:
    workspace = tx.get(Workspace, organization_id)
    return workspace is not None and workspace.is_active


def home(tx: Tx, user: User, roles: Roles, organization_id: int | None) -> Workspace:
    """The workspace that is named, else the user's default one, if the user may put a project there.

    Raises NoDefaultWorkspace, WorkspaceNotFound, Forbidden (too low a role in it, or it is read-only).
    """
    if organization_id is None:
        organization_id = user.default_organization_id
        if organization_id is None or not _active(tx, organization_id):
            raise NoDefaultWorkspace
    workspace = roles.require_in_workspace(tx, user, organization_id, roles.home)
    if workspace.is_read_only:
        raise Forbidden("User is read-only")
    return workspace


def _refuse_taken_name(tx: Tx, organization_id: int, name: str) -> None:
    if tx.ids(Project, organization_id=organization_id, name=name):
        raise ProjectNameTaken(name)


def _free_name(tx: Tx, organization_id: int, name: str) -> str:
    number, free = 1, name
    while tx.ids(Project, organization_id=organization_id, name=free):
        number += 1
        suffix = f" ({number})"
        free = name[: 255 - len(suffix)] + suffix
    return free


def _refuse_unfinished(project: Project) -> None:
    if project.status == "CLONING":
        raise ProjectIsCloned


def _put_project(tx: Tx, user: User, workspace: Workspace, **fields: Any) -> Project:
    project = tx.put(
        Project(id=tx.new_id(Project), organization_id=workspace.id, owner_id=user.id, created=tx.now, **fields)
    )
    permission = ProjectPermission(
        id=tx.new_id(ProjectPermission), project_id=project.id, user_id=user.id, role="MANAGER"
    )
    tx.put(permission)
    return project


def _change_type(tx: Tx, project: Project, type: str) -> Project:
    _refuse_unfinished(project)
    if any(tx.ids(kind, project_id=project.id) for kind in (Session, Tag, Model)):
        raise TypeFixed
    if type == "ABSA":
        for label in list(tx.rows(Label, project_id=project.id)):
            tx.delete(label)
        _add_sentiments(tx, project)
    return tx.change(project, type=type)


def _add_sentiments(tx: Tx, project: Project) -> None:
    for name in SENTIMENTS:
        tx.put(Label(id=tx.new_id(Label), project_id=project.id, name=name))
