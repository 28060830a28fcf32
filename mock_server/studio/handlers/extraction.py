"""The operation tagged Extraction."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import extraction
from mock_server.studio.views import extraction as views


async def extract_document(call: Call) -> Reply:
    """POST /organizations/{organization_id}/projects/{project_id}/models/{model_id}/extract"""
    asked = [call.query[name] == "true" for name in ("return_bboxes", "return_annotated_pages")]
    order = extraction.order(call.tx, call.api.roles, call.user, call.path, *asked)
    file = call.files["file"]
    found = await call.in_thread(extraction.read, file.filename, file.content, order)
    reviews = extraction.keep(call.tx, call.api.roles, order, found)
    return replies.ok(views.extraction(order, found, reviews))
