"""The stage on which a world is put together: rows by table and id, and the names by which entries refer to them."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast
from uuid import UUID

import msgspec

from mock_server.places import Entry, SeedError, nearest
from mock_server.studio.rows import Project, Segment
from mock_server.times import moment, time_fields
from mock_server.world.rows import Row

R = TypeVar("R", bound=Row)
AHEAD = ("expires",)  # the only time that may lie after a world's `now`
CALLED = {"ModelClass": "class"}
PREFIX = re.compile("(Ls|Bg)(?=[A-Z])")  # of the tables of the other APIs
HISTORY = timedelta(days=30)


class Stage:
    """`now` is when the story stands, `began` what is taken for the creation of things that do not tell theirs."""

    def __init__(self, world: Entry) -> None:
        self.world = world
        self.now = self.time(world, "now")
        self.began = self.time(world, "began") if "began" in world else self.now - HISTORY
        self.later: list[Callable[[], None]] = []  # what is to be done when every file has been read
        self.rows: dict[type[Row], dict[int, Any]] = defaultdict(dict)
        self.segments: dict[int, int] = {}  # id of a segment → id of its document
        self._last: dict[object, int] = defaultdict(int)
        self._entries: dict[tuple[type[Row], int], Entry] = {}
        self._names: dict[tuple[type[Row], object], dict[object, list[int]]] = defaultdict(lambda: defaultdict(list))

    def add(self, kind: type[R], entry: Entry, /, **fields: Any) -> R:
        """Make a row of the entry's fields that are called like the row's, and of `fields`. Raises SeedError."""
        known = set(kind.__struct_fields__)
        values: dict[str, Any] = {"created": self.began} if "created" in known else {}
        values |= {name: value for name, value in entry.items() if name in known} | fields
        values["id"] = self._new_id(kind, entry)
        for name in time_fields(kind):
            if isinstance(values.get(name), str):
                values[name] = self.time(entry, name)
        try:
            row = msgspec.convert(values, kind)
        except msgspec.ValidationError as error:
            raise entry.fault(None, f"this makes no {kind.__name__}: {error}") from None
        self._entries[kind, row.id] = entry
        return self.put(row)

    def put(self, row: R) -> R:
        """Take a row as it is."""
        self.rows[type(row)][row.id] = row
        self._last[type(row)] = max(self._last[type(row)], row.id)
        return row

    def next_id(self, kind: type[Row]) -> int:
        """Return the id behind the highest one of a table."""
        return self._last[kind] + 1

    def take_id(self, kind: type[Row], row_id: int | None = None) -> int:
        """Return an id, by default the next one, and count it as used: for what lives inside of rows."""
        found = self.next_id(kind) if row_id is None else row_id
        self._last[kind] = max(self._last[kind], found)
        return found

    def divide(self, document_id: int, first: int | None, spans: Sequence[tuple[int, int]]) -> tuple[Segment, ...]:
        """Return segments at these spans; their ids count on from `first`, or from the last one. Raises ValueError."""
        start = first if first is not None else self._last[Segment] + 1
        segments = tuple(Segment(start + at, *span) for at, span in enumerate(spans))
        for segment in segments:
            if segment.id in self.segments:
                told = f"segment {segment.id} is of document {self.segments[segment.id]} already"
                raise ValueError(f"{told}; right would be {self._last[Segment] + 1}")
        self.segments |= {segment.id: document_id for segment in segments}
        self._last[Segment] = max(self._last[Segment], start + len(segments) - 1)
        return segments

    def change(self, row: R, /, **fields: Any) -> R:
        """Replace a row that is there already."""
        self.rows[type(row)][row.id] = changed = msgspec.structs.replace(row, **fields)
        return changed

    def get(self, kind: type[R], row_id: int) -> R:
        """Return a row that is known to be there."""
        return cast(R, self.rows[kind][row_id])

    def call(self, row: Row, entry: Entry, field: str | None, scope: object = None, unique: bool = True) -> None:
        """Let entries refer to a row by its id and by a field, within a scope. Raises SeedError for a taken name."""
        kind, names = type(row), self._names[type(row), scope]
        if field is not None:
            ids = names[_folded(getattr(row, field))]
            if unique and ids:
                raise self._taken(entry, field, kind, ids[0])
            ids.append(row.id)
        names[row.id].append(row.id)

    def pair(self, row: Row, entry: Entry, field: str, *key: int) -> None:
        """Remember that a row links two others. Raises SeedError at the field if another row links them already."""
        ids = self._names[type(row), "pairs"][key]
        if ids:
            raise self._taken(entry, field, type(row), ids[0])
        ids.append(row.id)

    def find(self, kind: type[Row], entry: Entry, field: str, scope: object = None) -> int:
        """Return the id of the row that a field names. Raises SeedError if there is none, or more than one."""
        return self.named(kind, entry[field], entry, field, scope)

    def found(self, kind: type[Row], entry: Entry, field: str, scope: object = None) -> int | None:
        """Return the id of the row that a field names, None for an entry without the field. Raises SeedError."""
        return self.find(kind, entry, field, scope) if entry.get(field) is not None else None

    def named(self, kind: type[Row], name: object, entry: Entry, field: str, scope: object = None) -> int:
        """Return the id of the row with a name (or id). Raises SeedError at the field of the entry."""
        known = self._names[kind, scope]
        ids = known.get(_folded(name), ())
        if len(ids) == 1:
            return ids[0]
        what = CALLED.get(kind.__name__, PREFIX.sub("", kind.__name__).lower())
        place = f" in {self.get(Project, scope).name}" if isinstance(scope, int) and kind is not Project else ""
        if ids:
            raise entry.fault(
                field,
                f"{name} names more than one {what}{place}; right would be one of the ids {', '.join(map(str, ids))}",
            )
        names = [self._told(kind, row_id) for key, (row_id, *_) in known.items() if isinstance(key, int)]
        raise entry.fault(field, f"there is no {what} {name}{place}; {nearest(name, names)}")

    def time(self, entry: Entry, field: str) -> datetime:
        """Return the time in a field. Raises SeedError for one after the world's `now`."""
        time = moment(entry[field])
        if field not in AHEAD and hasattr(self, "now") and time > self.now:
            raise entry.fault(
                field, f"{entry[field]} is after the world's now; right would be {self.world['now']} or earlier"
            )
        return time

    def _new_id(self, kind: type[Row], entry: Entry) -> int:
        row_id: int = entry.get("id", self.next_id(kind))
        if row_id < 1:
            raise entry.fault("id", f"{row_id} is wrong; right would be a whole number from 1")
        if row_id in self.rows[kind]:
            raise self._taken(entry, "id", kind, row_id)
        return row_id

    def _taken(self, entry: Entry, field: str, kind: type[Row], row_id: int) -> SeedError:
        other = self._entries[kind, row_id]
        return entry.fault(
            field, f"{entry.get(field)} is taken ({other.file}:{other.line}); right would be another one"
        )

    def _told(self, kind: type[Row], row_id: int) -> str:
        row = self.rows[kind][row_id]
        return str(getattr(row, "name", None) or getattr(row, "email", None) or row_id)


def secret(*parts: object) -> str:
    """Return 32 hexadecimal digits that depend on nothing but `parts`."""
    return hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()[:32]


def uuid(*parts: object) -> str:
    """Return a UUID that depends on nothing but `parts`."""
    return str(UUID(secret(*parts), version=4))


def _folded(name: object) -> object:
    return name.lower() if isinstance(name, str) and "@" in name else name
