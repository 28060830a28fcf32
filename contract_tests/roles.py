"""Who may do what: every operation tried by people of every role, against the table of roles in the contract (`x-role`, `x-roles`).

Each role that is enough must not be refused with 401 or 403, each lower one must be refused with 403, and nobody without a token gets
past 401. Where people can be given roles, a workspace of its own is made with one person of each; elsewhere those who are known are tried.
Not here: how the matrix is shown (`reports`).
"""

import random
from collections.abc import Iterator
from typing import Any

import msgspec

from contract_tests.addresses import Operation
from contract_tests.findings import Findings
from contract_tests.guard import Blocked
from contract_tests.laws.explore import Explorer
from contract_tests.laws.lab import Ended
from contract_tests.laws.runner import UNREADABLE
from contract_tests.laws.tenants import example
from contract_tests.laws.workshop import Workshop
from contract_tests.plan import Plan
from contract_tests.role_place import DESTROYING, Place, prepare
from contract_tests.target import Person, Target
from mock_server.contract import Json

CHECK = "roles"
NOBODY, STRANGER, SUPERUSER, OWN = "nobody", "stranger", "superuser", "own record"
OUTSIDE = "OUTSIDE"


class Cell(msgspec.Struct, frozen=True):
    """One trial: who called what, whether that is allowed, how it was answered, and whether the answer fits."""

    operation: str
    who: str
    allowed: bool
    status: int
    holds: bool


class Matrix:
    """The cells by operation and person. `who` are the columns in the order of their power."""

    def __init__(self) -> None:
        self.cells: list[Cell] = []

    @property
    def who(self) -> list[str]:
        """The columns, in the order in which they first appear."""
        return list(dict.fromkeys(cell.who for cell in self.cells))

    def rows(self) -> Iterator[tuple[str, dict[str, Cell]]]:
        """Yield each operation with its cells by column."""
        by_operation: dict[str, dict[str, Cell]] = {}
        for cell in self.cells:
            by_operation.setdefault(cell.operation, {})[cell.who] = cell
        yield from by_operation.items()

    def __len__(self) -> int:
        return len(self.cells)


