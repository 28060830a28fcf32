"""The words that a contract is written in, which a path that it does not have may be shown with: another word may be somebody's name.

Not here: paths (`templates`).
"""

import re
from collections.abc import Iterator
from typing import Any

from mock_server.contract import Json

WORD = re.compile(r"(?<![\w@.-])[a-z]{2,20}(?![\w@])")  # in small letters, and not part of an address
PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")  # of a name in snake_case, kebab-case or camelCase
SAYS_OTHERWISE = ("example", "examples", "default")  # what stands there is content
ANY_API = """
    about account admin alert analytics api app archive asset attachment audit auth backup batch billing bulk callback cancel category chat
    client comment config configuration connection content copy count dashboard dataset detail device download edit element entry env error
    event export favorite feature feedback feed field file filter folder form graphql group health healthz history hook image import inbox
    index info init integration internal invitation invite invoice item job key latest limit link live lock log login logout me media member
    merge message meta metadata metric name named notification oauth object openapi operation option order overview owner password payment
    permission ping plan preference preview product profile public query queue ranking rating record refresh register request reset resource
    rest result role row rule run schedule schema score search secret self session setting setup share source stat status storage stream
    subscription summary support sync system table team template ticket token topic trash upload usage user value variable verify version
    video view webhook word worker workflow workspace
"""


class Vocabulary:
    """The words of a document, and those that any API has."""

    def __init__(self, document: Json) -> None:
        self._words = frozenset(ANY_API.split()) | frozenset(_words(document))

    def knows(self, name: str) -> bool:
        """Whether a name consists of known words, be they of one or of many things."""
        parts = PART.findall(name)
        return "".join(parts) == re.sub("[_-]", "", name) and all(self._knows(part.lower()) for part in parts)

    def _knows(self, word: str) -> bool:
        forms = {word, word + "s", word.removesuffix("s"), word.removesuffix("es"), word.removesuffix("ies") + "y"}
        return not self._words.isdisjoint(forms)


def _words(node: Any) -> Iterator[str]:
    """Yield the words of names and descriptions, with those that names consist of."""
    if isinstance(node, dict):
        for name, part in node.items():
            for piece in str(name).split("/"):
                if not piece.startswith("{"):
                    yield from (found.lower() for found in PART.findall(piece))
            if name not in SAYS_OTHERWISE:
                yield from _words(part)
    elif isinstance(node, list):
        for part in node:
            yield from _words(part)
    elif isinstance(node, str):
        yield from WORD.findall(node)
