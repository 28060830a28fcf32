"""Reading and writing tables as users upload and download them: CSV, TXT, JSON, JSON lines and XLSX.

`read_sheet` makes a `Sheet` of a file, `write_sheet` a file of rows. All bad input ends in a `SheetError`.

What a format cannot hold does not survive being written and read again: in CSV every cell is text (`true`, `1.5`) and
an empty text is an empty cell; in XLSX an empty text is an empty cell, numbers have 16 digits and integers beyond 2^53
become text, U+FFFE and U+FFFF become U+FFFD, and rows of empty cells at the end are lost; JSON and JSON lines without a
row of data have no header.
"""

import csv
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from html import escape
from importlib import import_module
from io import BytesIO, StringIO
from itertools import islice
from math import isfinite
from typing import Any
from xml.parsers import expat

import msgspec

Cell = str | int | float | bool | None
Row = tuple[Cell, ...]

FORMATS = "Allowed formats are CSV, TXT, JSON, JSONL and XLSX"
MEDIA_TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
# A column called like this is taken for the one with the documents, the first of these that there is.
TEXT_COLUMNS = ("text", "document", "documents", "review")

_MIB = 1 << 20
# XLSX as Excel has it: the largest table, the longest cell (in UTF-16 units) and the largest exact integer.
_XLSX_ROWS, _XLSX_COLUMNS, _XLSX_CHARACTERS, _XLSX_INTEGER = 1_048_576, 16_384, 32_767, 1 << 53


class SheetError(ValueError):
    """A file or table that cannot be read or written. The message says what is wrong and what would be right."""


class Limits(msgspec.Struct, frozen=True):
    """What a file may hold at most.

    `rows` and `columns` are counted with the header, `cells` is their product, empty cells included. `unpacked_bytes`
    is the size of the file's content, unpacked if it is compressed. `cell_characters` is the length of one cell.
    """

    rows: int = 200_000
    columns: int = 1_000
    unpacked_bytes: int = 256 * _MIB
    cell_characters: int = 1_000_000
    cells: int = 5_000_000


_LIMITS = Limits()


