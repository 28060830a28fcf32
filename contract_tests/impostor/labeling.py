"""Labeling sessions of the impostor: their documents, tags and marks."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contract_tests.impostor.answers import Refused, body_of, details_of, gone, number
from contract_tests.impostor.projects import document_of, project_of
from contract_tests.impostor.store import Row, Store, now

MODE = "ANNOTATION"
FIELDS = ("id", "uuid", "name", "created", "finished", "user_id", "project_id", "organization_id", "type", "status")


def _session(store: Store, request: Request) -> tuple[Row, Row]:
    """Return the project and the session of a path. Raises Refused."""
    project, found = project_of(store, request), store.sessions.get(request.path_params["annotation_id"])
    if found is None or found["project_id"] != project["id"]:
        raise Refused(404, "Project or labeling session not found.")
    return project, found


def _placed(store: Store, request: Request) -> tuple[Row, Row]:
    """Return the session and the document of a path. Raises Refused."""
    project, session = _session(store, request)
    document = document_of(store, project, request)
    if document["id"] not in session["documents"]:
        raise Refused(404, "The labeling session, the document or the project was not found")
    return session, document


def _segment(store: Store, request: Request) -> tuple[Row, Row, Row]:
    """Return the session, the document and the segment of a path. Raises Refused."""
    session, document = _placed(store, request)
    for part in document["segments"]:
        if part["id"] == request.path_params["segment_id"]:
            return session, document, part
    raise Refused(404, "The segment was not found")


def _tag(store: Store, request: Request) -> tuple[Row, Row]:
    """Return the session and the tag of a path. Raises Refused."""
    session, _, part = _segment(store, request)
    found = session["tags"].get(request.path_params["tag_id"])
    if found is None or found["segment_id"] != part["id"]:
        raise Refused(404, "The tag was not found")
    return session, found


async def list_sessions(store: Store, request: Request) -> Response:
    """Answer with the sessions of a project."""
    project, modes = project_of(store, request), request.query_params.get("mode", MODE).split(",")
    return JSONResponse([_shown(store, one) for one in store.sessions_of(project) if MODE in modes])


async def create(store: Store, request: Request) -> Response:
    """Make a session, of all documents of the project unless some are named."""
    project, body = project_of(store, request), await body_of(request)
    known = [one["id"] for one in store.documents_of(project)]
    chosen = body.get("document_ids") or ([] if body.get("documents") else known)
    if not set(chosen) <= set(known):
        raise Refused(400)
    added = [store.add_document(project, one["text"])["id"] for one in body.get("documents") or ()]
    session = store.add_session(store.users[project["user_id"]], project, body, [*chosen, *added])
    session["group"] = store.new_id() if added else None
    answer = JSONResponse(_shown(store, session), 201)
    session["status"] = "ANNOTATING"
    return answer


async def get(store: Store, request: Request) -> Response:
    """Answer with a session."""
    return JSONResponse(_shown(store, _session(store, request)[1]))


async def change(store: Store, request: Request) -> Response:
    """Change a session."""
    (_, session), body = _session(store, request), await body_of(request)
    session |= {field: body[field] for field in ("name", "classes", "labels") if field in body}
    session["documents"] = body.get("document_ids", session["documents"])
    return JSONResponse(_shown(store, session))


async def delete(store: Store, request: Request) -> Response:
    """Delete a session; its documents stay."""
    del store.sessions[_session(store, request)[1]["id"]]
    return gone()


async def list_documents(store: Store, request: Request) -> Response:
    """Answer with a session and its documents."""
    project, session = _session(store, request)
    offset, limit, details = (
        number(request, "offset", 0, 0, 2**31),
        number(request, "limit", 100, 1, 1000),
        details_of(request),
    )
    page = [store.documents[one] for one in session["documents"]][offset : offset + limit]
    rows = {
        kind: [one for one in project[kind].values() if one["name"] in session[kind]] for kind in ("classes", "labels")
    }
    documents = [_labelled(session, one, details) for one in page]
    return JSONResponse({**_shown(store, session), **rows, "documents": documents})


async def get_document(store: Store, request: Request) -> Response:
    """Answer with a document of a session."""
    session, document = _placed(store, request)
    return JSONResponse(_labelled(session, document, details_of(request)))


async def mark_document(store: Store, request: Request) -> Response:
    """Mark a whole document as done."""
    session, document = _placed(store, request)
    return await _marked(store, request, session, document, document["segments"], {})


async def mark_page(store: Store, request: Request) -> Response:
    """Mark a page as done; a text has one, the first."""
    session, document = _placed(store, request)
    return await _marked(store, request, session, document, document["segments"], {"page": request.path_params["page"]})


async def mark_segment(store: Store, request: Request) -> Response:
    """Mark a segment as done."""
    session, document, part = _segment(store, request)
    return await _marked(store, request, session, document, [part], {"segment_id": part["id"]})


async def list_tags(store: Store, request: Request) -> Response:
    """Answer with the tags of a segment."""
    session, _, part = _segment(store, request)
    return JSONResponse(list(_tags(session, part)))


async def create_tag(store: Store, request: Request) -> Response:
    """Add a tag to a segment."""
    session, _, part = _segment(store, request)
    body = _sensible(session, await body_of(request))
    tag = {"id": store.new_id(), "class": body.get("class"), "label": body.get("label"), "segment_id": part["id"]}
    session["tags"][tag["id"]] = tag
    return JSONResponse(_bare(tag))


async def get_tag(store: Store, request: Request) -> Response:
    """Answer with a tag."""
    return JSONResponse(_bare(_tag(store, request)[1]))


async def change_tag(store: Store, request: Request) -> Response:
    """Change a tag."""
    (session, tag), body = _tag(store, request), await body_of(request)
    tag |= {field: body[field] for field in ("class", "label") if field in _sensible(session, body)}
    return JSONResponse(_bare(tag))


async def delete_tag(store: Store, request: Request) -> Response:
    """Delete a tag."""
    session, tag = _tag(store, request)
    del session["tags"][tag["id"]]
    return gone()


async def list_project_tags(store: Store, request: Request) -> Response:
    """Answer with a page of all tags of a project."""
    project = project_of(store, request)
    tags = [_bare(tag) for session in store.sessions_of(project) for tag in session["tags"].values()]
    offset, limit = number(request, "offset", 0, 0, 2**31), number(request, "limit", 100, 1, 1000)
    page = tags[offset : offset + limit]
    return JSONResponse({"tags": page, "count": len(page), "offset": offset, "limit": limit, "total": len(tags)})


async def _marked(store: Store, request: Request, session: Row, document: Row, parts: list[Row], more: Row) -> Response:
    body = await body_of(request, name=str)
    if body["name"] != "ANNOTATED":
        raise Refused(400)
    session["marked"] |= {part["id"] for part in parts}
    if _progress(store, session) == 100:
        session |= {"status": "FINISHED", "finished": now()}
    shown = {"name": "ANNOTATED", "created": now(), "document_id": document["id"], "annotation_id": session["id"]}
    return JSONResponse({**shown, **more})


def _sensible(session: Row, body: Row) -> Row:
    """Return what is said of a tag. Raises Refused for a class or label that the session does not have."""
    if not (body.get("class") or body.get("label")):
        raise Refused(400)
    for field, known in (("class", session["classes"]), ("label", session["labels"])):
        if body.get(field) is not None and body[field] not in known:
            raise Refused(400)
    return body


def _shown(store: Store, session: Row) -> Row:
    shown = {field: session[field] for field in FIELDS}
    shown |= {"mode": MODE, "model_id": None, "document_group_id": session["group"], "description": ""}
    shown |= {"document_count": len(session["documents"]), "progress": _progress(store, session)}
    return {**shown, "classes": session["classes"], "labels": session["labels"]}


def _progress(store: Store, session: Row) -> float:
    parts = [part["id"] for one in session["documents"] for part in store.documents[one]["segments"]]
    return round(100 * len(session["marked"] & set(parts)) / len(parts), 1) if parts else 0.0


def _labelled(session: Row, document: Row, details: set[str]) -> Row:
    shown = {"id": document["id"], "text": document["text"]}
    if not details & {"segments", "tags"}:
        return shown
    tagged = "tags" in details
    parts = [{**part, **({"tags": list(_tags(session, part))} if tagged else {})} for part in document["segments"]]
    return {**shown, "segments": parts}


def _tags(session: Row, part: Row) -> Iterator[Row]:
    return (_bare(tag) for tag in session["tags"].values() if tag["segment_id"] == part["id"])


def _bare(tag: Row) -> Row:
    return {field: tag[field] for field in ("id", "class", "label")}
