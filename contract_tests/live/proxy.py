"""`studio-mock proxy`: stands between a client and a deployment, passes everything on, and judges it once it has passed.

With `enforce` it is judged before: what breaks the contract is answered here instead. Not here: the connections (`upstream`), what is
made of an exchange (`desk`).
"""

import asyncio
from collections.abc import Callable
from typing import Any

from contract_tests.live.bodies import LARGEST, readable_only
from contract_tests.live.connection import Connection, Gone, NoAnswer, Pairs
from contract_tests.live.desk import Desk, Passed, problem_details
from contract_tests.live.judging import OWN, Finding
from contract_tests.live.traffic import media_of
from contract_tests.live.upstream import CHUNKED, Upstream, of_the_answer

PATIENCE = 0.2  # seconds until it is looked whether a client that waits is still there
BY_PROXY = b"x-mock-proxy"  # header of what was answered here, and why
BROKEN_REQUEST, BROKEN_ANSWER, NOT_IMPLEMENTED = 422, 502, 501
# Other protocols may be left out, but a client of a WebSocket waits for it.
HOLDS_BACK: dict[bytes, Callable[[bytes], bool]] = {
    b"upgrade": lambda value: value.lower() == b"websocket",
    b"transfer-encoding": lambda value: value.lower() != CHUNKED,
}


class NotPassedOn(Exception):
    """A client asks for something that is not passed on; the message says what."""


