"""The operations tagged Classes."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import files, replies
from mock_server.studio.domain import classes, names
from mock_server.studio.rows import ModelClass
from mock_server.studio.views.classes import model_class


def list_classes(call: Call) -> Reply:
    """GET /projects/{project_id}/classes"""
    return replies.ok([model_class(row) for row in call.tx.rows(ModelClass, **call.path)])


def create_class(call: Call) -> Reply:
    """POST /projects/{project_id}/classes"""
    return replies.created(model_class(classes.create_class(call.tx, **call.path, wanted=call.body)))


def upload_classes(call: Call) -> Reply:
    """POST /projects/{project_id}/upload-classes"""
    added = classes.create_classes(call.tx, **call.path, wanted=call.body)
    return replies.created([model_class(row) for row in added])


async def upload_classes_file(call: Call) -> Reply:
    """POST /projects/{project_id}/classes/upload"""
    _, sheet = await files.uploaded(call, names.header_first(files.readable_name(call.files["file"])))
    added = classes.create_classes(call.tx, **call.path, wanted=names.records(sheet, classes.COLUMNS))
    return replies.ok([model_class(row) for row in added])


async def download_classes(call: Call) -> Reply:
    """GET /projects/{project_id}/classes/download"""
    rows = call.tx.rows(ModelClass, **call.path)
    header = ("id", *classes.COLUMNS)
    return await files.download(call, "classes", header, [(r.id, r.name, r.example, r.description) for r in rows])


def get_class(call: Call) -> Reply:
    """GET /projects/{project_id}/classes/{class_id}"""
    return replies.ok(model_class(classes.get_class(call.tx, **call.path)))


def change_class(call: Call) -> Reply:
    """PUT /projects/{project_id}/classes/{class_id}"""
    return replies.ok(model_class(classes.change_class(call.tx, **call.path, wanted=call.body)))


def delete_class(call: Call) -> Reply:
    """DELETE /projects/{project_id}/classes/{class_id}"""
    classes.delete_class(call.tx, **call.path)
    return replies.done("The class was deleted.")
