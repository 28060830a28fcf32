"""Deletes what a run has created, newest first, over the wire like everything else.

Not here: what it has created (`created`).
"""

import requests

from contract_tests import kinds
from contract_tests.addresses import Addresses, Operation
from contract_tests.brakes import Limits, Stop
from contract_tests.created import Entry
from contract_tests.guard import Blocked
from contract_tests.target import Target

GONE = (404, 410)
FORBIDDEN = 403


def clean(target: Target) -> list[str]:
    """Delete what is still there and return a line for each thing that is left."""
    created, brakes = target.wire.guard.created, target.wire.brakes
    target.wire.guard.home.clear()
    brakes.limits, brakes.stopped = _unhurried(brakes.limits), None
    left = []
    with target.wire.asking("cleanup"):
        for entry in created.roots():
            problem = _delete(target, entry)
            if problem is not None:
                left.append(f"{entry.kind} {entry.id} is left: {problem}")
    return left + created.lost


def deleting(addresses: Addresses, kind: str) -> list[Operation]:
    """Return the operations that delete things of a kind, those that need the fewest parameters first."""
    found = [one for one in addresses if one.method == "DELETE" and _last_kind(one) == kind]
    return sorted(found, key=lambda operation: len(kinds.of_parameters(operation)))


def _delete(target: Target, entry: Entry) -> str | None:
    """Delete one thing, and return why it is still there if it is."""
    if entry.within and not deleting(target.addresses, entry.kind):
        target.wire.guard.created.add(_gone(entry))  # a part of something that is deleted, or has been
        return None
    problem = "the contract has no operation that deletes it"
    for operation in deleting(target.addresses, entry.kind):
        values = {**entry.within, _last_parameter(operation): entry.id}
        if not kinds.of_parameters(operation).keys() <= values.keys():
            continue
        try:
            answer = _deleted(target, operation, values)
        except (requests.RequestException, Stop, Blocked) as error:
            return str(error).split("\n", 1)[0][:200]
        if answer.ok or answer.status_code in GONE:
            target.wire.guard.created.add(_gone(entry))
            return None
        problem = f"{operation.label} answers {answer.status_code}"
    return problem


def _deleted(target: Target, operation: Operation, values: dict[str, str]) -> requests.Response:
    """Return what a deletion is answered: by the first person, and where that is not theirs to delete, by whoever may."""
    answer = target.call(operation.operation_id, path=values)
    for person in target.people[1:]:
        if answer.status_code != FORBIDDEN:
            break
        answer = target.call(operation.operation_id, path=values, person=person)
    return answer


def _gone(entry: Entry) -> Entry:
    return Entry(kind=entry.kind, id=entry.id, operation=entry.operation, within=entry.within, gone=True)


def _unhurried(limits: Limits) -> Limits:
    return Limits(
        rate=limits.rate, timeout=limits.timeout, patience=limits.patience, largest=limits.largest, failures=5
    )


def _last_parameter(operation: Operation) -> str:
    return operation.path.rstrip("/").rsplit("/", 1)[-1].strip("{}")


def _last_kind(operation: Operation) -> str:
    return kinds.of_parameters(operation).get(_last_parameter(operation), "")
