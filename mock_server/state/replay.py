"""From the records of a log to sandboxes, and from sandboxes to the fewest records that make them again.

Worlds that share structure are written as what makes one of the other, and share it again when they are read.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Any

from mock_server.journal.keeping import Shelf
from mock_server.sandbox_names import DEFAULT
from mock_server.sandboxes import ServedSandbox
from mock_server.state import records
from mock_server.state.records import Begun, Changed, Gone, Kept, Made, Moved, Paced, Placed, Record
from mock_server.world import World
from mock_server.world.jobs import BY_CLOCK


class Replay:
    """What has become of the sandboxes by the records that were taken so far."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.sandboxes: dict[str, ServedSandbox] = {}
        self.worlds: dict[int, World] = {}

    def take(self, record: Any) -> None:
        """Let what a record tells of happen again. Raises KeyError, msgspec.MsgspecError for what does not fit."""
        if isinstance(record, Changed):
            sandbox = self.sandboxes[record.name]
            sandbox.stand(records.applied(sandbox.standing, record.delta), sandbox.mode)
        elif isinstance(record, Kept):
            base = None if record.base is None else self.worlds[record.base]
            self.worlds[record.number] = records.applied(base, record.delta)
        elif isinstance(record, Made):
            self._make(record)
        elif isinstance(record, Gone):
            del self.sandboxes[record.name]
        elif isinstance(record, Moved):
            self._move(self.sandboxes[record.name], record)
        elif isinstance(record, Placed):
            self._place(self.sandboxes[record.name], record)
        elif isinstance(record, Paced):
            sandbox = self.sandboxes[record.name]
            sandbox.stand(sandbox.standing, record.mode)

    def _make(self, record: Made) -> None:
        if record.world is not None:
            begins = self.worlds[record.world]
        elif record.snapshot:
            begins = self.sandboxes[record.origin].snapshots[record.snapshot]
        elif record.origin:
            begins = self.sandboxes[record.origin].standing
        else:
            begins = self.sandboxes[DEFAULT].initial
        sandbox = self.sandboxes[record.name] = ServedSandbox(
            begins,
            self.shelf,
            record.name,
            record.mode,
            source=record.source,
            idle_seconds=record.idle_seconds,
            created=record.created,
        )
        sandbox.used = time.time()  # nobody could use it while no server was there

    def _place(self, sandbox: ServedSandbox, record: Placed) -> None:
        world = self.worlds[record.world]
        if record.snapshot:
            sandbox.snapshots[record.snapshot] = world
        else:
            sandbox.stand(world, sandbox.mode)

    def _move(self, sandbox: ServedSandbox, record: Moved) -> None:
        if record.move == "reset":
            sandbox.stand(sandbox.initial, BY_CLOCK)
        elif record.move == "restore":
            sandbox.stand(sandbox.snapshots[record.snapshot], sandbox.mode)
        elif record.move == "snapshot":
            sandbox.snapshots[record.snapshot] = sandbox.standing
        else:
            del sandbox.snapshots[record.snapshot]


def condensed(world_name: str, sandboxes: Iterable[ServedSandbox]) -> list[Record]:
    """Return the fewest records that make these sandboxes again, the default one first."""
    writer = _Writer()
    lines = [record for sandbox in sandboxes for record in writer.sandbox(sandbox)]
    return [Begun(format=records.FORMAT, world=world_name, lines=len(lines)), *lines]


class _Writer:
    """Numbers worlds; each is written once, as what makes it of the one that it is likely to share most with."""

    def __init__(self) -> None:
        self.numbers: dict[int, int] = {}  # by the identity of a world, which lives as long as its sandbox
        self.beginning: World | None = None

    def sandbox(self, sandbox: ServedSandbox) -> Iterator[Record]:
        self.beginning = self.beginning or sandbox.initial
        yield from self._kept(sandbox.initial, self.beginning)
        yield made(sandbox, world=self.numbers[id(sandbox.initial)])
        for name, world in sandbox.snapshots.items():
            yield from self._kept(world, sandbox.initial)
            yield Placed(name=sandbox.name, snapshot=name, world=self.numbers[id(world)])
        yield from self._kept(sandbox.standing, sandbox.initial)
        yield Placed(name=sandbox.name, world=self.numbers[id(sandbox.standing)])

    def _kept(self, world: World, base: World) -> Iterator[Record]:
        if id(world) in self.numbers:
            return
        number = self.numbers[id(world)] = len(self.numbers)
        if id(base) in self.numbers and base is not world:
            yield Kept(number=number, base=self.numbers[id(base)], delta=records.delta_between(base, world))
        else:
            yield Kept(number=number, delta=records.whole(world))


def made(sandbox: ServedSandbox, *, origin: str = "", snapshot: str = "", world: int | None = None) -> Made:
    """Return the record of a new sandbox; what it begins with, `Made` says."""
    return Made(
        name=sandbox.name,
        source=sandbox.source,
        created=sandbox.created,
        idle_seconds=sandbox.idle_seconds,
        mode=sandbox.mode,
        origin=origin,
        snapshot=snapshot,
        world=world,
    )
