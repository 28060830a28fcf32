"""Picture files: JPEG, PNG, TIFF with several pages, WEBP. Of an animation only the first picture counts.

The size of a picture is checked before any of it is decoded.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mock_server.studio.extracting.kinds import Kind
from mock_server.studio.extracting.shapes import Limits, PageError

if TYPE_CHECKING:
    from PIL.Image import Image

# Not Image.open: it tries formats in turn, and has limits of its own, which warn instead of failing.
_READERS: dict[Kind, tuple[str, str]] = {
    "jpeg": ("PIL.JpegImagePlugin", "JpegImageFile"),
    "png": ("PIL.PngImagePlugin", "PngImageFile"),
    "tiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "webp": ("PIL.WebPImagePlugin", "WebPImageFile"),
}
# What Exif calls orientation, and by its value how Pillow calls the turn that undoes it.
_ORIENTATION = 0x0112
_TURNS = {
    **{2: "FLIP_LEFT_RIGHT", 3: "ROTATE_180", 4: "FLIP_TOP_BOTTOM", 5: "TRANSPOSE"},
    **{6: "ROTATE_270", 7: "TRANSVERSE", 8: "ROTATE_90"},
}


def frames(content: bytes, kind: Kind, limits: Limits, side: int) -> Iterator[tuple[int, int, "Image"]]:
    """Yield width, height and picture of each page; the picture's long side has at most `side` pixels.

    Raises PageError, also for a picture that is cut off or damaged, but not before the pages in front of it are
    yielded.
    """
    with _readable(kind):
        module, name = _READERS[kind]
        with getattr(import_module(module), name)(BytesIO(content)) as opened:
            for number in _numbers(opened, kind, limits):
                yield _frame(opened, number, limits, side)


@contextmanager
def _readable(kind: Kind) -> Iterator[None]:
    """Make a PageError of whatever is raised within."""
    try:
        yield
    except PageError:
        raise
    except Exception:
        # Damaged pictures make Pillow raise errors of many classes, SyntaxError and struct.error among them.
        raise PageError(f"The {kind.upper()} cannot be read: it is damaged or cut off") from None


def _numbers(opened: Any, kind: Kind, limits: Limits) -> Iterator[int]:
    """Go to one page after the other; yields their numbers, from 1."""
    pixels = 0
    for number in range(1, limits.pages + 2):
        if number > 1 and not (kind == "tiff" and _next(opened, number)):
            return
        if number > limits.pages:
            raise PageError(f"The file has more than {limits.pages} pages; allowed are {limits.pages}")
        pixels += opened.width * opened.height
        _check_pixels(number, opened.width * opened.height, pixels, limits)
        yield number


def _next(opened: Any, number: int) -> bool:
    """Go to this page, counted from 1; False if there is none."""
    try:
        opened.seek(number - 1)
    except EOFError:
        return False
    return True


def _check_pixels(number: int, pixels: int, all_pixels: int, limits: Limits) -> None:
    """Raise PageError if the page, or all pages so far, have too many pixels."""
    if pixels > limits.pixels:
        raise PageError(f"Page {number} has {pixels} pixels; allowed are {limits.pixels}")
    if all_pixels > limits.all_pixels:
        raise PageError(f"The pages have more than {limits.all_pixels} pixels together, which is what is allowed")


def _frame(opened: Any, number: int, limits: Limits, side: int) -> tuple[int, int, "Image"]:
    """The page that the file is at, turned as the file says it is to be displayed."""
    width, height = opened.size
    opened.draft("RGB", (side, side))
    opened.load()
    small = _opaque(_shrunk(opened, side))
    orientation = opened.getexif().get(_ORIENTATION, 1)
    if orientation not in _TURNS:
        return width, height, small
    turned = small.transpose(import_module("PIL.Image").Transpose[_TURNS[orientation]])
    return (height, width, turned) if orientation >= 5 else (width, height, turned)


def _shrunk(image: "Image", side: int) -> "Image":
    """The picture, or a copy with `side` pixels on the long side."""
    if image.mode in ("1", "P", "PA"):
        image = image.convert("L" if image.mode == "1" else "RGBA")
    share = side / max(image.size)
    if share >= 1:
        return image
    return image.resize((max(1, round(image.width * share)), max(1, round(image.height * share))), reducing_gap=2.0)


def _opaque(image: "Image") -> "Image":
    """A copy in colours; what is transparent becomes white."""
    if image.mode in ("LA", "La", "RGBA", "RGBa") or "transparency" in image.info:
        images = import_module("PIL.Image")
        coloured = image.convert("RGBA")
        whole: Image = images.alpha_composite(images.new("RGBA", coloured.size, "white"), coloured)
        return whole.convert("RGB")
    return image.convert("RGB")
