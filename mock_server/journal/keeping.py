"""Keeping entries within bounds: so many and so large in each journal, and in all journals of a server together; the oldest go first."""

import time
from collections import OrderedDict, deque
from collections.abc import Iterator

import msgspec

from mock_server.journal.entry import Entry, entry_of
from mock_server.pipeline.exchange import Exchange


class Bounds(msgspec.Struct, frozen=True):
    """How much is kept; sizes are in bytes, of memory about."""

    entries: int = 5_000
    size: int = 8 * 1024 * 1024
    all_entries: int = 100_000
    all_size: int = 256 * 1024 * 1024


class Shelf:
    """What all journals of a server have in common: the bounds, and in which order entries came."""

    def __init__(self, bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self.count = self.size = 0  # `count` only ever grows: it is the order of the next entry
        self.order: OrderedDict[int, Journal] = OrderedDict()

    def shrink(self) -> None:
        """Drop the oldest entries of all until the rest is within bounds."""
        bounds = self.bounds
        while self.order and (len(self.order) > bounds.all_entries or self.size > bounds.all_size):
            next(iter(self.order.values())).drop()


class Journal:
    """The entries of one sandbox, oldest first. One without entries takes no more room than this object.

    `last_id` is that of the newest entry there ever was; `dropped` how many have gone since it was last cleared, because of the bounds.
    """

    __slots__ = ("dropped", "entries", "last_id", "shelf", "size")

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.entries: deque[Entry] | None = None
        self.last_id = self.size = self.dropped = 0

    def __len__(self) -> int:
        return len(self.entries or ())

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries or ())

    def __reversed__(self) -> Iterator[Entry]:
        return reversed(self.entries or ())

    def write(self, exchange: Exchange) -> int:
        """Write down an exchange and return its id, which the exchange gets as well."""
        shelf, entries = self.shelf, self.entries
        if entries is None:
            entries = self.entries = deque()
        number = self.last_id = exchange.id = self.last_id + 1
        order = shelf.count = shelf.count + 1
        entry = entry_of(exchange, number, order, time.time() - exchange.began)
        entries.append(entry)
        shelf.order[order] = self
        self.size += entry.size
        shelf.size += entry.size
        bounds = shelf.bounds
        while len(entries) > bounds.entries or self.size > bounds.size:
            self.drop()
        if len(shelf.order) > bounds.all_entries or shelf.size > bounds.all_size:
            shelf.shrink()
        return number

    def drop(self) -> None:
        """Let the oldest entry go. Raises IndexError if there is none."""
        assert self.entries is not None
        entry = self.entries.popleft()
        self.dropped += 1
        self.size -= entry.size
        self.shelf.size -= entry.size
        del self.shelf.order[entry.order]

    def clear(self) -> int:
        """Let every entry go and return how many there were; ids go on as before. To be called, too, when a sandbox ends."""
        count = len(self)
        while self.entries:
            self.drop()
        self.entries, self.dropped = None, 0
        return count

    def find(self, number: int) -> Entry | None:
        """Return the entry with an id, or None if there is none, any more or yet."""
        if not self.entries or not (0 <= (at := number - self.entries[0].id) < len(self.entries)):
            return None
        return self.entries[at]
