"""The operations tagged Projects."""

from mock_server.blue_guardrails import replies
from mock_server.blue_guardrails.domain import exports, projects
from mock_server.blue_guardrails.pages import Listing, page
from mock_server.blue_guardrails.rows import BgProject
from mock_server.blue_guardrails.views.projects import exported, project_detail
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply


def list_labeling_projects(call: Call) -> Reply:
    """GET /v1/labeling-projects"""
    tx, workspace = call.tx, call.user.workspace
    listing = Listing("projects", (workspace.id,), call.query)
    ids = tx.ids(BgProject, workspace_id=workspace.id)
    return replies.ok(page(tx, BgProject, ids, listing, lambda row: project_detail(tx, row), newest_first=True))


def create_labeling_project(call: Call) -> Reply:
    """POST /v1/labeling-projects"""
    return replies.created(project_detail(call.tx, projects.create_project(call.tx, call.user, call.body)))


def get_labeling_project(call: Call) -> Reply:
    """GET /v1/labeling-projects/{project_id_or_slug}"""
    project = projects.find_project(call.tx, call.user.workspace.id, call.path["project_id_or_slug"])
    return replies.ok(project_detail(call.tx, project))


def change_labeling_project(call: Call) -> Reply:
    """PATCH /v1/labeling-projects/{project_id_or_slug}"""
    project = projects.get_project(call.tx, call.user.workspace.id, call.path["project_id_or_slug"])
    return replies.ok(project_detail(call.tx, projects.change_project(call.tx, project, call.body)))


def export_labeling_project(call: Call) -> Reply:
    """GET /v1/labeling-projects/{project_id}/export"""
    project = projects.get_project(call.tx, call.user.workspace.id, **call.path)
    return replies.ok(exported(call.tx, project, exports.export(call.tx, project)))
