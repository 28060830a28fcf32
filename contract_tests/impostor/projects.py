"""Projects, classes, labels and documents of the impostor."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from contract_tests.impostor.accounts import caller
from contract_tests.impostor.answers import Refused, body_of, details_of, gone, number, rows_of
from contract_tests.impostor.store import Row, Store, names, now

TYPES = ("ABSA", "CLASS", "LABEL", "CLASSLABEL")


def project_of(store: Store, request: Request) -> Row:
    """Return the project of a path. Raises Refused."""
    user, project = caller(store, request), store.projects.get(request.path_params["project_id"])
    if project is None:
        raise Refused(404)
    if project["user_id"] != user["id"]:
        raise Refused(403)
    return project


async def list_projects(store: Store, request: Request) -> Response:
    """Answer with the projects of the caller."""
    user = caller(store, request)
    return JSONResponse([_shown(one) for one in store.projects.values() if one["user_id"] == user["id"]])


async def create(store: Store, request: Request) -> Response:
    """Make a project."""
    user, body = caller(store, request), await body_of(request, name=str, type=str)
    if body["type"] not in TYPES:
        raise Refused(400)
    _only(store, user, body["name"])
    return JSONResponse(_shown(store.add_project(user, body["name"], body["type"])), 201)


async def get(store: Store, request: Request) -> Response:
    """Answer with a project."""
    return JSONResponse(_shown(project_of(store, request)))


async def change(store: Store, request: Request) -> Response:
    """Change the name or the type of a project."""
    project, body = project_of(store, request), await body_of(request)
    if body.get("type", "ABSA") not in TYPES or not body.get("name", "-"):
        raise Refused(400)
    _only(store, store.users[project["user_id"]], body.get("name"), project)
    project |= {field: body[field] for field in ("name", "type") if field in body}
    return JSONResponse(_shown(project))


def _only(store: Store, user: Row, name: str | None, but: Row | None = None) -> None:
    """Raise Refused for a name that another project of the workspace has."""
    own = [one for one in store.projects.values() if one["user_id"] == user["id"] and one is not but]
    if any(one["name"] == name for one in own):
        raise Refused(409)


async def delete(store: Store, request: Request) -> Response:
    """Delete a project."""
    store.delete_project(project_of(store, request))
    return gone()


async def get_task(store: Store, request: Request) -> Response:
    """Answer with something that takes time, and is over at once here."""
    caller(store, request)
    task = store.tasks.get(request.path_params["task_id"])
    if task is None:
        raise Refused(404, "The task was not found")
    return JSONResponse(task)


def _shown(project: Row) -> Row:
    shown = {field: project[field] for field in ("id", "name", "type", "created")}
    lists = {kind: names(project[kind]) for kind in ("classes", "labels")}
    return {**shown, **lists, "models": [], "status": "CREATED", "external_id": None}


# Classes and labels


def _own(store: Store, request: Request, kind: str) -> tuple[Row, Row]:
    """Return the project and the class or label of a path. Raises Refused."""
    project, one = project_of(store, request), "class" if kind == "classes" else "label"
    found = project[kind].get(request.path_params[f"{one}_id"])
    if found is None:
        raise Refused(404, f"The {one} or the project was not found")
    return project, found


def _free(project: Row, kind: str, name: str, but: Row | None = None) -> str:
    """Return a name that nothing else of the project has. Raises Refused, for classes with a code that no source names."""
    if any(row["name"] == name and row is not but for row in project[kind].values()):
        raise Refused(400 if kind == "classes" else 409, "The name is taken")
    return name


async def list_classes(store: Store, request: Request) -> Response:
    """Answer with the classes of a project."""
    return JSONResponse(list(project_of(store, request)["classes"].values()))


async def create_class(store: Store, request: Request) -> Response:
    """Make a class."""
    project, body = project_of(store, request), await body_of(request, name=str)
    _free(project, "classes", body["name"])
    return JSONResponse(store.add_class(project, body), 201)


async def upload_classes(store: Store, request: Request) -> Response:
    """Make several classes."""
    project, rows = project_of(store, request), await rows_of(request, "name")
    for row in rows:
        _free(project, "classes", row["name"])
    return JSONResponse([store.add_class(project, row) for row in rows], 201)


async def get_class(store: Store, request: Request) -> Response:
    """Answer with a class."""
    return JSONResponse(_own(store, request, "classes")[1])


async def change_class(store: Store, request: Request) -> Response:
    """Change a class."""
    (project, found), body = _own(store, request, "classes"), await body_of(request)
    _free(project, "classes", body.get("name", ""), found)
    found |= {field: body[field] for field in ("name", "example", "description") if field in body}
    return JSONResponse(found)


async def delete_class(store: Store, request: Request) -> Response:
    """Delete a class."""
    project, found = _own(store, request, "classes")
    del project["classes"][found["id"]]
    return gone()


async def list_labels(store: Store, request: Request) -> Response:
    """Answer with the labels of a project."""
    return JSONResponse(list(project_of(store, request)["labels"].values()))


async def create_label(store: Store, request: Request) -> Response:
    """Make a label; an ABSA project takes none."""
    project, body = project_of(store, request), await body_of(request, name=str)
    if project["type"] == "ABSA":
        raise Refused(409)
    return JSONResponse(store.add_label(project, _free(project, "labels", body["name"])), 201)


async def get_label(store: Store, request: Request) -> Response:
    """Answer with a label."""
    return JSONResponse(_own(store, request, "labels")[1])


async def change_label(store: Store, request: Request) -> Response:
    """Change the name of a label."""
    (project, label), body = _own(store, request, "labels"), await body_of(request, name=str)
    label["name"] = _free(project, "labels", body["name"], label)
    return JSONResponse(label)


async def change_label_by_name(store: Store, request: Request) -> Response:
    """Change the name of a label that is found by its name."""
    project, body = project_of(store, request), await body_of(request, name=str)
    for label in project["labels"].values():
        if label["name"] == request.path_params["name"]:
            label["name"] = _free(project, "labels", body["name"], label)
            return JSONResponse(label)
    raise Refused(404, "The label or the project was not found")


async def delete_label(store: Store, request: Request) -> Response:
    """Delete a label; an ABSA project keeps its own."""
    project, label = _own(store, request, "labels")
    if project["type"] == "ABSA":
        raise Refused(409)
    del project["labels"][label["id"]]
    return gone()


# Documents


def document_of(store: Store, project: Row, request: Request) -> Row:
    """Return the document of a path. Raises Refused."""
    found = store.documents.get(request.path_params["document_id"])
    if found is None or found["project_id"] != project["id"]:
        raise Refused(404, "The document or the project was not found")
    return found


async def list_documents(store: Store, request: Request) -> Response:
    """Answer with a page, whose `documents` are one object as documented: the first of them, an empty list without any."""
    project = project_of(store, request)
    found = [one for one in store.documents_of(project) if request.query_params.get("search", "") in one["text"]]
    if "true" in (request.query_params.get("grouped"), request.query_params.get("analysed")):
        found = []  # there are no groups and no analyses
    offset, limit = number(request, "offset", 0, 0, 2**31), number(request, "limit", 100, 1, 1000)
    page, details = found[offset : offset + limit], details_of(request)
    answer: dict[str, Any] = {"documents": _document(page[0], details) if page else [], "count": len(page)}
    return JSONResponse({**answer, "has_more": offset + limit < len(found), "offset": offset, "limit": limit})


async def create_document(store: Store, request: Request) -> Response:
    """Make a document."""
    project, body = project_of(store, request), await body_of(request, text=str)
    document = store.add_document(project, body["text"])
    return JSONResponse({"text": document["text"], "id": document["id"]}, 201)


async def upload_documents(store: Store, request: Request) -> Response:
    """Make several documents; which task that is, is told in a shape that no source describes."""
    project, rows = project_of(store, request), await rows_of(request, "text")
    for row in rows:
        store.add_document(project, row["text"])
    task: Row = {"id": store.new_id(), "type": "UPLOAD", "status": "FINISHED", "progress": 100.0, "created": now()}
    store.tasks[task["id"]] = {**task, "finished": now(), "project_id": project["id"]}
    return JSONResponse({"task_id": task["id"], "accepted": len(rows)}, 202)


async def get_document(store: Store, request: Request) -> Response:
    """Answer with a document."""
    project = project_of(store, request)
    return JSONResponse(_document(document_of(store, project, request), details_of(request)))


async def change_document(store: Store, request: Request) -> Response:
    """Change the text of a document, and with it its segments."""
    project, body = project_of(store, request), await body_of(request, text=str)
    document = document_of(store, project, request)
    document |= {"text": body["text"], "segments": store.segments(body["text"])}
    return JSONResponse({"text": document["text"], "id": document["id"]})


async def delete_document(store: Store, request: Request) -> Response:
    """Delete a document, from sessions as well."""
    document = document_of(store, project_of(store, request), request)
    del store.documents[document["id"]]
    for session in store.sessions.values():
        session["documents"] = [one for one in session["documents"] if one != document["id"]]
    return gone()


def _document(document: Row, details: set[str]) -> Row:
    shown = {"id": document["id"], "text": document["text"]}
    tags: Row = {"tags": []} if "tags" in details else {}
    segments = [{**part, **tags} for part in document["segments"]]
    return {**shown, "segments": segments} if details & {"segments", "tags"} else shown
