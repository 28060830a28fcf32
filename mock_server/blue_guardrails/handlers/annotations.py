"""The operations tagged Annotations."""

from mock_server.blue_guardrails import replies
from mock_server.blue_guardrails.domain import annotations
from mock_server.blue_guardrails.pages import Listing, page
from mock_server.blue_guardrails.rows import BgAnnotation
from mock_server.blue_guardrails.views.annotations import annotation
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply


def list_labeling_annotations(call: Call) -> Reply:
    """GET /v1/labeling-annotations"""
    tx, workspace = call.tx, call.user.workspace
    listing = Listing("annotations", (workspace.id,), call.query)
    ids = annotations.select_annotations(tx, workspace.id, call.query)
    return replies.ok(page(tx, BgAnnotation, ids, listing, lambda row: annotation(tx, row)))


def create_labeling_annotation(call: Call) -> Reply:
    """POST /v1/labeling-annotations"""
    made = annotations.create_annotation(call.tx, call.user.workspace.id, call.body)
    return replies.created(annotation(call.tx, made))


def get_labeling_annotation(call: Call) -> Reply:
    """GET /v1/labeling-annotations/{annotation_id}"""
    found = annotations.get_annotation(call.tx, call.user.workspace.id, **call.path)
    return replies.ok(annotation(call.tx, found))


def change_labeling_annotation(call: Call) -> Reply:
    """PATCH /v1/labeling-annotations/{annotation_id}"""
    found = annotations.get_annotation(call.tx, call.user.workspace.id, **call.path)
    return replies.ok(annotation(call.tx, annotations.change_annotation(call.tx, found, call.body)))
