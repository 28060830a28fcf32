"""A workspace, who may do what in it, who is invited, and its credentials for sources outside."""

from datetime import datetime
from typing import Any, ClassVar

from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


class Workspace(Row, frozen=True, gc=False, kw_only=True):
    """A workspace (organization). Deleting one over the API only makes it inactive."""

    INDEXES: ClassVar[Indexes] = (("name", "is_active"),)

    name: str
    description: str | None = None
    created: datetime
    is_beta: bool = False
    is_read_only: bool = False
    is_active: bool = True


class WorkspacePermission(Row, frozen=True, gc=False, kw_only=True):
    """The role of a user in a workspace: USER, VIEWER, ANNOTATOR, ADMIN or MANAGER. One for each pair."""

    INDEXES: ClassVar[Indexes] = (("organization_id", "user_id"), ("organization_id", "role"))
    REFS: ClassVar[Refs] = {"organization_id": Cascade("Workspace"), "user_id": Cascade("User")}

    organization_id: int
    user_id: int
    role: str
    created: datetime


class Invitation(Row, frozen=True, gc=False, kw_only=True):
    """A pending invitation; it goes when it is accepted or withdrawn. `email` in lower case."""

    INDEXES: ClassVar[Indexes] = (("organization_id", "email"), ("token",))
    REFS: ClassVar[Refs] = {"organization_id": Cascade("Workspace"), "invited_by_id": Forget("User")}

    organization_id: int
    email: str
    role: str
    invited_by_id: int | None
    token: str
    link: str
    created: datetime
    expires: datetime


class Credential(Row, frozen=True, gc=False, kw_only=True):
    """A credential for an external source, and the records that the stand-in pulls with it.

    A record has `text`, optionally `class`, `label` and `updated`, and any further attributes.
    """

    REFS: ClassVar[Refs] = {"organization_id": Cascade("Workspace")}

    organization_id: int
    source: str
    name: str
    records: tuple[dict[str, Any], ...] = ()
