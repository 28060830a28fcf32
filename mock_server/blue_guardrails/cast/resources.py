"""What may stand in the YAML files of `blue_guardrails/` in a starting world."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from mock_server import contract
from mock_server.places import Entry
from mock_server.studio.cast.checker import Checker
from mock_server.studio.cast.resources import (
    FLAG,
    MAPS,
    NAME,
    NUMBER,
    REFERENCE,
    REFERENCES,
    TEXT,
    TIME,
    UUID,
    Resource,
)

COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
COUNTS: dict[str, Any] = {
    "type": "array",
    "items": COUNT,
    "minItems": 2,
    "maxItems": 2,
    "x-expected": "[read, written]",
}
LABELS: dict[str, Any] = {"type": "array", "items": {"$ref": "#/components/schemas/LabelInput"}}

FILES: dict[str, Resource] = {
    "workspaces": Resource(needs="name", own={"id": NUMBER, "uuid": UUID, "name": NAME, "created": TIME}),
    "users": Resource(
        needs="name email workspaces",
        own={"id": NUMBER, "uuid": UUID, "name": NAME, "email": NAME, "workspaces": REFERENCES, "created": TIME},
    ),
    "api_keys": Resource(
        needs="key user",
        own={"id": NUMBER, "key": NAME, "user": REFERENCE, "workspace": REFERENCE, "created": TIME, "expires": TIME},
    ),
    "conversations": Resource(
        needs="workspace messages",
        own={
            "id": NUMBER,
            "uuid": UUID,
            "workspace": REFERENCE,
            "created": TIME,
            "model": NAME,
            "provider": NAME,
            "messages": MAPS,
        },
        block="conversations",
    ),
    "projects": Resource(
        contract=("ProjectCreate", "ProjectChange", "ProjectConfigInput"),
        takes="name slug source_type labeling_guide source_experiment_id source_filter_snapshot labelers_per_task "
        "auto_create_review_tasks",
        needs="workspace name slug created_by",
        own={
            "id": NUMBER,
            "uuid": UUID,
            "workspace": REFERENCE,
            "label_schema": LABELS,
            "status": {"$ref": "#/components/schemas/ProjectStatus"},
            "created_by": REFERENCE,
            "created": TIME,
            "updated": TIME,
        },
    ),
    "tasks": Resource(
        needs="project conversation",
        own={
            "id": NUMBER,
            "uuid": UUID,
            "project": REFERENCE,
            "conversation": REFERENCE,
            "review_of": NUMBER,
            "assignee": REFERENCE,
            "started": TIME,
            "submitted": TIME,
            "active_seconds": {"type": "number", "minimum": 0},
            "evaluations": {"type": "array", "items": UUID},
            "annotations": MAPS,
            "created": TIME,
        },
        block="tasks",
    ),
}
MESSAGE = Resource(
    needs="role",
    own={
        "uuid": UUID,
        "role": {"type": "string", "enum": ["system", "user", "assistant", "tool"]},
        "text": NAME,
        "parts": MAPS,
        "tokens": COUNTS,
        "evaluation": UUID,
        "findings": MAPS,
    },
)
FINDING = Resource(
    needs="text label", own={"uuid": UUID, "text": NAME, "label": NAME, "explanation": TEXT, "part": COUNT}
)
ANNOTATION = Resource(
    contract=("LabelingAnnotationChange",),
    takes="status label explanation",
    needs="text",
    own={"uuid": UUID, "message": NUMBER, "text": NAME, "reviewed": FLAG, "at": TIME},
)


def checked(entries: Iterable[Entry], resource: Resource) -> list[Entry]:
    """Return maps that stand inside an entry. Raises SeedError for one that is not as it should be."""
    return [_checker().check(entry, resource) for entry in entries]


@cache
def _checker() -> Checker:
    return Checker(contract.load("blue_guardrails"))
