"""From the bytes of a text file to its text: UTF-8, UTF-16, and the older encodings by detection."""

import re

from mock_server.sheets.sheet import FORMATS, SheetError

_SIGNATURES = {
    b"PK\x03\x04": "a ZIP archive or spreadsheet",
    b"PK\x05\x06": "a ZIP archive or spreadsheet",
    b"\xd0\xcf\x11\xe0": "an old or protected Office file",
    b"\x1f\x8b": "a compressed file",
    b"%PDF-": "a PDF file",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
}

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))

_ASCII_TEXT = bytes([*b"\t\n\r", *range(0x20, 0x7F)])

_SAMPLE_BYTES = 64 * 1024

_MIXED_SCRIPT = re.compile(r"[A-Za-z][\u0600-\u06ff]|[\u0600-\u06ff][A-Za-z]")


def text_of(content: bytes) -> str:
    """The text of a file, whichever encoding it has. Raises SheetError if it is no text, or blank."""
    for signature, kind in _SIGNATURES.items():
        if content.startswith(signature):
            raise SheetError(f"The file is {kind}, not text. {FORMATS}, and the name must end accordingly")
    text = _decoded(content)
    if "\0" in text:
        raise SheetError("The file has NUL characters, so it is not text. It should be UTF-8 text")
    if not text.strip():
        raise SheetError("The file is empty. It must have at least one row with a value")
    return text


def _decoded(content: bytes) -> str:
    """The content decoded by its byte order mark, as UTF-8, as UTF-16 or in a Windows code page: what fits first."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _decoded_as(content[len(mark) :], encoding)
    if b"\0" in content:
        return _decoded_as(content, _utf_16_order(content) or "utf-8")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded_by_guess(content)


def _decoded_as(content: bytes, encoding: str) -> str:
    """The content decoded. Raises SheetError where it is not of this encoding."""
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        message = f"The file is not valid {encoding.upper()} at byte {error.start}. It should be UTF-8 text"
        raise SheetError(message) from error


def _utf_16_order(content: bytes) -> str | None:
    """The kind of UTF-16 that text without a byte order mark is in, or None if it seems to be something else.

    The high bytes of most text are 0 or those of its script. High bytes like those of ASCII text are rare outside of
    Chinese; many of them mean that it is ASCII text with a few NULs.
    """
    for encoding, high, low in (("utf-16-le", content[1::2], content[::2]), ("utf-16-be", content[::2], content[1::2])):
        letters = len(high) - len(high.translate(None, _ASCII_TEXT))
        if len(high) == len(low) and 0 not in low and high.count(0) * 20 >= len(high) and letters * 5 <= len(high):
            return encoding
    return None


def _decoded_by_guess(content: bytes) -> str:
    """The content as Arabic or Western text of a single byte encoding; some guess is always possible."""
    first = re.search(rb"[\x80-\xff]", content)
    start = max(0, first.start() - 1000) if first else 0
    if _is_arabic(content[start : start + _SAMPLE_BYTES]):
        return content.decode("cp1256")
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _is_arabic(sample: bytes) -> bool:
    """Whether bytes are more likely Arabic (Windows-1256) than Western text. The library is slow to import."""
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=["cp1252", "cp1256"]).best()
    # Words of Latin and Arabic letters are Western words with accents.
    return best is not None and best.encoding == "cp1256" and not _MIXED_SCRIPT.search(sample.decode("cp1256"))


def lines_of(text: str) -> list[str]:
    """The lines of a text; of all that Unicode takes for a line end only CR and LF count."""
    return re.split(r"\r\n|\r|\n", text)


# Readers. Each takes a file's content, whether it has a header, and the limits; it gives the rows, and whether the
# first of them is a header.
