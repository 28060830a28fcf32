"""The application of the impostor: its routes, and who calls.

Not here: what the routes do (`accounts`, `projects`, `labeling`).
"""

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contract_tests.impostor import accounts, labeling, projects
from contract_tests.impostor.answers import Refused, refusal
from contract_tests.impostor.store import Store

EMAIL, PASSWORD = "live@example.com", "live-password"  # of who is there from the beginning
Answering = Callable[[Store, Request], Awaitable[Response]]

PROJECT = "/projects/{project_id:int}"
SESSION = PROJECT + "/annotations/{annotation_id:int}"
DOCUMENT = SESSION + "/documents/{document_id:int}"
SEGMENT = DOCUMENT + "/segments/{segment_id:int}"

ROUTES: tuple[tuple[str, str, Answering], ...] = (
    ("POST", "/auth/register", accounts.register),
    ("POST", "/auth/login", accounts.log_in),
    ("POST", "/auth/logout", accounts.log_out),
    ("GET", "/auth/status", accounts.status),
    ("GET", "/projects", projects.list_projects),
    ("POST", "/projects", projects.create),
    ("GET", PROJECT, projects.get),
    ("PUT", PROJECT, projects.change),
    ("DELETE", PROJECT, projects.delete),
    ("GET", PROJECT + "/tags", labeling.list_project_tags),
    ("GET", "/tasks/{task_id:int}", projects.get_task),  # a path that no source names
    ("GET", PROJECT + "/classes", projects.list_classes),
    ("POST", PROJECT + "/classes", projects.create_class),
    ("POST", PROJECT + "/upload-classes", projects.upload_classes),
    ("GET", PROJECT + "/classes/{class_id:int}", projects.get_class),
    ("PUT", PROJECT + "/classes/{class_id:int}", projects.change_class),
    ("DELETE", PROJECT + "/classes/{class_id:int}", projects.delete_class),
    ("GET", PROJECT + "/labels", projects.list_labels),
    ("POST", PROJECT + "/labels", projects.create_label),
    ("PUT", PROJECT + "/labels/named/{name}", projects.change_label_by_name),  # a path that no source names
    ("GET", PROJECT + "/labels/{label_id:int}", projects.get_label),
    ("PUT", PROJECT + "/labels/{label_id:int}", projects.change_label),
    ("DELETE", PROJECT + "/labels/{label_id:int}", projects.delete_label),
    ("GET", PROJECT + "/documents", projects.list_documents),
    ("POST", PROJECT + "/documents", projects.create_document),
    ("POST", PROJECT + "/upload-documents", projects.upload_documents),
    ("GET", PROJECT + "/documents/{document_id:int}", projects.get_document),
    ("PUT", PROJECT + "/documents/{document_id:int}", projects.change_document),
    ("DELETE", PROJECT + "/documents/{document_id:int}", projects.delete_document),
    ("GET", PROJECT + "/annotations", labeling.list_sessions),
    ("POST", PROJECT + "/annotations", labeling.create),
    ("GET", SESSION, labeling.get),
    ("PUT", SESSION, labeling.change),
    ("DELETE", SESSION, labeling.delete),
    ("GET", SESSION + "/documents", labeling.list_documents),
    ("GET", DOCUMENT, labeling.get_document),
    ("POST", DOCUMENT + "/statuses", labeling.mark_document),
    ("POST", DOCUMENT + "/pages/{page:int}/marks", labeling.mark_page),  # a path that no source names
    ("POST", SEGMENT + "/statuses", labeling.mark_segment),
    ("GET", SEGMENT + "/tags", labeling.list_tags),
    ("POST", SEGMENT + "/tags", labeling.create_tag),
    ("GET", SEGMENT + "/tags/{tag_id:int}", labeling.get_tag),
    ("PUT", SEGMENT + "/tags/{tag_id:int}", labeling.change_tag),
    ("DELETE", SEGMENT + "/tags/{tag_id:int}", labeling.delete_tag),
)


class Impostor:
    """One deployment: its state and its application. Somebody with `EMAIL` and `PASSWORD` is there from the beginning."""

    def __init__(self) -> None:
        self.store = Store()
        self.store.add_user(EMAIL, PASSWORD, "Liv", "Berg")
        handlers = {Refused: refusal, HTTPException: refusal}
        routes = [Route(path, self._endpoint(answer), methods=[method]) for method, path, answer in ROUTES]
        self.app = Starlette(routes=routes, exception_handlers=handlers)

    def _endpoint(self, answer: Answering) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            return await answer(self.store, request)

        return endpoint
