"""The deployment behind a proxy: connections to it, kept for the next request, and one exchange at a time on each of them.

Bytes are streamed both ways in constant memory. Nothing is followed, repeated or changed here but what HTTP asks of every hop. Not here:
what an exchange means (`judging`), and what becomes of an answer that does not come (`proxy`).
"""

import asyncio
import ssl
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from contract_tests.live.connection import Connection, NoAnswer, Pairs, Stale

UNCHANGED = 304
CHUNKED = b"chunked"
IDLE = 4.0  # seconds that a connection waits for the next request; servers let go after five and more
CONNECTING = 10.0  # seconds
REPEATABLE = ("GET", "HEAD", "OPTIONS", "PUT", "DELETE")
OF_A_HOP = frozenset(
    (b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"te", b"trailer", b"transfer-encoding",
     b"upgrade", b"expect", b"host")
)  # fmt: skip


class BadAddress(ValueError):
    """An address cannot be that of a deployment; the message says why."""


class Address(msgspec.Struct, frozen=True):
    """Where a deployment is. `base` is the path before all of its own, without a slash at the end."""

    scheme: str
    host: str
    port: int
    base: str

    @property
    def name(self) -> str:
        """Host and port, as in the header `Host`."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == {"http": 80, "https": 443}[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self.name}{self.base}"


def address(url: str) -> Address:
    """Return what an address consists of. Raises BadAddress."""
    right = "https://api.example.com would be right"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadAddress(f"it is no address; {right}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddress(f"it is no address of a web server; {right}")
    if parts.username is not None:
        raise BadAddress("it has credentials in it; leave them to the requests that are passed on")
    if parts.query or parts.fragment:
        raise BadAddress(f"it has a query or a fragment; {right}")
    base = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~")
    return Address(parts.scheme, _host(parts.hostname), port or {"http": 80, "https": 443}[parts.scheme], base)


def _host(name: str) -> str:
    """Return the name of a host as it is looked up. Raises BadAddress."""
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError:
        raise BadAddress("it has a host that can be no name: its parts are of 1 to 63 signs each") from None


class Upstream:
    """A deployment. `timeout` is seconds until an answer begins, and between its parts; `authority` a file with the certificates to trust
    instead of those of this machine. Raises OSError, ssl.SSLError for one that cannot be read."""

    def __init__(self, where: Address, timeout: float = 60.0, authority: Path | None = None) -> None:
        self.address, self.timeout = where, timeout
        self._host = b"host: " + where.name.encode() + b"\r\n"
        self._secured = ssl.create_default_context(cafile=authority) if where.scheme == "https" else None
        self._idle: deque[Connection] = deque()

    async def ask(
        self, method: str, target: bytes, headers: Pairs, body: bytes, is_more: bool, watch: Any
    ) -> Connection:
        """Send a request and return the connection on which the head of the answer has come. With `is_more` the body goes on, and the
        caller sends the rest. `watch.connection` is set to the connection in use. Raises NoAnswer, Gone."""
        head = self.head(method, target, headers) + body
        while True:
            connection = await self._connection()
            watch.connection = connection
            connection.ask(head, method == "HEAD")
            watch.begin()
            try:
                await connection.answered()
            except Stale:
                if is_more or method not in REPEATABLE:
                    raise NoAnswer("the connection was closed before it answered") from None
                continue
            return connection

    def head(self, method: str, target: bytes, headers: Pairs) -> bytes:
        """Return the head of a request as it is sent: without what concerned the connection that it came on."""
        named = {part.strip() for name, value in headers if name == b"connection" for part in value.lower().split(b",")}
        parts = [method.encode(), b" ", self.address.base.encode(), target, b" HTTP/1.1\r\n", self._host]
        for name, value in headers:
            if name not in OF_A_HOP and name not in named:
                parts += (name, b": ", value, b"\r\n")
            elif name == b"transfer-encoding":
                parts.append(b"transfer-encoding: chunked\r\n")
        parts.append(b"\r\n")
        return b"".join(parts)

    def release(self, connection: Connection) -> None:
        """Keep a connection for the next request if it can be used again, and close it otherwise."""
        if connection.is_kept and connection.has_ended and not connection.is_lost:
            now = connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
            while now - self._idle[0].idle_since > IDLE:  # those of a time when more was going on
                self._idle.popleft().abort()
        else:
            connection.abort()

    def close(self) -> None:
        """Close the connections that are kept."""
        while self._idle:
            self._idle.pop().abort()

    async def _connection(self) -> Connection:
        now = asyncio.get_running_loop().time()
        while self._idle:
            connection = self._idle.pop()
            if not connection.is_lost and now - connection.idle_since < IDLE:
                return connection
            connection.abort()
        return await self._connected()

    async def _connected(self) -> Connection:
        where, loop = self.address, asyncio.get_running_loop()
        opening = loop.create_connection(lambda: Connection(self.timeout), where.host, where.port, ssl=self._secured)
        try:
            _, connection = await asyncio.wait_for(opening, min(CONNECTING, self.timeout))
        except TimeoutError:
            raise NoAnswer("it could not be reached in time", 504) from None
        except ssl.SSLCertVerificationError as error:
            told = f"its certificate is not accepted: {error.verify_message.rstrip('.')}"
            raise NoAnswer(f"{told}; --upstream-ca FILE names an authority to trust") from None
        except ssl.SSLError:
            raise NoAnswer("it speaks no TLS that could be agreed on; is http:// meant?") from None
        except OSError as error:
            raise NoAnswer(f"it could not be reached: {_reason(error)}") from None
        return connection


def of_the_answer(status: int, headers: Pairs) -> Pairs:
    """Return the headers of an answer as they are passed on, names in lower case. Raises NoAnswer for one that cannot be."""
    kept = [(name.lower(), value) for name, value in headers]
    named = {part.strip() for name, value in kept if name == b"connection" for part in value.lower().split(b",")}
    for name, value in kept:
        if name == b"transfer-encoding" and value.lower() != CHUNKED:
            raise NoAnswer(f"its answer has the transfer coding {value.decode('latin-1')}, which nobody asked for")
    if status == UNCHANGED:  # the length is that of what is not sent again
        named.add(b"content-length")
    return [(name, value) for name, value in kept if name not in OF_A_HOP and name not in named]


def _reason(error: OSError) -> str:
    told: dict[type, str] = {
        ConnectionRefusedError: "nothing listens there",
        ConnectionResetError: "the connection was reset",
    }
    return told.get(type(error)) or str(error.strerror or error).split("\n", 1)[0]
