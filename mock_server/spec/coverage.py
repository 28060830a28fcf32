"""How much of what somebody has listed of an API is in the contract: `studio-mock spec coverage`.

The list is a YAML file: a list of operations, alone or under one key. Of an entry count `id`, `method`, `path`, `path_params` and
`query_params` (each with `name` and perhaps `enum`), `body` (`fields` as parameters are, `example_shape`), `response_shape`, `success`
and `documented_codes`. A shape is an example with the names of types in place of values; the fields of a body whose shape is a list are
those of its elements. What the list calls "?" has no name there and does not count.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from mock_server import contract
from mock_server.contract import ContractError, Json
from mock_server.spec import ledger
from mock_server.spec.ledger import Ledger

KINDS = ("operations", "path parameters", "query parameters", "body fields", "enums", "response fields", "codes")
UNNAMED = "?"
LIST = "[]"
Steps = tuple[str, ...]


class Operation(msgspec.Struct, frozen=True):
    """An operation of the contract: its id, and its parameters, body and answers, references followed."""

    id: str
    path: str
    parameters: list[Json]
    body: Json
    responses: dict[str, Json]


class Item(msgspec.Struct, frozen=True):
    """Something that the list says of an operation, and whether the contract says it, too. `word` is what to look for in the ledger."""

    kind: str
    name: str
    found: bool
    word: str
    operation_id: str | None = None


class Miss(msgspec.Struct, frozen=True):
    """What the list has and the contract has not; `rows` are ids of rows of the ledger that tell of it."""

    entry: Json
    item: Item
    rows: tuple[str, ...]


class Coverage(msgspec.Struct, frozen=True):
    """The result: found and listed by kind, and what is missing."""

    counts: dict[str, tuple[int, int]]
    misses: list[Miss]

    @property
    def unexplained(self) -> list[Miss]:
        """The misses of which no row of the ledger tells."""
        return [miss for miss in self.misses if not miss.rows]


def run(path: Path, name: str = "studio", root: Path | None = None) -> int:
    """Print how much of the list in a file a document covers; return 1 if something is missing without a reason, else 0.

    Raises ContractError for a file that cannot be read or is no such list.
    """
    found = coverage(contract.load(name, root), ledger.load(root), read(path))
    for line in told(found):
        print(line)
    return 1 if found.unexplained else 0


def read(path: Path) -> list[Json]:
    """Return the entries of a list. Raises ContractError."""
    content: Any = contract.read_yaml(path)
    lists = [value for value in content.values() if isinstance(value, list)]
    if len(lists) != 1 or not all(isinstance(entry, dict) for entry in lists[0]):
        raise ContractError(f"{path}: a map with one list of operations was expected")
    for number, entry in enumerate(lists[0], 1):
        if not {"method", "path"} <= entry.keys():
            raise ContractError(f"{path}: entry {number} has no method or no path")
    return lists[0]


def told(found: Coverage) -> Iterator[str]:
    """Yield the lines of the report."""
    width = max(map(len, KINDS))
    for kind in KINDS:
        have, listed = found.counts[kind]
        yield f"{kind:{width}}  {have} of {listed}"
    for miss in found.misses:
        what = f"{miss.entry['method']} {miss.entry['path']}: {miss.item.kind}: {miss.item.name}"
        yield f"explained by {', '.join(miss.rows)}: {what}" if miss.rows else f"MISSING: {what}"


def coverage(document: Json, rows: Ledger, entries: Iterable[Json]) -> Coverage:
    """Compare a bundled document with the entries of a list."""
    operations = _by_address(document)
    counts = {kind: [0, 0] for kind in KINDS}
    misses = []
    for entry in entries:
        for item in _items(document, operations, entry):
            counts[item.kind][0] += item.found
            counts[item.kind][1] += 1
            if not item.found:
                misses.append(Miss(entry, item, tuple(_explaining(rows, item))))
    return Coverage({kind: (have, listed) for kind, (have, listed) in counts.items()}, misses)


def _explaining(rows: Ledger, item: Item) -> Iterator[str]:
    """Yield the ids of the rows of the operation that name what is missing."""
    named = re.compile(rf"(?<!\w){re.escape(item.word)}(?!\w)")
    for row in rows.of(item.operation_id or ""):
        if named.search(" ".join((row.documented, row.likely, row.served, row.why))):
            yield row.id


def _by_address(document: Json) -> dict[tuple[str, str], Operation]:
    return {
        (method, _bare(path)): Operation(
            str(node.get("operationId", f"{method} {path}")),
            path,
            contract.parameters(document, node, item),
            contract.resolve(document, node.get("requestBody", {})),
            {str(code): contract.resolve(document, answer) for code, answer in node.get("responses", {}).items()},
        )
        for path, method, node, item in contract.operations(document)
    }


def _bare(path: str) -> str:
    """Return a path without the names of its parameters, which do not tell one address from another."""
    return re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")


def _items(document: Json, operations: Mapping[tuple[str, str], Operation], entry: Json) -> Iterator[Item]:
    found = operations.get((entry["method"].lower(), _bare(entry["path"])))
    address = f"{entry['method']} {entry['path']}"
    yield Item(
        "operations", str(entry.get("id", address)), found is not None, entry["path"], found.id if found else None
    )
    if found is not None:
        parts = (_parameters(document, found, entry), _body(document, found, entry), _answers(document, found, entry))
        for item in (item for part in parts for item in part):
            yield msgspec.structs.replace(item, operation_id=found.id)


def _parameters(document: Json, found: Operation, entry: Json) -> Iterator[Item]:
    for place, listed in (("path", _in_path(entry)), ("query", _named(entry.get("query_params")))):
        known = {node["name"]: node.get("schema", {}) for node in found.parameters if node["in"] == place}
        for name, wanted in listed.items():
            word = f"{{{name}}}" if place == "path" else name
            yield Item(f"{place} parameters", name, name in known, word)
            if name in known:
                yield from _enum(document, known[name], wanted)


def _in_path(entry: Json) -> dict[str, Json]:
    """Return the parameters of a path, of which an entry need not tell besides the path itself."""
    return {name: {} for name in re.findall(r"\{([^}]*)\}", entry["path"])} | _named(entry.get("path_params"))


def _named(listed: list[Json] | None) -> dict[str, Json]:
    return {one["name"]: one for one in listed or () if one["name"] != UNNAMED}


def _body(document: Json, found: Operation, entry: Json) -> Iterator[Item]:
    body = entry.get("body") or {}
    shape, schemas = body.get("example_shape"), _schemas(found.body)
    if isinstance(shape, list) and shape:
        shape, schemas = shape[0], [part for schema in schemas for part in _below(document, schema, LIST)]
    fields = _named(body.get("fields"))
    for name, wanted in fields.items():
        inner = [part for schema in schemas for part in _below(document, schema, name)]
        yield Item("body fields", name, bool(inner), name)
        for schema in inner[:1]:
            yield from _enum(document, schema, wanted)
    for steps in _steps(shape):
        if steps[0] not in fields or len(steps) > 1:
            yield _field(document, "body fields", schemas, steps)


def _answers(document: Json, found: Operation, entry: Json) -> Iterator[Item]:
    success = entry.get("success")
    answers = [node for code, node in found.responses.items() if code.startswith("2") and str(success or code) == code]
    schemas = [schema for answer in answers for schema in _schemas(answer)]
    for steps in _steps(entry.get("response_shape")):
        yield _field(document, "response fields", schemas, steps)
    listed = [*([] if success is None else [success]), *(entry.get("documented_codes") or ())]
    for code in dict.fromkeys(map(str, listed)):
        yield Item("codes", code, code in found.responses, code)


def _schemas(carrier: Json) -> list[Json]:
    """Return the schemas of all media types of a body or an answer."""
    return [media["schema"] for media in carrier.get("content", {}).values() if "schema" in media]


def _enum(document: Json, schema: Json, wanted: Json) -> Iterator[Item]:
    known = set(_values(document, schema))
    for value in wanted.get("enum") or ():
        yield Item("enums", f"{wanted['name']}: {value}", str(value) in known, str(value))


def _values(document: Json, schema: Json) -> Iterator[str]:
    """Yield the values that a schema lists, as texts; of an array those of its elements."""
    for part in _parts(document, schema):
        yield from map(str, part.get("enum", ()))
        if "items" in part:
            yield from _values(document, part["items"])


def _field(document: Json, kind: str, schemas: list[Json], steps: Steps) -> Item:
    for step in steps:
        schemas = [below for schema in schemas for below in _below(document, schema, step)]
    named = [step for step in steps if step != LIST]
    return Item(kind, ".".join(steps).replace(f".{LIST}", LIST), bool(schemas), named[-1] if named else LIST)


def _steps(shape: Any) -> Iterator[Steps]:
    """Yield the way to each field of a shape, from outside to inside."""
    if isinstance(shape, dict):
        for name, inner in shape.items():
            yield (str(name),)
            yield from ((str(name), *steps) for steps in _steps(inner))
    elif isinstance(shape, list) and shape:
        yield from ((LIST, *steps) for steps in _steps(shape[0]))


def _below(document: Json, schema: Json, step: str) -> Iterator[Json]:
    """Yield what a schema says of a field, or of the elements of a list."""
    for part in _parts(document, schema):
        if step == LIST:
            if "items" in part:
                yield part["items"]
        elif step in part.get("properties", {}):
            yield part["properties"][step]
        elif isinstance(part.get("additionalProperties"), dict):
            yield part["additionalProperties"]


def _parts(document: Json, schema: Json) -> Iterator[Json]:
    """Yield a schema and what it is put together from, references followed."""
    schema = contract.resolve(document, schema)
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(keyword, ()):
            yield from _parts(document, part)
