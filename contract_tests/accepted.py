"""The baseline: a file of violations that are accepted, so that a run fails over new ones alone.

The file is Schemathesis' own (`format_version` 1, entries with `operation`, `check`, `failure`, `signature` and perhaps `expires`), so its
tools can show and prune it. `failure` is `Violation` for all of ours, `signature` the place in the contract, else the message.
"""

import json
from datetime import date
from pathlib import Path

from schemathesis.baseline import Baseline, BaselineEntry

from contract_tests.findings import Violation

KIND = "Violation"


class Accepted:
    """The violations that are accepted; `seen` counts those that came up in this run."""

    def __init__(self, baseline: Baseline | None = None) -> None:
        self._known = {
            entry.identity for entry in (baseline.entries if baseline else ()) if not entry.is_expired(date.today())
        }
        self.seen = 0

    def knows(self, violation: Violation) -> bool:
        """Whether a violation is accepted."""
        if entry_of(violation).identity in self._known:
            self.seen += 1
            return True
        return False


def read(path: Path) -> Accepted:
    """Return what a baseline accepts; nothing if there is no such file yet. Raises ValueError saying what is wrong with it."""
    try:
        return Accepted(Baseline.load(path))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path}, line {error.lineno}: {error.msg}") from None
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} is no baseline: {error}") from None


def write(path: Path, violations: list[Violation]) -> None:
    """Add violations to a baseline, so that the next run accepts them. Raises OSError, ValueError."""
    baseline = Baseline.load(path)
    known = {entry.identity for entry in baseline.entries}
    baseline.entries += [entry for violation in violations if (entry := entry_of(violation)).identity not in known]
    baseline.save(path)


def entry_of(violation: Violation) -> BaselineEntry:
    """Return the entry that accepts a violation."""
    stamp = date.today().isoformat()
    return BaselineEntry(
        operation=f"{violation.api}:{violation.operation or ''}",
        check=violation.check,
        failure=KIND,
        signature=violation.place or violation.message,
        first_seen=stamp,
        last_seen=stamp,
    )
