"""The operations tagged Annotations."""

from mock_server.label_studio import replies
from mock_server.label_studio.domain import annotations
from mock_server.label_studio.views import annotations as views
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply


def get_annotation(call: Call) -> Reply:
    """GET /api/annotations/{id}/"""
    return replies.ok(views.annotation(call.tx, annotations.annotation(call.tx, call.user, call.path["id"])))


def change_annotation(call: Call) -> Reply:
    """PATCH /api/annotations/{id}/"""
    row = annotations.change(call.tx, call.user, call.path["id"], call.body or {})
    return replies.ok(views.annotation(call.tx, row))


def delete_annotation(call: Call) -> Reply:
    """DELETE /api/annotations/{id}/"""
    annotations.delete(call.tx, call.user, call.path["id"])
    return replies.gone()


def list_annotations(call: Call) -> Reply:
    """GET /api/tasks/{id}/annotations/"""
    rows = annotations.listed(call.tx, call.user, call.path["id"], call.query["ordering"])
    return replies.ok([views.annotation(call.tx, row) for row in rows])


def create_annotation(call: Call) -> Reply:
    """POST /api/tasks/{id}/annotations/"""
    row = annotations.create(call.tx, call.user, call.path["id"], call.body or {})
    return replies.created(views.annotation(call.tx, row))
