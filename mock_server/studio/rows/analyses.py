"""What a model has found in texts, and the classes and labels that it spoke of."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from mock_server.studio.rows.documents import Segment
from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


class Named(msgspec.Struct, frozen=True, gc=False):
    """A class or a label as an analysis keeps it: what its project called it when the analysis was started."""

    id: int
    name: str
    example: str | None = None
    description: str | None = None


class Analysis(Row, frozen=True, gc=False, kw_only=True):
    """A batch analysis. `status` is ANALYZING as long as its job goes on, then FAILED or FINISHED.

    `project_id` is the project of its model, None for a model without one; `organization_id` is where it was started.
    """

    INDEXES: ClassVar[Indexes] = (("user_id", "model_id"), ("user_id", "organization_id"))
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "organization_id": Forget("Workspace"),
        "model_id": Forget("Model"),
        "user_id": Forget("User"),
    }

    uuid: str
    name: str
    project_id: int | None = None
    organization_id: int | None = None
    model_id: int | None = None
    user_id: int | None = None
    description: str | None = None
    type: str = "ABSA"
    classes: tuple[Named, ...] = ()
    labels: tuple[Named, ...] = ()
    progress: float = 0.0
    status: str = "FINISHED"
    created: datetime
    finished: datetime | None = None


class Found(msgspec.Struct, frozen=True, gc=False):
    """A tag that a model found in a segment of a document of an analysis; classes and labels by name, as the analysis has them."""

    id: int
    segment_id: int
    class_name: str | None = None
    label_name: str | None = None


class AnalysisDocument(Row, frozen=True, gc=False, kw_only=True):
    """A document that an analysis reads; it is of no project. `number` is the caller's own, under which it is shown.

    `tags` are there from the start, and shown when the analysis is FINISHED.
    """

    REFS: ClassVar[Refs] = {"analysis_id": Cascade("Analysis")}

    analysis_id: int
    number: int | None = None
    text: str
    segments: tuple[Segment, ...] = ()
    tags: tuple[Found, ...] = ()
    meta: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def shown_id(self) -> int:
        """The caller's number, else the row's id."""
        return self.id if self.number is None else self.number
