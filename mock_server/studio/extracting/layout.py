"""From words that lie somewhere on a page to lines, and to the cells of a line: parts with a wide gap between them."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mock_server.studio.extracting.shapes import Word, box_of

# A gap as wide as this, in heights of the line, parts a line into cells.
CELL_GAP = 1.2


class Placed(NamedTuple):
    """A word with its sides as shares of the page, its turn (see Word) and how surely it was read."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    turn: int = 0
    score: float = 1.0


class _Upright(NamedTuple):
    """A word as it lies when the page is turned so that it can be read; sides in the page's unit."""

    left: float
    top: float
    right: float
    bottom: float
    word: Placed

    @property
    def middle(self) -> float:
        """Half way between top and bottom."""
        return (self.top + self.bottom) / 2


def arranged(words: Iterable[Placed], width: float, height: float) -> tuple[Word, ...]:
    """Return the words in the order of reading, numbered by line and cell; width and height are those of the page."""
    upright = sorted((_upright(word, width, height) for word in words), key=lambda word: (word.word.turn, word.middle))
    numbered: list[Word] = []
    for number, line in enumerate(_lines(upright)):
        numbered += _numbered(line, number)
    return tuple(numbered)


def _upright(word: Placed, width: float, height: float) -> _Upright:
    """The word turned back."""
    x0, y0, x1, y1 = word.left * width, word.top * height, word.right * width, word.bottom * height
    sides = ((x0, y0, x1, y1), (y0, -x1, y1, -x0), (-x1, -y1, -x0, -y0), (-y1, x0, -y0, x1))
    return _Upright(*sides[word.turn % 4], word)


def _lines(words: list[_Upright]) -> Iterator[list[_Upright]]:
    """Words of the same turn whose middles are nearer than half their height, each line from left to right."""
    line: list[_Upright] = []
    for word in words:
        if line and not _beside(line[-1], word):
            yield sorted(line, key=lambda word: (word.left, word.middle))
            line = []
        line.append(word)
    if line:
        yield sorted(line, key=lambda word: (word.left, word.middle))


def _beside(one: _Upright, other: _Upright) -> bool:
    """Whether two words, the other not above the one, are of the same line."""
    lower = min(one.bottom - one.top, other.bottom - other.top)
    return one.word.turn == other.word.turn and other.middle - one.middle <= lower / 2


def _numbered(line: list[_Upright], number: int) -> Iterator[Word]:
    """The words of a line with the numbers of their cells."""
    cell, end = 0, line[0].right
    for left, top, right, bottom, word in line:
        cell += left - end > CELL_GAP * (bottom - top)
        end = max(end, right)
        box = box_of(word.left, word.top, word.right, word.bottom)
        yield Word(word.text, box, number, cell, word.turn, word.score)


def text_of(words: Iterable[Word]) -> str:
    """Return the words of a page as text: words parted by a space, cells by a tab, lines by a line end."""
    parts: list[str] = []
    place: tuple[int, int] | None = None
    for word in words:
        if place is not None:
            parts.append("\n" if word.line != place[0] else "\t" if word.cell != place[1] else " ")
        parts.append(word.text)
        place = (word.line, word.cell)
    return "".join(parts)


def spread(text: str, sides: tuple[float, float, float, float], score: float = 1.0) -> Iterator[Placed]:
    """Return the words of a piece of text between left, top, right and bottom, as if all characters were equally wide."""
    left, top, right, bottom = sides
    step, start = (right - left) / max(1, len(text)), 0
    for word in text.split():
        start = text.index(word, start)
        yield Placed(word, left + start * step, top, left + (start + len(word)) * step, bottom, 0, score)
        start += len(word)
