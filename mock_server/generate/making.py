"""Large worlds: a team, its projects and any number of texts in English and German. Same seed, same bytes."""

import random
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from mock_server import worldfile
from mock_server.generate.phrases import MOODS, sentences
from mock_server.generate.rounds import Batch, label_documents
from mock_server.generate.writer import Writer, Written
from mock_server.studio import tokens
from mock_server.studio.rows import (
    Analysis,
    AnalysisDocument,
    Document,
    Found,
    Group,
    Label,
    Model,
    ModelClass,
    Named,
    Project,
    ProjectPermission,
    Segment,
    Tag,
    User,
    Workspace,
    WorkspacePermission,
)
from mock_server.world import Clock, Event, Job, World
from mock_server.world.rows import Row

R = TypeVar("R", bound=Row)
NOW = datetime(2026, 3, 13, 16, 30, tzinfo=UTC)
DAY, HISTORY = timedelta(days=1), timedelta(days=365)
PEOPLE, NAMES, TOWNS = 12, 200, 150
MEMBERS = ("MANAGER", "ADMIN", "ANNOTATOR", "ANNOTATOR", "ANNOTATOR", "VIEWER", "USER")
SOURCES = ("web", "app", "e-mail", "phone", "paper")
GRADES = {"POS": 5, "PRAISE": 5, "HAPPY": 5, "NEG": 1, "COMPLAINT": 1, "UNHAPPY": 1}
ANALYSED = 200


class Plan(msgspec.Struct, frozen=True):
    """A project to be made: where, of which domain and type, and its share of the documents."""

    name: str
    workspace: int
    domain: str
    type: str
    share: float = 0.0


FIRST = Plan("Hotel reviews", 0, "hotel", "ABSA")  # takes whatever the others leave: half of the documents and more
OTHERS = (
    Plan("Shop reviews", 1, "shop", "CLASSLABEL", 0.15),
    Plan("Guest requests", 0, "requests", "CLASS", 0.1),
    Plan("Exit survey", 0, "hotel", "LABEL", 0.1),
    Plan("Reviews of the lodge", 2, "hotel", "ABSA", 0.08),
    Plan("Reviews of the catalogue", 1, "shop", "CLASSLABEL", 0.05),
)


class Draft:
    """A world that is being made up: its rows, its source of chance, and names and towns to choose from."""

    def __init__(self, seed: int, now: datetime) -> None:
        from faker import Faker

        self.now, self.began = now, now - HISTORY
        self.random = random.Random(f"studio-mock:{seed}")
        self.fake = Faker(["en_GB", "de_DE"])
        self.fake.seed_instance(seed)
        self.names = [str(self.fake.first_name()) for _ in range(NAMES)]
        self.towns = [str(self.fake.city()) for _ in range(TOWNS)]
        self.rows: dict[type[Row], list[Any]] = defaultdict(list)
        self.segments = 0  # ids of segments that are given
        self.read: list[tuple[Analysis, list[tuple[Document, Written]]]] = []  # what analyses have read
        self.found = 0  # ids of tags that they were given

    def add(self, row_type: type[R], /, **fields: Any) -> R:
        """Add a row under the next id of its table."""
        row = row_type(id=len(self.rows[row_type]) + 1, **fields)
        self.rows[row_type].append(row)
        return row

    def uuid(self) -> str:
        """Return a new UUID."""
        return str(UUID(int=self.random.getrandbits(128), version=4))


def generate(documents: int, seed: int = 0, now: datetime = NOW) -> World:
    """Return a world with so many documents, on a clock that stands at `now`."""
    draft = Draft(seed, now)
    workspaces = [draft.add(Workspace, name=name, created=draft.began) for name in _companies(draft)]
    people = _people(draft, workspaces)
    counts = [int(documents * plan.share) for plan in OTHERS]
    for plan, count in zip((FIRST, *OTHERS), (documents - sum(counts), *counts), strict=True):
        _project(draft, plan, workspaces[plan.workspace], people[plan.workspace], count)
    for analysis, read in draft.read:
        _read(draft, analysis, read)
    rest = worldfile.Stored(name="Generated", now=now, seed=seed, rows=dict(draft.rows))
    return worldfile.begun(rest, clock=Clock.frozen(now))


