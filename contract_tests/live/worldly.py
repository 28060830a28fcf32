"""Rows of a Studio world from what a recording tells of it. What it does not tell is made up as little as possible, and so that it fits.

Who called in the recording can log in to the world with the password `studio-mock`; without a name in it there is `owner@example.com`.
Not here: where the facts come from (`gathering`).
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from contract_tests.live.gathering import Facts, Gathering
from mock_server import text as sentences
from mock_server.studio import tokens
from mock_server.studio.rows import (
    Document,
    Group,
    Label,
    Model,
    ModelClass,
    Project,
    ProjectPermission,
    Segment,
    Session,
    SessionDocument,
    Tag,
    User,
    Workspace,
    WorkspacePermission,
)  # fmt: skip
from mock_server.times import moment
from mock_server.world import Job
from mock_server.world.rows import Row
from mock_server.worldfile import Stored

R = TypeVar("R", bound=Row)
PASSWORD, SALT = "studio-mock", b"alpine public salt"
NAME = "From traffic"
NO_META = ("id", "text", "segments", "tags", "stats")
MOST_MADE_UP = 1_000  # documents of one group
OF_MODELS = (
    "uuid", "name", "display_name", "base", "language", "long_description", "short_description", "progress", "score", "status", "type",
    "project_id",
)  # fmt: skip
AROUND = (
    "project_id", "group_id", "annotation_id", "document_id", "organization_id", "segment_id", "task_id", "model_id", "class_id",
    "label_id", "tag_id", "user_id",
)  # fmt: skip
TASK_OVER = ("FINISHED", "FAILED")


class Builder:
    """Makes the rows of one world."""

    def __init__(self, found: Gathering, now: datetime) -> None:
        self.found, self.now = found, now
        self.rows: dict[type[Row], dict[int, Any]] = {}
        self._last: dict[type[Row], int] = {}
        self._password = tokens.hash_password(PASSWORD, SALT)
        self._segments = max((part["id"] for part in self._known_segments()), default=0)

    def build(self) -> Stored:
        """Return the world at rest."""
        for make in (
            self._users, self._workspaces, self._projects, self._named, self._models, self._permissions, self._groups,
            self._documents, self._fillers, self._sessions, self._tags, self._tasks,
        ):  # fmt: skip
            make()
        rows = {kind: [some[row_id] for row_id in sorted(some)] for kind, some in self.rows.items()}
        return Stored(name=NAME, now=self.now, rows=rows)

    def _of(self, kind: str) -> Iterable[tuple[int, Facts]]:
        return sorted(self.found.things[kind].items())

    def _table(self, kind: type[R]) -> dict[int, R]:
        return self.rows.setdefault(kind, {})

    def _put(self, kind: type[R], row_id: int | None = None, /, **fields: Any) -> R:
        """Add a row, under an id of its own if it has none. Fields that are None are those that nobody knows."""
        row = kind(id=self._new_id(kind) if row_id is None else row_id, **fields)
        self._table(kind)[row.id] = row
        return row

    def _new_id(self, kind: type[Row]) -> int:
        if kind not in self._last:
            self._last[kind] = max(self.found.things.get(_kind_of(kind), ()), default=0)
        self._last[kind] += 1
        return self._last[kind]

    def _users(self) -> None:
        for row_id, facts in self._of("user"):
            self._user(row_id, facts)
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
                **_picked(facts, "name", "description", "is_beta", "is_read_only"),
                created=self._time(facts),
            )
        for row_id, facts in self._of("membership"):
            if row_id not in self._table(Workspace):
                self._put(Workspace, row_id, name=facts["name"], created=self._begin())
        named = [
            facts.get("organization_id") for kind in ("project", "session", "model") for _, facts in self._of(kind)
        ]
        for row_id in sorted({*filter(None, named)} - self._table(Workspace).keys()):
            self._put(Workspace, row_id, name=f"Workspace {row_id}", created=self._begin())
        if not self._table(Workspace):
            self._put(Workspace, name="Workspace", created=self._begin())
        chosen = next((row_id for row_id, facts in self._of("membership") if facts.get("is_default")), None)
        self.home = chosen if chosen is not None else min(self._table(Workspace))
        self._table(User)[self.caller.id] = msgspec.structs.replace(self.caller, default_organization_id=self.home)

    def _projects(self) -> None:
        places = {
            facts["project_id"]: facts.get("organization_id")
            for _, facts in self._of("session")
            if "project_id" in facts
        }
        for row_id, facts in self._of("project"):
            fields = _picked(facts, "name", "type", "status", "external_id")
            home = facts.get("organization_id") or places.get(row_id) or self.home
            self._put(Project, row_id, **fields, organization_id=home, created=self._time(facts))
        kinds = ("class", "label", "document", "group", "session", "tag", "task", "project permission", "model")
        spoken_of = {facts.get("project_id") for kind in kinds for _, facts in self._of(kind)}
        for row_id in sorted({*filter(None, spoken_of)} - self._table(Project).keys()):
            kind = next(
                (
                    facts["type"]
                    for _, facts in self._of("session")
                    if facts.get("project_id") == row_id and "type" in facts
                ),
                "ABSA",
            )
            home = places.get(row_id) or self.home
            self._put(Project, row_id, name=f"Project {row_id}", type=kind, organization_id=home, created=self._begin())

    def _named(self) -> None:
        for row_id, facts in self._of("class"):
            if facts.get("project_id") is not None:
                self._put(ModelClass, row_id, **_picked(facts, "project_id", "name", "example", "description"))
        for row_id, facts in self._of("label"):
            if facts.get("project_id") is not None:
                self._put(Label, row_id, **_picked(facts, "project_id", "name"))
        for row_id, facts in self._of("project"):
            for name in facts.get("classes", ()):
                self._class(row_id, name)
            for name in facts.get("labels", ()):
                self._label(row_id, name)

    def _class(self, project_id: int, told: Any) -> int:
        """Return the id of a class of a project by its name, or by all of it."""
        return self._called(ModelClass, project_id, told)

    def _label(self, project_id: int, told: Any) -> int:
        return self._called(Label, project_id, told)

    def _called(self, kind: type[Any], project_id: int, told: Any) -> int:
        if isinstance(told, dict):
            return int(told["id"])
        known = self._table(kind).values()
        found = next((row for row in known if row.project_id == project_id and row.name == told), None)
        return int((found or self._put(kind, project_id=project_id, name=told)).id)

    def _models(self) -> None:
        for row_id, facts in self._of("model"):
            owner, detailed = self._person(facts.get("owner")), {}
            if "metrics" in facts:
                detailed = {"metrics": facts["metrics"], "demoset": tuple(facts.get("demoset", ()))}
                detailed |= {name: tuple(facts[name]) for name in ("classes", "labels") if facts.get(name) is not None}
            home = None if facts.get("project_id") is not None else facts.get("organization_id")
            self._put(
                Model, row_id, **_picked(facts, *OF_MODELS), **detailed, organization_id=home, owner_id=owner.id if owner else None,
                created=self._time(facts),
            )  # fmt: skip

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
        for row_id, facts in self._of("project permission"):
            user = self._person(facts.get("user"))
            if user is not None and facts.get("project_id") is not None:
                self._put(
                    ProjectPermission, row_id, project_id=facts["project_id"], user_id=user.id, role=facts["role"]
                )

    def _groups(self) -> None:
        for row_id, facts in self._of("group"):
            fields = _picked(facts, "project_id", "name", "source", "status")
            self._put(Group, row_id, **fields, created=self._time(facts))

    def _documents(self) -> None:
        groups: dict[int, list[int]] = {}
        for (kind, place), held in self.found.within.items():
            for row_id in held if kind == "group" and place in self._table(Group) else ():
                groups.setdefault(row_id, []).append(place)
        for row_id, facts in self._of("document"):
            if facts.get("project_id") is None:
                continue
            meta = {name: value for name, value in facts.items() if name not in (*NO_META, *AROUND)}
            self._put(
                Document, row_id, project_id=facts["project_id"], text=facts["text"], segments=self._segments_of(facts), meta=meta,
                group_ids=tuple(sorted(groups.get(row_id, ()))), created=self._begin(),
            )  # fmt: skip

    def _segments_of(self, facts: Facts) -> tuple[Segment, ...]:
        if "segments" in facts:
            return tuple(Segment(part["id"], *part["span"]) for part in facts["segments"])
        return tuple(self._segment(*span) for span in sentences.split(facts["text"]))

    def _segment(self, start: int, end: int) -> Segment:
        self._segments += 1
        return Segment(self._segments, start, end)

    def _fillers(self) -> None:
        """Add documents to groups that say that they have more than were seen."""
        for row_id, facts in self._of("group"):
            known = self.found.within.get(("group", row_id), {})
            for number in range(len(known), min(facts.get("document_count", 0), MOST_MADE_UP)):
                text = f"Text {number + 1} of this group is not in the recording."
                self._put(
                    Document, project_id=facts["project_id"], text=text, segments=(self._segment(0, len(text)),), group_ids=(row_id,),
                    created=self._begin(),
                )  # fmt: skip

    def _sessions(self) -> None:
        people = self._table(User)
        for row_id, facts in self._of("session"):
            project = facts["project_id"]
            held = self._held(row_id, facts)
            total = sum(len(document.segments) for document in held)
            free = total - len(self._undecided(row_id))
            done = min(free, round(total * float(facts.get("progress", 0)) / 100))
            user, group, model = facts.get("user_id"), facts.get("document_group_id"), facts.get("model_id")
            if user is not None and user not in people:
                self._user(user, {})
            self._put(
                Session, row_id, **_picked(facts, "uuid", "name", "description", "mode", "status", "project_id"), user_id=user,
                class_ids=tuple(self._class(project, told) for told in facts.get("classes", ())),
                label_ids=tuple(self._label(project, told) for told in facts.get("labels", ())),
                document_group_id=group if group in self._table(Group) else None,
                model_id=model if model in self._table(Model) else None,
                segments_total=total, segments_done=done, created=self._time(facts),
                finished=moment(facts["finished"]) if facts.get("finished") else None,
            )  # fmt: skip
            self._hold(row_id, held, done)

    def _held(self, session_id: int, facts: Facts) -> list[Document]:
        """Return the documents of a session: those that were seen in it, then as many others as it says that it has."""
        documents = self._table(Document)
        known = self.found.within.get(("session", session_id), {})
        seen = [documents[row_id] for row_id in known if row_id in documents]
        group = facts.get("document_group_id")
        own = [row for row in documents.values() if row.project_id == facts["project_id"] and row.id not in known]
        more = sorted(own, key=lambda row: (group not in row.group_ids, row.id))
        found = [*seen, *more[: max(0, facts.get("document_count", 0) - len(seen))]]
        return sorted(found, key=lambda row: row.id)

    def _hold(self, session_id: int, held: list[Document], done: int) -> None:
        left, undecided = done, self._undecided(session_id)
        for document in held:
            marked = [part.id for part in document.segments if part.id not in undecided][: max(0, left)]
            left -= len(marked)
            whole = self._begin() if marked and len(marked) == len(document.segments) else None
            marks = dict.fromkeys(marked, self._begin())
            self._put(SessionDocument, session_id=session_id, document_id=document.id, marks=marks, annotated=whole)

    def _tags(self) -> None:
        held = {(row.session_id, row.document_id) for row in self._table(SessionDocument).values()}
        for row_id, facts in self._of("tag"):
            document = self._table(Document).get(facts.get("document_id") or 0)
            segments = {part.id for part in document.segments} if document else set()
            session = facts.get("annotation_id")
            if (
                document is None
                or facts["segment_id"] not in segments
                or (session and (session, document.id) not in held)
            ):
                continue
            project = document.project_id
            in_correction = session is not None and self._table(Session)[session].mode == "CORRECTION"
            self._put(
                Tag, row_id, project_id=project, session_id=session, document_id=document.id, segment_id=facts["segment_id"],
                class_id=self._class(project, facts["class"]) if facts.get("class") else None,
                label_id=self._label(project, facts["label"]) if facts.get("label") else None, created=self._begin(),
                **(self._judged(row_id) if in_correction else {}),
            )  # fmt: skip

    def _judged(self, tag_id: int) -> dict[str, Any]:
        """Return how far a tag of a correction session is."""
        return {"origin": "MODEL", "status": "CORRECTING"} if self.found.is_undecided(tag_id) else {"origin": "ADDED"}

    def _undecided(self, session_id: int) -> set[int]:
        """Return the segments of a session in which something is undecided, so that they are not marked."""
        tags = [(row_id, facts) for row_id, facts in self._of("tag") if facts.get("annotation_id") == session_id]
        return {facts["segment_id"] for row_id, facts in tags if self.found.is_undecided(row_id)}

    def _tasks(self) -> None:
        for row_id, facts in self._of("task"):
            if facts["status"] in TASK_OVER:
                created, finished = moment(facts["created"]), moment(facts["finished"] or facts["created"])
                self._put(
                    Job, row_id, kind=facts["type"], subject=facts["project_id"], project_id=facts["project_id"], created=created,
                    due=finished, finished=moment(facts["finished"]) if facts["finished"] else None, status=facts["status"],
                )  # fmt: skip

    def _known_segments(self) -> Iterator[Facts]:
        for _, facts in self._of("document"):
            yield from facts.get("segments") or ()

    def _time(self, facts: Facts) -> datetime:
        return moment(facts["created"]) if facts.get("created") else self._begin()

    def _begin(self) -> datetime:
        return self.now - timedelta(days=30)


def world_of(found: Gathering, last: datetime | None) -> Stored:
    """Return the world at rest whose story ends with the last request of a recording (UTC), or with the latest time in it."""
    times = [
        moment(facts["created"]) for some in found.things.values() for facts in some.values() if facts.get("created")
    ]
    now = max([*([last] if last else []), *times], default=datetime(2026, 3, 13, 16, 30, tzinfo=UTC))
    return Builder(found, now).build()


def _picked(facts: Facts, *names: str) -> Facts:
    return {name: facts[name] for name in names if name in facts}


def _kind_of(kind: type[Row]) -> str:
    names = {
        User: "user",
        ModelClass: "class",
        Document: "document",
        WorkspacePermission: "workspace permission",
        Workspace: "workspace",
    }
    return names.get(kind, kind.__name__.lower())
