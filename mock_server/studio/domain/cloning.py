"""Cloning: a job that copies everything in a project, each row with a new id, every reference to where its copy is.

Not copied: permissions, tasks, uploaded files. What the source begins after the clone was asked for, and has not ready
when the copy is made, is left out.
"""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from mock_server.studio.domain import model_places
from mock_server.studio.rows import (
    Analysis,
    AnalysisDocument,
    Document,
    Found,
    Group,
    Hitl,
    Label,
    Model,
    ModelClass,
    Named,
    Project,
    Review,
    Segment,
    Session,
    SessionDocument,
    Tag,
    User,
)
from mock_server.world import Job, Row, Tx
from mock_server.world.jobs import JobFailed, finishes

R = TypeVar("R", bound=Row)
SECONDS = 1.0
UNREADY = frozenset({"PROCESSING", "SAMPLING", "PREDICTING", "DELETING", "QUEUED", "TRAINING", "ANALYZING"})
KINDS: tuple[type[Row], ...] = (
    ModelClass,
    Label,
    Group,
    Model,
    Analysis,
    Document,
    Session,
    Hitl,
    Review,
)  # each refers to earlier ones


def start(tx: Tx, source: Project, clone: Project, user: User) -> Job:
    """Start the job that fills a clone. It ends after everything that is under way in the source now."""
    pending = [(job.due - tx.now).total_seconds() for job in _pending(tx, source.id)]
    seconds = max([0.0, *pending]) + SECONDS
    return tx.start_job(
        "CLONE", clone.id, seconds, project_id=clone.id, user_id=user.id, payload={"source_id": source.id}
    )


@finishes("CLONE", Project)
def end_clone(tx: Tx, job: Job) -> None:
    """Fill the clone. Raises JobFailed, the clone being FAILED, if its source has been deleted meanwhile."""
    clone = tx.get(Project, job.subject)
    assert clone is not None and isinstance(job.payload, dict)
    source = tx.get(Project, job.payload["source_id"])
    if source is None or source.status == "DELETED":
        tx.change(clone, status="FAILED")
        raise JobFailed("The project that was to be cloned was deleted")
    Copy(tx, source, clone).make()
    tx.change(clone, status="CREATED")


class Copy:
    """One copy in the making. `ids` maps the old ids of each table to the new ones, `segments` those of segments."""

    def __init__(self, tx: Tx, source: Project, clone: Project) -> None:
        self.tx, self.source, self.clone = tx, source, clone
        self.ids: dict[str, dict[int, int]] = {"Project": {source.id: clone.id}}
        self.segments: dict[int, int] = {}
        self.names: set[str] = set()  # of models, which are unique in a workspace
        self.pending = {job.subject for job in _pending(tx, source.id)}

    def make(self) -> None:
        """Copy everything."""
        for kind in KINDS:
            self._copy(kind, self._ready(kind))
        self._move_demosets()
        held = [row for old in self.ids["Session"] for row in self.tx.rows(SessionDocument, session_id=old)]
        self._copy(SessionDocument, held)
        read = [row for old in self.ids["Analysis"] for row in self.tx.rows(AnalysisDocument, analysis_id=old)]
        self._copy(AnalysisDocument, read)
        tags = self.tx.rows(Tag, project_id=self.source.id)
        self._copy(Tag, [tag for tag in tags if tag.session_id is None or tag.session_id in self.ids["Session"]])

    def _move_demosets(self) -> None:
        """Let what models show name the documents of the clone."""
        for model_id in self.ids["Model"].values():
            row = self.tx.get(Model, model_id)
            if row is not None and row.demoset:
                self.tx.change(row, demoset=tuple(self._demonstrated(shown) for shown in row.demoset))

    def _demonstrated(self, shown: dict[str, Any]) -> dict[str, Any]:
        segments = [{**part, "id": self.segments.get(part["id"], part["id"])} for part in shown["segments"]]
        return {**shown, "id": self.ids["Document"].get(shown["id"], shown["id"]), "segments": segments}

    def _ready(self, kind: type[R]) -> Iterator[R]:
        for row in self.tx.rows(kind, project_id=self.source.id):
            if getattr(row, "status", "") not in UNREADY or row.id not in self.pending:
                yield row

    def _copy(self, kind: type[R], rows: Iterable[R]) -> None:
        found = list(rows)
        twins = {row.id: twin.id for row in found if (twin := self._twin(row))}
        alone = [row for row in found if row.id not in twins]
        first = self.tx.new_id(kind, len(alone))
        numbers = self.ids[kind.__name__] = {**twins, **{row.id: first + at for at, row in enumerate(alone)}}
        self.tx.put_all(kind, [msgspec.structs.replace(row, id=numbers[row.id], **self._fields(row)) for row in alone])

    def _twin(self, row: Row) -> Row | None:
        """The class or label that somebody has given the clone in the meantime, if it has the name of this one."""
        if not isinstance(row, ModelClass | Label):
            return None
        return self.tx.first(type(row), project_id=self.clone.id, name=row.name)

    def _fields(self, row: Row) -> dict[str, Any]:
        """What differs in the copy of a row, beside its id."""
        fields = {field: self._moved(getattr(row, field), ref.table) for field, ref in type(row).REFS.items()}
        if hasattr(row, "uuid"):
            fields["uuid"] = self.tx.uuid()
        if isinstance(row, Document):
            fields["segments"] = tuple(self._segments(row.segments))
        elif isinstance(row, SessionDocument):
            fields["marks"] = {self.segments[segment_id]: at for segment_id, at in row.marks.items()}
        elif isinstance(row, Tag):
            fields["segment_id"] = self.segments[row.segment_id]
        elif isinstance(row, Model):
            fields["name"] = model_places.free_name(self.tx, self.clone.organization_id, row.name, self.names)
            self.names.add(fields["name"])
        elif isinstance(row, Analysis):
            fields["organization_id"] = self.clone.organization_id
            fields["classes"] = self._named(row.classes, "ModelClass")
            fields["labels"] = self._named(row.labels, "Label")
        elif isinstance(row, AnalysisDocument):
            fields["segments"] = tuple(self._segments(row.segments))
            fields["tags"] = tuple(self._found(row.tags))
        return fields

    def _named(self, known: Iterable[Named], table: str) -> tuple[Named, ...]:
        """Classes or labels of an analysis under the ids that they have in the copy; those that have gone keep theirs."""
        numbers = self.ids[table]
        return tuple(msgspec.structs.replace(one, id=numbers.get(one.id, one.id)) for one in known)

    def _found(self, tags: tuple[Found, ...]) -> Iterator[Found]:
        for number, tag in enumerate(tags, self.tx.new_id(Tag, len(tags))):
            yield msgspec.structs.replace(tag, id=number, segment_id=self.segments[tag.segment_id])

    def _moved(self, value: Any, table: str) -> Any:
        """A reference, or a tuple of them, as it is in the copy; people, and models of no project, stay the same."""
        numbers = self.ids.get(table)
        if numbers is None or value is None:
            return value
        if isinstance(value, tuple):
            return tuple([numbers[item] for item in value if item in numbers])
        return numbers.get(value, value if table == "Model" else None)

    def _segments(self, segments: tuple[Segment, ...]) -> Iterator[Segment]:
        first = self.tx.new_id("segment", len(segments)) if segments else 0
        for number, segment in enumerate(segments, first):
            self.segments[segment.id] = number
            yield Segment(number, segment.start, segment.end)


def _pending(tx: Tx, project_id: int) -> list[Job]:
    return [job for job in tx.rows(Job, project_id=project_id) if job.status == "STARTED"]
