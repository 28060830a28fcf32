"""Mending a value by its schema: what is valid stays, what is not becomes what the contract's example has there."""

from copy import deepcopy
from typing import Any

from mock_server.contract import Json, resolve
from mock_server.journal.why.sent import Sent

ROUNDS = 10
NOTHING = object()
FORMATS = {
    "date-time": "2026-03-02T09:00:00Z",
    "date": "2026-03-02",
    "uuid": "1c7e5a92-04bd-4f36-9a1d-c83f6e20b754",
    "email": "somebody@example.com",
    "uri": "http://127.0.0.1:9000/",
}
Path = list[str | int]


def mended(document: Json, sent: Sent) -> Any:
    """Return a value that the schema takes, as near to what was sent as it can be; `NOTHING` if none was found."""
    example = example_of(document, sent)
    value = deepcopy(sent.value)
    for _ in range(ROUNDS):
        errors = sent.errors(value)
        if not errors:
            return value
        for error in errors:
            value = _without(document, sent, value, error, example)
    return _kept(sent, example) if example is not NOTHING and not sent.errors(example) else NOTHING


def example_of(document: Json, sent: Sent) -> Any:
    """Return the example that the contract has of a body, else one that is made from its schema."""
    node = sent.content.node
    named = next((example["value"] for example in node.get("examples", {}).values() if "value" in example), NOTHING)
    told = node.get("example", named)
    return sample(document, sent.content.schema) if told is NOTHING else told


def _without(document: Json, sent: Sent, value: Any, error: Any, example: Any) -> Any:
    """Return a value without one of its errors."""
    path: Path = list(error.instance_path)
    if error.kind.name == "required":
        missing = [*path, error.kind.property]
        return _put(value, missing, _right(document, sent, missing, example))
    if error.kind.name == "additionalProperties":
        for name in error.kind.unexpected:
            value = _put(value, [*path, name], NOTHING)
        return value
    return _put(value, path, _right(document, sent, path, example))


def _right(document: Json, sent: Sent, path: Path, example: Any) -> Any:
    """Return what should stand at a place: what the example has there, else something of the schema's."""
    there = _at(example, path)
    if there is not NOTHING:
        return deepcopy(there)
    schema = _schema_at(document, sent.content.schema, path)
    return NOTHING if schema is None else sample(document, schema)


def _kept(sent: Sent, example: Any) -> Any:
    """Return the example with those fields of what was sent that are valid beside the rest."""
    value = deepcopy(example)
    if not isinstance(value, dict) or not isinstance(sent.value, dict):
        return value
    for name, part in sent.value.items():
        if not sent.errors({**value, name: part}):
            value[name] = part
    return value


def _at(value: Any, path: Path) -> Any:
    for key in path:
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif isinstance(value, list) and value and isinstance(key, int):
            value = value[min(key, len(value) - 1)]
        else:
            return NOTHING
    return value


def _put(value: Any, path: Path, part: Any) -> Any:
    """Return a value with another part at a place, or without it for `NOTHING`."""
    if not path:
        return {} if part is NOTHING else part
    owner = _at(value, path[:-1])
    if isinstance(owner, dict):
        if part is NOTHING:
            owner.pop(path[-1], None)
        else:
            owner[path[-1]] = part
    elif isinstance(owner, list) and isinstance(path[-1], int) and path[-1] < len(owner):
        owner[path[-1] : path[-1] + 1] = [] if part is NOTHING else [part]
    return value


def _schema_at(document: Json, schema: Json, path: Path) -> Json | None:
    schema = resolve(document, schema)
    if not path:
        return schema
    for part in (
        schema,
        *(resolve(document, part) for kind in ("allOf", "anyOf", "oneOf") for part in schema.get(kind, ())),
    ):
        below = part.get("items") if isinstance(path[0], int) else part.get("properties", {}).get(path[0])
        if below is not None:
            return _schema_at(document, below, path[1:])
    return None


def sample(document: Json, schema: Json, depth: int = 0) -> Any:
    """Return something that a schema takes, as far as a simple look at it can tell."""
    schema = resolve(document, schema)
    for told in ("example", "default"):
        if told in schema:
            return deepcopy(schema[told])
    if schema.get("enum"):
        return schema["enum"][0]
    if depth > 8:
        return None
    if alternatives := schema.get("anyOf") or schema.get("oneOf"):
        return sample(document, alternatives[0], depth + 1)
    return _made(document, schema, depth)


def _made(document: Json, schema: Json, depth: int) -> Any:
    kind = schema.get("type", "object" if "properties" in schema or "allOf" in schema else "string")
    if kind == "object":
        parts = [schema, *(resolve(document, part) for part in schema.get("allOf", ()))]
        fields = {name: node for part in parts for name, node in part.get("properties", {}).items()}
        needed = [name for part in parts for name in part.get("required", ())]
        return {name: sample(document, fields.get(name, {}), depth + 1) for name in needed}
    if kind == "array":
        count = max(1, schema.get("minItems", 0))
        return [sample(document, schema.get("items", {}), depth + 1) for _ in range(min(count, 10))]
    if kind in ("integer", "number"):
        return schema.get("minimum", min(1, schema.get("maximum", 1)))
    if kind == "boolean":
        return True
    return FORMATS.get(schema.get("format", ""), "text".ljust(min(schema.get("minLength", 0), 1000), "t"))
