"""What the reports say of a run, in one place: a target with its outcome, its violations with their evidence, its phases."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from contract_tests import evidence
from contract_tests.check import Outcome
from contract_tests.coverage import Coverage, Watcher
from contract_tests.evidence import Evidence
from contract_tests.findings import Violation
from contract_tests.observer import Observer
from contract_tests.plan import Plan
from contract_tests.reports import ReportFailed
from contract_tests.target import Target
from contract_tests.wire import Exchange


class Told(msgspec.Struct, frozen=True):
    """A violation with what the evidence says of it and how often it was seen."""

    violation: Violation
    evidence: Evidence | None
    times: int


class Section(msgspec.Struct):
    """What is told of one target."""

    target: Target
    plan: Plan
    sent: Counter[str] = msgspec.field(default_factory=Counter)  # by phase
    asked: Counter[str] = msgspec.field(default_factory=Counter)  # by operationId
    remarks: list[str] = msgspec.field(default_factory=list)
    outcome: Outcome | None = None

    @property
    def violations(self) -> list[Told]:
        """The violations, those of documented facts first."""
        if self.outcome is None:
            return []
        found = [
            Told(one, evidence.of(one, self.target.document, self.target.is_stand_in), self.outcome.findings.times(one))
            for one in self.outcome.findings
        ]
        return sorted(
            found,
            key=lambda told: (
                told.evidence is None or told.evidence.grade == "inferred",
                told.violation.operation or "",
            ),
        )


class Sections(Observer):
    """Gathers what is told of each target; a report writes in `finished`."""

    def __init__(self) -> None:
        self.sections: list[Section] = []

    def started(self, target: Target, plan: Plan) -> None:
        """Begin with a target."""
        self.sections.append(Section(target, plan))

    def exchange(self, exchange: Exchange) -> None:
        """Count what was sent."""
        section = self.sections[-1]
        section.sent[exchange.phase] += 1
        if exchange.operation is not None:
            section.asked[exchange.operation.operation_id] += 1

    def noticed(self, remark: str) -> None:
        """Keep what is worth saying."""
        self.sections[-1].remarks.append(remark)

    def finished(self, outcome: Outcome) -> None:
        """Keep what came of a target."""
        self.sections[-1].outcome = outcome


class Seen(Observer):
    """Counts what a run has seen of each contract, for every report that shows it. It has to be told before them."""

    def __init__(self) -> None:
        self.coverages: list[Coverage] = []
        self._watcher: Watcher | None = None

    def started(self, target: Target, plan: Plan) -> None:
        """Begin with a target."""
        self._watcher = Watcher(target.api, target.document)
        self.coverages.append(self._watcher.coverage)

    def exchange(self, exchange: Exchange) -> None:
        """Count one."""
        if self._watcher is not None:
            self._watcher(exchange)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what goes wrong when a report is written into one clear line. Raises ReportFailed."""
    try:
        yield
    except OSError as error:
        raise ReportFailed(f"the report {path} cannot be written: {error.strerror or error}") from None


def write(path: Path, content: str) -> None:
    """Write a report in one step: what was there before stays until it is whole. Raises ReportFailed."""
    with writing(path):
        draft = path.with_name(f".{path.name}.part")
        try:
            draft.write_text(content, "utf-8")
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
