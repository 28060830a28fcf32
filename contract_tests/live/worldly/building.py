"""The rows of a world that is being made: how they get their ids, and what every part of the world needs. Not here: which rows."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import msgspec

from contract_tests.live.entities import Facts
from contract_tests.live.gathering import Gathering
from mock_server.studio import tokens
from mock_server.studio.rows import ModelClass, ModelPermission, ProductKey, ProjectPermission, WorkspacePermission
from mock_server.times import moment
from mock_server.world import Job
from mock_server.world.rows import Row

R = TypeVar("R", bound=Row)
NAMES: dict[type[Row], str] = {
    ModelClass: "class", WorkspacePermission: "workspace permission", ProjectPermission: "project permission", Job: "task",
    ModelPermission: "model permission", ProductKey: "key",
}  # fmt: skip
PASSWORD, SALT = "studio-mock", b"alpine public salt"


class Rows:
    """The rows of a world that is being made, and how one comes in."""

    home: int

    def __init__(self, found: Gathering, now: datetime) -> None:
        self.found, self.now = found, now
        self.rows: dict[type[Row], dict[int, Any]] = {}
        self._last: dict[type[Row], int] = {}
        self.remarks: list[str] = []  # what could not be taken over, and why
        self._names: dict[type[Row], dict[tuple[int, str], int]] = {}  # ids of classes and labels by project and name
        self._password = tokens.hash_password(PASSWORD, SALT)

    def _of(self, kind: str) -> Iterable[tuple[int, Facts]]:
        return sorted(self.found.things[kind].items())

    def _table(self, kind: type[R]) -> dict[int, R]:
        return self.rows.setdefault(kind, {})

    def _put(self, kind: type[R], row_id: int | None = None, /, **fields: Any) -> R:
        """Add a row, under an id of its own if it has none. Fields that are None are those that nobody knows."""
        row = kind(id=self._new_id(kind) if row_id is None else row_id, **fields)
        self._table(kind)[row.id] = row
        return row

    def _change(self, row: Row, **fields: Any) -> None:
        """Put a row in the place of another one that differs in these fields."""
        self.rows[type(row)][row.id] = msgspec.structs.replace(row, **fields)

    def _new_id(self, kind: type[Any]) -> int:
        if kind not in self._last:
            known = self.found.things.get(kind_of(kind), {})
            self._last[kind] = max([*known, *self._table(kind)], default=0)
        self._last[kind] += 1
        return self._last[kind]

    def _time(self, facts: Facts) -> datetime:
        return moment(facts["created"]) if facts.get("created") else self._begin()

    def _begin(self) -> datetime:
        return self.now - timedelta(days=30)


def picked(facts: Facts, *names: str) -> Facts:
    """Return those of some facts that are known."""
    return {name: facts[name] for name in names if name in facts}


def kind_of(kind: type[Any]) -> str:
    """Return what `gathering` calls the things of a table."""
    return NAMES.get(kind, kind.__name__.lower())
