"""The value of a label in a document: found by what stands beside or above it and by what it looks like.

What a label means is told by the words in its name, see vocabulary; what values look like, see patterns. The rules:

1. A value belongs to the nearest name in front of it on its line, else to the name right above it that ends its cell,
   as in tables. Longer names win: `Net total: 10.00` is no total.
2. Names, companies and labels of which nothing is known take the text behind the name up to the end of its cell, else
   the next cell, else the text below.
3. What stands for itself (an e-mail, an IBAN, the first company) is taken without a name; so are, with little
   confidence, the only date and the largest amount. Labels with a word that the table does not know (`Birth date`) are
   found by their own name only.
4. A name with a colon in front of what is no date or amount gives that text, not converted.

The confidence starts with how the value was found (see searching), rises if there is no rival and if check digits are right,
and falls if there are words in between, if there are rivals, if check digits are wrong and if the value makes no sense;
it is multiplied with how surely the words were read.
"""

from collections.abc import Iterable, Sequence

import msgspec

from mock_server.studio.extracting.reading import Reading
from mock_server.studio.extracting.searching import Option, Search
from mock_server.studio.extracting.shapes import Box, Page, Word, around
from mock_server.studio.extracting.vocabulary import Wanted, wanted

# What is added if nothing else in the document comes as near, and if something with another meaning does.
_NO_RIVAL, _RIVAL, _NEAR = 0.02, -0.1, 0.05


class Match(msgspec.Struct, frozen=True):
    """The value of a label: as it stands in the document, and what it means (an ISO date, a decimal number).

    `place` says where it begins in the order of reading: the line, and the place in it. `boxes` has one box for each
    line over which the value goes, `texts` what is in them.
    """

    label: str
    value: str
    converted: str | None
    page: int
    place: tuple[int, int]
    boxes: tuple[Box, ...]
    texts: tuple[str, ...]
    confidence: float

    @property
    def conversion_passed(self) -> bool:
        """Whether the value makes sense."""
        return self.converted is not None

    @property
    def shown(self) -> str:
        """The meaning of the value, or the value if it has none."""
        return self.value if self.converted is None else self.converted

    @property
    def box(self) -> Box:
        """The box around all words of the value."""
        return around(self.boxes)


def find(label_name: str, pages: Iterable[Page]) -> Match | None:
    """Return the value of a label of this name, the best there is, or None."""
    return find_in(label_name, Reading(pages))


def find_in(label_name: str, reading: Reading) -> Match | None:
    """Return what `find` does, from pages that were prepared once for many labels."""
    asked = wanted(label_name)
    options = list(Search(asked, reading).options()) if asked.own else []
    if not options:
        return None
    best = _best(options, asked)
    rivals = {option.converted or option.text for option in options if option.confidence >= best.confidence - _NEAR}
    return _match(label_name, best, _RIVAL if len(rivals) > 1 else _NO_RIVAL)


def _best(options: Sequence[Option], asked: Wanted) -> Option:
    """The option with the highest confidence; of several the last one for totals, else the first."""
    ordered = reversed(options) if asked.field.last else options
    return max(ordered, key=lambda option: round(option.confidence, 2))


def _match(label: str, option: Option, change: float) -> Match:
    """The match that an option is."""
    words = [word for line, start, end in option.pieces for word in line.words_of(start, end)]
    score = min(word.score for word in words)
    pieces = [line.words_of(start, end) for line, start, end in option.pieces]
    return Match(
        label=label,
        value=option.text,
        converted=option.converted,
        page=option.pieces[0][0].page,
        place=(option.pieces[0][0].number, option.pieces[0][1]),
        boxes=tuple(around(word.box for word in piece) for piece in pieces),
        texts=tuple(_text(piece) for piece in pieces),
        confidence=round(min(0.99, max(0.01, (option.confidence + change) * score)), 2),
    )


def _text(words: Iterable[Word]) -> str:
    """Words as a text."""
    return " ".join(word.text for word in words)
