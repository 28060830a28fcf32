"""Who may do what, read from `spec/studio/roles.yaml` (as `x-role` and `x-roles` of the bundled contract)."""

from mock_server.contract import Json
from mock_server.studio.domain.errors import Forbidden, ProjectNotFound, UserNotFound, WorkspaceNotFound
from mock_server.studio.rows import Project, ProjectPermission, User, Workspace, WorkspacePermission
from mock_server.world import Tx


class Roles:
    """The ranks of roles, what a workspace role is worth in a project, and which one makes projects."""

    def __init__(self, table: Json) -> None:
        self.ranks = {scope: {role: at for at, role in enumerate(roles)} for scope, roles in table["ranks"].items()}
        self.carries_over: dict[str, dict[str, str]] = table["carries_over"]
        self.home: str = table["home"]["role"]

    def in_workspace(self, tx: Tx, user: User, organization_id: int) -> str | None:
        """Return the role of a user in a workspace, or None."""
        permission = tx.first(WorkspacePermission, organization_id=organization_id, user_id=user.id)
        return permission.role if permission else None

    def in_project(self, tx: Tx, user: User, project: Project) -> str | None:
        """Return the higher of the roles that the workspace and the project itself give."""
        workspace_role = self.in_workspace(tx, user, project.organization_id)
        carried = self.carries_over["project"].get(workspace_role or "")
        own = tx.first(ProjectPermission, project_id=project.id, user_id=user.id)
        held = [role for role in (carried, own.role if own else None) if role is not None]
        return max(held, key=self.ranks["project"].__getitem__, default=None)

    def enough(self, scope: str, held: str | None, needed: str) -> bool:
        """Whether a role is at least the one that is needed."""
        ranks = self.ranks[scope]
        return held is not None and ranks[held] >= ranks[needed]

    def authorize(self, rule: Json, tx: Tx, user: User | None, path: Json) -> None:
        """Let the caller pass or raise Forbidden, or NotFound if what the role is looked up for does not exist."""
        scope = rule["scope"]
        if scope == "project":
            self.require_in_project(tx, user, path["project_id"], rule["role"], rule.get("writes", False))
        elif scope == "organization":
            self.require_in_workspace(tx, user, path["organization_id"], rule["role"])
        elif scope == "user":
            _require_self(tx, user, path["user_id"])
        elif scope == "superuser" and not (user and user.is_superuser):
            raise Forbidden("User is not a superuser")

    def require_in_project(
        self, tx: Tx, user: User | None, project_id: int, role: str, writes: bool = False
    ) -> Project:
        """Return the project if the user has the role in it. Raises ProjectNotFound, Forbidden."""
        project = tx.get(Project, project_id)
        workspace = tx.get(Workspace, project.organization_id) if project else None
        if project is None or workspace is None or not workspace.is_active or project.status == "DELETED":
            raise ProjectNotFound(project_id)
        assert user is not None
        allowed = user.is_superuser or self.enough("project", self.in_project(tx, user, project), role)
        if not allowed or (writes and workspace.is_read_only):
            start = "User is read-only or" if writes else "User"
            raise Forbidden(f'{start} does not have the minimal required project role "{role}"')
        return project

    def require_in_workspace(self, tx: Tx, user: User | None, organization_id: int, role: str) -> Workspace:
        """Return the workspace if the user has the role in it. Raises WorkspaceNotFound, Forbidden."""
        workspace = tx.get(Workspace, organization_id)
        if workspace is None or not workspace.is_active:
            raise WorkspaceNotFound(organization_id)
        assert user is not None
        if not user.is_superuser and not self.enough(
            "organization", self.in_workspace(tx, user, organization_id), role
        ):
            raise Forbidden(f'User does not have the minimal required organization role "{role}"')
        return workspace


def _require_self(tx: Tx, user: User | None, user_id: int) -> None:
    assert user is not None
    if user.id != user_id and not user.is_superuser:
        raise Forbidden("User is not authorized to retrieve this user ID")
    if tx.get(User, user_id) is None:
        raise UserNotFound(user_id)
