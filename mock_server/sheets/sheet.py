"""A table in memory: its cells, its header, what it may hold, and the error of all that is wrong with one."""

from collections.abc import Sequence
from math import isfinite

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

MIB = 1 << 20

# XLSX as Excel has it: the largest table, the longest cell (in UTF-16 units) and the largest exact integer.
XLSX_ROWS, XLSX_COLUMNS, XLSX_CHARACTERS, XLSX_INTEGER = 1_048_576, 16_384, 32_767, 1 << 53


class SheetError(ValueError):
    """A file or table that cannot be read or written. The message says what is wrong and what would be right."""


class Limits(msgspec.Struct, frozen=True):
    """What a file may hold at most.

    `rows` and `columns` are counted with the header, `cells` is their product, empty cells included. `unpacked_bytes`
    is the size of the file's content, unpacked if it is compressed. `cell_characters` is the length of one cell.
    """

    rows: int = 200_000
    columns: int = 1_000
    unpacked_bytes: int = 256 * MIB
    cell_characters: int = 1_000_000
    cells: int = 5_000_000


LIMITS = Limits()


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
            raise SheetError(f"There is no column named {shown_name(name)}. {self._columns_there_are()}")
        return plain.index(name.strip().casefold())

    def _text_column(self) -> int:
        """The index of the column that is named like one with documents, else 0."""
        plain = [name.strip().casefold() for name in self.columns]
        return next((plain.index(name) for name in TEXT_COLUMNS if name in plain), 0)

    def _columns_there_are(self) -> str:
        """A sentence that names the columns, at most 20 of them."""
        names = [f"{index} ({shown_name(name)})" for index, name in enumerate(self.columns[:20])]
        more = ", …" if len(self.columns) > 20 else ""
        return f"The columns are {', '.join(names)}{more}"


def ending_of(filename: str) -> str:
    """The part of a file name behind its last dot, in small letters."""
    return filename.rpartition(".")[2].strip().lower() if "." in filename else ""


def shown_name(text: str) -> str:
    """A text as it appears in a message: quoted, and cut if it is long."""
    return repr(text if len(text) <= 64 else text[:63] + "…")


def sheet_of(rows: Sequence[Sequence[Cell]], headed: bool, limits: Limits) -> Sheet:
    """A sheet of rows that may have different lengths. Raises SheetError if there is nothing in them, or too much."""
    width = max(map(len, rows), default=0)
    if not width:
        raise SheetError("The file is empty. It must have at least one row with a value")
    check_size(len(rows), width, limits)
    for number, row in enumerate(rows, 1):
        _check_row(row, number, limits)
    table = [(*row, *(None,) * (width - len(row))) for row in rows]
    header = _names(table[0]) if headed else None
    return Sheet(tuple(table) if header is None else (header, *table[1:]), header)


def check_size(rows: int, columns: int, limits: Limits) -> None:
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
    cells = ["" if cell is None else as_text(cell) for cell in row]
    names: dict[str, None] = {}
    for index, name in enumerate(cells):
        if not name.strip() or name in names:
            name = f"column_{index}"
        while name in names:
            name += "_"
        names[name] = None
    return tuple(names)


def as_text(cell: Cell) -> str:
    """A cell as text; numbers and truth values as JSON has them, an empty cell as an empty text."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    try:
        return "" if cell is None else str(cell)
    except ValueError as error:
        raise SheetError("A number has too many digits") from error


# Detecting a header
