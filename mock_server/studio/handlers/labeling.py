"""The operations tagged Labeling."""

from collections.abc import Iterable

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import files, replies
from mock_server.studio.domain import labeling, marks, names, session_sources, sources, tags
from mock_server.studio.domain.drafts import drafted_all
from mock_server.studio.rows import Session, Tag
from mock_server.studio.views import documents as document_views
from mock_server.studio.views import labeling as views
from mock_server.studio.views.files import preview
from mock_server.studio.views.tags import tag


def list_sessions(call: Call) -> Reply:
    """GET /projects/{project_id}/annotations"""
    found = labeling.list_sessions(call.tx, call.path["project_id"], call.query["mode"], call.query["status"])
    return replies.ok([views.session(call.tx, row) for row in found])


async def create_session(call: Call) -> Reply:
    """POST /projects/{project_id}/annotations"""
    body, project_id = call.body, call.path["project_id"]
    source = session_sources.of_body(call.tx, project_id, body)
    filling = await call.in_thread(source.filling, body.get("auto", False), body.get("sample_size"))
    created = labeling.create_session(call.tx, project_id, call.user, {"name": source.name, **body}, filling)
    return replies.created(views.session(call.tx, created))


async def connect_session_source(call: Call) -> Reply:
    """POST /projects/{project_id}/annotations/connect"""
    source = session_sources.connected(call.tx, call.path["project_id"], call.body)
    return replies.ok(await _session_of(call, source))


async def upload_session_file(call: Call) -> Reply:
    """POST /projects/{project_id}/annotations/upload"""
    project_id, show_preview = call.path["project_id"], call.body.get("show_preview", False)
    header_first = None if show_preview else names.header_first(files.readable_name(call.files["file"]))
    filename, sheet = await files.uploaded(call, header_first)
    if show_preview:
        return replies.ok(preview(sources.keep_file(call.tx, "SESSION", project_id, call.user, filename, sheet)))
    return replies.ok(await _session_of(call, session_sources.of_file(call.tx, project_id, filename, sheet)))


async def download_sessions(call: Call) -> Reply:
    """GET /projects/{project_id}/annotations/download"""
    project_id = call.path["project_id"]
    found = list(call.tx.rows(Session, project_id=project_id))
    return await _download(call, f"labeling-project-{project_id}", found, numbered=True)


def get_session(call: Call) -> Reply:
    """GET /projects/{project_id}/annotations/{annotation_id}"""
    return replies.ok(views.session(call.tx, labeling.get_session(call.tx, **call.path)))


async def change_session(call: Call) -> Reply:
    """PUT /projects/{project_id}/annotations/{annotation_id}"""
    labeling.get_session(call.tx, **call.path)
    drafts = await call.in_thread(drafted_all, call.body.get("documents", ()))
    changed = labeling.change_session(call.tx, **call.path, user=call.user, wanted=call.body, drafts=drafts)
    return replies.ok(views.session(call.tx, changed))


def delete_session(call: Call) -> Reply:
    """DELETE /projects/{project_id}/annotations/{annotation_id}"""
    labeling.delete_session(call.tx, **call.path)
    return replies.done("The labeling session was deleted.")


async def download_session(call: Call) -> Reply:
    """GET /projects/{project_id}/annotations/{annotation_id}/download"""
    found = labeling.get_session(call.tx, **call.path)
    return await _download(call, f"labeling-{found.id}", [found])


def list_session_documents(call: Call) -> Reply:
    """GET /projects/{project_id}/annotations/{annotation_id}/documents"""
    tx, query = call.tx, call.query
    found = labeling.get_session(tx, **call.path)
    rows = labeling.list_documents(tx, found, query["offset"], query["limit"])
    shown = document_views.documents(tx, rows, query["details"], found.id)
    return replies.ok(views.session_with_documents(tx, found, shown))


def get_session_document(call: Call) -> Reply:
    """GET /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}"""
    found, _, document = labeling.get_session_document(call.tx, **call.path)
    return replies.ok(document_views.document(call.tx, document, call.query["details"], found.id))


def mark_document(call: Call) -> Reply:
    """POST /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/statuses"""
    return replies.ok(views.mark(marks.mark_document(call.tx, **call.path)))


def mark_page(call: Call) -> Reply:
    """POST /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/pages/{page}/statuses"""
    held = marks.mark_page(call.tx, **call.path)
    return replies.ok({**views.mark(held), "segment_id": marks.only_segment(call.tx, held)})


def mark_segment(call: Call) -> Reply:
    """POST /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/segments/{segment_id}/statuses"""
    held = marks.mark_segment(call.tx, **call.path)
    return replies.ok(views.mark(held, call.path["segment_id"]))


def list_segment_tags(call: Call) -> Reply:
    """GET /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/segments/{segment_id}/tags"""
    session, _, segment = labeling.get_segment(call.tx, **call.path)
    return replies.ok([tag(call.tx, row) for row in call.tx.rows(Tag, session_id=session.id, segment_id=segment.id)])


def create_segment_tag(call: Call) -> Reply:
    """POST /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/segments/{segment_id}/tags"""
    place = labeling.get_segment(call.tx, **call.path)
    return replies.created(tag(call.tx, tags.add_tag(call.tx, *place, given=call.body, user=call.user)))


def get_segment_tag(call: Call) -> Reply:
    """GET /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/segments/{segment_id}/tags/{tag_id}"""
    return replies.ok(tag(call.tx, labeling.get_segment_tag(call.tx, **call.path)))


def change_segment_tag(call: Call) -> Reply:
    """PUT /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/segments/{segment_id}/tags/{tag_id}"""
    found = labeling.get_segment_tag(call.tx, **call.path)
    return replies.ok(tag(call.tx, tags.change_tag(call.tx, found, call.body)))


def delete_segment_tag(call: Call) -> Reply:
    """DELETE /projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/segments/{segment_id}/tags/{tag_id}"""
    tags.delete_tag(call.tx, labeling.get_segment_tag(call.tx, **call.path))
    return replies.done("The tag was deleted.")


async def _session_of(call: Call, source: session_sources.Source) -> Json:
    filling = await call.in_thread(source.filling)
    created = labeling.create_session(call.tx, call.path["project_id"], call.user, {"name": source.name}, filling)
    return views.session(call.tx, created)


async def _download(call: Call, name: str, sessions: Iterable[Session], numbered: bool = False) -> Reply:
    header, rows = await call.in_thread(views.table, call.tx, sessions, numbered)
    return await files.download(call, name, header, rows)
