"""Rows of a world from what a recording tells of it. What it does not tell is made up as little as possible, and so that it fits.

Who called in the recording can come in: in Studio with the password `studio-mock`, as `owner@example.com` if nothing names the caller.
A builder of Studio is made of layers, each on what those below have made: `building`, `people`, `projects`, `texts`, `sessions`,
`analyses`, `reviews`, `running`. Not here: where the facts come from (`gathering`).
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from contract_tests.live.disguising import Read
from contract_tests.live.gathering import Gathering
from contract_tests.live.shapes import Shapes
from contract_tests.live.worldly.running import Running
from mock_server.studio import tokens
from mock_server.times import moment
from mock_server.world.rows import Row
from mock_server.worldfile import Stored

__all__ = ["Built", "Gatherings", "world_of"]

LEFT_OUT = "{} things are not as the contract says and were left out; studio-mock drift tells how"
NAME = "From traffic"
LATER = datetime(2026, 3, 13, 16, 30, tzinfo=UTC)  # when the story of a world without any time stands
Rows = dict[type[Row], dict[int, Any]]
Headers = dict[tuple[str, str], dict[str, str]]  # by API and caller


class Built(msgspec.Struct, frozen=True):
    """A world at rest, the headers with which each caller of each API comes in, how that is said, and what else is to be said."""

    rest: Stored
    headers: Headers
    callers: list[str]
    remarks: list[str]


class Gatherings:
    """What a recording tells, API by API."""

    def __init__(self, shapes: dict[str, Shapes]) -> None:
        self.studio = Gathering(shapes["studio"]) if "studio" in shapes else None

    def add(self, read: Read) -> None:
        """Take one answer in disguise."""
        if read.api == "studio" and self.studio is not None:
            self.studio.add(read)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return self.studio is None or not any(self.studio.things.values())


def world_of(found: Gatherings, last: datetime | None) -> Built:
    """Return the world at rest whose story ends with the last request of a recording (UTC), or with the latest time in it."""
    studio = found.studio
    assert studio is not None
    times = [
        moment(facts["created"]) for some in studio.things.values() for facts in some.values() if facts.get("created")
    ]
    now = max([*([last] if last else []), *times], default=LATER)
    builder = Builder(studio, now)
    rows = builder.build()
    rest = {kind: [some[row_id] for row_id in sorted(some)] for kind, some in rows.items()}
    people = {who: builder.person_of(who) for who in studio.callers}
    headers = {
        ("studio", who): {"Authorization": f"Bearer {tokens.issue(row.id, now, 'replay')}"}
        for who, row in people.items()
    }
    said = [f"{email}, with the password studio-mock" for email in dict.fromkeys(row.email for row in people.values())]
    left = [LEFT_OUT.format(studio.left_out)] if studio.left_out else []
    return Built(Stored(name=NAME, now=now, rows=rest), headers, said, left + builder.remarks)


class Builder(Running):
    """Makes the rows of Studio."""

    def build(self) -> Rows:
        """Return the rows by table and id."""
        for make in (
            self._users, self._workspaces, self._projects, self._named, self._models, self._permissions, self._made_for_people,
            self._groups, self._documents, self._fillers, self._sessions, self._tags, self._analyses, self._hitls, self._jobs,
        ):  # fmt: skip
            make()
        return self.rows
