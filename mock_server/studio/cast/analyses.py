"""Entries about analyses. The documents that they read are documents of the project, or come along with a text of their own.

What was found is what a model that knows no more than the names and texts of the project's classes and labels finds, unless
the entry of a document has `tags`.
"""

from typing import Any

from mock_server import text
from mock_server.places import Entry
from mock_server.studio import predicting
from mock_server.studio.cast.checker import Checker
from mock_server.studio.cast.documents import documents_of
from mock_server.studio.cast.resources import ANALYSIS_DOCUMENT, FOUND
from mock_server.studio.cast.stage import Stage, uuid
from mock_server.studio.predicting import ClassInfo, Tagger
from mock_server.studio.rows import (
    Analysis,
    AnalysisDocument,
    Document,
    Found,
    Label,
    Model,
    ModelClass,
    Named,
    Project,
    Segment,
    Tag,
    User,
)


def analysis(stage: Stage, checker: Checker, entry: Entry) -> None:
    """Add an analysis with its documents; the project of its entry is that of its model."""
    project = stage.get(Project, stage.find(Project, entry, "project"))
    classes = [row for row in stage.rows[ModelClass].values() if row.project_id == project.id]
    labels = [row for row in stage.rows[Label].values() if row.project_id == project.id]
    status = entry.get("status", "FINISHED")
    fields: dict[str, Any] = {
        "project_id": project.id,
        "organization_id": project.organization_id,
        "type": project.type,
        "model_id": stage.found(Model, entry, "model"),
        "user_id": stage.found(User, entry, "user"),
        "uuid": entry.get("uuid", uuid("analysis", entry["name"], project.id)),
        "progress": entry.get("progress", 100 if status == "FINISHED" else 0),
        "classes": [Named(row.id, row.name, row.example, row.description) for row in classes],
        "labels": [Named(row.id, row.name) for row in labels],
    }
    row = stage.add(Analysis, entry, **fields)
    if status == "FINISHED" and row.finished is None:
        row = stage.change(row, finished=row.created)
    infos = [ClassInfo(one.name, one.example, one.description) for one in classes]
    tagger = predicting.learn(project.type, (), infos, [one.name for one in labels])  # type: ignore[arg-type]
    _documents(stage, checker, entry, row, tagger)


def _documents(stage: Stage, checker: Checker, entry: Entry, row: Analysis, tagger: Tagger) -> None:
    given = entry.get("documents", ())
    own = [checker.check(part, ANALYSIS_DOCUMENT) for part in given if isinstance(part, Entry)]
    names = [part for part in given if not isinstance(part, Entry)]
    listed = [stage.named(Document, name, entry, "documents", row.project_id) for name in names]
    for document_id in documents_of(stage, entry, row.project_id or 0, listed):
        read = stage.get(Document, document_id)
        stage.change(read, analysis_ids=(*read.analysis_ids, row.id))
        segments = _divided(stage, None, None, read.text, [(part.start, part.end) for part in read.segments])
        _put(stage, row, segments, None, tagger, number=read.id, text=read.text, meta=read.meta)
    for part in own:
        segments = _divided(stage, part, part.get("segments_from"), part["text"], text.split(part["text"]))
        tags = [checker.check(tag, FOUND) for tag in part["tags"]] if "tags" in part else None
        _put(
            stage,
            row,
            segments,
            tags,
            tagger,
            number=part.get("id"),
            text=part["text"],
            meta=dict(part.get("meta", {})),
        )


def _divided(stage: Stage, part: Entry | None, first: int | None, text: str, spans: Any) -> tuple[Segment, ...]:
    try:
        return stage.divide(stage.next_id(AnalysisDocument), first, spans)
    except ValueError as error:
        assert part is not None  # without `first` no id is taken
        raise part.fault("segments_from", str(error)) from None


def _put(
    stage: Stage, row: Analysis, segments: tuple[Segment, ...], tags: list[Entry] | None, tagger: Tagger, **fields: Any
) -> None:
    if tags is not None:
        found = tuple(_told(stage, tag, row, segments) for tag in tags)
    else:
        found = tuple(_predicted(stage, tagger, fields["text"], segments)) if row.status == "FINISHED" else ()
    row_id = stage.next_id(AnalysisDocument)
    stage.put(AnalysisDocument(id=row_id, analysis_id=row.id, segments=segments, tags=found, **fields))


def _predicted(stage: Stage, tagger: Tagger, text: str, segments: tuple[Segment, ...]) -> list[Found]:
    return [
        Found(stage.take_id(Tag), part.id, tag.class_name, tag.label_name)
        for part in segments
        for tag in predicting.predict(tagger, text[part.start : part.end])
    ]


def _told(stage: Stage, entry: Entry, row: Analysis, segments: tuple[Segment, ...]) -> Found:
    if entry["segment"] > len(segments):
        told = f"the document has {len(segments)} segments; right would be 1 to {len(segments)}"
        raise entry.fault("segment", told)
    class_id = stage.found(ModelClass, entry, "class", row.project_id)
    label_id = stage.found(Label, entry, "label", row.project_id)
    return Found(
        stage.take_id(Tag, entry.get("id")),
        segments[entry["segment"] - 1].id,
        stage.get(ModelClass, class_id).name if class_id is not None else None,
        stage.get(Label, label_id).name if label_id is not None else None,
    )
