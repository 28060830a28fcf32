"""Rules of examples: there is one wherever somebody reads, and each is what its schema says."""

from collections.abc import Iterator
from typing import Any

import msgspec

from mock_server.contract import Json
from mock_server.pipeline.schemas import Schemas, faults
from mock_server.spec.document_files import Sources
from mock_server.spec.openapi31 import Schemas31
from mock_server.spec.rules.common import Problems
from mock_server.spec.walk import Pointer, carriers, examples, schemas

Example = tuple[Pointer, Any, Json]


def examples_are_valid(sources: Sources) -> Problems:
    """Examples and defaults are valid by their schema, formats included, as the server reads it and in the 3.1 copy."""
    validity = Validity(sources.document)
    for pointer, value, schema in examples_of(sources.document):
        for problem in validity.problems(value, schema):
            yield sources.place(*pointer), problem


def examples_of(document: Json) -> Iterator[Example]:
    """Yield where each example and default stands, what it is and what it has to fit."""
    for pointer, carrier in carriers(document):
        if carrier["schema"].get("format") != "binary":
            for at, value in examples(carrier):
                yield (*pointer, *at), value, carrier["schema"]
    for pointer, schema in schemas(document):
        for keyword in ("example", "default"):
            if keyword in schema:
                yield (*pointer, keyword), schema[keyword], schema


class Validity:
    """Compares values with the schemas of a document."""

    def __init__(self, document: Json) -> None:
        self._forms: tuple[Any, ...] = (Schemas(document), Schemas31(document))
        self._compiled: dict[bytes, list[Any]] = {}

    def problems(self, value: Any, schema: Json) -> list[str]:
        """Return place and reason of each fault of a value, none twice."""
        key = msgspec.json.encode(schema)
        if key not in self._compiled:
            self._compiled[key] = [form.compile(schema) for form in self._forms]
        found = [fault for validator in self._compiled[key] for fault in faults(validator, value, "example")]
        return list(dict.fromkeys(f"{fault['place']} {fault['reason']}" for fault in found))


def examples_are_there(sources: Sources) -> Problems:
    """Every request body and every answer of success shows an example; only pure bytes need none."""
    for operation in sources.operations:
        parts = [("requestBody", sources.body(operation))]
        parts += [(status, response) for status, response in sources.responses(operation) if status.startswith("2")]
        for name, part in parts:
            for media, node in part.get("content", {}).items():
                if not (node.get("schema", {}).get("format") == "binary" or any(examples(node))):
                    where = (name,) if name == "requestBody" else ("responses", name)
                    place = sources.place(*operation.pointer, *where, "content", media)
                    yield place, f"{operation.id}: no example of {media}"
