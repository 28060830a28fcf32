"""One connection to a deployment, and one exchange at a time on it, streamed both ways in constant memory.

Not here: which connection is used, and how it is opened (`upstream`).
"""

import asyncio
from collections import deque
from typing import Any

import httptools

Pairs = list[tuple[bytes, bytes]]
ENOUGH = 256 * 1024  # bytes of an answer that wait to be passed on before no more are read
LARGEST_HEAD = 256 * 1024  # bytes
STATUSES = range(100, 600)


class NoAnswer(Exception):
    """No answer came, or not all of it. `status` is what a gateway answers then: 502, or 504 if it took too long."""

    def __init__(self, message: str, status: int = 502) -> None:
        super().__init__(message)
        self.status = status


class Gone(Exception):
    """Whoever has asked is not there any more."""


class Stale(Exception):
    """A connection that was kept had been closed in the meantime."""


class Connection(asyncio.Protocol):
    """One connection. After `ask` comes `answered`, then `read` until it returns nothing; `is_kept` says whether it may be used again."""

    def __init__(self, timeout: float) -> None:
        self._loop, self._timeout = asyncio.get_running_loop(), timeout
        self._transport: Any = None
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._is_paused = self._is_full = self.is_lost = False
        self._failure: Exception | None = None
        self.uses, self.idle_since = 0, 0.0

    def ask(self, head: bytes, is_head_only: bool) -> None:
        """Send the head of a request, and begin to wait for the answer to it."""
        self.uses += 1
        self._parser = httptools.HttpResponseParser(self)
        self._parts: deque[bytes] = deque()
        self._size = self._head_size = self.status = 0
        self.headers: Pairs = []
        self._is_head_only = is_head_only
        self.has_head = self.has_ended = self.is_kept = self._is_informing = False
        self._transport.write(head)

    async def write(self, data: bytes) -> None:
        """Send a part of the body, as soon as the deployment takes it. Raises NoAnswer if it takes nothing for too long."""
        if self.is_lost:
            return
        self._transport.write(data)
        if self._is_full:
            self._writable = self._loop.create_future()
            try:
                await asyncio.wait_for(self._writable, self._timeout)
            except TimeoutError:
                self.fail(NoAnswer(f"it took nothing of the request for {self._timeout:g} s", 504))

    async def answered(self) -> None:
        """Return as soon as status and headers are there. Raises NoAnswer, Gone."""
        while not self.has_head:
            await self._wait()

    async def read(self) -> bytes:
        """Return what has come of the body since the last time, nothing at its end. Raises NoAnswer, Gone."""
        while not self._parts and not self.has_ended:
            await self._wait()
        return self.take()

    def take(self) -> bytes:
        """Return what has come of the body so far."""
        parts = self._parts
        taken = parts[0] if len(parts) == 1 else b"".join(parts)
        parts.clear()
        self._size = 0
        if self._is_paused and not self.is_lost:
            self._is_paused = False
            self._transport.resume_reading()
        return taken

    def fail(self, failure: Exception) -> None:
        """Give up: whoever waits is told, and the connection is closed at once."""
        self._failure = self._failure or failure
        self.abort()
        self._wake()

    def abort(self) -> None:
        """Close the connection at once."""
        self.is_kept = False
        if self._transport is not None:
            self._transport.abort()

    async def _wait(self) -> None:
        if self._failure is not None:
            raise self._failure
        self._waiter = self._loop.create_future()
        timer = self._loop.call_later(self._timeout, self._expire)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None
        if self._failure is not None and not self._parts and not self.has_ended:
            raise self._failure

    def _wake(self) -> None:
        for future in (self._waiter, self._writable):
            if future is not None and not future.done():
                future.set_result(None)

    def _expire(self) -> None:
        what = "nothing more of its answer came" if self.has_head else "it did not answer"
        self.fail(NoAnswer(f"{what} for {self._timeout:g} s", 504))

    # What the event loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if not self.uses or self.has_ended:  # what was not asked for, or comes after the end
            self.abort()
            return
        if not self.has_head:
            self._head_size += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            if self.has_ended:  # there is more than what was asked for
                self.is_kept = False
                self._wake()
            else:
                self.fail(NoAnswer("what it sent is no HTTP"))
            return
        if self._head_size > LARGEST_HEAD and not self.has_head:
            self.fail(NoAnswer(f"the headers of its answer have no end within {LARGEST_HEAD >> 10} KiB"))
        if self._size > ENOUGH and not self._is_paused and not self.has_ended:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost, self.is_kept = True, False
        if self.uses and not self.has_ended and self._failure is None:
            if self.has_head and exc is None and self._ends_with_connection():
                self.has_ended = True
            elif not self._head_size and self.uses > 1:
                self._failure = Stale()
            else:
                self._failure = NoAnswer(f"the connection was {'reset' if exc else 'closed'} {self._how_far()}")
        self._is_full = False
        self._wake()

    def pause_writing(self) -> None:
        self._is_full = True

    def resume_writing(self) -> None:
        self._is_full = False
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)

    def _how_far(self) -> str:
        return "in the middle of its answer" if self.has_head else "before it answered"

    def _ends_with_connection(self) -> bool:
        return not any(name.lower() in (b"content-length", b"transfer-encoding") for name, _ in self.headers)

    # What the parser calls.

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.has_head:  # later ones are trailers, which are not passed on
            self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()
        self._is_informing = 100 <= self.status < 200
        if self._is_informing:
            if self.status == 101:
                self.fail(NoAnswer("it switched to another protocol, which is not passed on"))
            self.headers = []
            return
        if self.status not in STATUSES:
            self.fail(NoAnswer(f"it answered {self.status}, which is no status"))
            return
        self.has_head = True
        self.is_kept = self._parser.should_keep_alive()
        if self._is_head_only:
            self.has_ended = True

    def on_body(self, data: bytes) -> None:
        if not self._is_head_only:
            self._parts.append(data)
            self._size += len(data)

    def on_message_complete(self) -> None:
        if not self._is_informing:
            self.has_ended = True
