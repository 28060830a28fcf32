"""In what the impostor differs from the stand-in, as data: what a comparison of the two has to find, and nothing else.

Each is a place where no source speaks, or where they contradict each other.
"""

from typing import NamedTuple

OPERATIONS = (
    *("get_auth_status", "list_projects", "create_project", "get_project", "change_project", "delete_project"),
    *("list_project_tags", "get_task", "list_classes", "create_class", "upload_classes", "get_class", "change_class"),
    *(
        "delete_class",
        "list_labels",
        "create_label",
        "change_label_by_name",
        "get_label",
        "change_label",
        "delete_label",
    ),
    *("list_documents", "create_document", "upload_documents", "get_document", "change_document", "delete_document"),
    *("list_sessions", "create_session", "get_session", "change_session", "delete_session", "list_session_documents"),
    *("get_session_document", "mark_document", "mark_page", "mark_segment", "list_segment_tags", "create_segment_tag"),
    *("get_segment_tag", "change_segment_tag", "delete_segment_tag"),
)  # what there is of the API

MOVED = {
    "get_task": "/tasks/{task_id}",
    "change_label_by_name": "/projects/{project_id}/labels/named/{name}",
    "mark_page": "/projects/{project_id}/annotations/{annotation_id}/documents/{document_id}/pages/{page}/marks",
}  # the three whose paths no source names, and where they are here


class Planted(NamedTuple):
    """A difference; `operation` is empty for one in the bodies of all errors."""

    operation: str
    aspect: str
    place: str


DELETIONS = ("class", "document", "label", "project", "segment_tag", "session")
SESSIONS = ("create_session", "get_session", "change_session", "list_session_documents")

ERRORS = (
    Planted("", "shape", "error.code"),  # a number, where the stand-in has the name of the status
    Planted("", "shape", "error.status"),
    Planted("", "shape", "error.errors"),
)
ANSWERS = (
    *(Planted(f"delete_{kind}", "status", "status") for kind in DELETIONS),  # 204 without a body
    Planted("create_segment_tag", "status", "status"),  # 200, like other operations that create
    Planted("create_class", "status", "status"),  # 400 for a name that is taken
    Planted("list_documents", "shape", "documents"),  # one object, as documented
    *(Planted("upload_documents", "shape", place) for place in ("accepted", "message", "status")),
    *(Planted("get_auth_status", "shape", place) for place in ("user_id", "email", "organization_id")),
    *(Planted("get_auth_status", "shape", place) for place in ("message", "organizations", "status", "user")),
    Planted("create_session", "meaning", "status"),  # CREATED at first
    *(Planted(name, "meaning", "description") for name in SESSIONS),  # empty, where the stand-in has null
    Planted("list_sessions", "meaning", "[].description"),
)
SELDOM = tuple(Planted(name, "status", "status") for name in ("change_class", "upload_classes"))
"""What no story written by hand comes to: 400 for a name that is taken, there as well."""
PATHS = tuple(Planted(name, "status", "status") for name in MOVED)  # 404 at the path of the stand-in
BEHIND_THEM = (Planted("mark_page", "shape", "page"), Planted("mark_page", "shape", "segment_id"))
"""What is only seen once the operations are asked for where they are."""
