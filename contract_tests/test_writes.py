"""What leaves the machine: with `--writes none` nothing but safe requests, with `--writes own` nothing about what others have."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests import kinds
from contract_tests.addresses import Addresses
from contract_tests.check import check
from contract_tests.cleanup import clean
from contract_tests.created import Created, Entry, read
from contract_tests.guard import Blocked
from contract_tests.named import named_ids
from contract_tests.plan import Plan, selected
from contract_tests.target import Person, Target
from contract_tests.test_bad_targets import answering, reply
from contract_tests.wire import Exchange
from mock_server import contract
from mock_server.app import App, Settings, create_app
from mock_server.seed import frozen_clock, starting_world
from mock_server.testing.in_process import AsgiAdapter
from mock_server.world import World

PEOPLE = [Person(name, {"Authorization": f"Bearer {name}"}) for name in ("first", "second", "third")]


@contextmanager
def recording() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Serve answers that allow everything, and keep what was asked: method and path as they came over the net."""
    seen: list[tuple[str, str]] = []

    def note(handler: BaseHTTPRequestHandler) -> None:
        seen.append((handler.command, handler.path))
        reply(handler)

    with answering(note) as url:
        yield url, seen


@pytest.mark.parametrize("api", ["studio", "label_studio", "blue_guardrails"])
def test_writes_none_sends_nothing_but_safe_requests_in_all_phases(api: str) -> None:
    with recording() as (url, seen):
        target = Target.at(url, api, PEOPLE, "none")
        tags = {"studio": ("Types", "Workspaces"), "label_studio": (), "blue_guardrails": ("Tasks",)}[api]
        check(target, Plan(operations=tuple(selected(target.addresses, tags)), max_examples=1))
        target.close()
    addresses = Addresses(contract.load(api))
    assert seen
    for method, path in seen:
        operation, _ = addresses.find(method, path)
        assert operation is not None and operation.is_safe, (method, path)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "HEAD", "QUERY"])
def test_writes_none_keeps_back_every_other_method(method: str) -> None:
    with recording() as (url, seen):
        target = Target.at(url, "studio", PEOPLE, "none")
        with pytest.raises(Blocked):
            target.send(method, "/projects/11")
        target.close()
    assert seen == []


def test_a_header_that_would_make_another_method_of_it_is_kept_back() -> None:
    with recording() as (url, seen):
        target = Target.at(url, "studio", PEOPLE, "none")
        with pytest.raises(Blocked, match="another method"):
            target.send("GET", "/projects", headers={"X-HTTP-Method-Override": "DELETE"})
        target.close()
    assert seen == []


def test_no_session_of_the_process_passes_by_the_guard() -> None:
    with recording() as (url, seen), recording() as (elsewhere, seen_elsewhere):
        target = Target.at(url, "studio", PEOPLE, "none")
        with target.wire.installed():
            for address in (f"{url}/projects/11", f"{elsewhere}/projects"):
                with pytest.raises(Blocked):
                    requests.delete(address)
                with pytest.raises(Blocked):
                    requests.Session().post(address, json={})
            with pytest.raises(Blocked):
                requests.get(f"{elsewhere}/projects")
            assert requests.get(f"{url}/projects").status_code == 200
        target.close()
    assert (seen, seen_elsewhere) == ([("GET", "/projects")], [])


# Own


@pytest.fixture
def app() -> App:
    return create_app(starting_world("demo", clock=frozen_clock("demo")), Settings(apis=("studio",)))


def rows(world: World) -> dict[str, dict[int, object]]:
    """Everything in a world, by kind and id; what the world itself remembers of jobs that are over is left out."""
    return {kind.__name__: dict(table.rows.items()) for kind, table in world.tables.items() if table.ids}


def own(app: App, ledger: Path | None = None) -> Target:
    target = Target.of_app(app, "studio", "own")
    target.wire.guard.created = Created(target.addresses, ledger)
    return target


def test_writes_own_names_nothing_that_it_did_not_create_and_leaves_the_world_as_it_was(app: App) -> None:
    before, target = rows(app.sandbox.world), own(app)
    named: list[tuple[str, str]] = []
    foreign = {(kind, str(row)) for kind, table in FOREIGN.items() for row in before[table]}

    def note(exchange: Exchange) -> None:
        assert exchange.operation is not None
        named.extend(named_ids(exchange.operation, exchange.values, exchange.request)[0])

    tags = ("Projects", "Classes", "Labels", "Documents", "Groups", "Labeling")
    plan = Plan(operations=tuple(selected(target.addresses, tags)), max_examples=1, phases=("examples", "stateful"))
    with target.wire.listening(note):
        outcome = check(target, plan)
    written = [kind for kind, _ in named]
    assert {"project", "class", "document"} <= set(written)
    assert foreign.isdisjoint(named)
    assert outcome.left == []
    assert list(outcome.findings) == []
    assert rows(app.sandbox.world) == before


