"""Why a fault may never hit anything: no operation of the contract fits it. Says which one is nearest."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import NamedTuple

from mock_server.contract import Json, operations
from mock_server.faults.paths import leads_to
from mock_server.faults.rules import Fault

CONTROL = "control"  # whose operations no fault hits


class Target(NamedTuple):
    """An operation as a fault looks for it."""

    operation_id: str
    tag: str
    path: str
    method: str


def warnings(fault: Fault, documents: Mapping[str, Json]) -> list[str]:
    """Return a sentence for each field of a fault that fits no operation, or one if only all of them together fit none."""
    targets = [target for name, document in documents.items() if name != CONTROL for target in _targets(document)]
    found = list(_unknown(fault, targets))
    if not found and not any(_fits(fault, target) for target in targets):
        where = sorted(
            {f"{t.operation_id} is {t.method} {t.path}" for t in targets if t.operation_id == fault.operation_id}
        )
        found = ["no operation fits all that the fault asks for" + (f"; {where[0]}" if where else "")]
    return found


def _targets(document: Json) -> Iterable[Target]:
    base = document["servers"][0]["url"].rstrip("/")
    for path, method, node, _ in operations(document):
        yield Target(node["operationId"], node["tags"][0], base + path, method.upper())


def _unknown(fault: Fault, targets: list[Target]) -> Iterable[str]:
    for name in ("operation_id", "tag"):
        asked, known = getattr(fault, name), {getattr(target, name) for target in targets}
        if asked is not None and asked not in known:
            yield f"there is no {'operation' if name == 'operation_id' else name} {asked}; {_nearest(asked, known)}"
    if fault.path is not None and not any(leads_to(fault.path, target.path) for target in targets):
        yield f"no operation is at {fault.path}; {_nearest(fault.path, {target.path for target in targets})}"


def _nearest(asked: str, known: Iterable[str]) -> str:
    closest = get_close_matches(asked, sorted(known), n=1, cutoff=0.0)
    return f"the nearest is {closest[0]}" if closest else "there is none at all"


def _fits(fault: Fault, target: Target) -> bool:
    return (
        fault.operation_id in (None, target.operation_id)
        and fault.tag in (None, target.tag)
        and fault.method in (None, target.method)
        and (fault.path is None or leads_to(fault.path, target.path))
    )
