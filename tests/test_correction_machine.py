"""Whatever people do in correction sessions, in any order: scores and progress are what a count gives, and all fits together."""

from collections.abc import Callable
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mock_server.studio.domain import classes, correcting, correction, documents, labeling, session_counts, tags
from mock_server.studio.domain.drafts import spans_of
from mock_server.studio.domain.errors import DomainError
from mock_server.studio.rows import Document, Model, ModelClass, Session, SessionDocument, Tag
from mock_server.world import Row, Sandbox, Tx
from mock_server.world.integrity import dangling
from tests.corrections import add_model
from tests.worlds import small_world

PROJECT = 11
ANY = st.integers(0, 11)  # which of those there are
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        "class": st.sampled_from(["Comfort", "Staff", "Pool"]),
        "label": st.sampled_from(["POS", "NEG"]),
        "text": st.sampled_from(["The", "soft", "loud"]),
    },
)
TEXTS = st.sampled_from(["The bed was soft.", "The hall was loud. The bed was soft.", "The porter was rude."])


class Corrections(RuleBasedStateMachine):
    """Calls the domain as handlers do. `mistakes` is our own count of the tags of the model that people took away."""

    def __init__(self) -> None:
        super().__init__()
        self.sandbox = Sandbox(small_world())
        tx = self.sandbox.begin()
        self.model = add_model(tx).id
        self.sandbox.commit(tx)
        self.mistakes: dict[int, dict[int, int]] = {}  # session, document
        self.may_fall = True
        self.progress: dict[int, float] = {}

    def attempt(self, act: Callable[[Tx], Any], may_fall: bool = False) -> bool:
        """Do something in a transaction of its own; `may_fall` if progress may go back by it."""
        self.may_fall = may_fall
        tx = self.sandbox.begin()
        try:
            act(tx)
        except DomainError:
            return False
        self.sandbox.commit(tx)
        return True

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
        return PROJECT, session_id, document.id if document else 404, parts[number % len(parts)].id if parts else 404

    def tag_place(self, number: int) -> tuple[int, int, int, int, int]:
        """The path of one of the tags of the project."""
        tag = self.sandbox.begin().get(Tag, self.some(Tag, number))
        return (
            (PROJECT, tag.session_id or 404, tag.document_id, tag.segment_id, tag.id) if tag else (PROJECT, 1, 1, 1, 1)
        )

    @initialize()
    def begin(self) -> None:
        self.create(9)
        self.sandbox.advance(2)

    @rule(size=st.integers(1, 3))
    def create(self, size: int) -> None:
        wanted = {"model_id": self.model, "sample_size": size}
        self.attempt(lambda tx: correction.create_correction(tx, PROJECT, None, wanted))

    @rule(seconds=st.sampled_from([0.5, 1, 2]))
    def wait(self, seconds: float) -> None:
        self.may_fall = False
        self.sandbox.advance(seconds)

    @rule(number=ANY)
    def mark(self, number: int) -> None:
        self.attempt(lambda tx: correcting.mark_segment(tx, correcting.place(tx, *self.place(number))))

    @rule(number=ANY, given=GIVEN)
    def add(self, number: int, given: Any) -> None:
        self.attempt(lambda tx: correcting.add_tag(tx, correcting.place(tx, *self.place(number)), given, None))

    @rule(number=ANY, given=GIVEN)
    def change(self, number: int, given: Any) -> None:
        at = self.tag_place(number)
        self.attempt(lambda tx: correcting.change_tag(tx, *correcting.tag_and_place(tx, *at), given, None))

    @rule(number=ANY)
    def confirm(self, number: int) -> None:
        at = self.tag_place(number)
        self.attempt(lambda tx: correcting.confirm_tag(tx, *correcting.tag_and_place(tx, *at), "READY"))

    @rule(number=ANY)
    def doubt(self, number: int) -> None:
        at = self.tag_place(number)
        doubt = "CORRECTING"
        self.attempt(lambda tx: correcting.confirm_tag(tx, *correcting.tag_and_place(tx, *at), doubt), may_fall=True)

    @rule(number=ANY)
    def take_away(self, number: int) -> None:
        at = self.tag_place(number)
        tag = self.sandbox.begin().get(Tag, at[4])
        done = self.attempt(lambda tx: correcting.delete_tag(tx, *correcting.tag_and_place(tx, *at)))
        if done and tag is not None and tag.origin != "ADDED":
            counted = self.mistakes.setdefault(at[1], {})
            counted[at[2]] = counted.get(at[2], 0) + 1

    @rule(number=ANY)
    def label(self, number: int) -> None:
        """Nothing that is done to labeling sessions reaches a correction session."""
        before = self.sandbox.world.tables
        self.attempt(lambda tx: tags.delete_tag(tx, tags.get_tag(tx, PROJECT, self.some(Tag, number))))
        self.attempt(lambda tx: labeling.delete_session(tx, PROJECT, self.some(Session, number)))
        assert self.sandbox.world.tables is before

    @rule(number=ANY, text=TEXTS)
    def change_document(self, number: int, text: str) -> None:
        wanted = self.some(Document, number)
        self.attempt(lambda tx: documents.change_document(tx, PROJECT, wanted, text, spans_of(text)), may_fall=True)

    @rule(number=ANY)
    def delete_document(self, number: int) -> None:
        wanted = self.some(Document, number)
        self.attempt(lambda tx: documents.delete_document(tx, PROJECT, wanted), may_fall=True)
        for counted in self.mistakes.values():
            counted.pop(wanted, None)

    @rule(number=ANY)
    def delete_class(self, number: int) -> None:
        self.attempt(lambda tx: classes.delete_class(tx, PROJECT, self.some(ModelClass, number)))

    @rule(number=ANY)
    def delete_session(self, number: int) -> None:
        self.attempt(lambda tx: correction.delete_correction(tx, PROJECT, self.some(Session, number)))

    @rule()
    def delete_model(self) -> None:
        self.attempt(lambda tx: tx.delete(found) if (found := tx.get(Model, self.model)) else None)

    @invariant()
    def nothing_dangles(self) -> None:
        assert dangling(self.sandbox.world) == []

    @invariant()
    def score_is_what_a_count_of_the_tags_gives(self) -> None:
        tx = self.sandbox.begin()
        for session in tx.rows(Session):
            given = [(tag.origin, tag.status) for tag in tx.rows(Tag) if tag.session_id == session.id]
            right = given.count(("MODEL", "READY"))
            wrong = sum(origin != "MODEL" for origin, _ in given) + sum(self.mistakes.get(session.id, {}).values())
            assert correction.predicted_score(tx, session) == (100 * right // (right + wrong) if right + wrong else 0)

    @invariant()
    def progress_counts_the_marks_and_falls_only_where_it_may(self) -> None:
        tx = self.sandbox.begin()
        now = {}
        for session in tx.rows(Session):
            assert (session.segments_total, session.segments_done) == session_counts.counted(tx, session.id)
            whole, exact = correction.whole_progress(session), session_counts.progress(session)
            assert 0 <= whole <= exact <= 100 and (whole == 100) == (exact == 100)
            assert self.may_fall or exact >= self.progress.get(session.id, 0)
            now[session.id] = exact
        self.progress = now

    @invariant()
    def sessions_are_in_a_state_of_their_life(self) -> None:
        tx = self.sandbox.begin()
        for session in tx.rows(Session):
            total, done = session.segments_total, session.segments_done
            assert session.status in ("SAMPLING", "PREDICTING", "ANNOTATING", "FINISHED", "FAILED")
            assert session.status != "SAMPLING" or not tx.ids(SessionDocument, session_id=session.id)
            assert session.status in ("ANNOTATING", "FINISHED") or not tx.ids(Tag, session_id=session.id)
            assert (session.status == "FINISHED") == (session.finished is not None)
            assert (session.status == "FINISHED") == (total == done) or not total

    @invariant()
    def segments_are_marked_only_if_all_of_their_tags_are_ready(self) -> None:
        tx = self.sandbox.begin()
        for tag in tx.rows(Tag):
            held = tx.first(SessionDocument, session_id=tag.session_id, document_id=tag.document_id)
            assert held is not None
            assert tag.status == "READY" or tag.segment_id not in held.marks


Corrections.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestCorrections = Corrections.TestCase
