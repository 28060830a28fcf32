"""Groups of documents, and the files that are to become documents."""

from datetime import datetime
from typing import ClassVar

from mock_server.sheets import Sheet
from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


class Group(Row, frozen=True, gc=False, kw_only=True):
    """A group of documents (the documents name their groups). `source` is ANALYSIS, UPLOAD or ANNOTATIONS;
    `status` PROCESSING, CREATED, DELETING or FAILED."""

    REFS: ClassVar[Refs] = {"project_id": Cascade("Project")}

    project_id: int
    name: str
    source: str = "UPLOAD"
    status: str = "CREATED"
    created: datetime


class UploadedFile(Row, frozen=True, gc=False, kw_only=True):
    """A file that was uploaded to become a group, a labeling session or an analysis. `purpose` is GROUP, SESSION or ANALYSIS."""

    INDEXES: ClassVar[Indexes] = (("uuid",),)
    REFS: ClassVar[Refs] = {"project_id": Cascade("Project"), "user_id": Forget("User")}

    uuid: str
    purpose: str
    project_id: int | None
    user_id: int | None
    filename: str
    sheet: Sheet
    created: datetime
