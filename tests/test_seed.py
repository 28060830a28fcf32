"""The starting worlds: they fit together, tell a possible story, move in time as a whole; errors name the place."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mock_server import contract, seed, text, times
from mock_server.app import Settings, create_app
from mock_server.seed import SeedError, frozen_clock, starting_world, world_names, world_now
from mock_server.studio import tokens
from mock_server.studio.cast.resources import FILES
from mock_server.studio.rows import (
    Analysis,
    Credential,
    Document,
    Group,
    Hitl,
    Invitation,
    Label,
    Mail,
    Model,
    ModelClass,
    ModelPermission,
    ModelStar,
    Notification,
    ProductKey,
    Project,
    ProjectPermission,
    Review,
    Session,
    SessionDocument,
    Tag,
    UploadedFile,
    User,
    UserToken,
    Workspace,
    WorkspacePermission,
)
from mock_server.tables import ROWS
from mock_server.world import Clock, Event, Job, Row, Tx, World
from mock_server.world.integrity import dangling
from tests.conftest import as_person

WORLDS = ("demo", "minimal")
README = contract.data_root() / "fixtures" / "README.md"
DAY = timedelta(days=1)


def begun(name: str) -> Tx:
    """A named world on a clock that stands at its `now`."""
    return Tx(starting_world(name, clock=frozen_clock(name)))


# The worlds that come along


def test_worlds_that_come_along_are_listed() -> None:
    assert world_names() == sorted(WORLDS)


@pytest.mark.parametrize("name", WORLDS)
def test_nothing_dangles(name: str) -> None:
    assert dangling(starting_world(name)) == []


@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.parametrize(
    ("kind", "row_id"),
    [
        (Workspace, 1),
        (User, 1),
        (User, 2),
        (WorkspacePermission, 1),
        (Invitation, 1),
        (ProductKey, 1),
        (Project, 11),
        (ProjectPermission, 1),
        *((ModelClass, row_id) for row_id in range(101, 105)),
        *((Label, row_id) for row_id in range(201, 204)),
        (Document, 1001),
        (Document, 1002),
        (Group, 31),
        (Session, 51),
        (Tag, 9001),
        (Tag, 9002),
        (Session, 58),
        (Job, 71),
        (Credential, 3),
        (Model, 60),
        (Model, 61),
        (ModelPermission, 1),
        (ModelStar, 1),
        (Analysis, 41),
        (Analysis, 81),
        (Notification, 121),
        (Hitl, 91),
        (Review, 95),
    ],
)
def test_ids_of_the_contracts_story_exist(name: str, kind: type[Row], row_id: int) -> None:
    assert begun(name).get(kind, row_id) is not None


@pytest.mark.parametrize("name", WORLDS)
def test_contracts_story_is_told(name: str) -> None:
    tx = begun(name)
    document, tag, session = tx.get(Document, 1001), tx.get(Tag, 9001), tx.get(Session, 51)
    assert document and tag and session
    assert [(part.id, part.start, part.end) for part in document.segments] == [(5001, 0, 47), (5002, 48, 74)]
    assert (tag.segment_id, tag.class_id, tag.label_id) == (5001, 101, 201)
    assert (session.project_id, session.document_group_id, session.status) == (11, 31, "ANNOTATING")
    assert tx.first(UploadedFile, uuid="7d9f5a4e-3b1c-4f0e-9a55-0c4d1f6f2a10")
    assert tx.first(Invitation, token="8d3c0e5b91f74a2690d6b7a1c25e4f38")


@pytest.mark.parametrize("name", WORLDS)
def test_owner_is_the_superuser(name: str) -> None:
    owner = begun(name).first(User, email="owner@example.com")
    assert owner and owner.is_superuser and owner.display_name == "Nora Lindqvist"
    assert tokens.password_matches("studio-mock", owner.password_hash)


def test_everybody_but_the_newcomer_has_the_same_password() -> None:
    hashes = {user.email: user.password_hash for name in WORLDS for user in begun(name).rows(User)}
    assert hashes.pop("newcomer@example.com") is None
    assert len(set(hashes.values())) == 1


@pytest.mark.parametrize("name", WORLDS)
def test_new_ids_are_never_ones_in_use(name: str) -> None:
    tx = begun(name)
    for kind in (Job, Event, *ROWS):
        assert all(row_id < tx.new_id(kind) for row_id in tx.ids(kind))
    used = [part.id for document in tx.rows(Document) for part in document.segments]
    assert len(used) == len(set(used)) and max(used) < tx.new_id("segment")


@pytest.mark.parametrize("name", WORLDS)
def test_documents_are_divided_into_sentences(name: str) -> None:
    for document in begun(name).rows(Document):
        assert text.split(document.text) == tuple((part.start, part.end) for part in document.segments)


def test_demo_has_people_of_every_role_and_projects_of_every_type() -> None:
    tx = begun("demo")
    assert {row.role for row in tx.rows(WorkspacePermission)} == {"USER", "VIEWER", "ANNOTATOR", "ADMIN", "MANAGER"}
    assert {project.type for project in tx.rows(Project)} == {"ABSA", "CLASS", "LABEL", "CLASSLABEL"}
    assert {session.status for session in tx.rows(Session)} >= {"CREATED", "ANNOTATING", "FINISHED", "FAILED"}
    assert {model.status for model in tx.rows(Model)} >= {"READY", "TRAINING", "FAILED"}
    assert any(workspace.is_read_only for workspace in tx.rows(Workspace))


def test_demo_has_many_texts_and_none_twice() -> None:
    texts = [document.text for document in begun("demo").rows(Document)]
    assert 120 <= len(texts) == len(set(texts)) <= 200


def test_nobody_of_noras_colleagues_is_in_the_other_teams_workspace() -> None:
    tx = begun("demo")
    members = {row.user_id for row in tx.rows(WorkspacePermission, organization_id=4)}
    assert members == {9} and not list(tx.rows(WorkspacePermission, user_id=8))


@pytest.mark.parametrize("name", WORLDS)
def test_mails_carry_tokens_that_work(name: str) -> None:
    tx = begun(name)
    assert len(tx.ids(Mail)) >= 3
    for mail in tx.rows(Mail):
        cause = tx.first(Invitation if mail.kind == "INVITATION" else UserToken, token=mail.token)
        assert cause and cause.expires > tx.now and mail.created == cause.created and mail.link.endswith(mail.token)


@pytest.mark.parametrize("name", WORLDS)
def test_nobody_labels_before_they_may(name: str) -> None:
    tx = begun(name)
    for tag in tx.rows(Tag):
        project = tx.get(Project, tag.project_id)
        assert project and (tag.user_id or tag.origin == "MODEL")
        if tag.user_id is None:
            continue
        joined = tx.first(WorkspacePermission, organization_id=project.organization_id, user_id=tag.user_id)
        own = tx.first(ProjectPermission, project_id=project.id, user_id=tag.user_id)
        assert joined and joined.created <= tag.created
        assert {joined.role, own and own.role} & {"ANNOTATOR", "ADMIN", "MANAGER"}


@pytest.mark.parametrize("name", WORLDS)
def test_things_come_after_what_they_stand_on(name: str) -> None:
    tx = begun(name)
    for kind in ROWS:
        for row in tx.rows(kind):
            for field, ref in kind.REFS.items():
                target = next(other for other in ROWS if other.__name__ == ref.table)
                ids = getattr(row, field) if isinstance(getattr(row, field), tuple) else (getattr(row, field),)
                for before in filter(None, (tx.get(target, row_id) for row_id in ids if row_id)):
                    _assert_in_order(before, row, field)


def _assert_in_order(before: Any, after: Any, field: str) -> None:
    late = {("Document", "group_ids"), ("Document", "analysis_ids"), ("User", "default_organization_id")}
    times = getattr(before, "created", None), getattr(after, "created", None)
    if None not in times and (type(after).__name__, field) not in late:
        assert times[0] <= times[1], (before, after)


@pytest.mark.parametrize("name", WORLDS)
def test_labelling_lies_between_begin_and_end_of_a_session(name: str) -> None:
    tx = begun(name)
    for session in tx.rows(Session):
        end = session.finished or tx.now
        given = [tag.created for tag in tx.rows(Tag, session_id=session.id)]
        marked = [time for held in tx.rows(SessionDocument, session_id=session.id) for time in held.marks.values()]
        assert all(session.created <= time <= end for time in given + marked)
        assert (session.status == "FINISHED") == (0 < session.segments_total == session.segments_done)
        assert (session.status == "FINISHED") == (session.finished is not None)


@pytest.mark.parametrize("name", WORLDS)
def test_no_time_is_later_than_now(name: str) -> None:
    tx = begun(name)
    for kind in (Job, Event, *ROWS):
        for field in set(times.time_fields(kind)) - {"expires"}:
            assert all((getattr(row, field) or tx.now) <= tx.now for row in tx.rows(kind))


def _readers() -> Iterator[str]:
    for path, method, operation, item in contract.operations(contract.load("studio")):
        if method == "get":
            document = contract.load("studio")
            for parameter in contract.parameters(document, operation, item):
                if parameter["in"] == "path":
                    value = 71 if parameter["name"] == "task_id" else parameter["example"]
                    path = path.replace(f"{{{parameter['name']}}}", str(value))
            yield path


@pytest.mark.parametrize("name", WORLDS)
def test_everything_that_can_be_read_is_there(name: str) -> None:
    app = create_app(starting_world(name, clock=frozen_clock(name)), Settings(check_responses=True))
    client = as_person(app, "owner@example.com")
    answers = {path: client.get(path).status_code for path in _readers()}
    assert {path: status for path, status in answers.items() if status != 200} == {}


# Time


@pytest.mark.parametrize("name", WORLDS)
def test_times_move_by_whole_days_to_the_present(name: str) -> None:
    before, after = begun(name), Tx(starting_world(name))
    days = {new.created - old.created for old, new in zip(before.rows(User), after.rows(User), strict=True)}
    (moved,) = days
    assert moved % DAY == timedelta(0)
    assert timedelta(0) <= after.now - (world_now(name) + moved) < DAY


def test_every_time_moves_alike() -> None:
    before = begun("demo")
    after = Tx(starting_world("demo", clock=Clock.frozen(world_now("demo") + 10.5 * DAY)))
    for kind in (Job, Event, *ROWS):
        for old, new in zip(before.rows(kind), after.rows(kind), strict=True):
            for field in times.time_fields(kind):
                assert getattr(new, field) == (getattr(old, field) and getattr(old, field) + 10 * DAY)
            for field in times.time_maps(kind):
                assert getattr(new, field) == {key: time + 10 * DAY for key, time in getattr(old, field).items()}
    updated = [[record["updated"] for record in tx.get(Credential, 3).records] for tx in (before, after)]
    assert [times.moment(time) + 10 * DAY for time in updated[0]] == [times.moment(time) for time in updated[1]]


def test_a_clock_before_now_moves_times_back() -> None:
    past = datetime(2020, 1, 1, tzinfo=UTC)
    tx = Tx(starting_world("minimal", clock=Clock.frozen(past)))
    assert max(tag.created for tag in tx.rows(Tag)) < past
    assert next(tx.rows(Tag)).created.time() == next(begun("minimal").rows(Tag)).created.time()


def test_seed_decides_about_chance() -> None:
    first, same, other = (Tx(starting_world("minimal", seed=number)).uuid() for number in (1, 1, 2))
    assert first == same != other


# What is kept


@pytest.fixture
def fixtures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of named worlds of our own."""
    shutil.copytree(contract.data_root() / "fixtures" / "minimal", tmp_path / "small")
    monkeypatch.setattr(seed, "_fixtures", lambda: tmp_path)
    return tmp_path


