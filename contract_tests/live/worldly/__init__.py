"""Rows of a Studio world from what a recording tells of it. What it does not tell is made up as little as possible, and so that it fits.

Who called in the recording can log in to the world with the password `studio-mock`; without a name in it there is `owner@example.com`.
A builder is made of layers, each on what those below have made: `building`, `people`, `projects`, `texts`, `sessions`. Not here: where
the facts come from (`gathering`).
"""

from datetime import UTC, datetime

from contract_tests.live.gathering import Gathering
from contract_tests.live.worldly.sessions import Sessions
from mock_server.times import moment
from mock_server.worldfile import Stored

__all__ = ["world_of"]

NAME = "From traffic"
LATER = datetime(2026, 3, 13, 16, 30, tzinfo=UTC)  # when the story of a world without any time stands


class Builder(Sessions):
    """Makes the rows of one world."""

    def build(self) -> Stored:
        """Return the world at rest."""
        for make in (
            self._users, self._workspaces, self._projects, self._named, self._models, self._permissions, self._groups,
            self._documents, self._fillers, self._sessions, self._tags, self._tasks,
        ):  # fmt: skip
            make()
        rows = {kind: [some[row_id] for row_id in sorted(some)] for kind, some in self.rows.items()}
        return Stored(name=NAME, now=self.now, rows=rows)


def world_of(found: Gathering, last: datetime | None) -> Stored:
    """Return the world at rest whose story ends with the last request of a recording (UTC), or with the latest time in it."""
    times = [
        moment(facts["created"]) for some in found.things.values() for facts in some.values() if facts.get("created")
    ]
    now = max([*([last] if last else []), *times], default=LATER)
    return Builder(found, now).build()
