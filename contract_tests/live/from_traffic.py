"""`studio-mock world from-traffic`: recordings become a world file without personal data, which is asked again for what was recorded."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from contract_tests.live.callers import Callers
from contract_tests.live.disguise import Disguise
from contract_tests.live.disguising import Disguising, Read
from contract_tests.live.judging import Judge
from contract_tests.live.replaying import Asked, Expected, Replay
from contract_tests.live.soundness import NoWorld, sound
from contract_tests.live.traffic import Recorded, Recording
from contract_tests.live.worldly import Gatherings, world_of
from mock_server.worldfile import Stored

APIS = ("studio", "label_studio", "blue_guardrails")


class Made(msgspec.Struct):
    """A world at rest, who called in it, and how it stood the test.

    `callers` say, API by API, how those who called come in. `same` reads are answered as recorded, `other` are
    not; `apart` counts those that were not asked, by operation and reason; `remarks` tell what could not be read or taken over.
    """

    rest: Stored
    callers: list[str]
    same: list[Asked]
    other: list[Asked]
    apart: Counter[tuple[str, str]]
    remarks: list[str]
    is_whole: bool

    @property
    def asked(self) -> int:
        """How many reads were asked again."""
        return len(self.same) + len(self.other)


class Reader:
    """Reads the same recordings, once for the ids and once for what they say; `origin` says which deployment is meant, None any."""

    def __init__(
        self, paths: Sequence[Path], apis: Sequence[str], prefix: str, origin: str | None, disguise: Disguise
    ) -> None:
        self._paths, self._origin = paths, origin
        self._callers = Callers()
        self._known = [Disguising(Judge(api, prefix), disguise, self._callers) for api in apis]
        self.recordings: list[Recording] = []
        self.last: datetime | None = None

    def collect(self) -> None:
        """Learn all ids, before any is replaced. Raises NoRecording."""
        for recorded in self._exchanges():
            for one in self._known:
                one.collect(recorded)

    def read(self) -> Iterator[Read]:
        """Yield everything that was answered well, in disguise. Raises NoRecording."""
        for recorded in self._exchanges():
            read = next(filter(None, (one.read(recorded) for one in self._known)), None)
            if read is not None:
                yield read

    def judge(self, api: str) -> Judge:
        """Return what knows the contract of an API."""
        return next(one.judge for one in self._known if one.judge.api == api)

    def _exchanges(self) -> Iterator[Recorded]:
        self.recordings = [Recording(path) for path in self._paths]
        for number, recording in enumerate(self.recordings):
            self._callers.file = number
            for recorded in recording:
                if self._origin in (None, recorded.origin) and not self._known[0].judge.is_own(recorded):
                    if recorded.at is not None and 1900 <= recorded.at.year < 2200:
                        self.last = max(self.last or recorded.at, recorded.at)
                    yield recorded


def make(
    paths: Sequence[Path], *, keep: bool = False, seed: int | None = None, origin: str | None = None, prefix: str = "",
    apis: Sequence[str] = APIS,
) -> Made:  # fmt: skip
    """Return the world of recordings. Raises NoRecording, NoWorld."""
    disguise = Disguise(keep=keep, seed=seed)
    reader = Reader(paths, apis, prefix, origin, disguise)
    if not keep:
        reader.collect()
    disguise.settle()
    found, expected = Gatherings({api: reader.judge(api).shapes for api in apis}), Expected(keep)
    for read in reader.read():
        found.add(read)
        expected.add(read)
    remarks = [remark for recording in reader.recordings for remark in recording.remarks]
    if found.is_empty:
        told = f"nothing of {_names(apis)} was answered in it, so that there is no world to make"
        raise NoWorld("; ".join([told, *remarks]))
    built = world_of(found, reader.last)
    rest, gone = sound(built.rest)
    replay = Replay(rest, expected, built.headers)
    replay.run()
    is_whole = all(recording.is_whole for recording in reader.recordings)
    remarks += [*built.remarks, *gone]
    return Made(rest, built.callers, replay.same, replay.other, expected.apart, remarks, is_whole)


def _names(apis: Sequence[str]) -> str:
    return " or ".join(api.replace("_", " ").title() for api in apis)
