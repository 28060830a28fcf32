"""`studio-mock fallback`: serves what a deployment has from there, and what it lacks or fails at from the stand-in; or the other way round.

Who has answered stands in a header. An operation is lacking where nobody is reached, at 405, 501 and any 5xx, and at a 404 that says that
there is no such path, not that there is no such thing. Not here: how something is passed on (`proxy`).
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from starlette.middleware.cors import CORSMiddleware

from contract_tests.addresses import Operation
from contract_tests.live.bodies import uncompressed
from contract_tests.live.connection import Pairs
from contract_tests.live.desk import Desk, Passed
from contract_tests.live.proxy import BY_PROXY, Proxy
from contract_tests.live.traffic import Recorded, header
from contract_tests.live.upstream import Upstream
from mock_server.app import App
from mock_server.pipeline.bodies import DEFAULT_LIMIT
from mock_server.pipeline.front import FAULTS, LOCAL_ORIGIN
from mock_server.studio import tokens
from mock_server.world import Tx

ANSWERED_BY = b"x-mock-answered-by"
DEPLOYMENT, STAND_IN = b"upstream", b"mock"
LARGEST_KEPT = 64 * 1024  # bytes of an answer that is kept until it is known whether another one comes in its place
LACKING = (404, 405, 501)


class Person:
    """As whom the stand-in takes callers who are signed in at the deployment.

    Raises LookupError, with who there is, for an unknown address.
    """

    def __init__(self, app: App, api: str, email: str | None = None) -> None:
        self._app, self._api, self._email = app, app.apis[api], email
        people = self._people()
        if email is not None and not any(person["email"] == email for person in people):
            known = ", ".join(sorted({person["email"] for person in people})) or "nobody"
            raise LookupError(f"the world has nobody with this address; there are {known}")

    def headers(self, sent: Pairs) -> Pairs:
        """Return headers for the stand-in: a credential that it did not issue itself is replaced, and no cookie gets there."""
        kept = [(name, value) for name, value in sent if name not in (b"cookie", b"x-api-key")]
        credential = next((value.decode("latin-1") for name, value in kept if name == b"authorization"), None)
        if (credential is None and len(kept) == len(sent)) or (credential and self._is_own(credential)):
            return kept
        people = self._people()
        one = next((person for person in people if person["email"] == self._email), people[0] if people else None)
        own = {name.lower().encode(): value.encode() for name, value in (one["headers"] if one else {}).items()}
        return [*((name, value) for name, value in kept if name not in own and name != b"authorization"), *own.items()]

    def _is_own(self, credential: str) -> bool:
        try:
            tokens.verify(credential.rpartition(" ")[2])
            return True
        except tokens.InvalidToken:
            return any(person["headers"].get("Authorization") == credential for person in self._people())

    def _people(self) -> list[dict[str, Any]]:
        return list(self._api.people(Tx(self._app.sandbox.world), None, "default"))


class Enough(Exception):
    """An answer that is not passed on is too long to be kept."""


class Held:
    """Sends an answer on, with who gave it, unless its status may mean that there is none: then it is held, to be released or dropped."""

    def __init__(self, send: Any, by: bytes, may_lack: Callable[[int], bool]) -> None:
        self._send, self._by, self._may_lack = send, by, may_lack
        self.status, self.is_held, self.is_cut, self.is_own = 0, False, False, False
        self.headers: Pairs = []
        self.body = b""

    async def __call__(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
            self.is_own = any(name == BY_PROXY for name, _ in self.headers)  # nobody was reached
            self.is_held = self._may_lack(self.status)
            message = self._begin()
        elif self.is_held:
            self.body += message.get("body", b"")
            if len(self.body) > LARGEST_KEPT:
                self.is_cut = True
                raise Enough
        if not self.is_held:
            await self._send(message)

    async def release(self) -> None:
        """Send what was held."""
        await self._send(self._begin())
        await self._send({"type": "http.response.body", "body": self.body})

    def _begin(self) -> dict[str, Any]:
        headers = self.headers if self.is_own else [*self.headers, (ANSWERED_BY, self._by)]
        return {"type": "http.response.start", "status": self.status, "headers": headers}


class Fallback(Proxy):
    """An ASGI application. `chosen` are the operations that may come from the stand-in, which is that of the desk."""

    def __init__(
        self, upstream: Upstream, desk: Desk, chosen: frozenset[str], person: Person, prefers_stand_in: bool = False
    ) -> None:
        super().__init__(upstream, desk)
        self.chosen, self.person, self.prefers_stand_in = chosen, person, prefers_stand_in
        self._has: set[str] = set()  # operations that the deployment has answered

    async def passing(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request from the deployment or the stand-in."""
        operation, _ = self.desk.judge.operation(scope["method"], scope["raw_path"].decode("latin-1"))
        if operation is None or operation.operation_id not in self.chosen:
            await super().passing(scope, receive, Held(send, DEPLOYMENT, _never))
            return
        parts, is_whole = await _body(receive)
        if parts is None:
            self.desk.told.note(f"left     {operation.label}  the client left before its request had ended")
            return
        if not is_whole:
            told = f"{operation.label}  a body of more than {DEFAULT_LIMIT >> 20} MiB is for the deployment alone"
            self.desk.told.note(told)
            await super().passing(scope, _replayed(parts, True, receive), Held(send, DEPLOYMENT, _never))
        elif self.prefers_stand_in:
            await self._stand_in_first(operation, scope, parts, receive, send)
        else:
            await self._deployment_first(operation, scope, parts, receive, send)

    def _end(self, passed: Passed) -> None:
        """Let an exchange be judged and kept; one that only shows what the deployment lacks is kept."""
        if may_lack(passed.status) or not passed.status:
            passed.request_findings, passed.answer_findings = [], []
        super()._end(passed)

    async def _deployment_first(
        self, operation: Operation, scope: Any, parts: list[bytes], receive: Any, send: Any
    ) -> None:
        held = Held(send, DEPLOYMENT, may_lack)
        with suppress(Enough):
            await super().passing(scope, _replayed(parts, False, receive), held)
        if not held.is_held:
            self._has.update((operation.operation_id,) if 0 < held.status < 400 else ())
        elif held.status == 404 and self._is_about_a_thing(operation, scope, held):
            await held.release()
        else:
            why = "is not reached" if held.is_own else f"answered {held.status}"
            self.desk.told.note(f"stand-in {operation.label}  the deployment {why}")
            await asyncio.sleep(0)  # the journal gets them in their order
            await self._stand_in(scope, parts, receive, Held(send, STAND_IN, _never))

    async def _stand_in_first(
        self, operation: Operation, scope: Any, parts: list[bytes], receive: Any, send: Any
    ) -> None:
        held = Held(send, STAND_IN, may_lack)
        await self._stand_in(scope, parts, receive, held)
        if not held.is_held:
            return
        other = Held(send, DEPLOYMENT, may_lack)
        with suppress(Enough):
            await super().passing(scope, _replayed(parts, False, receive), other)
        if other.is_held:  # neither has it: the stand-in says why in the words of the contract
            await held.release()
        else:
            self.desk.told.note(f"upstream {operation.label}  the stand-in answered {held.status}")

    async def _stand_in(self, scope: Any, parts: list[bytes], receive: Any, send: Any) -> None:
        own = {**scope, "headers": self.person.headers(scope["headers"])}
        await self.desk.app(own, _replayed(parts, False, receive), send)

    def _is_about_a_thing(self, operation: Operation, scope: Any, held: Held) -> bool:
        """Whether a 404 means that something is not there, of an operation that is: it is worded as the contract says, or the operation
        has answered before."""
        if "{" not in operation.path or held.is_cut:
            return False
        if operation.operation_id in self._has:
            return True
        headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in held.headers)
        recorded = Recorded(
            method=scope["method"],
            url=self.upstream.address.url + scope["raw_path"].decode("latin-1"),
            status=held.status,
            response_headers=headers,
            response_body=uncompressed(held.body, header(headers, "content-encoding") or ""),
        )
        return recorded.response_body is not None and not self.desk.judge.answer(recorded)


