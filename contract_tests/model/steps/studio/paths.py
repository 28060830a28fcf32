"""What a path of Studio names: each of its parameters, given those before it."""

from typing import Any

from contract_tests.model.chooser import NOWHERE, Chooser
from contract_tests.model.steps import Path


def project(c: Chooser, path: Path) -> int:
    """A project."""
    return c.one("Project", "project")


def document(c: Chooser, path: Path) -> Any:
    """A document of the session, group or project that the path has named; of a session rarely one that it has not."""
    if "annotation_id" in path or "correction_id" in path:
        session = path.get("annotation_id", path.get("correction_id"))
        held = c.seen("document", [row.document_id for row in c.rows("SessionDocument", session_id=session)])
        return c.of((*held, NOWHERE)) if c.rarely(12) else c.of(held)
    if "group_id" in path:
        return c.one("Document", "document", group_ids=path["group_id"])
    return c.one("Document", "document", project_id=path["project_id"])


def segment(c: Chooser, path: Path) -> Any:
    """A segment of the document."""
    row = c.row("Document", path["document_id"])
    return c.of(c.seen("segment", [part.id for part in row.segments]) if row else [NOWHERE])


def model(c: Chooser, path: Path) -> int:
    """A model, of the project if the path has named one."""
    return c.one("Model", "model", project_id=path["project_id"]) if "project_id" in path else c.one("Model", "model")


def _of_user(table: str, kind: str) -> Any:
    return lambda c, path: c.one(table, kind, user_id=path["user_id"]) if "user_id" in path else c.one(table, kind)


def _in_project(table: str, kind: str, **key: Any) -> Any:
    return lambda c, path: c.one(table, kind, project_id=path["project_id"], **key)


def _in_workspace(table: str, kind: str) -> Any:
    return lambda c, path: c.of(
        [row.id for row in c.rows(table) if row.organization_id == path["organization_id"]] or [NOWHERE]
    )


PARAMETERS = {
    "project_id": project,
    "class_id": _in_project("ModelClass", "class"),
    "label_id": _in_project("Label", "label"),
    "group_id": _in_project("Group", "group"),
    "annotation_id": _in_project("Session", "annotation", mode="ANNOTATION"),
    "correction_id": _in_project("Session", "annotation", mode="CORRECTION"),
    "hitl_id": _in_project("Hitl", "hitl"),
    "task_id": _in_project("Job", "task"),
    "document_id": document,
    "segment_id": segment,
    "model_id": model,
    "analysis_id": lambda c, path: c.one("Analysis", "analysis"),
    "organization_id": lambda c, path: c.one("Workspace", "workspace"),
    "permission_id": _in_workspace("WorkspacePermission", "permission"),
    "invitation_id": _in_workspace("Invitation", "invitation"),
    "user_id": lambda c, path: c.one("User", "user"),
    "key_id": _of_user("ProductKey", "key"),
    "notification_id": _of_user("Notification", "notification"),
    "page": lambda c, path: c.of((0, 1, 2)),
    "name": lambda c, path: c.of([row.name for row in c.rows("Label", project_id=path["project_id"])] or ["POS"]),
    "tag_id": lambda c, path: c.one("Tag", "tag"),
}
