"""One entry of a journal: what is kept of an exchange, and how to read it. What is shown of it, and to whom, `showing` says."""

from itertools import chain
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import msgspec

from mock_server.pipeline.exchange import Exchange
from mock_server.pipeline.reply import Reply

if TYPE_CHECKING:
    from mock_server.pipeline.operations import Operation

KEPT = 64 * 1024  # bytes of a body, sent or answered, that are kept
OVERHEAD = 1000  # bytes that an entry takes beside its texts, about
SEPARATOR = b"\n"  # of header names and values, which cannot hold one
Pairs = list[tuple[str, str]]


class Entry(msgspec.Struct, gc=False):
    """An exchange that is over. Sizes are in bytes, `at` (of the machine) in seconds since 1970, `took` in seconds.

    `prefix` is the part of the path as it was sent that named the sandbox; `path` and `raw_path` are without it.
    `order` counts over all journals of a server, `id` within one. `body` and the body of `reply` are cut at `KEPT`; `body_size` and
    `answer_size` say how long they were. `reply` is None where none was given: the caller had gone, or the connection was closed.
    """

    id: int
    order: int
    at: float
    took: float
    method: str
    path: str
    prefix: str
    raw_path: bytes
    query: bytes
    scheme: str
    version: str
    header: bytes
    path_params: dict[str, str] | None
    operation: "Operation | None"
    user: Any
    body: bytes | None
    body_size: int
    problem: Exception | None
    fault: Any
    reply: Reply | None
    answer_size: int
    size: int

    @property
    def status(self) -> int | None:
        """The status of the answer, None without one."""
        return None if self.reply is None else self.reply.status

    @property
    def headers(self) -> Pairs:
        """The headers that were sent, names in lower case."""
        parts = [part.decode("latin-1") for part in self.header.split(SEPARATOR)]
        return list(zip(parts[::2], parts[1::2], strict=False))

    @property
    def answer_headers(self) -> Pairs:
        """The headers of the answer."""
        if self.reply is None:
            return []
        pairs = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.reply.headers]
        return pairs if self.reply.status == 204 else [*pairs, ("content-type", self.reply.media.decode("latin-1"))]

    @property
    def is_whole(self) -> bool:
        """Whether the body that was sent is kept from beginning to end."""
        return self.body is not None and len(self.body) == self.body_size

    @property
    def media(self) -> str:
        """The content type that was sent, in lower case and without parameters."""
        return self.header_of("content-type").split(";")[0].strip().lower()

    @property
    def target(self) -> str:
        """Path and query as they were sent."""
        path = self.raw_path.decode("latin-1") or quote(self.path)
        return f"{path}?{self.query.decode('latin-1')}" if self.query else path

    @property
    def queries(self) -> Pairs:
        """The query parameters that were sent."""
        return parse_qsl(self.query.decode("latin-1"), keep_blank_values=True)

    def header_of(self, name: str) -> str:
        """Return the first header of this name, or nothing."""
        return next((value for known, value in self.headers if known == name), "")

    @property
    def caller(self) -> str | None:
        """Who called: the e-mail address, or what else the vendor calls people by."""
        return caller_name(self.user)

    @property
    def api(self) -> str | None:
        """The name of the API whose operation was called."""
        return None if self.operation is None else type(self.operation.api).__module__.split(".")[1]


def entry_of(exchange: Exchange, number: int, order: int, took: float) -> Entry:
    """Return what is kept of an exchange."""
    scope, reply, body, problem = exchange.scope, exchange.reply, exchange.body, exchange.problem
    header = SEPARATOR.join(chain.from_iterable(scope["headers"]))
    raw, query = scope.get("raw_path") or b"", scope["query_string"]
    size, body_size, answer_size = OVERHEAD + len(header) + 2 * len(raw) + len(query), 0, 0
    if body is not None:
        body_size = len(body)
        if body_size > KEPT:
            body = body[:KEPT]
        size += len(body)
    if reply is not None:
        answer_size = len(reply.body)
        if answer_size > KEPT:
            reply = Reply(reply.status, reply.body[:KEPT], reply.media, reply.headers)
        size += len(reply.body)
    if problem is not None:  # lets go of the calls that it was raised in, which would keep the whole request alive
        problem.__traceback__ = problem.__context__ = problem.__cause__ = None
    return Entry(
        number,
        order,
        exchange.began,
        took,
        scope["method"],
        scope["path"],
        exchange.prefix,
        raw,
        query,
        scope["scheme"],
        scope["http_version"],
        header,
        scope.get("path_params"),
        exchange.operation,
        exchange.user,
        body,
        body_size,
        problem,
        exchange.fault,
        reply,
        answer_size,
        size,
    )


def caller_name(user: Any) -> str | None:
    """Return what a caller is called: a row of people, or what holds one as its `user`."""
    person = getattr(user, "user", user)
    name = getattr(person, "email", None)
    if name is None and user is not None:
        name = f"user {getattr(user, 'user_id', '')}".strip()
    return name
