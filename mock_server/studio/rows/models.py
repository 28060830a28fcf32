"""A model, who may use it, and who likes it."""

from datetime import datetime
from typing import Any, ClassVar

from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


class Model(Row, frozen=True, gc=False, kw_only=True):
    """A model. `status` is CREATED, QUEUED, TRAINING, FAILED, READY, ACTIVE or PUBLISHED.

    One that was trained has a project, one that was uploaded a workspace, one of the vendor neither. What it has learned is
    plain data: `tagger` (see `predicting`), `metrics` and `demoset` as they are shown; None where a training is not over,
    and for models of fixtures, which have `classes` and `labels` (names) instead, or those of their project.
    """

    INDEXES: ClassVar[Indexes] = (("name",), ("status",), ("project_id", "organization_id"))
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "organization_id": Cascade("Workspace"),
        "owner_id": Forget("User"),
    }

    uuid: str
    name: str
    display_name: str
    project_id: int | None = None
    organization_id: int | None = None
    owner_id: int | None = None
    base: str | None = None
    language: str = "en"
    long_description: str | None = None
    short_description: str | None = None
    progress: float = 0.0
    score: float | None = None
    status: str = "READY"
    type: str = "ABSA"
    classes: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    tagger: dict[str, Any] | None = None
    metrics: dict[str, Any] | None = None
    demoset: tuple[dict[str, Any], ...] = ()
    created: datetime


class ModelPermission(Row, frozen=True, gc=False, kw_only=True):
    """A role in one model, on top of what its workspace and its project give: USER or MANAGER. One for each pair."""

    INDEXES: ClassVar[Indexes] = (("model_id", "user_id"),)
    REFS: ClassVar[Refs] = {"model_id": Cascade("Model"), "user_id": Cascade("User")}

    model_id: int
    user_id: int
    role: str


class ModelStar(Row, frozen=True, gc=False, kw_only=True):
    """A model that a user has starred. One for each pair."""

    INDEXES: ClassVar[Indexes] = (("model_id", "user_id"),)
    REFS: ClassVar[Refs] = {"model_id": Cascade("Model"), "user_id": Cascade("User")}

    model_id: int
    user_id: int
