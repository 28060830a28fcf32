"""What has to hold of a changed contract before it is served. Much of a document is only read when it is used, which would be too late.

A lint of everything takes longer than somebody waits who has saved a file; it runs only to find the line of what is wrong.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs

from mock_server import contract
from mock_server.contract import ContractError, Json
from mock_server.pipeline.schemas import Schemas
from mock_server.spec.document_files import Sources
from mock_server.spec.rules import FOUNDATION, naming, role_table

FOR_LINES = (*FOUNDATION, naming.one_tag_one_path_file, naming.handlers_are_complete)


def check(documents: dict[str, Json]) -> None:
    """Raise ContractError for a reference that leads nowhere, an operation without a role, or a schema that is none."""
    for name, document in documents.items():
        for reference in _references(document):
            if not _leads(document, reference):
                raise ContractError(f"{name}: {reference} leads nowhere")
        for _, _, operation, _ in contract.operations(document):
            if "x-roles" in document and "x-role" not in operation:
                raise ContractError(f"{name}: roles.yaml does not say who may call {operation.get('operationId')}")
        _check_schemas(name, document)


def first_finding(names: Any) -> str | None:
    """Return the first thing that the lint finds in documents, with file and line; None if it finds nothing or cannot read them."""
    for name in names:
        sources = Sources(name, contract.spec_root(), Path(contract.__file__).parent)
        for rule in (*FOR_LINES, role_table.roles_are_complete) if sources.is_vendor else FOR_LINES:
            for place, message in rule(sources):
                return f"{place.file}:{place.line}: {message}"
    return None


def _references(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _references(part)
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for part in node.values():
            yield from _references(part)


def _leads(document: Json, reference: str) -> bool:
    section, _, name = reference.removeprefix("#/components/").partition("/")
    return name in document["components"].get(section, {})


def _check_schemas(name: str, document: Json) -> None:
    """All at once: compiling them together takes a moment, one by one seconds."""
    named = {key: {"$ref": f"#/components/schemas/{key}"} for key in document["components"].get("schemas", {})}
    inner = {str(at): schema for at, schema in enumerate(_schemas(document["paths"]))}
    try:
        Schemas(document).compile({"type": "object", "properties": {**named, **inner}})
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        raise ContractError(f"{name}: a schema is none: {str(error).splitlines()[0]}") from None


def _schemas(node: Any) -> Iterator[Json]:
    if isinstance(node, list):
        for part in node:
            yield from _schemas(part)
    elif isinstance(node, dict):
        for key, part in node.items():
            if key == "schema" and isinstance(part, dict):
                yield part
            elif key not in ("example", "examples"):
                yield from _schemas(part)
