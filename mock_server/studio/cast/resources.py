"""What may stand in the YAML files of a fixture folder: the contract's own properties, and what only fixtures have."""

from typing import Any

import msgspec

Json = dict[str, Any]

NAME: Json = {"type": "string", "minLength": 1}
TEXT: Json = {"type": "string"}
TIME: Json = {"type": "string", "format": "date-time"}
UUID: Json = {"type": "string", "format": "uuid"}
FLAG: Json = {"type": "boolean"}
NUMBER: Json = {"type": "integer", "minimum": 1}
REFERENCE: Json = {"x-expected": "the name or the id of one", "anyOf": [NAME, NUMBER]}
REFERENCES: Json = {"type": "array", "items": REFERENCE}
READ: Json = {"type": "array", "items": {"anyOf": [NAME, NUMBER, {"type": "object"}]}}
NUMBERS: Json = {"type": "array", "items": NUMBER}
MAPS: Json = {"type": "array", "items": {"type": "object"}}
PASSWORD_HASH: Json = {
    "type": "string",
    "pattern": "^scrypt\\$([0-9a-f]{2})+\\$([0-9a-f]{2})+$",
    "nullable": True,
    "x-expected": "scrypt$salt$hash in hexadecimal, or null for someone without a password",
}
MARKS: Json = {"x-expected": "all, or a list of segment numbers", "anyOf": [{"enum": ["all"]}, NUMBERS]}
META: Json = {
    "type": "object",
    "additionalProperties": {"$ref": "#/components/schemas/MetaValue"},
    "x-expected": "a map of texts, numbers, true, false and null",
}
ROLE: Json = {"$ref": "#/components/schemas/WorkspaceRole"}
CELLS: Json = {"type": "array", "items": {"anyOf": [{"type": "string", "nullable": True}, {"type": "number"}, FLAG]}}
RECORDS: Json = {
    "x-expected": "a list of maps, each with a text",
    "type": "array",
    "items": {
        "type": "object",
        "required": ["text"],
        "properties": {
            "text": TEXT,
            "class": TEXT,
            "label": TEXT,
            "updated": {"type": "string", "format": "date-time"},
        },
    },
}


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """What an entry may hold.

    `takes` names properties of the contract's schemas in `contract` (the first that has one counts), `own` has the
    schemas of what only fixtures know; `needs` has to be there. Entries under `block` share what stands beside it.
    """

    contract: tuple[str, ...] = ()
    takes: str = ""
    needs: str = ""
    own: Json = {}
    block: str | None = None


