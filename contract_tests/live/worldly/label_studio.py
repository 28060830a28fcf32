"""What a recording tells of Label Studio, and the rows that become of it: annotations with their tasks and projects, and whose they are."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from contract_tests.live.disguising import Read
from contract_tests.live.entities import Facts, schema_of
from contract_tests.live.finding import Finder
from contract_tests.live.neighbours import SIGNED
from contract_tests.live.shapes import Shapes
from contract_tests.live.worldly.building import picked
from mock_server.label_studio.rows import LsAnnotation, LsOrganization, LsProject, LsTask, LsUser
from mock_server.times import moment
from mock_server.world.rows import Row

KINDS = {"Annotation": "annotation", "WhoAmI": "person"}
PEOPLE = ("completed_by", "updated_by", "last_created_by")
KEPT = (
    "task", *PEOPLE, "result", "was_cancelled", "ground_truth", "bulk_created", "draft_created_at", "import_id", "last_action", "lead_time",
    "parent_annotation", "parent_prediction",
)  # fmt: skip


class LabelStudio:
    """Takes answers in disguise; `callers` are those who called."""

    def __init__(self, shapes: Shapes) -> None:
        self._finder = Finder(shapes, KINDS)
        self._annotations: dict[int, tuple[str, Facts]] = {}  # with who saw them
        self._tasks: dict[int, str] = {}  # that were asked for, with who did
        self._people: dict[str, Facts] = {}  # who the callers are
        self.callers: dict[str, None] = {}
        self.rows: dict[type[Row], dict[int, Any]] = {}
        self._own: dict[str, LsUser] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was told."""
        return not (self._annotations or self._people or self._tasks)

    @property
    def left_out(self) -> int:
        """How many things are not as the contract says."""
        return self._finder.left_out

    def add(self, read: Read) -> None:
        """Take one."""
        self.callers[read.who] = None
        name, number = read.operation.operation_id, read.values.get("id", "")
        if name == "list_annotations" and number.isdecimal():
            self._tasks[int(number)] = read.who
        if read.method == "DELETE" and number.isdecimal():
            self._annotations.pop(int(number), None)
        schema = schema_of(self._finder.shapes.document, read.operation.node, read.status)
        for kind, value in self._finder.found(schema, read.body) if schema is not None else ():
            if kind == "annotation":
                self._annotations[value["id"]] = read.who, value
            else:
                self._people[read.who] = value

    def times(self) -> Iterator[str]:
        """Yield every time at which something was made."""
        yield from (facts["created_at"] for _, facts in self._annotations.values())

    def build(self, now: datetime) -> dict[type[Row], dict[int, Any]]:
        """Return the rows by table and id."""
        self._begin = now - timedelta(days=30)
        self.rows = {kind: {} for kind in (LsOrganization, LsUser, LsProject, LsTask, LsAnnotation)}
        self._home = {who: facts.get("active_organization") or 1 for who, facts in self._people.items()}
        people = sorted(self._people.values(), key=lambda facts: int(facts["id"]))
        for facts in people:
            self._person(facts)
        for who, facts in self._annotations.values():
            self._named(self._home.get(who, 1), facts)
        for facts in people:
            self._founder(facts)
        for who in self.callers:
            self._caller(who)
        for who, facts in [*self._annotations.values()]:
            self._task(facts["task"], facts.get("project"), who)
        for task, who in self._tasks.items():
            self._task(task, None, who)
        for row_id, (_, facts) in self._annotations.items():
            self._annotation(row_id, facts)
        self._parents()
        return self.rows

    def headers(self, who: str) -> dict[str, str]:
        """Return the headers with which a caller comes in."""
        return {"Authorization": f"Token {self._own[who].token}"}

    def said(self) -> Iterator[str]:
        """Yield how everybody who called comes in."""
        for user in {row.id: row for row in self._own.values()}.values():
            yield f"{user.email} of Label Studio, with the token {user.token}"

    def _organization(self, row_id: int, title: str | None = None) -> int:
        if row_id not in self.rows[LsOrganization]:
            fields: Any = {"title": title or f"Organization {row_id}", "created_at": self._begin}
            self.rows[LsOrganization][row_id] = LsOrganization(id=row_id, **fields)
        return row_id

    def _user(self, row_id: int, organization: int, email: str | None, **fields: Any) -> LsUser:
        known = {row.email for row in self.rows[LsUser].values()}
        email = email or f"person{row_id}@example.com"
        email = email if email not in known else f"{row_id}.{email}"
        made: Any = {
            "username": email.partition("@")[0],
            "date_joined": self._begin,
            "last_activity": self._begin,
            **fields,
        }
        row = LsUser(
            id=row_id, organization=self._organization(organization), email=email, token=f"label-studio-traffic-{row_id}", **made
        )  # fmt: skip
        self.rows[LsUser][row_id] = row
        return row

    def _person(self, facts: Facts) -> None:
        """Add somebody who has asked for their own account."""
        if facts["id"] not in self.rows[LsUser]:
            home = self._organization(facts.get("active_organization") or 1, _about(facts).get("title"))
            role = (facts.get("org_membership") or [{}])[0].get("role", "OW")
            times = {name: moment(facts[name]) for name in ("date_joined", "last_activity")}
            self._user(
                facts["id"],
                home,
                facts["email"],
                **picked(facts, "username", "first_name", "last_name"),
                role=role,
                **times,
            )

    def _founder(self, facts: Facts) -> None:
        """Add whoever was first in an organization, if nobody else has told of them."""
        home, email = facts.get("active_organization") or 1, _about(facts).get("email")
        first = min(row.id for row in self.rows[LsUser].values() if row.organization == home)
        if email and first > 1 and all(row.email != email for row in self.rows[LsUser].values()):
            self._user(first - 1, home, email)

    def _named(self, home: int, facts: Facts) -> None:
        """Add the people whom an annotation names."""
        found = SIGNED.fullmatch(facts.get("created_username") or "")
        if found is not None and int(found["id"]) not in self.rows[LsUser]:
            first, _, last = (found["name"] or "").partition(" ")
            self._user(int(found["id"]), home, found["email"], first_name=first, last_name=last)
        for row_id in (facts.get(name) for name in PEOPLE):
            if row_id is not None and row_id not in self.rows[LsUser]:
                self._user(row_id, home, None)

    def _caller(self, who: str) -> None:
        own = self._people.get(who)
        if own is not None:
            self._own[who] = self.rows[LsUser][own["id"]]
        elif who not in self._own:
            self._own[who] = self._user(max(self.rows[LsUser], default=0) + 1, 1, None)

    def _task(self, row_id: int, project: int | None, who: str) -> None:
        if row_id in self.rows[LsTask]:
            return
        home = self._organization(self._home.get(who, 1))
        own = (row.id for row in self.rows[LsProject].values() if row.organization == home)
        number = project or next(own, max(self.rows[LsProject], default=0) + 1)
        if number not in self.rows[LsProject]:
            fields: Any = {"organization": home, "title": f"Project {number}", "created_at": self._begin}
            self.rows[LsProject][number] = LsProject(id=number, **fields)
        self.rows[LsTask][row_id] = LsTask(id=row_id, project=number, data={}, created_at=self._begin)

    def _annotation(self, row_id: int, facts: Facts) -> None:
        fields: Any = picked(facts, *KEPT)
        parent = fields.get("parent_annotation")
        if parent not in self._annotations and (facts["task"] in self._tasks or parent is None):
            fields["parent_annotation"] = None  # it is of another task, or gone
        fields["result"] = fields.get("result") or []
        for name in ("was_cancelled", "ground_truth"):
            fields[name] = bool(fields.get(name))
        fields |= {name: moment(facts[name]) for name in ("created_at", "updated_at")}
        self.rows[LsAnnotation][row_id] = LsAnnotation(id=row_id, **fields)

    def _parents(self) -> None:
        """Add the annotations from which others were made and which nobody has looked at."""
        for row in [*self.rows[LsAnnotation].values()]:
            if row.parent_annotation is not None and row.parent_annotation not in self.rows[LsAnnotation]:
                fields: Any = {"task": row.task, "created_at": row.created_at, "updated_at": row.created_at}
                self.rows[LsAnnotation][row.parent_annotation] = LsAnnotation(id=row.parent_annotation, **fields)


def _about(facts: Facts) -> Facts:
    """Return what is said of the organization of somebody."""
    told = facts.get("active_organization_meta")
    return told if isinstance(told, dict) else {}
