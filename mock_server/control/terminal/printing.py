"""What a command prints: tables and fields for people, or the answer as it is for programs."""

import json
import os
import sys
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from mock_server.contract import Json
from mock_server.control.terminal.remote import Answer

WIDE = 400  # columns where nothing says how many there are
MOST_COLUMNS = 8
LONGEST = 300
STYLES = {2: "green", 3: "cyan", 4: "yellow", 5: "red"}  # of statuses, by their first digit


class Output(Console):
    """The standard output. Nothing in a text is taken for a command to it; colours only on a terminal, and not if NO_COLOR is set."""

    def __init__(self) -> None:
        is_narrow = sys.stdout.isatty() or "COLUMNS" in os.environ
        super().__init__(highlight=False, markup=False, emoji=False, width=None if is_narrow else WIDE)

    def on_broken_pipe(self) -> None:
        """Leave it to whoever runs the command."""
        raise BrokenPipeError


def print_text(text: str) -> None:
    """Print what is meant for programs as it is."""
    sys.stdout.write(text if text.endswith("\n") or not text else f"{text}\n")


def show(answer: Answer, columns: tuple[str, ...], as_json: bool, raw: bool = False) -> None:
    """Print an answer. `raw` is what is made for programs, and printed as it came."""
    if raw:
        print_text(answer.body.decode("utf-8", "replace"))
    elif not answer.body:
        print_text("" if as_json else "done")
    elif as_json:
        print_text(json.dumps(answer.content, ensure_ascii=False, indent=2))
    elif answer.is_json:
        show_value(answer.content, columns)
    else:
        print_text(safe(answer.content))


def show_value(value: Any, columns: tuple[str, ...] = ()) -> None:
    """Print a JSON value: what is a list of maps as a table, the rest of a map beside it as fields."""
    out = Output()
    rest, rows = _rows(value)
    if rows is not None:
        told = [f"{name} {cell(part)}" for name, part in rest.items() if not isinstance(part, dict | list)]
        out.print(table(rows, columns) if rows else Text("nothing", style="dim"))
        if told:
            out.print(Text(safe(", ".join(told)), style="dim"))
    elif isinstance(value, dict):
        _fields(out, value)
    else:
        out.print(Text(cell(value)))


def _fields(out: Console, value: Json) -> None:
    """Print the fields of a map; what has parts of its own comes below them, under its name."""
    below = {name: part for name, part in value.items() if _has_parts(part)}
    fields = Table.grid(padding=(0, 2))
    for name, part in value.items():
        if name not in below:
            fields.add_row(Text(safe(name), style="bold"), Text(cell(part)))
    out.print(fields)
    for name, part in below.items():
        out.print(Text(safe(name), style="bold underline"))
        if isinstance(part, list):
            out.print(table(part, ()))
        else:
            _fields(out, part)


def _has_parts(value: Any) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(row, dict) for row in value)
    return isinstance(value, dict) and len(value) > 2


def _rows(value: Any) -> tuple[Json, list[Json] | None]:
    """Return the list that a value is, or that it has as its one list of maps, and what is beside it."""
    if isinstance(value, list):
        return {}, [row if isinstance(row, dict) else {"value": row} for row in value]
    if isinstance(value, dict):
        lists = [
            name
            for name, part in value.items()
            if isinstance(part, list) and all(isinstance(row, dict) for row in part)
        ]
        if len(lists) == 1 and "count" in value:
            return {name: part for name, part in value.items() if name != lists[0]}, value[lists[0]]
    return {}, None


def table(rows: list[Json], columns: tuple[str, ...]) -> Table:
    """Return rows as a table; without `columns` those with the plainest values."""
    columns = columns or _columns(rows)
    found = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for name in columns:
        found.add_column(Text(safe(name)), overflow="fold")
    for row in rows:
        found.add_row(*(Text(cell(row.get(name)), style=style(name, row.get(name))) for name in columns))
    return found


def _columns(rows: list[Json]) -> tuple[str, ...]:
    names = dict.fromkeys(name for row in rows[:50] for name in row)
    plain = [name for name in names if not any(isinstance(row.get(name), dict) for row in rows[:50])]
    return tuple((plain or list(names))[:MOST_COLUMNS])


def style(name: str, value: Any) -> str:
    """Return how a value is coloured: statuses by what they mean."""
    return STYLES.get(value // 100, "") if name == "status" and isinstance(value, int) else ""


def cell(value: Any) -> str:
    """Return a value as it stands in a table."""
    if value is None:
        return "-"
    if isinstance(value, dict) and value.keys() == {"rule", "message"}:
        value = f"{value['rule']}: {value['message']}"
    elif isinstance(value, list) and all(isinstance(part, str | int) for part in value):
        value = ", ".join(str(part) for part in value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return safe(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")


def safe(text: str) -> str:
    """Return a text that a terminal shows and does not obey: what is no printable character is written out."""
    return "".join(one if one.isprintable() or one in "\n\t" else ascii(one)[1:-1] for one in str(text))
