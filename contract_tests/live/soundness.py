"""A world of which everything fits together, out of one of which it may not: what does not fit is left out, and what refers to it."""

import re

import msgspec

from mock_server import worldfile
from mock_server.world import Clock
from mock_server.world.integrity import broken
from mock_server.world.rows import Row
from mock_server.worldfile import Stored

ROUNDS = 30  # of leaving out; what goes takes others with it
TELLS = re.compile(r"(\w+) (\d+): ")
SHOWN = 3


class NoWorld(Exception):
    """No world can be made of a recording; the message says why."""


def sound(rest: Stored) -> tuple[Stored, list[str]]:
    """Return a world without the rows that do not fit together with the others, and sentences about these. Raises NoWorld."""
    rest, told = _readable(rest)
    kinds = {kind.__name__: kind for kind in rest.rows}
    for _ in range(ROUNDS):
        faults = broken(worldfile.begun(_copy(rest), clock=Clock.frozen(rest.now)))
        if not faults:
            return rest, [
                f"{len(told)} rows did not fit together with the others and were left out: {told[0]}"
            ] if told else []
        named = {
            (kinds[found[1]], int(found[2])) for fault in faults if (found := TELLS.match(fault)) and found[1] in kinds
        }
        if not named:
            raise NoWorld(f"what was answered does not fit together: {'; '.join(faults[:SHOWN])}")
        told += faults
        rest = _without(rest, named)
    raise NoWorld(f"what was answered does not fit together: {'; '.join(told[:SHOWN])}")


def _readable(rest: Stored) -> tuple[Stored, list[str]]:
    """Return a world without the rows that are not of the types that rows have."""
    try:
        worldfile.decode(worldfile.encode(rest))
        return rest, []
    except (msgspec.MsgspecError, OverflowError):
        bad = {
            (kind, row.id): told
            for kind, rows in rest.rows.items()
            for row in rows
            if (told := _fault(row)) is not None
        }
        return _without(rest, set(bad)), list(bad.values())


def _fault(row: Row) -> str | None:
    """Return what is wrong with the types of a row, None for nothing."""
    try:
        msgspec.json.decode(msgspec.json.encode(row), type=type(row))
        return None
    except (msgspec.MsgspecError, OverflowError) as error:
        return f"{type(row).__name__} {row.id}: {error}"


def _without(rest: Stored, gone: set[tuple[type[Row], int]]) -> Stored:
    rows = {kind: [row for row in some if (kind, row.id) not in gone] for kind, some in rest.rows.items()}
    return msgspec.structs.replace(rest, rows=rows)


def _copy(rest: Stored) -> Stored:
    copy = worldfile.decode(worldfile.encode(rest))
    assert copy is not None
    return copy
