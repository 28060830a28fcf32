"""Rules of shape: order, words, paths, and nothing that is not used or half said."""

import re
from collections.abc import Iterable, Iterator
from itertools import combinations
from typing import Any

from mock_server.contract import LEARNED, METHODS, Json
from mock_server.spec.document_files import Sources
from mock_server.spec.rules.common import Problems
from mock_server.spec.walk import Pointer, schemas, subschemas

KEYS = (
    "summary",
    "description",
    "operationId",
    "tags",
    "externalDocs",
    "x-evidence",
    "security",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
)
ADDED = ("x-role", "x-learned")  # by the bundling
WITH_NUL = ("\0", "a\0", "\0a", "0\0", "a\0a")
SHAPED_FORMATS = frozenset({"binary", "uuid", "date-time", "date"})


def keys_stand_in_order(sources: Sources) -> Problems:
    """Keys of an operation stand in the order of point 3, its responses in the order of their codes (success first)."""
    for operation in sources.operations:
        keys = [key for key in operation.node if key not in ADDED]
        if unknown := [key for key in keys if key not in KEYS]:
            yield (
                sources.place(*operation.pointer, unknown[0]),
                f"{operation.id}: {unknown[0]} has no place in the order",
            )
        elif keys != sorted(keys, key=KEYS.index):
            yield sources.place(*operation.pointer), f"{operation.id}: the keys stand as {', '.join(keys)}"
        codes = list(operation.node.get("responses", {}))
        if codes != sorted(codes):
            yield (
                sources.place(*operation.pointer, "responses"),
                f"{operation.id}: the codes stand as {', '.join(codes)}",
            )


def summary_and_description(sources: Sources) -> Problems:
    """Every operation has a description and a summary, a phrase without a full stop that no other operation has."""
    first: dict[str, str] = {}
    for operation in sources.operations:
        place = sources.place(*operation.pointer)
        summary = operation.node.get("summary", "")
        if not summary or summary.endswith("."):
            yield place, f"{operation.id}: a summary is needed, without a full stop"
        if not operation.node.get("description"):
            yield place, f"{operation.id}: a description is needed"
        if summary and summary in first:
            yield place, f"{operation.id}: the summary is that of {first[summary]}, too"
        first.setdefault(summary, operation.id)


def paths_are_apart(sources: Sources) -> Problems:
    """No request fits two paths of which neither says more than the other."""
    for one, other in combinations(sources.document["paths"], 2):
        if _ambiguous(one.split("/"), other.split("/")):
            yield sources.at("openapi.yaml", "paths", other), f"a request can fit both {other} and {one}"


def _ambiguous(one: list[str], other: list[str]) -> bool:
    if len(one) != len(other):
        return False
    variables = [("{" in a, "{" in b) for a, b in zip(one, other, strict=True)]
    if any(a != b and variable == (False, False) for a, b, variable in zip(one, other, variables, strict=True)):
        return False
    return ((True, False) in variables) == ((False, True) in variables)


def path_parameters_stand_at_the_path(sources: Sources) -> Problems:
    """Parameters that are in the path stand at the path item, for they belong to all of its operations.

    An operation may override one of them, where it takes less than the others.
    """
    for operation in sources.operations:
        shared = {sources.resolve(node)["name"] for node in operation.item.get("parameters", ())}
        for at, node in enumerate(operation.node.get("parameters", ())):
            if sources.resolve(node)["in"] == "path" and sources.resolve(node)["name"] not in shared:
                place = sources.place(*operation.pointer, "parameters", at)
                yield place, f"{operation.id}: a path parameter stands at the operation"


def no_dead_parts(sources: Sources) -> Problems:
    """Schemas, parameters, responses, path items, tags and security schemes are all used; some schemas by handlers alone: those `kept`."""
    there = sources.document.get("components", {}).get("schemas", {})
    used = _used(sources.document, [name for name in sources.raw.get(LEARNED, {}).get("kept") or () if name in there])
    for section, parts in sources.document.get("components", {}).items():
        for name in parts:
            if (section, name) not in used:
                yield sources.place("components", section, name), f"nothing refers to {name} of {section}"
    referred = {node["$ref"] for node in sources.raw["openapi.yaml"]["paths"].values()}
    for file, content in sources.raw.items():
        for key in content if file.startswith("paths/") else ():
            if f"{file}#/{key}" not in referred:
                yield sources.at(file, key), f"openapi.yaml does not refer to {file}#/{key}"
    tags = {tag for operation in sources.operations for tag in operation.node.get("tags", ())}
    for at, tag in enumerate(sources.document.get("tags", ())):
        if tag["name"] not in tags:
            yield sources.at("openapi.yaml", "tags", at), f"no operation has the tag {tag['name']}"


