"""What stands in the log of a state folder: one record for each thing that became of a sandbox, as a line of JSON with a checksum.

Not here: files (`log`), and what a record does (`replay`).
"""

from functools import cache
from typing import Any
from zlib import crc32

import msgspec

from mock_server.world import Clock, JobMode, World
from mock_server.world.diff import differences
from mock_server.world.rows import Row
from mock_server.world.table import Table
from mock_server.world.world import NEVER, Touched
from mock_server.worldfile import KINDS

FORMAT = "studio-mock state 1"
FEW = 256  # rows that are put one by one; a table that more of them change is built anew

Rows = dict[str, msgspec.Raw]


class Record(msgspec.Struct, tag_field="op", frozen=True, omit_defaults=True, kw_only=True):
    """A line of the log."""


class Begun(Record, frozen=True, kw_only=True, tag="state"):
    """The first line: the form of what follows, the name of the starting world, and how many lines were written at once."""

    format: str
    world: str
    lines: int = 0


class Delta(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What makes one world of another: rows by table, ids of rows that go, counters, clock, and when the next job is due (None: never)."""

    rows: Rows = {}
    gone: dict[str, list[int]] = {}
    counters: dict[str, int] = {}
    clock: Clock | None = None
    seed: int | None = None
    due: float | None = None


class Kept(Record, frozen=True, kw_only=True, tag="world"):
    """A world by a number, to which later lines refer. It is made of another one, or of nothing."""

    number: int
    base: int | None = None
    delta: Delta


class Made(Record, frozen=True, kw_only=True, tag="sandbox"):
    """A sandbox comes to be: with the world `origin` has, with a snapshot of `origin`, with a numbered world, or with the beginning."""

    name: str
    source: str
    created: float
    idle_seconds: float | None = None
    mode: JobMode = JobMode()
    origin: str = ""
    snapshot: str = ""
    world: int | None = None


class Gone(Record, frozen=True, kw_only=True, tag="gone"):
    """A sandbox goes."""

    name: str


class Changed(Record, frozen=True, kw_only=True, tag="changed"):
    """The world of a sandbox becomes another one, by a transaction, the end of a job or its clock."""

    name: str
    delta: Delta


class Placed(Record, frozen=True, kw_only=True, tag="placed"):
    """The world of a sandbox becomes a numbered one; with a `snapshot` that becomes it."""

    name: str
    world: int
    snapshot: str = ""


class Moved(Record, frozen=True, kw_only=True, tag="moved"):
    """`move` is reset, snapshot, restore or forget."""

    name: str
    move: str
    snapshot: str = ""


class Paced(Record, frozen=True, kw_only=True, tag="paced"):
    """Jobs of a sandbox end in another mode."""

    name: str
    mode: JobMode


Line = Begun | Kept | Made | Gone | Changed | Placed | Moved | Paced
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Line).decode


def line(record: Record) -> bytes:
    """Return a record as it stands in the log."""
    content = _encode(record)
    return b"%08x %s\n" % (crc32(content), content)


def read(raw: bytes) -> Any:
    """Return the record of a line without its end; None for one that is damaged. Raises msgspec.MsgspecError for what is unknown here."""
    checksum, _, content = raw.partition(b" ")
    if len(checksum) != 8 or b"%08x" % crc32(content) != checksum:
        return None
    return _decode(content)


def delta_of_rows(before: World, after: World, touched: Touched) -> Delta:
    """Return what a transaction changed; costs what it touched, whatever the size of the world."""
    rows: Rows = {}
    gone: dict[str, list[int]] = {}
    for kind, ids in touched.items():
        there: Any = after.tables[kind].rows
        put = [row for row_id in sorted(ids) if (row := there.get(row_id)) is not None]
        if put:
            rows[kind.__name__] = msgspec.Raw(_encode(put))
        if lost := [row_id for row_id in sorted(ids) if row_id not in there]:
            gone[kind.__name__] = lost
    return _delta(before, after, rows, gone)


def delta_between(before: World, after: World) -> Delta:
    """Return what makes one world of the other, whatever happened in between."""
    touched: Touched = {
        kind: {row.id for pair in pairs for row in pair if row is not None}
        for kind, pairs in differences(before, after)
    }
    return delta_of_rows(before, after, touched)


def whole(world: World) -> Delta:
    """Return what makes a world of nothing."""
    rows = {
        kind.__name__: msgspec.Raw(_encode([table.rows[row_id] for row_id in table.ids]))
        for kind, table in world.tables.items()
        if table.ids
    }
    due = None if world.next_due == NEVER else world.next_due
    return Delta(rows=rows, counters=dict(world.counters), clock=world.clock, seed=world.seed, due=due)


def applied(world: World | None, delta: Delta) -> World:
    """Return the world that a delta makes of another one, or of nothing. Raises msgspec.MsgspecError, KeyError."""
    if world is None:
        world = World.empty(KINDS, Clock.live())
    tables = dict(world.tables)
    for name in {*delta.rows, *delta.gone}:
        kind = _kinds()[name]
        put = _rows(kind).decode(delta.rows[name]) if name in delta.rows else []
        tables[kind] = _changed(kind, tables[kind], put, delta.gone.get(name, []))
    return World(
        tables,
        {**world.counters, **delta.counters},
        delta.clock or world.clock,
        world.seed if delta.seed is None else delta.seed,
        NEVER if delta.due is None else delta.due,
    )


def _delta(before: World, after: World, rows: Rows, gone: dict[str, list[int]]) -> Delta:
    known = before.counters
    counters = {} if after.counters is known else {k: v for k, v in after.counters.items() if known.get(k) != v}
    return Delta(
        rows=rows,
        gone=gone,
        counters=counters,
        clock=None if after.clock == before.clock else after.clock,
        seed=None if after.seed == before.seed else after.seed,
        due=None if after.next_due == NEVER else after.next_due,
    )


def _changed(kind: type[Row], table: Table, put: list[Row], gone: list[int]) -> Table:
    if len(put) + len(gone) > FEW:
        lost = set(gone)
        kept = {row_id: row for row_id, row in table.rows.items() if row_id not in lost}
        return Table.built(kind, {**kept, **{row.id: row for row in put}}.values())
    for row_id in gone:
        table = table.without(table.rows[row_id])
    for row in put:
        table = table.put(row)
    return table


@cache
def _kinds() -> dict[str, type[Row]]:
    return {kind.__name__: kind for kind in KINDS}


@cache
def _rows(kind: type[Row]) -> msgspec.json.Decoder[list[Row]]:
    return msgspec.json.Decoder(list[kind])  # type: ignore[valid-type]