class Sheet(msgspec.Struct, frozen=True):
    """A table: all rows, equally long, and the column names if the first row holds them.

    Column names are distinct and not blank: a column without a name of its own is called `column_<index>`.
    """

    rows: tuple[Row, ...]
    header: tuple[str, ...] | None = None

    @property
    def data(self) -> tuple[Row, ...]:
        """The rows without the header."""
        return self.rows if self.header is None else self.rows[1:]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns: those of the header, or column_0, column_1 and so on."""
        return _names((None,) * max(map(len, self.rows), default=0)) if self.header is None else self.header

    def column_index(self, column: int | None = None, column_name: str | None = None) -> int:
        """The index of a column, from 0, by its name or, without a name, by its index.

        With neither it is the column that is likely to hold the documents. Raises SheetError if there is none such.
        """
        if column_name is not None:
            return self._index_of(column_name)
        if column is None:
            return self._text_column()
        if not 0 <= column < len(self.columns):
            raise SheetError(f"There is no column {column}. {self._columns_there_are()}")
        return column

    def records(self) -> list[dict[str, Cell]]:
        """The rows of data by column name."""
        names = self.columns
        return [dict(zip(names, row, strict=True)) for row in self.data]

    def preview(self, limit: int = 5) -> list[list[Cell]]:
        """At most `limit` rows from the top, the header among them."""
        return [list(row) for row in self.rows[:limit]]

    def with_header(self, first: bool) -> "Sheet":
        """The same table, its first row taken for the header, or for a row of data."""
        if first == (self.header is not None):
            return self
        if not first:
            return Sheet(self.rows)
        header = _names(self.rows[0])
        return Sheet((header, *self.rows[1:]), header)

    def _index_of(self, name: str) -> int:
        """The index of the column with this name; letter case and white space around it matter only if needed."""
        if name in self.columns:
            return self.columns.index(name)
        plain = [known.strip().casefold() for known in self.columns]
        if name.strip().casefold() not in plain:
            raise SheetError(f"There is no column named {_shown(name)}. {self._columns_there_are()}")
        return plain.index(name.strip().casefold())

    def _text_column(self) -> int:
        """The index of the column that is named like one with documents, else 0."""
        plain = [name.strip().casefold() for name in self.columns]
        return next((plain.index(name) for name in TEXT_COLUMNS if name in plain), 0)

    def _columns_there_are(self) -> str:
        """A sentence that names the columns, at most 20 of them."""
        names = [f"{index} ({_shown(name)})" for index, name in enumerate(self.columns[:20])]
        more = ", …" if len(self.columns) > 20 else ""
        return f"The columns are {', '.join(names)}{more}"


def read_sheet(filename: str, content: bytes, *, header_first: bool | None = None, limits: Limits = _LIMITS) -> Sheet:
    """Read a file, its format being that of its name's ending.

    `header_first` says whether the first row holds column names; None detects it. Lists of JSON objects always have a
    header. Raises SheetError for a file that is not of its format, empty, or beyond the limits.
    """
    reader = _READERS.get(_ending(filename))
    if reader is None:
        raise SheetError(FORMATS)
    if not content:
        raise SheetError("The file is empty. It must have at least one row")
    if len(content) > limits.unpacked_bytes:
        raise SheetError(f"The file has {len(content)} bytes, more than the {limits.unpacked_bytes} that are allowed")
    rows, headed = reader(content, header_first, limits)
    return _sheet(rows, headed, limits)


def write_sheet(format: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table as `csv`, `json` (an array of objects), `jsonl` or `xlsx`. A row may be shorter than the header.

    The same table gives the same bytes. Raises SheetError for another format and for a table the format cannot hold:
    column names that are blank or not distinct, rows longer than the header, NUL characters, text that is not valid
    Unicode, numbers that are not finite, and for XLSX what is too large for a spreadsheet.
    """
    writer = _WRITERS.get(format.lower())
    if writer is None:
        raise SheetError(f"Allowed formats are {', '.join(name.upper() for name in _WRITERS)}")
    names = _writable_header(header)
    return writer(names, _writable_rows(rows, len(names)))


# Tables of any format


def _ending(filename: str) -> str:
    """The part of a file name behind its last dot, in small letters."""
    return filename.rpartition(".")[2].strip().lower() if "." in filename else ""


def _shown(text: str) -> str:
    """A text as it appears in a message: quoted, and cut if it is long."""
    return repr(text if len(text) <= 64 else text[:63] + "…")


def _sheet(rows: Sequence[Sequence[Cell]], headed: bool, limits: Limits) -> Sheet:
    """A sheet of rows that may have different lengths. Raises SheetError if there is nothing in them, or too much."""
    width = max(map(len, rows), default=0)
    if not width:
        raise SheetError("The file is empty. It must have at least one row with a value")
    _check_size(len(rows), width, limits)
    for number, row in enumerate(rows, 1):
        _check_row(row, number, limits)
    table = [(*row, *(None,) * (width - len(row))) for row in rows]
    header = _names(table[0]) if headed else None
    return Sheet(tuple(table) if header is None else (header, *table[1:]), header)


def _check_size(rows: int, columns: int, limits: Limits) -> None:
    """Raise SheetError if a table of this size is beyond the limits."""
    if rows > limits.rows:
        raise SheetError(f"The file has more than the {limits.rows} rows that are allowed")
    if columns > limits.columns:
        raise SheetError(f"The file has {columns} columns, more than the {limits.columns} that are allowed")
    if rows * columns > limits.cells:
        raise SheetError(f"The file has {rows * columns} cells, more than the {limits.cells} that are allowed")


