"""Readers of TXT, CSV, JSON and JSON lines. Each takes a file's content, whether it has a header, and the limits; it gives the
rows, and whether the first of them is a header."""

import csv
from collections.abc import Sequence
from io import StringIO
from itertools import islice
from typing import Any

import msgspec

from mock_server.sheets.encodings import lines_of, text_of
from mock_server.sheets.headers import looks_headed
from mock_server.sheets.sheet import Cell, Limits, Row, SheetError, check_size

Table = tuple[Sequence[Sequence[Cell]], bool]


def read_txt(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """One document a line; there is no header unless the caller says so."""
    return [(line,) for line in lines_of(text_of(content)) if line.strip()], header_first is True


# CSV

_DELIMITERS = ",;\t|"

# The limit is one of the csv module, for all its users, so it is out of the way; a sheet's own limit is checked later.
_FIELD_SIZE = 1 << 30

_SNIFFED_RECORDS = 50

_SNIFFED_CHARACTERS = 200_000


def read_csv(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """Cells separated by comma, semicolon, tab or vertical bar; all cells are text, empty ones None."""
    text = text_of(content)
    csv.field_size_limit(_FIELD_SIZE)
    rows = without_empty_columns(_records(text, _delimiter(text), limits))
    return rows, header_first if header_first is not None else bool(rows) and looks_headed(rows)


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
            check_size(len(rows), len(record), limits)
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


def without_empty_columns(rows: Sequence[Row]) -> list[Row]:
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

SCALARS = (str, int, float, bool, type(None))

_SHAPES = "an array of texts, of objects or of arrays"


def read_json(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """An array of texts, objects or arrays, or an object that has one such array among its values."""
    value = _parsed_json(text_of(content), "The file")
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list)]
        if len(lists) != 1:
            raise SheetError(f"The file is an object with {len(lists)} arrays. It should be {_SHAPES}")
        value = lists[0]
    if not isinstance(value, list):
        raise SheetError(f"The file is neither an array nor an object. It should be {_SHAPES}")
    return _table([(f"Item {number}", item) for number, item in enumerate(value, 1)], header_first, limits)


def read_jsonl(content: bytes, header_first: bool | None, limits: Limits) -> Table:
    """A text, object or array a line."""
    lines = enumerate(lines_of(text_of(content)), 1)
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
    check_size(len(items), max(len(item) for _, item in items), limits)
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
        check_size(len(items), len(keys), limits)
    rows = [tuple([_json_cell(item.get(key), place) for key in keys]) for place, item in items]
    return [tuple(keys), *rows]


def _json_cell(value: Any, place: str) -> Cell:
    """A value of JSON as a cell: arrays and objects as compact JSON text."""
    if isinstance(value, SCALARS):
        return value
    try:
        return msgspec.json.encode(value).decode()
    except RecursionError as error:
        raise SheetError(f"{place} is nested too deeply") from error


# XLSX
