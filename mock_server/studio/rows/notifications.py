"""What people are told."""

from datetime import datetime
from typing import ClassVar

from mock_server.world.rows import Cascade, Refs, Row


class Notification(Row, frozen=True, gc=False, kw_only=True):
    """A message to one person about something that is over. `type` is INFO or WARNING; `read` is when they read it."""

    REFS: ClassVar[Refs] = {"user_id": Cascade("User")}

    user_id: int
    title: str
    text: str
    type: str = "INFO"
    created: datetime
    read: datetime | None = None