def same(one: World, other: World) -> bool:
    """Whether two worlds hold the same rows and counters."""
    rows = [{kind.__name__: [*Tx(world).rows(kind)] for kind in world.tables} for world in (one, other)]
    return rows[0] == rows[1] and one.counters == other.counters


def test_compiled_world_is_kept_and_the_same(fixtures: Path) -> None:
    clock = frozen_clock("small")
    read = starting_world(fixtures / "small", clock=clock)
    kept = fixtures / ".small.world.json"
    assert kept.exists()
    written = kept.stat().st_mtime_ns
    assert same(read, starting_world("small", clock=clock)) and kept.stat().st_mtime_ns == written
    assert list(fixtures.glob(".small.world.json.*")) == []


def test_changed_fixture_is_compiled_again(fixtures: Path) -> None:
    starting_world("small")
    path = fixtures / "small" / "classes.yaml"
    path.write_text(path.read_text().replace("Staff", "Service"))
    assert "Service" in {row.name for row in Tx(starting_world("small")).rows(ModelClass)}


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": "studio-mock world 1"}'])
def test_spoilt_kept_world_is_passed_over(fixtures: Path, content: bytes) -> None:
    (fixtures / ".small.world.json").write_bytes(content)
    assert dangling(starting_world("small")) == []


