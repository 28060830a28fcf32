"""The OpenAPI 3.1 copy: valid, of the same meaning, and nothing of 3.0 is left in it."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from mock_server import contract
from mock_server.contract import Json
from mock_server.pipeline.schemas import Schemas, faults
from mock_server.spec.openapi31 import Schemas31, upgraded, upgraded_schema
from mock_server.spec.walk import carriers, examples, schemas

NAMES = contract.names()
ONLY_IN_30 = {"nullable", "example"}


def compiled(document: Json, schema: Json) -> Any:
    """Compile a schema of a 3.1 document as it stands there."""
    whole = {**schema, "components": document.get("components", {})}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


@pytest.mark.parametrize("name", NAMES)
def test_the_copy_is_valid_openapi_31(name: str) -> None:
    document = upgraded(contract.load(name))
    assert document["openapi"] == "3.1.0"
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_original_is_left_as_it_is(name: str) -> None:
    document = contract.load(name)
    before = contract.dumps(document)
    upgraded(document)
    assert contract.dumps(document) == before


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_30_is_left(name: str) -> None:
    for _, schema in schemas(upgraded(contract.load(name))):
        assert not ONLY_IN_30 & set(schema)
        assert schema.get("format") not in ("binary", "byte")
        assert not isinstance(schema.get("exclusiveMinimum"), bool)


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_valid_in_both(name: str) -> None:
    old, new = contract.load(name), upgraded(contract.load(name))
    pairs = list(zip(carriers(old), carriers(new), strict=True))
    checked = 0
    for (pointer, before), (same, after) in pairs:
        assert pointer == same
        for at, value in examples(before):
            if before["schema"].get("format") != "binary":
                assert faults(Schemas(old).compile(before["schema"]), value, "/".join(map(str, pointer + at))) == []
            assert compiled(new, after["schema"]).is_valid(value), (pointer, at)
            checked += 1
    assert checked


@pytest.mark.parametrize("name", NAMES)
def test_examples_of_schemas_stay_where_they_were(name: str) -> None:
    document = contract.load(name)
    new = upgraded(document)
    shown = [schema["example"] for _, schema in schemas(document) if "example" in schema]
    kept = [schema["examples"] for _, schema in schemas(new) if "examples" in schema]
    assert sorted(map(repr, kept)) == sorted(repr([value]) for value in shown)
    for _, schema in schemas(new):
        assert all(compiled(new, schema).is_valid(value) for value in schema.get("examples", ()))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        (
            {"type": "string", "enum": ["A"], "nullable": True, "example": "A"},
            {"type": ["string", "null"], "enum": ["A", None], "examples": ["A"]},
        ),
        (
            {"allOf": [{"$ref": "#/components/schemas/A"}], "nullable": True},
            {"anyOf": [{"allOf": [{"$ref": "#/components/schemas/A"}]}, {"type": "null"}]},
        ),
        ({"type": "string", "nullable": False}, {"type": "string"}),
        ({"minimum": 0, "exclusiveMinimum": True}, {"exclusiveMinimum": 0}),
        ({"maximum": 1, "exclusiveMaximum": False}, {"maximum": 1}),
        ({"type": "string", "format": "byte"}, {"type": "string", "contentEncoding": "base64"}),
        (
            {"properties": {"file": {"type": "string", "format": "binary"}}},
            {"properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}}},
        ),
        (
            {"properties": {"example": {"type": "string", "nullable": True}, "nullable": {"type": "boolean"}}},
            {"properties": {"example": {"type": ["string", "null"]}, "nullable": {"type": "boolean"}}},
        ),
        ({"additionalProperties": {"example": 1}}, {"additionalProperties": {"examples": [1]}}),
        ({"default": {"nullable": True}}, {"default": {"nullable": True}}),
    ],
)  # fmt: skip
def test_schemas_are_upgraded(old: Json, new: Json) -> None:
    assert upgraded_schema(old) == new


def test_bodies_of_bytes_are_named_by_their_media_type() -> None:
    png = {"schema": {"type": "string", "format": "binary", "description": "A picture."}, "example": "PNG"}
    document = {"openapi": "3.0.3", "paths": {"/a": {"get": {"responses": {"200": {"content": {"image/png": png}}}}}}}
    new = upgraded(document)["paths"]["/a"]["get"]["responses"]["200"]["content"]["image/png"]
    assert new == {"schema": {"description": "A picture.", "contentMediaType": "image/png"}, "example": "PNG"}


def test_constants_of_links_become_text() -> None:
    given = {"details": ["a", "b"], "limit": 5, "all": True, "id": "$response.body#/id"}
    link = {"operationId": "a", "parameters": given}
    document = {"openapi": "3.0.3", "paths": {"/a": {"get": {"responses": {"200": {"links": {"next": link}}}}}}}
    new = upgraded(document)["paths"]["/a"]["get"]["responses"]["200"]["links"]["next"]["parameters"]
    assert new == {"details": "a,b", "limit": "5", "all": "true", "id": "$response.body#/id"}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["A", "B", "2026-03-02T09:00:00Z", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)
PLAIN = st.sampled_from(
    [
        {"type": "string", "enum": ["A", "B"]},
        {"type": "string", "format": "date-time"},
        {"type": "integer", "minimum": 0},
        {"type": "integer", "minimum": 0, "exclusiveMinimum": True},
        {"type": "boolean", "example": True},
        {"type": "array", "items": {"type": "integer", "nullable": True}},
    ]
)
SCHEMAS = st.recursive(
    st.tuples(PLAIN, st.booleans()).map(lambda pair: {**pair[0], "nullable": pair[1]}),
    lambda inner: (
        st.builds(
            lambda a, b, nullable: {
                "type": "object",
                "required": ["a"],
                "properties": {"a": a, "b": b},
                "nullable": nullable,
            },
            inner,
            inner,
            st.booleans(),
        )
        | st.builds(lambda a, b: {"anyOf": [a, b], "nullable": True}, inner, inner)
    ),
    max_leaves=4,
)


@given(SCHEMAS, VALUES)
@settings(max_examples=300, deadline=None)
def test_a_schema_means_the_same_in_both(schema: Json, value: Any) -> None:
    document: Json = {"components": {"schemas": {}}}
    old, new = Schemas(document).compile(schema), Schemas31(document).compile(schema)
    assert old.is_valid(value) == new.is_valid(value)
