"""Writers. Each takes the column names and rows as long as these."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from importlib import import_module
from io import BytesIO
from math import isfinite
from typing import Any

import msgspec

from mock_server.sheets.readers import SCALARS
from mock_server.sheets.sheet import (
    XLSX_CHARACTERS,
    XLSX_COLUMNS,
    XLSX_INTEGER,
    XLSX_ROWS,
    Cell,
    SheetError,
    as_text,
    shown_name,
)


def writable_header(header: Sequence[str]) -> list[str]:
    """The column names. Raises SheetError if they are none, blank, or not distinct."""
    names = list(header)
    if not names or not all(isinstance(name, str) and name.strip() for name in names):
        raise SheetError("Each column must have a name, and there must be at least one")
    if repeated := [name for name, count in Counter(names).items() if count > 1]:
        raise SheetError(f"Column names must be distinct, but {shown_name(repeated[0])} occurs more than once")
    _check_writable(names, "The header")
    return names


def writable_rows(rows: Iterable[Sequence[Cell]], width: int) -> list[list[Cell]]:
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
        elif not isinstance(cell, SCALARS):
            raise SheetError(f"{place} has a {type(cell).__name__}. Cells are text, numbers, truth values or None")
        elif isinstance(cell, float) and not isfinite(cell):
            raise SheetError(f"{place} has a number that is not finite")


def _utf_8(text: str) -> bytes:
    """The text as UTF-8. Raises SheetError if it holds half of a surrogate pair."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise SheetError(f"The text {shown_name(text)} is not valid Unicode") from error


def write_csv(header: list[str], rows: list[list[Cell]]) -> bytes:
    """Comma separated UTF-8. Whatever any reader might take for a delimiter is quoted."""
    table: list[Sequence[Cell]] = [header, *rows]
    # A row of one empty cell would be a blank line.
    text = "".join((",".join(map(_csv_cell, row)) or '""') + "\r\n" for row in table)
    # A reader takes a first character that is a byte order mark for just that: it needs one to lose.
    return _utf_8("\ufeff" + text if text.startswith("\ufeff") else text)


def _csv_cell(cell: Cell) -> str:
    """A cell of CSV, quoted if need be."""
    text = as_text(cell)
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",;\t|\r\n]', text) else text


def write_json(header: list[str], rows: list[list[Cell]]) -> bytes:
    """An array of objects."""
    return b"[" + b",\n".join(_json_objects(header, rows)) + b"]\n"


def write_jsonl(header: list[str], rows: list[list[Cell]]) -> bytes:
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


def write_xlsx(header: list[str], rows: list[list[Cell]]) -> bytes:
    """A workbook with one sheet. Raises SheetError for a table or text that is too large for one."""
    if len(rows) >= XLSX_ROWS or len(header) > XLSX_COLUMNS:
        raise SheetError(f"A spreadsheet has at most {XLSX_ROWS} rows and {XLSX_COLUMNS} columns")
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
    elif isinstance(cell, int) and abs(cell) > XLSX_INTEGER:
        _write_xlsx_text(sheet, row, column, as_text(cell))
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
    if units > XLSX_CHARACTERS or sheet.write_string(row, column, stored) != 0:
        raise SheetError(f"Row {row}, column {column + 1} is longer than the {XLSX_CHARACTERS} characters of a cell")


def _xlsx_text(text: str) -> str:
    """The text in the form that makes the library write it unchanged.

    It takes what begins with <r> and ends with </r> for markup and writes it as it is. So such texts are given as
    markup, and so are those that it would escape wrongly, their underscores hidden as character references.
    """
    if not _MARKUP.fullmatch(text) and not _OVERLAP.search(text):
        return text
    escaped = escape(_ESCAPE.sub("_x005F_", text), quote=False).replace("_", "&#95;")
    return f'<r><t xml:space="preserve">{escaped}</t></r>'
