"""One table of a world: rows by id, ids in order, and an `Ids` for each index key. Immutable; changes return a new table."""

from __future__ import annotations

from collections.abc import Iterable

from immutables import Map

from mock_server.world.ids import EMPTY, Ids
from mock_server.world.rows import Key, Row, index_fields, index_keys

SPAN = 8  # bits: 256 ids share a stamp


class Table:
    """Rows of one type. All operations but `built` cost the logarithm of the table at the most.

    `stamps` has an object for each span of ids that is another one whenever a row of the span was written: where two tables have
    the same, nothing differs.
    """

    __slots__ = ("fields", "ids", "indexes", "rows", "stamps")

    def __init__(
        self,
        fields: tuple[tuple[str, ...], ...],
        rows: Map[int, Row],
        ids: Ids,
        indexes: Map[Key, Ids],
        stamps: Map[int, object],
    ) -> None:
        self.fields, self.rows, self.ids, self.indexes, self.stamps = fields, rows, ids, indexes, stamps

    @classmethod
    def built(cls, kind: type[Row], rows: Iterable[Row] = ()) -> Table:
        """Build a table of `kind` from rows at once, for loading."""
        fields = index_fields(kind)
        by_id = {row.id: row for row in rows}
        keys: dict[Key, list[int]] = {}
        for row in by_id.values():
            for key in index_keys(row, fields):
                keys.setdefault(key, []).append(row.id)
        ids = Ids.of(by_id)
        spans = {row_id >> SPAN for row_id in by_id}
        indexes: Map[Key, Ids] = Map({key: Ids.of(of_key) for key, of_key in keys.items()})
        return cls(fields, Map(by_id), ids, indexes, Map({span: object() for span in spans}))

    def put(self, row: Row) -> Table:
        """Insert or replace a row."""
        old = self.rows.get(row.id)
        after = set(index_keys(row, self.fields))
        before = set(index_keys(old, self.fields)) if old is not None else set()
        indexes = self._moved(row.id, before - after, after - before)
        ids = self.ids if old else self.ids.add(row.id)
        return Table(self.fields, self.rows.set(row.id, row), ids, indexes, self._stamped(row.id))

    def put_all(self, rows: Iterable[Row]) -> Table:
        """Insert many rows that are not there yet: several times faster than one `put` after the other."""
        new = {row.id: row for row in rows}
        keys: dict[Key, list[int]] = {}
        for row in new.values():
            for key in index_keys(row, self.fields):
                keys.setdefault(key, []).append(row.id)
        found = {key: self.indexes.get(key, EMPTY).union(ids) for key, ids in keys.items()}
        stamps = self.stamps.update({row_id >> SPAN: object() for row_id in new})
        return Table(self.fields, self.rows.update(new), self.ids.union(list(new)), self.indexes.update(found), stamps)

    def without(self, row: Row) -> Table:
        """Remove a row that is there."""
        indexes = self._moved(row.id, set(index_keys(row, self.fields)), set())
        return Table(self.fields, self.rows.delete(row.id), self.ids.remove(row.id), indexes, self._stamped(row.id))

    def find(self, key: Key) -> Ids:
        """Return the ids under an index key. Raises KeyError for an index that is not declared."""
        if key[0] not in self.fields:
            raise KeyError(f"no index on {key[0]}; there are {self.fields}")
        return self.indexes.get(key, EMPTY)

    def differing(self, earlier: Table) -> list[int]:
        """Return the ids, ascending, among which are those of all rows that differ; costs what was written since."""
        ours, theirs = self.stamps, earlier.stamps
        spans = {span for span, stamp in ours.items() if theirs.get(span) is not stamp}
        spans.update(span for span in theirs if span not in ours)
        found: list[int] = []
        for span in sorted(spans):
            low, high = span << SPAN, (span + 1) << SPAN
            found += sorted({*self.ids.between(low, high), *earlier.ids.between(low, high)})
        return found

    def _stamped(self, row_id: int) -> Map[int, object]:
        return self.stamps.set(row_id >> SPAN, object())

    def _moved(self, item: int, leave: set[Key], enter: set[Key]) -> Map[Key, Ids]:
        indexes = self.indexes
        for key in leave:
            rest = indexes[key].remove(item)
            indexes = indexes.set(key, rest) if rest.chunks else indexes.delete(key)
        for key in enter:
            indexes = indexes.set(key, indexes.get(key, EMPTY).add(item))
        return indexes
