"""What is compared of a deployment that may only be read: the answers of its safe operations with the contract that the stand-in keeps.

There is no telling what is in such a deployment, so what it says cannot be compared; how it says it can. Ids are taken from the
answers on the way: a project from the list of them, its documents from theirs.
"""

from collections.abc import Callable, Iterator

import requests

from contract_tests import kinds
from contract_tests.addresses import Operation
from contract_tests.guard import Blocked
from contract_tests.live import judging, shapes
from contract_tests.live.deviations import recorded
from contract_tests.live.judging import Judge
from contract_tests.live.parity.comparing import NO_ANSWER
from contract_tests.live.parity.record import Record
from contract_tests.model.compare import MEANING, SHAPE, STATUS, Difference
from contract_tests.model.places import SHOWN, UUID
from contract_tests.target import Target
from mock_server.contract import resolve

ASPECT = {
    judging.UNKNOWN_CODE: STATUS,
    shapes.UNKNOWN_VALUE: MEANING,
    shapes.OTHER_VALUE: MEANING,
}  # of a finding; else SHAPE
Teach = Callable[[str, requests.Response], None]
Around = dict[str, str]  # ids that lead to a thing, by kind
GONE = 404
FEW = 2  # things of a kind that are looked into
NOT_SEEN = "nothing that it could be asked of has been seen"
HINTS = {"label_studio": "; --task ID names a task"}
PAGED = "items"  # where a page has what it is a page of
DETAILS = "segments,tags"


def read_all(target: Target, operations: frozenset[str], record: Record, lent: Around) -> None:
    """Ask every safe operation once for which ids are known, those of what is `lent` from the start. Raises contract_tests.brakes.Stop."""
    judge, known = Judge(target.api, document=target.document), [lent]
    left = [one for one in target.addresses if one.is_safe]
    left.sort(key=lambda one: one.path.count("{"))
    while True:
        ready = [(one, around) for one in left if (around := _around(one, known)) is not None]
        for operation, around in ready:
            left.remove(operation)
            known += _read(
                target, judge, operation, around, record if operation.operation_id in operations else Record()
            )
        if not ready:
            break
    for operation in left:
        if operation.operation_id in operations:
            record.miss(operation.operation_id, NOT_SEEN + HINTS.get(target.api, ""))


def read_plain(target: Target, operations: frozenset[str], record: Record, teach: Teach) -> None:
    """Ask those safe operations once whose path names nothing; answers that are not as the contract says go to `teach` as well.

    Raises contract_tests.brakes.Stop.
    """
    judge = Judge(target.api, document=target.document)
    for operation in target.addresses:
        if operation.is_safe and "{" not in operation.path and operation.operation_id in operations:
            _read(target, judge, operation, {}, record, teach)


def _around(operation: Operation, known: list[Around]) -> Around | None:
    """Return the ids for the path of an operation, None if they have not been seen yet."""
    named = kinds.of_parameters(operation)
    if len(named) < operation.path.count("{"):
        return None
    return next((around for around in known if set(named.values()) <= around.keys()), None)


def _read(
    target: Target, judge: Judge, operation: Operation, around: Around, record: Record, teach: Teach | None = None
) -> list[Around]:
    """Ask an operation, judge its answer, and return what it leads to."""
    path = {name: around[kind] for name, kind in kinds.of_parameters(operation).items()}
    takes_details = any(
        one["name"] == "details" and one["schema"].get("type") != "boolean" for one in operation.parameters
    )
    try:
        answer = target.call(operation.operation_id, path=path, query={"details": DETAILS} if takes_details else None)
    except Blocked as blocked:
        record.miss(operation.operation_id, str(blocked.reason))
        return []
    except requests.RequestException:
        record.miss(operation.operation_id, NO_ANSWER)
        return []
    code = answer.status_code
    if not answer.ok and code != GONE and str(code) in operation.node["responses"]:
        record.miss(operation.operation_id, f"it answers {code}, as it may")
        return []
    shown = SHOWN.get(operation.operation_id) or kinds.of_collection(operation)
    found = list(_differences(judge, operation, answer))
    record.add(operation.operation_id, (code, 200), found, f'curl "$URL{answer.request.path_url}"')
    if found and teach is not None:
        teach(operation.operation_id, answer)
    return list(_leads_to(operation, shown, answer, around, _in_paths(target))) if answer.ok else []


def _in_paths(target: Target) -> set[str]:
    """Return the kinds of things that paths name by UUIDs."""
    return {
        kinds.of_parameters(one)[parameter["name"]]
        for one in target.addresses
        for parameter in one.parameters
        if parameter["in"] == "path" and resolve(target.document, parameter["schema"]).get("format") == "uuid"
    }


def _differences(judge: Judge, operation: Operation, answer: requests.Response) -> Iterator[Difference]:
    if not answer.ok:  # although what it was asked of has just been seen
        yield Difference(STATUS, "status", f"target {answer.status_code}, model 200")
    for one in judge.answer(recorded(answer)):
        aspect = ASPECT.get(one.kind, SHAPE)
        if answer.ok or aspect != STATUS:
            yield Difference(aspect, one.place.removeprefix("answer").lstrip(".") or "body", one.told)


def _leads_to(
    operation: Operation, shown: str, answer: requests.Response, around: Around, by_uuid: set[str]
) -> Iterator[Around]:
    """Yield the ids of the first few things of each kind that an answer shows, with those that led to it; `shown` is what it is about,
    `by_uuid` are kinds of what paths name by UUIDs."""
    try:
        value = answer.json()
    except ValueError:
        return
    if isinstance(value, dict) and isinstance(value.get(PAGED), list):
        value = value[PAGED]
    of_path, seen = {kind: around[kind] for kind in kinds.of_parameters(operation).values()}, dict[str, int]()
    for kind, told in kinds.in_value(value, shown):
        if UUID.fullmatch(told) and kind not in by_uuid:  # no path has these
            continue
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= FEW and kind not in of_path:
            yield {**of_path, kind: told}
