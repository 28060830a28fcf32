"""What the model begins with where the target was there before: the people who ask and what they share, as far as it is known.

One module for each API builds it. What has an id of the target's keeps it, so that both sides call it the same. Not here: asking
the target for what is known (`contract_tests.live.parity.opening`).
"""

from typing import Any

import msgspec

Key = tuple[str, int | str]


class Membership(msgspec.Struct, frozen=True):
    """A workspace of somebody, by the target's id, and their role in it."""

    id: int
    role: str
    is_default: bool


class Somebody(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who asks. `name` is what stories call them, `role` what they may do where the first person is (`stranger`: nothing).

    `id` is the target's, None if it is not known; `workspaces` as well, empty then.
    """

    name: str
    role: str | None = None
    email: str | None = None
    id: int | None = None
    is_superuser: bool = False
    workspaces: tuple[Membership, ...] = ()


class Read(msgspec.Struct, frozen=True):
    """What the target has answered somebody: a JSON value."""

    person: str
    operation: str
    value: Any


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a target: who asks there, and what was read of it before any story. `task` is one of Label Studio that is lent."""

    people: tuple[Somebody, ...]
    task: int | None = None
    read: tuple[Read, ...] = ()

    def answers(self, operation: str, person: str | None = None) -> list[Any]:
        """Return what an operation has answered (somebody), in order."""
        return [one.value for one in self.read if one.operation == operation and person in (None, one.person)]


class Begun(msgspec.Struct, kw_only=True):
    """A beginning in the model. `known_as` are Authorization headers by person, `same` kind and id of what both sides call the same,
    `given` what stories may name without having made it."""

    known_as: dict[str, str | None] = {}
    same: list[Key] = []
    given: dict[str, Any] = {}
