"""Jobs: what takes time on the world's clock. A job is a row; when its time has come its kind's function is called.
A job may belong to a project and to a user: tables of a world that are called `Project` and `User`.

A domain module says `@finishes("CLONE", Project)` above the function that ends such a job. How jobs come to their ends is for
`world.ending`, when they do is for the sandbox.
"""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

import msgspec

from mock_server.world.rows import Cascade, Forget, Ref, Row

if TYPE_CHECKING:
    from mock_server.world.world import Tx


class Job(Row, frozen=True, gc=False, kw_only=True):
    """Something that goes on until `due`. `subject` is the id of the row that it works on; `payload` what it needs at its end."""

    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("status",), ("kind", "subject"))
    REFS: ClassVar[dict[str, Ref]] = {"project_id": Cascade("Project"), "user_id": Forget("User")}

    kind: str
    subject: int
    project_id: int | None = None
    user_id: int | None = None
    created: datetime
    due: datetime
    finished: datetime | None = None
    status: str = "STARTED"  # then FINISHED or FAILED
    error: str | None = None
    payload: object = None

    def progress(self, now: datetime) -> float:
        """Return how far the job is at `now`, 0 to 100."""
        if self.status != "STARTED":
            return 100.0 if self.status == "FINISHED" else 0.0
        whole = (self.due - self.created).total_seconds()
        gone = (now - self.created).total_seconds()
        return round(max(0.0, min(gone / whole if whole else 1.0, 0.99)) * 100, 1)


class Event(Row, frozen=True, gc=False, kw_only=True):
    """A job has ended."""

    INDEXES: ClassVar[tuple[tuple[str, ...], ...]] = (("kind", "subject"),)
    REFS: ClassVar[dict[str, Ref]] = {"project_id": Cascade("Project"), "user_id": Forget("User")}

    kind: str
    subject: int
    project_id: int | None
    user_id: int | None
    status: str
    at: datetime


class JobFailed(Exception):
    """Raised by a finishing function: the job ends as FAILED with this reason; what the function changed until then stays."""


class JobMode(msgspec.Struct, frozen=True, kw_only=True):
    """When the jobs of a sandbox end: when their time has come on the `clock`, `at_once` with the request that starts them, when
    their subject has been read `reads` times, or `by_hand`, which is never by themselves."""

    mode: Literal["clock", "at_once", "reads", "by_hand"] = "clock"
    reads: int = 1


BY_CLOCK = JobMode()
Finisher = Callable[["Tx", Job], None]
FINISHERS: dict[str, Finisher] = {}
SUBJECTS: dict[str, type[Row]] = {}  # by kind of job: the table of the row that waits for it and is FAILED if it fails


def finishes(kind: str, subject: type[Row] | None = None) -> Callable[[Finisher], Finisher]:
    """Register the function that ends jobs of this kind, and the table of the row whose `status` says how far they are."""

    def register(function: Finisher) -> Finisher:
        FINISHERS[kind] = function
        if subject is not None:
            SUBJECTS[kind] = subject
        return function

    return register


# What is to be done when any job has ended: functions of the transaction and the job as it ended, FINISHED or FAILED.
LISTENERS: list[Finisher] = []


def after_jobs(function: Finisher) -> Finisher:
    """Register a function that is called, in the same transaction, after a job of any kind has ended."""
    LISTENERS.append(function)
    return function
