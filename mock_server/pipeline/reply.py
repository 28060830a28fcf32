"""An answer: status, bytes, media type, further headers."""

from typing import Any

import msgspec

JSON = b"application/json"
_encode = msgspec.json.Encoder().encode


class Reply:
    """What a handler returns. `body` are bytes ready to be sent."""

    __slots__ = ("body", "headers", "media", "status")

    def __init__(
        self, status: int, body: bytes, media: bytes = JSON, headers: tuple[tuple[bytes, bytes], ...] = ()
    ) -> None:
        self.status, self.body, self.media, self.headers = status, body, media, headers

    @classmethod
    def json(
        cls, status: int, content: Any, headers: tuple[tuple[bytes, bytes], ...] = (), media: bytes = JSON
    ) -> "Reply":
        """Render `content`, which may hold dicts, lists, structs, datetimes and `msgspec.Raw`."""
        return cls(status, _encode(content), media, headers)
