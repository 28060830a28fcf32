"""A world is one value: all tables, the counters, the clock and the seed. A transaction turns one world into the next."""

import random
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from mock_server.world.clock import Clock
from mock_server.world.ids import Ids
from mock_server.world.jobs import Event, Job
from mock_server.world.rows import Cascade, Drop, Forget, Row
from mock_server.world.table import Table

R = TypeVar("R", bound=Row)
NEVER = float("inf")
Touched = dict[type[Row], set[int]]


class World:
    """Immutable. `next_due` is when the next job ends, in seconds since 1970."""

    __slots__ = ("clock", "counters", "next_due", "seed", "tables")

    def __init__(
        self,
        tables: Mapping[type[Row], Table],
        counters: Mapping[str, int],
        clock: Clock,
        seed: int = 0,
        next_due: float = NEVER,
    ) -> None:
        self.tables, self.counters, self.clock, self.seed, self.next_due = tables, counters, clock, seed, next_due

    @classmethod
    def empty(cls, kinds: Iterable[type[Row]], clock: Clock, seed: int = 0) -> "World":
        """A world with an empty table for each kind of row (jobs and events come along)."""
        every: list[type[Row]] = [Job, Event, *kinds]
        return cls({kind: Table.built(kind) for kind in every}, {}, clock, seed)

    def with_clock(self, clock: Clock) -> "World":
        """The same world under another clock."""
        return World(self.tables, self.counters, clock, self.seed, self.next_due)


class Tx:
    """A transaction: reads see its own writes; `world` is the result. Drop it and nothing happened.

    `touched` names the rows that were written, by table: what differs between `base` and `world` is among them.
    """

    __slots__ = ("_now", "base", "touched", "world")

    def __init__(self, world: World, now: datetime | None = None, touched: Touched | None = None) -> None:
        self.base = self.world = world
        self.touched: Touched = {} if touched is None else touched
        self._now = now

    @property
    def now(self) -> datetime:
        """The time of the transaction: the world's when it was first asked for."""
        if self._now is None:
            self._now = self.world.clock.now()
        return self._now

    # Reading

    def get(self, kind: type[R], row_id: int) -> R | None:
        """Return the row with this id, or None."""
        return self.world.tables[kind].rows.get(row_id)  # type: ignore[return-value]

    def ids(self, kind: type[Row], /, **key: Any) -> Ids:
        """Return the ids of the rows whose indexed fields have these values, ascending; all without a key."""
        table = self.world.tables[kind]
        return table.find((tuple(key), tuple(key.values()))) if key else table.ids

    def rows(self, kind: type[R], /, **key: Any) -> Iterator[R]:
        """Yield the rows that `ids` names."""
        rows = self.world.tables[kind].rows
        for row_id in self.ids(kind, **key):
            yield rows[row_id]  # type: ignore[misc]

    def first(self, kind: type[R], /, **key: Any) -> R | None:
        """Return the first row under an index key, or None."""
        row_id = self.ids(kind, **key).first()
        return None if row_id is None else self.get(kind, row_id)

    def page(self, kind: type[R], ids: Ids, offset: int, limit: int) -> list[R]:
        """Return the rows of one page of `ids`."""
        rows = self.world.tables[kind].rows
        return [rows[row_id] for row_id in ids.page(offset, limit)]  # type: ignore[misc]

    # Writing

    def new_id(self, kind: type[Row] | str, count: int = 1) -> int:
        """Reserve `count` ids for a kind of row (or a named sequence) and return the first. Ids are never used twice."""
        name = kind if isinstance(kind, str) else kind.__name__
        first = self.world.counters.get(name, 0) + 1
        self._become(counters={**self.world.counters, name: first + count - 1})
        return first

    def put(self, row: R) -> R:
        """Insert the row, or replace the one with its id."""
        kind = type(row)
        self._become(tables={**self.world.tables, kind: self.world.tables[kind].put(row)})
        self.touched.setdefault(kind, set()).add(row.id)
        return row

    def put_all(self, kind: type[R], rows: Iterable[R]) -> None:
        """Insert many new rows of one kind at once."""
        new = list(rows)
        self._become(tables={**self.world.tables, kind: self.world.tables[kind].put_all(new)})
        self.touched.setdefault(kind, set()).update([row.id for row in new])

    def change(self, row: R, **fields: Any) -> R:
        """Replace a row by one with other values in `fields`."""
        return self.put(msgspec.structs.replace(row, **fields))

    def delete(self, row: Row) -> None:
        """Delete a row; rows that refer to it are deleted, or forget it, as their `REFS` say."""
        kind = type(row)
        current = self.get(kind, row.id)
        if current is None:
            return
        self._become(tables={**self.world.tables, kind: self.world.tables[kind].without(current)})
        self.touched.setdefault(kind, set()).add(row.id)
        for other, field, ref in _referring(self.world.tables, kind.__name__):
            for referring in list(self.rows(other, **{field: row.id})):
                self._let_go(referring, field, ref, row.id)
        if kind is Job:
            self.schedule()

    def _let_go(self, row: Row, field: str, ref: object, target: int) -> None:
        if isinstance(ref, Cascade):
            self.delete(row)
        elif isinstance(ref, Forget):
            self.change(row, **{field: None})
        elif isinstance(ref, Drop):
            self.change(row, **{field: tuple(item for item in getattr(row, field) if item != target)})

    # Chance and time

    @property
    def random(self) -> random.Random:
        """A source of chance that depends on the seed and on how often the world was asked, and on nothing else."""
        draw = self.world.counters.get("random", 0) + 1
        self._become(counters={**self.world.counters, "random": draw})
        return random.Random(f"{self.world.seed}:{draw}")

    def uuid(self) -> str:
        """Return a new UUID in its text form."""
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def token(self) -> str:
        """Return a new opaque token, 32 hexadecimal digits."""
        return f"{self.random.getrandbits(128):032x}"

    def start_job(
        self,
        kind: str,
        subject: int,
        seconds: float,
        *,
        project_id: int | None = None,
        user_id: int | None = None,
        payload: object = None,
    ) -> Job:
        """Start a job that ends after `seconds` on the world's clock."""
        job = self.put(
            Job(
                id=self.new_id(Job),
                kind=kind,
                subject=subject,
                project_id=project_id,
                user_id=user_id,
                created=self.now,
                due=self.now + timedelta(seconds=seconds),
                payload=payload,
            )
        )
        self._become(next_due=min(self.world.next_due, job.due.timestamp()))
        return job

    def schedule(self) -> None:
        """Find out anew when the next job ends: jobs have ended, or gone."""
        due = min((job.due.timestamp() for job in self.rows(Job, status="STARTED")), default=NEVER)
        self._become(next_due=due)

    def _become(self, **parts: Any) -> None:
        world = self.world
        self.world = World(
            parts.get("tables", world.tables),
            parts.get("counters", world.counters),
            world.clock,
            world.seed,
            parts.get("next_due", world.next_due),
        )


def _referring(tables: Mapping[type[Row], Table], name: str) -> list[tuple[type[Row], str, object]]:
    return [(kind, field, ref) for kind in tables for field, ref in kind.REFS.items() if ref.table == name]