def _check_row(row: Sequence[Cell], number: int, limits: Limits) -> None:
    """Raise SheetError if a cell of this row, counted from 1, is too long or holds something no cell can."""
    for column, cell in enumerate(row, 1):
        if type(cell) is str:
            if len(cell) > limits.cell_characters:
                allowed = f"more than the {limits.cell_characters} that are allowed"
                raise SheetError(f"Row {number}, column {column} has {len(cell)} characters, {allowed}")
            if "\0" in cell:
                raise SheetError(f"Row {number}, column {column} has a NUL character. Texts must not have any")
        elif type(cell) is float and not isfinite(cell):
            raise SheetError(f"Row {number}, column {column} has a number that is out of range")


def _names(row: Sequence[Cell]) -> tuple[str, ...]:
    """Distinct column names made of a row: its cells, or column_<index> for those that are blank or repeated."""
    cells = ["" if cell is None else _as_text(cell) for cell in row]
    names: dict[str, None] = {}
    for index, name in enumerate(cells):
        if not name.strip() or name in names:
            name = f"column_{index}"
        while name in names:
            name += "_"
        names[name] = None
    return tuple(names)


def _as_text(cell: Cell) -> str:
    """A cell as text; numbers and truth values as JSON has them, an empty cell as an empty text."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    try:
        return "" if cell is None else str(cell)
    except ValueError as error:
        raise SheetError("A number has too many digits") from error


# Detecting a header


def _words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


# The names of columns that this server writes, and what users are likely to call such columns.
_CORE_NAMES = _words(
    """text texts document documents doc docs review reviews name names class classes label labels example examples
    description descriptions id ids segment segments span spans annotation annotations class_name class_names
    class_description label_name label_names document_id document_name segment_id text_id doc_id class_id label_id
    dokument dokumente klasse klassen beispiel beispiele beschreibung bewertung bewertungen"""
)
# Words that are a header beside one of the above, but might be the class in a line of data.
_OTHER_NAMES = _words(
    """content comment comments message body title subject sentence sentences category categories topic topics tag tags
    intent sentiment score scores rating date time created_at updated_at language lang start end prediction predictions
    probability confidence question answer source author url key value values type metadata data note notes feedback
    input output target index no nr number count status user email annotated kommentar kommentare titel nachricht frage
    antwort satz kategorie thema sprache datum"""
)
_HEADER_CHARACTERS = 64
_SAMPLE_ROWS = 1_000
_NUMBER = re.compile(r"[-+]?[.,\s]*\d[\d.,\s]*(?:[eE][-+]?\d+)?%?")
_PUNCTUATION = re.compile(r"[.!?…]\s|[!?…]$|\s.*\.$|[\n\r]")


def _looks_headed(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether the first of these rows seems to hold column names."""
    first = rows[0]
    if not _could_be_header(first, more=len(rows) > 1):
        return False
    names = [_plain_name(cell) for cell in first if isinstance(cell, str)]
    core = any(name in _CORE_NAMES for name in names)
    if core and all(name in _CORE_NAMES or name in _OTHER_NAMES for name in names):
        return True
    # Of a single column with another name, or none: to take a document for a header would lose it.
    if len(first) == 1:
        return False
    columns = [[row[index] for row in rows[1:_SAMPLE_ROWS] if index < len(row)] for index in range(len(first))]
    if any(cell is not None and cell in column for cell, column in zip(first, columns, strict=True)):
        return False
    return core or any(_differs(cell, column) for cell, column in zip(first, columns, strict=True))


def _could_be_header(row: Sequence[Cell], more: bool) -> bool:
    """Whether the cells are distinct short texts that are no numbers and no sentences.

    The first may be empty, as the tables have it whose first column is an index, if there are `more` rows.
    """
    indexed = more and len(row) > 1 and row[0] is None
    cells = row[1:] if indexed else row
    return len(set(cells)) == len(cells) > 0 and all(isinstance(cell, str) and _is_heading(cell) for cell in cells)


def _is_heading(cell: str) -> bool:
    """Whether a text is like a column name."""
    name = cell.strip()
    short = 0 < len(name) <= _HEADER_CHARACTERS
    return short and not _NUMBER.fullmatch(name) and not _PUNCTUATION.search(name)


