"""The tables of Label Studio: organizations, people and their tokens, projects, tasks, annotations.

Rows hold facts, never what can be computed from others. Times are UTC datetimes. Fields are called as the contract calls them, those
that name another row too.
"""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


class LsOrganization(Row, frozen=True, gc=False, kw_only=True):
    """Those who see the same projects."""

    title: str
    created_at: datetime


class LsUser(Row, frozen=True, gc=False, kw_only=True):
    """A person with an account in one organization. `token` is what is sent behind the word Token; `role` is the vendor's abbreviation."""

    INDEXES: ClassVar[Indexes] = (("token",), ("email",))
    REFS: ClassVar[Refs] = {"organization": Cascade("LsOrganization")}

    organization: int
    email: str
    username: str
    first_name: str = ""
    last_name: str = ""
    role: str = "OW"
    token: str
    date_joined: datetime
    last_activity: datetime


class LsPersonalToken(Row, frozen=True, gc=False, kw_only=True):
    """A personal access token that is good until its own end; `jti` is the name of the token inside it."""

    INDEXES: ClassVar[Indexes] = (("jti",),)
    REFS: ClassVar[Refs] = {"user": Cascade("LsUser")}

    user: int
    jti: str


class LsProject(Row, frozen=True, gc=False, kw_only=True):
    """A project; `label_config` says, in the vendor's XML, what people are asked."""

    REFS: ClassVar[Refs] = {"organization": Cascade("LsOrganization")}

    organization: int
    title: str
    label_config: str = ""
    created_at: datetime


class LsTask(Row, frozen=True, gc=False, kw_only=True):
    """What is annotated: a map of texts, addresses of pictures and the like."""

    REFS: ClassVar[Refs] = {"project": Cascade("LsProject")}

    project: int
    data: dict[str, Any]
    created_at: datetime


class LsAnnotation(Row, frozen=True, gc=False, kw_only=True):
    """One person's work on a task. `draft_created_at` is a text, as it was sent; `parent_prediction` names nothing that is kept."""

    REFS: ClassVar[Refs] = {
        "task": Cascade("LsTask"),
        "completed_by": Forget("LsUser"),
        "updated_by": Forget("LsUser"),
        "last_created_by": Forget("LsUser"),
        "parent_annotation": Forget("LsAnnotation"),
    }

    task: int
    completed_by: int | None = None
    updated_by: int | None = None
    created_at: datetime
    updated_at: datetime
    result: list[dict[str, Any]] = msgspec.field(default_factory=list)
    was_cancelled: bool = False
    ground_truth: bool = False
    bulk_created: bool | None = False
    draft_created_at: str | None = None
    import_id: int | None = None
    last_action: str | None = None
    last_created_by: int | None = None
    lead_time: float | None = None
    parent_annotation: int | None = None
    parent_prediction: int | None = None
    unique_id: str | None = None


ROWS: tuple[type[Row], ...] = (LsOrganization, LsUser, LsPersonalToken, LsProject, LsTask, LsAnnotation)