def test_folder_that_cannot_be_written_is_fine(fixtures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert dangling(starting_world("small")) == []


def test_nothing_is_written_beside_somebodys_own_folder(tmp_path: Path) -> None:
    shutil.copytree(contract.data_root() / "fixtures" / "minimal", tmp_path / "own")
    starting_world(tmp_path / "own")
    assert [path.name for path in tmp_path.iterdir()] == ["own"]


# Errors

SMALL = {
    "world": "name: Small\nnow: 2026-03-09T12:00:00Z\n",
    "workspaces": "- {id: 1, name: Inn}\n- {id: 2, name: Shop}\n",
    "users": "- {id: 1, email: ann@example.com}\n- {id: 2, email: bob@example.com}\n",
    "projects": "- {id: 11, workspace: Inn, name: Reviews, type: ABSA}\n"
    "- {workspace: Shop, name: Tickets, type: CLASS}\n",
    "classes": "- {id: 101, project: Reviews, name: Bed}\n- {project: Tickets, name: Bill}\n",
    "labels": "- {id: 201, project: Reviews, name: POS}\n",
    "documents": "- {id: 1001, project: Reviews, text: Soft bed. Hard chair.}\n",
    "hitls": "- {project: Reviews, name: Doubts, is_live: true}\n- {project: Reviews, name: Closed}\n",
}


def small(folder: Path, **files: str) -> Path:
    """Write a small world, with other content for some of its files."""
    for name, content in {**SMALL, **files}.items():
        (folder / f"{name}.yaml").write_text(content, "utf-8")
    return folder


def session(part: str, fields: str = "") -> str:
    """A session of the small world over its document."""
    return f"- project: Reviews\n  name: Round\n{fields}  documents:\n    - document: 1001\n      {part}\n"


def review(hitl: str, more: str = "page_num: 0") -> str:
    """A review of the small world's document."""
    return f"- {{hitl: {hitl}, document: 1001, document_name: a.pdf, label: POS, {more}}}\n"


def test_small_world_of_the_error_cases_is_sound(tmp_path: Path) -> None:
    assert dangling(starting_world(small(tmp_path))) == []


CASES = [
    ("world", "name: [\n", r"world.yaml:2: this is not YAML"),
    ("world", "- one\n", r"world.yaml:1: the file holds a list .*; right would be one map"),
    ("world", "name: Small\n", r"world.yaml:1: now: is missing; right would be a time such as"),
    (
        "world",
        "name: Small\nnow: yesterday\n",
        r"world.yaml:2: now: 'yesterday' is wrong; right would be a time such as",
    ),
    ("users", "email: ann@example.com\n", r"users.yaml:1: the file holds a map; right would be a list of maps"),
    (
        "users",
        "- id: 1\n  emial: a@example.com\n",
        r"users.yaml:2: emial: .*no such field; did you mean email\? There are",
    ),
    ("users", "- id: 1\n", r"users.yaml:1: email: is missing; right would be an e-mail address"),
    ("users", "- email: ann\n", r"users.yaml:1: email: 'ann' is wrong; right would be an e-mail address"),
    (
        "users",
        "- id: one\n  email: a@example.com\n",
        r"users.yaml:1: id: 'one' is wrong; right would be a whole number",
    ),
    (
        "users",
        "- email: a@example.com\n  password: short\n",
        r"users.yaml:2: password: .* a text of at least 8 characters",
    ),
    ("users", "- email: a@example.com\n  password_hash: x\n", r"users.yaml:2: password_hash: .*scrypt\$salt\$hash"),
    (
        "users",
        "- email: a@example.com\n- email: A@Example.com\n",
        r"users.yaml:2: email: A@Example.com is taken \(.*:1\)",
    ),
    (
        "users",
        "- {id: 1, email: a@b.de}\n- {id: 1, email: b@b.de}\n",
        r"users.yaml:2: id: 1 is taken \(.*users.yaml:1\)",
    ),
    ("users", "- email: a@example.com\n  email: b@example.com\n", r"users.yaml:2: email: is given twice"),
    (
        "users",
        "- {id: 0, email: a@example.com}\n",
        r"users.yaml:1: id: 0 is wrong; right would be a whole number from 1",
    ),
    (
        "users",
        "- {email: a@example.com, created: 2026-03-10T00:00:00Z}\n",
        r"users.yaml:1: created: .* after the world's now",
    ),
    (
        "workspaces",
        "- name: ''\n",
        r"workspaces.yaml:1: name: '' is wrong; right would be a text of at least 1 character",
    ),
    ("workspaces", "- name: Inn\n- name: Inn\n", r"workspaces.yaml:2: name: Inn is taken \(.*workspaces.yaml:1\)"),
    (
        "workspace_permissions",
        "- {workspace: Inn, user: ann@example.com, role: BOSS}\n",
        r"role: .*one of USER, VIEWER,",
    ),
    ("workspace_permissions", "- {workspace: In, user: ann@example.com, role: USER}\n", r":1: workspace: .*mean Inn\?"),
    ("projects", "- workspace: Inn\n  name: R\n  type: ASBA\n", r"projects.yaml:3: type: 'ASBA' .* ABSA, CLASS, LABEL"),
    (
        "classes",
        "- {project: Reviews, name: Bed}\n- {project: Reviews, name: Bed}\n",
        r"classes.yaml:2: name: Bed is taken",
    ),
    ("classes", "- project: Reviews\n  classes:\n    - nam: Bed\n", r"classes.yaml:3: nam: .*did you mean name\?"),
    ("classes", "- project: Reviews\n  classes: Bed\n", r"classes.yaml:2: classes: is no list of maps"),
    ("labels", "- {project: Tickets, name: POS}\n", r"labels.yaml:1: project: a project of type CLASS has no labels"),
    (
        "groups",
        "- {project: Reviews, name: G, status: DONE}\n",
        r"groups.yaml:1: status: .*one of PROCESSING, CREATED,",
    ),
    (
        "documents",
        "- {project: Reviews, text: A., groups: [Nowhere]}\n",
        r":1: groups: there is no group Nowhere in Reviews",
    ),
    (
        "documents",
        "- {project: Reviews, text: A., meta: {a: [1]}}\n",
        r"documents.yaml:1: meta: .*right would be a map",
    ),
    (
        "documents",
        "- {project: Reviews, text: A.}\n- {project: Reviews, text: B., segments_from: 1}\n",
        r":2: segments_from",
    ),
    (
        "uploaded_files",
        "- {filename: a.csv, header: [a, b], rows: [[1]]}\n",
        r":1: rows: rows and header have different",
    ),
    (
        "credentials",
        "- {workspace: Inn, source: s, name: n, records: [{txt: a}]}\n",
        r":1: records: .*maps, each with a text",
    ),
    (
        "tasks",
        "- {project: Reviews, type: GROUP, created: 2026-03-09T00:00:00Z, status: STARTED}\n",
        r"FINISHED or FAILED",
    ),
    (
        "invitations",
        "- {workspace: Inn, email: c@b.de, role: USER}\n- {workspace: Inn, email: C@b.de, role: USER}\n",
        r":2: email",
    ),
    (
        "mails",
        "- {to: ann@example.com, kind: INVITATION}\n",
        r"mails.yaml:1: to: nothing of kind INVITATION belongs to ann",
    ),
    ("userz", "", r"userz.yaml: there is no such file in a world; did you mean users.yaml\?"),
    ("sessions", session("marks: [3]"), r"sessions.yaml:5: marks: .*2 segments, not 3; right would be 1 to 2"),
    ("sessions", session("marks: some"), r"sessions.yaml:5: marks: .*all, or a list of segment numbers"),
    ("sessions", session("tags: [{segment: 3}]"), r"sessions.yaml:5: segment: document 1001 has 2 segments; right"),
    ("sessions", session("tags: [{class: Bed}]"), r"sessions.yaml:5: segment: is missing; right would be the number"),
    ("sessions", session("tags: [{text: sofa}]"), r"sessions.yaml:5: text: the words stand in none of the segments"),
    ("sessions", session("tags: [{text: .}]"), r"sessions.yaml:5: text: the words stand in 2 of the segments"),
    (
        "sessions",
        session("tags: [{segment: 1, class: Bed}]"),
        r"sessions.yaml:5: label: is missing; .*ABSA has class and",
    ),
    (
        "sessions",
        session("tags: [{segment: 1, class: Bill, label: POS}]"),
        r"class: there is no class Bill in Reviews; .*Bed",
    ),
    ("sessions", session("tags: [{segment: 1, clas: Bed}]"), r"sessions.yaml:5: clas: .*did you mean class\?"),
    (
        "sessions",
        session("refused: 1"),
        r"sessions.yaml:5: refused: stands in a labeling session; right would be to leave it out, or mode CORRECTION",
    ),
    (
        "sessions",
        session("tags: [{segment: 1, class: Bed, label: POS, origin: MODEL}]"),
        r"sessions.yaml:5: origin: stands in a labeling session",
    ),
    (
        "sessions",
        session("tags: [{segment: 1, class: Bed, label: POS, origin: ME}]", "  mode: CORRECTION\n"),
        r"sessions.yaml:6: origin: .*one of MODEL, CHANGED, ADDED",
    ),
    (
        "sessions",
        session(
            "marks: [1]\n      tags: [{segment: 1, class: Bed, label: POS, status: CORRECTING}]", "  mode: CORRECTION\n"
        ),
        r"sessions.yaml:7: status: CORRECTING does not fit: the segment is marked",
    ),
    (
        "sessions",
        session("marks: [1]", "  status: FINISHED\n"),
        r"sessions.yaml:3: status: .*1 of 2 segments are marked",
    ),
    (
        "sessions",
        session("marks: [1]", "  finished: 2026-03-09T11:00:00Z\n"),
        r"sessions.yaml:3: finished: does not fit",
    ),
    ("sessions", session("at: 2020-01-01T00:00:00Z"), r"sessions.yaml:5: at: .* before the session was created"),
    (
        "sessions",
        session("marks: all", "  classes: [Bad]\n"),
        r"sessions.yaml:3: classes: .* Bad in Reviews; did you mean Bed",
    ),
    (
        "sessions",
        "- {project: Reviews, name: R, documents: [{document: 7}]}\n",
        r"document: there is no document 7 in Reviews",
    ),
    (
        "sessions",
        "- {project: Reviews, name: R, user: cid@example.com}\n",
        r":1: user: there is no user cid@example.com; ",
    ),
    ("hitls", "- {project: Reviews}\n", r"hitls.yaml:1: name: is missing; right would be a text of at least 1"),
    ("hitls", "- {project: Reviews, name: H, webhook_url: here}\n", r"hitls.yaml:1: webhook_url: 'here' is wrong"),
    ("reviews", review("Nowhere"), r"reviews.yaml:1: hitl: there is no hitl Nowhere"),
    (
        "reviews",
        review("Closed"),
        r"reviews.yaml:1: status: PENDING does not fit Closed, which is not live; right would be",
    ),
    ("reviews", review("Doubts", "status: ASSIGNED"), r"reviews.yaml:1: status: is ASSIGNED to nobody; right would be"),
    ("reviews", review("Doubts", "confidence: sure"), r"reviews.yaml:1: confidence: 'sure' is wrong; .*a whole number"),
    (
        "reviews",
        review("Doubts", "updated: 2026-03-10T00:00:00Z"),
        r"reviews.yaml:1: updated: .* after the world's now",
    ),
]


@pytest.mark.parametrize(("file", "content", "message"), CASES, ids=range(len(CASES)))
def test_errors_name_file_line_and_field(tmp_path: Path, file: str, content: str, message: str) -> None:
    with pytest.raises(SeedError) as raised:
        starting_world(small(tmp_path, **{file: content}))
    assert re.search(message, str(raised.value)), str(raised.value)
    assert str(raised.value).startswith(str(tmp_path / f"{file}.yaml"))


def test_reference_to_one_of_two_of_a_name_says_which_there_are(tmp_path: Path) -> None:
    projects = "".join(f"- {{workspace: {workspace}, name: Reviews, type: ABSA}}\n" for workspace in ("Inn", "Shop"))
    with pytest.raises(SeedError, match=r"classes.yaml:1: project: Reviews names more than one project; .* ids 1, 2"):
        starting_world(small(tmp_path, projects=projects))


def test_unknown_world_lists_those_there_are() -> None:
    with pytest.raises(SeedError, match=r"no world dmo; did you mean demo\? There are: demo, minimal"):
        starting_world("dmo")


def test_folder_without_a_world_says_so(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"world.yaml is missing"):
        starting_world(tmp_path)


def test_file_that_is_no_text_says_so(tmp_path: Path) -> None:
    (small(tmp_path) / "users.yaml").write_bytes(b"- email: \xff\n")
    with pytest.raises(SeedError, match=r"users.yaml is not text in UTF-8"):
        starting_world(tmp_path)


def test_alias_that_means_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeedError, match=r"documents.yaml"):
        starting_world(small(tmp_path, documents="- &a {project: Reviews, text: B., meta: {again: *a}}\n"))


# The README


def test_readmes_own_world_loads(tmp_path: Path) -> None:
    block = README.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
    for part in block.split("# my-world/")[1:]:
        name, content = part.split("\n", 1)
        (tmp_path / name).write_text(content, "utf-8")
    world = starting_world(tmp_path)
    assert dangling(world) == [] and len(Tx(world).get(Document, 1).segments) == 2  # type: ignore[union-attr]


def test_readme_lists_every_file_and_field() -> None:
    told = {
        row[1]: row[2:] for row in re.findall(r"(?m)^(\| `(\w+)\.yaml` \| (.*) \| (.*) \|)$", README.read_text("utf-8"))
    }
    assert list(told) == list(FILES)
    for name, (needs, others) in told.items():
        resource = FILES[name]
        fields = [*resource.takes.split(), *resource.own]
        assert needs.split(", ") == resource.needs.split()
        assert others.split(", ") == [field for field in fields if field not in resource.needs.split()]


def test_readme_tells_who_is_in_the_demo() -> None:
    people = re.findall(r"(?m)^\| (\d+) \| `(\S+@\S+)` \|", README.read_text("utf-8"))
    assert [(int(row_id), email) for row_id, email in people] == [
        (user.id, user.email) for user in begun("demo").rows(User)
    ]
