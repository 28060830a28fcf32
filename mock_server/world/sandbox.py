"""A sandbox: one world with its beginning and its named snapshots. All of its operations are moves of a pointer."""

from collections.abc import Callable

from mock_server.world.world import Tx, World


class Sandbox:
    """Holds the world of the moment. `reset`, `snapshot`, `restore` and `fork` cost the same for every size of world.

    `after_commit` is called, if it is set, when a transaction has become the world.
    """

    def __init__(self, initial: World, name: str = "default") -> None:
        self.name = name
        self.initial = self._world = initial
        self.snapshots: dict[str, World] = {}
        self.after_commit: Callable[[], None] | None = None

    @property
    def world(self) -> World:
        """The world now, with every due job ended."""
        if self._world.next_due <= self._world.clock.seconds():
            self._world = self._world.settled()
        return self._world

    def begin(self) -> Tx:
        """Begin a transaction on the world of the moment."""
        return Tx(self.world)

    def commit(self, tx: Tx) -> None:
        """Make the result of a transaction the world. Raises RuntimeError if the world has moved on since it began."""
        if tx.base is not self._world:
            raise RuntimeError("a transaction was held open while another one was committed")
        self._world = tx.world
        if self.after_commit is not None:
            self.after_commit()

    def reset(self) -> None:
        """Go back to the beginning."""
        self._world = self.initial

    def snapshot(self, name: str) -> World:
        """Keep the world under a name and return it."""
        self.snapshots[name] = self.world
        return self.snapshots[name]

    def restore(self, name: str) -> None:
        """Go back to a snapshot. Raises KeyError if there is none of this name."""
        self._world = self.snapshots[name]

    def fork(self, name: str) -> "Sandbox":
        """Return a new sandbox that begins with the world of this one."""
        return Sandbox(self.world, name)

    def advance(self, seconds: float) -> None:
        """Move the clock of the world forward; jobs that come due end."""
        self._world = self._world.with_clock(self._world.clock.advanced(seconds))
