"""Properties of the operations tagged Projects, but for tags (test_tags) and for cloning (test_cloning)."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.rows import Project, ProjectPermission, User, Workspace
from mock_server.world import Job
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.filled import fill

AsUser = Callable[[str], Client]
NEW = {"name": "Menu", "type": "CLASS"}


def ids(client: Client) -> list[int]:
    """Return the ids of the projects that a caller sees."""
    return [row["id"] for row in client.get("/projects").json()]


def change(app: App, kind: Any, row_id: int, **fields: Any) -> None:
    """Change a row behind the back of the server."""
    tx = app.sandbox.begin()
    tx.change(tx.get(kind, row_id), **fields)
    app.sandbox.commit(tx)


@pytest.mark.parametrize(
    ("user", "seen"),
    [
        ("owner", [11, 12, 13, 14, 15, 16]),
        ("manager", [11, 12, 13, 14, 15]),
        ("viewer", [11, 12, 13, 14, 15]),
        ("user", []),
        ("stranger", [16]),
        ("guest", [11]),
    ],
)
def test_the_list_has_what_can_be_read_and_nothing_else(as_user: AsUser, user: str, seen: list[int]) -> None:
    caller = as_user(f"{user}@example.com")
    assert ids(caller) == seen
    readable = [number for number in range(11, 17) if caller.get(f"/projects/{number}").status_code == 200]
    assert readable == seen


@pytest.mark.parametrize("user", ["owner", "viewer", "guest"])
def test_projects_of_inactive_workspaces_are_gone(app: App, as_user: AsUser, user: str) -> None:
    change(app, Workspace, 1, is_active=False)
    assert not set(ids(as_user(f"{user}@example.com"))) & {11, 12, 13, 14}
    assert as_user(f"{user}@example.com").get("/projects/11").status_code == 404


def test_a_project_that_is_marked_as_deleted_is_never_shown(app: App, client: Client) -> None:
    change(app, Project, 12, status="DELETED")
    assert 12 not in ids(client)
    assert client.get("/projects/12").status_code == 404


def test_details_fill_the_arrays_of_the_list(app: App, client: Client) -> None:
    fill(app)
    short, long = client.get("/projects").json(), client.get("/projects?details=true").json()
    assert all(row["classes"] == row["labels"] == row["models"] == [] for row in short)
    assert long[0] == client.get("/projects/11").json()
    assert long[0]["classes"] == ["Comfort", "Staff"]
    assert long[0]["models"][0]["owner"] == "Owner Example"
    assert [{**row, "classes": [], "labels": [], "models": []} for row in long] == short


@pytest.mark.parametrize(("kind", "labels"), [("ABSA", ["POS", "NEU", "NEG"]), ("CLASS", []), ("CLASSLABEL", [])])
def test_a_new_project_belongs_to_its_creator(as_user: AsUser, kind: str, labels: list[str]) -> None:
    caller = as_user("annotator@example.com")
    answer = caller.post("/projects", json={"name": "Menu", "type": kind})
    assert answer.status_code == 201
    created = answer.json()
    assert created["labels"] == labels and created["classes"] == [] and created["status"] == "CREATED"
    assert created["id"] in ids(caller)
    path = f"/projects/{created['id']}"
    assert caller.get(path).json() == created
    assert [row["role"] for row in caller.get(f"{path}/permissions").json()] == ["MANAGER"]
    assert caller.delete(path).status_code == 200


@pytest.mark.parametrize("role", ["user", "viewer"])
def test_who_may_only_look_on_makes_no_projects(as_user: AsUser, role: str) -> None:
    assert as_user(f"{role}@example.com").post("/projects", json=NEW).status_code == 403


def test_names_are_unique_in_a_workspace_and_not_beyond(app: App, client: Client, as_user: AsUser) -> None:
    assert client.post("/projects", json=NEW).status_code == 201
    assert client.post("/projects", json=NEW).status_code == 409
    assert client.put("/projects/12", json={"name": "Menu"}).status_code == 409
    assert as_user("stranger@example.com").post("/projects", json=NEW).status_code == 201


def test_without_a_default_workspace_there_is_no_home_for_a_project(app: App, client: Client, as_user: AsUser) -> None:
    assert as_user("guest@example.com").post("/projects", json=NEW).status_code == 409
    change(app, Workspace, 3, is_active=False)
    assert as_user("stranger@example.com").post("/projects", json=NEW).status_code == 409
    for deed in ("clone", "transfer"):
        change(app, User, 1, default_organization_id=None)
        assert client.post(f"/projects/11/{deed}", json={}).status_code == 409


def test_a_read_only_or_foreign_home_takes_no_project(app: App, as_user: AsUser) -> None:
    manager = as_user("manager@example.com")
    change(app, User, 6, default_organization_id=2)
    assert manager.post("/projects", json=NEW).status_code == 403
    change(app, User, 6, default_organization_id=3)
    assert manager.post("/projects", json=NEW).status_code == 403


def test_a_change_touches_only_what_is_given(client: Client) -> None:
    before = client.get("/projects/12").json()
    assert client.put("/projects/12", json={}).json() == before
    assert client.put("/projects/12", json={"name": before["name"]}).json() == before
    assert client.put("/projects/12", json={"name": "Other"}).json() == {**before, "name": "Other"}
    assert client.put("/projects/12", json={"type": "LABEL"}).json() == {**before, "name": "Other", "type": "LABEL"}
    assert client.get("/projects/12").json() == {**before, "name": "Other", "type": "LABEL"}


def test_a_project_that_becomes_absa_gets_the_sentiments(client: Client) -> None:
    changed = client.put("/projects/14", json={"type": "ABSA"}).json()
    assert (changed["type"], changed["labels"]) == ("ABSA", ["POS", "NEU", "NEG"])
    assert client.put("/projects/14", json={"type": "ABSA"}).json() == changed


def test_the_type_stays_once_something_has_its_form(app: App, client: Client) -> None:
    fill(app, 14)
    answer = client.put("/projects/14", json={"name": "Other", "type": "CLASS"})
    assert answer.status_code == 409
    assert client.get("/projects/14").json()["name"] != "Other"
    assert client.put("/projects/14", json={"type": "CLASSLABEL"}).status_code == 200


def test_a_deleted_project_disappears_with_everything_in_it(app: App, client: Client) -> None:
    fill(app)
    assert client.delete("/projects/11").json() == {"message": "The project was deleted.", "status": "OK"}
    assert 11 not in ids(client)
    for path in ("", "/classes", "/labels", "/tags", "/permissions", "/analyses", "/tasks/1"):
        assert client.get(f"/projects/11{path}").status_code == 404
    assert dangling(app.sandbox.world) == []
    tx = app.sandbox.begin()
    left = [row for table in tx.world.tables.values() for row in table.rows.values()]
    assert not [row for row in left if getattr(row, "project_id", None) == 11]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/projects/11", {"name": "X"}),
        ("DELETE", "/projects/11", None),
        ("POST", "/projects/11/clone", {}),
        ("POST", "/projects/11/transfer", {}),
    ],
)
@pytest.mark.parametrize(("user", "allowed"), [("viewer", False), ("annotator", False), ("admin", True)])
def test_managing_needs_a_manager(as_user: AsUser, user: str, allowed: bool, method: str, path: str, body: Any) -> None:
    answer = as_user(f"{user}@example.com").request(method, path, **({"json": body} if body is not None else {}))
    assert answer.status_code == (200 if allowed else 403)
    assert allowed or '"MANAGER"' in answer.json()["message"]


@pytest.mark.parametrize("path", ["", "/analyses", "/tasks/1", "/permissions", "/tags"])
@pytest.mark.parametrize(("user", "status"), [("user", 403), ("stranger", 403), ("owner", 404)])
def test_reading_needs_a_viewer_and_a_project(as_user: AsUser, path: str, user: str, status: int) -> None:
    number = 99 if status == 404 else 11
    assert as_user(f"{user}@example.com").get(f"/projects/{number}{path}").status_code == status


def test_a_transferred_project_keeps_its_data_and_permissions(app: App, as_user: AsUser, client: Client) -> None:
    fill(app)
    before = client.get("/projects/11").json()
    answer = client.post("/projects/11/transfer", json={"organization_id": 3})
    assert answer.status_code == 200
    task = client.get(f"/projects/11/tasks/{answer.json()['task_id']}").json()
    assert (task["type"], task["status"], task["progress"], task["project_id"]) == ("TRANSFER", "FINISHED", 100, 11)
    assert client.get("/projects/11").json() == before
    assert 11 in ids(as_user("stranger@example.com"))
    assert 11 in ids(as_user("guest@example.com"))
    assert 11 not in ids(as_user("manager@example.com"))


def test_a_transfer_to_where_the_project_is_changes_nothing(app: App, client: Client) -> None:
    before = app.sandbox.world
    answer = client.post("/projects/11/transfer", json={})
    assert answer.status_code == 200 and "task_id" not in answer.json()
    assert app.sandbox.world is before


@pytest.mark.parametrize("deed", ["clone", "transfer"])
@pytest.mark.parametrize(
    ("user", "target", "status"),
    [("owner", 99, 404), ("owner", 2**63 - 1, 404), ("owner", 2**63, 400), ("owner", 2, 403), ("manager", 3, 403)],
)
def test_a_project_goes_only_where_its_manager_may_put_it(
    as_user: AsUser, deed: str, user: str, target: int, status: int
) -> None:
    answer = as_user(f"{user}@example.com").post(f"/projects/11/{deed}", json={"organization_id": target})
    assert answer.status_code == status


def test_a_project_does_not_go_where_its_name_is_taken(client: Client) -> None:
    client.put("/projects/11", json={"name": "ABSA of 3"})
    assert client.post("/projects/11/transfer", json={"organization_id": 3}).status_code == 409
    clone = client.post("/projects/11/clone", json={"organization_id": 3})
    assert clone.json()["name"] == "ABSA of 3 (2)"


def test_a_task_tells_how_far_it_is(app: App, client: Client) -> None:
    tx = app.sandbox.begin()
    job = tx.start_job("UPLOAD", 11, 2.0, project_id=11)
    stray = tx.start_job("UPLOAD", 12, 2.0, project_id=12)
    hidden = tx.start_job("SOMETHING", 11, 2.0, project_id=11)
    app.sandbox.commit(tx)
    path = f"/projects/11/tasks/{job.id}"
    assert client.get(path).json()["progress"] == 0
    client.advance(0.5)
    task = client.get(path).json()
    assert (task["progress"], task["status"], task["finished"]) == (25, "STARTED", None)
    for other in (stray.id, hidden.id, 999):
        assert client.get(f"/projects/11/tasks/{other}").status_code == 404
    assert isinstance(app.sandbox.begin().get(Job, job.id), Job)


def test_permissions_are_those_given_in_the_project(client: Client) -> None:
    assert client.get("/projects/11/permissions").json() == [{"id": 1, "role": "VIEWER", "user": "Guest Example"}]
    assert client.get("/projects/12/permissions").json() == []


def test_a_permission_of_the_project_adds_to_that_of_the_workspace(app: App, as_user: AsUser) -> None:
    tx = app.sandbox.begin()
    tx.put(ProjectPermission(id=tx.new_id(ProjectPermission), project_id=11, user_id=3, role="MANAGER"))
    app.sandbox.commit(tx)
    viewer = as_user("viewer@example.com")
    assert ids(viewer) == [11, 12, 13, 14, 15]
    assert viewer.put("/projects/11", json={"name": "Mine"}).status_code == 200


@pytest.mark.parametrize(("details", "shown"), [("", False), ("?details=meta", True), ("?details=segments,tags", True)])
def test_analyses_show_documents_if_details_are_asked_for(app: App, client: Client, details: str, shown: bool) -> None:
    fill(app)
    page = client.get(f"/projects/11/analyses{details}").json()
    [analysis] = page.pop("analyses")
    assert page == {"has_more": False, "offset": 0, "limit": 100, "count": 1}
    assert analysis["document_count"] == 2 and analysis["type"] == "ABSA"
    assert [row["name"] for row in analysis["classes"]] == ["Comfort", "Staff"]
    assert len(analysis.get("documents", [])) == (2 if shown else 0)
    if "tags" in details:
        [first, *_] = analysis["documents"][0]["segments"]
        assert first["tags"][0]["class"] == "Comfort"


def test_reads_leave_the_world_as_it_is(app: App, client: Client) -> None:
    fill(app)
    before = app.sandbox.world
    paths = ("", "?details=true", "/11", "/11/analyses?details=tags", "/11/permissions", "/11/tags", "/11/classes")
    for path in (*paths, "/11/labels", "/11/classes/download", "/11/labels/download?format=xlsx"):
        assert client.get(f"/projects{path}").status_code == 200
    assert app.sandbox.world is before
