"""Steps of the Studio API, a module for each noun, called like its tag: `PLACES`, `QUERIES`, `BODIES`, `FORMS` and `FILES` by operation.

Left out are those that cost a password's hash each, that need a mail, or whose answers are files of a model.
"""

from typing import Any

from contract_tests.model.asks import FIRST, Ask
from contract_tests.model.steps import Steps
from contract_tests.model.steps.studio import (
    analyses,
    classes,
    correction,
    documents,
    groups,
    hitl,
    labeling,
    labels,
    models,
    notifications,
    projects,
    users,
    workspaces,
)
from contract_tests.model.steps.studio.paths import PARAMETERS

NOUNS = (
    projects, classes, labels, documents, groups, labeling, correction, models, analyses, hitl, workspaces, users, notifications,
)  # fmt: skip
LEFT_OUT = frozenset(
    {
        "register_user",
        "log_in",
        "send_password_email",
        "reset_password",
        "verify_email",
        "accept_invitation",
        "resend_verification_email",
        "upload_model",
        "download_model",
        "download_project_model",
        "download_workspace_model",
        "extract_document",
        "log_out",
        "get_info",
    }
)
OWN = frozenset({"Projects", "Classes", "Labels", "Documents", "Groups", "Labeling"})
FOREIGN = frozenset(
    {
        "list_projects",
        "list_project_analyses",
        "clone_project",
        "transfer_project",
        "list_project_permissions",
        "get_task",
        "connect_group_source",
        "connect_session_source",
    }
)


def parts(kind: str) -> dict[str, Any]:
    """Return what all nouns have of a kind (`QUERIES`, say), by operation."""
    return {operation: part for noun in NOUNS for operation, part in getattr(noun, kind, {}).items()}


BEGINNING = {"name": "Compared", "type": "ABSA"}
STEPS = Steps(
    PARAMETERS,
    places=parts("PLACES"),
    queries=parts("QUERIES"),
    bodies=parts("BODIES"),
    forms=parts("FORMS"),
    files=parts("FILES"),
    left_out=LEFT_OUT,
    own=OWN,
    foreign=FOREIGN,
    beginning=lambda given, mark: Ask(operation="create_project", person=FIRST, json=BEGINNING),
)
