"""Pictures of pages with the values marked: a box around each, and behind it the label and how sure it is."""

from collections.abc import Iterable
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mock_server.studio.extracting.fields import Match
from mock_server.studio.extracting.shapes import Box, Page

if TYPE_CHECKING:
    from PIL.Image import Image

_COLOURS = ("#c0392b", "#1f6fb2", "#1e8449", "#8e44ad", "#b9770e", "#117a65", "#a93268", "#4a5568")
# The most letters of a label that are shown, and the size of the letters as a share of the long side.
_LETTERS, _SIZE = 40, 0.01


def annotated(page: Page, picture: "Image", matches: Iterable[Match]) -> bytes:
    """Return a PNG file of the picture of a page with those of the matches drawn on it that are on this page."""
    image = picture.convert("RGB")
    draw = import_module("PIL.ImageDraw").Draw(image)
    font = import_module("PIL.ImageFont").load_default(max(10, round(max(image.size) * _SIZE)))
    for number, match in enumerate(matches):
        if match.page == page.number:
            _mark(draw, font, image.size, match, _COLOURS[number % len(_COLOURS)])
    file = BytesIO()
    image.save(file, "PNG", compress_level=3)
    return file.getvalue()


def _mark(draw: Any, font: Any, size: tuple[int, int], match: Match, colour: str) -> None:
    """Draw the boxes of a match, and its label behind the first one."""
    for box in match.boxes:
        draw.rectangle(_sides(box, size), outline=colour, width=2)
    text = f"{_printable(match.label)} {match.confidence:.2f}"
    _, _, width, height = draw.textbbox((0, 0), text, font=font)
    left, top = _place(_sides(match.boxes[0], size), width + 4, height + 2, size[0])
    draw.rectangle((left, top, left + width + 4, top + height + 2), fill=colour)
    draw.text((left + 2, top), text, fill="white", font=font)


def _place(sides: tuple[int, int, int, int], width: int, height: int, page: int) -> tuple[int, int]:
    """Left and top of a label of this size: behind the box, else above it, else below it; not beyond the page's width."""
    left, top, right, bottom = sides
    if right + width <= page:
        return right, top
    return max(0, min(left, page - width)), top - height if top >= height else bottom


def _sides(box: Box, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of a box in pixels, a little wider than the words, within the picture."""
    width, height = size
    left, top = max(0, int(box.TLx * width) - 2), max(0, int(box.TLy * height) - 2)
    return (
        left,
        top,
        max(left, min(width - 1, int(box.BRx * width) + 2)),
        max(top, min(height - 1, int(box.BRy * height) + 2)),
    )


def _printable(label: str) -> str:
    """A label on one line, cut if it is long."""
    text = " ".join("".join(letter if letter.isprintable() else " " for letter in label).split())
    return text if len(text) <= _LETTERS else f"{text[: _LETTERS - 1]}…"
