"""The operations tagged Documents."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import documents
from mock_server.studio.domain.drafts import drafted, drafted_all, spans_of
from mock_server.studio.views import documents as views

FILTERS = ("annotation_id", "analysis_id", "group_id", "grouped", "analysed", "search")


def list_documents(call: Call) -> Reply:
    """GET /projects/{project_id}/documents"""
    query = call.query
    filters = documents.Filters(**{name: query[name] for name in FILTERS})
    rows, has_more = documents.list_documents(
        call.tx, call.path["project_id"], filters, query["offset"], query["limit"]
    )
    shown = views.documents(call.tx, rows, query["details"])
    paging = {"has_more": has_more, "offset": query["offset"], "limit": query["limit"], "count": len(shown)}
    return replies.ok({"documents": shown, **paging})


async def create_document(call: Call) -> Reply:
    """POST /projects/{project_id}/documents"""
    segments = call.body.get("segments")
    given = {"text": call.body["text"], "segments": [segments] if isinstance(segments, dict) else segments}
    draft = await call.in_thread(drafted, given)
    return replies.created(views.plain(documents.create_document(call.tx, call.path["project_id"], draft)))


def get_document(call: Call) -> Reply:
    """GET /projects/{project_id}/documents/{document_id}"""
    return replies.ok(views.document(call.tx, documents.get_document(call.tx, **call.path), call.query["details"]))


async def change_document(call: Call) -> Reply:
    """PUT /projects/{project_id}/documents/{document_id}"""
    text = call.body["text"]
    spans = await call.in_thread(spans_of, text)
    return replies.ok(views.plain(documents.change_document(call.tx, **call.path, text=text, spans=spans)))


def delete_document(call: Call) -> Reply:
    """DELETE /projects/{project_id}/documents/{document_id}"""
    documents.delete_document(call.tx, **call.path)
    return replies.done("The document was deleted.")


async def upload_documents(call: Call) -> Reply:
    """POST /projects/{project_id}/upload-documents"""
    drafts = await call.in_thread(drafted_all, call.body)
    task = documents.upload_documents(call.tx, call.path["project_id"], call.user, drafts)
    return replies.done(f"Documents that are being added: {len(drafts)}.", 202, task_id=task.id)
