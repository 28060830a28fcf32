"""`studio-mock world from-traffic`: recordings become a world file without personal data, which is asked again for what was recorded."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from contract_tests.live.disguise import Disguise
from contract_tests.live.disguising import Disguising, Read
from contract_tests.live.gathering import Gathering
from contract_tests.live.judging import Judge
from contract_tests.live.replaying import Replay, caller_of
from contract_tests.live.traffic import Recorded, Recording
from contract_tests.live.worldly import world_of
from mock_server import worldfile
from mock_server.world import Clock
from mock_server.world.integrity import broken
from mock_server.worldfile import Stored


class NoWorld(Exception):
    """No world can be made of a recording; the message says why."""


class Made(msgspec.Struct):
    """A world at rest, the address of who called in it, and how it stood the test.

    `same` reads are answered as recorded, `other` are not (target and operation), `apart` were not asked; `remarks` tell what could not be
    read.
    """

    rest: Stored
    caller: str
    same: int
    other: list[tuple[str, str]]
    apart: int
    remarks: list[str]
    is_whole: bool

    @property
    def asked(self) -> int:
        """How many reads were asked again."""
        return self.same + len(self.other)


class Reader:
    """Reads the same recordings several times; `origin` and `prefix` say which deployment is meant, None any."""

    def __init__(self, paths: Sequence[Path], judge: Judge, origin: str | None) -> None:
        self._paths, self._judge, self._origin = paths, judge, origin
        self.recordings: list[Recording] = []
        self.last: datetime | None = None

    def read(self, disguising: Disguising) -> Iterator[Read]:
        """Yield everything that was answered well, in disguise. Raises NoRecording."""
        self.recordings = [Recording(path) for path in self._paths]
        for recording in self.recordings:
            for recorded in recording:
                if self._is_meant(recorded):
                    self.last = max(filter(None, (self.last, recorded.at)), default=None)
                    read = disguising.read(recorded)
                    if read is not None:
                        yield read

    def _is_meant(self, recorded: Recorded) -> bool:
        return self._origin in (None, recorded.origin) and not self._judge.is_own(recorded)


def make(
    paths: Sequence[Path], *, keep: bool = False, seed: int | None = None, origin: str | None = None, prefix: str = ""
) -> Made:
    """Return the world of recordings. Raises NoRecording, NoWorld."""
    judge = Judge("studio", prefix)
    disguise = Disguise(keep=keep, seed=seed)
    disguising, reader = Disguising(judge, disguise), Reader(paths, judge, origin)
    for _ in reader.read(disguising):
        pass  # so that all ids are known before any is replaced
    disguise.settle()
    found = Gathering(judge.shapes)
    for read in reader.read(disguising):
        found.add(read)
    if not any(found.things.values()):
        raise NoWorld("nothing of Studio was answered in it, so that there is no world to make")
    rest = world_of(found, reader.last)
    try:
        faults = broken(worldfile.begun(_copy(rest), clock=Clock.frozen(rest.now)))
    except msgspec.MsgspecError as error:
        faults = [str(error)]
    if faults:
        raise NoWorld(f"what was answered does not fit together: {'; '.join(faults[:3])}")
    made = _tested(rest, reader, disguising, keep)
    if found.left_out:
        told = f"{found.left_out} things are not as the contract says and were left out; studio-mock drift tells how"
        made.remarks.append(told)
    return made


def _tested(rest: Stored, reader: Reader, disguising: Disguising, keep: bool) -> Made:
    caller = caller_of(rest)
    replay = Replay(rest, caller.id, keep)
    try:
        for read in reader.read(disguising):
            replay.ask(read)
    finally:
        replay.close()
    remarks = [remark for recording in reader.recordings for remark in recording.remarks]
    is_whole = all(recording.is_whole for recording in reader.recordings)
    return Made(rest, caller.email, len(replay.same), replay.other, replay.apart, remarks, is_whole)


def _copy(rest: Stored) -> Stored:
    copy = worldfile.decode(worldfile.encode(rest))
    assert copy is not None
    return copy
