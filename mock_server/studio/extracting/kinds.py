"""Which kind of file it is: told by its content, and compared with what its name says."""

from typing import Literal

from mock_server.studio.extracting.shapes import PageError

Kind = Literal["pdf", "jpeg", "png", "tiff", "webp"]
ALLOWED = "allowed are PDF, JPEG, PNG, TIFF and WEBP"

_ENDINGS: dict[str, Kind] = {
    **{"pdf": "pdf", "png": "png", "webp": "webp", "tif": "tiff", "tiff": "tiff"},
    **{"jpg": "jpeg", "jpeg": "jpeg", "jpe": "jpeg", "jfif": "jpeg"},
}
_TYPES: dict[str, Kind] = {
    **{"application/pdf": "pdf", "application/x-pdf": "pdf", "image/jpeg": "jpeg", "image/jpg": "jpeg"},
    **{"image/png": "png", "image/tiff": "tiff", "image/webp": "webp"},
}
_STARTS: dict[bytes, Kind] = {
    **{b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"},
    **{b"II*\0": "tiff", b"MM\0*": "tiff", b"II+\0": "tiff", b"MM\0+": "tiff"},
}
# Readers of PDF accept some bytes in front of it.
_PDF_WITHIN = 1024


def kind_of(filename: str, content: bytes, content_type: str | None) -> Kind:
    """Return the kind that the content has.

    Raises PageError if it is none of the allowed ones, or another one than the name's ending says. What the content
    type says counts only if the ending is none of the known ones.
    """
    if not content:
        raise PageError("The file is empty")
    found, told = _found(content), _told(filename, content_type)
    if found is None:
        said = f"The file says that it is {_shown(told)}, but is none" if told else "The file cannot be read"
        raise PageError(f"{said}; {ALLOWED}")
    if told not in (None, found):
        raise PageError(f"The file says that it is {_shown(told)}, but its content is {_shown(found)}")
    return found


def _found(content: bytes) -> Kind | None:
    """The kind of file that begins like this."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if kind := next((kind for start, kind in _STARTS.items() if content.startswith(start)), None):
        return kind
    return "pdf" if b"%PDF-" in content[:_PDF_WITHIN] else None


def _told(filename: str, content_type: str | None) -> Kind | None:
    """The kind that the name's ending says, else the content type."""
    ending = filename.rpartition(".")[2].strip().lower()
    return _ENDINGS.get(ending) or _TYPES.get((content_type or "").partition(";")[0].strip().lower())


def _shown(kind: Kind | None) -> str:
    """A kind in a message."""
    return f"a {str(kind).upper()}"