class Watch:
    """Sends the rest of a body on, and gives up the connection to the deployment when the client leaves."""

    def __init__(self, receive: Any, passed: Passed, is_more: bool, is_chunked: bool) -> None:
        self.connection: Connection | None = None
        self._receive, self._passed, self._is_more, self._is_chunked = receive, passed, is_more, is_chunked
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Begin, for a request whose head has been sent."""
        if self._is_more:
            self._start()
        elif self._timer is None and self._task is None:
            self._timer = asyncio.get_running_loop().call_later(PATIENCE, self._start)

    def end(self) -> None:
        """End, with the exchange."""
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
        if self._is_more:  # answered before all was sent
            self._passed.sent.is_cut = True
            if self.connection is not None:
                self.connection.is_kept = False

    def _start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        assert self.connection is not None
        while self._is_more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.connection.fail(Gone())
                return
            self._is_more = message.get("more_body", False)
            part = message.get("body", b"")
            self._passed.sent.add(part)
            framed = chunk(part, not self._is_more) if self._is_chunked else part
            if framed:
                await self.connection.write(framed)
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.connection.fail(Gone())


class Proxy:
    """An ASGI application. What is below `/_mock` is answered by the stand-in of the desk: the journal and the console."""

    def __init__(self, upstream: Upstream, desk: Desk, enforce: bool = False) -> None:
        self.upstream, self.desk, self.enforce = upstream, desk, enforce

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"].startswith(f"{OWN}/") or scope["path"] == OWN:
            await self.desk.app(scope, receive, send)
        elif scope["type"] == "http":
            await self.passing(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self.upstream.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def passing(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on, answer in place of a deployment that does not, and let the exchange be judged."""
        passed = Passed(scope)
        try:
            await self._pass_on(passed, receive, send)
        except NotPassedOn as problem:
            self._failed(passed, str(problem))
            await self._refuse(passed, send, NOT_IMPLEMENTED, str(problem), [])
        except NoAnswer as problem:
            passed.answer.is_cut = True
            await self._no_answer(passed, send, problem)
        except Gone:
            passed.answer.is_cut = True
            self._left(passed)
        except asyncio.CancelledError:
            passed.answer.is_cut = True
            self._failed(passed, "studio-mock was ended before the answer had")
            self.desk.finish(passed)  # nothing is called soon any more
            raise
        except (
            Exception
        ) as error:  # the last door: a client is never left without an answer, nor the user without a line
            passed.answer.is_cut = True
            told = f"it could not be passed on, for a reason that is ours ({type(error).__name__}); please report it"
            await self._no_answer(passed, send, NoAnswer(told))
        self._end(passed)

    def _left(self, passed: Passed) -> None:
        passed.note = f"the client left before {'its request' if passed.sent.is_cut else 'the answer'} had ended"
        self.desk.told.note(f"left     {self._where(passed)}  {passed.note}")

    def _failed(self, passed: Passed, why: str) -> None:
        passed.note = why
        self.desk.told.trouble(f"failed   {self._where(passed)}  {why}")

    def _where(self, passed: Passed) -> str:
        return self.desk.where(passed.scope["method"], passed.scope["raw_path"].decode("latin-1"))

    def _end(self, passed: Passed) -> None:
        """Let an exchange be judged, after the answer has left."""
        asyncio.get_running_loop().call_soon(self.desk.finish, passed)

    async def _pass_on(self, passed: Passed, receive: Any, send: Any) -> None:
        """Pass a request on, and its answer. Raises NoAnswer, Gone, NotPassedOn."""
        scope = passed.scope
        body, is_more, is_chunked = b"", False, False
        for name, value in scope["headers"]:
            if name == b"content-length" or name == b"transfer-encoding":
                is_more, is_chunked = True, name == b"transfer-encoding"
            if name in HOLDS_BACK and HOLDS_BACK[name](value):
                raise NotPassedOn(f"{name.decode()}: {value.decode('latin-1')} was asked for, which is not passed on")
        if is_more:
            body, is_more = await self._begin_of_body(passed, receive)
        if self.enforce and not is_more and (found := self.desk.request_findings(passed)):
            await self._refuse(
                passed, send, BROKEN_REQUEST, "The request breaks the contract and was not passed on", found
            )
            return
        await self._exchange(passed, send, Watch(receive, passed, is_more, is_chunked), body, is_more, is_chunked)

    async def _begin_of_body(self, passed: Passed, receive: Any) -> tuple[bytes, bool]:
        """Return the first part of a body, or all of it if it is to be judged before it is passed on, and whether more comes."""
        parts: list[bytes] = []
        is_more = True
        while is_more and (not parts or (self.enforce and passed.sent.is_whole)):
            message = await receive()
            if message["type"] == "http.disconnect":
                passed.sent.is_cut = True
                raise Gone
            parts.append(message.get("body", b""))
            passed.sent.add(parts[-1])
            is_more = message.get("more_body", False)
        return b"".join(parts), is_more

    async def _exchange(
        self, passed: Passed, send: Any, watch: Watch, body: bytes, is_more: bool, is_chunked: bool
    ) -> None:
        scope, query = passed.scope, passed.scope["query_string"]
        target = scope["raw_path"] + b"?" + query if query else scope["raw_path"]
        framed = chunk(body, not is_more) if is_chunked else body
        try:
            headers = [pair if pair[0] != b"accept-encoding" else _readable(pair) for pair in scope["headers"]]
            connection = await self.upstream.ask(scope["method"], target, headers, framed, is_more, watch)
            await self._answer(passed, send, connection)
            watch.end()
            self.upstream.release(connection)
        except BaseException:
            watch.end()
            if watch.connection is not None:
                watch.connection.abort()
            raise

    async def _answer(self, passed: Passed, send: Any, connection: Connection) -> None:
        """Pass an answer on as it comes; if it is to be judged first, when all of it has come."""
        headers = of_the_answer(connection.status, connection.headers)
        begin = {"type": "http.response.start", "status": connection.status, "headers": headers}
        part, has_ended = await self._begin_of_answer(passed, connection, headers)
        if self.enforce and has_ended:
            passed.status, passed.response_headers = connection.status, headers
            found = self.desk.answer_findings(passed)
            if found:
                detail = "The answer of the deployment breaks the contract and was not passed on"
                await self._refuse(passed, send, BROKEN_ANSWER, detail, found)
                return
        passed.status, passed.response_headers = connection.status, headers
        await send(begin)
        while not has_ended:
            if part:
                await send({"type": "http.response.body", "body": part, "more_body": True})
            part = await connection.read()
            passed.answer.add(part)
            has_ended = connection.has_ended
        await send({"type": "http.response.body", "body": part, "more_body": False})

    async def _begin_of_answer(self, passed: Passed, connection: Connection, headers: Pairs) -> tuple[bytes, bool]:
        """Return what has come of an answer, or all of it if it is to be judged before it is passed on, and whether that is all."""
        part = connection.take()
        passed.answer.add(part)
        is_old = passed.scope["http_version"] == "1.0" and not any(name == b"content-length" for name, _ in headers)
        if not (is_old or (self.enforce and _is_judged(headers))):
            return part, connection.has_ended
        parts = [part]
        while not connection.has_ended and passed.answer.is_whole:
            parts.append(await connection.read())
            passed.answer.add(parts[-1])
        part = b"".join(parts)
        if is_old:
            _tell_length(headers, part, connection)
        return part, connection.has_ended

    async def _no_answer(self, passed: Passed, send: Any, problem: NoAnswer) -> None:
        """Say that there is no answer; of one that has begun already the client's connection is closed before its end."""
        told = f"{self.upstream.address.url}: {problem}"
        self._failed(passed, told)
        if not passed.status:
            await self._refuse(passed, send, problem.status, told, [])

    async def _refuse(self, passed: Passed, send: Any, status: int, detail: str, found: list[Finding]) -> None:
        content = problem_details(status, detail, found)
        passed.note = detail
        headers = [
            (b"content-type", b"application/problem+json"),
            (b"content-length", str(len(content)).encode()),
            (BY_PROXY, b"contract" if found else b"no-answer"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})


def chunk(part: bytes, is_last: bool) -> bytes:
    """Return a part of a body in the chunked coding."""
    framed = b"%x\r\n%b\r\n" % (len(part), part) if part else b""
    return framed + b"0\r\n\r\n" if is_last else framed


def _readable(pair: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    return pair[0], readable_only(pair[1])


def _tell_length(headers: Pairs, body: bytes, connection: Connection) -> None:
    """Add the length of an answer that has none for a client of HTTP/1.0, which knows of no chunks. Raises NoAnswer if it is long."""
    if not connection.has_ended:
        told = f"its answer has more than {LARGEST >> 20} MiB and says no length, which a client of HTTP/1.0 needs"
        raise NoAnswer(told)
    if body:
        headers.append((b"content-length", str(len(body)).encode()))


def _is_judged(headers: Pairs) -> bool:
    """Whether the contract says something of a body: it may be waited for, which a stream of events would not end to make one do."""
    media = media_of(
        tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers if name == b"content-type")
    )
    return media.endswith("json")
