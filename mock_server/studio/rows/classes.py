"""What a project can say that a text is about."""

from typing import ClassVar

from mock_server.world.rows import Cascade, Indexes, Refs, Row


class ModelClass(Row, frozen=True, gc=False, kw_only=True):
    """A class of a project; its name is unique in the project."""

    INDEXES: ClassVar[Indexes] = (("project_id", "name"),)
    REFS: ClassVar[Refs] = {"project_id": Cascade("Project")}

    project_id: int
    name: str
    example: str | None = None
    description: str | None = None