def write_world(world: World, path: Path) -> None:
    """Write a world file. Raises OSError."""
    path.write_bytes(worldfile.encode(worldfile.stored(world, "Generated")))


def _companies(draft: Draft) -> list[str]:
    return [f"{draft.fake.unique.last_name()} {kind}" for kind in ("Hotels", "Outdoor", "Lodge")]


def _people(draft: Draft, workspaces: Sequence[Workspace]) -> list[list[User]]:
    """Make the people, and return for each workspace those who label there."""
    password = tokens.hash_password("studio-mock", b"alpine public salt")
    common: dict[str, Any] = {"password_hash": password, "is_verified": True, "created": draft.began}
    owner = {"email": "owner@example.com", "first_name": "Nora", "last_name": "Lindqvist", "is_superuser": True}
    users = [draft.add(User, **owner, **common, default_organization_id=1)]
    for number in range(1, PEOPLE):
        first, last = draft.fake.unique.first_name(), draft.fake.unique.last_name()
        home = workspaces[number % len(workspaces)].id
        fields = {"first_name": first, "last_name": last, "email": _email(first, last), **common}
        users.append(draft.add(User, **fields, default_organization_id=home))
    return [_members(draft, workspace, users[at * 3 :] + users[: at * 3]) for at, workspace in enumerate(workspaces)]


def _email(first: str, last: str) -> str:
    plain = unicodedata.normalize("NFKD", f"{first}.{last}").encode("ascii", "ignore").decode()
    return f"{plain.replace(' ', '-').lower()}@example.com"


def _members(draft: Draft, workspace: Workspace, users: Sequence[User]) -> list[User]:
    for role, user in zip(MEMBERS, users, strict=False):
        fields = {"organization_id": workspace.id, "user_id": user.id, "created": draft.began}
        draft.add(WorkspacePermission, **fields, role=role)
    return [user for role, user in zip(MEMBERS, users, strict=False) if role == "ANNOTATOR"]


def _project(draft: Draft, plan: Plan, workspace: Workspace, annotators: Sequence[User], count: int) -> None:
    manager = next(row.user_id for row in draft.rows[WorkspacePermission] if row.organization_id == workspace.id)
    fields = {"organization_id": workspace.id, "owner_id": manager, "created": draft.began + DAY}
    project = draft.add(Project, name=plan.name, type=plan.type, **fields)
    draft.add(ProjectPermission, project_id=project.id, user_id=manager, role="MANAGER")
    names, marks = zip(*sentences(plan.domain)["en"], strict=True)
    named = dict.fromkeys(name for name in names if name and plan.type != "LABEL")
    classes = {name: draft.add(ModelClass, project_id=project.id, name=name).id for name in named}
    called = {mark: MOODS[mark] if plan.type == "LABEL" else mark for mark in marks if mark}
    labels = {mark: draft.add(Label, project_id=project.id, name=name).id for mark, name in called.items()}
    if not count:
        return
    first = _documents(draft, plan, project, count)
    label_documents(draft, Batch(project, annotators, classes, labels, first))
    analysis = _model_and_analysis(draft, project, manager)
    draft.read.append((analysis, first[:ANALYSED]))


