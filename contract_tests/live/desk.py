"""What a proxy knows of the exchanges that passed: judged, shown in the terminal, in the console's journal and in a recording.

Here secrets are taken out, before anything is kept. Not here: passing on (`proxy`).
"""

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import msgspec

from contract_tests.live.bodies import Copy, why_not
from contract_tests.live.connection import Pairs
from contract_tests.live.hiding import Hiding
from contract_tests.live.judging import REQUEST, Finding, Judge
from contract_tests.live.recorder import Recorder
from contract_tests.live.told import Told
from contract_tests.live.traffic import Headers, Recorded, header
from contract_tests.live.upstream import Address
from mock_server.app import App
from mock_server.journal.entry import KEPT
from mock_server.pipeline.errors import BreaksContract
from mock_server.pipeline.exchange import Exchange
from mock_server.pipeline.reply import Reply

NOTE = "contract: "  # so begins what the journal notes of an exchange that breaks the contract


class Passed:
    """An exchange on its way: what was asked, and the copies of both bodies."""

    __slots__ = (
        "answer",
        "answer_findings",
        "began",
        "note",
        "request_findings",
        "response_headers",
        "scope",
        "sent",
        "started",
        "status",
    )

    def __init__(self, scope: Any) -> None:
        self.scope = scope
        self.began, self.started = time.time(), time.perf_counter()
        self.sent, self.answer = Copy(), Copy()
        self.status = 0
        self.response_headers: Pairs = []
        self.request_findings: list[Finding] | None = None  # None: not judged yet
        self.answer_findings: list[Finding] | None = None
        self.note = ""

    @property
    def took(self) -> float:
        """Seconds since it began."""
        return time.perf_counter() - self.started


