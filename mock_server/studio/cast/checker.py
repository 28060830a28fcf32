"""Whether an entry of a fixture file is as the contract and `resources` say; errors name file, line and field."""

from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

import jsonschema_rs

from mock_server.contract import BEFORE, Json, resolve
from mock_server.pipeline.schemas import json_schema
from mock_server.places import Entry, SeedError, nearest
from mock_server.studio.cast.resources import Resource
from mock_server.times import moment

KINDS = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a map",
}
FORMATS = {
    "date-time": "a time such as 2026-03-02T09:00:00Z",
    "email": "an e-mail address",
    "uuid": "a UUID such as 3c0f2b7e-52d4-4f6a-8a0e-2f9d6c1b7e44",
}


class Checker:
    """Checks entries against the bundled contract."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._fields: dict[int, dict[str, Field]] = {}

    def check(self, entry: Entry, resource: Resource) -> Entry:
        """Return the entry. Raises SeedError for an unknown, missing or wrong field."""
        if id(resource) not in self._fields:
            self._fields[id(resource)] = self._read(resource)
        fields = self._fields[id(resource)]
        for name, value in entry.items():
            if name not in fields:
                raise entry.fault(name, f"there is no such field; {nearest(name, list(fields))}")
            if not fields[name].allows(value):
                raise entry.fault(name, f"{_short(value)} is wrong; right would be {fields[name].expected}")
        for name in resource.needs.split():
            if name not in entry:
                raise entry.fault(name, f"is missing; right would be {fields[name].expected}")
        return entry

    def _read(self, resource: Resource) -> "dict[str, Field]":
        schemas = {name: self._property(resource, name) for name in resource.takes.split()} | resource.own
        return {name: Field(self._flat(schema)) for name, schema in schemas.items()}

    def _property(self, resource: Resource, name: str) -> Json:
        before = self.document.get(BEFORE, {})  # fixtures are written in the types that handlers know
        for schema in resource.contract:
            for owner, properties in self._properties({"$ref": f"#/components/schemas/{schema}"}, schema):
                if name in properties:
                    found: Json = before.get(f"{owner}.{name}", properties[name])
                    return found
        raise SeedError(
            f"the contract has no property {name} in {', '.join(resource.contract)}, which fixtures rely on"
        )

    def _properties(self, schema: Json, owner: str) -> Iterator[tuple[str, Json]]:
        """Yield the properties of a schema and of its parts, each with the name of the schema that has them."""
        owner = schema["$ref"].rsplit("/", 1)[-1] if "$ref" in schema else owner
        schema = resolve(self.document, schema)
        yield owner, schema.get("properties", {})
        for part in schema.get("allOf", ()):
            yield from self._properties(part, owner)

    def _flat(self, node: Any) -> Any:
        """Put what references lead to in their place."""
        if isinstance(node, list):
            return [self._flat(element) for element in node]
        if not isinstance(node, dict):
            return node
        return {key: self._flat(value) for key, value in resolve(self.document, node).items()}


class Field:
    """The schema of one field."""

    def __init__(self, schema: Json) -> None:
        self.schema = schema

    def allows(self, value: Any) -> bool:
        """Whether the schema allows a value."""
        valid: bool = self._validator.is_valid(value)
        return valid

    @cached_property
    def _validator(self) -> Any:
        formats = {"uuid": _is_uuid, "date-time": _is_time}
        return jsonschema_rs.Draft4Validator(json_schema(self.schema), validate_formats=True, formats=formats)

    @property
    def expected(self) -> str:
        """What the schema allows, in words."""
        return _expected(self.schema)


def _expected(schema: Json) -> str:
    if "x-expected" in schema:
        return str(schema["x-expected"])
    said = _limits(schema)
    if "enum" in schema:
        said = f"one of {', '.join(map(str, schema['enum']))}"
    elif schema.get("format") in FORMATS:
        said = FORMATS[schema["format"]] + said.removeprefix(KINDS["string"])
    return f"{said} or null" if schema.get("nullable") else said


def _limits(schema: Json) -> str:
    said = KINDS.get(schema.get("type", ""), "another value")
    if schema.get("minLength"):
        said += f" of at least {schema['minLength']} character{'s' if schema['minLength'] > 1 else ''}"
    if "maxLength" in schema:
        said += f"{' and' if schema.get('minLength') else ' of'} at most {schema['maxLength']}"
    if "minimum" in schema:
        said += f" from {schema['minimum']}" + (f" to {schema['maximum']}" if "maximum" in schema else "")
    return said


def _short(value: Any) -> str:
    told = repr(value) if isinstance(value, str) else str(value)
    return told if len(told) <= 60 else f"{told[:59]}…"


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _is_time(text: str) -> bool:
    try:
        return isinstance(moment(text), datetime) and "T" in text.upper()
    except ValueError:
        return False
