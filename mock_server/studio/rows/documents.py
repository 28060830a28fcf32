"""Texts and their segments."""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from mock_server.world.rows import Cascade, Drop, Indexes, Refs, Row


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A part of a document: `text[start:end]` of the document's text. Lives inside its document; the id is unique in the world."""

    id: int
    start: int
    end: int


class Document(Row, frozen=True, gc=False, kw_only=True):
    """A text of a project with its segments and the attributes that came with it."""

    INDEXES: ClassVar[Indexes] = (("project_id", "grouped"), ("project_id", "analysed"))
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "group_ids": Drop("Group"),
        "analysis_ids": Drop("Analysis"),
    }

    project_id: int
    text: str
    segments: tuple[Segment, ...] = ()
    meta: dict[str, Any] = msgspec.field(default_factory=dict)
    group_ids: tuple[int, ...] = ()
    analysis_ids: tuple[int, ...] = ()
    created: datetime

    @property
    def grouped(self) -> bool:
        """Whether a group holds the document."""
        return bool(self.group_ids)

    @property
    def analysed(self) -> bool:
        """Whether an analysis holds the document."""
        return bool(self.analysis_ids)
