"""What is printed: plain lines for every terminal and log. Others may show more (`reports`)."""

import sys
import time
from typing import TextIO

from contract_tests.check import Outcome
from contract_tests.findings import Violation
from contract_tests.observer import Observer
from contract_tests.plan import Plan
from contract_tests.target import Target

MOST_REASONS = 5


class Plain(Observer):
    """Prints phases as they come, violations when they are found, and a sum at the end."""

    def __init__(self, out: TextIO | None = None, quiet: bool = False) -> None:
        self.out, self.quiet = out or sys.stdout, quiet
        self._target: Target | None = None
        self._began, self._before = 0.0, 0

    def started(self, target: Target, plan: Plan) -> None:
        self._target = target
        where = target.base_url if target.app is None else "the stand-in, in process"
        self._say(
            f"{target.api}: {where}, --writes {target.writes}, {len(plan.operations)} operations, seed {plan.seed}"
        )

    def phase_started(self, phase: str) -> None:
        self._began, self._before = time.perf_counter(), self._target.requests if self._target else 0

    def phase_finished(self, phase: str) -> None:
        sent = (self._target.requests if self._target else 0) - self._before
        self._say(f"  {phase:<9} {sent:>7} requests in {time.perf_counter() - self._began:.1f} s")

    def violation(self, violation: Violation) -> None:
        print(f"  ✗ {violation.check}: {violation.operation or violation.api}: {violation.message}", file=self.out)
        for line in violation.story:
            print(f"      {line}", file=self.out)

    def noticed(self, remark: str) -> None:
        self._say(f"  {remark}")

    def finished(self, outcome: Outcome) -> None:
        rate = outcome.requests / outcome.seconds if outcome.seconds else 0
        known = f", {outcome.accepted} accepted" if outcome.accepted else ""
        self._say(
            f"{outcome.api}: {len(outcome.findings)} violations{known}, {outcome.requests} requests in "
            f"{outcome.seconds:.1f} s ({rate:.0f}/s)"
        )
        kept_back = outcome.blocked.most_common(MOST_REASONS)
        if kept_back:
            self._say(
                f"  {outcome.blocked.total()} requests were kept back, most because "
                + "; ".join(reason for reason, _ in kept_back)
            )
        for line in (*outcome.troubles, *outcome.left):
            print(f"  {line}", file=self.out)
        if outcome.stopped:
            print(f"  {outcome.stopped}", file=self.out)

    def _say(self, line: str) -> None:
        if not self.quiet:
            print(line, file=self.out, flush=True)
