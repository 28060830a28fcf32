"""In mode own: makes a place of its own in the target before anything else, with a few things in it to begin with.

Not here: deleting it again (`cleanup`).
"""

import requests

from contract_tests import cleanup, kinds
from contract_tests.addresses import Operation
from contract_tests.created import Created
from contract_tests.kept_out import KEPT_OUT, LEAVES_NOTHING
from contract_tests.steering import Steering
from contract_tests.target import Target
from mock_server.contract import Json, resolve

STORY = {  # what is made, in order; the contract's examples say how, with ids of the run in them
    "studio": (
        "create_project",
        "create_class",
        "create_label",
        "create_document",
        "create_document",
        "create_group",
        "create_session",
    ),
    "label_studio": (),
    "blue_guardrails": (),
}
NAME = "studio-mock check"


def settle(target: Target, run: str) -> str | None:
    """Make the place, and return a line about what is missing if there can be none."""
    operations = [target.addresses.by_id[name] for name in STORY[target.api]]
    if not operations:
        return "The contract has no operation that makes a place which can be deleted again: nothing is written"
    guard = target.wire.guard
    steering = Steering(target.document, guard.created, target.home)
    with target.wire.asking("home"):
        for operation in operations:
            answer = _make(target, operation, steering, run)
            kind = kinds.of_collection(operation)
            if not answer.ok and not target.home:
                return f"{operation.label} answers {answer.status_code}: the run has no place of its own, nothing is written"
            if not target.home and guard.created.ids(kind):
                target.home[kind] = guard.created.ids(kind)[0]
                guard.home.add((kind, target.home[kind]))
    return None


def lasting(target: Target) -> dict[str, str]:
    """Return why operations are left out that create what nothing in the contract can delete."""
    left_out = {}
    for operation in target.addresses:
        if (
            operation.is_safe
            or kinds.of_parameters(operation)
            or operation.operation_id in {**KEPT_OUT, **LEAVES_NOTHING}
        ):
            continue
        kind = _creates(target, operation)
        if kind is None or not cleanup.deleting(target.addresses, kind):
            left_out[operation.operation_id] = (
                f"the contract has no operation that deletes {_a(kind) if kind else 'what it makes'}"
            )
    return left_out


def _make(target: Target, operation: Operation, steering: Steering, run: str) -> requests.Response:
    body = steering.body(_example(target.document, operation), kinds.of_collection(operation))
    if not target.home:
        body = {**body, "name": f"{NAME} {run}"}
    return target.call(operation.operation_id, path=steering.path(operation, {}), json=body)


def _a(kind: str) -> str:
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _creates(target: Target, operation: Operation) -> str | None:
    """Return the kind of what an operation creates, by the links of its answer."""
    if operation.method != "POST":
        return None
    found = Created(target.addresses).kinds_linked(operation)
    return next(iter(found), None)


def _example(document: Json, operation: Operation) -> Json:
    content = resolve(document, operation.node["requestBody"])["content"]["application/json"]
    examples = content.get("examples") or {"only": {"value": content.get("example")}}
    value: Json = next(iter(examples.values()))["value"]
    return value
