"""Workspaces and who belongs to them. One that was deleted is inactive: it is as if it were not there."""

from collections.abc import Iterator
from itertools import chain, count

from mock_server.studio.domain.accounts import get_user
from mock_server.studio.domain.errors import Conflict, NotFound, UserNotFound, WorkspaceNotFound
from mock_server.studio.rows import User, Workspace, WorkspacePermission
from mock_server.world import Tx

LONGEST_PERSON = 200  # characters of a person's name in the name of their own workspace, which may have 255


class WorkspaceNameTaken(Conflict):
    """Another active workspace has the name."""

    def __init__(self, name: str) -> None:
        super().__init__("The workspace name is already taken")
        self.name = name


class AlreadyMember(Conflict):
    """The user has a role in the workspace; it can be changed, not added."""

    def __init__(self, user_id: int) -> None:
        super().__init__("The user is a member of the workspace already")
        self.user_id = user_id


class UserCannotBeRemoved(Conflict):
    """Without this user nobody could manage a workspace, or all of Studio, any more."""

    def __init__(self, user_id: int) -> None:
        super().__init__("User cannot be removed")
        self.user_id = user_id


class PermissionNotFound(NotFound):
    """The workspace has no such permission."""

    def __init__(self, permission_id: int) -> None:
        super().__init__("No workspace or permission was found that corresponds to the ID sent")
        self.permission_id = permission_id


class NewMemberNotFound(NotFound):
    """There is no such user to be added."""

    def __init__(self, user_id: int) -> None:
        super().__init__("No workspace or user was found that corresponds to the ID sent")
        self.user_id = user_id


# Workspaces


def get_workspace(tx: Tx, organization_id: int) -> Workspace:
    """Return an active workspace. Raises WorkspaceNotFound."""
    workspace = tx.get(Workspace, organization_id)
    if workspace is None or not workspace.is_active:
        raise WorkspaceNotFound(organization_id)
    return workspace


def create_workspace(tx: Tx, user_id: int, name: str, description: str | None = None) -> Workspace:
    """Add a workspace with the user as its MANAGER. Raises WorkspaceNameTaken, UserNotFound."""
    _refuse_taken_name(tx, name)
    user = get_user(tx, user_id)
    workspace = tx.put(Workspace(id=tx.new_id(Workspace), name=name, description=description, created=tx.now))
    join(tx, workspace, user, "MANAGER")
    return workspace


def create_own(tx: Tx, user: User) -> Workspace:
    """Add the workspace that comes with a new account, named after the person, and make it their default one."""
    workspace = create_workspace(tx, user.id, _own_name(tx, user))
    tx.change(user, default_organization_id=workspace.id)
    return workspace


def change_workspace(tx: Tx, organization_id: int, name: str, **description: str | None) -> Workspace:
    """Set the name, and the description if one is given. Raises WorkspaceNotFound, WorkspaceNameTaken."""
    workspace = get_workspace(tx, organization_id)
    if name != workspace.name:
        _refuse_taken_name(tx, name)
    return tx.change(workspace, name=name, **description)


def delete_workspace(tx: Tx, organization_id: int) -> Workspace:
    """Make a workspace inactive; whose default it was has none afterwards. Raises WorkspaceNotFound."""
    workspace = get_workspace(tx, organization_id)
    for user in list(tx.rows(User, default_organization_id=organization_id)):
        tx.change(user, default_organization_id=None)
    return tx.change(workspace, is_active=False)


def set_default(tx: Tx, user_id: int, organization_id: int, default: bool) -> Workspace:
    """Make a workspace the only default one of a user, or end that. Raises WorkspaceNotFound, UserNotFound."""
    workspace, user = get_workspace(tx, organization_id), get_user(tx, user_id)
    if default:
        tx.change(user, default_organization_id=organization_id)
    elif user.default_organization_id == organization_id:
        tx.change(user, default_organization_id=None)
    return workspace


# Who belongs to a workspace


