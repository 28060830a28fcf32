"""Writes the texts of generated worlds: a few sentences of `phrases` each, whose spans and topics are known."""

import random
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from mock_server.generate.phrases import WORDS, Topic, sentences

T = TypeVar("T")
GERMAN_SHARE, OPENED_SHARE, IN_MOOD_SHARE = 0.4, 0.3, 0.7
LENGTHS = (1, 1, 2, 2, 2, 3, 3, 4)
NUMBERS = {
    "few": range(2, 9),
    "many": range(10, 41),
    "price": range(60, 250),
    "room": range(101, 429),
    "tall": range(150, 200),
}
NEUTRAL: Topic = (None, None)
SLOT = re.compile(r"\{(\w+)\}")


class Written(msgspec.Struct, frozen=True, gc=False):
    """A text, its language, and the topic and the span of each of its sentences."""

    text: str
    language: str
    topics: tuple[Topic, ...]
    spans: tuple[tuple[int, int], ...]


class Writer:
    """Writes texts of one domain. `names` and `towns` fill the slots that are called so."""

    def __init__(self, domain: str, source: random.Random, names: Sequence[str], towns: Sequence[str]) -> None:
        self._chance = source.random
        own: dict[str, Sequence[object]] = {**NUMBERS, "name": names, "town": towns}
        self._fill = {language: self._filler({**words, **own}) for language, words in WORDS.items()}
        self._topics = sentences(domain)
        self._classes = list(dict.fromkeys(name for name, _ in self._topics["en"] if name is not None))
        self._labels = list(dict.fromkeys(label for name, label in self._topics["en"] if name is not None))

    def write(self) -> Written:
        """Return a text of one to four sentences on different classes, mostly in one mood, often behind an opening."""
        language = "de" if self._chance() < GERMAN_SHARE else "en"
        mood = self._pick(self._labels)
        about = dict.fromkeys(self._pick(self._classes) for _ in range(self._pick(LENGTHS)))
        topics: list[Topic] = [
            (name, mood if self._chance() < IN_MOOD_SHARE else self._pick(self._labels)) for name in about
        ]
        if self._chance() < OPENED_SHARE:
            topics.insert(0, NEUTRAL)
        parts = [self._fill[language](self._pick(self._topics[language][topic])) for topic in topics]
        return _joined(language, parts, tuple(topics))

    def _filler(self, words: dict[str, Sequence[object]]) -> Callable[[str], str]:
        def fill(template: str) -> str:
            while "{" in template:  # what is filled in may have slots of its own
                template = SLOT.sub(lambda slot: str(self._pick(words[slot[1]])), template)
            return template

        return fill

    def _pick(self, some: Sequence[T]) -> T:
        return some[int(self._chance() * len(some))]


def _joined(language: str, parts: Sequence[str], topics: tuple[Topic, ...]) -> Written:
    spans, end = [], -1
    for part in parts:
        spans.append((end + 1, end + 1 + len(part)))
        end += 1 + len(part)
    return Written(" ".join(parts), language, topics, tuple(spans))
