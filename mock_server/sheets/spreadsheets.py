"""The reader of XLSX. What would bring the parsing library down is refused before it sees the file."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from io import BytesIO
from typing import Any
from xml.parsers import expat

from mock_server.sheets.headers import looks_headed
from mock_server.sheets.readers import Table, without_empty_columns
from mock_server.sheets.sheet import (
    MIB,
    XLSX_COLUMNS,
    XLSX_INTEGER,
    XLSX_ROWS,
    Cell,
    Limits,
    Row,
    SheetError,
    check_size,
)

_NO_XLSX = "The file is not an XLSX spreadsheet. It should be saved as an Excel workbook (.xlsx), without a password"

_BROKEN_XLSX = "The spreadsheet is damaged. It should be saved as an Excel workbook (.xlsx) once more"

_SHEET_OR_TEXTS = re.compile(rb"[<:](?:sheetData|sst)\b")

_RATIO_AT_MOST = 200

_RATIO_FROM = 10 * MIB


def read_xlsx(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """The first sheet of a workbook. Formulas give the value they had when it was saved, errors an empty cell."""
    _check_workbook(content, limits)
    rows = without_empty_columns(_xlsx_rows(content, limits))
    return rows, header_first if header_first is not None else bool(rows) and looks_headed(rows)


def _xlsx_rows(content: bytes, limits: Limits) -> list[Row]:
    """The rows from the first to the last that are not empty. Raises SheetError for what cannot be read."""
    rows: list[Row] = []
    empty = characters = 0
    for cells in _calamine_rows(content):
        if cells.count("") == len(cells):
            empty += bool(rows)
            continue
        row = tuple([_xlsx_cell(cell) for cell in cells])
        rows += [(None,) * len(row)] * empty
        rows.append(row)
        empty = 0
        # A text that many cells share is packed once but unpacked for each of them.
        characters += sum(len(cell) for cell in row if isinstance(cell, str))
        check_size(len(rows), len(row), limits)
        _check_unpacked(characters, limits)
    return rows


def _calamine_rows(content: bytes) -> Iterator[list[Any]]:
    """The rows of the first sheet. The library is slow to import."""
    from python_calamine import CalamineWorkbook

    try:
        yield from CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).iter_rows()
    except (GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # the library's own errors, and its panics, which are no Exception
        raise SheetError(_BROKEN_XLSX) from error


def _xlsx_cell(value: Any) -> Cell:
    """A cell as the library gives it: integral numbers as int, dates and times as ISO 8601 text, empty text as None."""
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) <= XLSX_INTEGER else value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return _duration(value)
    return value if isinstance(value, bool | int) else str(value) or None


def _duration(value: timedelta) -> str:
    """A duration in ISO 8601, in hours, minutes and seconds."""
    sign = "-" if value < timedelta() else ""
    minutes, seconds = divmod(abs(value), timedelta(minutes=1))
    return f"{sign}PT{minutes // 60}H{minutes % 60}M{seconds.total_seconds():g}S"


def _check_unpacked(amount: int, limits: Limits) -> None:
    """Raise SheetError if so many bytes or characters are more than a file may hold."""
    if amount > limits.unpacked_bytes:
        raise SheetError(f"The spreadsheet unpacks to more than the {limits.unpacked_bytes} bytes that are allowed")


def _check_workbook(content: bytes, limits: Limits) -> None:
    """Raise SheetError for what the library must not be given.

    It takes as much memory as the file makes it, and when there is no more the whole process ends: a file of some
    kilobytes with one cell in each of two corners of the sheet is enough.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise SheetError(_BROKEN_XLSX if content.startswith(b"PK") else _NO_XLSX) from error
    entries = archive.infolist()
    if "xl/workbook.xml" not in [entry.filename.replace("\\", "/").lower() for entry in entries]:
        raise SheetError(_NO_XLSX)
    _check_unpacked(sum(entry.file_size for entry in entries), limits)
    for entry in entries:
        _check_part(_unpacked(content, entry), limits)


