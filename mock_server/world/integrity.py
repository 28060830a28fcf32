"""Whether a world fits together: references lead to rows, indexes are right, and so is what vendors' tables demand.

A vendor's part is the module `integrity` beside its rows; its `faults(world)` yields one sentence for each fault.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from mock_server.world.rows import Drop, Ref, Row, index_keys
from mock_server.world.table import Table
from mock_server.world.world import World

Tables = Mapping[type[Row], Table]
Check = Callable[[World], Iterator[str]]


def dangling(world: World) -> list[str]:
    """Return a sentence for everything that does not fit together; none for a sound world."""
    return [*_stray_indexes(world.tables), *broken(world)]


def broken(world: World) -> list[str]:
    """Return what `dangling` does without a look at the indexes, for tables that were built from rows just now."""
    return [*_stray_references(world.tables), *(fault for faults in _vendors(world) for fault in faults(world))]


def _vendors(world: World) -> list[Check]:
    packages = sorted({".".join(kind.__module__.split(".")[:2]) for kind in world.tables})
    return [check for package in packages for check in _vendor(package)]


@cache
def _vendor(package: str) -> tuple[Check, ...]:
    name = f"{package}.integrity"
    return (import_module(name).faults,) if name != __name__ and find_spec(name) else ()


def _stray_references(tables: Tables) -> Iterator[str]:
    named = {kind.__name__: table for kind, table in tables.items()}
    for kind, table in tables.items():
        for field, ref in kind.REFS.items():
            if ref.table in named:  # jobs know of projects and users, whether or not a world has them
                yield from _stray(kind, table, field, ref, named[ref.table])


def _stray(kind: type[Row], table: Table, field: str, ref: Ref, target: Table) -> Iterator[str]:
    known: Any = target.rows
    for row_id, row in table.rows.items():
        value = getattr(row, field)
        for wanted in value if isinstance(ref, Drop) else () if value is None else (value,):
            if wanted not in known:
                yield f"{kind.__name__} {row_id}: {field} names {ref.table} {wanted}, which is not there"


def _stray_indexes(tables: Tables) -> Iterator[str]:
    for kind, table in tables.items():
        fresh = Table.built(kind, table.rows.values())
        if tuple(table.ids) != tuple(fresh.ids):
            yield f"{kind.__name__}: the ids in order are not those of the rows"
        for row_id, row in table.rows.items():
            if row_id != row.id:
                yield f"{kind.__name__} {row_id}: is kept under the wrong id, its own is {row.id}"
            for key in index_keys(row, table.fields):
                if row_id not in table.find(key):
                    yield f"{kind.__name__} {row_id}: is missing in the index {key}"
        for key, ids in table.indexes.items():
            if not ids.chunks or tuple(ids) != tuple(fresh.find(key)):
                yield f"{kind.__name__}: the index {key} holds {ids} and should hold {fresh.find(key)}"
