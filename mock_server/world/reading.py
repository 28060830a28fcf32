"""A transaction that remembers which rows were looked at: by that a sandbox counts how often the subject of a job was read."""

from collections.abc import Iterator
from typing import TypeVar

from mock_server.world.ids import Ids
from mock_server.world.rows import Row
from mock_server.world.world import Touched, Tx, World

R = TypeVar("R", bound=Row)


class ReadingTx(Tx):
    """Slower than a `Tx`, otherwise the same; `seen` names the rows by table."""

    __slots__ = ("seen",)

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.seen: Touched = {}

    def get(self, kind: type[R], row_id: int) -> R | None:
        """Return the row with this id, or None."""
        self.seen.setdefault(kind, set()).add(row_id)
        return super().get(kind, row_id)

    def rows(self, kind: type[R], /, **key: object) -> Iterator[R]:
        """Yield the rows that `ids` names."""
        for row in super().rows(kind, **key):
            self.seen.setdefault(kind, set()).add(row.id)
            yield row

    def page(self, kind: type[R], ids: Ids, offset: int, limit: int) -> list[R]:
        """Return the rows of one page of `ids`."""
        rows = super().page(kind, ids, offset, limit)
        self.seen.setdefault(kind, set()).update([row.id for row in rows])
        return rows
