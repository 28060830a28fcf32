"""What is going to happen to one request beside, or instead of, what the stand-in would do with it."""

import random

from mock_server.faults import waiting
from mock_server.faults.prefer import Preferences
from mock_server.faults.rules import Fault


class Plan:
    """`wait`: seconds before it is served. `fault`: what decides about its answer, None if none does; `chance`: its seed.

    `told` says what happens and where it comes from, for the journal and for the header `X-Mock-Fault`. `applied` are the preferences
    that are heeded. `is_free`: whether the answer need not keep the contract.
    """

    __slots__ = ("applied", "chance", "fault", "is_free", "told", "wait")

    def __init__(self) -> None:
        self.wait = 0.0
        self.fault: Fault | None = None
        self.chance = ""
        self.told: list[str] = []
        self.applied: list[str] = []
        self.is_free = False

    def take(self, fault: Fault, cause: str, chance: str = "") -> float:
        """Plan what a fault does that `cause` has brought; `chance` seeds what of it is up to chance. Return the seconds to wait for it."""
        does = [f"{name} {getattr(fault, name)}" for name in fault.effects if name != "latency"]
        wait = 0.0
        if fault.latency is not None:
            wait = waiting.seconds(fault.latency, random.Random(chance))
            does.insert(0, f"wait {wait * 1000:.0f} ms")
        if not fault.only_waits and self.fault is None:
            self.fault, self.chance = fault, chance
        self.is_free |= not fault.handler_runs  # its status may be none that is documented
        self.wait += wait
        self.told.append(f"{cause}: {', '.join(does)}")
        return wait

    def heed(self, preferences: Preferences) -> None:
        """Plan to wait as long as it is preferred, and note what is heeded."""
        for name in ("code", "example"):
            if getattr(preferences, name) is not None:
                self.applied.append(f"{name}={_word(str(getattr(preferences, name)))}")
        if preferences.dynamic is not None and preferences.dynamic is not preferences.from_contract:
            self.applied.append(f"dynamic={str(preferences.dynamic).lower()}")
        if preferences.wait is not None:
            self.wait += preferences.wait
            self.applied.append(f"wait={preferences.wait:g}")
        self.told.append(f"Prefer: {', '.join(self.applied)}")

    def __str__(self) -> str:
        return "; ".join(self.told)


def _word(text: str) -> str:
    """Return a value as it may stand in a header."""
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    return text if text.replace("_", "").replace("-", "").isalnum() and text.isascii() else f'"{quoted}"'
