"""Entries about labeling sessions: their documents, the tags given there and the segments marked as annotated.

People give the tags of a document one after another, a few seconds each, and mark its segments at the end; `at` is when
they began with it. In a correction session the tags are the model's unless their `origin` says otherwise, and CORRECTING
until their segment is marked or their `status` says otherwise; `refused` is how many of the model's were taken away.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec

from mock_server.places import Entry
from mock_server.studio.cast.checker import Checker
from mock_server.studio.cast.documents import documents_of
from mock_server.studio.cast.resources import SESSION_DOCUMENT, TAG
from mock_server.studio.cast.stage import Stage, uuid
from mock_server.studio.rows import (
    Document,
    Group,
    Label,
    Model,
    ModelClass,
    Project,
    Segment,
    Session,
    SessionDocument,
    Tag,
    User,
)

A_TAG, A_MARK = timedelta(seconds=6), timedelta(seconds=1)
CORRECTION_ONLY = ("origin", "status", "refused")
NEEDS = {"ABSA": ("class", "label"), "CLASS": ("class",), "LABEL": ("label",), "CLASSLABEL": ()}


class Work(msgspec.Struct):
    """Somebody at work on one document of a session."""

    session: Session
    document: Document
    user_id: int | None
    time: datetime


def session(stage: Stage, checker: Checker, entry: Entry) -> None:
    """Add a session with its documents, tags and marks; its counts and its status follow from them."""
    row = stage.add(Session, entry, **_fields(stage, entry))
    stage.call(row, entry, "name", row.project_id, unique=False)
    parts = {_document_id(stage, checker, part, row): part for part in entry.get("documents", ())}
    if len(parts) < len(entry.get("documents", ())):
        raise entry.fault("documents", "a document is listed twice; right would be once")
    listed = list(parts) if "documents" in entry or "group" in entry else _all(stage, row.project_id)
    for document_id in documents_of(stage, entry, row.project_id, listed):
        _session_document(stage, checker, row, document_id, parts.get(document_id))
    _conclude(stage, entry, row)


def _fields(stage: Stage, entry: Entry) -> dict[str, Any]:
    project_id = stage.find(Project, entry, "project")
    return {
        "project_id": project_id,
        "user_id": stage.found(User, entry, "user"),
        "document_group_id": stage.found(Group, entry, "group", project_id),
        "model_id": stage.found(Model, entry, "model"),
        "uuid": entry.get("uuid", uuid("session", entry["name"], project_id)),
        "class_ids": _chosen(stage, entry, "classes", ModelClass, project_id),
        "label_ids": _chosen(stage, entry, "labels", Label, project_id),
    }


def _chosen(stage: Stage, entry: Entry, field: str, kind: type[ModelClass] | type[Label], project_id: int) -> list[int]:
    if field in entry:
        return [stage.named(kind, name, entry, field, project_id) for name in entry[field]]
    return [row.id for row in stage.rows[kind].values() if row.project_id == project_id]


def _document_id(stage: Stage, checker: Checker, part: Entry, row: Session) -> int:
    return stage.find(Document, checker.check(part, SESSION_DOCUMENT), "document", row.project_id)


def _all(stage: Stage, project_id: int) -> list[int]:
    return [row.id for row in stage.rows[Document].values() if row.project_id == project_id]


def _session_document(stage: Stage, checker: Checker, row: Session, document_id: int, part: Entry | None) -> None:
    marks: dict[int, datetime] = {}
    if part is not None:
        _refuse_outside_corrections(part, row)
        work = _work(stage, part, row, document_id)
        given = [_tag(stage, checker.check(tag, TAG), work) for tag in part.get("tags", ())]
        marks = _marks(part, work)
        if row.mode == "CORRECTION":
            _correct(stage, given, marks)
    complete = marks and len(marks) == len(stage.get(Document, document_id).segments)
    whole = max(marks.values()) if complete else None
    row_id = stage.next_id(SessionDocument)
    held = SessionDocument(id=row_id, session_id=row.id, document_id=document_id, marks=marks, annotated=whole)
    stage.put(msgspec.structs.replace(held, refused=part.get("refused", 0) if part is not None else 0))


def _refuse_outside_corrections(entry: Entry, row: Session) -> None:
    for field in CORRECTION_ONLY if row.mode != "CORRECTION" else ():
        if field in entry:
            raise entry.fault(field, "stands in a labeling session; right would be to leave it out, or mode CORRECTION")


def _correct(stage: Stage, given: list[tuple[Entry, Tag]], marks: dict[int, datetime]) -> None:
    """Say of the tags of a document in a correction session whose they are, and whether somebody stands by them."""
    for entry, row in given:
        origin, done = entry.get("origin", "MODEL"), row.segment_id in marks
        status = entry.get("status", "READY" if done or origin != "MODEL" else "CORRECTING")
        if done and status != "READY":
            raise entry.fault("status", f"{status} does not fit: the segment is marked; right would be READY")
        user_id = None if origin == "MODEL" else row.user_id
        stage.change(row, origin=origin, status=status, user_id=user_id)


def _work(stage: Stage, part: Entry, row: Session, document_id: int) -> Work:
    begin = stage.time(part, "at") if "at" in part else row.created
    if begin < row.created:
        raise part.fault("at", f"{part['at']} is before the session was created; right would be a later time")
    user_id = stage.find(User, part, "by") if "by" in part else row.user_id
    return Work(row, stage.get(Document, document_id), user_id, begin)


def _tag(stage: Stage, entry: Entry, work: Work) -> tuple[Entry, Tag]:
    _refuse_outside_corrections(entry, work.session)
    session, project_id = work.session, work.session.project_id
    segment, span = _segment(entry, work.document)
    work.time = stage.time(entry, "at") if entry.get("at") else work.time + A_TAG
    fields: dict[str, Any] = {"project_id": project_id, "session_id": session.id, "document_id": work.document.id}
    fields |= {"segment_id": segment.id, "span": span, "created": work.time}
    fields["class_id"] = _one_of(stage, entry, "class", ModelClass, project_id, session.class_ids)
    fields["label_id"] = _one_of(stage, entry, "label", Label, project_id, session.label_ids)
    fields["user_id"] = stage.find(User, entry, "by") if "by" in entry else work.user_id
    _check_kind(stage, entry, project_id)
    return entry, stage.add(Tag, entry, **fields)


def _one_of(
    stage: Stage, entry: Entry, field: str, kind: type[Any], project_id: int, allowed: tuple[int, ...]
) -> int | None:
    found = stage.found(kind, entry, field, project_id)
    if found is not None and found not in allowed:
        raise entry.fault(field, f"{entry[field]} is not among those of the session; right would be to add it there")
    return found


def _check_kind(stage: Stage, entry: Entry, project_id: int) -> None:
    kind = stage.get(Project, project_id).type
    for field in NEEDS[kind]:
        if entry.get(field) is None:
            raise entry.fault(field, f"is missing; a tag in a project of type {kind} has {' and '.join(NEEDS[kind])}")
    if entry.get("class") is None and entry.get("label") is None:
        raise entry.fault("class", "is missing, and so is label; right would be one of them at least")


def _segment(entry: Entry, document: Document) -> tuple[Segment, tuple[int, int] | None]:
    """Return the segment that a tag names by its number, from 1, or by words in it, and the span of these words."""
    parts = document.segments
    if "segment" in entry:
        if entry["segment"] > len(parts):
            raise entry.fault(
                "segment", f"document {document.id} has {len(parts)} segments; right would be 1 to {len(parts)}"
            )
        parts = parts[entry["segment"] - 1 : entry["segment"]]
    elif "text" not in entry:
        raise entry.fault("segment", "is missing; right would be the number of a segment, or words of it as text")
    if "text" not in entry:
        return parts[0], None
    found = [(part, document.text.find(entry["text"], part.start, part.end)) for part in parts]
    places = [(part, (at, at + len(entry["text"]))) for part, at in found if at >= 0]
    if len(places) != 1:
        told = "in none" if not places else f"in {len(places)}"
        raise entry.fault(
            "text", f"the words stand {told} of the segments of document {document.id}; right would be in one"
        )
    return places[0]


def _marks(part: Entry, work: Work) -> dict[int, datetime]:
    """Return when each of the marked segments was marked: one after the other, behind the last tag."""
    wanted, segments = part.get("marks", ()), work.document.segments
    numbers = range(1, len(segments) + 1) if wanted == "all" else wanted
    wrong = [number for number in numbers if number > len(segments)]
    if wrong:
        told = f"document {work.document.id} has {len(segments)} segments, not {wrong[0]}"
        raise part.fault("marks", f"{told}; right would be 1 to {len(segments)}")
    return {segments[number - 1].id: work.time + A_MARK * at for at, number in enumerate(numbers, 1)}


def _conclude(stage: Stage, entry: Entry, row: Session) -> None:
    held = [part for part in stage.rows[SessionDocument].values() if part.session_id == row.id]
    total = sum(len(stage.get(Document, part.document_id).segments) for part in held)
    marks = [time for part in held for time in part.marks.values()]
    complete = total > 0 and len(marks) == total
    begun = marks or (row.mode == "CORRECTION" and total > 0)
    status = entry.get("status", "FINISHED" if complete else "ANNOTATING" if begun else "CREATED")
    if (status == "FINISHED") != complete:
        raise entry.fault(
            "status", f"{status} does not fit: {len(marks)} of {total} segments are marked; FINISHED means all"
        )
    finished = row.finished or (max(marks) if complete else None)
    if (finished is not None) != complete or (finished is not None and finished < max(marks)):
        raise entry.fault("finished", "does not fit the marks; right would be to leave it out")
    if marks and max(marks) > stage.now:
        raise entry.fault("documents", "a mark comes after the world's now; right would be an earlier at")
    stage.change(row, segments_total=total, segments_done=len(marks), status=status, finished=finished)
