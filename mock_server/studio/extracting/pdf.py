"""PDF files: the words of their text layer with their boxes, and pages as pictures.

PDFium must not be used by two threads at a time, so everything here holds one lock for as long as it works on a page.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_double, c_int
from importlib import import_module
from itertools import islice
from math import pi
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any
from zlib import decompressobj
from zlib import error as zlib_error

from mock_server.studio.extracting.layout import Placed
from mock_server.studio.extracting.shapes import Limits, PageError

if TYPE_CHECKING:
    from PIL.Image import Image

_LOCK = Lock()
_PASSWORD, _SECURITY = 4, 5
# Into how many parts a page is divided to say where a word is.
_PARTS = 1_000_000
_DPI = 150
# PDFium marks a hyphen at the end of a line with the first; the others are no characters.
_HYPHEN, _NOTHING = 0x02, frozenset((0, 0xFFFE, 0xFFFF))
# How many pictures of a page are looked at before it is drawn, and how deep within each other.
_PICTURES, _DEPTH = 1_000, 3
# No bytes can be packed more than this; and how many are read and written at a time to count them.
_DENSEST, _PORTION = 1_040, 1 << 16


class Pdf:
    """An open PDF. Use it in a `with` statement; pages are counted from 1. All methods raise PageError."""

    def __init__(self, content: bytes, limits: Limits) -> None:
        self._content = content
        self._limits = limits
        self._left = limits.characters

    def __enter__(self) -> "Pdf":
        _check_streams(self._content, self._limits.unpacked_bytes)
        with _LOCK:
            self._library: Any = import_module("pypdfium2")
            self._raw: Any = import_module("pypdfium2.raw")
            self._document = self._opened()
            self._pages = len(self._document)
        try:
            self._check_pages()
        except PageError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with _LOCK:
            self._document.close()

    def __len__(self) -> int:
        return self._pages

    def size(self, number: int) -> tuple[float, float]:
        """Width and height of a page in points, as it is displayed."""
        with self._page(number) as page:
            width, height = page.get_size()
            return float(width), float(height)

    def words(self, number: int) -> list[Placed]:
        """The words of a page's text layer, as they follow each other in the file."""
        with self._page(number) as page:
            text = page.get_textpage()
            try:
                return list(self._words(page, text))
            finally:
                text.close()

    def has_picture(self, number: int) -> bool:
        """Whether there is a picture on the page, as on pages that were scanned."""
        with self._page(number) as page:
            return any(True for _ in self._pictures(page))

    def picture(self, number: int, side: int) -> "Image":
        """The page as a picture whose long side has at most `side` pixels."""
        with self._page(number) as page:
            self._check_pictures(page, number)
            scale = min(_DPI / 72, side / max(page.get_size()))
            bitmap = page.render(scale=scale * 0.999, rev_byteorder=True)
            try:
                image: Image = bitmap.to_pil().convert("RGB").copy()
            finally:
                bitmap.close()
            return image

    def _opened(self) -> Any:
        """The document."""
        try:
            return self._library.PdfDocument(self._content)
        except self._library.PdfiumError as error:
            if error.err_code in (_PASSWORD, _SECURITY):
                raise PageError("The PDF is encrypted: it cannot be read without its password") from None
            raise PageError("The PDF cannot be read: it is damaged") from None

    def _check_pages(self) -> None:
        """Raise PageError if there are too many pages, or none."""
        if self._pages > self._limits.pages:
            raise PageError(f"The file has {self._pages} pages; allowed are {self._limits.pages}")
        if not self._pages:
            raise PageError("The PDF has no pages")

    @contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        """A page, while no other thread uses PDFium."""
        with _LOCK:
            try:
                page = self._document[number - 1]
                try:
                    if min(page.get_size()) <= 0:
                        raise PageError(f"Page {number} of the PDF has no size")
                    yield page
                finally:
                    page.close()
            except self._library.PdfiumError:
                raise PageError(f"Page {number} of the PDF cannot be read: it is damaged") from None

    def _words(self, page: Any, text: Any) -> Iterator[Placed]:
        """The words among the characters of a page: whatever stands between white space."""
        count = text.count_chars()
        self._left -= count
        if self._left < 0:
            raise PageError(f"The file has more than the {self._limits.characters} characters that are allowed")
        start, letters = 0, ""
        for index in range(count + 1):
            letter = self._letter(text, index) if index < count else " "
            if letter.isspace():
                if letters:
                    yield from self._word(page, text, letters, range(start, index))
                start, letters = index + 1, ""
            else:
                letters += letter

    def _letter(self, text: Any, index: int) -> str:
        """A character of a page; empty if it is none that can be shown."""
        code = self._raw.FPDFText_GetUnicode(text, index)
        if code == _HYPHEN:
            return "-"
        if code in _NOTHING or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            return ""
        letter = chr(code)
        return letter if letter.isprintable() or letter.isspace() else ""

    def _word(self, page: Any, text: Any, letters: str, where: range) -> Iterator[Placed]:
        """The word, if any of it is within the page."""
        boxes = [text.get_charbox(index, loose=True) for index in where]
        left, bottom = min(box[0] for box in boxes), min(box[1] for box in boxes)
        right, top = max(box[2] for box in boxes), max(box[3] for box in boxes)
        (x0, y0), (x1, y1) = self._share(page, left, top), self._share(page, right, bottom)
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        if x0 < 1 and y0 < 1 and x1 > 0 and y1 > 0 and x0 < x1 and y0 < y1:
            yield Placed(letters, x0, y0, x1, y1, self._turn(page, text, where))

    def _share(self, page: Any, x: float, y: float) -> tuple[float, float]:
        """A point of the page as shares of its width and height, from the top left of the page as it is displayed."""
        across, down = c_int(), c_int()
        self._raw.FPDF_PageToDevice(page, 0, 0, _PARTS, _PARTS, 0, c_double(x), c_double(y), across, down)
        return across.value / _PARTS, down.value / _PARTS

    def _turn(self, page: Any, text: Any, where: range) -> int:
        """How often the word is turned by 90 degrees clockwise, as the page is displayed."""
        angle = float(self._raw.FPDFText_GetCharAngle(text, where[len(where) // 2]))
        return (round(max(0.0, angle) / (pi / 2)) + int(page.get_rotation()) // 90) % 4

    def _pictures(self, page: Any) -> Iterator[Any]:
        """The pictures on a page."""
        filter = (self._raw.FPDF_PAGEOBJ_IMAGE,)
        return islice(page.get_objects(filter=filter, max_depth=_DEPTH), _PICTURES)

    def _check_pictures(self, page: Any, number: int) -> None:
        """Raise PageError if a picture on the page is too large to be drawn."""
        for picture in self._pictures(page):
            width, height = picture.get_px_size()
            if width * height > self._limits.pixels:
                pixels = f"{width * height} pixels; allowed are {self._limits.pixels}"
                raise PageError(f"A picture on page {number} has {pixels}")


def _check_streams(content: bytes, most: int) -> None:
    """Raise PageError if a compressed part of a PDF has more than `most` bytes; PDFium would unpack it in memory."""
    start = content.find(b"stream")
    while start >= 0:
        end = content.find(b"endstream", start)
        end = len(content) if end < 0 else end
        if (end - start) * _DENSEST > most and _unpacked(memoryview(content)[start + 6 : end], most) > most:
            raise PageError(f"A part of the PDF has more than {most} bytes unpacked, which is what is allowed")
        start = content.find(b"stream", end + 9)


def _unpacked(part: memoryview, most: int) -> int:
    """How many bytes a part has when it is unpacked, counted up to somewhat more than `most`; fewer if it is damaged."""
    unpacker, size = decompressobj(), 0
    begin = 2 if bytes(part[:2]) == b"\r\n" else 1
    try:
        for start in range(begin, len(part), _PORTION):
            rest: bytes | memoryview = part[start : start + _PORTION]
            while rest and size <= most and not unpacker.eof:
                size += len(unpacker.decompress(rest, _PORTION))
                rest = unpacker.unconsumed_tail
    except zlib_error:
        pass
    return size