def _used(document: Json, kept: Iterable[str]) -> set[tuple[str, str]]:
    """Return section and name of every component that a path leads to, or one of the schemas that are kept."""
    used = {("securitySchemes", name) for need in _requirements(document) for name in need}
    todo = [*_names(document["paths"]), *(("schemas", name) for name in kept)]
    while todo:
        section, name = todo.pop()
        if (section, name) not in used:
            used.add((section, name))
            todo += _names(document["components"][section][name])
    return used


def _requirements(document: Json) -> Iterator[Json]:
    yield from document.get("security", ())
    for item in document["paths"].values():
        for method in METHODS:
            yield from item.get(method, {}).get("security", ())


def _names(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for part in node:
            yield from _names(part)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            section, name = node["$ref"].removeprefix("#/components/").split("/", 1)
            yield section, name
        for part in node.values():
            yield from _names(part)


def request_strings_exclude_nul(sources: Sources) -> Problems:
    """Strings in bodies and parameters have a pattern without NUL, unless a list or a format says what they are."""
    for operation in sources.operations:
        for pointer, schema in _sent(sources, operation.node, operation.pointer):
            if _takes_nul(schema):
                yield sources.place(*pointer), "a string that is sent needs a pattern without NUL"


def _takes_nul(schema: Json) -> bool:
    shaped = "enum" in schema or schema.get("format") in SHAPED_FORMATS
    return (
        schema.get("type") == "string"
        and not shaped
        and any(re.search(schema.get("pattern", ""), text) for text in WITH_NUL)
    )


def _sent(sources: Sources, operation: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    roots: list[tuple[Pointer, Json]] = []
    for media, node in sources.resolve(operation.get("requestBody", {})).get("content", {}).items():
        roots.append(((*pointer, "requestBody", "content", media, "schema"), node.get("schema", {})))
    for at, node in enumerate(operation.get("parameters", ())):
        roots.append(((*pointer, "parameters", at), sources.resolve(node).get("schema", {})))
    yield from _followed(sources, roots)


def _followed(sources: Sources, roots: list[tuple[Pointer, Json]]) -> Iterator[tuple[Pointer, Json]]:
    seen: set[str] = set()
    while roots:
        pointer, schema = roots.pop()
        for at, part in subschemas(schema, pointer):
            yield at, part
            if "$ref" in part and part["$ref"] not in seen:
                seen.add(part["$ref"])
                section, name = part["$ref"].removeprefix("#/components/").split("/", 1)
                roots.append((("components", section, name), sources.document["components"][section][name]))


def answers_name_required_fields(sources: Sources) -> Problems:
    """A named object in an answer says which of its fields are always there."""
    named = {
        pointer: schema
        for operation in sources.operations
        for pointer, schema in _answered(sources, operation.node, operation.pointer)
        if len(pointer) == 3 and schema.get("type") == "object" and schema.get("properties")
    }
    for pointer, schema in named.items():
        if "required" not in schema:
            yield sources.place(*pointer), f"{pointer[2]} is in an answer and does not say which fields are required"


def _answered(sources: Sources, operation: Json, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    roots: list[tuple[Pointer, Json]] = []
    for status, node in operation.get("responses", {}).items():
        for media, content in sources.resolve(node).get("content", {}).items():
            roots.append(((*pointer, "responses", status, "content", media, "schema"), content.get("schema", {})))
    yield from _followed(sources, roots)


def generators_keep_constraints(sources: Sources) -> Problems:
    """What goes with an `allOf` or `anyOf` is a part of an `allOf`; generators of clients lose it elsewhere."""
    for pointer, schema in schemas(sources.document):
        if (
            len(schema.get("allOf", ())) == 1
            and "$ref" in schema["allOf"][0]
            and set(schema) & {"required", "properties"}
        ):
            yield sources.place(*pointer), "what is added to a reference has to be a second part of the allOf"
        if {"anyOf", "oneOf"} & set(schema) and {"allOf", "properties"} & set(schema):
            yield sources.place(*pointer), "alternatives beside other parts have to be a part of an allOf"
