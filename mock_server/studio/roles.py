"""Who may do what, read from `spec/studio/roles.yaml` (as `x-role` and `x-roles` of the bundled contract)."""

from mock_server.contract import Json
from mock_server.studio.domain import model_places
from mock_server.studio.domain.errors import (
    Forbidden,
    ModelNotFound,
    NotFound,
    ProjectNotFound,
    UserNotFound,
    WorkspaceNotFound,
)
from mock_server.studio.rows import (
    Model,
    ModelPermission,
    Project,
    ProjectPermission,
    User,
    Workspace,
    WorkspacePermission,
)
from mock_server.world import Tx


class Roles:
    """The ranks of roles, what a workspace role is worth in a project, and which one makes projects."""

    def __init__(self, table: Json) -> None:
        self.ranks = {scope: {role: at for at, role in enumerate(roles)} for scope, roles in table["ranks"].items()}
        self.carries_over: dict[str, dict[str, str]] = table["carries_over"]
        self.home: str = table["home"]["role"]
        self.use: str = table["use"]["role"]

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

    def in_model(self, tx: Tx, user: User, model: Model) -> str | None:
        """Return the highest of the roles that the workspace, the project and the model itself give; USER in a public one."""
        carries = self.carries_over["model"]
        workspace_id = model_places.workspace_id_of(tx, model)
        project = tx.get(Project, model.project_id) if model.project_id is not None else None
        own = tx.first(ModelPermission, model_id=model.id, user_id=user.id)
        held = {own.role if own else None, self.use if model_places.is_public(model) else None}
        if workspace_id is not None:
            held.add(carries.get(self.in_workspace(tx, user, workspace_id) or ""))
        if project is not None:
            held.add(carries.get(self.in_project(tx, user, project) or ""))
        return max(held - {None}, key=lambda role: self.ranks["model"][role or ""], default=None)

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
            workspace = addressed_workspace(tx, path["organization_id"])
            self.require_in_workspace(tx, user, workspace.id, rule["role"])
        elif scope == "model":
            model = self.addressed_model(tx, user, path)
            self.require_in_model(tx, user, model.id, rule["role"], rule.get("writes", False))
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

    def require_in_model(
        self, tx: Tx, user: User | None, model_id: int, role: str | None = None, writes: bool = False
    ) -> Model:
        """Return the model if the user has the role in it, without one the role to use it. Raises ModelNotFound, Forbidden."""
        model = tx.get(Model, model_id)
        if model is None or not model_places.is_there(tx, model):
            raise ModelNotFound(model_id)
        assert user is not None
        role = role or self.use
        allowed = user.is_superuser or self.enough("model", self.in_model(tx, user, model), role)
        if not allowed or (writes and model_places.is_read_only(tx, model)):
            start = "User is read-only or" if writes else "User"
            raise Forbidden(f'{start} does not have the minimal required model role "{role}"')
        return model

    def addressed_model(self, tx: Tx, user: User | None, path: Json) -> Model:
        """Return the model that a path names by id or name, of its workspace where it names one too.

        Digits are an id first. Without a workspace a name is looked for in the user's default one, then among all models
        that the user may use. Raises ModelNotFound, WorkspaceModelNotFound.
        """
        told = path["model_id"]
        if isinstance(told, int):
            return self._there(tx, tx.get(Model, told), ModelNotFound(told))
        assert user is not None
        if "organization_id" in path:
            return self._of_workspace(tx, path["organization_id"], told)
        return self._there(tx, by_id(tx, told) or self._usable_by_name(tx, user, told), ModelNotFound(told))

    def _of_workspace(self, tx: Tx, workspace: int | str, told: str) -> Model:
        problem = WorkspaceModelNotFound()
        try:
            workspace_id = addressed_workspace(tx, workspace).id
        except WorkspaceNotFound:
            raise problem from None
        numbered = by_id(tx, told)
        if numbered is not None and model_places.workspace_id_of(tx, numbered) == workspace_id:
            return self._there(tx, numbered, problem)
        return self._there(tx, model_places.named(tx, workspace_id, told), problem)

    def _usable_by_name(self, tx: Tx, user: User, name: str) -> Model | None:
        home = user.default_organization_id
        own = model_places.named(tx, home, name) if home is not None else None
        if own is not None and model_places.is_there(tx, own):
            return own
        return next((row for row in tx.rows(Model, name=name) if self.may_use(tx, user, row)), None)

    def may_use(self, tx: Tx, user: User, model: Model) -> bool:
        """Whether a model is there and the user has the role to use it."""
        if not model_places.is_there(tx, model):
            return False
        return user.is_superuser or self.enough("model", self.in_model(tx, user, model), self.use)

    def _there(self, tx: Tx, model: Model | None, problem: NotFound) -> Model:
        if model is None or not model_places.is_there(tx, model):
            raise problem
        return model


class WorkspaceModelNotFound(NotFound):
    """There is no such workspace, or it has no such model."""

    def __init__(self) -> None:
        super().__init__("No workspace or model was found that corresponds to the ID or the name sent")


def addressed_workspace(tx: Tx, told: int | str) -> Workspace:
    """Return the active workspace with an id or a name; digits are an id first. Raises WorkspaceNotFound."""
    row_id = _number(told)
    found = tx.get(Workspace, row_id) if row_id is not None else None
    if (found is None or not found.is_active) and isinstance(told, str):
        found = tx.first(Workspace, name=told, is_active=True)
    if found is None or not found.is_active:
        raise WorkspaceNotFound(told)
    return found


def by_id(tx: Tx, told: str) -> Model | None:
    """Return the model whose id the digits of a text are, or None."""
    row_id = _number(told)
    return tx.get(Model, row_id) if row_id is not None else None


def _number(told: int | str) -> int | None:
    if isinstance(told, int):
        return told
    return int(told) if told.isascii() and told.isdigit() and len(told) < 20 else None


def _require_self(tx: Tx, user: User | None, user_id: int) -> None:
    assert user is not None
    if user.id != user_id and not user.is_superuser:
        raise Forbidden("User is not authorized to retrieve this user ID")
    if tx.get(User, user_id) is None:
        raise UserNotFound(user_id)
