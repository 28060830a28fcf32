"""How the model of Label Studio begins: the people and their organizations, and a task with the annotations that it has."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from contract_tests.model.beginnings import Begun, Opening
from contract_tests.model.oracle import Oracle

KEPT = (  # of an annotation, as it is shown
    "task", "completed_by", "updated_by", "result", "was_cancelled", "ground_truth", "bulk_created", "draft_created_at", "import_id",
    "last_action", "last_created_by", "lead_time", "parent_annotation", "parent_prediction",
)  # fmt: skip
PEOPLE = ("completed_by", "updated_by", "last_created_by")


def given(oracle: Oracle) -> dict[str, Any]:
    """Return what stories may name of the world of a model: a task."""
    task = next(iter(oracle.tx().ids(oracle.tables["LsTask"])), None)
    return {} if task is None else {"task": task}


def begin(oracle: Oracle, opening: Opening) -> Begun:
    """Let a model begin with these people, and the task with its annotations."""
    building = _Building(oracle, opening)
    oracle.start(building.tx.world)
    return building.begun


class _Building:
    """A world in the making. Everything has the id that the target gives it."""

    def __init__(self, oracle: Oracle, opening: Opening) -> None:
        self.kinds, self.tx, self.begun = oracle.tables, oracle.empty(), Begun()
        accounts = [(one.name, opening.answers("who_am_i", one.name)[0]) for one in opening.people]
        for name, account in accounts:
            self._person(name, account)
        self._founder(accounts[0][1], {account["email"] for _, account in accounts})
        annotations = [one for told in opening.answers("list_annotations") for one in told]
        if opening.task is not None:
            project = next((one["project"] for one in annotations), 1)
            self._task(opening.task, project, accounts[0][1]["active_organization"])
        for one in annotations:
            self._annotation(one)
        for kind, ids in self._ids():
            self.tx.new_id(self.kinds[kind], max(ids, default=0) + 1)  # what comes later gets none of these ids

    def _person(self, name: str, account: Any) -> None:
        home, token = account["active_organization"], f"model-{name}"
        self._organization(home, account)
        self._put("LsUser", "user", account["id"], organization=home, token=token, **_profile(account))
        self.begun.known_as[name] = f"Token {token}"

    def _organization(self, row_id: int, account: Any) -> None:
        """Put an organization, unless it is there."""
        if self.tx.get(self.kinds["LsOrganization"], row_id) is None:
            title = (account.get("active_organization_meta") or {}).get("title", "")
            self._put("LsOrganization", "organization", row_id, title=title, created_at=self.tx.now)

    def _founder(self, account: Any, known: set[str]) -> None:
        """Put whoever was first in an organization, by whose address it is called, if that is none of the people."""
        email = (account.get("active_organization_meta") or {}).get("email")
        if email and email not in known:
            self._nobody(0, account["active_organization"], {"email": email, "username": email})

    def _task(self, row_id: int, project: int, organization: int) -> None:
        self._put("LsProject", "project", project, organization=organization, title="Lent", created_at=self.tx.now)
        self._put("LsTask", "task", row_id, project=project, data={}, created_at=self.tx.now)
        self.begun.given["task"] = row_id

    def _annotation(self, shown: Any) -> None:
        for name in PEOPLE:
            self._bystander(shown.get(name), shown if name == "completed_by" else {})
        fields = {name: shown[name] for name in KEPT if name in shown}
        times = {name: datetime.fromisoformat(shown[name]) for name in ("created_at", "updated_at")}
        self._put("LsAnnotation", "annotation", shown["id"], **fields, **times)

    def _bystander(self, row_id: int | None, shown: Any) -> None:
        """Put somebody whom an annotation names and who takes no part in the stories."""
        if row_id is None or self.tx.get(self.kinds["LsUser"], row_id) is not None:
            return
        name, _, _ = shown.get("created_username", "").rpartition(",")
        *names, email = name.split(" ") if name else [f"user{row_id}@example.com"]
        first, last = (names or [""])[0], " ".join(names[1:])
        profile = {"email": email, "username": email, "first_name": first, "last_name": last}
        self._nobody(row_id, next(iter(self.tx.ids(self.kinds["LsOrganization"]))), profile)
        self.begun.same.append(("user", row_id))

    def _nobody(self, row_id: int, organization: int, profile: dict[str, str]) -> None:
        """Put somebody who does not call."""
        times = {"date_joined": self.tx.now, "last_activity": self.tx.now}
        user = self.kinds["LsUser"]
        self.tx.put(user(id=row_id, organization=organization, token=f"nobody-{row_id}", **profile, **times))

    def _put(self, kind: str, called: str, row_id: int, **fields: Any) -> None:
        self.tx.put(self.kinds[kind](id=row_id, **fields))
        self.begun.same.append((called, row_id))

    def _ids(self) -> Iterator[tuple[str, list[int]]]:
        for kind in ("LsOrganization", "LsUser", "LsProject", "LsTask", "LsAnnotation"):
            yield kind, list(self.tx.ids(self.kinds[kind]))


def _profile(account: Any) -> dict[str, Any]:
    role = (account.get("organization_membership") or {}).get("role", "OW")
    names = {name: account.get(name) or "" for name in ("email", "username", "first_name", "last_name")}
    times = {name: datetime.fromisoformat(account[name]) for name in ("date_joined", "last_activity")}
    return {**names, **times, "role": role}
