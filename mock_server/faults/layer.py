"""Does to a request what is planned for it: waits, answers in place of the handler, spoils what the handler has answered.

`Dispatch` comes here only if something is armed in the sandbox, the request prefers something, or a magic value may be in its body.
"""

import random
import re
from copy import copy
from typing import Any

from mock_server.faults import answers, examples, magic, prefer, sending, spoiling
from mock_server.faults.plan import Plan
from mock_server.faults.rules import Fault
from mock_server.pipeline import delivery
from mock_server.pipeline.bodies import read
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.exchange import Exchange
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply

FAULT, APPLIED = b"x-mock-fault", b"preference-applied"
UNSENDABLE = re.compile(rb"[^ -~]")  # in a header
EVERYBODY = {"scope": "public"}


async def answer(dispatch: Any, operation: Operation, exchange: Exchange, headers: Any, receive: Any) -> Reply:
    """Return the answer to a request, not spoiled yet. Raises what `Dispatch.answer` raises."""
    plan = Plan()
    if not operation.api.spared:
        operation = _with_preferences(plan, operation, exchange)
        _with_faults(plan, operation, exchange, headers)
    if plan.told:
        exchange.fault = plan
        if plan.wait:
            await dispatch.sleep(plan.wait)
        if plan.fault is not None and not plan.fault.handler_runs:
            exchange.body = await read(receive, headers, dispatch.body_limit)
            return _instead(operation, plan.fault)
    reply: Reply = await dispatch.answer(operation, exchange, headers, receive)
    return reply


async def by_magic(dispatch: Any, operation: Operation, exchange: Exchange) -> Reply | None:
    """Do what a magic value in a valid body asks for; return the answer if it is to be in place of the handler's."""
    found = None if operation.api.spared else magic.found(exchange.value)
    if found is None:
        return None
    value, fault = found
    plan: Plan = exchange.fault or Plan()
    exchange.fault = plan
    wait = plan.take(fault, value, f"{exchange.sandbox.world.seed}:{value}")
    if wait:
        await dispatch.sleep(wait)
    return None if fault.handler_runs else _instead(operation, fault)


async def deliver(dispatch: Any, exchange: Exchange, reply: Reply, receive: Any, send: Any) -> None:
    """Send an answer as it is planned. Raises ConnectionClosed if the connection is to be closed and there is none."""
    plan: Plan = exchange.fault
    fault = plan.fault
    if fault is not None and fault.body is not None:
        assert exchange.operation is not None
        reply, told = spoiling.spoiled(reply, fault.body, exchange.operation, random.Random(plan.chance))
        plan.told.append(told)
    reply = Reply(reply.status, reply.body, reply.media, (*reply.headers, *_told(plan)))
    if fault is not None and fault.close is not None:
        await sending.cut(reply if fault.close == "midway" else None, exchange, receive, send)
    elif fault is not None and fault.slow_body is not None:
        await sending.slowly(reply, fault.slow_body, dispatch.sleep, exchange, send)
    else:
        await delivery.deliver(reply, exchange.scope, send)


def _told(plan: Plan) -> list[tuple[bytes, bytes]]:
    headers = [(FAULT, UNSENDABLE.sub(b"?", str(plan).encode("ascii", "replace")))]
    return [*headers, (APPLIED, ", ".join(plan.applied).encode())] if plan.applied else headers


def _with_preferences(plan: Plan, operation: Operation, exchange: Exchange) -> Operation:
    """Return the operation as the request prefers it: with an example of the contract for its handler, which everybody may see."""
    try:
        preferences = prefer.read(exchange.scope["headers"])
        reply = examples.preferred(operation, preferences) if preferences and preferences.from_contract else None
    except Refused as refusal:
        plan.is_free = True
        plan.told.append(refusal.message)
        exchange.fault = plan
        raise
    if preferences is not None:
        plan.heed(preferences)
    if reply is not None:
        operation = copy(operation)
        operation.handler, operation.role = lambda call: reply, EVERYBODY
    return operation


def _with_faults(plan: Plan, operation: Operation, exchange: Exchange, headers: Any) -> None:
    armed = exchange.sandbox.armed
    if armed is None or not armed.live:
        return
    by_user = any(fault.user is not None for fault in armed.live)
    user = caller(operation, exchange, headers) if by_user else None
    for fault in armed.hitting(operation, exchange.scope, user):
        plan.take(fault, f"fault {fault.id}", armed.chance(fault))


def caller(operation: Operation, exchange: Exchange, headers: Any) -> str | None:
    """Return the e-mail of who calls, None if nobody does or with a token that is not good."""
    call = Call(exchange.sandbox, operation.api)
    try:
        operation.api.authenticate(operation, call, headers.get(b"authorization"))
        email: str | None = operation.api.email_of(call)
    except Refused:
        return None
    except operation.api.errors:
        return None
    return email


def _instead(operation: Operation, fault: Fault) -> Reply:
    """Return the answer of a fault; of one that closes the connection nobody will see it."""
    return answers.error(operation, fault.status or 503, fault.message, fault.retry_after)
