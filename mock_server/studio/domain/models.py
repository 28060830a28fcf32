"""Models: which there are for whom, how they are changed, starred and deleted. How one learns is in `training`, how one
becomes a file and comes back in `model_files`, where it belongs in `model_places`, what it says of a text in `taggers`.
"""

from collections.abc import Iterator, Mapping
from math import inf, isfinite
from typing import Any

from mock_server.studio.domain import model_places, still_there, training
from mock_server.studio.domain.errors import Conflict, Invalid, ModelNotFound, NotFound
from mock_server.studio.domain.model_files import Packed
from mock_server.studio.domain.projects import home
from mock_server.studio.roles import Roles, addressed_workspace
from mock_server.studio.rows import (
    Analysis,
    Model,
    ModelPermission,
    ModelStar,
    Project,
    ProjectPermission,
    User,
    WorkspacePermission,
)
from mock_server.times import moment
from mock_server.world import Ids, Tx

USABLE = training.TRAINED
WRITTEN = (
    "base",
    "display_name",
    "language",
    "long_description",
    "short_description",
)  # what people write, beside the name


class ProjectModelNotFound(NotFound):
    """There is no such model in the project."""

    def __init__(self, model_id: int) -> None:
        super().__init__("The model or the project was not found")
        self.model_id = model_id


