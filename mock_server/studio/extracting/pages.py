"""A file becomes pages with words and their boxes, and pictures of the pages if they are asked for.

The text layer of a PDF gives the words that are in it. What is only a picture (picture files, scanned pages of a PDF) is
read by the optional extra `ocr`; without it the words are imagined, see papers.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mock_server.studio.extracting import ocr
from mock_server.studio.extracting.kinds import Kind, kind_of
from mock_server.studio.extracting.layout import Placed, arranged
from mock_server.studio.extracting.papers import imagined
from mock_server.studio.extracting.pdf import Pdf
from mock_server.studio.extracting.pictures import frames
from mock_server.studio.extracting.shapes import Box, Limits, Page, PageError, Word

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["SIDE", "Box", "Limits", "Page", "PageError", "Word", "read_pages", "read_pictures"]

# The long side of a page's picture in pixels.
SIDE = 1600
_LIMITS = Limits()


def read_pages(filename: str, content: bytes, content_type: str | None = None, limits: Limits = _LIMITS) -> list[Page]:
    """Read the pages of a PDF, JPEG, PNG, TIFF or WEBP.

    Raises PageError for a file that is none of these, contradicts its name, is damaged, encrypted or beyond the limits.
    """
    kind = kind_of(filename, content, content_type)
    return _pdf_pages(content, limits) if kind == "pdf" else _picture_pages(content, kind, limits)


def read_pictures(filename: str, content: bytes, content_type: str | None, limits: Limits) -> Iterator["Image"]:
    """Yield a picture of each page, its long side at most SIDE pixels. Raises PageError as read_pages does."""
    kind = kind_of(filename, content, content_type)
    if kind != "pdf":
        yield from (picture for _, _, picture in frames(content, kind, limits, SIDE))
        return
    with Pdf(content, limits) as pdf:
        for number in range(1, len(pdf) + 1):
            yield pdf.picture(number, SIDE)


def _pdf_pages(content: bytes, limits: Limits) -> list[Page]:
    """The pages of a PDF."""
    with Pdf(content, limits) as pdf:
        return [_pdf_page(pdf, number, content) for number in range(1, len(pdf) + 1)]


def _pdf_page(pdf: Pdf, number: int, content: bytes) -> Page:
    """A page of a PDF."""
    width, height = pdf.size(number)
    words = pdf.words(number) or _scanned(pdf, number, content)
    return Page(number, width, height, arranged(words, width, height))


def _scanned(pdf: Pdf, number: int, content: bytes) -> list[Placed]:
    """The words on the picture that a page without text consists of; none if it is blank."""
    if not pdf.has_picture(number):
        return []
    return ocr.read(pdf.picture(number, SIDE)) if ocr.installed() else imagined(content, number)


def _picture_pages(content: bytes, kind: Kind, limits: Limits) -> list[Page]:
    """The pages of a picture file."""
    pages = []
    for number, (width, height, picture) in enumerate(frames(content, kind, limits, SIDE), 1):
        words = ocr.read(picture) if ocr.installed() else imagined(content, number)
        pages.append(Page(number, width, height, arranged(words, width, height)))
    return pages
