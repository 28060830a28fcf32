"""The file of a state folder: lines are appended with one write, before what they tell of is answered.

A process that is killed has written what it has acknowledged: the system has it. It reaches the disk within a second (`fsync` in a
thread), so that a machine that loses its power may lose the last second. Half a line at the end is what was not acknowledged.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from mock_server.state import records
from mock_server.state.records import FORMAT, Begun, Record
from mock_server.state_errors import StateError

NAME = "state.log"
REST = "state.log.rest"
PAUSE = 1.0  # seconds between two fsyncs


class Log:
    """The open log of a folder. `size` in bytes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.size = 0
        self._file = -1
        self._dirty, self._closed = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._syncing = threading.Thread(target=self._sync, name="studio-mock-state", daemon=True)

    def read(self) -> tuple[list[Any], int]:
        """Return the records of the log and the number of bytes that they take. Raises StateError for what a newer version wrote."""
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            return [], 0
        except OSError as error:
            raise StateError(f"{self.path} cannot be read: {error.strerror}") from None
        found, end = [], 0
        for number, (raw, after) in enumerate(_lines(content), 1):
            try:
                record = records.read(raw)
            except msgspec.MsgspecError as error:
                raise StateError(
                    f"{self.path}, line {number}, cannot be understood: {error}; nothing was changed"
                ) from None
            if record is None:
                break
            found.append(record)
            end = after
            if number == 1:
                self._check(record)
        if content and not found:
            raise StateError(f"{self.path} is no state of studio-mock; choose another folder, nothing was changed")
        return found, end

    def open(self, end: int) -> int:
        """Open for appending behind what could be read, and return how many bytes could not; they go to a file beside it."""
        with self.path.open("rb+") as file:
            file.seek(end)
            if rest := file.read():
                self.path.with_name(REST).write_bytes(rest)
                file.truncate(end)
        self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        self.size = end
        if not self._syncing.is_alive():
            self._syncing.start()
        return len(rest)

    def append(self, *lines: Record) -> None:
        """Write records behind the others, all or none. Raises OSError."""
        content = b"".join(map(records.line, lines))
        try:
            written = os.write(self._file, content)
            while written < len(content):
                written += os.write(self._file, content[written:])
        except OSError:
            os.ftruncate(self._file, self.size)
            raise
        self.size += len(content)
        self._dirty.set()

    def rewrite(self, lines: Iterable[Record]) -> None:
        """Put other records in the place of all of them, in one step: a crash leaves the old log or the new one."""
        draft = self.path.with_name(f"{NAME}.new")
        with draft.open("wb") as file:
            for record in lines:
                file.write(records.line(record))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path)
        _sync_folder(self.path.parent)
        with self._lock:
            if self._file >= 0:
                os.close(self._file)
                self._file = -1
        self.open(self.path.stat().st_size)

    def close(self) -> None:
        """Bring everything to the disk and end."""
        self._closed.set()
        self._dirty.set()
        if self._syncing.is_alive():
            self._syncing.join()
        with self._lock:
            if self._file >= 0:
                os.fsync(self._file)
                os.close(self._file)
                self._file = -1

    def _check(self, head: Any) -> None:
        if not isinstance(head, Begun):
            raise StateError(f"{self.path} has lost its beginning; choose another folder, nothing was changed")
        if head.format != FORMAT:
            told = f'"{head.format}", which another studio-mock has written; this one reads "{FORMAT}"'
            raise StateError(f"{self.path} is {told}; nothing was changed")

    def _sync(self) -> None:
        while not self._closed.is_set():
            self._dirty.wait()
            self._dirty.clear()
            with self._lock:
                file = os.dup(self._file) if self._file >= 0 else None
            if file is not None:
                os.fsync(file)
                os.close(file)
            self._closed.wait(PAUSE)


def _lines(content: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield each line that has an end, and where the next one begins."""
    begin = 0
    while (end := content.find(b"\n", begin)) >= 0:
        yield content[begin:end], end + 1
        begin = end + 1


def _sync_folder(folder: Path) -> None:
    file = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)