class ModelNotReady(Conflict):
    """The model has not been trained yet, or its training failed."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The model is {status}; it can be used when it is READY")
        self.status = status


class StatusRefused(Conflict):
    """The model cannot have the status that is asked for."""

    def __init__(self, status: str, wanted: str) -> None:
        told = f"it can be made {wanted} when it is READY" if wanted in USABLE else f"nobody can make it {wanted}"
        super().__init__(f"The model is {status}; {told}")


class NoUsableModel(Conflict):
    """No model was named, and there is none that the caller may use."""

    def __init__(self) -> None:
        super().__init__("There is no model that is READY")


# Finding


def get_model(tx: Tx, model_id: int) -> Model:
    """Return a model. Raises ModelNotFound."""
    found = tx.get(Model, model_id)
    if found is None:
        raise ModelNotFound(model_id)
    return found


def get_project_model(tx: Tx, project_id: int, model_id: int) -> Model:
    """Return a model that was trained in the project. Raises ProjectModelNotFound."""
    found = tx.get(Model, model_id)
    if found is None or found.project_id != project_id:
        raise ProjectModelNotFound(model_id)
    return found


def require_usable(model: Model) -> Model:
    """Return the model if it is trained: READY, ACTIVE or PUBLISHED. Raises ModelNotReady."""
    if model.status not in USABLE:
        raise ModelNotReady(model.status)
    return model


def newest_usable(tx: Tx, user: User, roles: Roles, workspace_id: int | None = None) -> Model:
    """Return the newest trained model that the user may use, with a workspace of its models and the public ones.

    Raises NoUsableModel.
    """
    found = [row for row in _rows(tx, _usable_ids(tx, user, roles)) if row.status in USABLE]
    if workspace_id is not None:
        here = model_places.workspace_id_of
        found = [row for row in found if model_places.is_public(row) or here(tx, row) == workspace_id]
    if not found:
        raise NoUsableModel
    return max(found, key=lambda row: (row.created, row.id))


def list_models(tx: Tx, user: User, roles: Roles, filters: Mapping[str, Any]) -> Ids:
    """Return the ids of the models that a user may use and that pass the filters."""
    return _filtered(tx, user, _rows(tx, _usable_ids(tx, user, roles)), filters)


def list_workspace_models(tx: Tx, user: User, roles: Roles, workspace: int | str, filters: Mapping[str, Any]) -> Ids:
    """Return the ids of the models of a workspace (id or name) that a user may use and that pass the filters.

    Raises WorkspaceNotFound.
    """
    workspace_id = addressed_workspace(tx, workspace).id
    found = _rows(tx, set(_ids_of_workspace(tx, workspace_id)))
    return _filtered(tx, user, [row for row in found if roles.may_use(tx, user, row)], filters)


def list_analyses(tx: Tx, user: User, roles: Roles, model: Model) -> Ids:
    """Return the ids of the analyses of a model that a user may see: all in a project that they can read, else their own."""
    project = tx.get(Project, model.project_id) if model.project_id is not None else None
    if user.is_superuser or (project is not None and roles.in_project(tx, user, project) is not None):
        return tx.ids(Analysis, model_id=model.id)
    return tx.ids(Analysis, user_id=user.id, model_id=model.id)


def _rows(tx: Tx, ids: set[int]) -> list[Model]:
    found = (tx.get(Model, model_id) for model_id in sorted(ids))
    return [row for row in found if row is not None and model_places.is_there(tx, row)]


def _usable_ids(tx: Tx, user: User, roles: Roles) -> set[int]:
    return set(tx.ids(Model)) if user.is_superuser else set(_may_use(tx, user, roles))


def _may_use(tx: Tx, user: User, roles: Roles) -> Iterator[int]:
    """Ids of models in which a user has a role, some of them twice."""
    yield from tx.ids(Model, status="PUBLISHED")
    yield from tx.ids(Model, project_id=None, organization_id=None)
    for given in tx.rows(WorkspacePermission, user_id=user.id):
        if given.role in roles.carries_over["model"]:  # any role in a model is a USER's at least
            yield from _ids_of_workspace(tx, given.organization_id)
    for held in tx.rows(ProjectPermission, user_id=user.id):
        yield from tx.ids(Model, project_id=held.project_id)
    for own in tx.rows(ModelPermission, user_id=user.id):
        yield own.model_id


def _ids_of_workspace(tx: Tx, workspace_id: int) -> Iterator[int]:
    yield from tx.ids(Model, organization_id=workspace_id)
    for project_id in tx.ids(Project, organization_id=workspace_id):
        yield from tx.ids(Model, project_id=project_id)


def _filtered(tx: Tx, user: User, models: list[Model], filters: Mapping[str, Any]) -> Ids:
    if filters.get("collection_id") is not None:
        return Ids()  # there are none
    search = (filters.get("search") or "").casefold()
    public, starred, kind = (filters.get(name) for name in ("public", "starred", "type"))
    return Ids.of(
        row.id
        for row in models
        if row.id != filters.get("exclude_id")
        and kind in (None, row.type)
        and public in (None, model_places.is_public(row))
        and starred in (None, bool(tx.ids(ModelStar, model_id=row.id, user_id=user.id)))
        and (search in row.name.casefold() or search in row.display_name.casefold())
    )


# Writing


def upload_model(tx: Tx, user: User, roles: Roles, form: Mapping[str, Any], packed: Packed) -> Model:
    """Add a model from a file to the default workspace of the user; what the form says counts more than the file.

    Raises NoDefaultWorkspace, Forbidden, ModelNameTaken.
    """
    workspace = home(tx, user, roles, None)
    if "name" in form:
        model_places.refuse_taken(tx, workspace.id, form["name"])
    name = form.get("name") or model_places.free_name(
        tx, workspace.id, model_places.internal_name(form["display_name"])
    )
    said = {**packed.fields(), **{field: form[field] for field in WRITTEN if field in form}}
    if "score" in form:
        said["score"] = _score(form["score"])
    status = form.get("status") if form.get("status") in USABLE else "READY"
    said |= {"name": name, "status": status, "progress": 100.0, "organization_id": workspace.id}
    return put_model(tx, user, said)


def _score(number: float) -> float:
    try:
        score = float(number)
    except OverflowError:
        score = inf
    if not isfinite(score):
        raise Invalid("The score is too large", "body.score")
    return score


def put_model(tx: Tx, user: User | None, fields: Mapping[str, Any]) -> Model:
    """Add a model; the user becomes its owner and its MANAGER."""
    owner_id = still_there.user_id(tx, user)
    model = tx.put(Model(id=tx.new_id(Model), uuid=tx.uuid(), owner_id=owner_id, created=tx.now, **fields))
    if owner_id is not None:
        tx.put(ModelPermission(id=tx.new_id(ModelPermission), model_id=model.id, user_id=owner_id, role="MANAGER"))
    return model


def train_model(tx: Tx, user: User | None, plan: training.Plan, outcome: training.Outcome) -> Model:
    """Add a model that is in its training, of which the outcome is known already. Raises ProjectNotFound, ModelNameTaken."""
    project = still_there.project(tx, plan.project_id)
    if plan.name is not None:
        model_places.refuse_taken(tx, project.organization_id, plan.name)
    display_name = plan.display_name or plan.name or project.name
    wish = plan.name or model_places.internal_name(display_name)
    fields = {
        "name": model_places.free_name(tx, project.organization_id, wish),
        "display_name": display_name,
        "project_id": project.id,
        "base": plan.base,
        "language": plan.language,
        "status": "TRAINING",
        "type": project.type,
        "classes": outcome.classes,
        "labels": outcome.labels,
    }
    model = put_model(tx, user, fields)
    training.start(tx, model, user, outcome)
    return model


def change_model(tx: Tx, model: Model, wanted: Mapping[str, Any]) -> Model:
    """Change what people say of a model, as far as it is given. Raises ModelNameTaken, StatusRefused, Invalid."""
    fields = {field: wanted[field] for field in WRITTEN if field in wanted}
    if "name" in wanted:
        model_places.refuse_taken(tx, model_places.workspace_id_of(tx, model), wanted["name"], model.id)
        fields["name"] = wanted["name"]
    if "created" in wanted:
        fields["created"] = _moment(wanted["created"])
    now = training.life(tx, model).status
    if wanted.get("status", now) != now:
        if now not in USABLE or wanted["status"] not in USABLE:
            raise StatusRefused(now, wanted["status"])
        fields["status"] = wanted["status"]
    return tx.change(model, **fields)


def _moment(text: str) -> Any:
    try:
        return moment(text.upper().replace(":60", ":59"))  # a leap second
    except (ValueError, OverflowError):
        raise Invalid("The time is none that can be kept", "body.created") from None


def delete_model(tx: Tx, model: Model) -> None:
    """Delete a model and end its training; what it made stays and forgets it."""
    training.stop(tx, model)
    tx.delete(model)


def star(tx: Tx, model: Model, user: User) -> None:
    """Mark a model for a user; it can be marked already."""
    if not tx.ids(ModelStar, model_id=model.id, user_id=user.id):
        tx.put(ModelStar(id=tx.new_id(ModelStar), model_id=model.id, user_id=user.id))


def unstar(tx: Tx, model: Model, user: User) -> None:
    """Take the mark of a user off a model; there need be none."""
    for found in list(tx.rows(ModelStar, model_id=model.id, user_id=user.id)):
        tx.delete(found)
