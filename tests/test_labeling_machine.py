"""Whatever people do with documents, groups, classes and sessions, in any order: everything still fits together."""

from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mock_server.studio.domain import classes, documents, groups, labeling, labels, marks, session_counts, tags
from mock_server.studio.domain.drafts import drafted_all, spans_of
from mock_server.studio.domain.errors import DomainError
from mock_server.studio.domain.session_documents import Filling
from mock_server.studio.rows import Document, Group, Label, ModelClass, Session, SessionDocument, Tag
from mock_server.world import Row, Sandbox, Tx
from mock_server.world.integrity import dangling
from tests.worlds import small_world

PROJECT = 14  # CLASSLABEL: a tag has a class, a label or both
CLASSES, LABELS = st.sampled_from(["Comfort", "Staff", "Pool"]), st.sampled_from(["POS", "NEG", "MIXED"])
TEXTS = st.lists(st.sampled_from(["The bed was soft.", "Too loud!", "Breakfast?", "Comfort"]), max_size=3).map(" ".join)
GIVEN = st.fixed_dictionaries({}, optional={"class": CLASSES, "label": LABELS, "text": st.sampled_from(["Too", "bed"])})
ENTRIES = st.lists(
    st.fixed_dictionaries(
        {"text": TEXTS}, optional={"topic": CLASSES, "label": LABELS, "tags": st.lists(GIVEN, max_size=2)}
    ),
    max_size=2,
)
ANY = st.integers(0, 11)  # which of those there are


