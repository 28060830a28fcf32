"""How documents, with the tags that they bring along, come into a labeling session. `fill` is the one way in.

Tags come from three places: the documents of a request, a file or a source say them; documents of the project have
some that belong to no session, of which the session gets copies; and attributes whose value is the name of a class or
a label become tags (`auto`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from mock_server.studio.domain import documents, session_counts, tags
from mock_server.studio.domain.drafts import Draft
from mock_server.studio.domain.sources import cell_text
from mock_server.studio.domain.tags import NEEDS, TagConflict
from mock_server.studio.rows import (
    Document,
    Label,
    ModelClass,
    Project,
    Segment,
    Session,
    SessionDocument,
    Tag,
    User,
)
from mock_server.world import Tx

Json = dict[str, Any]
Given = tuple[Segment, Mapping[str, Any]]


class Filling(msgspec.Struct, frozen=True):
    """What is to come into a session, as plain data that a job can keep.

    `document_ids` are documents of the project, None for all of them; `drafts` new ones; `sample_size` how many to draw
    from both together. `auto`: attributes become tags. `labeled`: the tags of the drafts are finished work, their
    segments are to be marked. `lenient`: tags that do not fit are left out. `bare`: documents of the project come without
    the tags that they have.
    """

    document_ids: list[int] | None = None
    drafts: list[Draft] = []
    sample_size: int | None = None
    auto: bool = False
    labeled: bool = False
    lenient: bool = False
    bare: bool = False


def fill(tx: Tx, session: Session, filling: Filling, user: User | None) -> list[tuple[int, int]]:
    """Bring documents with their tags into a session. Raises TagConflict.

    Returns what is to be marked, pairs of a document and a segment: what came labeled, and what attributes told.
    """
    known, drafts = _drawn(tx, session, filling)
    infer = _inferring(tx, session) if filling.auto else None
    marks: list[tuple[int, int]] = []
    segments = 0
    for document, draft in (*_known(tx, session, known), *_added(tx, session, drafts)):
        tx.put(SessionDocument(id=tx.new_id(SessionDocument), session_id=session.id, document_id=document.id))
        segments += len(document.segments)
        given = _said(tx, document, draft, filling.bare)
        done = _give(tx, session, document, given, user, filling.lenient or draft is None)
        inferred = [(segment, tag) for tag in infer(document.meta) for segment in document.segments] if infer else []
        sure = _give(tx, session, document, inferred, user, True)
        marks += [(document.id, segment_id) for segment_id in {**(done if filling.labeled else {}), **sure}]
    session_counts.count(tx, session.id, segments=segments)
    return marks


def marked(held: SessionDocument, segment_ids: Iterable[int], document: Document, now: datetime) -> SessionDocument:
    """Return the row with these segments marked, and the document too once all are; what is marked keeps its time."""
    marks = {**held.marks, **{segment_id: now for segment_id in segment_ids if segment_id not in held.marks}}
    whole = held.annotated or (now if len(marks) == len(document.segments) else None)
    if whole == held.annotated and len(marks) == len(held.marks):
        return held
    return msgspec.structs.replace(held, marks=marks, annotated=whole)


def mark_all(tx: Tx, session_id: int, marks: Iterable[Sequence[int]]) -> None:
    """Mark the segments (document, segment) of a session that are still there."""
    by_document: dict[int, list[int]] = {}
    for document_id, segment_id in marks:
        by_document.setdefault(document_id, []).append(segment_id)
    fresh = 0
    for document_id, segment_ids in by_document.items():
        held = tx.first(SessionDocument, session_id=session_id, document_id=document_id)
        document = tx.get(Document, document_id)
        if held is not None and document is not None:
            there = [segment.id for segment in document.segments if segment.id in segment_ids]
            after = tx.put(marked(held, there, document, tx.now))
            fresh += len(after.marks) - len(held.marks)
    session_counts.count(tx, session_id, marks=fresh)


def _drawn(tx: Tx, session: Session, filling: Filling) -> tuple[list[int], list[Draft]]:
    """Return the documents to take: all, or as many as are wanted, by chance."""
    known = filling.document_ids
    if known is None:
        known = list(tx.ids(Document, project_id=session.project_id))
    both = len(known) + len(filling.drafts)
    if filling.sample_size is None or filling.sample_size >= both:
        return known, filling.drafts
    numbers = sorted(tx.random.sample(range(both), filling.sample_size))
    split = len(known)
    return [known[at] for at in numbers if at < split], [filling.drafts[at - split] for at in numbers if at >= split]


def _known(tx: Tx, session: Session, document_ids: Iterable[int]) -> Iterator[tuple[Document, None]]:
    """Yield the documents that are still there and not in the session."""
    for document_id in dict.fromkeys(document_ids):
        document = tx.get(Document, document_id)
        if document is not None and not tx.ids(SessionDocument, session_id=session.id, document_id=document_id):
            yield document, None


def _added(tx: Tx, session: Session, drafts: Iterable[Draft]) -> Iterator[tuple[Document, Draft]]:
    """Add the new documents to the project and to the group of the session, if it has one."""
    groups = () if session.document_group_id is None else (session.document_group_id,)
    for draft in drafts:
        yield documents.new_document(tx, session.project_id, draft.text, draft.spans, draft.meta, groups), draft


def _said(tx: Tx, document: Document, draft: Draft | None, bare: bool) -> list[Given]:
    """Return the tags that come with a document."""
    if draft is not None:
        return [(document.segments[number], tag) for number, tag in draft.tags]
    return [] if bare else _brought(tx, document)


def _brought(tx: Tx, document: Document) -> list[Given]:
    """Return what the tags of a document say that belong to no session."""
    found: list[Given] = []
    for tag in tx.rows(Tag, session_id=None, document_id=document.id):
        segment = tags.segment_of(document, tag.segment_id)
        if segment is not None:
            names = {"class": _name(tx, ModelClass, tag.class_id), "label": _name(tx, Label, tag.label_id)}
            found.append((segment, {**names, "span": tag.span}))
    return found


def _name(tx: Tx, kind: type[ModelClass] | type[Label], row_id: int | None) -> str | None:
    found = tx.get(kind, row_id) if row_id is not None else None
    return found.name if found else None


def _give(
    tx: Tx, session: Session, document: Document, given: Iterable[Given], user: User | None, lenient: bool
) -> dict[int, None]:
    """Give tags, the same one once; return the ids of the segments that got one. Raises TagConflict unless lenient."""
    got: dict[int, None] = {}
    before: dict[int, list[Json]] = {}
    for segment, tag in given:
        said = {name: value for name, value in tag.items() if value is not None}
        if said in before.setdefault(segment.id, []):
            continue
        before[segment.id].append(said)
        try:
            fitting = tags.check_tag(tx, session, document, segment, said)
        except TagConflict:
            if lenient:
                continue
            raise
        tags.put_tag(tx, session, document, segment, fitting, user)
        got[segment.id] = None
    return got


def _inferring(tx: Tx, session: Session) -> Callable[[Json], list[Json]]:
    """Return the function that finds tags in the attributes of a document."""
    project = tx.get(Project, session.project_id)
    assert project is not None
    takes_class, takes_label = NEEDS[project.type]
    classes = {_name(tx, ModelClass, row_id) for row_id in session.class_ids}
    labels = {_name(tx, Label, row_id) for row_id in session.label_ids}

    def inferred(meta: Json) -> list[Json]:
        named = _matching(meta, classes, ("class", "aspect")) if takes_class is not False else []
        judged = _matching(meta, labels, ("label",)) if takes_label is not False else []
        if named and judged:
            return [{"class": name, "label": label} for name in named for label in judged]
        if takes_class and takes_label:
            return []
        return [*({"class": name} for name in named), *({"label": label} for label in judged)]

    return inferred


def _matching(meta: Json, names: set[str | None], words: tuple[str, ...]) -> list[str]:
    """Return the names among the values of attributes; those of attributes called like a word come first, alone."""
    values = {attribute: cell_text(value) for attribute, value in meta.items()}
    first = [value for attribute, value in values.items() if attribute.strip().casefold() in words and value in names]
    return list(dict.fromkeys(first or [value for value in values.values() if value in names]))
