"""The OpenAPI 3.1 copy of a 3.0.3 document, for tools that want it. The contract is written in what Connexion reads."""

from typing import Any

import jsonschema_rs
import msgspec

from mock_server.contract import Json, operations
from mock_server.spec.walk import carriers, schemas, subschemas

VERSION = "3.1.0"
BYTES = "application/octet-stream"
BOUNDS = (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum"))


def upgraded(document: Json) -> Json:
    """Return the OpenAPI 3.1 form of a bundled 3.0.3 document, which is left as it is.

    Schemas differ: null is a type, an example is one of a list, exclusive bounds are numbers, and bytes have a
    media type. Constants that links pass are texts. The dialect is the one that 3.1 takes anyway.
    """
    copy: Json = msgspec.json.decode(msgspec.json.encode(document))
    _name_media_of_bodies(copy)
    _write_constants_of_links(copy)
    for _, schema in list(schemas(copy)):
        _upgrade(schema)
    return {**copy, "openapi": VERSION}


def upgraded_schema(schema: Json) -> Json:
    """Return the JSON Schema (draft 2020-12) that an OpenAPI 3.0 schema means."""
    copy: Json = msgspec.json.decode(msgspec.json.encode(schema))
    for _, part in list(subschemas(copy, ())):
        _upgrade(part)
    return copy


def _name_media_of_bodies(document: Json) -> None:
    """A body that is nothing but bytes has no type in 3.1; its media type says what the bytes are."""
    for pointer, carrier in carriers(document):
        schema = carrier["schema"]
        if len(pointer) > 1 and pointer[-2] == "content" and schema.get("format") == "binary":
            del schema["type"], schema["format"]
            schema["contentMediaType"] = pointer[-1]


def _write_constants_of_links(document: Json) -> None:
    """The schema of OpenAPI 3.1 allows nothing but texts as parameters of a link; a list is written as in a query."""
    parts = [response for _, _, operation, _ in operations(document) for response in operation["responses"].values()]
    for response in (*parts, *document.get("components", {}).get("responses", {}).values()):
        for link in response.get("links", {}).values():
            given = link.get("parameters", {})
            given.update({name: _as_text(value) for name, value in given.items()})


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_as_text, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _upgrade(schema: Json) -> None:
    if "$ref" in schema:
        return
    if "example" in schema:
        schema["examples"] = [schema.pop("example")]
    for exclusive, bound in BOUNDS:
        if schema.pop(exclusive, False):
            schema[exclusive] = schema.pop(bound)
    if schema.get("format") == "binary":
        del schema["format"]
        schema["contentMediaType"] = BYTES
    elif schema.get("format") == "byte":
        del schema["format"]
        schema["contentEncoding"] = "base64"
    if schema.pop("nullable", False):
        _allow_null(schema)


def _allow_null(schema: Json) -> None:
    if isinstance(schema.get("type"), str) and "allOf" not in schema:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema and None not in schema["enum"]:
            schema["enum"] = [*schema["enum"], None]
        return
    outer: Json = {
        name: schema[name] for name in ("description", "examples") if name in schema
    }  # an example may be null
    inner = {name: value for name, value in schema.items() if name not in outer}
    schema.clear()
    schema.update(outer, anyOf=[inner, {"type": "null"}])


class Schemas31:
    """The schemas of a 3.0.3 document, compiled as their 3.1 copy means them, formats included."""

    def __init__(self, document: Json) -> None:
        parts = document.get("components", {}).get("schemas", {})
        self._components = {"schemas": {name: upgraded_schema(schema) for name, schema in parts.items()}}

    def compile(self, schema: Json) -> Any:
        """Return the validator of a 3.0.3 schema, which may refer to `#/components/schemas`."""
        whole = {**upgraded_schema(schema), "components": self._components}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
