"""Compiled validation: an OpenAPI 3.0 schema becomes a `jsonschema-rs` validator once, its errors become places and reasons."""

import re
from collections.abc import Iterable
from typing import Any

import jsonschema_rs

from mock_server.contract import Json

LONGEST_REASON = 300
UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
INTEGER_FORMATS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}  # jsonschema-rs does not check these
DOCUMENT = "urn:contract"  # the name under which schemas refer to their document
NOT_SCHEMA = {"nullable", "example", "x-evidence"}


class Schemas:
    """The schemas of one document, compiled when they are first needed. They share what they refer to."""

    def __init__(self, document: Json) -> None:
        self._components = document["components"].get("schemas", {})
        self._registry: jsonschema_rs.Registry | None = None

    def compile(self, schema: Json) -> Any:
        """Return the validator of a schema, which may refer to `#/components/schemas`."""
        if self._registry is None:
            shared = {"components": {"schemas": _each(self._components)}}
            self._registry = jsonschema_rs.Registry([(DOCUMENT, shared)], draft=jsonschema_rs.Draft4)
        return jsonschema_rs.Draft4Validator(
            json_schema(schema), registry=self._registry, validate_formats=True, formats={"uuid": is_uuid}
        )


def is_uuid(text: str) -> bool:
    """Whether a text is a UUID with hyphens; draft 4 knows no such format, so jsonschema-rs does not check it by itself."""
    return UUID.fullmatch(text) is not None


def json_schema(node: Any) -> Any:
    """Translate an OpenAPI 3.0 schema to JSON Schema draft 4, on which it is built: only `nullable` and the formats of integers differ."""
    if isinstance(node, list):
        return [json_schema(element) for element in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": DOCUMENT + node["$ref"]}
    out = {
        key: _each(value) if key == "properties" else value if key == "enum" else json_schema(value)
        for key, value in node.items()
        if key not in NOT_SCHEMA
    }
    if node.get("format") in INTEGER_FORMATS and node.get("type") == "integer":
        lowest, highest = INTEGER_FORMATS[node["format"]]
        out = {"minimum": lowest, "maximum": highest, **out}
    if node.get("nullable") is True:
        return _or_null(out)
    return out


def _each(named: Json) -> Json:
    """Translate a map from names to schemas; a name may well be that of a keyword."""
    return {name: json_schema(schema) for name, schema in named.items()}


def _or_null(schema: Json) -> Json:
    if isinstance(schema.get("type"), str) and "allOf" not in schema:
        schema["type"] = [schema["type"], "null"]
        if None not in schema.get("enum", (None,)):
            schema["enum"] = [*schema["enum"], None]
        return schema
    return {"anyOf": [schema, {"type": "null"}]}


def faults(validator: Any, instance: Any, place: str) -> list[dict[str, str]]:
    """Return `{place, reason}` for each way in which `instance` breaks the schema; none if it is valid."""
    if validator.is_valid(instance):
        return []
    found = [_fault(error, place) for error in _first(validator.iter_errors(instance), 20)]
    return found or [{"place": place, "reason": "is not valid"}]


def _first(errors: Iterable[Any], count: int) -> Iterable[Any]:
    for _, error in zip(range(count), errors, strict=False):
        yield error


def _fault(error: Any, place: str) -> dict[str, str]:
    where = place + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.instance_path)
    kind = error.kind
    if kind.name == "required":
        return {"place": f"{where}.{kind.property}", "reason": "is required"}
    if kind.name in ("anyOf", "oneOf"):
        return {"place": where, "reason": f"matches none of the allowed forms{_alternatives(error)}"}
    return {"place": where, "reason": _short(error.message)}


def _alternatives(error: Any) -> str:
    """Name the fields of which one set is needed, if that is what the alternatives differ in."""
    reasons = []
    for errors in getattr(error.kind, "context", None) or ():
        missing = [inner.kind.property for inner in errors if inner.kind.name == "required"]
        if missing and len(missing) == len(errors):
            reasons.append(" and ".join(missing))
    return f": one of these is needed: {'; '.join(reasons)}" if reasons else ""


def _short(message: str) -> str:
    return message if len(message) <= LONGEST_REASON else message[: LONGEST_REASON - 1] + "…"
