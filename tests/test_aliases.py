"""Properties of aliases: the same operations behind `/organizations/{organization_id}`, for what is in that workspace."""

from collections.abc import Callable
from typing import Any

import pytest

from mock_server import contract
from mock_server.app import App
from mock_server.pipeline.aliases import Aliases, aliases_of
from mock_server.pipeline.routing import Node
from mock_server.studio.rows import Analysis, Model, Project, Workspace
from tests.conftest import Client
from tests.filled import fill
from tests.worlds import NOW

AsUser = Callable[[str], Client]
NEW = {"name": "Menu", "type": "CLASS"}


def change(app: App, kind: Any, row_id: int, **fields: Any) -> None:
    """Change a row behind the back of the server."""
    tx = app.sandbox.begin()
    tx.change(tx.get(kind, row_id), **fields)
    app.sandbox.commit(tx)


def ids(client: Client, workspace_id: int) -> list[int]:
    """Return the ids of the projects that a caller sees in a workspace."""
    return [row["id"] for row in client.get(f"/organizations/{workspace_id}/projects").json()]


@pytest.mark.parametrize(
    "path",
    [
        *("/projects/11", "/projects/11/analyses", "/projects/11/classes", "/projects/11/tags?limit=1"),
        *("/projects/11/permissions", "/projects/11/documents?details=segments", "/projects/11/annotations"),
    ],
)
def test_an_alias_answers_as_the_operation_does(app: App, client: Client, path: str) -> None:
    fill(app)
    direct, alias = client.get(path), client.get(f"/organizations/1{path}")
    assert direct.status_code == alias.status_code == 200
    assert direct.json() == alias.json()


def test_what_is_changed_through_an_alias_is_changed(client: Client) -> None:
    added = client.post("/organizations/1/projects/11/classes", json={"name": "Breakfast"})
    assert added.status_code == 201
    path = f"/projects/11/classes/{added.json()['id']}"
    assert client.get(path).json() == added.json()
    assert client.delete(f"/organizations/1{path}").status_code == 200
    assert client.get(path).status_code == 404


def test_only_projects_of_the_workspace_are_listed(client: Client, as_user: AsUser) -> None:
    assert [ids(client, number) for number in (1, 2, 3)] == [[11, 12, 13, 14], [15], [16]]
    assert ids(as_user("viewer@example.com"), 2) == [15]
    assert ids(as_user("guest@example.com"), 1) == [11]
    assert ids(as_user("user@example.com"), 1) == []


def test_a_project_is_created_in_the_workspace(as_user: AsUser, client: Client) -> None:
    created = client.post("/organizations/3/projects", json=NEW)
    assert created.status_code == 201
    number = created.json()["id"]
    assert number in ids(client, 3) and number not in ids(client, 1)
    assert as_user("stranger@example.com").get(f"/projects/{number}").status_code == 200
    assert client.post("/organizations/3/projects", json=NEW).status_code == 409
    assert client.post("/projects", json=NEW).status_code == 201


@pytest.mark.parametrize(
    ("user", "workspace_id", "status"),
    [("annotator", 1, 201), ("viewer", 1, 403), ("annotator", 2, 403), ("annotator", 3, 403), ("guest", 1, 403)],
)
def test_a_project_is_created_only_where_the_caller_may(
    as_user: AsUser, user: str, workspace_id: int, status: int
) -> None:
    answer = as_user(f"{user}@example.com").post(f"/organizations/{workspace_id}/projects", json=NEW)
    assert answer.status_code == status


def test_a_clone_stays_in_the_workspace_unless_another_is_named(app: App, client: Client) -> None:
    clone = client.post("/organizations/3/projects/16/clone", json={}).json()
    named = client.post("/organizations/3/projects/16/clone", json={"organization_id": 1}).json()
    tx = app.sandbox.begin()
    homes = [tx.get(Project, row["id"]) for row in (clone, named)]
    assert [row.organization_id for row in homes if row] == [3, 1]


@pytest.mark.parametrize("workspace_id", ["2", "3", "99", "0", "-1", "abc", str(2**63), "1.0"])
@pytest.mark.parametrize("path", ["/projects/11", "/projects/11/classes", "/projects/11/analyses"])
def test_nothing_of_another_workspace_is_found(client: Client, workspace_id: str, path: str) -> None:
    answer = client.get(f"/organizations/{workspace_id}{path}")
    assert answer.status_code == 404 and answer.json()["status"] == "NOT_FOUND"


@pytest.mark.parametrize("path", ["/projects", "/projects/11"])
def test_a_workspace_that_is_not_active_is_not_there(app: App, client: Client, path: str) -> None:
    change(app, Workspace, 1, is_active=False)
    assert client.get(f"/organizations/1{path}").status_code == 404


