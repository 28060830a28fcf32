"""What people do in a correction session: they confirm, change, take away and add tags, and mark segments.

The law: a segment that is marked has no tag that is CORRECTING. Whatever is done to the tags of a segment marks it if that
is so, and takes its mark away if it is not.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from mock_server.studio.domain import labeling, marks, tags
from mock_server.studio.domain.correction import CorrectionNotFound, get_correction
from mock_server.studio.domain.errors import Conflict, NotFound
from mock_server.studio.rows import Document, Segment, Session, SessionDocument, Tag, User
from mock_server.world import Tx

OPEN = ("ANNOTATING", "FINISHED")
READY, DOUBTED = "READY", "CORRECTING"


class CorrectionSegmentNotFound(NotFound):
    """There is no such correction session, document, segment or tag."""

    def __init__(self) -> None:
        super().__init__("The correction session, the document, the segment, the tag or the project was not found")


class CorrectionClosed(Conflict):
    """Nothing can be corrected in the session: it is being prepared, or that failed."""

    def __init__(self, session: Session) -> None:
        can = "it can be changed when it is ANNOTATING or FINISHED"
        super().__init__(f"The correction session is {session.status}; {can}")


class Place(msgspec.Struct, frozen=True):
    """A segment in a correction session in which people can work."""

    session: Session
    document: Document
    segment: Segment


def place(tx: Tx, project_id: int, correction_id: int, document_id: int, segment_id: int) -> Place:
    """Return a segment of a document of a correction session. Raises CorrectionSegmentNotFound, CorrectionClosed."""
    return _opened(_found(tx, project_id, correction_id, document_id, segment_id))


def tag_and_place(
    tx: Tx, project_id: int, correction_id: int, document_id: int, segment_id: int, tag_id: int
) -> tuple[Tag, Place]:
    """Return a tag and its segment. Raises CorrectionSegmentNotFound, CorrectionClosed."""
    found = _found(tx, project_id, correction_id, document_id, segment_id)
    tag = tx.get(Tag, tag_id)
    if tag is None or (tag.session_id, tag.segment_id) != (correction_id, segment_id):
        raise CorrectionSegmentNotFound
    return tag, _opened(found)


def _opened(found: Place) -> Place:
    if found.session.status not in OPEN:
        raise CorrectionClosed(found.session)
    return found


def _found(tx: Tx, project_id: int, correction_id: int, document_id: int, segment_id: int) -> Place:
    try:
        get_correction(tx, project_id, correction_id)
        return Place(*labeling.get_segment(tx, project_id, correction_id, document_id, segment_id))
    except (CorrectionNotFound, labeling.SegmentNotFound):
        raise CorrectionSegmentNotFound from None


def held(tx: Tx, session_id: int | None, document_id: int) -> SessionDocument:
    """Return what a session knows of one of its documents."""
    found = tx.first(SessionDocument, session_id=session_id, document_id=document_id)
    assert found is not None
    return found


def mark_segment(tx: Tx, at: Place) -> SessionDocument:
    """Mark a segment; tags that nobody has decided on are confirmed with it. One that is marked keeps its time."""
    for tag in list(_tags(tx, at)):
        if tag.status == DOUBTED:
            tx.change(tag, status=READY)
    return _settle(tx, at)


def add_tag(tx: Tx, at: Place, given: Mapping[str, Any], user: User | None) -> Tag:
    """Give a segment a tag that the model missed. Raises TagConflict."""
    fitting = tags.check_tag(tx, at.session, at.document, at.segment, given)
    tag = tags.put_tag(tx, at.session, at.document, at.segment, fitting, user, origin="ADDED")
    _settle(tx, at)
    return tag


def change_tag(tx: Tx, tag: Tag, at: Place, given: Mapping[str, Any], user: User | None) -> Tag:
    """Change what is given, and stand by the tag; one that becomes another is no longer the model's. Raises TagConflict."""
    said = tags.check_tag(tx, at.session, at.document, at.segment, given, tag)
    fields: dict[str, Any] = {"status": READY}
    if (said.class_id, said.label_id, said.span) != (tag.class_id, tag.label_id, tag.span):
        fields |= {"class_id": said.class_id, "label_id": said.label_id, "span": said.span}
        fields |= {"user_id": user.id if user else None}
        fields |= {"origin": "CHANGED"} if tag.origin == "MODEL" else {}
    changed = tx.change(tag, **fields)
    _settle(tx, at)
    return changed


def confirm_tag(tx: Tx, tag: Tag, at: Place, status: str) -> Tag:
    """Stand by a tag (READY), or doubt it again (CORRECTING). A status that it has already changes nothing."""
    if tag.status == status:
        return tag
    changed = tx.change(tag, status=status)
    _settle(tx, at)
    return changed


def delete_tag(tx: Tx, tag: Tag, at: Place) -> SessionDocument:
    """Take a tag away; one that the model gave counts as its mistake. Return what the session knows of the document then."""
    tx.delete(tag)
    if tag.origin in ("MODEL", "CHANGED"):
        row = held(tx, at.session.id, at.document.id)
        tx.change(row, refused=row.refused + 1)
    return _settle(tx, at)


def _tags(tx: Tx, at: Place) -> Iterator[Tag]:
    return tx.rows(Tag, session_id=at.session.id, segment_id=at.segment.id)


def _settle(tx: Tx, at: Place) -> SessionDocument:
    """Mark the segment, or take its mark away, as its tags demand; return what the session knows of the document then."""
    row = held(tx, at.session.id, at.document.id)
    if any(tag.status == DOUBTED for tag in _tags(tx, at)):
        return marks.take_mark(tx, row, at.segment.id)
    return marks.put_marks(tx, at.session, row, at.document, (at.segment.id,))
