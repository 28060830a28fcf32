"""Tags: a class, a label or both, given to a segment. The one place for what a tag may be, wherever it comes from.

A tag that comes in is a map with any of `class`, `label` (names), `span` (two offsets into the text of the document)
and `text`, as the contract's TagInput. `session` is None for tags that came with their document and belong to no
session: they may use what the project has.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.studio.domain.drafts import quoted
from mock_server.studio.domain.errors import Conflict, NotFound
from mock_server.studio.rows import Document, Label, ModelClass, Project, Segment, Session, Tag, User
from mock_server.world import Tx

# What a tag needs (True), must not have (False) and may have (None), by the type of its project: class, label.
NEEDS: dict[str, tuple[bool | None, bool | None]] = {
    "ABSA": (True, True),
    "CLASS": (True, False),
    "LABEL": (False, True),
    "CLASSLABEL": (None, None),
}
CLOSED = frozenset({"FAILED", "SAMPLING", "PREDICTING", "DELETING"})


class TagNotFound(NotFound):
    """There is no such tag in the project."""

    def __init__(self, tag_id: int) -> None:
        super().__init__("The tag or the project was not found")
        self.tag_id = tag_id


class TagConflict(Conflict):
    """A tag does not fit its session, the type of the project or the text of its segment, or is there already."""


class SessionClosed(Conflict):
    """Nobody can work in the session at the moment."""

    def __init__(self, session: Session) -> None:
        super().__init__(f"The labeling session is {session.status}; nothing can be changed in it")


class NotALabelingSession(Conflict):
    """The session is a correction session, which has operations of its own."""

    def __init__(self) -> None:
        super().__init__("The session is a correction session; it can only be changed as such")


class Fitting(msgspec.Struct, frozen=True):
    """What a tag says, after all rules were found to be kept."""

    class_id: int | None
    label_id: int | None
    span: tuple[int, int] | None


def require_labeling(session: Session) -> None:
    """Raise NotALabelingSession for a correction session."""
    if session.mode == "CORRECTION":
        raise NotALabelingSession


def require_open(session: Session) -> None:
    """Raise SessionClosed for a session in which no one can work: failed, being prepared or being deleted.

    Raises NotALabelingSession for a correction session.
    """
    require_labeling(session)
    if session.status in CLOSED:
        raise SessionClosed(session)


def check_tag(
    tx: Tx,
    session: Session | None,
    document: Document,
    segment: Segment,
    given: Mapping[str, Any],
    replacing: Tag | None = None,
) -> Fitting:
    """Return what the tag of a segment says; what `given` leaves out is as in `replacing`. Raises TagConflict."""
    project = tx.get(Project, document.project_id)
    assert project is not None
    class_id = _named(tx, ModelClass, session, project, given, replacing.class_id if replacing else None)
    label_id = _named(tx, Label, session, project, given, replacing.label_id if replacing else None)
    _require_type(project.type, class_id is not None, label_id is not None)
    span = words(document.text, segment, given, replacing.span if replacing else None)
    fitting = Fitting(class_id, label_id, span)
    _refuse_second(tx, session, segment, fitting, replacing)
    return fitting


def words(
    text: str, segment: Segment, given: Mapping[str, Any], before: tuple[int, int] | None = None
) -> tuple[int, int] | None:
    """Return where the words of a tag are, or None for the whole segment. Raises TagConflict if they are not in it."""
    span, said = given.get("span"), given.get("text")
    if span is None:
        return before if said is None else _found(text, segment, said)
    start, end = int(span[0]), int(span[1])
    if not segment.start <= start < end <= segment.end:
        raise TagConflict(f"The span {start} to {end} is not in the segment, which is {segment.start} to {segment.end}")
    if said is not None and text[start:end] != said:
        raise TagConflict(f"The text at {start} to {end} is not {quoted(said)}")
    return start, end


def add_tag(
    tx: Tx, session: Session, document: Document, segment: Segment, given: Mapping[str, Any], user: User | None
) -> Tag:
    """Give a tag to a segment; the first one begins a session. Raises SessionClosed, NotALabelingSession, TagConflict."""
    require_open(session)
    fitting = check_tag(tx, session, document, segment, given)
    begin(tx, session)
    return put_tag(tx, session, document, segment, fitting, user)


def put_tag(
    tx: Tx,
    session: Session | None,
    document: Document,
    segment: Segment,
    fitting: Fitting,
    user: User | None,
    origin: str | None = None,
    status: str = "READY",
) -> Tag:
    """Keep a tag that was checked, whatever state the session is in: for data that come with a session or document."""
    return tx.put(
        Tag(
            id=tx.new_id(Tag),
            project_id=document.project_id,
            session_id=session.id if session else None,
            document_id=document.id,
            segment_id=segment.id,
            class_id=fitting.class_id,
            label_id=fitting.label_id,
            span=fitting.span,
            user_id=user.id if user else None,
            created=tx.now,
            origin=origin,
            status=status,
        )
    )


def change_tag(tx: Tx, tag: Tag, given: Mapping[str, Any]) -> Tag:
    """Change what is given; None takes away the class or the label. Raises SessionClosed, NotALabelingSession, TagConflict."""
    session = tx.get(Session, tag.session_id) if tag.session_id is not None else None
    document = tx.get(Document, tag.document_id)
    assert document is not None
    if session is not None:
        require_open(session)
    segment = segment_of(document, tag.segment_id)
    assert segment is not None
    fitting = check_tag(tx, session, document, segment, given, tag)
    return tx.change(tag, class_id=fitting.class_id, label_id=fitting.label_id, span=fitting.span)


def delete_tag(tx: Tx, tag: Tag) -> None:
    """Take a tag away, whatever state its labeling session is in. Raises NotALabelingSession."""
    session = tx.get(Session, tag.session_id) if tag.session_id is not None else None
    if session is not None:
        require_labeling(session)
    tx.delete(tag)


def get_tag(tx: Tx, project_id: int, tag_id: int) -> Tag:
    """Return a tag of the project. Raises TagNotFound."""
    tag = tx.get(Tag, tag_id)
    if tag is None or tag.project_id != project_id:
        raise TagNotFound(tag_id)
    return tag


def begin(tx: Tx, session: Session) -> Session:
    """Return the session, ANNOTATING from its first tag or mark on."""
    return tx.change(session, status="ANNOTATING") if session.status in ("CREATED", "STARTED") else session


def segment_of(document: Document, segment_id: int) -> Segment | None:
    """Return a segment of a document, or None."""
    return next((segment for segment in document.segments if segment.id == segment_id), None)


def _named(
    tx: Tx,
    kind: type[ModelClass] | type[Label],
    session: Session | None,
    project: Project,
    given: Mapping[str, Any],
    before: int | None,
) -> int | None:
    word = "class" if kind is ModelClass else "label"
    if word not in given:
        return before
    name = given[word]
    if name is None:
        return None
    found = tx.ids(kind, project_id=project.id, name=name).first()
    if session is None:
        offered, whose = found is not None, "project"
    else:
        offered = found in (session.class_ids if kind is ModelClass else session.label_ids)
        whose = "correction session" if session.mode == "CORRECTION" else "labeling session"
    if not offered:
        raise TagConflict(f'The {whose} has no {word} "{name}"')
    return found


def _require_type(kind: str, has_class: bool, has_label: bool) -> None:
    for word, needed, has in zip(("class", "label"), NEEDS[kind], (has_class, has_label), strict=True):
        if needed is not None and needed != has:
            raise TagConflict(
                f"A tag in a project of type {kind} {'needs' if needed else 'has'} {'a' if needed else 'no'} {word}"
            )
    if not (has_class or has_label):
        raise TagConflict("A tag needs a class or a label")


def _found(text: str, segment: Segment, said: str) -> tuple[int, int]:
    start = text.find(said, segment.start, segment.end) if said else -1
    if start < 0:
        raise TagConflict(f"The text {quoted(said)} is not in the segment")
    return start, start + len(said)


def _refuse_second(tx: Tx, session: Session | None, segment: Segment, fitting: Fitting, replacing: Tag | None) -> None:
    for other in tx.rows(Tag, session_id=session.id if session else None, segment_id=segment.id):
        same = (other.class_id, other.label_id, other.span) == (fitting.class_id, fitting.label_id, fitting.span)
        if same and (replacing is None or other.id != replacing.id):
            raise TagConflict("The segment has this tag already")
