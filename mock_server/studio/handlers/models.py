"""The operations tagged Models."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import model_files, models, training
from mock_server.studio.rows import Analysis, Model, ModelPermission
from mock_server.studio.views import models as views
from mock_server.studio.views.analyses import analysis
from mock_server.world import Ids


def list_models(call: Call) -> Reply:
    """GET /models"""
    return _page(call, models.list_models(call.tx, call.user, call.api.roles, call.query))


async def upload_model(call: Call) -> Reply:
    """POST /models/upload"""
    packed = await call.in_thread(model_files.unpack, call.files["file"].content)
    created = models.upload_model(call.tx, call.user, call.api.roles, call.body, packed)
    return replies.ok(views.model(call.tx, created))


def get_model(call: Call) -> Reply:
    """GET /models/{model_id}"""
    return replies.ok(views.detailed(call.tx, models.get_model(call.tx, **call.path)))


def change_model(call: Call) -> Reply:
    """PUT /models/{model_id}"""
    found = models.get_model(call.tx, **call.path)
    return replies.ok(views.model(call.tx, models.change_model(call.tx, found, call.body)))


def delete_model(call: Call) -> Reply:
    """DELETE /models/{model_id}"""
    models.delete_model(call.tx, models.get_model(call.tx, **call.path))
    return replies.done("The model was deleted.")


def list_model_analyses(call: Call) -> Reply:
    """GET /models/{model_id}/analyses"""
    tx, details = call.tx, call.query["details"]
    found = models.list_analyses(tx, call.user, call.api.roles, models.get_model(tx, **call.path))
    return replies.page(tx, Analysis, found, call.query, "analyses", lambda row: analysis(tx, row, details))


async def download_model(call: Call) -> Reply:
    """GET /models/{model_id}/download"""
    return await _download(call, call.api.roles.addressed_model(call.tx, call.user, call.path))


def list_model_permissions(call: Call) -> Reply:
    """GET /models/{model_id}/permissions"""
    return replies.ok([views.permission(call.tx, row) for row in call.tx.rows(ModelPermission, **call.path)])


def star_model(call: Call) -> Reply:
    """POST /models/{model_id}/star"""
    models.star(call.tx, models.get_model(call.tx, **call.path), call.user)
    return replies.done("The model was starred.")


def unstar_model(call: Call) -> Reply:
    """POST /models/{model_id}/unstar"""
    models.unstar(call.tx, models.get_model(call.tx, **call.path), call.user)
    return replies.done("The star was taken off the model.")


def list_workspace_models(call: Call) -> Reply:
    """GET /organizations/{organization_id}/models"""
    workspace = call.path["organization_id"]
    return _page(call, models.list_workspace_models(call.tx, call.user, call.api.roles, workspace, call.query))


async def download_workspace_model(call: Call) -> Reply:
    """GET /organizations/{organization_id}/models/{model_id}/download"""
    return await _download(call, call.api.roles.addressed_model(call.tx, call.user, call.path))


def list_project_models(call: Call) -> Reply:
    """GET /projects/{project_id}/models"""
    return replies.ok([views.model(call.tx, row) for row in call.tx.rows(Model, **call.path)])


async def train_model(call: Call) -> Reply:
    """POST /projects/{project_id}/models"""
    plan = training.plan(call.tx, call.user, call.api.roles, call.path["project_id"], call.body)
    outcome = await call.in_thread(training.outcome, call.tx, plan)
    created = models.train_model(call.tx, call.user, plan, outcome)
    return replies.created(views.model(call.tx, created))


def get_project_model(call: Call) -> Reply:
    """GET /projects/{project_id}/models/{model_id}"""
    return replies.ok(views.detailed(call.tx, models.get_project_model(call.tx, **call.path)))


def change_project_model(call: Call) -> Reply:
    """PUT /projects/{project_id}/models/{model_id}"""
    found = models.get_project_model(call.tx, **call.path)
    return replies.ok(views.model(call.tx, models.change_model(call.tx, found, call.body)))


def delete_project_model(call: Call) -> Reply:
    """DELETE /projects/{project_id}/models/{model_id}"""
    models.delete_model(call.tx, models.get_project_model(call.tx, **call.path))
    return replies.done("The model was deleted.")


async def download_project_model(call: Call) -> Reply:
    """GET /projects/{project_id}/models/{model_id}/download"""
    return await _download(call, models.get_project_model(call.tx, **call.path))


def _page(call: Call, found: Ids) -> Reply:
    return replies.page(call.tx, Model, found, call.query, "models", lambda row: views.model(call.tx, row))


async def _download(call: Call, found: Model) -> Reply:
    content = await call.in_thread(model_files.pack, call.tx, models.require_usable(found))
    return replies.download(content, "application/zip", views.filename(found))
