"""What a document consists of, as the other modules here see it: pages, words, boxes; and the error of this package."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec


class PageError(ValueError):
    """A file that cannot be read as pages. The message says what is wrong and what is allowed."""


class Limits(msgspec.Struct, frozen=True):
    """What a file may have at most.

    `pixels` counts those of a page, or of a picture within a page; `all_pixels` those of all pages that are pictures.
    `characters` counts those of all pages together, `unpacked_bytes` is the size of what is compressed within a PDF, each
    part for itself.
    """

    pages: int = 100
    pixels: int = 40_000_000
    all_pixels: int = 1_000_000_000
    characters: int = 1_000_000
    unpacked_bytes: int = 150_000_000


class Box(NamedTuple):
    """The corners of a box as shares of the page's width and height, from its top left; T, B, L and R say the side."""

    TLx: float
    TLy: float
    TRx: float
    TRy: float
    BRx: float
    BRy: float
    BLx: float
    BLy: float


class Word(msgspec.Struct, frozen=True):
    """A word on a page.

    `line` numbers the lines of the page in the order of reading, `cell` the parts of a line that stand apart, both from
    0. `turn` says how often the text is turned by 90 degrees clockwise. `score` says how surely the word was read.
    """

    text: str
    box: Box
    line: int = 0
    cell: int = 0
    turn: int = 0
    score: float = 1.0


class Page(msgspec.Struct, frozen=True):
    """A page, counted from 1, as it is displayed; its size is in points (PDF) or pixels (pictures)."""

    number: int
    width: float
    height: float
    words: tuple[Word, ...]


def box_of(left: float, top: float, right: float, bottom: float) -> Box:
    """Return the box between these sides, cut at the edges of the page and rounded to five digits."""
    x0, y0, x1, y1 = (round(min(1.0, max(0.0, side)), 5) for side in (left, top, right, bottom))
    x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    return Box(x0, y0, x1, y0, x1, y1, x0, y1)


def around(boxes: Iterable[Box]) -> Box:
    """Return the smallest box with all of these, of which there is at least one, in it."""
    known = list(boxes)
    left, right = min(box.TLx for box in known), max(box.BRx for box in known)
    return box_of(left, min(box.TLy for box in known), right, max(box.BRy for box in known))