class Desk:
    """Judges what has passed and keeps it. `app` is a stand-in whose journal and console show it."""

    def __init__(self, judge: Judge, told: Told, app: App, where: Address, recorder: Recorder | None = None) -> None:
        self.judge, self.told, self.app, self.recorder = judge, told, app, recorder
        self._where, self._hiding = where.url, Hiding()

    def request_findings(self, passed: Passed) -> list[Finding]:
        """Return what is wrong with a request of which all has come."""
        passed.request_findings = self.judge.request(self._recorded(passed))
        return passed.request_findings

    def answer_findings(self, passed: Passed) -> list[Finding]:
        """Return what is wrong with an answer of which all has come."""
        passed.answer_findings = self.judge.answer(self._recorded(passed))
        return passed.answer_findings

    def finish(self, passed: Passed) -> None:
        """Judge an exchange that is over, show it and keep it. It has been answered: whatever goes wrong here is only told."""
        try:
            self._finish(passed)
        except Exception as error:
            self.told.trouble(f"an exchange could not be judged: {type(error).__name__}; please report it")

    def _finish(self, passed: Passed) -> None:
        recorded = self._recorded(passed)
        operation, values = self.judge.operation(recorded.method, recorded.path)
        shown = self._hiding.hidden(recorded, values)
        found = [self._without_secrets(one) for one in self._found(passed, recorded)]
        self.told.exchanges += 1
        if found:
            self.told.found(found)
        self._remark(passed, recorded)
        self._write(passed, shown, found, operation.operation_id if operation else None)
        if self.recorder is not None:
            self._record(passed, shown)

    def where(self, method: str, path: str) -> str:
        """Return method and template of what was asked, as it may be shown."""
        return f"{method} {self._hiding.text(self.judge.template(path))}"

    def _without_secrets(self, one: Finding) -> Finding:
        """Return a finding without a secret that is a word of an unknown path, or the name of an unknown parameter."""
        path, told, place = (self._hiding.text(part) for part in (one.path, one.told, one.place))
        is_plain = (path, told, place) == (one.path, one.told, one.place)
        return one if is_plain else msgspec.structs.replace(one, path=path, told=told, place=place)

    def _found(self, passed: Passed, recorded: Recorded) -> list[Finding]:
        sent, answered = passed.request_findings, passed.answer_findings
        if sent is None:
            sent = self.judge.request(recorded)
        if answered is None and passed.status:
            answered = self.judge.answer(recorded)
        return [*sent, *(answered or ())]

    def _record(self, passed: Passed, shown: Recorded) -> None:
        assert self.recorder is not None
        try:
            self.recorder.write(
                shown, passed.took, passed.sent.size, passed.answer.size, self._hiding.text(passed.note)
            )
        except OSError as error:
            self.told.trouble(f"{self.recorder.path} cannot be written: {error.strerror}; the recording ends here")
            self.recorder = None

    def _remark(self, passed: Passed, recorded: Recorded) -> None:
        for what, copy, body, headers in (
            ("request", passed.sent, recorded.request_body, recorded.request_headers),
            ("answer", passed.answer, recorded.response_body, recorded.response_headers),
        ):
            if body is None and not copy.is_cut:
                why = why_not(copy, header(headers, "content-encoding") or "")
                where = self.where(recorded.method, recorded.path)
                self.told.remark(f"{what:7}  {where}  its body was not judged: {why}")

    def _recorded(self, passed: Passed) -> Recorded:
        scope = passed.scope
        query = scope["query_string"]
        target = scope["raw_path"] + (b"?" + query if query else b"")
        sent, answered = _texts(scope["headers"]), _texts(passed.response_headers)
        return Recorded(
            method=scope["method"],
            url=self._where + target.decode("latin-1"),
            request_headers=sent,
            request_body=passed.sent.plain(header(sent, "content-encoding") or ""),
            status=passed.status,
            response_headers=answered,
            response_body=passed.answer.plain(header(answered, "content-encoding") or ""),
            at=datetime.fromtimestamp(passed.began, UTC),
        )

    def _write(self, passed: Passed, shown: Recorded, found: list[Finding], name: str | None) -> None:
        """Write an exchange, secrets hidden, into the journal of the stand-in."""
        scope, path = passed.scope, shown.path
        exchange = Exchange(
            {
                **{key: scope[key] for key in ("method", "scheme", "http_version")},
                "raw_path": path.encode("latin-1"),
                "path": unquote(path),
                "query_string": shown.query.encode("latin-1"),
                "headers": _bytes(shown.request_headers),
            }
        )
        exchange.began = passed.began
        exchange.operation = self.app.operations.get(f"{self.judge.api}.{name}")
        exchange.body = shown.request_body
        exchange.problem = _problem(found, passed.status)
        exchange.fault = "; ".join(filter(None, (_note(found), self._hiding.text(passed.note)))) or None
        if passed.status:
            media = (header(shown.response_headers, "content-type") or "").encode("latin-1")
            rest = tuple(pair for pair in _bytes(shown.response_headers) if pair[0] != b"content-type")
            exchange.reply = Reply(passed.status, shown.response_body or b"", media, rest)
        journal = self.app.sandbox.journal
        journal.write(exchange)
        self._true_sizes(journal.find(journal.last_id), passed)

    def _true_sizes(self, entry: Any, passed: Passed) -> None:
        """Let an entry say how long the bodies were that are not kept in it."""
        if entry is None:
            return
        if passed.sent.size > KEPT:
            entry.body_size = passed.sent.size
        if passed.answer.size > KEPT:
            entry.answer_size = passed.answer.size


def _texts(pairs: Pairs) -> Headers:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)


def _bytes(headers: Headers) -> Pairs:
    return [(name.encode("latin-1", "replace"), value.encode("latin-1", "replace")) for name, value in headers]


def _problem(found: list[Finding], status: int) -> Exception | None:
    """Return what is wrong with a request as the journal has it, with the evidence of each."""
    faults = [
        {"place": one.place.replace("[]", ""), "reason": f"{one.told} ({one.grade or 'not in the contract'})"}
        for one in found
        if one.direction == REQUEST
    ]
    return BreaksContract(status or 400, "; ".join(fault["reason"] for fault in faults), faults) if faults else None


def _note(found: list[Finding]) -> str:
    """Return all findings in one line."""
    told = [f"{one.direction}: {one.told} ({one.grade or 'not in the contract'})" for one in found]
    return NOTE + "; ".join(told) if told else ""


def problem_details(status: int, detail: str, found: list[Finding]) -> bytes:
    """Return what is answered instead of passing on, as of RFC 9457."""
    errors = [{"place": one.place, "reason": one.told, "grade": one.grade or "not in the contract"} for one in found]
    told = {"type": "about:blank", "status": status, "title": detail, **({"errors": errors} if errors else {})}
    return msgspec.json.encode(told)
