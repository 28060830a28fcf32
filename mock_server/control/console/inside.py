"""Asks the control API from inside the same request: the same handlers, the same sandbox, no socket.

Pages are rendered in a thread; every question is asked on the event loop, where all requests are served, so that it is a transaction
like any other.
"""

import asyncio
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import msgspec

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply

Query = Mapping[str, Any]


class Inside:
    """The control API as one request sees it. Made on the event loop, used in the thread that renders."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self._loop = asyncio.get_running_loop()

    def ask(self, operation_id: str, path: Mapping[str, Any] | None = None, query: Query | None = None) -> Any:
        """Return what an operation that only reads answers. Raises Refused with what it has against the question."""
        return asyncio.run_coroutine_threadsafe(
            _answer(self.call, operation_id, path or {}, query or {}), self._loop
        ).result()


async def _answer(call: Call, operation_id: str, path: Mapping[str, Any], query: Query) -> Any:
    operation = call.api.app.operations[f"control.{operation_id}"]
    inner = Call(call.sandbox, operation.api)
    inner.base_url = call.base_url
    sent = {name: value for name, value in query.items() if value not in (None, "", [])}
    try:
        inner.path = operation.parameters.read_path(dict(path))
        inner.query = operation.parameters.read_query(urlencode(sent, doseq=True).encode())
        result = operation.handler(inner)
        reply: Reply = result if type(result) is Reply else await result
    except operation.api.errors as error:
        reply = operation.api.explain(error)
    content: Any = msgspec.json.decode(reply.body) if reply.media.endswith(b"json") else reply.body.decode()
    if reply.status >= 400:
        raise Refused(reply.status, _told(content))
    return content


def _told(problem: Json) -> str:
    faults = "; ".join(f"{fault['place']} {fault['reason']}" for fault in problem.get("errors", ()))
    return f"{problem['detail']}{f': {faults}' if faults else ''}"
