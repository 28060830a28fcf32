"""Downloads of tables (CSV, JSON, JSON lines, XLSX), one like the other: what is in them, and what that is in disguise.

Of a cell that looks like a number nobody knows whether it is one, or a text that was replaced where JSON says what it is; so only its
shape counts. Not here: what stands for what (`disguise`).
"""

import re
from collections.abc import Callable
from typing import Any

import msgspec

from contract_tests.live.traffic import Recorded
from mock_server.contract import Json, resolve
from mock_server.sheets import SheetError, read_sheet
from mock_server.studio.domain.labeled import OWN

ENDINGS = {
    "text/csv": "csv", "application/jsonl": "jsonl", "application/json": "json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}  # fmt: skip
NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
DIGIT = re.compile(r"\d", re.ASCII)
PLACES = re.compile(r".*_(start|end)")
LONGEST = 15  # digits of a number
Cells = dict[str, str]
OneCell = Callable[[str, str], str]  # of the name of a column and a cell: what stands for it


class Table(msgspec.Struct, frozen=True):
    """The rows of a download, each by column; empty cells are left out."""

    rows: list[Cells]

    def plain(self) -> list[Cells]:
        """Return the rows with the shape of what may be a number in place of it."""
        return [{name: _shape(name, cell) for name, cell in row.items()} for row in self.rows]


def is_table(document: Json, node: Json) -> bool:
    """Whether an operation answers with a table."""
    told = resolve(document, node["responses"].get("200", {}))
    return "text/csv" in told.get("content", {})


def cells_of(media: str, content: bytes | None) -> list[Cells] | None:
    """Return the rows of a download; None if it cannot be read."""
    ending = ENDINGS.get(media)
    if ending is None or content is None:
        return None
    try:
        sheet = read_sheet(f"download.{ending}", content, header_first=True) if content else None
    except (SheetError, ValueError, RecursionError):
        return [] if content.strip() in (b"", b"[]") else None
    if sheet is None:
        return []
    return [
        {name: _text(cell) for name, cell in zip(sheet.columns, row, strict=False) if _text(cell)} for row in sheet.data
    ]


def table_of(recorded: Recorded, one: OneCell) -> Table | None:
    """Return a download in disguise; None if it cannot be read."""
    found = cells_of(recorded.media, recorded.response_body)
    return None if found is None else Table([_disguised(row, one) for row in found])


def spans_in(table: Table, session_id: int | None) -> dict[tuple[int, int], list[Any]]:
    """Return where the words of the tags of sessions are, by session and segment; the order is that of the tags."""
    found: dict[tuple[int, int], list[Any]] = {}
    for cells in table.rows:
        session = cells.get("annotation_id", str(session_id))
        place = session, cells.get("segment_id", "")
        if all(part.isdecimal() for part in place) and ("class" in cells or "label" in cells):
            span = cells.get("span_start", ""), cells.get("span_end", "")
            known = tuple(map(int, span)) if all(part.isdecimal() for part in span) else None
            found.setdefault((int(place[0]), int(place[1])), []).append(known)
    return found


def documents_in(table: Table) -> list[dict[str, Any]]:
    """Return the documents of which the rows of groups and sessions tell, with their segments if these are told."""
    found: dict[str, dict[str, Any]] = {}
    for row in table.rows:
        number, text = row.get("document_id") or row.get("id", ""), row.get("text")
        if not number.isdecimal() or text is None:
            continue
        meta = {name: _typed(cell) for name, cell in row.items() if name not in (*OWN, "id")}
        one = found.setdefault(number, {"id": int(number), "text": text, **meta})
        place = [row.get(name, "") for name in ("segment_id", "segment_start", "segment_end")]
        if all(cell.isdecimal() for cell in place):
            segments = one.setdefault("segments", [])
            part = {"id": int(place[0]), "span": [int(place[1]), int(place[2])]}
            segments += [part] if part not in segments else []
    return [*found.values()]


def tags_in(table: Table, session_id: int | None) -> dict[tuple[int, int], list[Any]]:
    """Return what tags of sessions say, as classes and labels, in the places of `spans_in`."""
    found: dict[tuple[int, int], list[Any]] = {}
    for cells in table.rows:
        place = cells.get("annotation_id", str(session_id)), cells.get("segment_id", "")
        if all(part.isdecimal() for part in place) and ("class" in cells or "label" in cells):
            said = cells.get("class"), cells.get("label"), cells.get("document_id", "")
            found.setdefault((int(place[0]), int(place[1])), []).append(said)
    return found


def _typed(cell: str) -> Any:
    """Return what a cell most likely was: a number, if it looks like one."""
    if not NUMBER.fullmatch(cell) or len(cell) > LONGEST or str(float(cell)).removesuffix(".0") != cell:
        return cell
    return float(cell) if "." in cell else int(cell)


def _disguised(row: Cells, one: OneCell) -> Cells:
    made = {name: cell if PLACES.fullmatch(name) else one(name, cell) for name, cell in row.items()}
    if {"text", "segment", "segment_start", "segment_end"} <= row.keys():
        start, end = row["segment_start"], row["segment_end"]
        if start.isdecimal() and end.isdecimal():
            made["segment"] = made["text"][int(start) : int(end)]
    return made


def _shape(name: str, cell: str) -> str:
    is_number = NUMBER.fullmatch(cell) and not (PLACES.fullmatch(name) or name == "id" or name.endswith("_id"))
    return DIGIT.sub("9", cell) if is_number else cell


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell) if not isinstance(cell, float) or not cell.is_integer() else str(int(cell))
