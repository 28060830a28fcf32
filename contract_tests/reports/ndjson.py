"""Every event of a run as a line of JSON, written as it comes."""

import json
from pathlib import Path
from typing import Any

import msgspec

from contract_tests.check import Outcome
from contract_tests.findings import Violation
from contract_tests.guard import Blocked
from contract_tests.observer import Observer
from contract_tests.plan import Plan
from contract_tests.reports.told import writing
from contract_tests.target import Target
from contract_tests.wire import Exchange
from mock_server import redact


class Ndjson(Observer):
    """Writes `{"event": …}` lines. Raises ReportFailed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with writing(path):
            self._file = path.open("w", encoding="utf-8", buffering=1 << 16)

    def started(self, target: Target, plan: Plan) -> None:
        """A target with what is to be done."""
        self._line("started", api=target.api, target=target.base_url, plan=msgspec.to_builtins(plan))

    def phase_started(self, phase: str) -> None:
        """A phase."""
        self._line("phase_started", phase=phase)

    def phase_finished(self, phase: str) -> None:
        """The end of a phase."""
        self._line("phase_finished", phase=phase)

    def exchange(self, exchange: Exchange) -> None:
        """A request and its answer, in short."""
        self._line(
            "exchange",
            number=exchange.number,
            phase=exchange.phase,
            operation=exchange.operation.operation_id if exchange.operation else None,
            method=exchange.request.method,
            url=redact.line(exchange.request.url or ""),
            status=exchange.response.status_code,
            ms=round(exchange.elapsed * 1000, 2),
        )

    def blocked(self, blocked: Blocked) -> None:
        """A request that was kept back."""
        self._line("blocked", reason=str(blocked))

    def violation(self, violation: Violation) -> None:
        """A violation."""
        self._line("violation", **msgspec.to_builtins(violation))

    def noticed(self, remark: str) -> None:
        """A remark."""
        self._line("noticed", remark=remark)

    def finished(self, outcome: Outcome) -> None:
        """What came of a target."""
        self._line(
            "finished",
            api=outcome.api,
            requests=outcome.requests,
            seconds=round(outcome.seconds, 3),
            violations=len(outcome.findings),
            blocked=dict(outcome.blocked),
            accepted=outcome.accepted,
            stopped=outcome.stopped,
            exit_code=outcome.exit_code,
        )
        with writing(self.path):
            self._file.flush()

    def _line(self, event: str, **fields: Any) -> None:
        with writing(self.path):
            self._file.write(json.dumps({"event": event, **fields}, ensure_ascii=False) + "\n")
