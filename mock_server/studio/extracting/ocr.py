"""Reading the words of a picture, if the optional extra `ocr` (RapidOCR) is installed. It carries its models along."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Any

from mock_server.studio.extracting.layout import Placed, spread

if TYPE_CHECKING:
    from PIL.Image import Image

# RapidOCR keeps what it was asked for in the reader, so one picture is read at a time.
_LOCK = Lock()


def installed() -> bool:
    """Whether pictures can be read."""
    return all(find_spec(name) is not None for name in ("rapidocr", "onnxruntime"))


def read(picture: "Image") -> list[Placed]:
    """Return the words on a picture; needs the extra to be installed."""
    file = BytesIO()
    picture.save(file, "PNG", compress_level=1)
    with _LOCK:
        found = _reader()(file.getvalue())
    return list(_words(found, *picture.size))


@cache
def _reader() -> Any:
    """The reader; its models take most of a second to load."""
    return import_module("rapidocr").RapidOCR()


def _words(found: Any, width: int, height: int) -> Iterator[Placed]:
    """The words of what the reader found: pieces of text, each with four corners in pixels and a score."""
    if found.boxes is None or found.txts is None or found.scores is None:
        return
    for corners, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        across, down = [float(x) / width for x, _ in corners], [float(y) / height for _, y in corners]
        yield from spread(text, (min(across), min(down), max(across), max(down)), float(score))
