"""Finding rows by the UUIDs that callers use, making UUIDs for many new ones, and changing rows."""

from collections.abc import Iterator
from typing import Any, TypeVar
from uuid import UUID

from mock_server.blue_guardrails.rows import BgAnnotation, BgProject, BgTask
from mock_server.world import Row, Tx

R = TypeVar("R", bound=Row)
C = TypeVar("C", BgAnnotation, BgProject, BgTask)


def by_uuid(tx: Tx, kind: type[R], uuid: str) -> R | None:
    """Return the row that a UUID names, in whatever case it is written, or None."""
    return tx.first(kind, uuid=uuid.lower())


def uuid_of(tx: Tx, kind: type[Row], row_id: int | None) -> str | None:
    """Return the UUID of a row that is referred to; None for no reference."""
    row: Any = None if row_id is None else tx.get(kind, row_id)
    return None if row is None else row.uuid


def new_uuids(tx: Tx) -> Iterator[str]:
    """Yield new UUIDs without end; cheaper for many than asking the transaction for each."""
    chance = tx.random
    while True:
        yield str(UUID(int=chance.getrandbits(128), version=4))


def changed(tx: Tx, row: C, fields: dict[str, Any]) -> C:
    """Put other values into a row and note the time; a row that has these values already stays as it is."""
    if all(getattr(row, name) == value for name, value in fields.items()):
        return row
    return tx.change(row, **fields, updated=tx.now)
