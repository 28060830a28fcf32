"""Documents of analyses: what is to be read, what a model finds in it, and how documents are found again.

`Source.read` is pure and may take long: run it in a thread, before a transaction.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from mock_server.sheets import Cell, Sheet
from mock_server.studio import predicting
from mock_server.studio.domain.drafts import Draft, draft, meta_of
from mock_server.studio.domain.sources import cell_text
from mock_server.studio.predicting import Tagger
from mock_server.studio.rows import Analysis, AnalysisDocument, Found, Segment, Tag
from mock_server.world import Tx

LARGEST = 2**63 - 1
NUMBER = "id"  # the column with the caller's own numbers


class Reading(msgspec.Struct, frozen=True):
    """A document that was read: its number if the caller gave one, and tags as (number of a segment, class, label)."""

    draft: Draft
    number: int | None = None
    tags: tuple[tuple[int, str | None, str | None], ...] = ()


class Source(msgspec.Struct, frozen=True):
    """What an analysis is to read: documents of a body (the contract's AnalysisDocument), or a column of a table."""

    entries: tuple[Mapping[str, Any], ...] = ()
    sheet: Sheet | None = None
    column: int = 0

    def read(self, tagger: Tagger, split: bool) -> list[Reading]:
        """Return the documents with what the tagger finds in them, in their order; may take long."""
        given = self._of_entries(split) if self.sheet is None else _of_sheet(self.sheet, self.column, split)
        return [Reading(one, number, tuple(_found(tagger, one))) for number, one in given]

    def _of_entries(self, split: bool) -> Iterator[tuple[int | None, Draft]]:
        for entry in self.entries:
            number = entry.get("id")
            yield None if number is None else int(number), draft(entry["text"], meta_of(entry), split=split)


def add_all(tx: Tx, analysis: Analysis, readings: Sequence[Reading]) -> None:
    """Give an analysis its documents."""
    document_id = tx.new_id(AnalysisDocument, len(readings))
    segment_id = tx.new_id("segment", sum(len(one.draft.spans) for one in readings))
    tag_id = tx.new_id(Tag, sum(len(one.tags) for one in readings))
    rows = []
    for at, one in enumerate(readings):
        rows.append(row_of(one, analysis.id, document_id + at, segment_id, tag_id))
        segment_id, tag_id = segment_id + len(one.draft.spans), tag_id + len(one.tags)
    tx.put_all(AnalysisDocument, rows)


def row_of(one: Reading, analysis_id: int, document_id: int, segment_id: int, tag_id: int) -> AnalysisDocument:
    """Return the row of a document; its segments and tags are numbered from these ids."""
    return AnalysisDocument(
        id=document_id,
        analysis_id=analysis_id,
        number=one.number,
        text=one.draft.text,
        segments=tuple([Segment(segment_id + at, *span) for at, span in enumerate(one.draft.spans)]),
        tags=tuple([Found(tag_id + at, segment_id + part, *said) for at, (part, *said) in enumerate(one.tags)]),
        meta=one.draft.meta,
    )


# Finding


class Filters(msgspec.Struct, frozen=True):
    """What the documents of a list must have; None asks for nothing. Ids are those that the analysis shows."""

    search: str | None = None
    classes: tuple[int, ...] | None = None
    labels: tuple[int, ...] | None = None


def list_documents(
    tx: Tx, analysis: Analysis, filters: Filters, offset: int, limit: int
) -> tuple[list[AnalysisDocument], bool]:
    """Return a page of the documents that pass all filters, in the order in which they came, and whether there are more.

    Without filters a page costs the page, else everything before it is read as well.
    """
    ids = tx.ids(AnalysisDocument, analysis_id=analysis.id)
    if offset >= len(ids):
        return [], False
    if filters.search is None and filters.classes is None and filters.labels is None:
        return tx.page(AnalysisDocument, ids, offset, limit), offset + limit < len(ids)
    rows = tx.rows(AnalysisDocument, analysis_id=analysis.id)
    found = [*islice(_passing(rows, analysis, filters), offset, offset + limit + 1)]
    return found[:limit], len(found) > limit


def _passing(rows: Iterable[AnalysisDocument], analysis: Analysis, filters: Filters) -> Iterator[AnalysisDocument]:
    wanted = (filters.search or "").casefold()
    classes = _names(analysis.classes, filters.classes)
    labels = _names(analysis.labels, filters.labels)
    tagged = classes is not None or labels is not None
    for row in rows:
        if wanted in row.text.casefold() and (
            not tagged or (analysis.status == "FINISHED" and any(_fits(tag, classes, labels) for tag in row.tags))
        ):
            yield row


def _fits(tag: Found, classes: Collection[str] | None, labels: Collection[str] | None) -> bool:
    return (classes is None or tag.class_name in classes) and (labels is None or tag.label_name in labels)


def _names(known: Iterable[Any], wanted: tuple[int, ...] | None) -> frozenset[str] | None:
    return None if wanted is None else frozenset(one.name for one in known if one.id in wanted)


def _found(tagger: Tagger, one: Draft) -> Iterator[tuple[int, str | None, str | None]]:
    for at, (start, end) in enumerate(one.spans):
        for tag in predicting.predict(tagger, one.text[start:end]):
            yield at, tag.class_name, tag.label_name


def _of_sheet(sheet: Sheet, column: int, split: bool) -> Iterator[tuple[int | None, Draft]]:
    names = sheet.columns
    numbers = next((at for at, name in enumerate(names) if name.strip().casefold() == NUMBER and at != column), None)
    for row in sheet.data:
        text = cell_text(row[column])
        if text:
            cells = enumerate(zip(names, row, strict=True))
            meta = {name: cell for at, (name, cell) in cells if cell is not None and at not in (column, numbers)}
            yield None if numbers is None else _number(row[numbers]), draft(text, meta_of(meta), split=split)


def _number(cell: Cell) -> int | None:
    """Return the integer of a cell, or None if it holds anything else."""
    told = cell_text(cell).strip().removesuffix(".0")
    digits = told.removeprefix("-")
    number = int(told) if digits.isascii() and digits.isdigit() and len(digits) < 20 else None
    return number if number is not None and -LARGEST <= number <= LARGEST else None
