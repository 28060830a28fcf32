"""Reading and writing tables as users upload and download them: CSV, TXT, JSON, JSON lines and XLSX.

`read_sheet` makes a `Sheet` of a file, `write_sheet` a file of rows. All bad input ends in a `SheetError`.

What a format cannot hold does not survive being written and read again: in CSV every cell is text (`true`, `1.5`) and
an empty text is an empty cell; in XLSX an empty text is an empty cell, numbers have 16 digits and integers beyond 2^53
become text, U+FFFE and U+FFFF become U+FFFD, and rows of empty cells at the end are lost; JSON and JSON lines without a
row of data have no header.
"""

from collections.abc import Callable, Iterable, Sequence

from mock_server.sheets.readers import Table, read_csv, read_json, read_jsonl, read_txt
from mock_server.sheets.sheet import (
    FORMATS,
    LIMITS,
    MEDIA_TYPES,
    TEXT_COLUMNS,
    Cell,
    Limits,
    Row,
    Sheet,
    SheetError,
    ending_of,
    sheet_of,
)
from mock_server.sheets.spreadsheets import read_xlsx
from mock_server.sheets.writers import writable_header, writable_rows, write_csv, write_json, write_jsonl, write_xlsx

__all__ = [
    "FORMATS",
    "MEDIA_TYPES",
    "TEXT_COLUMNS",
    "Cell",
    "Limits",
    "Row",
    "Sheet",
    "SheetError",
    "read_sheet",
    "write_sheet",
]


def read_sheet(filename: str, content: bytes, *, header_first: bool | None = None, limits: Limits = LIMITS) -> Sheet:
    """Read a file, its format being that of its name's ending.

    `header_first` says whether the first row holds column names; None detects it. Lists of JSON objects always have a
    header. Raises SheetError for a file that is not of its format, empty, or beyond the limits.
    """
    reader = _READERS.get(ending_of(filename))
    if reader is None:
        raise SheetError(FORMATS)
    if not content:
        raise SheetError("The file is empty. It must have at least one row")
    if len(content) > limits.unpacked_bytes:
        raise SheetError(f"The file has {len(content)} bytes, more than the {limits.unpacked_bytes} that are allowed")
    rows, headed = reader(content, header_first, limits)
    return sheet_of(rows, headed, limits)


def write_sheet(format: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write a table as `csv`, `json` (an array of objects), `jsonl` or `xlsx`. A row may be shorter than the header.

    The same table gives the same bytes. Raises SheetError for another format and for a table the format cannot hold:
    column names that are blank or not distinct, rows longer than the header, NUL characters, text that is not valid
    Unicode, numbers that are not finite, and for XLSX what is too large for a spreadsheet.
    """
    writer = _WRITERS.get(format.lower())
    if writer is None:
        raise SheetError(f"Allowed formats are {', '.join(name.upper() for name in _WRITERS)}")
    names = writable_header(header)
    return writer(names, writable_rows(rows, len(names)))


# Tables of any format

_READERS: dict[str, Callable[[bytes, bool | None, Limits], Table]] = {
    "csv": read_csv,
    "txt": read_txt,
    "json": read_json,
    "jsonl": read_jsonl,
    "xlsx": read_xlsx,
}


# Writers. Each takes the column names and rows as long as these.

_WRITERS: dict[str, Callable[[list[str], list[list[Cell]]], bytes]] = {
    "csv": write_csv,
    "json": write_json,
    "jsonl": write_jsonl,
    "xlsx": write_xlsx,
}
