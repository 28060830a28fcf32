"""What is in a world that a request could have named: rows by the name of a parameter or field, and those that stand in the way."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from mock_server.contract import Json
from mock_server.redact import is_secret_field
from mock_server.world import Row, Tx

MOST_SEARCHED = 20_000  # rows of one table
MOST_FIELDS = 8
SHOWN = (str, int, float, bool, datetime, type(None))


def named(tx: Tx, kinds: dict[str, type[Row]], name: str, path: dict[str, str]) -> Iterator[Any]:
    """Yield ids that a path parameter of this name could have: of rows that belong to what the rest of the path names first."""
    kind = kinds.get(name)
    if kind is None:
        return
    for row_id in islice(_ids(tx, kind, name, path), MOST_SEARCHED):
        row = tx.get(kind, row_id)
        yield getattr(row, "uuid", row_id) if ("uuid",) in kind.INDEXES else row_id


def _ids(tx: Tx, kind: type[Row], name: str, path: dict[str, str]) -> Iterator[int]:
    for owner, value in reversed(path.items()):
        if owner != name and owner in kind.REFS and value.isdecimal() and len(value) < 19:
            return iter(tx.ids(kind, **{owner: int(value)}))
    return iter(tx.ids(kind))


def row_named(tx: Tx, kinds: dict[str, type[Row]], name: str, value: str) -> Row | None:
    """Return the row that the value of a path parameter names."""
    kind = kinds.get(name)
    if kind is None:
        return None
    if value.isdecimal() and len(value) < 19:
        return tx.get(kind, int(value))
    return tx.first(kind, uuid=value.lower()) if ("uuid",) in kind.INDEXES else None


def same(tx: Tx, field: str, value: Any, path: dict[str, str]) -> Iterator[Row]:
    """Yield rows that have this value in this field already, and do not belong to something else than the path names."""
    for kind in tx.world.tables:
        if field not in kind.__struct_fields__:
            continue
        for row in islice(tx.rows(kind), MOST_SEARCHED):
            if getattr(row, field) == value and _belongs(row, path):
                yield row


def _belongs(row: Row, path: dict[str, str]) -> bool:
    return all(str(getattr(row, name, value)) == value for name, value in path.items())


def shown(row: Row) -> Json:
    """Return table and id of a row, and some of its plain fields."""
    fields = {
        name: value
        for name in row.__struct_fields__
        if name != "id" and isinstance(value := getattr(row, name), SHOWN) and not is_secret_field(name, value)
    }
    told = dict(islice(((name, value) for name, value in fields.items() if value is not None), MOST_FIELDS))
    return {"table": type(row).__name__, "id": row.id, "fields": msgspec.to_builtins(told)}
