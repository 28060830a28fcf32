"""Labeling and correction sessions, their documents, and the tags that are given in them."""

from datetime import datetime
from typing import ClassVar

import msgspec

from mock_server.world.rows import Cascade, Drop, Forget, Indexes, Refs, Row


class Session(Row, frozen=True, gc=False, kw_only=True):
    """A labeling (or correction) session over documents of a project.

    `status` is CREATED, STARTED, ANNOTATING, FAILED, FINISHED, SAMPLING, PREDICTING or DELETING; `mode` ANNOTATION or CORRECTION.
    `segments_total` and `segments_done` count the segments of its documents and those marked as annotated.
    """

    INDEXES: ClassVar[Indexes] = (("project_id", "mode"), ("project_id", "status"))
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "user_id": Forget("User"),
        "document_group_id": Forget("Group"),
        "model_id": Forget("Model"),
        "class_ids": Drop("ModelClass"),
        "label_ids": Drop("Label"),
    }

    uuid: str
    project_id: int
    user_id: int | None = None
    name: str
    description: str | None = None
    mode: str = "ANNOTATION"
    status: str = "CREATED"
    class_ids: tuple[int, ...] = ()
    label_ids: tuple[int, ...] = ()
    document_group_id: int | None = None
    model_id: int | None = None
    segments_total: int = 0
    segments_done: int = 0
    created: datetime
    finished: datetime | None = None


class SessionDocument(Row, frozen=True, gc=False, kw_only=True):
    """A document in a session: which of its segments are marked as annotated, and when; `annotated` when the whole document was.

    `refused` counts the tags of a model that people took away, in a correction session.
    """

    INDEXES: ClassVar[Indexes] = (("session_id", "document_id"), ("refused_in",))
    REFS: ClassVar[Refs] = {"session_id": Cascade("Session"), "document_id": Cascade("Document")}

    session_id: int
    document_id: int
    marks: dict[int, datetime] = msgspec.field(default_factory=dict)
    annotated: datetime | None = None
    refused: int = 0

    @property
    def refused_in(self) -> tuple[int, ...]:
        """The session, if tags were taken away there."""
        return (self.session_id,) if self.refused else ()


class Tag(Row, frozen=True, gc=False, kw_only=True):
    """A class, a label or both, given to a segment; `span` are offsets into the document's text.

    `session_id` is None for a tag that came with its document and not in a session. In a correction session `origin` says who
    gave the tag: MODEL (the model, as it is), CHANGED (the model, but people changed it) or ADDED (people); elsewhere it is None.
    `status` is READY, or CORRECTING as long as no one stands by the tag.
    """

    INDEXES: ClassVar[Indexes] = (
        ("session_id", "document_id"), ("session_id", "segment_id"), ("project_id", "status"), ("verdict",),
    )  # fmt: skip
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "session_id": Cascade("Session"),
        "document_id": Cascade("Document"),
        "class_id": Cascade("ModelClass"),
        "label_id": Cascade("Label"),
        "user_id": Forget("User"),
    }

    project_id: int
    session_id: int | None = None
    document_id: int
    segment_id: int
    class_id: int | None = None
    label_id: int | None = None
    span: tuple[int, int] | None = None
    user_id: int | None = None
    created: datetime
    origin: str | None = None
    status: str = "READY"

    @property
    def verdict(self) -> tuple[tuple[int | None, str], ...]:
        """What the tag says of the model of its correction session, with the session: RIGHT, WRONG, or nothing yet."""
        if self.origin is None or (self.origin == "MODEL" and self.status != "READY"):
            return ()
        return ((self.session_id, "RIGHT" if self.origin == "MODEL" else "WRONG"),)