FOREIGN = {
    "project": "Project",
    "document": "Document",
    "class": "ModelClass",
    "label": "Label",
    "group": "Group",
    "annotation": "Session",
    "model": "Model",
    "analysis": "Analysis",
    "workspace": "Workspace",
    "user": "User",
}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("DELETE", "/projects/11", None),
        ("GET", "/projects/11", None),
        ("PUT", "/users/1", {"email": "owner@example.com"}),
        ("POST", "/auth/logout", None),
        ("POST", "/organizations/1/users/invite", {"emails": ["a@example.com"], "role": "USER"}),
        ("POST", "/analyze", {"model_id": 61, "documents": [{"text": "Fine."}]}),
        ("GET", "/models?collection_id=51", None),
        ("GET", "/nowhere", None),
        ("PATCH", "/projects", None),
    ],
)
def test_writes_own_keeps_back(app: App, method: str, path: str, body: object) -> None:
    target = own(app)
    before = app.sandbox.world
    with pytest.raises(Blocked):
        target.send(method, path, json=body)
    assert target.requests == 0
    assert app.sandbox.world is before


def test_an_example_that_is_kept_back_does_not_count(app: App) -> None:
    target = own(app)

    @settings(database=None, derandomize=True)
    @given(st.booleans())
    def asking(is_foreign: bool) -> None:
        assert target.send("GET", "/projects/11" if is_foreign else "/projects").ok

    asking()
    assert target.wire.blocked.total() > 0 and target.requests > 0


def test_a_body_that_cannot_be_read_is_kept_back(app: App) -> None:
    target = own(app)
    with pytest.raises(Blocked, match="cannot be read"):
        target.send("POST", "/projects", data=b"{", headers={"Content-Type": "application/json"})


def test_ids_in_forms_and_in_json_inside_of_forms_are_seen(app: App) -> None:
    target = own(app)
    operation = target.addresses.by_id["create_project"]
    form = {"project_id": "11", "options": '{"organization_id": 4}'}
    request = requests.Request("POST", f"{target.base_url}/projects", data=form, files={"file": b"x"}).prepare()
    assert {("workspace", "4"), ("project", "11")} <= set(named_ids(operation, {}, request)[0])


def test_what_the_run_lives_in_cannot_be_deleted_by_it(app: App) -> None:
    target = own(app)
    target.call("create_project", json={"name": "Mine", "type": "CLASS"})
    (project,) = target.wire.guard.created.ids("project")
    target.wire.guard.home.add(("project", project))
    with pytest.raises(Blocked, match="lives in"):
        target.call("delete_project", path={"project_id": project})
    assert clean(target) == []
    assert target.wire.guard.created.ids("project") == []


def test_a_ledger_is_written_at_once_and_finishes_the_job_after_a_crash(app: App, tmp_path: Path) -> None:
    before, ledger = rows(app.sandbox.world), tmp_path / "run.jsonl"
    crashed = own(app, ledger)
    crashed.call("create_project", json={"name": "Mine", "type": "CLASS"})
    crashed.call("create_class", path={"project_id": crashed.wire.guard.created.ids("project")[0]}, json={"name": "A"})
    assert ledger.read_text().count("\n") == 3  # the head, the project, the class
    with ledger.open("a") as file:
        file.write('{"kind": "docu')  # cut by the crash
    later = own(app)
    later.wire.guard.created = read(ledger, later.addresses)
    assert clean(later) == []
    assert rows(app.sandbox.world) == before


FILE = {"file": ("rows.csv", b"text,class,label\nThe bed was soft.,Comfort,POS\n", "text/csv")}


@pytest.mark.parametrize(
    ("upload", "create", "named"),
    [
        ("upload_group_file", "create_group", {"column_name": "text"}),
        (
            "upload_session_file",
            "create_session",
            {"column_mapping": {"text": "text", "class": "class", "label": "label"}},
        ),
    ],
)
def test_an_uploaded_file_is_the_runs_own_and_needs_no_deleting(
    app: App, upload: str, create: str, named: dict[str, object]
) -> None:
    before, target = rows(app.sandbox.world), own(app)
    target.call("create_project", json={"name": "Mine", "type": "CLASSLABEL"})
    path = {"project_id": target.wire.guard.created.ids("project")[0]}
    target.call("create_class", path=path, json={"name": "Comfort"})
    target.call("create_label", path=path, json={"name": "POS"})
    file = target.call(upload, path=path, files=FILE, data={"show_preview": "true"} if "session" in upload else None)
    assert target.wire.guard.created.ids("file") == [file.json()["id"]]
    assert not target.wire.guard.created.ids("annotation")
    body = {"name": "From a file", "file_id": file.json()["id"], **named}
    assert target.call(create, path=path, json=body).status_code == 201
    assert clean(target) == []
    assert rows(app.sandbox.world) == before


