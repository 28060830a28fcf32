"""Does to a request what is planned for it: waits, answers in place of the handler, spoils what the handler has answered.

`Dispatch` comes here only if something is armed in the sandbox.
"""

import random
from typing import Any

from mock_server.faults import answers, sending, spoiling
from mock_server.faults.armed import Faults
from mock_server.faults.plan import Plan
from mock_server.pipeline import delivery
from mock_server.pipeline.bodies import read
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.exchange import Exchange
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply

HEADER = b"x-mock-fault"


async def answer(dispatch: Any, operation: Operation, exchange: Exchange, receive: Any) -> Reply:
    """Return the answer to a request, not spoiled yet. Raises what `Dispatch.answer` raises."""
    plan = Plan()
    _plan_faults(plan, operation, exchange)
    if plan.told:
        exchange.fault = plan
        if plan.wait:
            await dispatch.sleep(plan.wait)
        fault = plan.fault
        if fault is not None and not fault.handler_runs:
            exchange.body = await read(receive, dict(exchange.scope["headers"]), dispatch.body_limit)
            return answers.error(operation, fault.status or 503, fault.message, fault.retry_after)
    reply: Reply = await dispatch.answer(operation, exchange, receive)
    return reply


async def deliver(dispatch: Any, exchange: Exchange, reply: Reply, receive: Any, send: Any) -> None:
    """Send an answer as it is planned. Raises ConnectionClosed if the connection is to be closed and there is none."""
    plan: Plan = exchange.fault
    fault = plan.fault
    if fault is not None and fault.body is not None:
        assert exchange.operation is not None
        reply, told = spoiling.spoiled(reply, fault.body, exchange.operation, random.Random(plan.chance))
        plan.told.append(told)
    reply = Reply(reply.status, reply.body, reply.media, (*reply.headers, (HEADER, str(plan).encode())))
    if fault is not None and fault.close is not None:
        await sending.cut(reply if fault.close == "midway" else None, exchange, receive, send)
    elif fault is not None and fault.slow_body is not None:
        await sending.slowly(reply, fault.slow_body, dispatch.sleep, exchange, send)
    else:
        await delivery.deliver(reply, exchange.scope, send)


def _plan_faults(plan: Plan, operation: Operation, exchange: Exchange) -> None:
    armed: Faults | None = exchange.sandbox.armed
    if armed is None or not armed.live or operation.api.spared:
        return
    by_user = any(fault.user is not None for fault in armed.live)
    user = caller(operation, exchange) if by_user else None
    for fault in armed.hitting(operation, exchange.scope, user):
        plan.take(fault, armed.chance(fault))


def caller(operation: Operation, exchange: Exchange) -> str | None:
    """Return the e-mail of who calls, None if nobody does or with a token that is not good."""
    call = Call(exchange.sandbox, operation.api)
    try:
        operation.api.authenticate(operation, call, dict(exchange.scope["headers"]).get(b"authorization"))
        email: str | None = operation.api.email_of(call)
    except Refused:
        return None
    except operation.api.errors:
        return None
    return email
