"""World files: a world as one JSON document, and the step from rows at rest to a world that lives on a clock.

`{"format", "name", "now", "seed", "counters", "tables": {"User": [row, …], …}}`, rows as msgspec writes them. A
compiled fixture folder is kept in the same form, with a `key` that says of what content it was made; a world that was exported
has the `speed` of its clock, the number of its `rows`, and `end` behind everything: YAML that was cut short may still be YAML.
"""

import gc
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import msgspec

from mock_server.places import SeedError, nearest, shown
from mock_server.studio.rows import TASK, AnalysisDocument, Credential, Document, Review
from mock_server.tables import ROWS
from mock_server.times import moment, time_fields, time_maps, written
from mock_server.world import Clock, Event, Job, World
from mock_server.world.rows import Row
from mock_server.world.table import Table
from mock_server.world.world import NEVER

FORMAT = "studio-mock world 1"
KINDS: tuple[type[Row], ...] = (Job, Event, *ROWS)
DAY = 24 * 60 * 60
Rows = Mapping[type[Row], list[Any]]


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A world at rest: its rows, the ids that are used up, and the time at which its story stands.

    `speed` is that of the clock it had when it was put to rest, 0 for a frozen one; None for a story that was written down.
    """

    name: str
    now: datetime
    seed: int = 0
    counters: dict[str, int] = {}
    speed: float | None = None
    rows: dict[type[Row], list[Any]]


def stored(world: World, name: str, *, with_speed: bool = False) -> Stored:
    """Return a living world as one at rest; its `now` is the time of its clock, whose speed is kept on request."""
    rows = {kind: [table.rows[row_id] for row_id in table.ids] for kind, table in world.tables.items()}
    now, speed = world.clock.now(), world.clock.speed if with_speed else None
    return Stored(name=name, now=now, seed=world.seed, counters=dict(world.counters), speed=speed, rows=rows)


def begun(rest: Stored, seed: int | None = None, clock: Clock | None = None) -> World:
    """Let a world live on a clock, by default the machine's. The rows are used up: their times are moved in place.

    All times move by the same number of whole days; the world's `now` then lies at most a day before the clock's time.
    """
    clock = clock or Clock.live()
    days = (clock.seconds() - rest.now.timestamp()) // DAY
    if days:
        move(rest.rows, timedelta(days=days))
    tables = {kind: Table.built(kind, rest.rows.get(kind, ())) for kind in KINDS}
    due = min((job.due.timestamp() for job in rest.rows.get(Job, ()) if job.status == "STARTED"), default=NEVER)
    return World(tables, used_up(rest), clock, rest.seed if seed is None else seed, due)


def revived(rest: Stored) -> World:
    """Let a world go on where it was put to rest: at its own time, no time of it moved."""
    clock = Clock.frozen(rest.now)
    speed = 1.0 if rest.speed is None else rest.speed
    return begun(rest, clock=clock).with_clock(clock.at_speed(speed) if speed else clock)


def move(rows: Rows, by: timedelta) -> None:
    """Move every time in the rows, in place: only for rows that nobody else has yet. Meta attributes and texts stay.

    Raises SeedError for a time that would lie beyond the years 1 to 9999.
    """
    for kind, some in rows.items():
        fields, maps = time_fields(kind), time_maps(kind)
        for row in some:
            try:
                _move_row(row, fields, maps, by)
            except OverflowError:
                told = f"a time of {kind.__name__} {row.id} lies too far from the `now` of its world"
                raise SeedError(f"{told}: moved by {by.days} days it would leave the years 1 to 9999") from None
    for credential in rows.get(Credential, ()):
        for record in credential.records:
            if "updated" in record:
                record["updated"] = written(moment(record["updated"]) + by)


def _move_row(row: Row, fields: Iterable[str], maps: Iterable[str], by: timedelta) -> None:
    for name in fields:
        if (time := getattr(row, name)) is not None:
            msgspec.structs.force_setattr(row, name, time + by)
    for name in maps:
        moved = {key: time + by for key, time in getattr(row, name).items()}
        msgspec.structs.force_setattr(row, name, moved)


def used_up(rest: Stored) -> dict[str, int]:
    """Return the counters such that no id of the world is given again."""
    last = {kind.__name__: max((row.id for row in some), default=0) for kind, some in rest.rows.items()}
    kinds: tuple[type[Row], ...] = (Document, AnalysisDocument)
    segments = (part.id for kind in kinds for document in rest.rows.get(kind, ()) for part in document.segments)
    last["segment"] = max(segments, default=0)
    found = [tag.id for document in rest.rows.get(AnalysisDocument, ()) for tag in document.tags]
    last["Tag"] = max(last.get("Tag", 0), *found, 0)
    last[TASK] = max((review.task_id for review in rest.rows.get(Review, ())), default=0)
    names = sorted(name for name in {*last, *rest.counters} if last.get(name) or rest.counters.get(name))
    return {name: max(last.get(name, 0), rest.counters.get(name, 0)) for name in names}


def encode(rest: Stored, key: str | None = None) -> bytes:
    """Return the content of a world file. The same rows give the same bytes."""
    tables = {kind.__name__: rest.rows[kind] for kind in KINDS if rest.rows.get(kind)}
    head: dict[str, Any] = {"key": key} if key else {}
    tail: dict[str, Any] = {}
    if rest.speed is not None:
        head |= {"speed": rest.speed, "rows": sum(map(len, tables.values()))}
        tail = {"end": True}
    parts = {"name": rest.name, "now": rest.now, "seed": rest.seed, "counters": used_up(rest), "tables": tables}
    return msgspec.json.encode({"format": FORMAT, **head, **parts, **tail})


def decode(content: bytes, key: str | None = None) -> Stored | None:
    """Return the world in a file's content; None if it is of another form or key. Raises msgspec.MsgspecError."""
    file = _decoder().decode(content)
    if file.format != FORMAT or file.key != key:
        return None
    count = sum(len(getattr(file.tables, kind.__name__)) for kind in KINDS)
    if file.rows is not None and not (file.end and file.rows == count):
        told = f"says that it has {file.rows} rows and an end, and has {count} rows{'' if file.end else ' and no end'}"
        raise msgspec.ValidationError(f"{told}: it was cut short (or edited: then leave `rows` out)")
    rows = {kind: getattr(file.tables, kind.__name__) for kind in KINDS}
    head = {name: getattr(file, name) for name in ("name", "now", "seed", "counters", "speed")}
    return Stored(**head, rows=rows)


