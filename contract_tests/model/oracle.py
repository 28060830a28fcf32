"""The model: what the domain says that a deployment answers.

It calls handlers, domain and views as functions, over a world of its own and in a private copy of the package (see `private`): a
defect planted in the target, in its objects or in its modules, does not reach it. What it shares with the stand-in is the source: the
contract, which says what is valid, the table of roles, the domain, the views and the world. A mistake in these is
on both sides and is not found with the stand-in as target; it is found with any other. What it does not share: routing, ASGI, the
reading and decoding of requests, threads, the order in which the pipeline commits, and headers.
"""

import json
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlencode

from contract_tests.model.asks import Answer, Ask, as_text
from contract_tests.model.private import PrivateCopy

JSON, FORM = "application/json", "multipart/form-data"
APIS = {"studio": "StudioApi", "label_studio": "LabelStudioApi", "blue_guardrails": "BlueGuardrailsApi"}


class Oracle:
    """The domain of one API over a sandbox of its own. Time stands still in it until it is advanced."""

    def __init__(self, api: str) -> None:
        self.copy = PrivateCopy()
        load = self.copy.load
        self._errors, self._bodies, self._pipeline_call = (
            load(f"pipeline.{name}") for name in ("errors", "bodies", "call")
        )
        self.world_module = load("world")
        document = load("contract").load(api)
        with self.copy.entered():
            vendor = getattr(load(f"{api}.api"), APIS[api])(document)
            compiled = load("pipeline.operations").compile_operations({api: vendor}, {api: document})
        self.api = vendor
        self.operations = {name.partition(".")[2]: operation for name, operation in compiled.items()}
        self._call = _straight(self._pipeline_call.Call)
        kinds = (self.world_module.Job, *load("tables").ROWS)
        self.tables = {kind.__name__: kind for kind in kinds}
        self.start(self._empty())

    def start(self, world: Any) -> None:
        """Begin with a world of the copy's classes; `reset` comes back to it."""
        self.sandbox = self.world_module.Sandbox(world)

    def start_like(self, world: Any) -> None:
        """Begin with the world of a stand-in."""
        self.start(self.copy.adopt(world))

    def reset(self) -> None:
        """Go back to the beginning."""
        self.sandbox.reset()

    def advance(self, seconds: float) -> None:
        """Let time pass; jobs that come due end."""
        self.sandbox.advance(seconds)

    @property
    def waits_for(self) -> float:
        """How many seconds there are until every job of now is over; 0 if there is none."""
        jobs = self.world_module.Job
        tx = self.tx()
        now = tx.world.clock.seconds()
        return max((job.due.timestamp() - now for job in tx.rows(jobs, status="STARTED")), default=0.0)

    def tx(self) -> Any:
        """Return a transaction to read with."""
        return self.sandbox.begin()

    def answer(self, ask: Ask, authorization: str | None) -> Answer:
        """Return what the domain answers, and let the world become what it then is."""
        operation = self.operations[ask.operation]
        call = self._call(self.sandbox, operation.api)
        try:
            reply = self._reply(operation, call, ask, authorization)
        except self._errors.Refused as refusal:
            reply = operation.refuse(refusal)
        except operation.api.errors as problem:
            reply = operation.explain(problem)
        return Answer(reply.status, reply.media.split(b";")[0].decode() if reply.status != 204 else "", reply.body)

    def _reply(self, operation: Any, call: Any, ask: Ask, authorization: str | None) -> Any:
        """Ask in the order in which a request is refused: who, what, may they, is it right; then the handler."""
        if operation.takes_token:
            operation.api.authenticate(operation, call, authorization.encode() if authorization else None)
        known = operation.parameters.path  # a path may have lost a parameter that stories still know
        call.path = operation.parameters.read_path({name: str(ask.path[name]) for name in ask.path if name in known})
        call.headers = operation.parameters.read_headers({})
        call.query = operation.parameters.read_query(urlencode(ask.texts).encode())
        if operation.lessons is not None:
            operation.lessons.find(call)
        if operation.role:
            operation.api.authorize(operation, call)
        if operation.body is not None:
            call.body, call.files = self._body(operation, ask)
        call.base_url = "http://studio-mock.test"
        result = operation.handler(call)
        reply = _driven(result) if isinstance(result, Coroutine) else result
        call.commit()
        return operation.answered(reply, call)

    def _body(self, operation: Any, ask: Ask) -> tuple[Any, dict[str, Any]]:
        contents, media = operation.body.contents, FORM if ask.is_form else JSON
        if ask.json is None and not ask.is_form:
            result: tuple[Any, dict[str, Any]] = _driven(operation.body.parse(b"", {}))
            return result
        if media not in contents:
            raise self._errors.Refused(415, f"The content type {media} is not supported; send {' or '.join(contents)}")
        if not ask.is_form:
            return contents[JSON].checked(self._bodies.parse_json(json.dumps(ask.json).encode())), {}
        files = {}
        if ask.file is not None:
            files["file"] = self._bodies.Upload(ask.file.name, ask.file.content.encode(), ask.file.media)
        return contents[FORM].form({name: [as_text(value)] for name, value in (ask.form or {}).items()}, files)  # type: ignore[no-any-return]

    def empty(self) -> Any:
        """Return a transaction on a world in which there is nothing; `start` begins with what it makes of it."""
        return self.world_module.Tx(self._empty())

    def _empty(self) -> Any:
        return self.world_module.World.empty(list(self.tables.values())[1:], self.world_module.Clock.live())


def _straight(call: type[Any]) -> type[Any]:
    """Return a kind of call that does slow work at once, for nobody else waits here."""

    class Straight(call):  # type: ignore[misc]
        __slots__ = ()

        async def in_thread(self, function: Any, *args: Any, **kwargs: Any) -> Any:
            self.settle()
            return function(*args, **kwargs)

    return Straight


def _driven(work: Coroutine[Any, Any, Any]) -> Any:
    """Return the result of a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    raise RuntimeError("a handler waits for something that is not in the domain")