FILES: dict[str, Resource] = {
    "world": Resource(
        needs="name now",
        own={"name": NAME, "description": TEXT, "now": TIME, "began": TIME, "password_hash": PASSWORD_HASH},
    ),
    "workspaces": Resource(
        contract=("WorkspaceInput", "Workspace"),
        takes="id name description created is_beta is_read_only",
        needs="name",
        own={"is_active": FLAG},
    ),
    "users": Resource(
        contract=("UserInput", "User", "SignedInUser"),
        takes="id email first_name last_name password is_superuser is_betauser is_verified",
        needs="email",
        own={"password_hash": PASSWORD_HASH, "default_workspace": REFERENCE, "created": TIME},
    ),
    "workspace_permissions": Resource(
        contract=("PermissionInput", "Permission"),
        takes="id role",
        needs="workspace user role",
        own={"workspace": REFERENCE, "user": REFERENCE, "created": TIME},
    ),
    "invitations": Resource(
        contract=("Invitation",),
        takes="id role email created",
        needs="workspace email role",
        own={"workspace": REFERENCE, "invited_by": REFERENCE, "token": NAME, "link": NAME, "expires": TIME},
    ),
    "user_tokens": Resource(
        needs="user kind",
        own={
            "id": NUMBER,
            "user": REFERENCE,
            "kind": {"type": "string", "enum": ["RESET", "VERIFY", "FIRST_LOGIN"]},
            "token": NAME,
            "created": TIME,
            "expires": TIME,
            "used": {**TIME, "nullable": True},
        },
    ),
    "product_keys": Resource(
        contract=("ProductKey",), takes="id name token created", needs="user", own={"user": REFERENCE}
    ),
    "mails": Resource(
        needs="to kind",
        own={
            "id": NUMBER,
            "to": {"type": "string", "format": "email"},
            "kind": {"type": "string", "enum": ["INVITATION", "RESET", "VERIFY", "FIRST_LOGIN"]},
            "workspace": REFERENCE,
            "subject": NAME,
            "token": NAME,
            "link": NAME,
            "created": TIME,
        },
    ),
    "credentials": Resource(
        needs="workspace source name",
        own={"id": NUMBER, "workspace": REFERENCE, "source": NAME, "name": NAME, "records": RECORDS},
    ),
    "projects": Resource(
        contract=("ProjectInput", "Project"),
        takes="id name type status external_id created",
        needs="workspace name type",
        own={"workspace": REFERENCE, "owner": REFERENCE},
    ),
    "project_permissions": Resource(
        contract=("ProjectPermission",),
        takes="id role",
        needs="project user role",
        own={"project": REFERENCE, "user": REFERENCE},
    ),
    "classes": Resource(
        contract=("ClassInput", "ModelClass"),
        takes="id name example description",
        needs="project name",
        own={"project": REFERENCE},
        block="classes",
    ),
    "labels": Resource(
        contract=("LabelInput", "Label"),
        takes="id name",
        needs="project name",
        own={"project": REFERENCE},
        block="labels",
    ),
    "groups": Resource(
        contract=("DocumentGroup",),
        takes="id name source status created",
        needs="project name",
        own={"project": REFERENCE},
    ),
    "documents": Resource(
        contract=("NewDocument", "Model"),
        takes="id text language",
        needs="project text",
        own={
            "project": REFERENCE,
            "groups": REFERENCES,
            "meta": META,
            "created": TIME,
            "segments_from": NUMBER,
        },
        block="documents",
    ),
    "models": Resource(
        contract=("DetailedModel",),
        takes="id uuid name display_name base language long_description short_description progress score status type "
        "created classes labels",
        needs="name",
        own={"project": REFERENCE, "workspace": REFERENCE, "owner": REFERENCE, "sessions": REFERENCES},
    ),
    "model_permissions": Resource(
        contract=("ModelPermission",),
        takes="id role",
        needs="model user role",
        own={"model": REFERENCE, "user": REFERENCE},
    ),
    "model_stars": Resource(needs="model user", own={"id": NUMBER, "model": REFERENCE, "user": REFERENCE}),
    "analyses": Resource(
        contract=("Analysis",),
        takes="id uuid name description progress status created finished",
        needs="project name",
        own={"project": REFERENCE, "model": REFERENCE, "user": REFERENCE, "group": REFERENCE, "documents": READ},
    ),
    "uploaded_files": Resource(
        needs="filename rows",
        own={
            "id": NUMBER,
            "uuid": UUID,
            "purpose": {"type": "string", "enum": ["GROUP", "SESSION", "ANALYSIS"]},
            "project": REFERENCE,
            "user": REFERENCE,
            "filename": NAME,
            "created": TIME,
            "header": {"type": "array", "items": NAME},
            "rows": {"type": "array", "items": CELLS, "x-expected": "a list of rows, each a list of cells"},
        },
    ),
    "sessions": Resource(
        contract=("SessionFields",),
        takes="id uuid name description mode status created finished",
        needs="project name",
        own={
            "project": REFERENCE,
            "user": REFERENCE,
            "group": REFERENCE,
            "model": REFERENCE,
            "classes": REFERENCES,
            "labels": REFERENCES,
            "documents": MAPS,
        },
    ),
    "tasks": Resource(
        contract=("Task",),
        takes="id type created finished",
        needs="project type created",
        own={
            "project": REFERENCE,
            "user": REFERENCE,
            "subject": NUMBER,
            "status": {
                "type": "string",
                "enum": ["FINISHED", "FAILED"],
                "x-expected": "FINISHED or FAILED: a task in a fixture is over",
            },
            "error": TEXT,
        },
    ),
    "notifications": Resource(
        contract=("Notification",),
        takes="id title text created type read",
        needs="user title text",
        own={"user": REFERENCE},
    ),
    "hitls": Resource(
        contract=("HitlInput", "Hitl"),
        takes="id name description is_live webhook_url",
        needs="project name",
        own={"project": REFERENCE, "model": REFERENCE, "user": REFERENCE, "created": TIME, "updated": TIME},
    ),
    "reviews": Resource(
        contract=("HitlReview", "HitlReviewData"),
        takes="task_id document_name page_num status created updated label confidence_threshold value confidence boxes",
        needs="hitl document document_name label",
        own={"id": NUMBER, "hitl": REFERENCE, "document": REFERENCE, "user": REFERENCE},
    ),
}
SESSION_DOCUMENT = Resource(
    needs="document",
    own={"document": REFERENCE, "at": TIME, "by": REFERENCE, "marks": MARKS, "tags": MAPS, "refused": NUMBER},
)
TAG = Resource(
    contract=("ClassLabelTag", "CorrectionTag"),
    takes="id status",
    own={
        "segment": NUMBER,
        "text": NAME,
        "class": REFERENCE,
        "label": REFERENCE,
        "by": REFERENCE,
        "at": TIME,
        "origin": {"type": "string", "enum": ["MODEL", "CHANGED", "ADDED"]},
    },
)
ANALYSIS_DOCUMENT = Resource(
    needs="text",
    own={"id": NUMBER, "text": NAME, "meta": META, "segments_from": NUMBER, "tags": MAPS},
)
FOUND = Resource(
    contract=("ClassLabelTag",),
    takes="id",
    needs="segment",
    own={"segment": NUMBER, "class": REFERENCE, "label": REFERENCE},
)
