"""The operations tagged Classes."""

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import classes
from mock_server.studio.rows import ModelClass
from mock_server.studio.views.classes import model_class

FIELDS = ("name", "example", "description")


def list_classes(call: Call) -> Reply:
    """GET /projects/{project_id}/classes"""
    found = call.tx.rows(ModelClass, project_id=call.path["project_id"])
    return replies.ok([model_class(row) for row in found])


def create_class(call: Call) -> Reply:
    """POST /projects/{project_id}/classes"""
    return replies.created(model_class(classes.create_class(call.tx, call.path["project_id"], **_fields(call.body))))


def get_class(call: Call) -> Reply:
    """GET /projects/{project_id}/classes/{class_id}"""
    return replies.ok(model_class(classes.get_class(call.tx, **call.path)))


def change_class(call: Call) -> Reply:
    """PUT /projects/{project_id}/classes/{class_id}"""
    return replies.ok(model_class(classes.change_class(call.tx, **call.path, **_fields(call.body))))


def delete_class(call: Call) -> Reply:
    """DELETE /projects/{project_id}/classes/{class_id}"""
    classes.delete_class(call.tx, **call.path)
    return replies.done("The class was deleted.")


def _fields(body: Json) -> Json:
    return {name: body[name] for name in FIELDS if name in body}
