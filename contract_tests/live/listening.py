"""What clients say to a proxy before it is a request: what is none is answered, and told, with what was meant.

Not here: requests (`proxy`).
"""

from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from contract_tests.live.told import Told

LONGEST = 65_535  # bytes of a path with its query, which is as much as the parser takes
NO_HTTP = "what a client has sent is no HTTP"
MEANT = {
    b"\x16\x03": (400, "a client speaks TLS here; give it an address that begins with http://"),
    b"CONNECT ": (501, "a client takes this for a proxy that it is configured with; give it this address as that of the API"),
    b"PRI * HTTP/2": (505, "a client speaks HTTP/2 without having asked whether it may; HTTP/1.1 is spoken here"),
}  # fmt: skip
TOO_LONG = 414, f"a client asks for a path of more than {LONGEST >> 10} KiB"


def listening(told: Told) -> Any:
    """Return what makes the protocol of a connection, for uvicorn."""
    return partial(Listening, told)


class Listening(HttpToolsProtocol):
    """A connection to a client."""

    def __init__(self, told: Told, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._told = told
        self._last = b""

    def data_received(self, data: bytes) -> None:
        """Take what a client sends."""
        self._last = data
        super().data_received(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; trailers come here, too, when the request is under way, and are no headers of it."""
        if "method" not in self.scope:
            super().on_header(name, value)

    def send_400_response(self, msg: str) -> None:
        """Answer what is no request."""
        status, why = self._why()
        self._told.trouble(f"refused  {why}")
        content = b'{"type":"about:blank","status":%d,"title":"%b"}' % (status, why.encode())
        head = b"HTTP/1.1 %d Refused\r\ncontent-type: application/problem+json\r\ncontent-length: %d\r\n"
        self.transport.write(head % (status, len(content)) + b"connection: close\r\n\r\n" + content)
        self.transport.close()

    def _why(self) -> tuple[int, str]:
        for begin, meant in MEANT.items():
            if self._last.startswith(begin):
                return meant
        return TOO_LONG if len(getattr(self, "url", b"")) > LONGEST else (400, NO_HTTP)
