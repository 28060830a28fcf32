"""The state folder of a server: opened, read, kept up to date while it serves, closed. One server at a time.

Not here: what is written (`records`), and how it gets to the disk (`log`).
"""

import os
from pathlib import Path
from typing import Any

import msgspec

from mock_server.journal.keeping import Shelf
from mock_server.pipeline.errors import Refused
from mock_server.sandbox_names import DEFAULT
from mock_server.sandboxes import Keeper, Sandboxes, ServedSandbox
from mock_server.state import records
from mock_server.state.log import REST, Log
from mock_server.state.records import Changed, Gone, Kept, Moved, Paced, Placed, Record
from mock_server.state.replay import Replay, condensed, made
from mock_server.state_errors import StateError
from mock_server.world import JobMode, Sandbox, World
from mock_server.world.world import Touched

LARGE = (
    64 * 1024 * 1024
)  # bytes: a log that is larger, and four times as large as when it was condensed, is condensed again
MANY = 1000  # records behind those that were condensed, at which the log is condensed when a server starts


class StateFolder(Keeper):
    """Everything that becomes of the sandboxes is in the folder before it is answered. Raises StateError if it cannot be used.

    `world_name` is the starting world that the state began with, None for a new folder; `told` is what the user should know.
    """

    def __init__(self, folder: Path, shelf: Shelf) -> None:
        self.folder, self.shelf = folder, shelf
        self.world_name: str | None = None
        self.told: list[str] = []
        self._sandboxes: Sandboxes | None = None
        self._numbers: list[tuple[World, int]] = []
        self._number = self._condensed_size = 0
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder)
        except OSError as error:
            raise StateError(f"{folder} cannot be a state folder: {error.strerror}") from None
        self._log = Log(folder)
        self._found, self._end = self._log.read()
        self._replay = Replay(shelf)
        if self._found:
            self.world_name = self._found[0].world
            self._read_all()

    @property
    def beginning(self) -> World | None:
        """The starting world, None for a new folder."""
        default = self._replay.sandboxes.get(DEFAULT)
        return default.initial if default else None

    def sandboxes(self, default: ServedSandbox, world_name: str, auto: bool) -> Sandboxes:
        """Return the sandboxes of the folder, with `default` for a new one, and keep them from now on. Raises StateError."""
        there = self._replay.sandboxes
        served = Sandboxes(there.get(DEFAULT, default), auto, self)
        for name, sandbox in there.items():
            if name != DEFAULT:
                served.adopt(sandbox)
        self._sandboxes, self.world_name = served, self.world_name or world_name
        try:
            self._begin(is_new=not there)
        except OSError as error:
            raise StateError(f"{self._log.path} cannot be written: {error.strerror}") from None
        self._found, self._replay = [], Replay(self.shelf)
        return served

    def close(self) -> None:
        """Bring everything to the disk and let others have the folder."""
        self._log.close()
        os.close(self._lock)

    # What a Keeper is told of

    def changed(self, sandbox: Sandbox, world: World, touched: Touched) -> None:
        """Write what a transaction changed."""
        self._write(Changed(name=sandbox.name, delta=records.delta_of_rows(sandbox.standing, world, touched)))

    def replaced(self, sandbox: Sandbox, world: World) -> None:
        """Write a whole world."""
        self._make_room()
        number = self._next()
        self._write(Kept(number=number, delta=records.whole(world)), Placed(name=sandbox.name, world=number))

    def moved(self, sandbox: Sandbox, move: str, snapshot: str) -> None:
        """Write a move."""
        self._write(Moved(name=sandbox.name, move=move, snapshot=snapshot))

    def paced(self, sandbox: Sandbox, mode: JobMode) -> None:
        """Write a mode."""
        self._write(Paced(name=sandbox.name, mode=mode))

    def created(self, sandbox: ServedSandbox, origin: str, snapshot: str) -> None:
        """Write a new sandbox; a world that comes along only once, however many begin with it."""
        if origin:
            self._write(made(sandbox, origin=origin, snapshot=snapshot))
            return
        self._make_room()
        number = next((number for world, number in self._numbers if world is sandbox.initial), None)
        if number is None and self._sandboxes is not None and sandbox.initial is not self._sandboxes.beginning:
            number = self._next()
            self._write(Kept(number=number, delta=records.whole(sandbox.initial)), made(sandbox, world=number))
            self._numbers.append((sandbox.initial, number))
        else:
            self._write(made(sandbox, world=number))

    def deleted(self, sandbox: ServedSandbox) -> None:
        """Write that a sandbox goes."""
        self._write(Gone(name=sandbox.name))

    def _write(self, *lines: Record) -> None:
        self._make_room()
        try:
            self._log.append(*lines)
        except OSError as error:
            raise _cannot(error) from None

    def _make_room(self) -> None:
        """Condense the log if it has become large; numbers of worlds are others then."""
        if self._log.size > max(LARGE, 4 * self._condensed_size):
            try:
                self._condense()
            except OSError as error:
                raise _cannot(error) from None

    def _begin(self, is_new: bool) -> None:
        head = self._found[0] if self._found else None
        rest = self._log.open(self._end) if self._found else 0
        if rest:
            told = f"kept the {len(self._found)} records before it; the {rest} bytes behind them are in {REST}"
            self.told.append(f"{self._log.path} ends in what cannot be read: {told}")
        if is_new or rest or len(self._found) - head.lines > MANY:  # type: ignore[union-attr]
            self._condense()
        else:
            self._condensed_size = self._log.size
            self._number = 1 + max((record.number for record in self._found if isinstance(record, Kept)), default=-1)

    def _condense(self) -> None:
        assert self._sandboxes is not None and self.world_name is not None
        lines = condensed(self.world_name, self._sandboxes.all)
        self._log.rewrite(lines)
        self._condensed_size, self._numbers = self._log.size, []
        self._number = sum(isinstance(record, Kept) for record in lines)

    def _next(self) -> int:
        self._number += 1
        return self._number - 1

    def _read_all(self) -> None:
        for number, record in enumerate(self._found, 1):
            try:
                self._replay.take(record)
            except (KeyError, msgspec.MsgspecError) as error:
                told = f"{self._log.path}, line {number}, does not fit what stands before it: {error}"
                raise StateError(f"{told}; nothing was changed") from None


def _cannot(error: OSError) -> Refused:
    return Refused(500, f"The state folder cannot be written: {error.strerror}; nothing was changed")


def _locked(folder: Path) -> Any:
    """Return a file that is locked as long as it is open. Raises StateError if another process has it."""
    file = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except ImportError:  # where there are no such locks, nobody is kept out
        pass
    except OSError:
        os.close(file)
        raise StateError(f"{folder} is in use by another studio-mock; stop it or choose another folder") from None
    return file
