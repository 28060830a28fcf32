"""The sandboxes of a server, and which of them a request is meant for.

A sandbox as a server has it knows, beside its world, where it came from, when it was used, and the journal of what was asked of it.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime
from heapq import heappop, heappush

from mock_server.faults import Faults
from mock_server.journal.keeping import Journal, Shelf
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.exchange import Exchange
from mock_server.sandbox_names import DEFAULT
from mock_server.selection import checked, rest_of, selected
from mock_server.world import Sandbox, World
from mock_server.world.clock import instant
from mock_server.world.jobs import BY_CLOCK, JobMode
from mock_server.world.sandbox import Recorder

MOST = 100_000


class ServedSandbox(Sandbox):
    """A world with its journal and the faults that are armed; `armed` is None until somebody asks for `faults`.

    `created` and `used` are the machine's times in seconds since 1970, `idle_seconds` how long it may be unused before it goes (None
    for ever), `source` says in words what it began with, `requests` counts what was asked of it since the server started.
    """

    armed: Faults | None = None

    def __init__(
        self,
        initial: World,
        shelf: Shelf,
        name: str = DEFAULT,
        mode: JobMode = BY_CLOCK,
        *,
        source: str = "the starting world",
        idle_seconds: float | None = None,
        created: float = 0.0,
    ) -> None:
        super().__init__(initial, name, mode)
        self.source, self.idle_seconds = source, idle_seconds
        self.created = self.used = created or time.time()
        self.requests = self.serial = 0
        self.is_deleted = False
        self.shelf = shelf
        self._journal: Journal | None = None

    @property
    def journal(self) -> Journal:
        """What was asked of it; made when it is first needed, for most of 10,000 sandboxes are idle."""
        if self._journal is None:
            self._journal = Journal(self.shelf)
        return self._journal

    @property
    def faults(self) -> Faults:
        """The faults of this sandbox: `sandbox.faults.arm(operation_id="create_project", status=500, times=1)`."""
        if self.armed is None:
            self.armed = Faults(self)
        return self.armed

    @property
    def created_at(self) -> datetime:
        """When it was made."""
        return instant(self.created)

    @property
    def used_at(self) -> datetime:
        """When something was last asked of it."""
        return instant(self.used)


class Keeper(Recorder):
    """A recorder that also keeps which sandboxes there are."""

    def created(self, sandbox: ServedSandbox, origin: str, snapshot: str) -> None:
        """A sandbox comes to be: from the sandbox `origin` as it is now, or from a snapshot of it; `origin` is empty for a new world."""

    def deleted(self, sandbox: ServedSandbox) -> None:
        """A sandbox goes."""


class Sandboxes:
    """The sandboxes of a server by their names; the default one is always there.

    With `auto` a sandbox that a request names and that is not there begins with the starting world. `timer` is the machine's time.
    """

    def __init__(
        self,
        default: ServedSandbox,
        auto: bool = False,
        keeper: Keeper | None = None,
        timer: Callable[[], float] = time.time,
    ) -> None:
        self.default, self.auto, self.timer = default, auto, timer
        self.beginning = default.initial
        self.keeper = keeper
        self._named: dict[str, ServedSandbox] = {}
        self._expiring: list[tuple[float, int, str]] = []  # when, the serial number and the name of a sandbox
        self._listener: Callable[[ServedSandbox], None] | None = None
        self._number = self._serial = 0
        self.adopt(default)

    def __iter__(self) -> Iterator[ServedSandbox]:
        self._expire()
        return iter(list(self._named.values()))

    def __len__(self) -> int:
        return len(self._named)

    @property
    def all(self) -> list[ServedSandbox]:
        """Every sandbox, those that are about to go for idleness as well."""
        return list(self._named.values())

    def enter(self, exchange: Exchange) -> None:
        """Find the sandbox that a request is meant for, and take its prefix from its path. Raises Refused (400, 404)."""
        name, prefix = selected(exchange.scope)
        if prefix:
            exchange.scope, exchange.prefix = rest_of(exchange.scope, prefix), prefix
        sandbox = self.default if name is None or name == DEFAULT else self._named_by_request(name)
        sandbox.used = exchange.began
        sandbox.requests += 1
        exchange.sandbox = sandbox

    def begin_with(self, world: World) -> None:
        """Let another world be the starting world: of new sandboxes, and, when they are reset, of those that began with the old one."""
        old, self.beginning = self.beginning, world
        for sandbox in self._named.values():
            if sandbox.initial is old:
                sandbox.initial = world

    def get(self, name: str) -> ServedSandbox:
        """Return a sandbox. Raises Refused (404) for one that there is not, and (400) for what can be no name."""
        self._expire()
        found = self._named.get(name)
        if found is None:
            checked(name, "the request")
            told = f'POST /_mock/sandboxes {{"name": "{name}"}} makes one, serve --auto-sandbox makes every one that is asked for'
            raise Refused(404, f"There is no sandbox {name}, or it was idle too long; {told}")
        return found

    def create(
        self,
        name: str | None = None,
        *,
        world: tuple[str, World] | None = None,
        origin: ServedSandbox | None = None,
        snapshot: str | None = None,
        idle_seconds: float | None = None,
    ) -> ServedSandbox:
        """Make a sandbox: from a world with what it is called, a snapshot of `origin`, `origin` as it is, or the starting world.

        Raises Refused: 404 for a snapshot that there is not, 409 for a name that is taken.
        """
        self._expire()
        name = self._free_name() if name is None else checked(name, "the request")
        if name in self._named:
            raise Refused(
                409, f"There is a sandbox {name} already; choose another name or DELETE /_mock/sandboxes/{name}"
            )
        if len(self._named) >= MOST:
            raise Refused(409, f"There are {MOST} sandboxes, which is the most; delete some, or give them idle_seconds")
        begins, source, mode = self.beginning, "the starting world", BY_CLOCK
        if world is not None:
            source, begins = f"the world {world[0]}", world[1]
        elif origin is not None and snapshot is not None:
            source, begins = f"the snapshot {snapshot} of {origin.name}", snapshot_of(origin, snapshot)
        elif origin is not None:
            source, begins, mode = f"the sandbox {origin.name}", origin.world, origin.mode
        shelf = self.default.shelf
        made = ServedSandbox(begins, shelf, name, mode, source=source, idle_seconds=idle_seconds, created=self.timer())
        if self.keeper is not None:
            self.keeper.created(made, origin.name if origin and not world else "", snapshot or "")
        self.adopt(made)
        return made

    def adopt(self, sandbox: ServedSandbox) -> None:
        """Take a sandbox up that is there already."""
        sandbox.recorder, sandbox.after_commit = self.keeper, self._listener
        self._serial = sandbox.serial = self._serial + 1
        self._named[sandbox.name] = sandbox
        self._watch(sandbox)

    def delete(self, name: str) -> None:
        """Delete a sandbox. Raises Refused: 404 if there is none, 409 for the default one."""
        sandbox = self.get(name)
        if sandbox is self.default:
            raise Refused(409, "The default sandbox cannot be deleted; POST /_mock/reset puts it back to its beginning")
        self._drop(sandbox)

    def listen(self, listener: Callable[[ServedSandbox], None] | None) -> None:
        """Tell `listener` of every sandbox whose world has become another one; None: nobody any more."""
        self._listener = listener
        for sandbox in self._named.values():
            sandbox.after_commit = listener

    def _named_by_request(self, name: str) -> ServedSandbox:
        if not self.auto:
            return self.get(name)
        self._expire()
        return self._named.get(name) or self.create(name)

    def _drop(self, sandbox: ServedSandbox) -> None:
        if self.keeper is not None:
            self.keeper.deleted(sandbox)
        del self._named[sandbox.name]
        sandbox.is_deleted, sandbox.after_commit = True, None
        sandbox.journal.clear()

    def _free_name(self) -> str:
        while True:
            self._number += 1
            if (name := f"sandbox-{self._number}") not in self._named:
                return name

    def _watch(self, sandbox: ServedSandbox) -> None:
        if sandbox.idle_seconds is not None and sandbox is not self.default:
            heappush(self._expiring, (sandbox.used + sandbox.idle_seconds, sandbox.serial, sandbox.name))

    def _expire(self) -> None:
        """Drop what was idle for too long. A place in the heap may be out of date: then it is put right."""
        now = self.timer()
        while self._expiring and self._expiring[0][0] <= now:
            _, serial, name = heappop(self._expiring)
            sandbox = self._named.get(name)
            if sandbox is None or sandbox.serial != serial or sandbox.idle_seconds is None:
                continue
            if sandbox.used + sandbox.idle_seconds <= now:
                self._drop(sandbox)
            else:
                self._watch(sandbox)


def snapshot_of(sandbox: Sandbox, name: str) -> World:
    """Return a snapshot of a sandbox. Raises Refused (404)."""
    try:
        return sandbox.snapshots[name]
    except KeyError:
        there = ", ".join(sandbox.snapshots) or "none yet"
        raise Refused(404, f"There is no snapshot {name} in the sandbox {sandbox.name}; there are: {there}") from None
