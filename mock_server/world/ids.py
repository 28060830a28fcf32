"""Ordered sets of ids that share structure: what an index holds, and why a page costs the page."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate, islice

CHUNK = 256


class Ids:
    """An immutable, ascending sequence of distinct ints, cut into chunks of at most `CHUNK`.

    `add` and `remove` return a new sequence that shares all chunks but one; `page` finds its offset by bisection.
    """

    __slots__ = ("_ends", "_firsts", "chunks")

    chunks: tuple[tuple[int, ...], ...]
    _firsts: tuple[int, ...]
    _ends: tuple[int, ...] | None

    def __init__(self, chunks: tuple[tuple[int, ...], ...] = ()) -> None:
        self.chunks = chunks
        self._firsts = tuple([chunk[0] for chunk in chunks])
        self._ends = None

    @classmethod
    def of(cls, ids: Iterable[int]) -> "Ids":
        """Build from ids in any order, duplicates allowed."""
        ordered = sorted(set(ids))
        return cls(tuple(tuple(ordered[at : at + CHUNK]) for at in range(0, len(ordered), CHUNK)))

    @property
    def ends(self) -> tuple[int, ...]:
        """How many ids there are up to the end of each chunk; computed once a value."""
        if self._ends is None:
            self._ends = tuple(accumulate(map(len, self.chunks)))
        return self._ends

    def __len__(self) -> int:
        return self.ends[-1] if self.chunks else 0

    def __iter__(self) -> Iterator[int]:
        for chunk in self.chunks:
            yield from chunk

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ids) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return f"Ids({len(self)} from {list(islice(self, 5))})"

    def __contains__(self, item: int) -> bool:
        chunk = self.chunks[self._chunk_of(item)] if self.chunks else ()
        at = bisect_left(chunk, item)
        return at < len(chunk) and chunk[at] == item

    def add(self, item: int) -> "Ids":
        """Return the sequence with `item`; the same object if it is there already."""
        if not self.chunks:
            return Ids(((item,),))
        number = self._chunk_of(item)
        chunk = self.chunks[number]
        at = bisect_left(chunk, item)
        if at < len(chunk) and chunk[at] == item:
            return self
        return self._replaced(number, _split((*chunk[:at], item, *chunk[at:]), at == len(chunk)))

    def union(self, items: list[int]) -> "Ids":
        """Return the sequence with all of `items`; those that come after its end cost no more than themselves."""
        ordered = sorted(items)
        if not self.chunks or not ordered or ordered[0] <= self.chunks[-1][-1]:
            return Ids.of([*self, *ordered]) if ordered else self
        return Ids((*self.chunks[:-1], *Ids.of([*self.chunks[-1], *ordered]).chunks))

    def remove(self, item: int) -> "Ids":
        """Return the sequence without `item`; the same object if it is not there."""
        if item not in self:
            return self
        number = self._chunk_of(item)
        chunk = self.chunks[number]
        at = bisect_left(chunk, item)
        rest = chunk[:at] + chunk[at + 1 :]
        return self._replaced(number, (rest,) if rest else ())

    def page(self, offset: int, limit: int) -> list[int]:
        """Return at most `limit` ids after skipping `offset`; both at least 0."""
        if offset >= len(self):
            return []
        number = bisect_right(self.ends, offset)
        start = offset - (self.ends[number - 1] if number else 0)
        found = list(self.chunks[number][start : start + limit])
        while len(found) < limit and (number := number + 1) < len(self.chunks):
            found.extend(self.chunks[number][: limit - len(found)])
        return found

    def between(self, low: int, high: int) -> list[int]:
        """Return the ids from `low` on and below `high`."""
        found: list[int] = []
        for chunk in self.chunks[self._chunk_of(low) :]:
            if chunk[0] >= high:
                break
            found += chunk[bisect_left(chunk, low) : bisect_left(chunk, high)]
        return found

    def first(self) -> int | None:
        """Return the smallest id, or None."""
        return self.chunks[0][0] if self.chunks else None

    def _chunk_of(self, item: int) -> int:
        return max(bisect_right(self._firsts, item) - 1, 0)

    def _replaced(self, number: int, chunks: tuple[tuple[int, ...], ...]) -> "Ids":
        return Ids((*self.chunks[:number], *chunks, *self.chunks[number + 1 :]))


def _split(chunk: tuple[int, ...], appended: bool) -> tuple[tuple[int, ...], ...]:
    if len(chunk) <= CHUNK:
        return (chunk,)
    middle = len(chunk) - 1 if appended else len(chunk) // 2  # ids mostly come at the end: keep full chunks behind
    return (chunk[:middle], chunk[middle:])


EMPTY = Ids()
