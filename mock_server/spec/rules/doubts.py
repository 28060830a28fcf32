"""Rules of the ledger: a row for every doubt, each of them whole, in order, and about operations that there are."""

from collections.abc import Iterator
from typing import Any

from mock_server.contract import Json
from mock_server.spec.document_files import Operation, Place, Sources
from mock_server.spec.ledger import FILE, KINDS, sort_key
from mock_server.spec.rules.common import Problems
from mock_server.spec.rules.evidence import PARTS, grade_of
from mock_server.spec.walk import subschemas

ROW = {"id", "operations", "kind", "documented", "likely", "served", "why"}
EXCLUSION = {"operation", "check", "status", "why"}


def ledger_rows_are_sound(sources: Sources) -> Problems:
    """Every row of the ledger has all fields, filled, an id of its own, and names operations that there are."""
    known = sources.all_operation_ids
    seen: set[str] = set()
    for at, row in enumerate(_rows(sources, "rows")):
        for problem in _row_problems(row, known, seen):
            yield _at(sources, "rows", at), f"{row.get('id', 'a row without id')}: {problem}"
        seen.add(row.get("id", ""))


def _rows(sources: Sources, section: str) -> list[Json]:
    return [row if isinstance(row, dict) else {} for row in sources.ledger.get(section) or ()]


def _at(sources: Sources, section: str, at: int) -> Place:
    return sources.at_path(sources.root / FILE, section, at)


def _row_problems(row: Json, known: set[str], seen: set[str]) -> Iterator[str]:
    yield from _field_problems(row, ROW)
    if row.get("id") in seen:
        yield "another row has this id"
    if row.get("kind") not in KINDS:
        yield f"kind is none of {', '.join(KINDS)}"
    operations = row.get("operations") or ()
    for name in () if operations == "all" else operations:
        if name not in known:
            yield f"{name} is no operation"


def _field_problems(row: Json, fields: set[str]) -> Iterator[str]:
    for name in sorted(fields - {key for key, value in row.items() if value}):
        yield f"{name} is missing or empty"
    for name in sorted(set(row) - fields):
        yield f"there is no field {name}"


def ledger_is_sorted(sources: Sources) -> Problems:
    """Rows for all operations come first; then the tag of the first operation counts, in its order, then the id."""
    tags = {operation.id: operation.tag for operation in sources.operations}
    order = [tag["name"] for tag in sources.document.get("tags", ())]
    last: Any = ()
    for at, row in enumerate(_rows(sources, "rows")):
        operations = row.get("operations") or ["-"]
        if operations != "all" and operations[0] not in tags:
            continue
        key = sort_key(str(row.get("id")), tags.get(operations[0], ""), order)
        if key < last:
            yield _at(sources, "rows", at), f"{row.get('id')} stands behind rows that come after it"
        last = max(key, last)


def ledger_has_every_doubt(sources: Sources) -> Problems:
    """An operation that is inferred in some part, or for which sources contradict each other, has a row that names it.

    An inferred path has a row that shows the path, as served.
    """
    rows = _rows(sources, "rows")
    for operation in sources.operations:
        own = [row for row in rows if operation.id in (row.get("operations") or ()) and row.get("operations") != "all"]
        doubts = ", ".join(_doubts(sources, operation))
        if doubts and not own:
            yield sources.place(*operation.pointer), f"{operation.id}: the ledger has no row ({doubts})"
        elif grade_of(operation, "path") == "inferred" and not any(
            operation.path in str(row.get("served")) for row in own
        ):
            yield (
                sources.place(*operation.pointer),
                f"{operation.id}: no row of the ledger shows {operation.path} as served",
            )


def _doubts(sources: Sources, operation: Operation) -> Iterator[str]:
    evidence = operation.node.get("x-evidence", {})
    yield from (f"{part} inferred" for part in ("grade", *PARTS) if evidence.get(part) == "inferred")
    if operation.node.get("x-role", {}).get("evidence") == "inferred":
        yield "role inferred"
    for media in _contents(sources, operation):
        for _, schema in subschemas(sources.resolve(media.get("schema", {})), ()):
            grades = schema.get("x-evidence", {})
            if isinstance(grades, dict) and "anyOf" in grades:
                yield "two forms accepted"


def _contents(sources: Sources, operation: Operation) -> Iterator[Json]:
    parts = [sources.body(operation), *(response for _, response in sources.responses(operation))]
    return (media for part in parts for media in part.get("content", {}).values())


def exclusions_are_sound(sources: Sources) -> Problems:
    """An exclusion has all fields and names an operation that lists the status; none stands there twice."""
    codes = {operation.id: operation.node.get("responses", {}) for operation in sources.operations}
    known = sources.all_operation_ids
    seen: set[tuple[Any, Any]] = set()
    for at, row in enumerate(_rows(sources, "exclusions")):
        name, check = row.get("operation"), row.get("check")
        problems = list(_field_problems(row, EXCLUSION))
        problems += [f"{name} is no operation"] if name not in known else []
        problems += ["it stands here a second time"] if (name, check) in seen else []
        if name in codes and str(row.get("status")) not in codes[name]:
            problems.append(f"the operation does not list {row.get('status')}")
        seen.add((name, check))
        for problem in problems:
            yield _at(sources, "exclusions", at), f"{name} {check}: {problem}"