class Sessions(RuleBasedStateMachine):
    """Calls the domain as handlers do: what raises leaves nothing behind."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = Sandbox(small_world())

    def attempt(self, act: Callable[[Tx], Any]) -> None:
        """Do something in a transaction of its own."""
        tx = self.sandbox.begin()
        try:
            act(tx)
        except DomainError:
            return
        self.sandbox.commit(tx)

    def some(self, kind: type[Row], number: int) -> int:
        """The id of one of the rows of the project; 404 if there is none."""
        ids = list(self.sandbox.begin().ids(kind, project_id=PROJECT))
        return ids[number % len(ids)] if ids else 404

    def place(self, number: int) -> tuple[int, int, int, int]:
        """Project, session, document and segment: such as a session has, if it has any."""
        tx, session_id = self.sandbox.begin(), self.some(Session, number)
        held = list(tx.rows(SessionDocument, session_id=session_id))
        document = tx.get(Document, held[number % len(held)].document_id) if held else None
        parts = document.segments if document else ()
        return (
            PROJECT,
            session_id,
            document.id if document else 404,
            parts[number % len(parts)].id if parts else 404,
        )

    @initialize(numbers=st.lists(ANY, max_size=3), entries=ENTRIES)
    def begin(self, numbers: list[int], entries: list[Any]) -> None:
        self.create_session(entries, None, None, auto=True, labeled=False, lenient=True)
        self.create_session([], None, None, auto=False, labeled=False, lenient=True)
        self.sandbox.advance(1)
        for number in numbers:
            self.mark_document(number)

    @rule(entries=ENTRIES)
    def upload(self, entries: list[Any]) -> None:
        self.attempt(lambda tx: documents.upload_documents(tx, PROJECT, None, drafted_all(entries)))

    @rule(number=ANY, text=TEXTS)
    def change_document(self, number: int, text: str) -> None:
        document_id = self.some(Document, number)
        self.attempt(lambda tx: documents.change_document(tx, PROJECT, document_id, text, spans_of(text)))

    @rule(number=ANY)
    def delete_document(self, number: int) -> None:
        self.attempt(lambda tx: documents.delete_document(tx, PROJECT, self.some(Document, number)))

    @rule(entries=ENTRIES, numbers=st.lists(ANY, max_size=2))
    def create_group(self, entries: list[Any], numbers: list[int]) -> None:
        ids = tuple(self.some(Document, number) for number in numbers)
        source = groups.Source(entries=tuple(entries), document_ids=ids)
        self.attempt(lambda tx: groups.create_group(tx, PROJECT, None, source, source.drafts(True)))

    @rule(number=ANY)
    def delete_group(self, number: int) -> None:
        self.attempt(lambda tx: groups.delete_group(tx, PROJECT, self.some(Group, number)))

    @rule(name=CLASSES, label=LABELS)
    def create_class_and_label(self, name: str, label: str) -> None:
        self.attempt(lambda tx: classes.create_class(tx, PROJECT, {"name": name}))
        self.attempt(lambda tx: labels.create_label(tx, PROJECT, {"name": label}))

    @rule(number=ANY)
    def delete_class(self, number: int) -> None:
        self.attempt(lambda tx: classes.delete_class(tx, PROJECT, self.some(ModelClass, number)))

    @rule(number=ANY)
    def delete_label(self, number: int) -> None:
        self.attempt(lambda tx: labels.delete_label(tx, PROJECT, self.some(Label, number)))

    @rule(
        entries=ENTRIES,
        numbers=st.none() | st.lists(ANY, max_size=3),
        size=st.none() | st.integers(1, 4),
        auto=st.booleans(),
        labeled=st.booleans(),
        lenient=st.booleans(),
    )
    def create_session(self, entries: list[Any], numbers: list[int] | None, size: int | None, **how: bool) -> None:
        ids = None if numbers is None else [self.some(Document, number) for number in numbers]
        self.attempt(
            lambda tx: labeling.create_session(tx, PROJECT, None, {}, Filling(ids, drafted_all(entries), size, **how))
        )

    @rule(
        number=ANY,
        entries=ENTRIES,
        numbers=st.lists(ANY, max_size=2),
        wanted=st.fixed_dictionaries({}, optional={"classes": st.lists(CLASSES), "labels": st.lists(LABELS)}),
    )
    def change_session(self, number: int, entries: list[Any], numbers: list[int], wanted: Any) -> None:
        body = {**wanted, "document_ids": [self.some(Document, one) for one in numbers]}
        session_id = self.some(Session, number)
        self.attempt(lambda tx: labeling.change_session(tx, PROJECT, session_id, None, body, drafted_all(entries)))

    @rule(number=ANY)
    def delete_session(self, number: int) -> None:
        self.attempt(lambda tx: labeling.delete_session(tx, PROJECT, self.some(Session, number)))

    @rule(number=ANY, given=GIVEN)
    def give_tag(self, number: int, given: Any) -> None:
        self.attempt(lambda tx: tags.add_tag(tx, *labeling.get_segment(tx, *self.place(number)), given, None))

    @rule(number=ANY, given=GIVEN)
    def change_tag(self, number: int, given: Any) -> None:
        self.attempt(lambda tx: tags.change_tag(tx, tags.get_tag(tx, PROJECT, self.some(Tag, number)), given))

    @rule(number=ANY)
    def delete_tag(self, number: int) -> None:
        self.attempt(lambda tx: tags.delete_tag(tx, tags.get_tag(tx, PROJECT, self.some(Tag, number))))

    @rule(number=ANY)
    def mark_segment(self, number: int) -> None:
        self.attempt(lambda tx: marks.mark_segment(tx, *self.place(number)))

    @rule(number=ANY)
    def mark_document(self, number: int) -> None:
        self.attempt(lambda tx: marks.mark_document(tx, *self.place(number)[:3]))

    @rule(seconds=st.sampled_from([0.4, 1, 4]))
    def wait(self, seconds: float) -> None:
        self.sandbox.advance(seconds)

    @invariant()
    def nothing_dangles(self) -> None:
        assert dangling(self.sandbox.world) == []

    @invariant()
    def sessions_say_how_far_they_are(self) -> None:
        tx = self.sandbox.begin()
        for session in tx.rows(Session):
            total, done, finished = session.segments_total, session.segments_done, session.status == "FINISHED"
            assert (total, done) == session_counts.counted(tx, session.id)
            assert 0 <= session_counts.progress(session) <= 100
            assert (session_counts.progress(session) == 100) == (0 < total == done)
            assert finished == (session.finished is not None)
            assert finished == (total == done) or not total

    @invariant()
    def tags_lie_in_their_segments_and_fit_their_sessions(self) -> None:
        tx = self.sandbox.begin()
        for tag in tx.rows(Tag):
            document = tx.get(Document, tag.document_id)
            assert document is not None
            segment = tags.segment_of(document, tag.segment_id)
            assert segment is not None
            assert tag.span is None or segment.start <= tag.span[0] < tag.span[1] <= segment.end
            assert tag.class_id is not None or tag.label_id is not None
            session = tx.get(Session, tag.session_id) if tag.session_id is not None else None
            assert session is None or tag.class_id in (None, *session.class_ids)
            assert session is None or tag.label_id in (None, *session.label_ids)

    @invariant()
    def documents_are_annotated_when_all_of_their_segments_are(self) -> None:
        tx = self.sandbox.begin()
        for held in tx.rows(SessionDocument):
            document = tx.get(Document, held.document_id)
            assert document is not None
            if document.segments:
                assert (held.annotated is not None) == (len(held.marks) == len(document.segments))


TestSessions = Sessions.TestCase
TestSessions.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