class Roles:
    """Tries the operations of one target."""

    def __init__(self, target: Target, findings: Findings, seed: int = 0) -> None:
        self.target, self.matrix = target, Matrix()
        self.lab = Workshop(target, findings, CHECK, random.Random(f"{seed}:roles"))

    def run(self) -> Matrix:
        """Fill the matrix. What cannot be tried here is left out of it."""
        if self.target.can_reset and self.target.writes == "all":
            self.target.reset()
        with self.target.wire.asking("roles"), self.target.wire.listening(self.lab.heard):
            for trial in (self._without_token, self._at_home, self._in_a_workspace, self._read_only, self._own_records):
                try:
                    trial()
                except (Ended, Blocked):
                    continue
                except UNREADABLE as problem:
                    self.lab.stumbled(repr(problem))
        return self.matrix

    def _try(
        self, operation: Operation, who: str, person: Person | None, path: dict[str, Any], allowed: bool, due: int = 403
    ) -> None:
        """Call an operation as somebody and note whether the answer fits. What the guard keeps back is not tried."""
        self.lab.scene()
        name = operation.operation_id
        try:
            answer = self.lab.call(name, path, person=person, **example(self.lab, name))
        except Blocked:
            return
        self._note(operation, who, allowed, answer.status_code, due)

    def _note(self, operation: Operation, who: str, allowed: bool, status: int, due: int) -> None:
        name = operation.operation_id
        holds = status not in (401, 403) if allowed else status == due
        self.matrix.cells.append(Cell(name, who, allowed, status, holds))
        if not holds and allowed:
            self.lab.broken(
                f"{who} is refused with {status}, though the contract gives the right: {_rule(operation)}", name
            )
        elif not holds:
            self.lab.broken(f"{who} gets {status} where {due} is due; the contract asks for {_rule(operation)}", name)

    # Without a token

    def _without_token(self) -> None:
        """Every operation that needs a token answers 401 to a request without one, and without looking any further."""
        for operation in self.target.addresses:
            if needs_token(self.target.document, operation):
                path = {name: _some(name) for name in _placeholders(operation)}
                self._try(operation, NOBODY, None, path, allowed=False, due=401)

    # In a workspace

    def _in_a_workspace(self) -> None:
        """Refusals come first, for they change nothing; then reads, changes, and at last what destroys."""
        if self.target.api != "studio":
            return
        place = prepare(self.lab)
        scoped = [
            one
            for one in self.target.addresses
            if one.node.get("x-role", {}).get("scope") in ("project", "organization", "model")
        ]
        for operation in scoped:
            for who, person in place.people.items():
                if not self._is_enough(operation, who):
                    self._try(operation, who, person, place.path(operation), allowed=False)
        for operation in sorted(scoped, key=_harm):
            able = [who for who in place.people if self._is_enough(operation, who)]
            for who in able[:1] if operation.operation_id in DESTROYING else able:
                self._try(operation, who, place.people[who], place.path(operation), allowed=True)

    def _is_enough(self, operation: Operation, who: str) -> bool:
        """Whether who has this role in the workspace has the role that an operation needs."""
        rule, table = operation.node["x-role"], self.target.document["x-roles"]
        if who in (SUPERUSER, STRANGER):
            return who == SUPERUSER
        scope = rule["scope"]
        held = who if scope == "organization" else table["carries_over"][scope].get(who)
        ranks: list[str] = table["ranks"][scope]
        return held is not None and ranks.index(held) >= ranks.index(rule["role"])

    # Read-only workspaces

    def _read_only(self) -> None:
        """In a read-only workspace nobody writes, a superuser neither, and everybody who could reads."""
        if self.target.api != "studio":
            return
        for project in _read_only_projects(self.lab):
            explorer = Explorer(self.lab, per=1, project=project)
            for operation in self.target.addresses:
                rule = operation.node.get("x-role", {})
                if rule.get("scope") != "project":
                    continue
                for path in explorer.paths(operation.operation_id)[:1]:
                    if rule.get("writes"):
                        self._try(operation, "read-only", self.target.people[0], path, allowed=False)
                    elif operation.method == "GET":
                        self._try(operation, "read-only", self.target.people[0], path, allowed=True)
            return

    # At home

    def _at_home(self) -> None:
        """Who has the role of a home in the default workspace makes projects there, and nobody else does."""
        if self.target.api != "studio":
            return
        table = self.target.document["x-roles"]
        ranks: list[str] = table["ranks"]["organization"]
        create = self.target.addresses.by_id["create_project"]
        for role in ranks:
            person = self.target.person(role)
            held = self._default_role(person) if person is not None else None
            if person is None or held is None:
                continue
            name = self.lab.unique("At home")
            answer = self.lab.call("create_project", person=person, json={"name": name, "type": "CLASS"})
            allowed = ranks.index(held) >= ranks.index(table["home"]["role"])
            self._note(create, f"{held} at home", allowed, answer.status_code, 403)

    def _default_role(self, person: Person) -> str | None:
        """Return the role of somebody in the default workspace, None without one that can be written to."""
        organizations = self.lab.ok("get_auth_status", person=person)["organizations"]
        default = next((one for one in organizations if one["is_default"]), None)
        if default is None or self.lab.ok("get_workspace", {"organization_id": default["id"]})["is_read_only"]:
            return None
        return str(default["role"])

    # Own records

    def _own_records(self) -> None:
        """One's own record is one's own: others are refused, unless they are superusers; flags belong to superusers alone."""
        if self.target.api != "studio" or len(self.target.people) < 2:
            return
        someone = self.target.people[1]
        mine = self.lab.ok("get_auth_status", person=someone)["user"]["id"]
        first = self.lab.ok("get_auth_status")["user"]
        for operation in self.target.addresses:
            rule = operation.node.get("x-role", {})
            path = {**{name: _some(name) for name in _placeholders(operation)}, "user_id": first["id"]}
            if rule.get("scope") in ("user", "superuser"):
                self._try(operation, STRANGER, someone, path, allowed=False)
            if rule.get("scope") == "user" and operation.operation_id not in DESTROYING:
                self._try(operation, OWN, someone, {**path, "user_id": mine}, allowed=True)
                if first["is_superuser"]:
                    self._try(operation, SUPERUSER, self.target.people[0], {**path, "user_id": mine}, allowed=True)
            if rule.get("scope") == "account" and operation.method == "GET":
                self._try(operation, OWN, someone, path, allowed=True)


def run(target: Target, plan: Plan, findings: Findings) -> None:
    """Try the matrix, in the first shard of a plan: it is made as a whole or not at all. Raises brakes.Stop when the run has to end."""
    if plan.mine(["roles"]):
        check_roles(target, findings, plan.seed)


def check_roles(target: Target, findings: Findings, seed: int = 0) -> Matrix:
    """Try every operation as people of every role, report what does not fit, and return the matrix."""
    return Roles(target, findings, seed).run()


def needs_token(document: Json, operation: Operation) -> bool:
    """Whether the contract asks for a token, without an alternative that has none."""
    security = operation.node["security"] if "security" in operation.node else document.get("security", [])
    return bool(security) and {} not in security


def _placeholders(operation: Operation) -> list[str]:
    return [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]


def _some(name: str) -> Any:
    """Return a value that a path can have in this place; nobody may get far enough to look it up."""
    return "x" if name == "name" else 0 if name == "page" else 1


def _harm(operation: Operation) -> tuple[bool, int, int]:
    order = {"GET": 0, "POST": 1, "PUT": 1, "PATCH": 1, "DELETE": 2}
    return operation.operation_id in DESTROYING, order.get(operation.method, 1), -operation.path.count("{")


def _rule(operation: Operation) -> str:
    rule = operation.node.get("x-role", {})
    role = f" {rule['role']}" if "role" in rule else ""
    return f"{rule.get('scope', 'a token')}{role}{', and no read-only workspace' if rule.get('writes') else ''}"


def _read_only_projects(lab: Workshop) -> Iterator[int]:
    """Yield projects of workspaces that are read-only, as far as the first of the people belongs to some."""
    for told in lab.ok("get_auth_status")["organizations"]:
        at = {"organization_id": told["id"]}
        if lab.ok("get_workspace", at)["is_read_only"]:
            listed = lab.target.send("GET", f"/organizations/{told['id']}/projects")
            yield from (row["id"] for row in listed.json() if listed.status_code == 200)


__all__ = ["Cell", "Matrix", "Place", "Roles", "check_roles", "needs_token", "run"]
