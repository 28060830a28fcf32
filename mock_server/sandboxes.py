"""The sandboxes of a server, and which of them a request is meant for.

A sandbox as a server has it holds, beside its world, the journal of what was asked of it.
"""

from collections.abc import Mapping
from typing import Any

from mock_server.journal.keeping import Bounds, Journal, Shelf
from mock_server.world import Sandbox, World


class ServedSandbox(Sandbox):
    """A world with its journal."""

    def __init__(self, initial: World, shelf: Shelf, name: str = "default") -> None:
        super().__init__(initial, name)
        self.journal = Journal(shelf)


class Sandboxes:
    """The sandboxes of a server: one for now."""

    def __init__(self, world: World, bounds: Bounds | None = None) -> None:
        self.shelf = Shelf(bounds)
        self.default = ServedSandbox(world, self.shelf)

    def of(self, scope: Mapping[str, Any]) -> ServedSandbox:
        """Return the sandbox that a request is meant for. Raises Refused (404) for one that there is not."""
        return self.default
