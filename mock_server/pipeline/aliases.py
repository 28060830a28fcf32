"""Aliases: operations that answer under a second path too, as `x-aliases` in the root of a document says.

`prefix` comes before the path of every operation that begins with one of `paths`; its one parameter is `parameter` (a name in
`components.parameters`), and `refusals` names what an alias may answer beyond what its operation does. A path of the contract
itself always wins. What the parameter means is for the vendor's `authorize` to say: the handler sees the path without it.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.contract import Json

FIELD = "x-aliases"
END = "@alias"  # of the name under which the router knows an operation that was called by its alias


class Aliases(msgspec.Struct, frozen=True):
    """The aliases of a document."""

    prefix: str
    parameter: str
    paths: tuple[str, ...]
    refusals: dict[str, str]

    def of(self, path: str) -> str | None:
        """Return the second path of an operation, or None."""
        return self.prefix + path if any(begins(path, start) for start in self.paths) else None

    def node(self, operation: Json) -> Json:
        """Return an operation as it is under its alias: with the answers that it has only there."""
        refusals = {status: {"$ref": f"#/components/responses/{name}"} for status, name in self.refusals.items()}
        return {**operation, "responses": {**refusals, **operation["responses"]}}


def begins(path: str, start: str) -> bool:
    """Whether a path is `start` or lies below it."""
    return path == start or path.startswith(f"{start}/")


def aliases_of(document: Mapping[str, Any]) -> Aliases | None:
    """Return what a document says of aliases, None if nothing."""
    return msgspec.convert(document[FIELD], Aliases) if document.get(FIELD) else None
