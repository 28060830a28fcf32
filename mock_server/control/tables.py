"""The tables of a world as the control side reads them: rows by their fields, and references in both directions.

Not here: how a row is shown (`showing_rows`).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from mock_server.times import written
from mock_server.world import Job, Tx, World
from mock_server.world.ids import EMPTY, Ids
from mock_server.world.jobs import SUBJECTS
from mock_server.world.rows import Row
from mock_server.world.table import Table

Where = tuple[str, str]  # a field and, as text, its value
WORDS = {"null": None, "true": True, "false": False}


def api_of(kind: type[Row]) -> str:
    """Return the package whose table it is; `world` for jobs and events, which all have."""
    return kind.__module__.split(".")[1]


def kind_called(world: World, name: str) -> type[Row] | None:
    """Return the kind of row of a table, or None."""
    return next((kind for kind in world.tables if kind.__name__ == name), None)


def matching(table: Table, wheres: list[Where]) -> Ids:
    """Return the ids of the rows that have all of these values. One look into an index if there is one, else a scan."""
    if not wheres:
        return table.ids
    indexed = next((where for where in wheres if (where[0],) in table.fields), None)
    candidates = table.ids if indexed is None else _by_index(table, *indexed)
    rows: Any = table.rows
    return Ids.of(row_id for row_id in candidates if all(_has(rows[row_id], *where) for where in wheres))


def named(row: Row) -> Iterator[tuple[str, str, int]]:
    """Yield field, table and id of every row that a row names."""
    for field, ref in row.REFS.items():
        value = getattr(row, field)
        for row_id in value if isinstance(value, tuple) else () if value is None else (value,):
            yield field, ref.table, row_id
    if isinstance(row, Job) and row.kind in SUBJECTS:
        yield "subject", SUBJECTS[row.kind].__name__, row.subject


def naming(world: World, row: Row) -> Iterator[tuple[str, str, Ids]]:
    """Yield table, field and ids of the rows that name a row."""
    tx = Tx(world)
    for kind in world.tables:
        for field, ref in kind.REFS.items():
            if ref.table == type(row).__name__ and (ids := tx.ids(kind, **{field: row.id})):
                yield kind.__name__, field, ids
    kinds = [kind for kind, table in SUBJECTS.items() if table is type(row)]
    jobs = Ids.of(job_id for kind in kinds for job_id in tx.ids(Job, kind=kind, subject=row.id))
    if jobs:
        yield "Job", "subject", jobs


def _by_index(table: Table, field: str, text: str) -> Ids:
    keys: list[Any] = [text]
    if text in WORDS:
        keys.append(WORDS[text])
    elif text.lstrip("-").isdecimal() and len(text) < 19:
        keys.append(int(text))
    found = EMPTY
    for key in keys:
        found = found.union(list(table.find(((field,), (key,)))))
    return found


def _has(row: Row, field: str, text: str) -> bool:
    value = getattr(row, field)
    return any(_text(each) == text for each in value) if isinstance(value, tuple) else _text(value) == text


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return written(value) if isinstance(value, datetime) else msgspec.json.encode(value).decode()
