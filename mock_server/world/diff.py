"""How two worlds differ, row by row. Worlds share what they have in common: a table that nobody wrote to costs nothing."""

from collections.abc import Iterator
from typing import Any

from mock_server.world.rows import Row
from mock_server.world.world import World

Pair = tuple[Row | None, Row | None]  # a row before and after; one of them may be None, not both


def differences(before: World, after: World) -> Iterator[tuple[type[Row], list[Pair]]]:
    """Yield each table that differs, with its rows that do, by id."""
    for kind, new in after.tables.items():
        old = before.tables[kind]
        if old is new:
            continue
        was: Any = old.rows.get
        now: Any = new.rows.get
        found = [(row_id, (was(row_id), now(row_id))) for row_id in new.ids if was(row_id) is not now(row_id)]
        found += [(row_id, (was(row_id), None)) for row_id in old.ids if row_id not in new.rows]
        pairs = [pair for _, pair in sorted(found, key=lambda item: item[0]) if pair[0] != pair[1]]
        if pairs:
            yield kind, pairs


def changed_fields(before: Row, after: Row) -> list[str]:
    """Return the fields in which two versions of a row differ."""
    return [name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name)]
