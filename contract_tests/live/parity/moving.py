"""Asks for an operation at another path than the contract has: for a path that was guessed, and is known better by now."""

from collections.abc import Iterable

from contract_tests.accounts import Unusable
from contract_tests.addresses import Addresses
from contract_tests.target import Target
from mock_server.contract import Json, operations


def move(target: Target, moves: Iterable[tuple[str, str]]) -> None:
    """Let a target have operations at other paths. Raises Unusable for an operation that there is not, or whose path is no guess."""
    for operation, path in moves:
        target.document = _moved(target.document, operation, path)
    target.wire.addresses = Addresses(target.document)
    target.wire.guard.created.addresses = target.wire.addresses


def _moved(document: Json, operation: str, to: str) -> Json:
    found = next((one for one in operations(document) if one[2]["operationId"] == operation), None)
    if found is None:
        raise Unusable(f"The contract has no operation {operation}")
    path, method, node, item = found
    evidence = node.get("x-evidence", {})
    if evidence.get("path", evidence.get("grade")) != "inferred":
        raise Unusable(
            f"The path of {operation} is no guess, but {evidence.get('path', evidence.get('grade'))}: {path}"
        )
    paths = {**document["paths"], path: {key: part for key, part in item.items() if key != method}}
    paths[to] = {**paths.get(to, {}), "parameters": item.get("parameters", []), method: node}
    return {**document, "paths": paths}
