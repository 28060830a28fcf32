"""The links of a contract: what leads from what was created to what reads, changes, lists and deletes it."""

from collections.abc import Iterator
from typing import Any

import msgspec

from contract_tests.addresses import Operation
from contract_tests.target import Target


class Link(msgspec.Struct, frozen=True):
    """A link that can be followed: its name, the operation, and the path parameters. `is_own` says that the path names what was created."""

    name: str
    operation: Operation
    path: dict[str, str]
    is_own: bool


def links(target: Target, operation_id: str, path: dict[str, Any], sent: Any, status: int, body: Any) -> Iterator[Link]:
    """Yield the links of an answer."""
    operation = target.addresses.by_id[operation_id]
    for name, node in operation.node["responses"].get(str(status), {}).get("links", {}).items():
        leads_to = target.addresses.by_id[node["operationId"]]
        wanted = {part["name"] for part in leads_to.parameters if part["in"] == "path"}
        told = {key: value for key, value in node.get("parameters", {}).items() if key in wanted}
        values = {key: value_of(value, path, sent, body) for key, value in told.items()}
        if all(values.get(key) is not None for key in wanted):
            own = any("$response.body" in str(value) for value in told.values())
            yield Link(name, leads_to, {key: str(value) for key, value in values.items()}, own)


def value_of(expression: Any, path: dict[str, Any], sent: Any, body: Any) -> Any:
    """Return what a runtime expression stands for, None if there is no such thing."""
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    if expression.startswith("$request.path."):
        return path.get(expression.removeprefix("$request.path."))
    source, _, pointer = expression.partition("#/")
    value = sent if source == "$request.body" else body
    for part in pointer.split("/"):
        if isinstance(value, list):
            value = value[int(part)] if part.isdigit() and int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value
