"""Who looks on while a run goes on: reports, progress, coverage. Every method may stay as it is."""

from typing import TYPE_CHECKING

from contract_tests.findings import Violation
from contract_tests.guard import Blocked
from contract_tests.wire import Exchange

if TYPE_CHECKING:
    from contract_tests.check import Outcome
    from contract_tests.plan import Plan
    from contract_tests.target import Target


class Observer:
    """Is told of a run, in order and in the thread that sends. What it raises ends the run.

    A run may have several targets, one after the other: each begins with `started` and ends with `finished`.
    """

    def started(self, target: "Target", plan: "Plan") -> None:
        """A target is about to be checked."""

    def phase_started(self, phase: str) -> None:
        """A phase begins; `phase` is its name in `plan.PHASES`."""

    def phase_finished(self, phase: str) -> None:
        """A phase has ended."""

    def exchange(self, exchange: Exchange) -> None:
        """A request was sent and answered."""

    def blocked(self, blocked: Blocked) -> None:
        """A request was kept back by the guard."""

    def violation(self, violation: Violation) -> None:
        """Something is wrong that was not known yet. Of one kind only the first is told, here; the outcome has the shortest."""

    def noticed(self, remark: str) -> None:
        """Something is worth saying, in one line, that is no violation."""

    def finished(self, outcome: "Outcome") -> None:
        """A target has been checked, or the run had to stop: `outcome.stopped` says why."""


class Observers(Observer):
    """Tells many."""

    def __init__(self, *observers: Observer) -> None:
        self.all = list(observers)

    def started(self, target: "Target", plan: "Plan") -> None:
        for observer in self.all:
            observer.started(target, plan)

    def phase_started(self, phase: str) -> None:
        for observer in self.all:
            observer.phase_started(phase)

    def phase_finished(self, phase: str) -> None:
        for observer in self.all:
            observer.phase_finished(phase)

    def exchange(self, exchange: Exchange) -> None:
        for observer in self.all:
            observer.exchange(exchange)

    def blocked(self, blocked: Blocked) -> None:
        for observer in self.all:
            observer.blocked(blocked)

    def violation(self, violation: Violation) -> None:
        for observer in self.all:
            observer.violation(violation)

    def noticed(self, remark: str) -> None:
        for observer in self.all:
            observer.noticed(remark)

    def finished(self, outcome: "Outcome") -> None:
        for observer in self.all:
            observer.finished(outcome)
