"""Values for people to look at, and the calls that tell of it."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


class Hitl(Row, frozen=True, gc=False, kw_only=True):
    """What hands values that a model is not sure of to a person (human in the loop). Its reviews name it."""

    INDEXES: ClassVar[Indexes] = (("project_id", "model_id", "is_live"),)
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "assigned_user_id": Forget("User"),
        "model_id": Forget("Model"),
    }

    project_id: int
    name: str
    description: str | None = None
    assigned_user_id: int | None = None
    model_id: int | None = None
    is_live: bool = False
    webhook_url: str | None = None
    created: datetime
    updated: datetime


TASK = "extraction"  # the sequence of the numbers that the reviews of an extraction share


class Review(Row, frozen=True, gc=False, kw_only=True):
    """A value of a document that a person has to look at. `status` is PENDING, ASSIGNED or CLOSED; numbers are percent.

    Those of one extraction share `task_id`. `page_num` counts from 0. `value` is None where none was found; `boxes` are as the
    contract's ExtractedBox.
    """

    INDEXES: ClassVar[Indexes] = (("hitl_id", "status"),)
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "hitl_id": Cascade("Hitl"),
        "document_id": Cascade("Document"),
        "user_id": Forget("User"),
    }

    project_id: int
    hitl_id: int
    task_id: int
    document_id: int
    document_name: str
    page_num: int = 0
    status: str = "PENDING"
    created: datetime
    updated: datetime
    user_id: int | None = None
    label: str
    confidence_threshold: int = 90
    value: str | None = None
    confidence: int = 0
    boxes: tuple[dict[str, Any], ...] = ()


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One call of a webhook: when, the status of the answer if there was one, and what came of it in words."""

    at: datetime
    code: int | None
    result: str


class Webhook(Row, frozen=True, gc=False, kw_only=True):
    """A change of a review that is to be told to an address. `status` is PENDING, DELIVERED, FAILED or REFUSED.

    `review` is the review as it was after the change; the row stays when the review itself has gone.
    """

    INDEXES: ClassVar[Indexes] = (("status",),)
    REFS: ClassVar[Refs] = {"review_id": Forget("Review")}

    uuid: str
    url: str
    status: str = "PENDING"
    reason: str | None = None
    review_id: int | None
    review: Review
    previous_status: str | None = None
    attempts: tuple[Attempt, ...] = ()
    created: datetime
