"""Who is in a world that is being made, in which workspaces, and what they are there."""

import msgspec

from contract_tests.live.gathering import Facts
from contract_tests.live.worldly.building import Rows, picked
from mock_server.studio.rows import ProjectPermission, User, Workspace, WorkspacePermission


class People(Rows):
    """Makes users, workspaces and permissions."""

    def _users(self) -> None:
        for row_id, facts in self._of("user"):
            self._user(row_id, facts)
        for _, facts in self._of("session"):
            if facts.get("user_id") is not None and facts["user_id"] not in self._table(User):
                self._user(facts["user_id"], {})
        caller = self._table(User).get(self.found.caller or 0)
        if caller is None:
            everybody = {"is_superuser": True, "first_name": "Nora", "last_name": "Lindqvist"}
            caller = self._user(None, {"email": "owner@example.com", **everybody})
        self.caller = caller

    def _user(self, row_id: int | None, facts: Facts) -> User:
        taken = {user.email for user in self._table(User).values()}
        email = (facts.get("email") or f"person{row_id or len(taken) + 1}@example.com").lower()
        return self._put(
            User, row_id, email=email if email not in taken else f"{len(taken)}.{email}",
            first_name=facts.get("first_name") or "", last_name=facts.get("last_name") or "",
            password_hash=self._password, is_superuser=bool(facts.get("is_superuser")),
            is_betauser=bool(facts.get("is_betauser")), is_verified=bool(facts.get("is_verified", True)), created=self._begin(),
        )  # fmt: skip

    def _person(self, shown: str | None) -> User | None:
        """Return who is shown by that name; a new person if nobody is."""
        if not shown:
            return None
        known = next((user for user in self._table(User).values() if user.display_name == shown), None)
        first, _, last = shown.partition(" ")
        named = {"email": shown} if "@" in shown else {"first_name": first, "last_name": last}
        return known or self._user(None, named)

    def _workspaces(self) -> None:
        for row_id, facts in self._of("workspace"):
            self._put(
                Workspace,
                row_id,
                **picked(facts, "name", "description", "is_beta", "is_read_only"),
                created=self._time(facts),
            )
        for row_id, facts in self._of("membership"):
            if row_id not in self._table(Workspace):
                self._put(Workspace, row_id, name=facts["name"], created=self._begin())
        named = [
            facts.get("organization_id") for kind in ("project", "session", "model") for _, facts in self._of(kind)
        ]
        named += self.found.places.get("organization_id", {})
        for row_id in sorted({*filter(None, named)} - self._table(Workspace).keys()):
            self._put(Workspace, row_id, name=f"Workspace {row_id}", created=self._begin())
        if not self._table(Workspace):
            self._put(Workspace, name="Workspace", created=self._begin())
        chosen = next((row_id for row_id, facts in self._of("membership") if facts.get("is_default")), None)
        self.home = chosen if chosen is not None else min(self._table(Workspace))
        self._table(User)[self.caller.id] = msgspec.structs.replace(self.caller, default_organization_id=self.home)

    def _permissions(self) -> None:
        for row_id, facts in self._of("workspace permission"):
            user, place = self._person(facts["user"]), facts.get("organization_id")
            if user is not None and place in self._table(Workspace):
                fields = {"organization_id": place, "user_id": user.id, "role": facts["role"]}
                self._put(WorkspacePermission, row_id, **fields, created=self._begin())
        pairs = {(row.organization_id, row.user_id) for row in self._table(WorkspacePermission).values()}
        for place, facts in self._of("membership"):
            if (place, self.caller.id) not in pairs:
                fields = {"organization_id": place, "user_id": self.caller.id, "role": facts["role"]}
                self._put(WorkspacePermission, **fields, created=self._begin())
        pairs = {(row.organization_id, row.user_id) for row in self._table(WorkspacePermission).values()}
        for (kind, place), people in self.found.within.items():
            for user_id in people if kind == "workspace" and place in self._table(Workspace) else ():
                if (place, user_id) not in pairs and user_id in self._table(User):
                    fields = {"organization_id": place, "user_id": user_id, "role": "USER"}  # nobody has told the role
                    self._put(WorkspacePermission, **fields, created=self._begin())
        for row_id, facts in self._of("project permission"):
            user = self._person(facts.get("user"))
            if user is not None and facts.get("project_id") is not None:
                self._put(
                    ProjectPermission, row_id, project_id=facts["project_id"], user_id=user.id, role=facts["role"]
                )
