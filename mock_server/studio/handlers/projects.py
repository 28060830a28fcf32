"""The operations tagged Projects."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import projects, tags
from mock_server.studio.rows import Analysis, ProjectPermission, Tag
from mock_server.studio.views import projects as views
from mock_server.studio.views.analyses import analysis
from mock_server.studio.views.tags import tag


def list_projects(call: Call) -> Reply:
    """GET /projects"""
    tx, found = call.tx, projects.list_projects(call.tx, call.user, call.api.roles, call.workspace_id)
    return replies.ok([views.project(tx, row) if call.query["details"] else views.brief(row) for row in found])


def create_project(call: Call) -> Reply:
    """POST /projects"""
    name, kind = call.body["name"], call.body["type"]
    created = projects.create_project(call.tx, call.user, call.api.roles, name, kind, call.workspace_id)
    return replies.created(views.project(call.tx, created))


def get_project(call: Call) -> Reply:
    """GET /projects/{project_id}"""
    return replies.ok(views.project(call.tx, projects.get_project(call.tx, **call.path)))


def change_project(call: Call) -> Reply:
    """PUT /projects/{project_id}"""
    wanted = {field: call.body[field] for field in ("name", "type") if field in call.body}
    return replies.ok(views.project(call.tx, projects.change_project(call.tx, **call.path, **wanted)))


def delete_project(call: Call) -> Reply:
    """DELETE /projects/{project_id}"""
    projects.delete_project(call.tx, **call.path)
    return replies.done("The project was deleted.")


def list_project_analyses(call: Call) -> Reply:
    """GET /projects/{project_id}/analyses"""
    tx, details = call.tx, call.query["details"]
    found = tx.ids(Analysis, **call.path)
    return replies.page(tx, Analysis, found, call.query, "analyses", lambda row: analysis(tx, row, details))


def clone_project(call: Call) -> Reply:
    """POST /projects/{project_id}/clone"""
    target = call.body.get("organization_id", call.workspace_id)
    clone, job = projects.clone_project(call.tx, call.user, call.api.roles, **call.path, organization_id=target)
    return replies.ok({**views.project(call.tx, clone), "task_id": job.id})


def transfer_project(call: Call) -> Reply:
    """POST /projects/{project_id}/transfer"""
    target = call.body.get("organization_id")
    job = projects.transfer_project(call.tx, call.user, call.api.roles, **call.path, organization_id=target)
    if job is None:
        return replies.done("The project is in this workspace already.")
    return replies.done("The project was transferred.", task_id=job.id)


def get_task(call: Call) -> Reply:
    """GET /projects/{project_id}/tasks/{task_id}"""
    return replies.ok(views.task(call.tx, projects.get_task(call.tx, **call.path)))


def list_project_permissions(call: Call) -> Reply:
    """GET /projects/{project_id}/permissions"""
    return replies.ok([views.permission(call.tx, row) for row in call.tx.rows(ProjectPermission, **call.path)])


def list_project_tags(call: Call) -> Reply:
    """GET /projects/{project_id}/tags"""
    tx, query, found = call.tx, call.query, call.tx.ids(Tag, **call.path, status="READY")
    offset, limit = query["offset"], query["limit"]
    shown = [tag(tx, row, query["classes"], query["labels"]) for row in tx.page(Tag, found, offset, limit)]
    return replies.ok({"tags": shown, "count": len(shown), "offset": offset, "limit": limit, "total": len(found)})


def change_project_tag(call: Call) -> Reply:
    """PUT /projects/{project_id}/tags/{tag_id}"""
    changed = tags.change_tag(call.tx, tags.get_tag(call.tx, **call.path), call.body)
    return replies.ok([tag(call.tx, changed)])


def delete_project_tag(call: Call) -> Reply:
    """DELETE /projects/{project_id}/tags/{tag_id}"""
    tags.delete_tag(call.tx, tags.get_tag(call.tx, **call.path))
    return replies.done("The tag was deleted.")
