"""From a routed request to its answer: who calls, what is addressed, may they, is what they send right; then the handler.

The order of refusals: 401, 404 for a path, 400 for header and query parameters, 404 and 403 of the scope that the role is looked up
in, 413, 415 and 400 for the body, and what the domain says last; a vendor may have another status for what breaks the contract. A
handler that raises leaves the world as it was.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from mock_server.faults import layer
from mock_server.faults.magic import SIGN
from mock_server.pipeline.bodies import DEFAULT_LIMIT, Disconnected, read
from mock_server.pipeline.call import Call
from mock_server.pipeline.connexion_parts import ROUTING_CONTEXT
from mock_server.pipeline.delivery import deliver
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.exchange import KEY, Exchange
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply
from mock_server.selection import leading_to

log = logging.getLogger("studio-mock")


class ContractBroken(AssertionError):
    """An answer of the stand-in breaks the contract; raised to whoever runs the application when answers are checked."""


class Dispatch:
    """The innermost ASGI application. `operations` is filled after Connexion has read the contract.

    `sleep` is how a fault makes a request wait, `magic` whether magic values in bodies are heeded.
    """

    def __init__(self, check_responses: bool = False, body_limit: int = DEFAULT_LIMIT, magic: bool = True) -> None:
        self.operations: dict[str, Operation] = {}
        self.check_responses, self.body_limit, self.magic = check_responses, body_limit, magic
        self.sleep: Callable[[float], Awaitable[Any]] = asyncio.sleep

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        operation = self.operations[scope["extensions"][ROUTING_CONTEXT]["operation_id"]]
        exchange = scope[KEY]
        exchange.operation = operation
        armed = exchange.sandbox.armed
        headers = dict(exchange.scope["headers"])
        try:
            try:
                if (armed is not None and armed.live) or b"prefer" in headers:
                    reply = await layer.answer(self, operation, exchange, headers, receive)
                else:
                    reply = await self.answer(operation, exchange, headers, receive)
            except Refused as refusal:
                exchange.problem = refusal
                reply = operation.refuse(refusal)
            except operation.api.errors as error:
                exchange.problem = error
                reply = operation.explain(error)
        except Disconnected:
            return
        except Exception as bug:
            exchange.problem = bug
            log.exception("%s %s failed", scope["method"], scope["path"])
            reply = operation.refuse(Refused(500, "Something is wrong with the API."))
            if self.check_responses:
                raise
        if self.check_responses and (exchange.fault is None or not exchange.fault.is_free):
            check(operation, reply)
        if exchange.fault is None:
            await deliver(reply, scope, send)
        else:
            await layer.deliver(self, exchange, reply, receive, send)

    async def answer(
        self, operation: Operation, exchange: Exchange, headers: dict[bytes, bytes], receive: Any
    ) -> Reply:
        """Return the answer of an operation. Raises Refused and the errors of the vendor's domain."""
        scope = exchange.scope
        call = Call(exchange.sandbox, operation.api)
        token = headers.get(b"authorization")
        if operation.takes_token:
            operation.api.authenticate(operation, call, token)
            exchange.user = call.user
        call.path = operation.parameters.read_path(scope["path_params"])
        if operation.alias is not None:
            call.workspace_id = call.path.pop(operation.alias)
        if operation.parameters.headers:
            call.headers = operation.parameters.read_headers(headers)
        call.query = operation.parameters.read_query(scope["query_string"])
        if operation.lessons is not None:
            operation.lessons.find(call)
        if operation.role:
            operation.api.authorize(operation, call)
        host = headers.get(b"host", b"localhost")
        prefix = leading_to(exchange.sandbox.name, exchange.prefix, host)
        call.base_url = f"{scope['scheme']}://{host.decode('latin-1')}{prefix}"
        if operation.body is not None:
            world = call.tx.base
            call.settle()
            exchange.body = await read(receive, headers, self.body_limit)
            call.body, call.files = await operation.body.parse(exchange.body, headers)
            exchange.value = call.body
            if self.magic and SIGN in exchange.body:
                instead = await layer.by_magic(self, operation, exchange)
                if instead is not None:
                    return instead
            if call.tx.base is not world:  # others were served while the body came: ask again
                if operation.takes_token:
                    operation.api.authenticate(operation, call, token)
                operation.api.authorize(operation, call)
        result = operation.handler(call)
        reply: Reply = result if type(result) is Reply else await result
        call.commit()
        reply = operation.answered(reply, call)
        if call.sandbox.mode.mode == "reads" and scope["method"] == "GET" and exchange.journal is not None:
            call.was_read()
        return reply


def check(operation: Operation, reply: Reply) -> None:
    """Raise ContractBroken if an answer is not what the contract says."""
    found = operation.check(reply)
    if found:
        raise ContractBroken(f"{operation.name} answered {reply.status}: {found}; body: {reply.body[:500]!r}")
