"""The clock of a world: the machine's time, moved, frozen or quickened. A value like everything in a world."""

import time
from datetime import UTC, datetime, timedelta

import msgspec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LATEST = datetime(9000, 1, 1, tzinfo=UTC).timestamp()  # a clock stops here: what is due later can still be written down


class Clock(msgspec.Struct, frozen=True):
    """World time is `at + (machine - since) * speed`; times are seconds since 1970-01-01 UTC. A speed of 0 is a frozen clock."""

    at: float
    since: float
    speed: float = 1.0

    @classmethod
    def live(cls) -> "Clock":
        """The machine's own time."""
        return cls(at=0.0, since=0.0)

    @classmethod
    def frozen(cls, now: datetime) -> "Clock":
        """A clock that stands at `now` until it is advanced."""
        return cls(at=now.timestamp(), since=0.0, speed=0.0)

    @property
    def is_frozen(self) -> bool:
        """Whether it stands still."""
        return self.speed == 0

    def seconds(self) -> float:
        """Return the world's time in seconds since 1970."""
        return min(self.at + (time.time() - self.since) * self.speed, LATEST)

    def now(self) -> datetime:
        """Return the world's time in UTC, in whole milliseconds."""
        return instant(self.seconds())

    def advanced(self, seconds: float) -> "Clock":
        """Return the clock moved by `seconds`, running on as before."""
        return msgspec.structs.replace(self, at=self.at + seconds)

    def set(self, seconds: float) -> "Clock":
        """Return the clock that shows this time, in seconds since 1970, and runs on as before."""
        return self.advanced(seconds - self.seconds())

    def at_speed(self, speed: float) -> "Clock":
        """Return the clock that goes on from its time now at another speed."""
        return Clock(at=self.seconds(), since=0.0 if speed == 0 else time.time(), speed=speed)


def instant(seconds: float) -> datetime:
    """Return seconds since 1970 as a UTC datetime in whole milliseconds."""
    return EPOCH + timedelta(milliseconds=int(seconds * 1000))