def read(path: Path) -> Stored:
    """Read a world file that anybody may have written. Raises SeedError that names table, row and field."""
    try:
        return parse(path.read_bytes())
    except OSError as error:
        raise SeedError(f"{shown(path)} cannot be read: {error.strerror}") from None
    except SeedError as error:
        raise SeedError(f"{shown(path)}: {error}") from None


def parse(content: bytes) -> Stored:
    """Return the world in the content of a world file that anybody may have written. Raises SeedError without the file's name."""
    try:
        _check_format(content)
        _check_names(content)
        rest = decode(content)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise SeedError(_place(str(error))) from None
    if rest is None:
        raise SeedError(f'is no world file that can be served; right would be "format": "{FORMAT}" and no "key"')
    _check_ids(rest)
    return rest


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the garbage collector from walking, again and again, what is only being built."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@cache
def _decoder() -> msgspec.json.Decoder[Any]:
    empty: Any = msgspec.field(default_factory=list)
    fields = [(kind.__name__, list[kind], empty) for kind in KINDS]  # type: ignore[valid-type]
    tables: Any = msgspec.defstruct("Tables", fields, forbid_unknown_fields=True, gc=False)
    file = msgspec.defstruct(
        "File",
        [
            ("format", str),
            ("now", datetime),
            ("tables", tables),
            ("name", str, ""),
            ("seed", int, 0),
            ("counters", dict[str, int], msgspec.field(default_factory=dict)),
            ("key", str | None, None),
            ("speed", Annotated[float, msgspec.Meta(ge=0, le=100_000)] | None, None),
            ("rows", int | None, None),
            ("end", bool, False),
        ],
        forbid_unknown_fields=True,
    )
    return msgspec.json.Decoder(file)


class _Shape(msgspec.Struct):
    """As much of a world file as tells the names of tables and fields."""

    tables: dict[str, list[dict[str, msgspec.Raw]]]


class _Head(msgspec.Struct):
    format: str


def _check_format(content: bytes) -> None:
    """Refuse what a newer version has written, before anything else in it is found strange."""
    try:
        found = re.fullmatch(r"studio-mock world (\d+)", msgspec.json.decode(content, type=_Head).format)
    except msgspec.MsgspecError:
        return
    if found and int(found[1]) > int(FORMAT.rsplit(" ", 1)[1]):
        raise SeedError(f'is "{found[0]}", which a newer studio-mock has written; this one reads "{FORMAT}"')


def _check_names(content: bytes) -> None:
    """Find tables and fields that do not exist, of which the decoder proper passes over those of rows."""
    try:
        tables = msgspec.json.decode(content, type=_Shape).tables
    except msgspec.MsgspecError:
        return
    known = {kind.__name__: list(kind.__struct_fields__) for kind in KINDS}
    for name, rows in tables.items():
        if name not in known:
            raise SeedError(f"table {name}: there is no such table; {nearest(name, list(known))}")
        allowed = set(known[name])
        for number, row in enumerate(rows, 1):
            if not row.keys() <= allowed:
                wrong = min(row.keys() - allowed)
                told = f"there is no such field; {nearest(wrong, known[name])}"
                raise SeedError(f"table {name}, row {number}, field {wrong}: {told}")


def _check_ids(rest: Stored) -> None:
    for kind, rows in rest.rows.items():
        for row_id, count in Counter(row.id for row in rows).items():
            if count > 1:
                number = [at for at, row in enumerate(rows, 1) if row.id == row_id][1]
                told = f"{row_id} is the id of another row already; ids are unique in a table"
                raise SeedError(f"table {kind.__name__}, row {number}, field id: {told}")


def _place(message: str) -> str:
    """Turn `what - at `$.tables.User[0].id`` into `table User, row 1, field id: what`."""
    found = re.match(r"(?s)(.*?)(?: - at `\$\.?(.*)`)?$", message)
    what, where = (found[1], found[2] or "") if found else (message, "")
    row = re.match(r"tables\.(\w+)\[(\d+)\]\.?(.*)", where)
    if row is None:
        return f"{where}: {what}" if where else what
    field = f", field {row[3]}" if row[3] else ""
    return f"table {row[1]}, row {int(row[2]) + 1}{field}: {what}"
