"""How two worlds differ, row by row. Worlds share what they have in common: a table that nobody wrote to costs nothing, and of
one that was written to only the neighbours of what was written."""

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
        found = [(was(row_id), now(row_id)) for row_id in new.differing(old)]
        pairs = [(before, after) for before, after in found if before is not after and before != after]
        if pairs:
            yield kind, pairs


def changed_fields(before: Row, after: Row) -> list[str]:
    """Return the fields in which two versions of a row differ."""
    return [name for name in before.__struct_fields__ if getattr(before, name) != getattr(after, name)]
