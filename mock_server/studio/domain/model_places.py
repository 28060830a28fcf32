"""Where models are: which workspace a model belongs to, who else may use it, and names that come once in a workspace."""

import re
from collections.abc import Collection

from mock_server.studio.domain.errors import Conflict
from mock_server.studio.rows import Model, Project, Workspace
from mock_server.world import Tx

LONGEST = 255  # as the contract's Name


class ModelNameTaken(Conflict):
    """Another model of the workspace has the name."""

    def __init__(self, name: str) -> None:
        super().__init__("A model with this name exists already")
        self.name = name


def workspace_id_of(tx: Tx, model: Model) -> int | None:
    """Return the workspace of a model: that of its project, or the one it was uploaded to; None for a model of the vendor."""
    if model.project_id is None:
        return model.organization_id
    project = tx.get(Project, model.project_id)
    return project.organization_id if project else None


def is_there(tx: Tx, model: Model) -> bool:
    """Whether a model can be reached: its workspace is active, its project not deleted."""
    if is_of_vendor(model):
        return True
    project = tx.get(Project, model.project_id) if model.project_id is not None else None
    workspace = tx.get(Workspace, workspace_id_of(tx, model) or 0)
    return workspace is not None and workspace.is_active and (project is None or project.status != "DELETED")


def is_read_only(tx: Tx, model: Model) -> bool:
    """Whether the workspace of a model is read-only."""
    workspace = tx.get(Workspace, workspace_id_of(tx, model) or 0)
    return workspace is not None and workspace.is_read_only


def is_of_vendor(model: Model) -> bool:
    """Whether the vendor brought the model along."""
    return model.project_id is None and model.organization_id is None


def is_public(model: Model) -> bool:
    """Whether everybody who is signed in can use the model."""
    return model.status == "PUBLISHED" or is_of_vendor(model)


def named(tx: Tx, workspace_id: int | None, name: str) -> Model | None:
    """Return the model of a workspace (None: of the vendor) with this name, or None."""
    return next((row for row in tx.rows(Model, name=name) if workspace_id_of(tx, row) == workspace_id), None)


def refuse_taken(tx: Tx, workspace_id: int | None, name: str, but: int | None = None) -> None:
    """Raise ModelNameTaken if a model of the workspace, other than the one with the id `but`, has the name."""
    found = named(tx, workspace_id, name)
    if found is not None and found.id != but:
        raise ModelNameTaken(name)


def free_name(tx: Tx, workspace_id: int | None, name: str, taken: Collection[str] = ()) -> str:
    """Return the name, with a number behind it if a model of the workspace has it or it is in `taken`."""
    number, free = 1, name
    while free in taken or named(tx, workspace_id, free) is not None:
        number += 1
        suffix = f"-{number}"
        free = name[: LONGEST - len(suffix)] + suffix
    return free


def internal_name(display_name: str) -> str:
    """Return an internal name for a display name: lower-case, words joined by hyphens."""
    return re.sub(r"[\W_]+", "-", display_name.lower()).strip("-")[:LONGEST] or "model"


def settle_names(tx: Tx, project: Project) -> None:
    """Give the models of a project that has come to another workspace names that are free there."""
    for model in list(tx.rows(Model, project_id=project.id)):
        others = [row for row in tx.rows(Model, name=model.name) if row.id != model.id]
        if any(workspace_id_of(tx, row) == project.organization_id for row in others):
            tx.change(model, name=free_name(tx, project.organization_id, model.name))
