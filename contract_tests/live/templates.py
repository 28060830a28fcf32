"""Paths that the contract does not have, with their variable parts named: what they have in common with it is called as there.

A segment that is no plain word, or one that the contract does not use, is taken for an id, a name or a secret, and not shown. Not here:
which paths there are (`contract_tests.addresses`), and which words (`vocabulary`).
"""

import re
from collections.abc import Iterable
from functools import cached_property

from contract_tests.addresses import Operation
from contract_tests.kinds import singular
from contract_tests.live.vocabulary import Vocabulary
from mock_server.contract import Json

HIDDEN = "{hidden}"  # a word that the contract does not use
WORD = re.compile(r"[a-z][A-Za-z_-]{0,39}|v\d{1,3}|")  # of a path; anything else is an id, a name or a secret


class Templates:
    """Names the parts of paths that begin with `prefix`, in the words of a document."""

    def __init__(self, operations: Iterable[Operation], prefix: str, document: Json) -> None:
        self._operations, self._prefix, self._document = operations, prefix, document

    def template(self, path: str) -> str:
        """Return a path that the contract does not have with its variable parts named, as in `/projects/{project_id}/things/{thing_id}`."""
        segments = path.removeprefix(self._prefix).split("/")
        shown: list[str] = []
        for at, segment in enumerate(segments):
            begin = self._known_begin(segments[: at + 1])
            before = shown[-1] if shown else ""
            if begin is not None:
                shown = begin
            elif WORD.fullmatch(segment) is None:
                shown.append(f"{{{_singular(before)}_id}}")
            else:
                shown.append(segment if self._may_be_shown(segment) else HIDDEN)
        return "/".join(shown)

    def knows_begin(self, segments: list[str]) -> bool:
        """Whether a path of the contract begins with these segments."""
        return self._known_begin(segments) is not None

    def _may_be_shown(self, segment: str) -> bool:
        return segment == "" or segment[1:].isdigit() or self._vocabulary.knows(segment)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self._document)

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
    return singular(segment).replace("-", "_") if segment and WORD.fullmatch(segment) else "x"


def _fits(template: tuple[str, ...], segments: list[str]) -> bool:
    return all(
        part == segment or (part.startswith("{") and segment != "" and WORD.fullmatch(segment) is None)
        for part, segment in zip(template, segments, strict=True)
    )
