"""The operations tagged HITL."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import hitl
from mock_server.studio.rows import Hitl, Review
from mock_server.studio.views import hitl as views


def list_hitls(call: Call) -> Reply:
    """GET /projects/{project_id}/hitls"""
    rows = call.tx.rows(Hitl, project_id=call.path["project_id"])
    return replies.ok([views.hitl(call.tx, row) for row in rows])


def create_hitl(call: Call) -> Reply:
    """POST /projects/{project_id}/hitls"""
    made = hitl.create_hitl(call.tx, call.api.roles, call.path["project_id"], call.body or {})
    return replies.created(views.hitl(call.tx, made))


def get_hitl(call: Call) -> Reply:
    """GET /projects/{project_id}/hitls/{hitl_id}"""
    found = hitl.get_hitl(call.tx, call.path["project_id"], call.path["hitl_id"])
    return replies.ok(views.hitl(call.tx, found))


def change_hitl(call: Call) -> Reply:
    """PUT /projects/{project_id}/hitls/{hitl_id}"""
    changed = hitl.change_hitl(call.tx, call.api.roles, call.path["project_id"], call.path["hitl_id"], call.body or {})
    return replies.ok(views.hitl(call.tx, changed))


def assign_hitl(call: Call) -> Reply:
    """PUT /projects/{project_id}/hitls/{hitl_id}/assign"""
    changed = hitl.assign_hitl(call.tx, call.api.roles, call.path["project_id"], call.path["hitl_id"], call.body or {})
    return replies.ok(views.hitl(call.tx, changed))


def list_hitl_reviews(call: Call) -> Reply:
    """GET /projects/{project_id}/hitls/{hitl_id}/reviews"""
    found = hitl.get_hitl(call.tx, call.path["project_id"], call.path["hitl_id"])
    rows = call.tx.rows(Review, hitl_id=found.id)
    return replies.ok([views.review(row, call.query["with_full_data"]) for row in rows])
