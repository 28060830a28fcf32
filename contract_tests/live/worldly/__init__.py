"""Rows of a world from what a recording tells of it. What it does not tell is made up as little as possible, and so that it fits.

Who called in the recording can come in: in Studio with the password `studio-mock`, as `owner@example.com` if nothing names the caller.
A builder of Studio is made of layers, each on what those below have made: `building`, `people`, `projects`, `texts`, `sessions`,
`analyses`, `reviews`, `running`; one of Blue Guardrails of `labeling` and `marking`. Not here: where the facts come from (`gathering`).
"""

from datetime import UTC, datetime
from typing import Any

import msgspec

from contract_tests.live.disguising import Read
from contract_tests.live.gathering import Gathering
from contract_tests.live.shapes import Shapes
from contract_tests.live.worldly.blue_guardrails import BlueGuardrails
from contract_tests.live.worldly.label_studio import LabelStudio
from contract_tests.live.worldly.marking import Marking
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
    headers: Headers = {}
    callers: list[str] = []
    remarks: list[str] = []

    def take(self, rows: Rows) -> None:
        """Take the rows of an API."""
        self.rest.rows.update({kind: [some[row_id] for row_id in sorted(some)] for kind, some in rows.items()})


class Gatherings:
    """What a recording tells, API by API."""

    def __init__(self, shapes: dict[str, Shapes]) -> None:
        self.by_api: dict[str, Any] = {name: GATHERINGS[name](some) for name, some in shapes.items()}

    def add(self, read: Read) -> None:
        """Take one answer in disguise."""
        self.by_api[read.api].add(read)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return all(one.is_empty for one in self.by_api.values())

    def time(self) -> datetime | None:
        """Return the latest time at which something was made, None if nothing tells."""
        return max((moment(time) for one in self.by_api.values() for time in one.times()), default=None)


def world_of(found: Gatherings, last: datetime | None) -> Built:
    """Return the world at rest whose story ends with the last request of a recording (UTC), or with the latest time in it."""
    now = max(filter(None, (last, found.time())), default=LATER)
    built = Built(Stored(name=NAME, now=now, rows={}))
    for api, one in found.by_api.items():
        if not one.is_empty:
            BUILD[api](built, one)
        if one.left_out:
            built.remarks.append(LEFT_OUT.format(one.left_out))
    return built


def _studio(built: Built, found: Gathering) -> None:
    builder = Builder(found, built.rest.now)
    built.take(builder.build())
    people = {who: builder.person_of(who) for who in found.callers}
    now = built.rest.now
    for who, row in people.items():
        built.headers["studio", who] = {"Authorization": f"Bearer {tokens.issue(row.id, now, 'replay')}"}
    emails = dict.fromkeys(row.email for row in people.values())
    built.callers.extend(f"{email}, with the password studio-mock" for email in emails)
    built.remarks.extend(builder.remarks)


def _label_studio(built: Built, found: LabelStudio) -> None:
    built.take(found.build(built.rest.now))
    built.headers.update({("label_studio", who): found.headers(who) for who in found.callers})
    built.callers.extend(found.said())


def _blue_guardrails(built: Built, found: BlueGuardrails) -> None:
    marking = Marking(found, built.rest.now)
    marking.build()
    built.take(marking.rows)
    built.headers.update({("blue_guardrails", who): marking.headers(who) for who in found.callers})
    built.callers.extend(marking.said())
    built.remarks.extend(marking.remarks)


GATHERINGS: dict[str, Any] = {"studio": Gathering, "label_studio": LabelStudio, "blue_guardrails": BlueGuardrails}
BUILD: dict[str, Any] = {"studio": _studio, "label_studio": _label_studio, "blue_guardrails": _blue_guardrails}


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
