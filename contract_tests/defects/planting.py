"""How a defect gets into the stand-in: hands for what a deployment gets wrong, from the handler of one operation to the whole wire.

Only the application that is planted changes. What is of modules (rules of the domain) is swapped for the length of each of its
requests and put back, so that another application in the process, and the domain as an oracle, stay as they are.

Not here: the defects themselves (one module for each family), and who finds them (`prove`).
"""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

import msgspec

from mock_server.app import App
from mock_server.contract import Json, resolve
from mock_server.pipeline.bodies import Body
from mock_server.pipeline.call import Call
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply
from mock_server.pipeline.schemas import Schemas

Run = Callable[[Call], Awaitable[Reply]]
Wrap = Callable[[Call, Run], Awaitable[Reply]]
Change = Callable[[Any, Call], Any]


class Answer(msgspec.Struct):
    """What leaves the application: changed in place, or replaced by another one."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON, None if it is none."""
        try:
            return msgspec.json.decode(self.body)
        except msgspec.DecodeError:
            return None

    @json.setter
    def json(self, content: Any) -> None:
        self.body = msgspec.json.encode(content)


class Plant:
    """An application and its inside. `api` is the one of its APIs in which the defect is."""

    def __init__(self, app: App, api: str) -> None:
        self.app, self.api = app, api
        self.vendor = app.apis[api]
        self._swaps: list[tuple[Any, str, Any]] = []

    def on(self, *names: str) -> "Site":
        """Return these operations, under their aliases as well; all of the API without a name."""
        found = [row for key, row in self.app.operations.items() if key.startswith(f"{self.api}.")]
        found = [row for row in found if not names or row.name in names]
        assert {row.name for row in found} >= set(names), f"one of {names} is no operation of {self.api}"
        return Site(self, found)

    def swap(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Let `owner.name` be what `make` makes of it, as long as this application serves a request."""
        if not self._swaps:
            self.layer(self._swapped)
        self._swaps.append((owner, name, make(getattr(owner, name))))

    def layer(self, around: Callable[[Any, Any, Any, Any], Awaitable[None]]) -> None:
        """Put a layer around the application: `around(inner, scope, receive, send)`."""
        inner: Any = self.app._front

        async def front(scope: Any, receive: Any, send: Any) -> None:
            await around(inner, scope, receive, send)

        self.app._front = front  # type: ignore[assignment]

    def answers(self, change: Callable[[Answer, Json], Answer | None]) -> None:
        """Change every answer on its way out; `change` gets it with the ASGI scope of its request."""

        async def around(inner: Any, scope: Any, receive: Any, send: Any) -> None:
            sent: list[Json] = []

            async def keep(message: Json) -> None:
                sent.append(message)

            await inner(scope, receive, keep)
            if sent:
                answer = _collected(sent)
                await _send(change(answer, scope) or answer, scope, send)

        self.layer(around)

    async def _swapped(self, inner: Any, scope: Any, receive: Any, send: Any) -> None:
        with _as_swapped(self._swaps):
            await inner(scope, receive, send)


class Site:
    """Some operations of a planted application."""

    def __init__(self, plant: Plant, operations: list[Operation]) -> None:
        self.plant, self.operations = plant, operations

    def runs(self, wrap: Wrap) -> None:
        """Let `wrap(call, run)` answer, where `run(call)` is what would have answered."""
        for operation in self.operations:
            operation.handler = _wrapped(operation.handler, wrap)

    def replies(self, change: Callable[[Reply, Call], Reply | None]) -> None:
        """Change what a handler replies; what it raises goes its way."""

        async def wrap(call: Call, run: Run) -> Reply:
            reply = await run(call)
            return change(reply, call) or reply

        self.runs(wrap)

    def shows(self, change: Change) -> None:
        """Change the JSON of a handler's reply: in place, or by returning another value."""

        def changed(reply: Reply, call: Call) -> Reply:
            body = msgspec.json.decode(reply.body)
            other = change(body, call)
            reply.body = msgspec.json.encode(body if other is None else other)
            return reply

        self.replies(changed)

    def status(self, status: int) -> None:
        """Let what succeeds have another status."""

        def changed(reply: Reply, call: Call) -> None:
            reply.status = status

        self.replies(changed)

    def asks(self, **parts: Callable[..., Any]) -> None:
        """Replace parts of the vendor for these operations: `authenticate`, `authorize`, `refuse`, `explain`.

        Each is called with what it replaces, and then as that would be.
        """
        for operation in self.operations:
            operation.api = _Vendor(operation.api, parts)

    def swap(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        """Let `owner.name` be what `make` makes of it, as long as these operations are at work."""
        swaps = [(owner, name, make(getattr(owner, name)))]

        async def wrap(call: Call, run: Run) -> Reply:
            with _as_swapped(swaps):
                return await run(call)

        self.runs(wrap)

    def takes(self, change: Callable[[Json], Any]) -> None:
        """Change the schema of the bodies in place; its outermost references are resolved and its parts (`allOf`) are joined."""
        for operation in self.operations:
            document = self.plant.app.documents[self.plant.api]
            node = deepcopy(resolve(document, operation.node["requestBody"]))
            for content in node["content"].values():
                content["schema"] = _joined(document, content["schema"])
                change(content["schema"])
            operation.body = Body(node, document, Schemas(document))

    def reads_no(self, name: str) -> None:
        """Let a query parameter be as if it had not been sent."""

        async def wrap(call: Call, run: Run) -> Reply:
            call.query[name] = next(o.parameters.defaults[name] for o in self.operations)
            return await run(call)

        self.runs(wrap)


class _Vendor:
    """A vendor of which some parts are replaced."""

    def __init__(self, vendor: Any, parts: dict[str, Callable[..., Any]]) -> None:
        self._vendor, self._parts = vendor, parts

    def __getattr__(self, name: str) -> Any:
        whole = getattr(self._vendor, name)
        part = self._parts.get(name)
        return whole if part is None else lambda *args: part(whole, *args)


def _joined(document: Json, schema: Json) -> Json:
    whole: Json = deepcopy(resolve(document, schema))
    for part in whole.pop("allOf", ()):
        one = _joined(document, part)
        whole["properties"] = {**whole.get("properties", {}), **one.get("properties", {})}
        whole["required"] = [*whole.get("required", ()), *one.get("required", ())]
    if not whole.get("required", ["some"]):
        del whole["required"]
    return whole


def _wrapped(handler: Callable[..., Any], wrap: Wrap) -> Callable[[Call], Awaitable[Reply]]:
    async def run(call: Call) -> Reply:
        result = handler(call)
        reply: Reply = result if type(result) is Reply else await result
        return reply

    async def wrapped(call: Call) -> Reply:
        return await wrap(call, run)

    return wrapped


@contextmanager
def _as_swapped(swaps: list[tuple[Any, str, Any]]) -> Iterator[None]:
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in swaps]
    try:
        for owner, name, value in swaps:
            setattr(owner, name, value)
        yield
    finally:
        for owner, name, value in before:
            setattr(owner, name, value)


def _collected(messages: list[Json]) -> Answer:
    start = messages[0]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(message.get("body", b"") for message in messages[1:]))


async def _send(answer: Answer, scope: Json, send: Any) -> None:
    if "content-length" in answer.headers and scope["method"] != "HEAD":
        answer.headers["content-length"] = str(len(answer.body))
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body})
