"""What the demands of vendors on their tables are made of (see `integrity`): rows of a kind, and keys that only one row may have."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from mock_server.world.rows import Row
from mock_server.world.world import World

R = TypeVar("R", bound=Row)
Keys = tuple[tuple[type[Row], tuple[str, ...]], ...]
"""Kinds of rows, each with the fields that no two rows have alike."""


def rows_of(world: World, kind: type[R]) -> Iterable[R]:
    """Return all rows of a kind."""
    return world.tables[kind].rows.values()  # type: ignore[return-value]


def getter(world: World, kind: type[R]) -> Callable[[Any], R | None]:
    """Return what finds a row of a kind by its id; nothing for None and for an id that there is not."""
    return world.tables[kind].rows.get  # type: ignore[return-value]


def repeated(world: World, keys: Keys) -> Iterator[str]:
    """Yield a sentence for each key that several rows have."""
    for kind, fields in keys:
        counted = Counter(tuple([getattr(row, field) for field in fields]) for row in rows_of(world, kind))
        for key, count in counted.items():
            if count > 1:
                told = ", ".join(f"{field} {value}" for field, value in zip(fields, key, strict=True))
                yield f"{kind.__name__}: {count} rows have {told}"
