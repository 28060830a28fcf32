"""A sandbox: one world with its beginning and its named snapshots. All of its operations are moves of a pointer.

Not here: who asks for them, and where they are kept (a `Recorder`).
"""

from collections.abc import Callable
from typing import Any, Protocol

from mock_server.world import ending
from mock_server.world.clock import Clock
from mock_server.world.jobs import BY_CLOCK, SUBJECTS, Job, JobMode
from mock_server.world.reading import ReadingTx
from mock_server.world.world import NEVER, Touched, Tx, World


class Recorder(Protocol):
    """Keeps what becomes of sandboxes elsewhere. It is told before it becomes so; raising keeps it from becoming so."""

    def changed(self, sandbox: "Sandbox", world: World, touched: Touched) -> None:
        """The world of the sandbox becomes this one, which differs in its clock, its counters and no other rows than these."""

    def replaced(self, sandbox: "Sandbox", world: World) -> None:
        """The world of the sandbox becomes another one altogether."""

    def moved(self, sandbox: "Sandbox", move: str, snapshot: str) -> None:
        """`move` is reset, or one of snapshot, restore and forget with the name of the snapshot."""

    def paced(self, sandbox: "Sandbox", mode: JobMode) -> None:
        """Jobs end in another mode from now on."""


class Sandbox:
    """Holds the world of the moment. `reset`, `snapshot`, `restore` and `fork` cost the same for every size of world.

    `after_commit` is called, if it is set, when the world has become another one by a transaction or by the end of a job.
    """

    recorder: Recorder | None = None
    after_commit: Callable[[Any], None] | None = None

    def __init__(self, initial: World, name: str = "default", mode: JobMode = BY_CLOCK) -> None:
        self.name = name
        self.initial = self._world = initial
        self.snapshots: dict[str, World] = {}
        self.mode = mode
        self._reads: dict[int, int] = {}  # how often the subject of a job was read, by the id of the job

    @property
    def world(self) -> World:
        """The world now, with every job ended that is due."""
        world = self._world
        if world.next_due <= world.clock.seconds() and self.mode.mode == "clock":
            touched: Touched = {}
            self._become(ending.settled(world, touched), touched)
        return self._world

    @property
    def standing(self) -> World:
        """The world as it was left; jobs that have come due since then go on in it."""
        return self._world

    def stand(self, world: World, mode: JobMode) -> None:
        """Stand at a world, and nobody is told: for whoever reads from where a sandbox was kept."""
        self._world, self.mode = world, mode

    def begin(self) -> Tx:
        """Begin a transaction on the world of the moment."""
        return ReadingTx(self.world) if self.mode.mode == "reads" else Tx(self.world)

    def commit(self, tx: Tx) -> None:
        """Make the result of a transaction the world. Raises RuntimeError if the world has moved on since it began."""
        if tx.base is not self._world:
            raise RuntimeError("a transaction was held open while another one was committed")
        world = tx.world
        if self.mode.mode == "at_once":
            world = ending.all_ended(world, tx.touched)
        self._become(world, tx.touched)

    def reset(self) -> None:
        """Go back to the beginning; jobs end by the clock again."""
        if self.recorder is not None:
            self.recorder.moved(self, "reset", "")
        self._put_back(self.initial)
        self.mode = BY_CLOCK

    def snapshot(self, name: str) -> World:
        """Keep the world under a name and return it."""
        world = self.world
        if self.recorder is not None:
            self.recorder.moved(self, "snapshot", name)
        self.snapshots[name] = world
        return world

    def restore(self, name: str) -> None:
        """Go back to a snapshot. Raises KeyError if there is none of this name."""
        world = self.snapshots[name]
        if self.recorder is not None:
            self.recorder.moved(self, "restore", name)
        self._put_back(world)

    def forget(self, name: str) -> None:
        """Delete a snapshot. Raises KeyError if there is none of this name."""
        if name not in self.snapshots:
            raise KeyError(name)
        if self.recorder is not None:
            self.recorder.moved(self, "forget", name)
        del self.snapshots[name]

    def fork(self, name: str) -> "Sandbox":
        """Return a new sandbox that begins with the world of this one."""
        return Sandbox(self.world, name, self.mode)

    def replace(self, world: World) -> None:
        """Put another world in the place of this one; the beginning and the snapshots stay."""
        if self.recorder is not None:
            self.recorder.replaced(self, world)
        self._put_back(world)

    # Time and jobs

    def advance(self, seconds: float) -> None:
        """Move the clock of the world forward; jobs that come due end."""
        self.set_clock(self.world.clock.advanced(seconds))

    def set_clock(self, clock: Clock) -> None:
        """Go by another clock from now on; what was due by the old one has ended."""
        self._become(self.world.with_clock(clock), {})

    def pace(self, mode: JobMode) -> None:
        """Let jobs end in another way from now on; those that go on end at once if that is the mode."""
        world, touched = self.world, Touched()
        if mode.mode == "at_once":
            world = ending.all_ended(world, touched)
        if self.recorder is not None:
            self.recorder.paced(self, mode)
        self.mode = mode
        self._reads = {}
        if world is not self._world:
            self._become(world, touched)

    def finish_job(self, job: Job) -> None:
        """End a job that goes on, after those on the same subject that come before it, without waiting for its time."""
        world, touched = self.world, Touched()
        for each in ending.up_to(world, job):
            if ending.goes_on(world, each):
                world = ending.ended(world, each, world.clock.now(), touched)
        self._become(world, touched)

    def fail_job(self, job: Job, error: str) -> None:
        """End a job that goes on as FAILED, and what waits for it with it."""
        touched = Touched()
        self._become(ending.failed(self.world, job, error, touched), touched)

    def settle(self) -> int:
        """Let time pass until no job goes on, whatever the mode, and return how many ended. Raises EndlessJobs."""
        world, touched, count = self.world, Touched(), 0
        while world.next_due < NEVER:
            if count == ending.MOST:
                raise ending.EndlessJobs
            clock = world.clock
            if world.next_due > clock.seconds():
                world = world.with_clock(clock.set(world.next_due))
            world = ending.ended(world, ending.next_job(world), world.clock.now(), touched)
            count += 1
        if count:
            self._become(world, touched)
        return count

    def was_read(self, tx: Tx) -> None:
        """Count what an answered request has read, where jobs end by that; those whose subject was read often enough end."""
        if not isinstance(tx, ReadingTx) or tx.world is not self._world:
            return
        world, touched = self._world, Touched()
        for job in ending.pending(world):
            self._reads[job.id] = self._reads.get(job.id, 0) + self._saw(tx, job)
            if self._reads[job.id] >= self.mode.reads:
                del self._reads[job.id]
                if ending.goes_on(world, job):
                    world = ending.ended(world, job, world.clock.now(), touched)
        if world is not self._world:
            self._become(world, touched)

    @staticmethod
    def _saw(tx: ReadingTx, job: Job) -> bool:
        table = SUBJECTS.get(job.kind)
        return job.id in tx.seen.get(Job, ()) or (table is not None and job.subject in tx.seen.get(table, ()))

    def _become(self, world: World, touched: Touched) -> None:
        if self.recorder is not None:
            self.recorder.changed(self, world, touched)
        self._world = world
        if self.after_commit is not None:
            self.after_commit(self)

    def _put_back(self, world: World) -> None:
        self._world = world
        self._reads = {}