def _plain_name(cell: str) -> str:
    """A column name in small letters, its words joined by underscores."""
    return re.sub(r"[\s_-]+", "_", cell.strip().lower())


def _differs(heading: Cell, column: Sequence[Cell]) -> bool:
    """Whether the cells of a column are of another kind than its heading: numbers, longer texts, or repeated labels."""
    cells = [cell for cell in column if cell is not None]
    if not isinstance(heading, str) or not cells:
        return False
    numbers = sum(not isinstance(cell, str) or bool(_NUMBER.fullmatch(cell.strip())) for cell in cells)
    if numbers >= 0.8 * len(cells):
        return True
    if len(cells) >= 4 and len(set(cells)) <= len(cells) / 2:
        return True
    words = sorted(len(str(cell).split()) for cell in cells)
    return words[len(words) // 2] >= max(4, 2 * len(heading.split()))


# Text files

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


def _text_of(content: bytes) -> str:
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


def _lines(text: str) -> list[str]:
    """The lines of a text; of all that Unicode takes for a line end only CR and LF count."""
    return re.split(r"\r\n|\r|\n", text)


# Readers. Each takes a file's content, whether it has a header, and the limits; it gives the rows, and whether the
# first of them is a header.

Table = tuple[Sequence[Sequence[Cell]], bool]


def _read_txt(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """One document a line; there is no header unless the caller says so."""
    return [(line,) for line in _lines(_text_of(content)) if line.strip()], header_first is True


# CSV

_DELIMITERS = ",;\t|"
# The limit is one of the csv module, for all its users, so it is out of the way; a sheet's own limit is checked later.
_FIELD_SIZE = 1 << 30
_SNIFFED_RECORDS = 50
_SNIFFED_CHARACTERS = 200_000


def _read_csv(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """Cells separated by comma, semicolon, tab or vertical bar; all cells are text, empty ones None."""
    text = _text_of(content)
    csv.field_size_limit(_FIELD_SIZE)
    rows = _without_empty_columns(_records(text, _delimiter(text), limits))
    return rows, header_first if header_first is not None else bool(rows) and _looks_headed(rows)


def _records(text: str, delimiter: str, limits: Limits) -> list[Row]:
    """The records of CSV text, blank lines left out. Raises SheetError for a quote that is never closed."""
    try:
        return _parsed(text, delimiter, limits, strict=True)
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise SheetError('A quoted cell is never closed. Each " in a quoted cell must be doubled') from error
    try:
        return _parsed(text, delimiter, limits, strict=False)
    except csv.Error as error:
        raise SheetError(f"The file is not valid CSV ({error})") from error


def _parsed(text: str, delimiter: str, limits: Limits, strict: bool) -> list[Row]:
    """The records of CSV text. Raises csv.Error, or SheetError as soon as there are too many."""
    rows: list[Row] = []
    for record in csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=strict):
        if record:
            rows.append(tuple([cell or None for cell in record]))
            _check_size(len(rows), len(record), limits)
    return rows


def _delimiter(text: str) -> str:
    """The delimiter that gives the most constant number of columns, if there is more than one; else the comma."""
    scores = {delimiter: _constancy(text, delimiter) for delimiter in _DELIMITERS}
    best = max(_DELIMITERS, key=lambda delimiter: scores[delimiter])
    return best if scores[best] >= 0.8 else ","


def _constancy(text: str, delimiter: str) -> float:
    """The share of the first records that have as many cells as the first one; 0 if that has one only."""
    lines = StringIO(text[:_SNIFFED_CHARACTERS], newline="")
    try:
        widths = [len(row) for row in islice(csv.reader(lines, delimiter=delimiter), _SNIFFED_RECORDS + 1) if row]
    except csv.Error:
        return 0
    if len(widths) > 1 and (len(widths) > _SNIFFED_RECORDS or len(text) > _SNIFFED_CHARACTERS):
        widths.pop()  # it may be cut off
    return widths.count(widths[0]) / len(widths) if widths and widths[0] > 1 else 0


def _without_empty_columns(rows: Sequence[Row]) -> list[Row]:
    """The rows without the columns at the right that are empty in all of them."""
    width = max(map(_used, rows), default=0)
    return [row[:width] for row in rows] if width else []


def _used(row: Row) -> int:
    """The length of a row without the empty cells at its end."""
    length = len(row)
    while length and row[length - 1] is None:
        length -= 1
    return length


# JSON

_SCALARS = (str, int, float, bool, type(None))
_SHAPES = "an array of texts, of objects or of arrays"


def _read_json(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """An array of texts, objects or arrays, or an object that has one such array among its values."""
    value = _parsed_json(_text_of(content), "The file")
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list)]
        if len(lists) != 1:
            raise SheetError(f"The file is an object with {len(lists)} arrays. It should be {_SHAPES}")
        value = lists[0]
    if not isinstance(value, list):
        raise SheetError(f"The file is neither an array nor an object. It should be {_SHAPES}")
    return _table([(f"Item {number}", item) for number, item in enumerate(value, 1)], header_first, limits)


def _read_jsonl(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """A text, object or array a line."""
    lines = enumerate(_lines(_text_of(content)), 1)
    places = ((f"Line {number}", line) for number, line in lines if line.strip())
    return _table([(place, _parsed_json(line, place)) for place, line in places], header_first, limits)


def _parsed_json(text: str, place: str) -> Any:
    """The value of a JSON text. Raises SheetError with the place it was found at."""
    try:
        return msgspec.json.decode(text)
    except RecursionError as error:
        raise SheetError(f"{place} is nested too deeply") from error
    except ValueError as error:
        raise SheetError(f"{place} is not valid JSON ({error})") from error


def _table(items: list[tuple[str, Any]], header_first: bool | None, limits: Limits) -> Table:
    """The rows of a list of values, each with the place it was found at."""
    if not items:
        raise SheetError(f"The file is empty. It should be {_SHAPES}")
    kind = type(items[0][1])
    for place, item in items:
        if type(item) is not kind or kind not in (str, dict, list):
            raise SheetError(f"{place} is {_kind(item)}. The file should be {_SHAPES}, all alike")
    if kind is dict:
        return _objects_table(items, limits), True
    if kind is str:
        return [(item,) for _, item in items], header_first is True
    _check_size(len(items), max(len(item) for _, item in items), limits)
    return [tuple([_json_cell(cell, place) for cell in item]) for place, item in items], header_first is True


def _kind(value: object) -> str:
    """What a JSON value is, in words."""
    kinds = {str: "a text", dict: "an object", list: "an array", bool: "a truth value", type(None): "null"}
    return kinds.get(type(value), "a number")


def _objects_table(items: list[tuple[str, Any]], limits: Limits) -> list[Row]:
    """A header of all keys in the order they are first seen, and a row for each object."""
    keys: dict[str, None] = {}
    for _, item in items:
        keys.update(dict.fromkeys(item))
        _check_size(len(items), len(keys), limits)
    rows = [tuple([_json_cell(item.get(key), place) for key in keys]) for place, item in items]
    return [tuple(keys), *rows]


def _json_cell(value: Any, place: str) -> Cell:
    """A value of JSON as a cell: arrays and objects as compact JSON text."""
    if isinstance(value, _SCALARS):
        return value
    try:
        return msgspec.json.encode(value).decode()
    except RecursionError as error:
        raise SheetError(f"{place} is nested too deeply") from error


# XLSX

_NO_XLSX = "The file is not an XLSX spreadsheet. It should be saved as an Excel workbook (.xlsx), without a password"
_BROKEN_XLSX = "The spreadsheet is damaged. It should be saved as an Excel workbook (.xlsx) once more"
_SHEET_OR_TEXTS = re.compile(rb"[<:](?:sheetData|sst)\b")
_RATIO_AT_MOST = 200
_RATIO_FROM = 10 * _MIB


def _read_xlsx(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """The first sheet of a workbook. Formulas give the value they had when it was saved, errors an empty cell."""
    _check_workbook(content, limits)
    rows = _without_empty_columns(_xlsx_rows(content, limits))
    return rows, header_first if header_first is not None else bool(rows) and _looks_headed(rows)


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
        _check_size(len(rows), len(row), limits)
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
        return int(value) if value.is_integer() and abs(value) <= _XLSX_INTEGER else value
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
        self.top, self.bottom, self.left, self.right = _XLSX_ROWS, 0, _XLSX_COLUMNS, 0
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
        if self.row > _XLSX_ROWS or self.column > _XLSX_COLUMNS:
            raise SheetError(_BROKEN_XLSX)
        self.top, self.bottom = min(self.top, self.row), max(self.bottom, self.row)
        self.left, self.right = min(self.left, self.column), max(self.right, self.column)
        height, width = self.bottom - self.top + 1, self.right - self.left + 1
        _check_size(0, width, self.limits)
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


_READERS: dict[str, Callable[[bytes, bool | None, Limits], Table]] = {
    "csv": _read_csv,
    "txt": _read_txt,
    "json": _read_json,
    "jsonl": _read_jsonl,
    "xlsx": _read_xlsx,
}


# Writers. Each takes the column names and rows as long as these.


def _writable_header(header: Sequence[str]) -> list[str]:
    """The column names. Raises SheetError if they are none, blank, or not distinct."""
    names = list(header)
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise SheetError("Each column must have a name, and there must be at least one")
    if repeated := [name for name, count in Counter(names).items() if count > 1]:
        raise SheetError(f"Column names must be distinct, but {_shown(repeated[0])} occurs more than once")
    _check_writable(names, "The header")
    return names


def _writable_rows(rows: Iterable[Sequence[Cell]], width: int) -> list[list[Cell]]:
    """The rows, filled up to the width. Raises SheetError for a row that is longer or holds what cannot be written."""
    table = []
    for number, row in enumerate(rows, 1):
        if len(row) > width:
            raise SheetError(f"Row {number} has {len(row)} cells, but there are {width} columns")
        _check_writable(row, f"Row {number}")
        table.append([*row, *[None] * (width - len(row))])
    return table


def _check_writable(cells: Sequence[Cell], place: str) -> None:
    """Raise SheetError for cells that no format can hold."""
    for cell in cells:
        if isinstance(cell, str):
            if "\0" in cell:
                raise SheetError(f"{place} has a NUL character. Texts must not have any")
            _utf_8(cell)
        elif not isinstance(cell, _SCALARS):
            raise SheetError(f"{place} has a {type(cell).__name__}. Cells are text, numbers, truth values or None")
        elif isinstance(cell, float) and not isfinite(cell):
            raise SheetError(f"{place} has a number that is not finite")


def _utf_8(text: str) -> bytes:
    """The text as UTF-8. Raises SheetError if it holds half of a surrogate pair."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise SheetError(f"The text {_shown(text)} is not valid Unicode") from error


def _write_csv(header: list[str], rows: list[list[Cell]]) -> bytes:
    """Comma separated UTF-8. Whatever any reader might take for a delimiter is quoted."""
    table: list[Sequence[Cell]] = [header, *rows]
    # A row of one empty cell would be a blank line.
    text = "".join((",".join(map(_csv_cell, row)) or '""') + "\r\n" for row in table)
    # A reader takes a first character that is a byte order mark for just that: it needs one to lose.
    return _utf_8("\ufeff" + text if text.startswith("\ufeff") else text)


def _csv_cell(cell: Cell) -> str:
    """A cell of CSV, quoted if need be."""
    text = _as_text(cell)
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",;\t|\r\n]', text) else text


def _write_json(header: list[str], rows: list[list[Cell]]) -> bytes:
    """An array of objects."""
    return b"[" + b",\n".join(_json_objects(header, rows)) + b"]\n"


def _write_jsonl(header: list[str], rows: list[list[Cell]]) -> bytes:
    """An object a line."""
    return b"".join(line + b"\n" for line in _json_objects(header, rows))


def _json_objects(header: list[str], rows: list[list[Cell]]) -> Iterator[bytes]:
    """Each row as an object. Raises SheetError for an integer of too many digits."""
    try:
        for row in rows:
            yield msgspec.json.encode(dict(zip(header, row, strict=True)))
    except ValueError as error:
        raise SheetError("A number has too many digits") from error


_XLSX_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_MARKUP = re.compile(r"<r>.*</r>", re.DOTALL)
# `_x0041_` means A in the texts of a spreadsheet. The library escapes what looks like it, but not where two overlap, as
# in `_x0041_x0041_`, nor where a control character follows, which it writes as `_x0001_`.
_OVERLAP = re.compile(r"_x[0-9a-fA-F]{4}(?:_x[0-9a-fA-F]{4}_|[\x01-\x1f])")
_ESCAPE = re.compile(r"_(?=x[0-9a-fA-F]{4}[_\x01-\x1f])")


def _write_xlsx(header: list[str], rows: list[list[Cell]]) -> bytes:
    """A workbook with one sheet. Raises SheetError for a table or text that is too large for one."""
    if len(rows) >= _XLSX_ROWS or len(header) > _XLSX_COLUMNS:
        raise SheetError(f"A spreadsheet has at most {_XLSX_ROWS} rows and {_XLSX_COLUMNS} columns")
    output = BytesIO()
    workbook = import_module("xlsxwriter").Workbook(output, _XLSX_OPTIONS)
    workbook.set_properties({"created": datetime(2000, 1, 1)})  # not the time of writing: same rows, same bytes
    sheet = workbook.add_worksheet()
    table: list[Sequence[Cell]] = [header, *rows]
    for number, row in enumerate(table):
        for column, cell in enumerate(row):
            _write_xlsx_cell(sheet, number, column, cell)
    workbook.close()
    return output.getvalue()


def _write_xlsx_cell(sheet: Any, row: int, column: int, cell: Cell) -> None:
    """Write a cell with its type; integers that a spreadsheet would round are text. Raises SheetError if too long."""
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, int) and abs(cell) > _XLSX_INTEGER:
        _write_xlsx_text(sheet, row, column, _as_text(cell))
    elif isinstance(cell, int | float):
        sheet.write_number(row, column, _xlsx_number(cell))
    elif cell:
        _write_xlsx_text(sheet, row, column, cell)


def _xlsx_number(number: int | float) -> int | float:
    """The number. Raises SheetError if the 16 digits that are written make it infinite."""
    if not isfinite(float(f"{number:.16G}")):
        raise SheetError(f"The number {number} is too large for a spreadsheet")
    return number


def _write_xlsx_text(sheet: Any, row: int, column: int, text: str) -> None:
    """Write a text, never as a formula or link. Raises SheetError if it is too long."""
    stored = _xlsx_text(text.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd"))
    units = len(text) + sum(character > "\uffff" for character in text)
    if units > _XLSX_CHARACTERS or sheet.write_string(row, column, stored) != 0:
        raise SheetError(f"Row {row}, column {column + 1} is longer than the {_XLSX_CHARACTERS} characters of a cell")


def _xlsx_text(text: str) -> str:
    """The text in the form that makes the library write it unchanged.

    It takes what begins with <r> and ends with </r> for markup and writes it as it is. So such texts are given as
    markup, and so are those that it would escape wrongly, their underscores hidden as character references.
    """
    if not _MARKUP.fullmatch(text) and not _OVERLAP.search(text):
        return text
    escaped = escape(_ESCAPE.sub("_x005F_", text), quote=False).replace("_", "&#95;")
    return f'<r><t xml:space="preserve">{escaped}</t></r>'


_WRITERS: dict[str, Callable[[list[str], list[list[Cell]]], bytes]] = {
    "csv": _write_csv,
    "json": _write_json,
    "jsonl": _write_jsonl,
    "xlsx": _write_xlsx,
}
