"""What belongs to a workspace. Callers who name one in the path, as an alias of the contract has it, reach nothing else."""

from mock_server.contract import Json
from mock_server.studio.domain import model_places
from mock_server.studio.domain.errors import ModelNotFound, NotFound, ProjectNotFound, WorkspaceNotFound
from mock_server.studio.roles import Roles
from mock_server.studio.rows import Analysis, Model, Project, ProjectPermission, User, Workspace
from mock_server.world import Tx


class AnalysisElsewhere(NotFound):
    """The workspace has no such analysis."""

    def __init__(self, analysis_id: int) -> None:
        super().__init__("The analysis was not found")
        self.analysis_id = analysis_id


def enter(tx: Tx, roles: Roles, user: User | None, workspace_id: int, path: Json) -> None:
    """Let a caller into a workspace who has any role in it or in a project of it, to what is addressed in it.

    Who may do what with a project or a model is asked by its own rule afterwards. Raises WorkspaceNotFound,
    ProjectNotFound, ModelNotFound, AnalysisElsewhere, Forbidden.
    """
    workspace = tx.get(Workspace, workspace_id)
    if workspace is None or not workspace.is_active:
        raise WorkspaceNotFound(workspace_id)
    if "project_id" in path and not _has_project(tx, workspace_id, path["project_id"]):
        raise ProjectNotFound(path["project_id"])
    if "model_id" in path and not _has_model(tx, workspace_id, roles.addressed_model(tx, user, path)):
        raise ModelNotFound(path["model_id"])
    if "analysis_id" in path and not _has_analysis(tx, workspace_id, path["analysis_id"]):
        raise AnalysisElsewhere(path["analysis_id"])
    own_rule = "project_id" in path or "model_id" in path
    if user is not None and not own_rule and not _has_project_of(tx, user, workspace_id):
        roles.require_in_workspace(tx, user, workspace_id, "USER")


def _has_project(tx: Tx, workspace_id: int, project_id: int) -> bool:
    project = tx.get(Project, project_id)
    return project is not None and project.organization_id == workspace_id


def _has_model(tx: Tx, workspace_id: int, model: Model) -> bool:
    """A model of the vendor is at home everywhere."""
    return model_places.is_of_vendor(model) or model_places.workspace_id_of(tx, model) == workspace_id


def _has_analysis(tx: Tx, workspace_id: int, analysis_id: int) -> bool:
    analysis = tx.get(Analysis, analysis_id)
    if analysis is None:
        return False
    if analysis.organization_id == workspace_id:
        return True
    return analysis.project_id is not None and _has_project(tx, workspace_id, analysis.project_id)


def _has_project_of(tx: Tx, user: User, workspace_id: int) -> bool:
    given = tx.rows(ProjectPermission, user_id=user.id)
    return any(_has_project(tx, workspace_id, permission.project_id) for permission in given)
