"""The operations tagged Tasks."""

from mock_server.blue_guardrails import replies
from mock_server.blue_guardrails.domain import projects, tasks
from mock_server.blue_guardrails.pages import Listing, page
from mock_server.blue_guardrails.rows import BgTask
from mock_server.blue_guardrails.views.tasks import bulk_assigned, task_detail, task_list_item
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply


def list_labeling_tasks(call: Call) -> Reply:
    """GET /v1/labeling-projects/{project_id}/tasks"""
    tx = call.tx
    project = projects.get_project(tx, call.user.workspace.id, **call.path)
    listing = Listing("tasks", (project.id,), call.query)
    ids = tasks.select_tasks(tx, project, call.query)
    return replies.ok(page(tx, BgTask, ids, listing, lambda row: task_list_item(tx, row)))


def claim_labeling_task(call: Call) -> Reply:
    """POST /v1/labeling-projects/{project_id}/tasks/claim"""
    project = projects.get_project(call.tx, call.user.workspace.id, **call.path)
    return replies.ok(task_detail(call.tx, tasks.claim(call.tx, project, call.user.user, call.body["lane"])))


def assign_labeling_tasks(call: Call) -> Reply:
    """POST /v1/labeling-tasks/bulk-assign"""
    wanted = call.body["task_ids"], call.body["assignee_id"]
    return replies.ok(bulk_assigned(tasks.assign(call.tx, call.user.workspace.id, *wanted)))
