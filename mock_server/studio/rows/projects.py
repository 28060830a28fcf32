"""A project and who may do what in it."""

from datetime import datetime
from typing import ClassVar

from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


class Project(Row, frozen=True, gc=False, kw_only=True):
    """A project. `type` is ABSA, CLASS, LABEL or CLASSLABEL; `status` CREATED, CLONING, DELETED or FAILED."""

    INDEXES: ClassVar[Indexes] = (("organization_id", "name"),)
    REFS: ClassVar[Refs] = {"organization_id": Cascade("Workspace"), "owner_id": Forget("User")}

    name: str
    type: str
    status: str = "CREATED"
    organization_id: int
    owner_id: int | None = None
    external_id: int | None = None
    created: datetime


class ProjectPermission(Row, frozen=True, gc=False, kw_only=True):
    """A role in one project, on top of what the workspace gives: VIEWER, ANNOTATOR or MANAGER."""

    INDEXES: ClassVar[Indexes] = (("project_id", "user_id"),)
    REFS: ClassVar[Refs] = {"project_id": Cascade("Project"), "user_id": Cascade("User")}

    project_id: int
    user_id: int
    role: str
