"""How jobs come to their ends: the function of their kind is called, an event is kept, listeners are told.

Not here: when that is so (`world.sandbox`), and what a kind of job does (the domains).
"""

from datetime import datetime

from mock_server.world.clock import instant
from mock_server.world.jobs import FINISHERS, LISTENERS, SUBJECTS, Event, Job, JobFailed
from mock_server.world.world import NEVER, Touched, Tx, World

MOST = 10_000  # jobs that end in one go: a job may start the next, but not for ever


class EndlessJobs(Exception):
    """Jobs go on starting jobs."""


def settled(world: World, touched: Touched) -> World:
    """Return the world in which every job that is due has ended, each at its own time and in order of time."""
    now = world.clock.seconds()
    while world.next_due <= now:
        world = ended(world, next_job(world), instant(world.next_due), touched)
    return world


def all_ended(world: World, touched: Touched) -> World:
    """Return the world in which no job goes on, as if their times had come by now. Raises EndlessJobs."""
    now = world.clock.now()
    for _ in range(MOST):
        if world.next_due == NEVER:
            return world
        world = ended(world, next_job(world), now, touched)
    raise EndlessJobs


def pending(world: World) -> list[Job]:
    """Return the jobs that go on, in the order in which they are due."""
    return sorted(Tx(world).rows(Job, status="STARTED"), key=lambda job: (job.due, job.id))


def next_job(world: World) -> Job:
    """Return the job that ends first of those that go on. Raises ValueError if none does."""
    return min(Tx(world).rows(Job, status="STARTED"), key=lambda job: (job.due, job.id))


def up_to(world: World, job: Job) -> list[Job]:
    """Return the jobs on the same subject that have to end before this one, in their order, and the job itself."""
    table = SUBJECTS.get(job.kind)
    found: list[Job] = []
    for other in pending(world):
        if other.id == job.id:
            return [*found, job]
        if table is not None and SUBJECTS.get(other.kind) is table and other.subject == job.subject:
            found.append(other)
    return []


def goes_on(world: World, job: Job) -> bool:
    """Whether a job has neither ended nor gone: the end of another one may have seen to that."""
    now = Tx(world).get(Job, job.id)
    return now is not None and now.status == "STARTED"


def ended(world: World, job: Job, now: datetime, touched: Touched) -> World:
    """Return the world in which a job that goes on has done at `now` what it was started for."""
    tx = Tx(world, now, touched)
    status, error = "FINISHED", None
    try:
        FINISHERS[job.kind](tx, job)
    except JobFailed as failure:
        status, error = "FAILED", str(failure)
    return _closed(tx, job, status, error)


def failed(world: World, job: Job, error: str, touched: Touched) -> World:
    """Return the world in which a job that goes on has failed, and with it what waited for it."""
    tx = Tx(world, touched=touched)
    table = SUBJECTS.get(job.kind)
    subject = tx.get(table, job.subject) if table is not None else None
    if subject is not None:
        times = {"finished": tx.now} if "finished" in subject.__struct_fields__ else {}
        tx.change(subject, status="FAILED", **times)
    return _closed(tx, job, "FAILED", error)


def _closed(tx: Tx, job: Job, status: str, error: str | None) -> World:
    if tx.get(Job, job.id) is not None:
        done = tx.change(job, status=status, error=error, finished=tx.now, payload=None)
        tx.put(
            Event(
                id=tx.new_id(Event),
                kind=job.kind,
                subject=job.subject,
                project_id=job.project_id,
                user_id=job.user_id,
                status=status,
                at=tx.now,
            )
        )
        for listener in LISTENERS:
            listener(tx, done)
    tx.schedule()
    return tx.world
