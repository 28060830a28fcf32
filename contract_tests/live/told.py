"""What a proxy or fallback says in the terminal while it runs: each finding once with its evidence, how often it came, and a summary.

Not here: what is found (`judging`).
"""

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TextIO

from contract_tests.evidence import Evidence
from contract_tests.live.judging import Finding, Judge

WORTH_TELLING = {10**power for power in range(1, 9)}
MOST = 10_000  # distinct findings; what comes after is counted only


class Told:
    """Prints lines. The evidence is looked up in a thread, for the first time it takes as long as the documents take to be read."""

    def __init__(self, judge: Judge, out: TextIO | None = None, quiet: bool = False) -> None:
        self.judge, self.quiet, self._out = judge, quiet, out or sys.stdout
        self.exchanges = self.not_judged = 0
        self.findings: Counter[Any] = Counter()
        self.troubles: Counter[str] = Counter()
        self.notes: Counter[str] = Counter()
        self._worker = ThreadPoolExecutor(1, "telling")

    def found(self, findings: list[Finding]) -> None:
        """Say what was found in one exchange."""
        for finding in findings:
            key: Any = finding.key
            if key not in self.findings and len(self.findings) >= MOST:
                key = None
            self.findings[key] += 1
            count = self.findings[key]
            if key is not None and not self.quiet and (count == 1 or count in WORTH_TELLING):
                self._worker.submit(self._tell, finding, count)

    def trouble(self, what: str) -> None:
        """Say in one line what went wrong on the way; the same again is counted."""
        self.troubles[what] += 1
        count = self.troubles[what]
        if count == 1 or count in WORTH_TELLING:
            self._worker.submit(self._print, what + _times(count))

    def note(self, what: str) -> None:
        """Say something that is as it should be, once."""
        self.notes[what] += 1
        if self.notes[what] == 1 and not self.quiet:
            self._worker.submit(self._print, what)

    def remark(self, what: str) -> None:
        """Say what was passed on without being judged, and why."""
        self.not_judged += 1
        if not self.quiet:
            self.trouble(what)

    def flush(self) -> None:
        """Return when everything that there is to say has been printed."""
        self._worker.submit(lambda: None).result()

    def close(self) -> None:
        """Print what is left to be printed, and the summary."""
        self._worker.shutdown(wait=True)
        self._print(self.summary())

    def summary(self) -> str:
        """Return what came of it all, in one line."""
        kinds, times = len(self.findings), sum(self.findings.values())
        violations = (
            f"{_counted(kinds, 'violation')} of the contract{_times(times)}"
            if kinds
            else "no violation of the contract"
        )
        skipped = f"; {self.not_judged} passed on unjudged in part" if self.not_judged else ""
        failed = sum(self.troubles.values()) - (0 if self.quiet else self.not_judged)
        return f"{_counted(self.exchanges, 'exchange')}, {violations}{skipped}" + (
            f"; {failed} failed on the way" if failed else ""
        )

    def _tell(self, finding: Finding, count: int) -> None:
        self._print(line(finding, self.judge.evidence(finding)) + _times(count))

    def _print(self, text: str) -> None:
        shown = "".join(sign if sign.isprintable() else "?" for sign in text)  # nothing that a terminal would obey
        coding = getattr(self._out, "encoding", None) or "utf-8"
        try:
            print(shown.encode(coding, "replace").decode(coding), file=self._out, flush=True)
        except (OSError, ValueError):  # the terminal has gone; the exchanges go on
            self.quiet = True


def line(finding: Finding, evidence: Evidence) -> str:
    """Return a finding in one line: who broke the contract where, how well the contract knows it, and what it would mean for it."""
    head = f"{finding.direction:7}  {finding.method} {finding.path}  {finding.told}"
    if not finding.stands:
        return f"{head}  [not in the contract]"
    told = f"{evidence.grade}, {evidence.file}:{evidence.line}"
    if evidence.grade == "inferred":
        told += "; a guess of ours" + (f", in the ledger as {', '.join(evidence.rows)}" if evidence.rows else "")
    return f"{head}  [{told}]"


def _times(count: int) -> str:
    return f" ({count} times)" if count > 1 else ""


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
