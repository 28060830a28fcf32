"""The operations tagged Correction."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import correcting, correction, labeling
from mock_server.studio.views import correction as views
from mock_server.studio.views import documents, tags
from mock_server.studio.views.labeling import session_with_documents


def list_corrections(call: Call) -> Reply:
    """GET /projects/{project_id}/corrections"""
    found = correction.list_corrections(call.tx, **call.path, status=call.query["status"])
    return replies.ok([views.session(call.tx, row) for row in found])


def create_correction(call: Call) -> Reply:
    """POST /projects/{project_id}/corrections"""
    created = correction.create_correction(call.tx, **call.path, user=call.user, wanted=call.body)
    return replies.created(views.session(call.tx, created))


def get_correction(call: Call) -> Reply:
    """GET /projects/{project_id}/corrections/{correction_id}"""
    return replies.ok(views.session(call.tx, correction.get_correction(call.tx, **call.path)))


def delete_correction(call: Call) -> Reply:
    """DELETE /projects/{project_id}/corrections/{correction_id}"""
    correction.delete_correction(call.tx, **call.path)
    return replies.done("The correction session was deleted.")


def list_correction_documents(call: Call) -> Reply:
    """GET /projects/{project_id}/corrections/{correction_id}/documents"""
    tx, query = call.tx, call.query
    found = correction.get_correction(tx, **call.path)
    rows = labeling.list_documents(tx, found, query["offset"], query["limit"])
    shown = documents.documents(tx, rows, query["details"], found.id, tags.correction_tag)
    return replies.ok(session_with_documents(tx, found, shown))


def mark_correction_segment(call: Call) -> Reply:
    """POST /projects/{project_id}/corrections/{correction_id}/documents/{document_id}/segments/{segment_id}/statuses"""
    held = correcting.mark_segment(call.tx, correcting.place(call.tx, **call.path))
    return replies.ok(views.after_mark(call.tx, held, call.path["segment_id"]))


def create_correction_tag(call: Call) -> Reply:
    """POST /projects/{project_id}/corrections/{correction_id}/documents/{document_id}/segments/{segment_id}/tags"""
    added = correcting.add_tag(call.tx, correcting.place(call.tx, **call.path), call.body, call.user)
    return replies.created(views.after_tag(call.tx, added))


def change_correction_tag(call: Call) -> Reply:
    """PUT /projects/{project_id}/corrections/{correction_id}/documents/{document_id}/segments/{segment_id}/tags/{tag_id}"""
    tag, at = correcting.tag_and_place(call.tx, **call.path)
    return replies.ok(views.after_tag(call.tx, correcting.change_tag(call.tx, tag, at, call.body, call.user)))


def delete_correction_tag(call: Call) -> Reply:
    """DELETE /projects/{project_id}/corrections/{correction_id}/documents/{document_id}/segments/{segment_id}/tags/{tag_id}"""
    tag, at = correcting.tag_and_place(call.tx, **call.path)
    return replies.ok(views.after_mark(call.tx, correcting.delete_tag(call.tx, tag, at), at.segment.id))


def confirm_correction_tag(call: Call) -> Reply:
    """POST /projects/{project_id}/corrections/{correction_id}/documents/{document_id}/segments/{segment_id}/tags/{tag_id}/statuses"""
    tag, at = correcting.tag_and_place(call.tx, **call.path)
    return replies.ok(views.after_tag(call.tx, correcting.confirm_tag(call.tx, tag, at, call.body["status"])))
