"""Labeled documents as tables. A row has a text and at the most one tag; rows with the same text are one document.

People upload such tables with columns `text`, `class` and `label`. A labeling session is downloaded as one with further
columns (`OWN`), so that it can be uploaded again and gives the same documents, segments, tags and attributes:
`document_id` keeps apart documents with the same text, `segment_start` and `segment_end` say where a segment lies in
the text, `span_start` and `span_end` where the words of a tag do.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.sheets import TEXT_COLUMNS, Cell, Sheet, SheetError
from mock_server.studio.domain.drafts import Draft, draft, meta_of
from mock_server.studio.domain.errors import Conflict
from mock_server.studio.domain.sources import cell_text

Json = dict[str, Any]
Span = tuple[int, int]
WORDS = ("class", "aspect", "label")
OWN = (
    "annotation_id",
    "document_id",
    "segment_id",
    "text",
    "segment",
    "segment_start",
    "segment_end",
    "class",
    "label",
    "span_start",
    "span_end",
)
# No attribute of a document is read from, or written to, columns of these names.
NO_META = frozenset({*OWN, "aspect"}) - {*WORDS}


class FileConflict(Conflict):
    """A file does not have what a labeling session needs."""


class Columns(msgspec.Struct, frozen=True):
    """Which columns to read, as indexes: those of class and label, those that only downloads have, the attributes."""

    text: int
    tags: dict[str, int]
    own: dict[str, int]
    meta: tuple[tuple[int, str], ...]


def columns(
    sheet: Sheet,
    mapping: Mapping[str, str] | None,
    takes: Mapping[str, bool],
    strict: bool = False,
    plain: bool = False,
) -> Columns:
    """Return which columns to read. Raises FileConflict for one that is not there.

    `mapping` names those for text, class or aspect, and label. Without it they are found by these names, class and
    label if `takes` says that the project has a use for them. `strict`: the column of the texts has to be called so,
    unless there is only one and it has no name. `plain`: there are no further columns as downloads have them.
    """
    names = {name.strip().casefold(): at for at, name in reversed(list(enumerate(sheet.columns)))}
    if mapping:
        chosen = {word: _column(sheet, name) for word, name in mapping.items()}
    else:
        usable = {"class": takes["class"], "aspect": takes["class"], "label": takes["label"]}
        chosen = {word: names[word] for word in WORDS if word in names and usable[word]}
    if "aspect" in chosen:
        chosen.setdefault("class", chosen["aspect"])
    text = chosen["text"] if "text" in chosen else _text_column(sheet, names, strict)
    used = {text, *chosen.values()}
    return Columns(
        text=text,
        tags={word: chosen[word] for word in ("class", "label") if word in chosen},
        own={} if plain else {name: names[name] for name in OWN if name in names},
        meta=tuple((at, name) for at, name in enumerate(sheet.columns) if at not in used and name not in NO_META),
    )


def drafts(sheet: Sheet, where: Columns) -> list[Draft]:
    """Return the documents of a file; rows without a text are left out. Raises FileConflict, DocumentConflict."""
    found: dict[tuple[Cell, str], Json] = {}
    for number, row in enumerate(sheet.data, len(sheet.rows) - len(sheet.data) + 1):
        text = cell_text(row[where.text])
        if not text:
            continue
        meta = {name: row[at] for at, name in where.meta if row[at] is not None}
        own = {name: row[at] for name, at in where.own.items() if row[at] is not None}
        tag: Json = {word: cell_text(row[at]) for word, at in where.tags.items() if cell_text(row[at]).strip()}
        document = found.setdefault((own.get("document_id"), text), {"meta": meta, "tags": [], "segments": {}})
        lies, span = _span(own, "segment", number), _span(own, "span", number)
        tags = document["tags"] if lies is None else document["segments"].setdefault(lies, [])
        if tag and (said := {**tag, "span": span} if span else tag) not in tags:
            tags.append(said)
    return [_drafted(text, document) for (_, text), document in found.items()]


def _drafted(text: str, document: Json) -> Draft:
    segments = [{"span": span, "tags": tags} for span, tags in sorted(document["segments"].items())]
    return draft(text, meta_of(document["meta"]), segments, document["tags"])


def _column(sheet: Sheet, name: str) -> int:
    try:
        return sheet.column_index(column_name=name)
    except SheetError as error:
        raise FileConflict(str(error)) from None


def _text_column(sheet: Sheet, names: Mapping[str, int], strict: bool) -> int:
    unnamed = sheet.header is None and len(sheet.columns) == 1
    if strict and not unnamed and not any(name in names for name in TEXT_COLUMNS):
        raise FileConflict('The file has no column "text"')
    return sheet.column_index()


def _span(own: Mapping[str, Cell], name: str, number: int) -> Span | None:
    """Return the span of which two columns speak, or None if both are empty."""
    start, end = own.get(f"{name}_start"), own.get(f"{name}_end")
    if start is None and end is None:
        return None
    try:
        return int(cell_text(start)), int(cell_text(end))
    except ValueError:
        message = f"Row {number}: {name}_start and {name}_end have to be whole numbers or empty, both of them"
        raise FileConflict(message) from None
