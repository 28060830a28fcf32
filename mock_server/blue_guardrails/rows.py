"""The tables of Blue Guardrails: who may call, the conversations, and what is labeled in them.

The API names things by UUID; the `id` beside it is what rows refer to each other by. Where a list can be filtered, every combination
of its filters is an index, so that a page of it costs the page.
"""

from datetime import datetime
from itertools import combinations
from typing import Any, ClassVar

import msgspec

from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


def filtered(scope: str, *filters: str) -> Indexes:
    """Return an index for each combination of filters within a scope, names in the order given."""
    return tuple((scope, *some) for count in range(len(filters) + 1) for some in combinations(filters, count))


class BgWorkspace(Row, frozen=True, gc=False, kw_only=True):
    """A workspace."""

    INDEXES: ClassVar[Indexes] = (("uuid",),)

    uuid: str
    name: str
    created: datetime


class BgUser(Row, frozen=True, gc=False, kw_only=True):
    """A person."""

    INDEXES: ClassVar[Indexes] = (("uuid",),)

    uuid: str
    name: str
    email: str
    created: datetime


class BgMember(Row, frozen=True, gc=False, kw_only=True):
    """Somebody belongs to a workspace. One for each pair."""

    INDEXES: ClassVar[Indexes] = (("workspace_id", "user_id"),)
    REFS: ClassVar[Refs] = {"workspace_id": Cascade("BgWorkspace"), "user_id": Cascade("BgUser")}

    workspace_id: int
    user_id: int


class BgApiKey(Row, frozen=True, gc=False, kw_only=True):
    """An API key. `scope` is `workspace` (good for that one) or `user` (good for every workspace of the user; `workspace_id` is None)."""

    INDEXES: ClassVar[Indexes] = (("key",),)
    REFS: ClassVar[Refs] = {"workspace_id": Cascade("BgWorkspace"), "user_id": Cascade("BgUser")}

    key: str
    scope: str
    user_id: int
    workspace_id: int | None = None
    created: datetime
    expires: datetime


class BgConversation(Row, frozen=True, gc=False, kw_only=True):
    """A conversation of somebody with an agent."""

    INDEXES: ClassVar[Indexes] = (("uuid",),)
    REFS: ClassVar[Refs] = {"workspace_id": Cascade("BgWorkspace")}

    uuid: str
    workspace_id: int
    created: datetime


class Finding(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """An automated annotation: a label that a model has put on some words of a message. Offsets count characters of the part."""

    uuid: str
    label: str
    text: str
    start: int
    end: int
    part: int
    explanation: str | None = None


class BgMessage(Row, frozen=True, gc=False, kw_only=True):
    """A message. `parts` are maps with a `type` (text, tool_call, tool_call_response); `evaluation_uuid` names the automated
    evaluation that holds the findings, None if no model has looked at the message."""

    INDEXES: ClassVar[Indexes] = (("uuid",),)
    REFS: ClassVar[Refs] = {"conversation_id": Cascade("BgConversation")}

    uuid: str
    conversation_id: int
    role: str
    parts: tuple[dict[str, Any], ...]
    model: str | None = None
    provider: str | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    finish_reasons: tuple[str, ...] | None = None
    evaluation_uuid: str | None = None
    findings: tuple[Finding, ...] = ()


class BgProject(Row, frozen=True, gc=False, kw_only=True):
    """A labeling project. `label_schema` holds maps of name and description; `slug` is unique in the workspace."""

    INDEXES: ClassVar[Indexes] = (("uuid",), ("workspace_id", "slug"))
    REFS: ClassVar[Refs] = {"workspace_id": Cascade("BgWorkspace"), "created_by_id": Cascade("BgUser")}

    uuid: str
    workspace_id: int
    name: str
    slug: str
    labeling_guide: str | None = None
    source_type: str
    source_experiment_id: str | None = None
    source_filter_snapshot: dict[str, Any] | None = None
    label_schema: tuple[dict[str, str], ...] = ()
    labelers_per_task: int = 1
    auto_create_review_tasks: bool = False
    status: str = "draft"
    created_by_id: int
    created: datetime
    updated: datetime


class BgTask(Row, frozen=True, gc=False, kw_only=True):
    """A conversation to be labeled (`lane` task), or somebody's labels to be reviewed (`lane` review, `source_task_id` says whose).

    `status` is pending, in_progress or completed. The order of the ids is that of the sequence numbers.
    """

    INDEXES: ClassVar[Indexes] = (
        ("uuid",),
        ("project_id", "lane", "conversation_id", "assignee_id"),
        *filtered("project_id", "status", "assignee_id", "lane"),
    )
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("BgProject"),
        "conversation_id": Cascade("BgConversation"),
        "assignee_id": Forget("BgUser"),
        "source_task_id": Forget("BgTask"),
    }

    uuid: str
    project_id: int
    conversation_id: int
    sequence_number: int
    lane: str = "task"
    status: str = "pending"
    assignee_id: int | None = None
    source_task_id: int | None = None
    created: datetime
    updated: datetime
    started: datetime | None = None
    submitted: datetime | None = None
    active_seconds: float | None = None


class BgEvaluation(Row, frozen=True, gc=False, kw_only=True):
    """What one person says of one message of a task. `origin_uuid` names the automated evaluation that it began with."""

    INDEXES: ClassVar[Indexes] = (("uuid",),)
    REFS: ClassVar[Refs] = {
        "task_id": Cascade("BgTask"),
        "message_id": Cascade("BgMessage"),
        "user_id": Cascade("BgUser"),
        "parent_id": Forget("BgEvaluation"),
    }

    uuid: str
    task_id: int
    message_id: int
    user_id: int
    origin_uuid: str | None = None
    parent_id: int | None = None


class BgAnnotation(Row, frozen=True, gc=False, kw_only=True):
    """A label on some words of a message. `part` None means the first text; task, project and workspace are those of the evaluation."""

    INDEXES: ClassVar[Indexes] = (
        ("uuid",),
        *(index for scope in ("workspace_id", "project_id", "task_id") for index in filtered(scope, "status", "label")),
    )
    REFS: ClassVar[Refs] = {
        "workspace_id": Cascade("BgWorkspace"),
        "project_id": Cascade("BgProject"),
        "task_id": Cascade("BgTask"),
        "evaluation_id": Cascade("BgEvaluation"),
        "parent_id": Forget("BgAnnotation"),
    }

    uuid: str
    workspace_id: int
    project_id: int
    task_id: int
    evaluation_id: int
    origin_uuid: str | None = None
    parent_id: int | None = None
    status: str
    label: str
    text: str
    start: int
    end: int
    part: int | None = None
    explanation: str | None = None
    reviewed: bool
    created: datetime
    updated: datetime


ROWS: tuple[type[Row], ...] = (
    BgWorkspace, BgUser, BgMember, BgApiKey, BgConversation, BgMessage, BgProject, BgTask, BgEvaluation, BgAnnotation,
)  # fmt: skip
