"""The optional reading of pictures, with something in the place of RapidOCR."""

from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mock_server.studio.extracting import ocr
from mock_server.studio.extracting.extract import extract
from mock_server.studio.extracting.pages import read_pages
from tests import invoices


class Reader:
    """Sees two pieces of text on every picture, or nothing."""

    sees = True

    def __call__(self, picture: bytes) -> Any:
        assert picture.startswith(b"\x89PNG")
        if not self.sees:
            return SimpleNamespace(boxes=None, txts=None, scores=None)
        boxes = [[[30, 40], [120, 42], [120, 60], [30, 58]], [[150, 40], [270, 40], [270, 60], [150, 60]]]
        return SimpleNamespace(boxes=boxes, txts=("Total due", "EUR 12.50"), scores=(1.0, 0.5))


@pytest.fixture(autouse=True)
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Reader]]:
    for name in ("rapidocr", "onnxruntime"):
        module = ModuleType(name)
        module.__spec__ = ModuleSpec(name, None)
        monkeypatch.setitem(__import__("sys").modules, name, module)
        module.RapidOCR = Reader  # type: ignore[attr-defined]
    ocr._reader.cache_clear()
    monkeypatch.setattr(Reader, "sees", True)
    yield Reader
    ocr._reader.cache_clear()


def test_words_are_spread_over_the_boxes_that_were_seen() -> None:
    (page,) = read_pages("a.png", invoices.picture("PNG", (300, 400)))
    assert [word.text for word in page.words] == ["Total", "due", "EUR", "12.50"]
    assert page.words[0].box.TLx == 0.1 and page.words[1].box.TRx == 0.4
    assert page.words[0].box.TLy == 0.1 and page.words[0].box.BLy == 0.15
    assert [word.cell for word in page.words] == [0, 0, 1, 1]


def test_values_are_as_sure_as_their_words() -> None:
    (match,) = extract("a.png", invoices.picture("PNG", (300, 400)), None, ["Total"], 0.9, True, False).matches
    assert (match.value, match.converted) == ("EUR 12.50", "12.50")
    assert match.confidence < 0.5


def test_scanned_pages_of_a_pdf_are_read() -> None:
    (page,) = read_pages("a.pdf", invoices.scanned())
    assert [word.text for word in page.words] == ["Total", "due", "EUR", "12.50"]


def test_a_picture_may_have_no_words(reader: type[Reader]) -> None:
    reader.sees = False
    assert read_pages("a.png", invoices.picture("PNG"))[0].words == ()
