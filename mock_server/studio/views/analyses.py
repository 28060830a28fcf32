"""How analyses and their documents are shown, and what an analysis is downloaded as."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from mock_server.contract import Json
from mock_server.sheets import Cell
from mock_server.studio.domain import analyses, labeled
from mock_server.studio.domain.analyses import Plan
from mock_server.studio.domain.analysis_documents import Reading, row_of
from mock_server.studio.domain.drafts import RESERVED
from mock_server.studio.domain.sources import as_cell
from mock_server.studio.rows import Analysis, AnalysisDocument, Found, Named
from mock_server.studio.views.documents import SHOWN, segments
from mock_server.world import Tx

# The columns of a download: those of labeled documents, without the session and the spans of tags.
COLUMNS = ("document_id", "segment_id", "text", "segment", "segment_start", "segment_end", "class", "label")


def analysis(tx: Tx, row: Analysis, details: Sequence[str] | None = None) -> Json:
    """Return an analysis as the contract's Analysis; its documents are there if any `details` are asked for."""
    status, progress = analyses.life(tx, row)
    shown: Json = {
        "created": row.created,
        "finished": row.finished,
        "document_count": len(tx.ids(AnalysisDocument, analysis_id=row.id)),
        "uuid": row.uuid,
        "id": row.id,
        "name": row.name,
        "progress": progress,
        "model_id": row.model_id,
        "status": status,
        "type": row.type,
        "description": row.description,
        "classes": [_class(one) for one in row.classes],
        "labels": [{"id": one.id, "name": one.name} for one in row.labels],
    }
    if details:
        shown["documents"] = documents(row, tx.rows(AnalysisDocument, analysis_id=row.id), details)
    return shown


def documents(row: Analysis, read: Iterable[AnalysisDocument], details: Sequence[str] | None) -> list[Json]:
    """Return documents of an analysis as the contract's LabelledDocument; their tags are shown when it is FINISHED."""
    wanted, finished = SHOWN.intersection(details or ()), row.status == "FINISHED"
    return [_document(one, wanted, one.tags if finished else ()) for one in read]


def ad_hoc(plan: Plan, readings: Iterable[Reading]) -> Json:
    """Return what was found at once as the contract's AdHocAnalysis; whatever has no number of its own counts from 1."""
    shown, segment_id, tag_id = [], 1, 1
    for number, one in enumerate(readings, 1):
        row = row_of(one, 0, number, segment_id, tag_id)
        shown.append(_document(row, {"tags"}, row.tags))
        segment_id, tag_id = segment_id + len(row.segments), tag_id + len(row.tags)
    return {"model": plan.model.display_name, "documents": shown, "type": plan.model.type}


def table(tx: Tx, row: Analysis) -> tuple[list[str], list[list[Cell]]]:
    """Return an analysis as header and rows: one for each tag, and one for each segment, or text, that has none.

    Costs its documents: call it in a thread, a world never changes.
    """
    read = list(tx.rows(AnalysisDocument, analysis_id=row.id))
    metas = dict.fromkeys(name for one in read for name in one.meta)
    names = [name for name in metas if name not in labeled.NO_META and name not in labeled.WORDS]
    rows = []
    for one in read:
        meta = [as_cell(one.meta.get(name)) for name in names]
        rows += [[*line, *meta] for line in _lines(one)]
    return [*COLUMNS, *names], rows


def _document(one: AnalysisDocument, wanted: Iterable[str], tags: Iterable[Found]) -> Json:
    shown: Json = {"id": one.shown_id, "text": one.text}
    if "meta" in wanted:
        shown.update({name: value for name, value in one.meta.items() if name not in RESERVED})
    if "tags" in wanted:
        shown["segments"] = segments(one, _by_segment(tags))
    elif "segments" in wanted:
        shown["segments"] = segments(one)
    return shown


def _by_segment(tags: Iterable[Found]) -> dict[int, list[Json]]:
    found: dict[int, list[Json]] = {}
    for tag in tags:
        shown = {"id": tag.id, "class": tag.class_name, "label": tag.label_name}
        found.setdefault(tag.segment_id, []).append(shown)
    return found


def _lines(one: AnalysisDocument) -> Iterator[list[Cell]]:
    """Yield the cells of `COLUMNS`."""
    tags: dict[int, list[Any]] = {}
    for tag in one.tags:
        tags.setdefault(tag.segment_id, []).append(tag)
    if not one.segments:
        yield [one.shown_id, None, one.text, *[None] * 5]
    for part in one.segments:
        place: list[Cell] = [one.shown_id, part.id, one.text, one.text[part.start : part.end], part.start, part.end]
        for tag in tags.get(part.id) or [Found(0, part.id)]:
            yield [*place, tag.class_name, tag.label_name]


def _class(one: Named) -> Json:
    return {"id": one.id, "name": one.name, "example": one.example, "description": one.description}
