"""The labeling sessions of generated worlds: for each project one finished, one half done; tags fit the sentences."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import msgspec

from mock_server.generate.writer import Written
from mock_server.studio.rows import Document, Project, Session, SessionDocument, Tag, User
from mock_server.world.rows import Row

R = TypeVar("R", bound=Row)
FINISHED_AT_MOST, BEGUN_AT_MOST, DONE_SHARE = 200, 600, 0.45
A_DOCUMENT, A_TAG = timedelta(seconds=60), timedelta(seconds=5)
LATER = timedelta(days=1)


class Making(Protocol):
    """What the rows are added to."""

    def add(self, row_type: type[R], /, **fields: Any) -> R:
        """Add a row under the next id of its table."""

    def uuid(self) -> str:
        """Return a new UUID."""


class Batch(msgspec.Struct, frozen=True):
    """Documents of a project and how they were written, who labels them, and the ids of classes and labels by name."""

    project: Project
    annotators: Sequence[User]
    classes: Mapping[str, int]
    labels: Mapping[str, int]
    documents: Sequence[tuple[Document, Written]]


def label_documents(draft: Making, batch: Batch) -> None:
    """Add the sessions."""
    middle = min((len(batch.documents) + 1) // 2, FINISHED_AT_MOST)
    _session(draft, batch, "First round", batch.documents[:middle], middle)
    rest = batch.documents[middle : middle + BEGUN_AT_MOST]
    if rest:
        _session(draft, batch, "Second round", rest, int(len(rest) * DONE_SHARE))


def _session(draft: Making, batch: Batch, name: str, some: Sequence[tuple[Document, Written]], done: int) -> None:
    """Add a session over some documents of which the first `done` are labelled."""
    begin = (batch.documents[0][0].created + LATER).replace(hour=8, minute=0, second=0)
    status = "FINISHED" if done == len(some) else "ANNOTATING" if done else "CREATED"
    last = begin + A_DOCUMENT * done
    session = draft.add(
        Session,
        uuid=draft.uuid(),
        project_id=batch.project.id,
        user_id=batch.annotators[0].id,
        name=name,
        status=status,
        class_ids=tuple(batch.classes.values()),
        label_ids=tuple(batch.labels.values()),
        segments_total=sum(len(document.segments) for document, _ in some),
        segments_done=sum(len(document.segments) for document, _ in some[:done]),
        created=begin,
        finished=last if status == "FINISHED" else None,
    )
    for at, (document, written) in enumerate(some):
        time = begin + A_DOCUMENT * (at + 1) if at < done else None
        marks = {segment.id: time for segment in document.segments} if time else {}
        draft.add(SessionDocument, session_id=session.id, document_id=document.id, marks=marks, annotated=time)
        if time:
            _tags(draft, batch, session, document, written, time - A_DOCUMENT)


def _tags(draft: Making, batch: Batch, session: Session, document: Document, written: Written, time: datetime) -> None:
    user_id = batch.annotators[document.id // 10 % len(batch.annotators)].id
    for segment, (class_name, label_name) in zip(document.segments, written.topics, strict=True):
        if class_name is None and label_name is None:
            continue
        time += A_TAG
        draft.add(
            Tag,
            project_id=session.project_id,
            session_id=session.id,
            document_id=document.id,
            segment_id=segment.id,
            class_id=batch.classes.get(class_name or ""),
            label_id=batch.labels.get(label_name or ""),
            user_id=user_id,
            created=time,
        )
