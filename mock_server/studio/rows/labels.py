"""What a project can say of that."""

from typing import ClassVar

from mock_server.world.rows import Cascade, Indexes, Refs, Row


class Label(Row, frozen=True, gc=False, kw_only=True):
    """A label of a project; its name is unique in the project."""

    INDEXES: ClassVar[Indexes] = (("project_id", "name"),)
    REFS: ClassVar[Refs] = {"project_id": Cascade("Project")}

    project_id: int
    name: str
