"""Walks through a bundled document: its schemas, and whatever else has examples. Pointers are keys and indexes."""

from collections.abc import Iterator
from typing import Any

from mock_server.contract import Json

Pointer = tuple[str | int, ...]
VALUES = frozenset({"example", "examples", "default", "enum"})
LISTS_OF_SCHEMAS = ("allOf", "anyOf", "oneOf")
SCHEMAS = ("items", "not", "additionalProperties")


def schemas(document: Json) -> Iterator[tuple[Pointer, Json]]:
    """Yield every schema of a document and every schema inside it; references are yielded, not followed."""
    for name, schema in document.get("components", {}).get("schemas", {}).items():
        yield from subschemas(schema, ("components", "schemas", name))
    for pointer, carrier in carriers(document):
        yield from subschemas(carrier["schema"], (*pointer, "schema"))


def subschemas(schema: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    """Yield a schema and every schema inside it."""
    yield pointer, schema
    for name, part in schema.get("properties", {}).items():
        yield from subschemas(part, (*pointer, "properties", name))
    for keyword in LISTS_OF_SCHEMAS:
        for at, part in enumerate(schema.get(keyword, ())):
            yield from subschemas(part, (*pointer, keyword, at))
    for keyword in SCHEMAS:
        if isinstance(schema.get(keyword), dict):
            yield from subschemas(schema[keyword], (*pointer, keyword))


def carriers(document: Json) -> Iterator[tuple[Pointer, Json]]:
    """Yield everything that has a schema without being one: parameters, headers and media types."""
    for key, part in document.items():
        if key == "components":
            for section, parts in part.items():
                if section != "schemas":
                    yield from _carriers(parts, (key, section))
        else:
            yield from _carriers(part, (key,))


def _carriers(node: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    if isinstance(node, list):
        for at, part in enumerate(node):
            yield from _carriers(part, (*pointer, at))
    elif isinstance(node, dict):
        if isinstance(node.get("schema"), dict):
            yield pointer, node
        for key, part in node.items():
            if key not in VALUES and key != "schema" and not str(key).startswith("x-"):
                yield from _carriers(part, (*pointer, key))


def examples(carrier: Json) -> Iterator[tuple[Pointer, Any]]:
    """Yield the examples that a parameter, header or media type shows, with where they stand in it."""
    if "example" in carrier:
        yield ("example",), carrier["example"]
    for name, example in carrier.get("examples", {}).items():
        if "value" in example:
            yield ("examples", name, "value"), example["value"]
