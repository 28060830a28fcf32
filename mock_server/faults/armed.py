"""The faults that are armed in a sandbox: arming, taking back, and which of them hit a request."""

import random
from collections.abc import Iterator
from typing import Any, Literal, TypedDict, Unpack

import msgspec

from mock_server.faults.rules import Fault, Latency, TooManyFaults, read
from mock_server.world import Sandbox

MOST = 1000


class Told(TypedDict, total=False):
    """What a fault can be told to be; see `Fault`. A number for `latency` is a fixed one in milliseconds."""

    operation_id: str | None
    tag: str | None
    path: str | None
    method: str | None
    user: str | None
    nth: int | None
    every: int | None
    probability: float | None
    times: int | None
    after: int | None
    status: int | None
    message: str | None
    retry_after: int | None
    latency: float | Latency | dict[str, float] | None
    slow_body: int | None
    close: Literal["before", "after", "midway"] | None
    body: Literal["truncated", "invalid_json", "breaks_contract"] | None


def _with_latency(told: Told) -> dict[str, Any]:
    latency = told.get("latency")
    if isinstance(latency, int | float):
        return {**told, "latency": {"fixed_ms": latency}}
    return {**told, "latency": msgspec.to_builtins(latency)}


class Faults:
    """The rules of a sandbox in the order in which they were armed. They are no part of its world: a reset leaves them armed.

    `live` are those that can still hit something.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.live: list[Fault] = []
        self._sandbox = sandbox
        self._rules: dict[int, Fault] = {}
        self._last_id = 0

    def arm(self, **told: Unpack[Told]) -> Fault:
        """Arm a fault, as in `arm(operation_id="create_project", status=500, times=1)`. Raises BadFault."""
        if len(self._rules) >= MOST:
            raise TooManyFaults("fault", f"is one too many: a sandbox has at most {MOST}; take some back")
        fault = read(_with_latency(told))
        self._last_id += 1
        fault.id, fault.created = self._last_id, self._sandbox.world.clock.now()
        self._rules[fault.id] = fault
        self.live.append(fault)
        return fault

    def __len__(self) -> int:
        return len(self._rules)

    def __iter__(self) -> Iterator[Fault]:
        """Yield all of them, those that are spent as well."""
        return iter(self._rules.values())

    def get(self, fault_id: int) -> Fault | None:
        """Return the fault with this id, or None."""
        return self._rules.get(fault_id)

    def disarm(self, fault_id: int) -> None:
        """Take a fault back. Raises KeyError if there is none with this id."""
        del self._rules[fault_id]
        self.live = [fault for fault in self.live if fault.id != fault_id]

    def clear(self) -> None:
        """Take all of them back."""
        self._rules.clear()
        self.live.clear()

    def hitting(self, operation: Any, scope: Any, user: str | None) -> list[Fault]:
        """Return what hits a request, and count it: those that only wait, and the first of the others."""
        found: list[Fault] = []
        decided = False
        for fault in list(self.live):
            if decided and not fault.only_waits:
                continue
            if fault.is_for(operation, scope, user) and self._strikes(fault):
                found.append(fault)
                decided = decided or not fault.only_waits
        return found

    def _strikes(self, fault: Fault) -> bool:
        """Count a request that a fault is for, and say whether it hits it."""
        fault.seen += 1
        turn = fault.seen - fault.after
        strikes = (
            turn > 0
            and fault.nth in (None, turn)
            and (fault.every is None or turn % fault.every == 0)
            and (fault.probability is None or random.Random(self.chance(fault)).random() < fault.probability)
        )
        fault.hits += strikes
        if fault.hits == fault.times or (fault.nth is not None and turn >= fault.nth):
            self.live.remove(fault)
        return strikes

    def chance(self, fault: Fault) -> str:
        """Return the seed of the chance of a fault for the request that it has seen last; it follows from the seed of the world."""
        return f"{self._sandbox.world.seed}:fault:{fault.id}:{fault.seen}"