def memberships(tx: Tx, user_id: int) -> Iterator[tuple[Workspace, WorkspacePermission]]:
    """Yield the active workspaces that a user belongs to, oldest membership first."""
    for permission in tx.rows(WorkspacePermission, user_id=user_id):
        workspace = tx.get(Workspace, permission.organization_id)
        if workspace is not None and workspace.is_active:
            yield workspace, permission


def people(tx: Tx, organization_id: int) -> Iterator[tuple[WorkspacePermission, User]]:
    """Yield who belongs to a workspace, oldest membership first."""
    for permission in tx.rows(WorkspacePermission, organization_id=organization_id):
        yield permission, get_user(tx, permission.user_id)


def join(tx: Tx, workspace: Workspace, user: User, role: str) -> WorkspacePermission:
    """Give a role to someone who has none in the workspace yet. Raises AlreadyMember."""
    if tx.ids(WorkspacePermission, organization_id=workspace.id, user_id=user.id):
        raise AlreadyMember(user.id)
    return tx.put(
        WorkspacePermission(
            id=tx.new_id(WorkspacePermission),
            organization_id=workspace.id,
            user_id=user.id,
            role=role,
            created=tx.now,
        )
    )


def add_permission(tx: Tx, organization_id: int, user_id: int, role: str) -> tuple[WorkspacePermission, User]:
    """Add a user to a workspace. Raises WorkspaceNotFound, NewMemberNotFound, AlreadyMember."""
    workspace = get_workspace(tx, organization_id)
    try:
        user = get_user(tx, user_id)
    except UserNotFound:
        raise NewMemberNotFound(user_id) from None
    return join(tx, workspace, user, role), user


def change_permission(tx: Tx, organization_id: int, permission_id: int, role: str) -> tuple[WorkspacePermission, User]:
    """Change a role. Raises WorkspaceNotFound, PermissionNotFound, UserCannotBeRemoved for the last MANAGER."""
    permission = _permission(tx, organization_id, permission_id)
    if role != "MANAGER":
        _refuse_last_manager(tx, permission)
    return tx.change(permission, role=role), get_user(tx, permission.user_id)


def delete_permission(tx: Tx, organization_id: int, permission_id: int) -> User:
    """Remove someone from a workspace and return them. Raises as `change_permission` does."""
    permission = _permission(tx, organization_id, permission_id)
    _refuse_last_manager(tx, permission)
    tx.delete(permission)
    user = get_user(tx, permission.user_id)
    if user.default_organization_id == organization_id:
        tx.change(user, default_organization_id=None)
    return user


def let_go(tx: Tx, user: User) -> None:
    """Prepare that an account ends: workspaces with nobody else become inactive. Raises UserCannotBeRemoved."""
    for workspace, permission in list(memberships(tx, user.id)):
        if len(tx.ids(WorkspacePermission, organization_id=workspace.id)) == 1:
            delete_workspace(tx, workspace.id)
        else:
            _refuse_last_manager(tx, permission)


def _permission(tx: Tx, organization_id: int, permission_id: int) -> WorkspacePermission:
    get_workspace(tx, organization_id)
    permission = tx.get(WorkspacePermission, permission_id)
    if permission is None or permission.organization_id != organization_id:
        raise PermissionNotFound(permission_id)
    return permission


def _refuse_last_manager(tx: Tx, permission: WorkspacePermission) -> None:
    managers = tx.ids(WorkspacePermission, organization_id=permission.organization_id, role="MANAGER")
    if permission.role == "MANAGER" and len(managers) == 1:
        raise UserCannotBeRemoved(permission.user_id)


def _refuse_taken_name(tx: Tx, name: str) -> None:
    if _is_taken(tx, name):
        raise WorkspaceNameTaken(name)


def _is_taken(tx: Tx, name: str) -> bool:
    return bool(tx.ids(Workspace, name=name, is_active=True))


def _own_name(tx: Tx, user: User) -> str:
    plain = f"{user.display_name[:LONGEST_PERSON]}'s workspace"
    others = (f"{plain} {user.id}-{number}" for number in count(2))
    return next(name for name in chain((plain, f"{plain} {user.id}"), others) if not _is_taken(tx, name))