def with_cors(app: Any) -> Any:
    """Return an application whose answers pages of this machine may read, as those of the stand-in: the deployment may not know them."""
    return CORSMiddleware(
        app,
        allow_origin_regex=LOCAL_ORIGIN,
        allow_methods=["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"],
        allow_headers=["*"],
        allow_credentials=True,
        expose_headers=[
            "Content-Disposition",
            "WWW-Authenticate",
            "Allow",
            "X-Mock-Exchange",
            "X-Mock-Answered-By",
            *FAULTS,
        ],
        max_age=600,
    )


def may_lack(status: int) -> bool:
    """Whether a status may mean that an operation is not there."""
    return status in LACKING or status >= 500


def _never(status: int) -> bool:
    return False


async def _body(receive: Any) -> tuple[list[bytes] | None, bool]:
    """Return what came of a body and whether it is all; no list if the client has left."""
    parts: list[bytes] = []
    size, is_more = 0, True
    while is_more and size <= DEFAULT_LIMIT:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None, False
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        is_more = message.get("more_body", False)
    return parts, not is_more


def _replayed(parts: list[bytes], is_more: bool, receive: Any) -> Any:
    """Return a `receive` that gives a body again, and then goes on with what comes."""
    body: bytes | None = b"".join(parts)

    async def again() -> Any:
        nonlocal body
        if body is None:
            return await receive()
        message = {"type": "http.request", "body": body, "more_body": is_more}
        body = None
        return message

    return again
