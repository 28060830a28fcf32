"""What kind of thing an object of an answer is, told by its fields, and which moves of its status are legal.

`MOVES` has, for each kind, the statuses that can be seen after a status, at any later time: polling sees a life in pieces, so a move
over several steps counts as legal. Evidence: the rows of `spec/evidence.yaml` that are named.
"""

from typing import Any

KINDS: tuple[tuple[str, str, frozenset[str]], ...] = (  # kind, API, fields; the first that fits
    ("review", "studio", frozenset({"review_id", "status"})),
    ("session", "studio", frozenset({"document_group_id", "mode", "status", "uuid"})),
    ("group", "studio", frozenset({"source", "status", "document_count"})),
    ("model", "studio", frozenset({"display_name", "uuid", "status", "progress"})),
    ("analysis", "studio", frozenset({"uuid", "document_count", "progress", "model_id"})),
    ("project", "studio", frozenset({"external_id", "status", "models"})),
    ("task", "studio", frozenset({"progress", "status", "type", "project_id", "finished"})),
    ("hitl", "studio", frozenset({"is_live", "webhook_url", "updated_at"})),
    ("workspace", "studio", frozenset({"is_read_only", "is_beta"})),
    ("annotation", "label_studio", frozenset({"created_username", "updated_at"})),
    ("labeling task", "blue_guardrails", frozenset({"sequence_number", "conversation_id"})),
    ("labeling annotation", "blue_guardrails", frozenset({"start_offset", "evaluation_id", "created_at"})),
    ("labeling project", "blue_guardrails", frozenset({"slug", "task_count"})),
)

SESSION = {"STARTED", "SAMPLING", "PREDICTING", "ANNOTATING", "FINISHED", "FAILED", "DELETING"}
DONE = {"READY", "ACTIVE", "PUBLISHED"}
MOVES: dict[str, dict[str, set[str]]] = {
    "session": {  # session-life, correction-life: finished sessions open again when segments come in
        "CREATED": SESSION,
        "STARTED": {"ANNOTATING", "FINISHED", "FAILED", "DELETING"},
        "SAMPLING": {"PREDICTING", "ANNOTATING", "FINISHED", "FAILED", "DELETING"},
        "PREDICTING": {"ANNOTATING", "FINISHED", "FAILED", "DELETING"},
        "ANNOTATING": {"FINISHED", "DELETING"},
        "FINISHED": {"ANNOTATING", "DELETING"},
        "FAILED": {"DELETING"},
        "DELETING": set(),
    },
    "group": {  # group-create-status
        "PROCESSING": {"CREATED", "FAILED", "DELETING"},
        "CREATED": {"DELETING"},
        "FAILED": {"DELETING"},
        "DELETING": set(),
    },
    "model": {  # training-life, model-status: people exchange what is done, and nothing leads back to a training
        "CREATED": {"QUEUED", "TRAINING", "FAILED", *DONE},
        "QUEUED": {"TRAINING", "FAILED", *DONE},
        "TRAINING": {"FAILED", *DONE},
        "FAILED": set(),
        "READY": DONE,
        "ACTIVE": DONE,
        "PUBLISHED": DONE,
    },
    "analysis": {  # analysis-life
        "CREATED": {"QUEUED", "STARTED", "ANALYZING", "FAILED", "FINISHED"},
        "QUEUED": {"STARTED", "ANALYZING", "FAILED", "FINISHED"},
        "STARTED": {"ANALYZING", "FAILED", "FINISHED"},
        "ANALYZING": {"FAILED", "FINISHED"},
        "FAILED": set(),
        "FINISHED": set(),
    },
    "project": {
        "CLONING": {"CREATED", "FAILED", "DELETED"},
        "CREATED": {"DELETED"},
        "FAILED": {"DELETED"},
    },  # clone-task
    "task": {  # clone-task, upload-documents
        "CREATED": {"STARTED", "FINISHED", "FAILED"},
        "STARTED": {"FINISHED", "FAILED"},
        "FINISHED": set(),
        "FAILED": set(),
    },
    "review": {  # hitl-review-life: closed for good
        "PENDING": {"ASSIGNED", "CLOSED"},
        "ASSIGNED": {"PENDING", "CLOSED"},
        "CLOSED": set(),
    },
    "labeling task": {  # bg-claim: no operation gives a task back
        "pending": {"in_progress", "completed"},
        "in_progress": {"completed"},
        "completed": set(),
    },
}
NEVER_CHANGE: dict[str, tuple[str, ...]] = {
    "session": ("created", "uuid", "mode", "project_id"),
    "group": ("created", "source", "project_id"),
    "model": ("uuid", "project_id", "type"),
    "analysis": ("created", "uuid", "type"),
    "project": ("created",),
    "task": ("created", "type", "project_id"),
    "review": ("created", "document_id", "label", "hitl_id", "task_id"),
    "hitl": ("created_at", "project_id"),
    "workspace": ("created",),
    "annotation": ("created_at", "task"),
    "labeling task": ("created_at", "project_id", "conversation_id", "sequence_number"),
    "labeling annotation": ("created_at", "evaluation_id", "origin_annotation_id"),
    "labeling project": ("created_at", "source_type", "created_by"),
}
NEVER_EARLIER = ("updated_at", "updated")
OVER = {"analysis": ("FINISHED", "FAILED"), "task": ("FINISHED", "FAILED"), "model": ("FAILED", *DONE)}


def kind_of(api: str, node: dict[str, Any]) -> str | None:
    """Return the kind of an object, None for one that has no life of its own."""
    for kind, of_api, fields in KINDS:
        if of_api == api and fields <= node.keys():
            return kind
    return None


def moves_legally(kind: str, before: str, after: str) -> bool:
    """Whether a status can be seen after another one. What a kind has no table for may do as it likes."""
    table = MOVES.get(kind)
    return before == after or table is None or before not in table or after in table[before]