def _documents(draft: Draft, plan: Plan, project: Project, count: int) -> list[tuple[Document, Written]]:
    """Add the documents of a project, which came in groups over the year; return those of the first group."""
    writer = Writer(plan.domain, draft.random, draft.names, draft.towns)
    groups = min(12, 1 + count // 40)
    pace = (HISTORY - 3 * DAY) / groups
    size, first = -(-count // groups), []
    analysis_id = len(draft.rows[Analysis]) + 1
    for number in range(groups):
        group = _group(draft, project, number, (draft.began + 2 * DAY + pace * number).replace(microsecond=0))
        for at in range(number * size, min((number + 1) * size, count)):
            written = writer.write()
            document = _document(draft, group, written, (analysis_id,) if at < ANALYSED and not number else ())
            if not number:
                first.append((document, written))
    return first


def _group(draft: Draft, project: Project, number: int, time: datetime) -> Group:
    common = {"project_id": project.id, "user_id": project.owner_id, "kind": "GROUP", "status": "FINISHED"}
    group = draft.add(Group, project_id=project.id, name=f"Upload {number + 1} of {time:%B %Y}", created=time)
    end = time + timedelta(seconds=3)
    draft.add(Job, **common, subject=group.id, created=time, due=end, finished=end)
    draft.add(Event, **common, subject=group.id, at=end)
    return group


def _document(draft: Draft, group: Group, written: Written, analysis_ids: tuple[int, ...]) -> Document:
    last = draft.segments
    draft.segments += len(written.spans)
    segments = tuple([Segment(last + at, *span) for at, span in enumerate(written.spans, 1)])
    return draft.add(
        Document,
        project_id=group.project_id,
        text=written.text,
        segments=segments,
        meta=_meta(draft, group, written),
        group_ids=(group.id,),
        analysis_ids=analysis_ids,
        created=group.created,
    )


def _meta(draft: Draft, group: Group, written: Written) -> dict[str, Any]:
    grades = [GRADES.get(label or "", 3) for _, label in written.topics]
    day = group.created - DAY * int(1 + draft.random.random() * 28)
    source = SOURCES[int(draft.random.random() * len(SOURCES))]
    return {
        "source": source,
        "rating": round(sum(grades) / len(grades)),
        "language": written.language,
        "date": day.date().isoformat(),
    }


def _model_and_analysis(draft: Draft, project: Project, manager: int) -> Analysis:
    """Add a model of the project and an analysis that it has made."""
    time = draft.began + 20 * DAY
    name = project.name.lower().replace(" ", "-")
    fields = {"project_id": project.id, "created": time, "progress": 100.0}
    model = draft.add(
        Model,
        **fields,
        uuid=draft.uuid(),
        name=name,
        display_name=project.name,
        owner_id=manager,
        type=project.type,
        score=round(0.75 + draft.random.random() * 0.2, 3),
    )
    about: dict[str, Any] = {"name": f"First look with {name}", "model_id": model.id, "user_id": manager}
    about |= {"organization_id": project.organization_id, "type": project.type, "uuid": draft.uuid()}
    for field, kind in (("classes", ModelClass), ("labels", Label)):
        rows = (row for row in draft.rows[kind] if row.project_id == project.id)
        about[field] = tuple(Named(row.id, row.name) for row in rows)
    return draft.add(Analysis, **fields, **about, finished=time + timedelta(minutes=4))


def _read(draft: Draft, analysis: Analysis, read: Sequence[tuple[Document, Written]]) -> None:
    """Give an analysis these documents; what it finds in them is what they were written about."""
    classes, labels = ({one.name for one in known} for known in (analysis.classes, analysis.labels))
    for document, written in read:
        parts, tags = [], []
        for part, (name, mark) in zip(document.segments, written.topics, strict=True):
            draft.segments += 1
            parts.append(Segment(draft.segments, part.start, part.end))
            mood = MOODS.get(mark or "") if analysis.type == "LABEL" else mark
            names = (name if name in classes else None, mood if mood in labels else None)
            if any(names):
                draft.found += 1
                tags.append(Found(len(draft.rows[Tag]) + draft.found, draft.segments, *names))
        fields = {"text": document.text, "segments": tuple(parts), "tags": tuple(tags), "meta": document.meta}
        draft.add(AnalysisDocument, analysis_id=analysis.id, number=document.id, **fields)
