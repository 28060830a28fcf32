"""How documents are shown: the text, and as many details as were asked for."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from mock_server.contract import Json
from mock_server.studio.domain.drafts import RESERVED
from mock_server.studio.rows import AnalysisDocument, Document, Tag
from mock_server.studio.views.tags import tag
from mock_server.world import Tx

SHOWN = frozenset({"segments", "tags", "meta"})
Show = Callable[[Tx, Tag], Json]
KEPT = 50_000  # renderings; some 20 MB at the most
_rendered: dict[tuple[int, frozenset[str]], tuple[Document, msgspec.Raw]] = {}


def documents(
    tx: Tx,
    rows: Iterable[Document],
    details: Iterable[str] | None,
    session_id: int | None = None,
    show: Show = tag,
) -> list[Any]:
    """Return documents as the contract's LabelledDocument; `details` is what the query asks for, None for nothing.

    Within a session (`session_id`) the tags are those given there, else all tags of the document that somebody stands by.
    `show` makes one of them.
    """
    wanted = SHOWN.intersection(details or ())
    if not wanted:
        return [{"id": row.id, "text": row.text} for row in rows]
    if "tags" in wanted:
        return [document(tx, row, wanted, session_id, show) for row in rows]
    return [rendered(tx, row, wanted) for row in rows]


def rendered(tx: Tx, row: Document, wanted: frozenset[str]) -> msgspec.Raw:
    """Return what `document` shows of a row as JSON, remembered: without tags it depends on the row alone, and rows never change.

    The memory is keyed by the identity of the row, which it holds, so that no other row can take its place.
    """
    key = (id(row), wanted)
    found = _rendered.get(key)
    if found is not None and found[0] is row:
        return found[1]
    raw = msgspec.Raw(msgspec.json.encode(document(tx, row, wanted)))
    if len(_rendered) >= KEPT:
        _rendered.clear()
    _rendered[key] = (row, raw)
    return raw


def document(
    tx: Tx, row: Document, details: Iterable[str] | None, session_id: int | None = None, show: Show = tag
) -> Json:
    """Return one document; see `documents`."""
    wanted = SHOWN.intersection(details or ())
    shown: Json = {"id": row.id, "text": row.text}
    if "meta" in wanted:
        shown.update({name: value for name, value in row.meta.items() if name not in RESERVED})
    if "tags" in wanted:
        shown["segments"] = segments(row, tags_by_segment(tx, row, session_id, show))
    elif "segments" in wanted:
        shown["segments"] = segments(row)
    return shown


def segments(row: Document | AnalysisDocument, tags: dict[int, list[Json]] | None = None) -> list[Json]:
    """Return the segments of a document, each with its tags if they are given."""
    shown: list[Json] = []
    for part in row.segments:
        one: Json = {"id": part.id, "text": row.text[part.start : part.end], "span": (part.start, part.end)}
        if tags is not None:
            one["tags"] = tags.get(part.id, [])
        shown.append(one)
    return shown


def tags_by_segment(tx: Tx, row: Document, session_id: int | None = None, show: Show = tag) -> dict[int, list[Json]]:
    """Return the tags of a document as they are shown, by the id of their segment."""
    found: dict[int, list[Json]] = {}
    within = {} if session_id is None else {"session_id": session_id}
    for given in tx.rows(Tag, **within, document_id=row.id):
        if session_id is not None or given.status == "READY":
            found.setdefault(given.segment_id, []).append(show(tx, given))
    return found


def plain(row: Document) -> Json:
    """Return a document as the contract's Document."""
    return {"text": row.text, "id": row.id}
