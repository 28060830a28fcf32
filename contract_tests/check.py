"""A run: looks whether the target answers, does the phases in order, cleans up, and says how it went.

Other parts join in by what their modules offer:
- `contract_tests.checks.listener(target, findings)` returns a function that looks at every exchange;
- `contract_tests.laws`, `roles`, `model` and `reaching` have `run(target, plan, findings)`, a phase each.
Not here: arguments and what is printed (`cli`).
"""

import logging
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module

import msgspec

from contract_tests import checks, cleanup, engine, home
from contract_tests.accepted import Accepted
from contract_tests.brakes import Stop
from contract_tests.coverage import Coverage, gaps, watching
from contract_tests.findings import Findings, Violation
from contract_tests.guard import Blocked
from contract_tests.observer import Observer
from contract_tests.plan import PHASES, SCHEMATHESIS, Plan
from contract_tests.target import Target
from mock_server.app import APIS

log = logging.getLogger("studio-mock")
MODULES = {"laws": "laws", "roles": "roles", "model": "model", "statuses": "reaching"}
Run = Callable[[Target, Plan, Findings], None]


class Outcome(msgspec.Struct, kw_only=True):
    """How a run went. `stopped` is why it ended early, `troubles` what it could not test; `blocked` counts by reason what was kept back,
    `accepted` how many violations the baseline knows, `left` what could not be cleaned up, `coverage` what was seen of the contract;
    `seconds` is how long it took."""

    api: str
    findings: Findings
    requests: int = 0
    seconds: float = 0.0
    blocked: Counter[str] = msgspec.field(default_factory=Counter)
    accepted: int = 0
    troubles: list[str] = []
    left: list[str] = []
    coverage: Coverage | None = None
    stopped: str | None = None
    spent: bool = False

    @property
    def exit_code(self) -> int:
        """0: no violation; 1: violations; 2: the run could not be done, or not to its end."""
        if (self.stopped and not self.spent) or self.left:
            return 2
        return 1 if len(self.findings) else 2 if self.troubles else 0


class Gathered(Findings):
    """Findings that leave out what is accepted, say when and by whom a violation was found, and tell an observer of what is new."""

    def __init__(self, target: Target, observer: Observer, accepted: Accepted) -> None:
        super().__init__()
        self._target, self._observer, self._accepted = target, observer, accepted

    def add(self, violation: Violation) -> None:
        """Add one, unless it is accepted."""
        if self._accepted.knows(violation):
            return
        found = msgspec.structs.replace(
            violation,
            requests=violation.requests or self._target.requests,
            phase=violation.phase or self._target.wire.phase,
        )
        is_new = self.times(found) == 0
        super().add(found)
        if is_new:
            self._observer.violation(found)

    def remark(self, told: str) -> None:
        """Take note of what was left out."""
        super().remark(told)
        self._observer.noticed(told)


def check(
    target: Target,
    plan: Plan,
    observer: Observer | None = None,
    accepted: Accepted | None = None,
    require_coverage: bool = False,
) -> Outcome:
    """Check a target by a plan. Raises KeyboardInterrupt if it is interrupted; the observer has been told by then."""
    observer, accepted = observer or Observer(), accepted or Accepted()
    findings = Gathered(target, observer, accepted)
    outcome = Outcome(api=target.api, findings=findings)
    began = time.perf_counter()
    observer.started(target, plan)
    try:
        with _watched(target, findings, observer, outcome):
            _prepare(target, plan, observer)
            _phases(target, plan, findings, observer, outcome)
            if require_coverage and outcome.coverage is not None:
                for gap in gaps(outcome.coverage.only(plan.operations)):
                    findings.add(gap)
    except Stop as stop:
        outcome.stopped, outcome.spent = str(stop), stop.spent
    except KeyboardInterrupt:
        outcome.stopped = "Interrupted"
        raise
    finally:
        if target.writes == "own":
            outcome.left = cleanup.clean(target)
        outcome.seconds, outcome.requests = time.perf_counter() - began, target.requests
        outcome.blocked, outcome.accepted = target.wire.blocked, accepted.seen
        observer.finished(outcome)
    return outcome


def _prepare(target: Target, plan: Plan, observer: Observer) -> None:
    """In mode own: make a place to write in, and leave out what could not be undone."""
    if target.writes != "own":
        return
    target.wire.guard.lasting = home.lasting(target)
    remark = home.settle(target, f"{plan.seed}-{plan.shard[0]}-{int(time.time())}")
    if remark is not None:
        observer.noticed(remark)


def _watched(target: Target, findings: Findings, observer: Observer, outcome: Outcome) -> ExitStack:
    """Let the observer and our checks of single answers see every exchange."""
    stack = ExitStack()
    outcome.coverage = stack.enter_context(watching(target)).coverage
    stack.enter_context(target.wire.listening(observer.exchange))
    stack.enter_context(target.wire.keeping_back(observer.blocked))
    if (
        target.api in APIS
    ):  # what they know is what vendors promise, which the control API shows in tables and documents
        stack.enter_context(target.wire.listening(checks.listener(target, findings)))
    return stack


def _phases(target: Target, plan: Plan, findings: Findings, observer: Observer, outcome: Outcome) -> None:
    if any(phase in SCHEMATHESIS for phase in plan.phases):
        outcome.troubles += engine.run(target, plan, findings, observer)
    for phase in PHASES:
        run = phase_of(phase) if phase in plan.phases else None
        if run is None:
            continue
        target.reset()
        observer.phase_started(phase)
        with target.wire.asking(phase):
            outcome.troubles += _trouble(run, target, plan, findings, phase)
        observer.phase_finished(phase)


def _trouble(run: Run, target: Target, plan: Plan, findings: Findings, phase: str) -> list[str]:
    """Run one of our phases, and return a line about what a target does that the phase cannot make sense of, if there is such."""
    try:
        run(target, plan, findings)
    except (Stop, Blocked, AssertionError):
        raise
    except Exception as problem:
        log.debug("%s", phase, exc_info=True)
        return [f"{phase}: not done to its end: {type(problem).__name__}: {' '.join(str(problem).split())[:300]}"]
    return []


def phase_of(name: str) -> Run | None:
    """Return what does one of our own phases, None for those of Schemathesis. Each is loaded when it is needed."""
    if name in SCHEMATHESIS:
        return None
    run: Run = import_module(f"contract_tests.{MODULES[name]}").run
    return run
