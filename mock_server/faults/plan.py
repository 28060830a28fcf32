"""What is going to happen to one request beside, or instead of, what the stand-in would do with it."""

import random

from mock_server.faults import waiting
from mock_server.faults.rules import Fault


class Plan:
    """`wait`: seconds before it is served. `fault`: what decides about its answer, None if only the waiting does; `chance`: its seed.

    `told` says what happens and where it comes from, for the journal and for the header `X-Mock-Fault`.
    """

    __slots__ = ("chance", "fault", "told", "wait")

    def __init__(self) -> None:
        self.wait = 0.0
        self.fault: Fault | None = None
        self.chance = ""
        self.told: list[str] = []

    def take(self, fault: Fault, chance: str) -> None:
        """Plan what a fault does that hits the request; `chance` seeds whatever of it is up to chance."""
        does = [f"{name} {getattr(fault, name)}" for name in fault.effects if name != "latency"]
        if fault.latency is not None:
            wait = waiting.seconds(fault.latency, random.Random(chance))
            self.wait += wait
            does.insert(0, f"wait {wait * 1000:.0f} ms")
        if not fault.only_waits:
            self.fault, self.chance = fault, chance
        self.told.append(f"fault {fault.id}: {', '.join(does)}")

    @property
    def breaks_contract(self) -> bool:
        """Whether the answer need not keep the contract: the status of a fault may be none that is documented."""
        return self.fault is not None and not self.fault.handler_runs

    def __str__(self) -> str:
        return "; ".join(self.told)
