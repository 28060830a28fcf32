"""Who is in a world that is being made, in which workspaces, and what they are there."""

import msgspec

from contract_tests.live.entities import Facts
from contract_tests.live.gathering import Who
from contract_tests.live.worldly.building import Rows, picked
from mock_server.studio.rows import ProjectPermission, User, Workspace, WorkspacePermission

NOBODY = {"email": "owner@example.com", "is_superuser": True, "first_name": "Nora", "last_name": "Lindqvist"}
NAMING = (
    ("session", "user_id"), ("review", "user_id"), ("hitl", "assigned_user_id"), ("invitation", "invited_by_id"), ("key", "user_id"),
    ("notification", "user_id"),
)  # fmt: skip
"""Kinds of things that name somebody, and how."""
OF_WORKSPACES = ("project", "session", "model", "analysis", "invitation")  # things that name theirs


class People(Rows):
    """Makes users, workspaces and permissions. `_shown` finds people by the name under which they are shown."""

    _callers: dict[Who, int]
    _shown: dict[str, int]
    _addresses: set[str]
    _joined: set[tuple[int, int]]

    def person_of(self, who: Who) -> User:
        """Return the user as whom a caller comes in."""
        return self._table(User)[self._callers[who]]

    def _users(self) -> None:
        self._shown, self._addresses, self._joined = {}, set(), set()
        for row_id, facts in self._of("user"):
            self._user(row_id, facts)
        told = [facts.get(name) for kind, name in NAMING for _, facts in self._of(kind)]
        for row_id in sorted({*filter(None, told)} - self._table(User).keys()):
            self._user(row_id, {})
        self._callers = {who: self._caller(told).id for who, told in self.found.callers.items()}
        if self.found.several:
            self.remarks.append(
                "several people called, and the recording does not tell who asked for what: the last one did"
            )

    def _caller(self, told: int | None) -> User:
        """Return who called: whom the recording names, else somebody who may do everything."""
        if told in self._table(User):
            return self._table(User)[told]
        if told is not None:
            return self._user(told, {"is_superuser": True})
        known = self._shown.get("Nora Lindqvist", 0)
        return self._table(User).get(known) or self._user(None, NOBODY)

    def _user(self, row_id: int | None, facts: Facts) -> User:
        email = (facts.get("email") or f"person{row_id or len(self._addresses) + 1}@example.com").lower()
        email = email if email not in self._addresses else f"{len(self._addresses)}.{email}"
        self._addresses.add(email)
        made = self._put(
            User, row_id, email=email, first_name=facts.get("first_name") or "", last_name=facts.get("last_name") or "",
            password_hash=self._password, is_superuser=bool(facts.get("is_superuser")),
            is_betauser=bool(facts.get("is_betauser")), is_verified=bool(facts.get("is_verified", True)), created=self._begin(),
        )  # fmt: skip
        self._shown.setdefault(made.display_name, made.id)
        return made

    def _person(self, shown: str | None) -> User | None:
        """Return who is shown by that name; a new person if nobody is."""
        if not shown:
            return None
        if shown in self._shown:
            return self._table(User)[self._shown[shown]]
        first, _, last = shown.partition(" ")
        return self._user(None, {"email": shown} if "@" in shown else {"first_name": first, "last_name": last})

    def _workspaces(self) -> None:
        for row_id, facts in self._of("workspace"):
            fields = picked(facts, "name", "description", "is_beta", "is_read_only")
            self._put(Workspace, row_id, **fields, created=self._time(facts))
        for own in self.found.memberships.values():
            for row_id, facts in sorted(own.items()):
                if row_id not in self._table(Workspace):
                    self._put(Workspace, row_id, name=facts["name"], created=self._begin())
        named = [facts.get("organization_id") for kind in OF_WORKSPACES for _, facts in self._of(kind)]
        named += self.found.places.get("organization_id", {})
        for row_id in sorted({*filter(None, named)} - self._table(Workspace).keys()):
            self._put(Workspace, row_id, name=f"Workspace {row_id}", created=self._begin())
        if not self._table(Workspace):
            self._put(Workspace, name="Workspace", created=self._begin())
        self.home = min(self._table(Workspace))
        for who in reversed(self.found.callers):
            self._go_home(who)

    def _go_home(self, who: Who) -> None:
        """Give a caller the default workspace that the recording tells, or the first one there is."""
        own = self.found.memberships.get(who)
        chosen = next((row_id for row_id, facts in sorted((own or {}).items()) if facts.get("is_default")), None)
        if chosen is not None:
            self.home = chosen
        if chosen is not None or own is None:
            row = self.person_of(who)
            home = self.home if chosen is None else chosen
            self._table(User)[row.id] = msgspec.structs.replace(row, default_organization_id=home)

    def _permissions(self) -> None:
        for row_id, facts in self._of("workspace permission"):
            user, place = self._person(facts["user"]), facts.get("organization_id")
            if user is not None and place in self._table(Workspace):
                self._join(place, user.id, facts["role"], row_id)
        for who, own in self.found.memberships.items():
            for place, facts in own.items():
                self._join(place, self._callers[who], facts["role"])
        for (kind, place), people in self.found.within.items():
            for user_id in people if kind == "workspace" and place in self._table(Workspace) else ():
                if user_id in self._table(User):
                    self._join(place, user_id, "USER")  # nobody has told the role
        given: set[tuple[int, int]] = set()
        for row_id, facts in self._of("project permission"):
            user = self._person(facts.get("user"))
            place = facts.get("project_id")
            if user is not None and place is not None and (place, user.id) not in given:
                given.add((place, user.id))
                self._put(ProjectPermission, row_id, project_id=place, user_id=user.id, role=facts["role"])

    def _join(self, place: int, user_id: int, role: str, row_id: int | None = None) -> None:
        """Give somebody a role in a workspace, unless it is known already."""
        if (place, user_id) not in self._joined:
            self._joined.add((place, user_id))
            fields = {"organization_id": place, "user_id": user_id, "role": role}
            self._put(WorkspacePermission, row_id, **fields, created=self._begin())
