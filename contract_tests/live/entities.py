"""Which schemas of the contract of Studio are things of a world, where they lie, and which operations tell of them.

Not here: how they are gathered (`gathering`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mock_server.contract import Json, resolve

Facts = dict[str, Any]
TAGS = (
    "Users", "Workspaces", "Projects", "Classes", "Labels", "Documents", "Groups", "Labeling", "Models", "Types", "Analyses",
    "Notifications", "Correction", "HITL",
)  # fmt: skip
"""Of the operations whose answers become a part of the world, or do not depend on it."""
KINDS = {
    "Project": "project", "ClonedProject": "project", "Model": "model", "DetailedModel": "model", "ModelClass": "class",
    "Label": "label", "LabelledDocument": "document", "Document": "document", "DocumentGroup": "group",
    "LabelingSession": "session", "LabelingSessionWithDocs": "session", "Workspace": "workspace", "Membership": "membership",
    "Permission": "workspace permission", "ProjectPermission": "project permission", "User": "user", "UserWithFlags": "user",
    "SignedInUser": "user", "UserFlags": "user", "Task": "task", "ClassLabelTag": "tag", "CorrectionTag": "tag", "Analysis": "analysis",
    "Notification": "notification", "Correction": "session", "CorrectionWithDocs": "session", "CorrectionDocument": "document",
    "Hitl": "hitl", "HitlReview": "review", "ModelPermission": "model permission",
    "Invitation": "invitation", "ProductKey": "key",
}  # fmt: skip
ALL_KINDS = {*KINDS.values()} - {"membership"}  # these are kept by who has them
FLAT = (
    "model",
    "analysis",
    "document",
)  # what stands inside is kept with these: examples, classes as they once were, tags
DELETED = {
    "project_id": "project", "class_id": "class", "label_id": "label", "document_id": "document", "group_id": "group",
    "annotation_id": "session", "tag_id": "tag", "model_id": "model", "analysis_id": "analysis", "correction_id": "session",
    "hitl_id": "hitl", "notification_id": "notification", "invitation_id": "invitation", "key_id": "key",
}  # fmt: skip
WHOLE_LISTS = {
    "list_classes": "class", "list_labels": "label", "list_groups": "group", "list_sessions": "session", "list_corrections": "session",
    "list_hitls": "hitl", "list_hitl_reviews": "review", "list_project_permissions": "project permission", "list_project_models": "model",
    "list_model_permissions": "model permission", "list_workspace_permissions": "workspace permission", "list_invitations": "invitation",
    "list_keys": "key", "list_segment_tags": "tag",
}  # fmt: skip
"""Lists that have no pages: what was in one before and no longer is has gone."""
NOT_ASKED = {
    "download_model": "files of models hold what they have learned, which no read shows",
    "download_workspace_model": "files of models hold what they have learned, which no read shows",
    "download_project_model": "files of models hold what they have learned, which no read shows",
    "get_health": "this is about the server and not about what it has",
    "get_version": "this is about the server and not about what it has",
    "get_info": "this is about the server and not about what it has",
}
"""Reads that no world can answer as recorded, and why."""
HOLDERS = {"group_id": "group", "annotation_id": "session", "analysis_id": "analysis"}  # of documents
LONGEST = 18  # digits of an id
LEADING = ("project_id", "group_id", "organization_id", "analysis_id", "hitl_id", "model_id", "annotation_id")
"""Of the parameters of paths: what they name is there, even if nobody has looked at it."""


def id_of(value: Facts) -> int:
    """Return the id of a thing as it is shown."""
    found: int = value["id"] if "id" in value else value["review_id"]
    return found


def around(values: Mapping[str, str]) -> Facts:
    """Return the ids that a path names. A correction session is a session, and so called."""
    found = {name: int(text) for name, text in values.items() if text.isdecimal() and len(text) <= LONGEST}
    if "correction_id" in found:
        found["annotation_id"] = found.pop("correction_id")
    return found


def holders(at: Facts, query: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Yield kind and id of everything that has the documents of an answer: what its path leads through and its query asks for."""
    for name, kind in HOLDERS.items():
        told = query.get(name, "")
        if name in at or (told.isdecimal() and len(told) <= LONGEST):
            yield kind, at[name] if name in at else int(told)


def schema_of(document: Json, node: Json, status: int) -> Json | None:
    """Return the schema of an answer in JSON, None if the contract has none."""
    response = resolve(document, node["responses"].get(str(status), {}))
    found: Json | None = response.get("content", {}).get("application/json", {}).get("schema")
    return found
