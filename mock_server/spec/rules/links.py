"""Rules of links: they lead to operations that are there, with values that are there."""

import re
from collections.abc import Iterator
from typing import Any

from mock_server.contract import Json
from mock_server.spec.document_files import Operation, Sources
from mock_server.spec.rules.common import Problems

EXPRESSION = re.compile(r"\$(request|response)\.(path|query|header|body)[.#](.*)", re.DOTALL)
ALTERNATIVES = ("allOf", "anyOf", "oneOf")


def links_lead_somewhere(sources: Sources) -> Problems:
    """A link names an operation, gives its path parameters and none that it has not, and its expressions resolve."""
    known = {operation.id: operation for operation in sources.operations}
    for operation in sources.operations:
        for status, response in sources.responses(operation):
            for name, link in response.get("links", {}).items():
                place = sources.place(*operation.pointer, "responses", status, "links", name)
                for problem in _problems(sources, operation, response, link, known):
                    yield place, f"{operation.id}: the link {name} {problem}"


def _problems(
    sources: Sources, operation: Operation, response: Json, link: Json, known: dict[str, Operation]
) -> Iterator[str]:
    target = known.get(link.get("operationId", ""))
    if target is None:
        yield f"leads to {link.get('operationId')!r}, which is no operation"
        return
    given = link.get("parameters", {})
    taken = {node["name"]: node["in"] for node in sources.parameters(target)}
    yield from (f"gives {name}, which {target.id} does not take" for name in given if name not in taken)
    yield from (f"does not give {name}" for name in taken if taken[name] == "path" and name not in given)
    if "requestBody" in link and not sources.body(target):
        yield f"gives a body, which {target.id} does not take"
    for expression in _expressions([given, link.get("requestBody")]):
        if not _resolves(sources, operation, response, expression):
            yield f"has {expression}, which is nothing in {operation.id}"


def _expressions(node: Any) -> Iterator[str]:
    if isinstance(node, str) and node.startswith("$"):
        yield node
    elif isinstance(node, dict | list):
        for part in node.values() if isinstance(node, dict) else node:
            yield from _expressions(part)


def _resolves(sources: Sources, operation: Operation, response: Json, expression: str) -> bool:
    parsed = EXPRESSION.fullmatch(expression)
    if parsed is None:
        return expression in ("$url", "$method", "$statusCode", "$request.body", "$response.body")
    side, part, rest = parsed.groups()
    if part == "body":
        content = (sources.body(operation) if side == "request" else response).get("content", {})
        return any(_has(sources, media.get("schema", {}), rest.split("/")[1:]) for media in content.values())
    if side == "response":
        return part == "header" and rest.lower() in {name.lower() for name in response.get("headers", {})}
    return any(node["name"] == rest and node["in"] == part for node in sources.parameters(operation))


def _has(sources: Sources, schema: Json, keys: list[str]) -> bool:
    """Whether a JSON pointer leads to something that the schema names."""
    schema = sources.resolve(schema)
    if not keys:
        return True
    if keys[0] in schema.get("properties", {}) and _has(sources, schema["properties"][keys[0]], keys[1:]):
        return True
    if keys[0].isdecimal() and "items" in schema and _has(sources, schema["items"], keys[1:]):
        return True
    return any(_has(sources, part, keys) for keyword in ALTERNATIVES for part in schema.get(keyword, ()))


def creations_are_linked(sources: Sources) -> Problems:
    """What creates a thing links to what reads, changes and deletes one and lists all: a POST beside paths `…/{id}`."""
    for operation in sources.operations:
        if operation.method == "post":
            linked = {
                link.get("operationId")
                for _, response in sources.responses(operation)
                for link in response.get("links", {}).values()
            }
            for missing in sorted(_relatives(sources, operation) - linked):
                yield sources.place(*operation.pointer), f"{operation.id}: no link leads to {missing}"


def _relatives(sources: Sources, creation: Operation) -> set[Any]:
    below = re.compile(re.escape(creation.path) + r"/\{[^/]*\}")
    one = {other.id for other in sources.operations if below.fullmatch(other.path) and other.method != "post"}
    many = {other.id for other in sources.operations if other.path == creation.path and other.method == "get"}
    return one | many if one else set()
