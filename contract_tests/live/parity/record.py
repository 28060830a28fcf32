"""What a comparison has found: for each operation how often it was asked, how often both sides were alike, and every difference.

Not here: how it is told (`report`).
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from contract_tests.model.compare import ASPECTS, STATUS, Difference

ERROR = "error."  # before the place of what is in the body of an error
WORDS = (("the target", "live"), ("the model", "stand-in"), ("target", "live"), ("model", "stand-in"))
PLACE_IN_LIST = re.compile(r"\[\d+\]")


class Seen(msgspec.Struct, kw_only=True):
    """A difference: where, what was there the first time, how often it was seen, and the request that shows it.

    `operation` is where it was seen first, `operations` are all; one in the bodies of errors is the same in all of them, for these share
    a shape. `live` and `ours` are the statuses of the two answers.
    """

    operation: str
    aspect: str
    place: str
    told: str
    live: int
    ours: int
    request: str = ""
    times: int = 0
    operations: list[str] = []

    @property
    def is_of_errors(self) -> bool:
        """Whether it is one in the bodies of errors."""
        return self.place.startswith(ERROR)

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two differences the same."""
        return "" if self.is_of_errors else self.operation, self.aspect, self.place


class Cut(msgspec.Struct):
    """A story that could not be told to its end: at which step (from 1) that came to light, what was asked there, why it did not go
    on from there, and how many of the steps after it fell away."""

    story: str
    step: int
    operation: str
    reason: str
    lost: int = 0


class Tally(msgspec.Struct):
    """How often an operation was asked, and how often its answers were alike in each aspect."""

    asked: int = 0
    alike: dict[str, int] = msgspec.field(default_factory=lambda: dict.fromkeys(ASPECTS, 0))

    @property
    def score(self) -> float:
        """From 0 to 100: the share of answers that were alike, the three aspects counting the same."""
        return round(100 * sum(self.alike.values()) / (len(ASPECTS) * self.asked), 1) if self.asked else 0.0


class Record:
    """The record of a run. `out_of_reach` says of operations why they, or some requests of them, could not be asked.

    `stopped` is why the run could not go on to its end; None if it could, or if only its budget was spent.
    """

    def __init__(self) -> None:
        self.tallies: dict[str, Tally] = {}
        self.seen: dict[tuple[str, str, str], Seen] = {}
        self.out_of_reach: dict[str, str] = {}
        self.stories: list[str] = []
        self.cuts: list[Cut] = []
        self.untold: dict[str, str] = {}  # stories that were not begun, and why
        self.left: dict[str, int] = {}  # how many things are left there, by the operation that has made them
        self.people: dict[str, str] = {}  # who had which part in the stories
        self.aside: dict[str, str] = {}  # people who had none, and why
        self.stopped: str | None = None

    def add(self, operation: str, statuses: tuple[int, int], found: Iterable[Difference], request: str) -> None:
        """Count the two answers to a request. Without the same status of success nothing else of them can be alike."""
        differences = list(found)
        tally = self.tallies.setdefault(operation, Tally())
        tally.asked += 1
        parted = (statuses[0] < 300) != (statuses[1] < 300)
        broken = set(ASPECTS) if parted else {one.aspect for one in differences}
        for aspect in ASPECTS:
            tally.alike[aspect] += aspect not in broken
        for one in differences:
            self._see(operation, statuses, one, request)

    def miss(self, operation: str, reason: str) -> None:
        """Take note of a request that could not be made."""
        self.out_of_reach.setdefault(operation, reason)

    @property
    def score(self) -> float:
        """The mean of the scores of all operations that were asked."""
        scores = [tally.score for tally in self.tallies.values()]
        return round(sum(scores) / len(scores), 1) if scores else 0.0

    @property
    def asked(self) -> int:
        """How many requests were compared."""
        return sum(tally.asked for tally in self.tallies.values())

    def differences(self) -> Iterator[Seen]:
        """Yield what was found, by aspect and operation."""
        order = {aspect: rank for rank, aspect in enumerate(ASPECTS)}
        yield from sorted(self.seen.values(), key=lambda one: (order[one.aspect], one.operation, one.place))

    def _see(self, operation: str, statuses: tuple[int, int], found: Difference, request: str) -> None:
        place, (live, ours) = PLACE_IN_LIST.sub("[]", found.place), statuses
        if ours >= 400 and found.aspect != STATUS:
            place = ERROR + place
        told = found.told
        for word, ours_word in WORDS:
            told = told.replace(f"{word} ", f"{ours_word} ")
        one = Seen(
            operation=operation, aspect=found.aspect, place=place, told=told, live=live, ours=ours, request=request
        )
        known = self.seen.setdefault(one.key, one)
        known.times += 1
        if operation not in known.operations:
            known.operations.append(operation)