def test_a_file_of_others_is_kept_back(app: App) -> None:
    other, target = Target.of_app(app, "studio"), own(app)
    file = other.call("upload_group_file", path={"project_id": 11}, files=FILE).json()["id"]
    target.call("create_project", json={"name": "Mine", "type": "CLASSLABEL"})
    (project,) = target.wire.guard.created.ids("project")
    with pytest.raises(Blocked, match="names a file"):
        target.call("create_group", path={"project_id": project}, json={"file_id": file, "column_name": "text"})


def test_what_is_lent_can_be_named_and_what_lies_in_it_stays_that_of_others() -> None:
    target = Target.of_app(Target.in_process("label_studio").app, "label_studio", "own")  # type: ignore[arg-type]
    with pytest.raises(Blocked, match="names a task"):
        target.call("create_annotation", path={"id": 2}, json={})
    target.wire.guard.created.lent("task", "2")
    there = [row["id"] for row in target.call("list_annotations", path={"id": 2}).json()]
    made = target.call("create_annotation", path={"id": 2}, json={"result": [{"id": "kV3xQ1"}]}).json()["id"]
    assert target.call("list_annotations", path={"id": 2}).ok
    for other in there:
        with pytest.raises(Blocked, match=r"names an? annotation"):
            target.call("delete_annotation", path={"id": other})
    assert target.call("change_annotation", path={"id": made}, json={"ground_truth": True}).ok
    assert clean(target) == []
    assert [row["id"] for row in target.call("list_annotations", path={"id": 2}).json()] == there


def test_what_only_a_second_person_may_delete_is_deleted_by_them(app: App) -> None:
    target = own(app)
    owner, manager, stranger = target.people
    target.people[:] = [stranger, owner]
    assert target.call("create_project", person=owner, json={"name": "Theirs", "type": "ABSA"}).ok
    assert clean(target) == []
    assert target.people[0] is stranger and manager not in target.people


def test_what_had_no_answer_is_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    target = own(app)

    def close(*args: object, **kwargs: object) -> None:
        raise requests.ConnectionError("closed")

    monkeypatch.setattr(target.wire.inner, "send", close)
    with pytest.raises(requests.ConnectionError):
        target.call("create_project", json={"name": "Mine", "type": "CLASS"})
    with pytest.raises(requests.ConnectionError):
        target.call("list_projects")
    assert clean(target) == ["POST /projects had no answer: what it may have made is not known"]


def test_a_model_that_is_named_in_a_query_is_seen(app: App) -> None:
    target = own(app)
    with pytest.raises(Blocked, match="names a model"):
        target.send("POST", "/analyze?model=Hotels", json={"documents": []})


def test_cleaning_up_goes_on_after_an_interruption(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    before, target = rows(app.sandbox.world), own(app)

    def interrupt(*args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("contract_tests.engine.run", interrupt)
    with pytest.raises(KeyboardInterrupt):
        check(target, Plan(operations=("list_projects",)))
    assert target.wire.guard.created.entries
    assert rows(app.sandbox.world) == before


def test_what_was_there_before_is_never_taken_for_created() -> None:
    created = Created(Addresses(contract.load("studio")))
    created.add(Entry(kind="project", id="90"))
    assert created.owns("project", "90")
    assert not created.owns("project", "11")
    assert not created.owns("document", "90")


@pytest.mark.parametrize(
    ("field", "around", "kind"),
    [
        ("project_id", "", "project"),
        ("organization_id", "", "workspace"),
        ("trainset_annotation_ids", "", "annotation"),
        ("assigned_user_id", "", "user"),
        ("id", "documents", "document"),
        ("id", "classes", "class"),
        ("project_id_or_slug", "", "project"),
        ("name", "documents", None),
        ("valid", "", None),
    ],
)
def test_kinds_are_read_off_names(field: str, around: str, kind: str | None) -> None:
    assert kinds.of_field(field, around) == kind


def test_a_deployment_is_reached_like_the_stand_in(app: App) -> None:
    target = Target.at("http://studio-mock.test", "studio", [], "none", inner=AsgiAdapter(app))
    assert target.call("get_health").status_code == 200