@pytest.mark.parametrize(
    ("user", "path", "status"),
    [
        ("stranger", "/projects", 403),
        ("stranger", "/projects/11", 403),
        ("guest", "/projects/11", 200),
        ("guest", "/projects/12", 403),
        ("guest", "/projects", 200),
        ("user", "/projects", 200),
        ("user", "/projects/11", 403),
        ("viewer", "/projects/11", 200),
    ],
)
def test_who_has_nothing_to_do_with_a_workspace_stays_out(as_user: AsUser, user: str, path: str, status: int) -> None:
    assert as_user(f"{user}@example.com").get(f"/organizations/1{path}").status_code == status


def test_without_a_token_there_is_no_way_in(anyone: Client) -> None:
    for path in ("/organizations/1/projects", "/organizations/99/projects/11"):
        assert anyone.get(path).status_code == 401


def test_roles_are_those_of_the_operation(as_user: AsUser) -> None:
    path, caller = "/organizations/1/projects/11", as_user("viewer@example.com")
    assert caller.delete(path).status_code == 403
    assert caller.post(f"{path}/classes", json={"name": "X"}).status_code == 403
    assert as_user("manager@example.com").delete(path).status_code == 200


def test_a_body_that_is_wrong_is_refused_as_ever(client: Client) -> None:
    direct, alias = (client.post(f"{prefix}/projects", json={"name": 1}) for prefix in ("", "/organizations/1"))
    assert direct.status_code == 400 and direct.json() == alias.json()


def test_methods_are_those_of_the_path_and_of_its_alias(client: Client) -> None:
    direct, alias = (client.request("PATCH", f"{prefix}/projects/11") for prefix in ("", "/organizations/1"))
    assert direct.status_code == alias.status_code == 405
    assert direct.headers["allow"] == alias.headers["allow"]
    options = client.request("OPTIONS", "/organizations/1/projects")
    assert options.status_code == 204 and options.headers["allow"] == "GET, OPTIONS, POST"


@pytest.mark.parametrize("path", ["/health", "/types", "/auth/status", "/users/1", "/organizations/1", "/projectsx"])
def test_nothing_else_has_an_alias(client: Client, path: str) -> None:
    assert client.get(f"/organizations/1{path}").status_code == 404


def test_paths_of_the_contract_come_first() -> None:
    for order in ((False, True), (True, False)):
        tree = Node()
        for is_alias in order:
            path = "/organizations/{organization_id}/models" if is_alias else "/organizations/{organization}/models"
            tree.add(path, "GET", "alias" if is_alias else "own", is_alias)
        tree.add("/organizations/{organization_id}/models", "POST", "alias", True)
        found = tree.find(["organizations", "1", "models"], 0, [])
        assert found is not None
        assert found.operations == {"GET": ("own", ("organization",)), "POST": ("alias", ("organization_id",))}


def test_only_whole_segments_begin_a_path() -> None:
    aliases = Aliases("/p/{id}", "Id", ("/analyze",), {})
    assert aliases.of("/analyze") == "/p/{id}/analyze" and aliases.of("/analyze/x") == "/p/{id}/analyze/x"
    assert aliases.of("/analyzers") is None and aliases.of("/x/analyze") is None


def test_the_document_that_is_served_speaks_of_aliases(app: App, client: Client) -> None:
    document = client.get("/_mock/openapi/studio.json").json()
    assert document["x-aliases"]["prefix"] == "/organizations/{organization_id}"
    assert "x-aliases" in document["info"]["description"]
    assert document["x-aliases"]["x-evidence"] == "observed"
    assert document["paths"].keys() == contract.load("studio")["paths"].keys()
    assert aliases_of(contract.load("control")) is None


def test_models_and_analyses_are_those_of_the_workspace(app: App, client: Client) -> None:
    from mock_server.studio.domain import belonging
    from mock_server.studio.domain.errors import NotFound
    from mock_server.studio.rows import User

    fill(app)
    tx = app.sandbox.begin()
    owner, roles = tx.get(User, 1), app.apis["studio"].roles
    model, analysis = tx.first(Model, project_id=11), tx.first(Analysis, project_id=11)
    vendors = tx.put(Model(id=tx.new_id(Model), uuid=tx.uuid(), name="base", display_name="Base", created=NOW))
    assert model is not None and analysis is not None
    for path in ({"model_id": model.id}, {"analysis_id": analysis.id}, {"project_id": 11, "model_id": model.id}):
        belonging.enter(tx, roles, owner, 1, path)
        with pytest.raises(NotFound):
            belonging.enter(tx, roles, owner, 3, path)
    for workspace_id in (1, 3):
        belonging.enter(tx, roles, owner, workspace_id, {"model_id": vendors.id})
        with pytest.raises(NotFound):
            belonging.enter(tx, roles, owner, workspace_id, {"analysis_id": 999})
