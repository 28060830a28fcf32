"""What a run found: violations, each with the check, the operation, a sentence for a stranger and the requests that show it; and
remarks on what it could not look at.

Not here: what the contract's evidence says of a violation (`evidence`), and how findings are shown (`reports`).
"""

from collections.abc import Iterator

import msgspec


class Violation(msgspec.Struct, frozen=True, kw_only=True):
    """A broken promise.

    `check` is the name of the check, `operation` the operationId (None if it concerns no single one), `message` one sentence or two that
    say what was promised and what was seen, `place` a JSON pointer into the contract where the promise stands (or None), `story` the
    shortest known requests as curl lines with secrets redacted, `requests` how many had been sent when it was found.
    """

    check: str
    api: str
    message: str
    operation: str | None = None
    status: int | None = None
    place: str | None = None
    story: tuple[str, ...] = ()
    requests: int = 0
    phase: str = ""

    @property
    def key(self) -> tuple[str, str | None, str]:
        """What makes two violations the same: check, operation and place, else the message."""
        return self.check, self.operation, self.place or self.message


class Findings:
    """The violations of a run, the first of each kind kept, and how often each was seen. `remarks` are lines about what was left out."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str | None, str], Violation] = {}
        self._times: dict[tuple[str, str | None, str], int] = {}
        self.remarks: list[str] = []

    def add(self, violation: Violation) -> None:
        """Add one; of several with the same key the one with the shortest story stays."""
        known = self._found.get(violation.key)
        if known is None or len(violation.story) < len(known.story):
            self._found[violation.key] = violation
        self._times[violation.key] = self._times.get(violation.key, 0) + 1

    def remark(self, told: str) -> None:
        """Take note, in one line, of something that was left out and why; it is no violation."""
        self.remarks.append(told)

    def times(self, violation: Violation) -> int:
        """Return how often a violation was seen."""
        return self._times.get(violation.key, 0)

    def __iter__(self) -> Iterator[Violation]:
        return iter(self._found.values())

    def __len__(self) -> int:
        return len(self._found)
