"""The terminal: progress while a run goes on, then each violation with its shortest story. Plain where there is no terminal."""

import sys
from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from contract_tests import coverage_table
from contract_tests.check import Outcome
from contract_tests.findings import Violation
from contract_tests.plan import Plan
from contract_tests.reports.told import Section, Sections, Seen, Told
from contract_tests.target import Target
from contract_tests.wire import Exchange

COLOURS = {"documented": "red", "vendor-client": "red", "observed": "red", "inferred": "yellow"}
REDRAW = 50  # requests between two movements of the progress


class Terminal(Sections):
    """Progress on standard error, the summary on standard output. With `quiet` nothing but violations and the last line."""

    def __init__(self, seen: Seen, out: TextIO | None = None, quiet: bool = False) -> None:
        super().__init__()
        self.seen, self.quiet = seen, quiet
        self.console = Console(file=out or sys.stdout, highlight=False, soft_wrap=True)
        self._screen = Console(file=sys.stderr, highlight=False)
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def started(self, target: Target, plan: Plan) -> None:
        """Say what is checked."""
        super().started(target, plan)
        if self.quiet:
            return
        self.console.print(
            f"[bold]{target.api}[/] at {escape(target.base_url)}: "
            f"{len(plan.operations)} operations, writes {target.writes}, seed {plan.seed}"
        )
        if self._screen.is_terminal:
            columns = (
                SpinnerColumn(),
                TextColumn("{task.description:<10}"),
                BarColumn(),
                TextColumn("{task.fields[told]}"),
                TimeElapsedColumn(),
            )
            self._progress = Progress(*columns, console=self._screen, transient=True)
            self._progress.start()
            self._task = self._progress.add_task("", total=len(plan.phases), told="")

    def phase_started(self, phase: str) -> None:
        """Move on."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, description=phase)

    def phase_finished(self, phase: str) -> None:
        """Say how much was sent in a phase."""
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task)
        elif not self.quiet:
            self.console.print(f"  {phase:<10} {self.sections[-1].sent[phase]:>7} requests")

    def exchange(self, exchange: Exchange) -> None:
        """Count."""
        super().exchange(exchange)
        if self._progress is not None and self._task is not None and exchange.number % REDRAW == 0:
            self._progress.update(self._task, told=f"{exchange.number:,} requests")

    def violation(self, violation: Violation) -> None:
        """Say it at once, in a line; the summary says more."""
        if not self.quiet:
            where = violation.operation or violation.api
            (self._progress.console if self._progress else self._screen).print(
                f"  [red]✗[/] {escape(where)} [dim]{violation.check}[/]: {escape(violation.message[:160])}"
            )

    def noticed(self, remark: str) -> None:
        """Say what is worth saying."""
        super().noticed(remark)
        if not self.quiet:
            (self._progress.console if self._progress else self._screen).print(f"  [dim]{escape(remark)}[/]")

    def finished(self, outcome: Outcome) -> None:
        """Print the summary of a target."""
        super().finished(outcome)
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
        section = self.sections[-1]
        for number, told in enumerate(section.violations, 1):
            self._tell(number, told)
        if not self.quiet:
            self._phases(section)
            self.console.print(f"  {coverage_table.headline(self.seen.coverages[-1])}")
        self.console.print(_last(outcome))

    def _tell(self, number: int, told: Told) -> None:
        one, evidence = told.violation, told.evidence
        grade = f" [{COLOURS.get(evidence.grade, 'red')}]{evidence.grade}[/]" if evidence else ""
        self.console.print(f"\n[bold]{number}. {escape(one.operation or one.api)}[/] [dim]{one.check}[/]{grade}")
        self.console.print(f"   {escape(one.message)}")
        if evidence is not None:
            self.console.print(f"   [dim]{escape(evidence.verdict)}[/]")
        for line in one.story:
            self.console.print(f"     {escape(line)}", no_wrap=True, overflow="ignore", crop=False)
        times = f", seen {told.times} times" if told.times > 1 else ""
        self.console.print(f"   [dim]in {one.phase or '?'} after {one.requests} requests{times}[/]")

    def _phases(self, section: Section) -> None:
        if not self._screen.is_terminal:
            return
        table = Table(box=None, padding=(0, 2, 0, 0), show_header=False)
        for phase in section.plan.phases:
            table.add_row(f"  {phase}", f"{section.sent[phase]:,}", style=None if section.sent[phase] else "dim")
        self.console.print(table)


def _last(outcome: Outcome) -> str:
    count, rate = (
        len(outcome.findings),
        f", {outcome.requests / outcome.seconds:,.0f} a second" if outcome.seconds else "",
    )
    told = f"[red]{count} violation{'s' if count > 1 else ''}[/]" if count else "[green]0 violations[/]"
    parts = [
        f"[bold]{outcome.api}[/]: {told}",
        f"{outcome.requests:,} requests in {outcome.seconds:.1f} s{rate}",
        *([f"{outcome.accepted} accepted before"] if outcome.accepted else []),
        *([f"{outcome.blocked.total()} kept back by the guard"] if outcome.blocked else []),
        *([f"{len(outcome.troubles)} could not be tested"] if outcome.troubles else []),
    ]
    stopped = f"\n  [red]stopped:[/] {escape(outcome.stopped)}" if outcome.stopped else ""
    return "; ".join(parts) + stopped
