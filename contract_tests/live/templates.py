"""Paths that the contract does not have, with their variable parts named: what they have in common with it is called as there.

A segment that is no plain word in lower case is taken for an id, a name or a secret, and not shown. Not here: which paths there are
(`contract_tests.addresses`).
"""

import re
from collections.abc import Iterable
from functools import cached_property

from contract_tests.addresses import Operation
from contract_tests.kinds import singular

WORD = re.compile(r"[a-z][A-Za-z_-]{0,39}|v\d{1,3}|")  # of a path; anything else is an id, a name or a secret


class Templates:
    """Names the parts of paths that begin with `prefix`."""

    def __init__(self, operations: Iterable[Operation], prefix: str) -> None:
        self._operations, self._prefix = operations, prefix

    def template(self, path: str) -> str:
        """Return a path that the contract does not have with its variable parts named, as in `/projects/{project_id}/things/{thing_id}`."""
        segments = path.removeprefix(self._prefix).split("/")
        shown: list[str] = []
        for at, segment in enumerate(segments):
            begin = self._known_begin(segments[: at + 1])
            before = shown[-1] if shown else ""
            if begin is not None:
                shown = begin
            elif not WORD.fullmatch(segment):
                shown.append(f"{{{_singular(before)}_id}}")
            else:
                shown.append(segment)
        return "/".join(shown)

    def knows_begin(self, segments: list[str]) -> bool:
        """Whether a path of the contract begins with these segments."""
        return self._known_begin(segments) is not None

    def _known_begin(self, segments: list[str]) -> list[str] | None:
        """Return the beginning of a template of the contract that fits; words go before parameters."""
        found = self._begins.get(len(segments), ())
        return next((list(parts) for parts in found if _fits(parts, segments)), None)

    @cached_property
    def _begins(self) -> dict[int, list[tuple[str, ...]]]:
        parts = {tuple(one.path.split("/")) for one in self._operations}
        begins = {some[:end] for some in parts for end in range(1, len(some) + 1)}
        table: dict[int, list[tuple[str, ...]]] = {}
        for some in sorted(begins, key=lambda some: ([part.startswith("{") for part in some], some)):
            table.setdefault(len(some), []).append(some)
        return table


def _singular(segment: str) -> str:
    return singular(segment).replace("-", "_") if WORD.fullmatch(segment) else "x"


def _fits(template: tuple[str, ...], segments: list[str]) -> bool:
    return all(
        part == segment or (part.startswith("{") and segment != "" and WORD.fullmatch(segment) is None)
        for part, segment in zip(template, segments, strict=True)
    )
