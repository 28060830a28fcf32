"""Pages as lines of text in which names of labels and values are looked for; every place in a line leads back to words."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import NamedTuple

from mock_server.studio.extracting.patterns import Found, values
from mock_server.studio.extracting.shapes import Page, Word
from mock_server.studio.extracting.vocabulary import PatternKind, Phrase, phrases_in, tokens

# No line of a document is longer; what is behind is left out, so that no file keeps a server busy for long.
LONGEST_LINE = 2_000
# No document has more values of a kind; the first ones are looked at.
_MOST_VALUES = 5_000


class Hit(NamedTuple):
    """Where in a line's text a name stands; its words as they are compared, and whether they are the label's own."""

    start: int
    end: int
    phrase: Phrase
    own: bool = False


class Token(NamedTuple):
    """A word as it is compared, and where it is in its line's text."""

    text: str
    start: int
    end: int


class Span(NamedTuple):
    """How far a piece of a line goes as one reads it: along the line from left to right, and across it."""

    left: float
    right: float
    top: float
    bottom: float


class Line:
    """A line of a page: its words joined by spaces, its cells by tabs, and the names of the table that are in it."""

    def __init__(self, number: int, page: int, words: Sequence[Word]) -> None:
        self.number, self.page = number, page
        self.turn = words[0].turn
        self._starts, self.text = _joined(words)
        self.words = words[: len(self._starts)]
        self.tokens = [Token(*token) for token in tokens(self.text)]
        self._token_starts = [token.start for token in self.tokens]
        self.hits = [self.hit(start, end) for start, end in phrases_in(tuple(token.text for token in self.tokens))]

    def hit(self, first: int, end: int, own: bool = False) -> Hit:
        """The name that these tokens are."""
        some = self.tokens[first:end]
        return Hit(some[0].start, some[-1].end, tuple(token.text for token in some), own)

    def words_of(self, start: int, end: int) -> Sequence[Word]:
        """The words that a piece of the text touches."""
        return self.words[max(0, bisect_right(self._starts, start) - 1) : max(1, bisect_right(self._starts, end - 1))]

    def tokens_between(self, start: int, end: int) -> int:
        """How many words there are between two places."""
        return max(0, bisect_left(self._token_starts, end) - bisect_left(self._token_starts, start))

    def words_before(self, place: int, count: int) -> list[str]:
        """The last words in front of a place, as they are compared."""
        end = bisect_left(self._token_starts, place)
        return [token.text for token in self.tokens[max(0, end - count) : end]]

    def cell(self, start: int) -> tuple[int, int]:
        """Where the cell begins and ends in which this place is."""
        end = self.text.find("\t", start)
        return self.text.rfind("\t", 0, start) + 1, end if end >= 0 else len(self.text)

    def span(self, start: int, end: int) -> Span:
        """How far the words go that a piece of the text touches."""
        spans = [upright(word) for word in self.words_of(start, end)]
        left, right = min(span.left for span in spans), max(span.right for span in spans)
        return Span(left, right, min(span.top for span in spans), max(span.bottom for span in spans))


class Reading:
    """All lines of some pages, and where which word stands."""

    def __init__(self, pages: Iterable[Page]) -> None:
        found = ((page.number, list(words)) for page in pages for _, words in groupby(page.words, _line_of))
        self.lines = [Line(number, page, words) for number, (page, words) in enumerate(found)]
        self._values: dict[PatternKind, list[tuple[Line, Found]]] = {}
        self._places: dict[str, list[tuple[int, int]]] = {}
        for line in self.lines:
            for place, token in enumerate(line.tokens):
                self._places.setdefault(token.text, []).append((line.number, place))

    def own(self, name: Phrase) -> dict[int, list[Hit]]:
        """Where this name stands, by the numbers of the lines."""
        hits: dict[int, list[Hit]] = {}
        for number, place in self._places.get(name[0], ()) if name else ():
            line = self.lines[number]
            if tuple(token.text for token in line.tokens[place : place + len(name)]) == name:
                hits.setdefault(number, []).append(line.hit(place, place + len(name), own=True))
        return hits

    def values(self, kind: PatternKind) -> list[tuple[Line, Found]]:
        """What looks like a value of this kind, in the order of reading."""
        if kind not in self._values:
            every = ((line, found) for line in self.lines for found in values(kind, line.text))
            self._values[kind] = list(islice(every, _MOST_VALUES))
        return self._values[kind]

    def above(self, line: Line) -> Iterator[Line]:
        """The lines of the same page above a line that run the same way, the nearest first."""
        for other in reversed(self.lines[max(0, line.number - 8) : line.number]):
            if other.page != line.page or other.turn != line.turn:
                return
            yield other

    def below(self, line: Line) -> Iterator[Line]:
        """The lines of the same page below a line that run the same way, the nearest first."""
        for other in self.lines[line.number + 1 : line.number + 9]:
            if other.page != line.page or other.turn != line.turn:
                return
            yield other


def merged(hits: Sequence[Hit], own: Sequence[Hit]) -> list[Hit]:
    """Return names and a label's own ones together, by their place; where two overlap, the longer one, or the own one."""
    taken, kept = bytearray(LONGEST_LINE), []
    for hit in sorted((*own, *hits), key=lambda hit: (hit.start - hit.end, not hit.own, hit.start)):
        if not any(taken[hit.start : hit.end]):
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            kept.append(hit)
    return sorted(kept)


def upright(word: Word) -> Span:
    """Return the sides of a word as one reads it, the page being turned for that."""
    box = word.box
    left, top, right, bottom = box.TLx, box.TLy, box.BRx, box.BRy
    sides = ((left, right, top, bottom), (top, bottom, -right, -left), (-right, -left, -bottom, -top))
    return Span(*(*sides, (-bottom, -top, left, right))[word.turn % 4])


def _joined(words: Sequence[Word]) -> tuple[list[int], str]:
    """Where the words begin in the text of their line, and the text, without what is too long."""
    starts: list[int] = []
    parts: list[str] = []
    length, cell = 0, words[0].cell
    for word in words:
        if parts:
            parts.append(" " if word.cell == cell else "\t")
            length += 1
        if length + len(word.text) > LONGEST_LINE:
            break
        starts.append(length)
        parts.append(word.text)
        length, cell = length + len(word.text), word.cell
    return starts or [0], "".join(parts)[:LONGEST_LINE]


def _line_of(word: Word) -> int:
    """The number of a word's line on its page."""
    return word.line
