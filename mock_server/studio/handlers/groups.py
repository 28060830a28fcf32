"""The operations tagged Groups."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import files, replies
from mock_server.studio.domain import documents, groups, sources
from mock_server.studio.domain.documents import Filters
from mock_server.studio.domain.errors import Invalid
from mock_server.studio.domain.sources import SourceNotFound
from mock_server.studio.rows import Group
from mock_server.studio.views import documents as document_views
from mock_server.studio.views.files import preview
from mock_server.studio.views.groups import group


def list_groups(call: Call) -> Reply:
    """GET /projects/{project_id}/groups"""
    return replies.ok([group(call.tx, row) for row in call.tx.rows(Group, project_id=call.path["project_id"])])


async def create_group(call: Call) -> Reply:
    """POST /projects/{project_id}/groups"""
    project_id = call.path["project_id"]
    source = groups.source_of(call.tx, project_id, call.body)
    drafts = await call.in_thread(source.drafts, call.body.get("split", True))
    return replies.created(group(call.tx, groups.create_group(call.tx, project_id, call.user, source, drafts)))


def connect_group_source(call: Call) -> Reply:
    """POST /projects/{project_id}/groups/connect"""
    project_id, body = call.path["project_id"], call.body
    try:
        credential = sources.get_credential(call.tx, project_id, body["credential_id"], body["source"])
    except SourceNotFound:
        raise Invalid("Invalid credentials", "body.credential_id") from None
    sheet = sources.fetch(credential, body.get("parameters"))
    name = f"{credential.name}.json"
    return replies.ok(preview(sources.keep_file(call.tx, "GROUP", project_id, call.user, name, sheet)))


async def upload_group_file(call: Call) -> Reply:
    """POST /projects/{project_id}/groups/upload"""
    name, sheet = await files.uploaded(call)
    file = sources.keep_file(call.tx, "GROUP", call.path["project_id"], call.user, name, sheet)
    return replies.ok(preview(file, call.body.get("to_list", True)))


def get_group(call: Call) -> Reply:
    """GET /projects/{project_id}/groups/{group_id}"""
    return replies.ok(group(call.tx, groups.get_group(call.tx, **call.path)))


async def change_group(call: Call) -> Reply:
    """PUT /projects/{project_id}/groups/{group_id}"""
    body, project_id = call.body, call.path["project_id"]
    groups.require_ready(call.tx, **call.path)
    source = groups.given(call.tx, project_id, body.get("documents", ()), body.get("document_ids", ()))
    drafts = await call.in_thread(source.drafts, True)
    changed = groups.change_group(call.tx, **call.path, name=body.get("name"), source=source, drafts=drafts)
    return replies.ok(group(call.tx, changed))


def delete_group(call: Call) -> Reply:
    """DELETE /projects/{project_id}/groups/{group_id}"""
    groups.delete_group(call.tx, **call.path)
    return replies.done("The group was deleted.")


async def download_group(call: Call) -> Reply:
    """GET /projects/{project_id}/groups/{group_id}/download"""
    header, rows = groups.table(call.tx, **call.path)
    return await files.download(call, f"group-{call.path['group_id']}", header, rows)


def list_group_documents(call: Call) -> Reply:
    """GET /projects/{project_id}/groups/{group_id}/documents"""
    query, found = call.query, groups.get_group(call.tx, **call.path)
    filters = Filters(group_id=found.id, search=query["search"])
    rows, _ = documents.list_documents(call.tx, found.project_id, filters, query["offset"], query["limit"])
    return replies.ok(document_views.documents(call.tx, rows, query["details"]))


def get_group_document(call: Call) -> Reply:
    """GET /projects/{project_id}/groups/{group_id}/documents/{document_id}"""
    found = groups.get_group_document(call.tx, **call.path)
    return replies.ok(document_views.document(call.tx, found, call.query["details"]))