def _unpacked(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The content of an entry, which must be as long as the archive says. Raises SheetError otherwise.

    zipfile would stop at the length that the archive states and leave the rest for the next program to find.
    """
    if entry.file_size > max(_RATIO_FROM, _RATIO_AT_MOST * entry.compress_size):
        raise SheetError("The spreadsheet is compressed suspiciously well. It should be saved by a spreadsheet program")
    packed = _packed(content, entry)
    if entry.compress_type == zipfile.ZIP_STORED and len(packed) == entry.file_size:
        return packed
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        data = inflate.decompress(packed, entry.file_size + 1)
    except zlib.error as error:
        raise SheetError(_BROKEN_XLSX) from error
    if entry.compress_type != zipfile.ZIP_DEFLATED or len(data) != entry.file_size or not inflate.eof:
        raise SheetError(_BROKEN_XLSX)
    return data


def _packed(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """The bytes of an entry as they are in the archive, behind its local header of 30 bytes, a name and extras."""
    start = entry.header_offset
    head = content[start : start + 30]
    if len(head) < 30 or not head.startswith(b"PK\x03\x04") or entry.flag_bits & 1:
        raise SheetError(_NO_XLSX if entry.flag_bits & 1 else _BROKEN_XLSX)
    start += 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    return content[start : start + entry.compress_size]


def _check_part(data: bytes, limits: Limits) -> None:
    """Raise SheetError if a part of a workbook is a sheet, or a list of texts, that needs too much memory."""
    if not _SHEET_OR_TEXTS.search(data):
        return
    try:
        _Extent(limits).parser.Parse(data, True)
    except expat.ExpatError as error:
        raise SheetError(_BROKEN_XLSX) from error


class _Extent:
    """Reads the XML of a sheet or of the shared texts and raises SheetError when it needs too much memory.

    The library allocates the rectangle around all cells that are not empty, wherever they are.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.row = self.column = 0
        self.top, self.bottom, self.left, self.right = XLSX_ROWS, 0, XLSX_COLUMNS, 0
        self.characters = 0
        self.parser = expat.ParserCreate("utf-8")  # as the library reads it, whatever the declaration says
        self.parser.StartElementHandler = self.start
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.refuse

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take note of an element, whatever the prefix of its name is."""
        if ":" in name:
            name = name.rpartition(":")[2]
        if name == "c":
            self.characters = 0
            self.go_to_cell(attributes.get("r"))
        elif name in ("v", "is", "f"):
            self.grow()
        elif name == "row":
            self.go_to_row(attributes.get("r"))
        elif name == "si":
            self.characters = 0

    def go_to_row(self, reference: str | None) -> None:
        """Go to before the first cell of the row with this number, from 1, or of the next row."""
        self.row = self.row + 1 if reference is None else _number(reference)
        self.column = 0

    def go_to_cell(self, reference: str | None) -> None:
        """Go to the cell with this reference, `AB12`, or to the next one in the row."""
        if reference is None:
            self.column += 1
            return
        letters = reference.rstrip("0123456789")
        self.column, self.row = _column_number(letters), _number(reference[len(letters) :])

    def grow(self) -> None:
        """Extend the rectangle to the cell just read, which is not empty. Raises SheetError if it becomes too large."""
        if self.left <= self.column <= self.right and self.top <= self.row <= self.bottom:
            return
        if self.row > XLSX_ROWS or self.column > XLSX_COLUMNS:
            raise SheetError(_BROKEN_XLSX)
        self.top, self.bottom = min(self.top, self.row), max(self.bottom, self.row)
        self.left, self.right = min(self.left, self.column), max(self.right, self.column)
        height, width = self.bottom - self.top + 1, self.right - self.left + 1
        check_size(0, width, self.limits)
        if height * width > self.limits.cells:
            raise SheetError(f"The sheet spans {height * width} cells, more than the {self.limits.cells} allowed")

    def text(self, data: str) -> None:
        """Count the characters of the cell or shared text just read."""
        self.characters += len(data)
        if self.characters > self.limits.cell_characters:
            raise SheetError(f"A cell has more than the {self.limits.cell_characters} characters that are allowed")

    def refuse(self, *_: object) -> None:
        """Refuse a document type, which no spreadsheet has: it could define texts that grow without end."""
        raise SheetError(_BROKEN_XLSX)


def _number(digits: str) -> int:
    """The number written with these digits. Raises SheetError if they are something else."""
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 7:
        raise SheetError(_BROKEN_XLSX)
    return int(digits)


@lru_cache(maxsize=1_000)
def _column_number(letters: str) -> int:
    """The number of a column, from 1, by its letters. Raises SheetError if they are something else."""
    if not (letters.isascii() and letters.isalpha()) or len(letters) > 3:
        raise SheetError(_BROKEN_XLSX)
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
