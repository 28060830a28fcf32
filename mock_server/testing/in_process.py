"""A way from `requests` to an ASGI application in the same process: one event loop that is kept, no socket, no thread.

Not here: what may be sent, and how often (`wire`).
"""

import asyncio
import io
import threading
from collections.abc import Coroutine, Generator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_to_bytes

import requests
import urllib3
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers

from mock_server.faults.sending import ConnectionClosed

Message = dict[str, Any]


class AsgiAdapter(BaseAdapter):
    """Calls an application for every request. Errors that the application raises reach the caller as they are."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self.app = app
        self._loop = asyncio.new_event_loop()
        self._lock = threading.Lock()  # callers may be in several threads, the loop turns in one at a time

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Return the answer of the application."""
        exchange = _Exchange(request)
        try:
            with self._lock:
                self._run(self.app(exchange.scope, exchange.receive, exchange.send))
        except ConnectionClosed as closed:
            raise requests.ConnectionError(str(closed), request=request) from None
        return exchange.response()

    def close(self) -> None:
        """End the loop and the threads that it may have begun for slow work."""
        if not self._loop.is_closed():
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
            self._loop.close()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        """Run the call of an application: most never wait for anything, and need no turn of the loop."""
        asyncio._set_running_loop(self._loop)
        try:
            waiting = work.send(None)
        except StopIteration:
            return
        finally:
            asyncio._set_running_loop(None)
        self._loop.run_until_complete(_rest(waiting, work))


async def _rest(waiting: Any, work: Coroutine[Any, Any, None]) -> None:
    """Go on with a coroutine that has begun and waits for a future, or has yielded nothing to let others go first."""
    await _Resumed(waiting, work)


class _Resumed:
    def __init__(self, waiting: Any, work: Coroutine[Any, Any, None]) -> None:
        self.waiting, self.work = waiting, work

    def __await__(self) -> Generator[Any, Any, None]:
        waiting = self.waiting
        while True:
            problem: BaseException | None = None
            answer = None
            try:
                answer = yield waiting
            except BaseException as raised:
                problem = raised
            try:
                waiting = self.work.send(answer) if problem is None else self.work.throw(problem)
            except StopIteration:
                return


class _Exchange:
    """One call: the scope, what the application may receive, and what it has sent."""

    def __init__(self, request: requests.PreparedRequest) -> None:
        self.request = request
        self.scope = _scope(request)
        self.body: bytes | None = _body(request)
        self.start: Message = {}
        self.parts: list[bytes] = []

    async def receive(self) -> Message:
        if self.body is None:
            return {"type": "http.disconnect"}
        body, self.body = self.body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.start = message
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))

    def response(self) -> requests.Response:
        """Return what was sent, in the form that `requests` has of an answer that came over the net."""
        if not self.start:
            raise requests.ConnectionError("the application has ended without an answer", request=self.request)
        status, content = self.start["status"], b"".join(self.parts)
        headers = urllib3.HTTPHeaderDict()
        for name, value in self.start.get("headers", ()):
            headers.add(name.decode("latin-1"), value.decode("latin-1"))
        answer = requests.Response()
        answer.status_code, answer.reason = status, _reason(status)
        answer.headers = CaseInsensitiveDict(headers)
        answer.encoding = get_encoding_from_headers(answer.headers)
        answer.request, answer.url = self.request, self.request.url or ""
        answer.raw = urllib3.HTTPResponse(
            io.BytesIO(content), headers, status, version=11, reason=answer.reason, preload_content=False
        )
        answer._content, answer._content_consumed = content, True
        return answer


def _scope(request: requests.PreparedRequest) -> Message:
    url = urllib3.util.parse_url(request.url or "")
    path = (url.path or "/").encode()
    headers = [(str(name).lower(), value) for name, value in request.headers.items()]
    raw = [
        (name.encode("latin-1"), value if isinstance(value, bytes) else value.encode("latin-1"))
        for name, value in headers
    ]
    if "Host" not in request.headers:
        raw.append((b"host", (url.netloc or "").encode()))
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme or "http",
        "path": unquote_to_bytes(path).decode("utf-8", "replace"),
        "raw_path": path,
        "query_string": (url.query or "").encode(),
        "root_path": "",
        "headers": raw,
        "client": ("127.0.0.1", 0),
        "server": (url.host, url.port or 80),
    }


def _body(request: requests.PreparedRequest) -> bytes:
    body: Any = request.body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8")
    return body if isinstance(body, bytes) else b"".join(body)


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
