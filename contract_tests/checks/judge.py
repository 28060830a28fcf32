"""Checks every answer that passes the wire, whoever asked, and turns what is wrong into findings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from contract_tests import curl
from contract_tests.checks.answer import Answer, Contract, contract_of
from contract_tests.checks.history import History
from contract_tests.checks.registry import Fault, faults
from contract_tests.findings import Findings, Violation
from contract_tests.named import Unreadable, body_of

if TYPE_CHECKING:
    from contract_tests.target import Target
    from contract_tests.wire import Exchange


def listener(target: "Target", findings: Findings) -> "Judge":
    """Return what looks at every exchange of a target, and begins anew whenever that is reset."""
    judge = Judge(contract_of(target.api, target.document, moves_clock=target.can_advance), findings)
    target.on_reset.append(judge.forget)
    return judge


@contextmanager
def listening(target: "Target", findings: Findings) -> Iterator[None]:
    """Check every answer of a target for as long as the block lasts."""
    judge = listener(target, findings)
    try:
        with target.wire.listening(judge):
            yield
    finally:
        target.on_reset.remove(judge.forget)


class Judge:
    """A listener of the wire: `with target.wire.listening(judge)`. Call `forget` when the target goes back to its beginning."""

    def __init__(self, contract: Contract, findings: Findings) -> None:
        self.contract, self.findings, self.history = contract, findings, History()

    def __call__(self, exchange: "Exchange") -> None:
        """Check one answer."""
        answer = answer_of(self.contract, exchange)
        for fault in (*faults(answer), *self.history.faults(answer)):
            self.findings.add(_violation(answer, fault, exchange))

    def forget(self) -> None:
        """Forget what was seen: the target was reset."""
        self.history.forget()


def answer_of(contract: Contract, exchange: "Exchange") -> Answer:
    """Return an exchange of the wire as the checks see it."""
    request, response = exchange.request, exchange.response
    return Answer(
        contract,
        str(request.method),
        str(request.url),
        response.status_code,
        response.headers,
        response.content,
        sent=_sent(exchange),
        caller=str(request.headers.get("Authorization", "")) or None,
    )


def place_of(answer: Answer) -> str | None:
    """Return where the contract speaks of an answer, as a JSON pointer; None for what it does not know."""
    if answer.operation is None:
        return None
    path = answer.operation.path.replace("~", "~0").replace("/", "~1")
    listed = str(answer.status) in answer.operation.node["responses"]
    return f"/paths/{path}/{answer.operation.method.lower()}/responses{f'/{answer.status}' if listed else ''}"


def _sent(exchange: "Exchange") -> Any:
    """Return the JSON value or the form fields of a request; a field that was sent once is its value."""
    try:
        sent = body_of(exchange.request)
    except Unreadable:
        return None
    if "json" in str(exchange.request.headers.get("Content-Type")) or not isinstance(sent, dict):
        return sent
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in sent.items()}


def _violation(answer: Answer, fault: Fault, exchange: "Exchange") -> Violation:
    return msgspec.structs.replace(
        Violation(check=fault.check, api=answer.api, message=fault.message),
        operation=answer.operation.name if answer.operation else None,
        status=answer.status,
        place=place_of(answer),
        story=(curl.of(exchange.request),),
        requests=exchange.number,
        phase=exchange.phase,
    )
