"""The operations tagged Labels."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import files, replies
from mock_server.studio.domain import labels, names
from mock_server.studio.rows import Label
from mock_server.studio.views.labels import label


def list_labels(call: Call) -> Reply:
    """GET /projects/{project_id}/labels"""
    return replies.ok([label(row) for row in call.tx.rows(Label, **call.path)])


def create_label(call: Call) -> Reply:
    """POST /projects/{project_id}/labels"""
    return replies.created(label(labels.create_label(call.tx, **call.path, wanted=call.body)))


async def upload_labels_file(call: Call) -> Reply:
    """POST /projects/{project_id}/labels/upload"""
    _, sheet = await files.uploaded(call, names.header_first(files.readable_name(call.files["file"])))
    added = labels.create_labels(call.tx, **call.path, wanted=names.records(sheet, labels.COLUMNS))
    return replies.ok([label(row) for row in added])


async def download_labels(call: Call) -> Reply:
    """GET /projects/{project_id}/labels/download"""
    rows = [(row.id, row.name) for row in call.tx.rows(Label, **call.path)]
    return await files.download(call, "labels", ("id", *labels.COLUMNS), rows)


def get_label(call: Call) -> Reply:
    """GET /projects/{project_id}/labels/{label_id}"""
    return replies.ok(label(labels.get_label(call.tx, **call.path)))


def change_label(call: Call) -> Reply:
    """PUT /projects/{project_id}/labels/{label_id}"""
    return replies.ok(label(labels.change_label(call.tx, **call.path, wanted=call.body)))


def change_label_by_name(call: Call) -> Reply:
    """PUT /projects/{project_id}/labels/by-name/{name}"""
    return replies.ok(label(labels.change_label_by_name(call.tx, **call.path, wanted=call.body)))


def delete_label(call: Call) -> Reply:
    """DELETE /projects/{project_id}/labels/{label_id}"""
    labels.delete_label(call.tx, **call.path)
    return replies.done("The label was deleted.")
