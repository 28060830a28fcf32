"""Documents of a project: texts, divided into segments that cover them, with attributes and tags."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from mock_server.studio.domain import session_counts, still_there, tags
from mock_server.studio.domain.drafts import Draft
from mock_server.studio.domain.errors import NotFound
from mock_server.studio.rows import Analysis, Document, Group, Segment, Session, SessionDocument, Tag, User
from mock_server.text import Span
from mock_server.world import Ids, Job, Tx
from mock_server.world.jobs import finishes

Json = dict[str, Any]


class DocumentNotFound(NotFound):
    """There is no such document in the project."""

    def __init__(self, document_id: int) -> None:
        super().__init__("The document or the project was not found")
        self.document_id = document_id


def get_document(tx: Tx, project_id: int, document_id: int) -> Document:
    """Return a document of the project. Raises DocumentNotFound."""
    found = tx.get(Document, document_id)
    if found is None or found.project_id != project_id:
        raise DocumentNotFound(document_id)
    return found


# Adding


def new_document(
    tx: Tx,
    project_id: int,
    text: str,
    spans: Sequence[Span],
    meta: Json | None = None,
    group_ids: Iterable[int] = (),
) -> Document:
    """Add a document to a project; `spans` are those of its segments, as `drafts.split_all` finds them."""
    return tx.put(
        Document(
            id=tx.new_id(Document),
            project_id=project_id,
            text=text,
            segments=_segments(tx, spans),
            meta=meta or {},
            group_ids=tuple(group_ids),
            created=tx.now,
        )
    )


def create_document(tx: Tx, project_id: int, draft: Draft) -> Document:
    """Add one document to a project. Raises ProjectNotFound."""
    return add_draft(tx, still_there.project(tx, project_id).id, draft)


def add_draft(tx: Tx, project_id: int, draft: Draft, group_ids: Iterable[int] = ()) -> Document:
    """Add a document with those of its tags that fit; these belong to the project, not to a session."""
    document = new_document(tx, project_id, draft.text, draft.spans, draft.meta, group_ids)
    for number, given in draft.tags:
        segment = document.segments[number]
        try:
            fitting = tags.check_tag(tx, None, document, segment, given)
        except tags.TagConflict:  # said twice, or its class or label has gone since it was checked
            continue
        tags.put_tag(tx, None, document, segment, fitting, None)
    return document


def check_drafts(tx: Tx, project_id: int, drafts: Iterable[Draft]) -> None:
    """Raise TagConflict if a draft has a tag that does not fit its segment or the project."""
    for draft in drafts:
        if draft.tags:
            segments = tuple(Segment(-1, start, end) for start, end in draft.spans)
            document = Document(id=-1, project_id=project_id, text=draft.text, segments=segments, created=tx.now)
            for number, given in draft.tags:
                tags.check_tag(tx, None, document, segments[number], given)


def upload_documents(tx: Tx, project_id: int, user: User | None, drafts: Sequence[Draft]) -> Job:
    """Start the task that adds the documents. Raises ProjectNotFound, TagConflict."""
    still_there.project(tx, project_id)
    check_drafts(tx, project_id, drafts)
    return tx.start_job(
        "UPLOAD",
        project_id,
        duration(len(drafts)),
        project_id=project_id,
        user_id=still_there.user_id(tx, user),
        payload=msgspec.to_builtins(drafts),
    )


def duration(documents: int) -> float:
    """Return how many seconds a task takes for so many documents: half a second to three."""
    return 0.5 + min(documents / 1000, 2.5)


@finishes("UPLOAD")
def finish_upload(tx: Tx, job: Job) -> None:
    """End of the task that `upload_documents` started: the documents are there."""
    for draft in msgspec.convert(job.payload, list[Draft]):
        add_draft(tx, job.subject, draft)


def _segments(tx: Tx, spans: Sequence[Span]) -> tuple[Segment, ...]:
    if not spans:
        return ()
    first = tx.new_id("segment", len(spans))
    return tuple([Segment(first + at, start, end) for at, (start, end) in enumerate(spans)])


# Changing and deleting


def change_document(tx: Tx, project_id: int, document_id: int, text: str, spans: Sequence[Span]) -> Document:
    """Give a document another text. Raises DocumentNotFound.

    A segment whose words are the same keeps its id, its tags and its marks; those of the others go.
    """
    document = get_document(tx, project_id, document_id)
    if document.text == text:
        return document
    before = {segment.id: segment for segment in document.segments}
    after = tuple(_kept_or_new(tx, document, text, spans))
    changed = tx.change(document, text=text, segments=after)
    _move_tags(tx, document_id, before, {segment.id: segment for segment in after})
    _drop_marks(tx, changed, len(before))
    return changed


def delete_document(tx: Tx, project_id: int, document_id: int) -> None:
    """Delete a document; its tags and marks go, groups and sessions no longer have it. Raises DocumentNotFound."""
    document = get_document(tx, project_id, document_id)
    held = list(tx.rows(SessionDocument, document_id=document_id))
    tx.delete(document)
    for row in held:
        session_counts.count(tx, row.session_id, segments=-len(document.segments), marks=-len(row.marks))


def _kept_or_new(tx: Tx, document: Document, text: str, spans: Sequence[Span]) -> Iterator[Segment]:
    kept: defaultdict[str, deque[int]] = defaultdict(deque)
    for segment in document.segments:
        kept[document.text[segment.start : segment.end]].append(segment.id)
    for start, end in spans:
        same = kept[text[start:end]]
        yield Segment(same.popleft() if same else tx.new_id("segment"), start, end)


def _move_tags(tx: Tx, document_id: int, before: dict[int, Segment], after: dict[int, Segment]) -> None:
    for tag in list(tx.rows(Tag, document_id=document_id)):
        now = after.get(tag.segment_id)
        if now is None:
            tx.delete(tag)
        elif tag.span is not None:
            shift = now.start - before[tag.segment_id].start
            tx.change(tag, span=(tag.span[0] + shift, tag.span[1] + shift))


def _drop_marks(tx: Tx, document: Document, segments_before: int) -> None:
    there = {segment.id for segment in document.segments}
    for held in list(tx.rows(SessionDocument, document_id=document.id)):
        marks = {segment_id: when for segment_id, when in held.marks.items() if segment_id in there}
        annotated = held.annotated if marks.keys() == there else None
        tx.change(held, marks=marks, annotated=annotated)
        segments, gone = len(there) - segments_before, len(held.marks) - len(marks)
        session_counts.count(tx, held.session_id, segments=segments, marks=-gone)


# Finding


class Filters(msgspec.Struct, frozen=True):
    """What the documents of a list must be; None asks for nothing. Ids that do not exist leave no document."""

    annotation_id: int | None = None
    analysis_id: int | None = None
    group_id: int | None = None
    grouped: bool | None = None
    analysed: bool | None = None
    search: str | None = None


def list_documents(tx: Tx, project_id: int, filters: Filters, offset: int, limit: int) -> tuple[list[Document], bool]:
    """Return one page of the documents that pass all filters, by id, and whether there are more behind it.

    A page costs the page if one index finds it; with `search` or several filters everything before it is read as well.
    """
    narrowed = _narrowed(tx, project_id, filters)
    candidates, *others = sorted(narrowed, key=len) or [tx.ids(Document, project_id=project_id)]
    if offset >= len(candidates):
        return [], False
    if not others and not filters.search:
        return tx.page(Document, candidates, offset, limit), offset + limit < len(candidates)
    found = [*islice(_passing(tx, candidates, others, filters.search), offset, offset + limit + 1)]
    return found[:limit], len(found) > limit


def _narrowed(tx: Tx, project_id: int, filters: Filters) -> list[Ids]:
    """Return the documents that pass each of the filters that ask for something, but for `search`."""
    sets = []
    if filters.annotation_id is not None:
        held = _of_project(tx, Session, filters.annotation_id, project_id)
        rows = tx.rows(SessionDocument, session_id=filters.annotation_id) if held else ()
        sets.append(Ids.of(row.document_id for row in rows))
    for kind, field, wanted in (
        (Group, "group_ids", filters.group_id),
        (Analysis, "analysis_ids", filters.analysis_id),
    ):
        if wanted is not None:
            there = _of_project(tx, kind, wanted, project_id)
            sets.append(tx.ids(Document, **{field: wanted}) if there else Ids())
    if filters.grouped:
        sets.append(tx.ids(Document, project_id=project_id, grouped=True))
    if filters.analysed:
        sets.append(tx.ids(Document, project_id=project_id, analysed=True))
    return sets


def _of_project(tx: Tx, kind: type[Session] | type[Group] | type[Analysis], row_id: int, project_id: int) -> bool:
    row = tx.get(kind, row_id)
    return row is not None and row.project_id == project_id


def _passing(tx: Tx, candidates: Ids, others: list[Ids], search: str | None) -> Iterator[Document]:
    wanted = (search or "").casefold()
    for document_id in candidates:
        if all(document_id in other for other in others):
            row = tx.get(Document, document_id)
            if row is not None and wanted in row.text.casefold():
                yield row
