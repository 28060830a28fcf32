"""Worlds as values: transactions, indexes, cascades, the clock, jobs, snapshots."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.world import Cascade, Clock, Drop, Event, Forget, Job, Ref, Row, Sandbox, Tx, World
from mock_server.world import jobs as jobs_module
from mock_server.world.jobs import JobFailed, finishes

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class Project(Row, frozen=True, gc=False, kw_only=True):
    name: str = ""


class User(Row, frozen=True, gc=False, kw_only=True):
    name: str = ""


class Note(Row, frozen=True, gc=False, kw_only=True):
    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("project_id", "colour"),)
    REFS: ClassVar[dict[str, Ref]] = {
        "project_id": Cascade("Project"),
        "author": Forget("User"),
        "readers": Drop("User"),
    }

    project_id: int
    colour: str = "red"
    author: int | None = None
    readers: tuple[int, ...] = ()


@pytest.fixture
def tx() -> Tx:
    return Tx(World.empty([Project, User, Note], Clock.frozen(NOW)))


def note(tx: Tx, **fields: object) -> Note:
    return tx.put(Note(id=tx.new_id(Note), **fields))  # type: ignore[arg-type]


def test_a_transaction_that_is_dropped_leaves_its_world_as_it_was(tx: Tx) -> None:
    world = tx.world
    tx.put(Project(id=tx.new_id(Project)))
    assert len(Tx(world).ids(Project)) == 0
    assert len(tx.ids(Project)) == 1


def test_ids_are_never_used_twice(tx: Tx) -> None:
    first = tx.put(Project(id=tx.new_id(Project)))
    tx.delete(first)
    assert tx.new_id(Project) == first.id + 1


def test_rows_are_found_by_each_of_their_indexes_and_leave_them_when_they_change(tx: Tx) -> None:
    red = note(tx, project_id=1, readers=(7, 8))
    assert list(tx.ids(Note, project_id=1, colour="red")) == list(tx.ids(Note, readers=8)) == [red.id]
    tx.change(red, colour="blue", readers=(7,))
    assert not tx.ids(Note, project_id=1, colour="red")
    assert not tx.ids(Note, readers=8)
    assert list(tx.ids(Note, project_id=1, colour="blue")) == [red.id]


def test_many_rows_at_once_are_the_same_as_one_after_the_other(tx: Tx) -> None:
    one, many = Tx(tx.world), Tx(tx.world)
    rows = [Note(id=number, project_id=number % 3, readers=(number % 5,)) for number in range(1, 700)]
    for row in rows[:5]:
        one.put(row)
        many.put(row)
    for row in rows[5:]:
        one.put(row)
    many.put_all(Note, rows[5:])
    first, second = one.world.tables[Note], many.world.tables[Note]
    assert (first.rows, first.ids, first.indexes) == (second.rows, second.ids, second.indexes)


def test_an_index_that_is_not_declared_is_an_error(tx: Tx) -> None:
    with pytest.raises(KeyError, match="colour"):
        tx.ids(Note, colour="red")


def test_deleting_cascades_forgets_and_drops_as_declared(tx: Tx) -> None:
    project, user = tx.put(Project(id=1)), tx.put(User(id=1))
    kept = note(tx, project_id=2, author=1, readers=(1, 2))
    note(tx, project_id=1)
    tx.delete(project)
    tx.delete(user)
    left = list(tx.rows(Note))
    assert [row.id for row in left] == [kept.id]
    assert left[0].author is None
    assert left[0].readers == (2,)


def test_chance_depends_on_the_seed_and_on_nothing_else() -> None:
    def drawn(seed: int) -> list[str]:
        tx = Tx(World.empty([], Clock.frozen(NOW), seed))
        return [tx.uuid(), tx.token(), str(tx.random.random())]

    assert drawn(1) == drawn(1) != drawn(2)
    assert len(set(drawn(1))) == 3


@given(st.floats(0, 1e6))
def test_a_clock_that_is_advanced_is_later_by_exactly_that(seconds: float) -> None:
    frozen = Clock.frozen(NOW)
    assert frozen.advanced(seconds).seconds() - frozen.seconds() == pytest.approx(seconds, abs=1e-5)
    assert Clock.live().advanced(60).seconds() - Clock.live().seconds() == pytest.approx(60, abs=1)


@pytest.fixture
def painted() -> list[int]:
    """Registers a kind of job for a test; the list takes the subjects of those that ended."""
    done: list[int] = []

    @finishes("PAINT")
    def paint(tx: Tx, job: Job) -> None:
        if job.subject == 13:
            raise JobFailed("no colour")
        done.append(job.subject)

    yield done
    del jobs_module.FINISHERS["PAINT"]


def sandbox_with_jobs(*seconds: float) -> Sandbox:
    tx = Tx(World.empty([], Clock.frozen(NOW)))
    for number, duration in enumerate(seconds, start=1):
        tx.start_job("PAINT", number, duration)
    return Sandbox(tx.world)


def test_jobs_end_in_the_order_of_their_time_each_at_its_own(painted: list[int]) -> None:
    sandbox = sandbox_with_jobs(5, 1, 3)
    sandbox.advance(4)
    tx = sandbox.begin()
    assert painted == [2, 3]
    assert [job.status for job in tx.rows(Job)] == ["STARTED", "FINISHED", "FINISHED"]
    ended = {event.subject: event.at for event in tx.rows(Event)}
    assert ended == {2: NOW + timedelta(seconds=1), 3: NOW + timedelta(seconds=3)}


def test_a_job_is_under_way_until_its_time_has_come(painted: list[int]) -> None:
    sandbox = sandbox_with_jobs(10)
    assert sandbox.begin().get(Job, 1).progress(NOW) == 0  # type: ignore[union-attr]
    sandbox.advance(5)
    tx = sandbox.begin()
    assert tx.get(Job, 1).progress(tx.now) == 50  # type: ignore[union-attr]
    sandbox.advance(5)
    tx = sandbox.begin()
    assert tx.get(Job, 1).progress(tx.now) == 100  # type: ignore[union-attr]


def test_a_job_that_fails_says_why(painted: list[int]) -> None:
    tx = Tx(World.empty([], Clock.frozen(NOW)))
    tx.start_job("PAINT", 13, 1)
    sandbox = Sandbox(tx.world)
    sandbox.advance(2)
    job = sandbox.begin().get(Job, 1)
    assert job is not None
    assert (job.status, job.error) == ("FAILED", "no colour")


def test_reset_restore_and_fork_move_pointers() -> None:
    sandbox = Sandbox(World.empty([Project], Clock.frozen(NOW)))
    _add_project(sandbox)
    kept = sandbox.snapshot("one")
    _add_project(sandbox)
    fork = sandbox.fork("other")
    _add_project(fork)
    assert [len(box.begin().ids(Project)) for box in (sandbox, fork)] == [2, 3]
    sandbox.restore("one")
    assert sandbox.world is kept
    sandbox.reset()
    assert sandbox.world is sandbox.initial


def test_a_transaction_that_was_held_open_is_not_committed_over_another() -> None:
    sandbox = Sandbox(World.empty([Project], Clock.frozen(NOW)))
    late = sandbox.begin()
    _add_project(sandbox)
    late.put(Project(id=late.new_id(Project)))
    with pytest.raises(RuntimeError, match="held open"):
        sandbox.commit(late)


def _add_project(sandbox: Sandbox) -> None:
    tx = sandbox.begin()
    tx.put(Project(id=tx.new_id(Project)))
    sandbox.commit(tx)
