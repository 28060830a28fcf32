"""Workspaces and the people in them. Invitations are in test_invitations.py."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.studio.domain import workspaces
from mock_server.studio.rows import User, Workspace, WorkspacePermission
from mock_server.world import Tx
from tests.conftest import Client
from tests.worlds import ROLES, small_world

As = Callable[[str], Client]
NOT_FOUND = "No workspace was found that corresponds to the ID sent"
NO_PERMISSION = "No workspace or permission was found that corresponds to the ID sent"


def refusal(role: str) -> str:
    return f'User does not have the minimal required organization role "{role}"'


def memberships(client: Client) -> dict[str, bool]:
    """Return the names of the caller's workspaces and whether each is the default one."""
    return {row["name"]: row["is_default"] for row in client.get("/auth/status").json()["organizations"]}


def permission_of(client: Client, name: str, organization_id: int = 1) -> int:
    rows = client.get(f"/organizations/{organization_id}/permissions").json()
    return next(int(row["id"]) for row in rows if row["user"] == name)


# Who may do what

OPERATIONS = [
    ("USER", "GET", "/organizations/{}", None, 200),
    ("USER", "POST", "/organizations/{}/default", {"default": True}, 200),
    ("USER", "GET", "/organizations/{}/users", None, 200),
    ("USER", "GET", "/organizations/{}/permissions", None, 200),
    ("ADMIN", "POST", "/organizations/{}/permissions", {"role": "USER", "user_id": 7}, 200),
    ("ADMIN", "PUT", "/organizations/{}/permissions/999999", {"role": "USER"}, 404),
    ("ADMIN", "DELETE", "/organizations/{}/permissions/999999", None, 404),
    ("ADMIN", "POST", "/organizations/{}/users/invite", {"role": "USER", "emails": ["b@example.com"]}, 200),
    ("ADMIN", "GET", "/organizations/{}/users/invites", None, 200),
    ("ADMIN", "DELETE", "/organizations/{}/invitation/999999", None, 404),
    ("ADMIN", "POST", "/organizations/{}/invitation/999999/resend", None, 404),
    ("MANAGER", "PUT", "/organizations/{}", {"name": "Bergblick"}, 200),
    ("MANAGER", "DELETE", "/organizations/{}", None, 200),
]


@pytest.mark.parametrize(("needed", "method", "path", "body", "status"), OPERATIONS)
@pytest.mark.parametrize("role", ROLES)
def test_a_role_allows_what_it_and_lower_ones_may(
    as_user: As, role: str, needed: str, method: str, path: str, body: object, status: int
) -> None:
    answer = as_user(f"{role.lower()}@example.com").request(method, path.format(1), json=body)
    if ROLES.index(role) >= ROLES.index(needed):
        assert answer.status_code == status
    else:
        assert (answer.status_code, answer.json()["message"]) == (403, refusal(needed))


@pytest.mark.parametrize(("needed", "method", "path", "body", "status"), OPERATIONS)
def test_a_stranger_is_refused_and_an_unknown_or_deleted_workspace_not_found(
    client: Client, as_user: As, needed: str, method: str, path: str, body: object, status: int
) -> None:
    stranger = as_user("stranger@example.com")
    answer = stranger.request(method, path.format(1), json=body)
    assert (answer.status_code, answer.json()["message"]) == (403, refusal(needed))
    client.delete("/organizations/3")
    for person, organization_id in ((stranger, 3), (client, 3), (client, 999999), (client, 0), (client, 2**63 - 1)):
        answer = person.request(method, path.format(organization_id), json=body)
        assert (answer.status_code, answer.json()["message"]) == (404, NOT_FOUND)


# Workspaces


@pytest.mark.parametrize("description", [{}, {"description": None}, {"description": ""}, {"description": "For us."}])
def test_who_creates_a_workspace_manages_it_and_it_is_not_the_default(
    as_user: As, description: dict[str, str | None]
) -> None:
    guest = as_user("guest@example.com")
    answer = guest.post("/organizations", json={"name": "Bergblick", **description})
    shown = answer.json()
    assert answer.status_code == 200
    assert shown == {
        "id": 4,
        "name": "Bergblick",
        "description": description.get("description"),
        "created": "2026-03-02T09:00:00Z",
        "is_beta": False,
        "is_read_only": False,
    }
    assert guest.get("/organizations/4").json() == shown
    assert guest.get("/organizations/4/permissions").json()[0]["role"] == "MANAGER"
    assert memberships(guest) == {"Bergblick": False}


@pytest.mark.parametrize("body", [{}, *({"name": name} for name in ("", None, 7, "x" * 256, "a\u0000"))])
def test_a_workspace_needs_a_name(client: Client, body: dict[str, Any]) -> None:
    for method, path in (("POST", "/organizations"), ("PUT", "/organizations/1")):
        assert client.request(method, path, json=body).status_code == 400
    assert set(memberships(client)) == {"Alpenblick Hotels", "Read Only"}


def test_no_two_active_workspaces_share_a_name(client: Client) -> None:
    for method, path in (("POST", "/organizations"), ("PUT", "/organizations/1")):
        answer = client.request(method, path, json={"name": "Elsewhere", "description": "New."})
        assert (answer.status_code, answer.json()["message"]) == (409, "The workspace name is already taken")
    assert client.get("/organizations/1").json()["description"] is None
    assert client.post("/organizations", json={"name": "elsewhere"}).status_code == 200  # compared exactly
    client.delete("/organizations/3")
    assert client.post("/organizations", json={"name": "Elsewhere"}).status_code == 200
    assert client.put("/organizations/1", json={"name": "Elsewhere"}).status_code == 409


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({}, {}),
        ({"name": "Bergblick"}, {"name": "Bergblick"}),
        ({"description": "New."}, {"description": "New."}),
        ({"description": None}, {"description": None}),
        ({"is_read_only": True, "id": 9}, {}),
    ],
)
def test_a_change_sets_what_is_sent_and_leaves_the_rest(
    client: Client, sent: dict[str, Any], shown: dict[str, Any]
) -> None:
    client.put("/organizations/1", json={"name": "Alpenblick Hotels", "description": "Old."})
    before = client.get("/organizations/1").json()
    changed = client.put("/organizations/1", json={"name": before["name"], **sent}).json()
    assert changed == {**before, **shown} == client.get("/organizations/1").json()
    assert changed["name"] in memberships(client)


def test_a_deleted_workspace_is_gone_with_everything_in_it(client: Client, as_user: As) -> None:
    last = client.get("/organizations/1").json()
    client.post("/organizations/1/users/invite", json={"role": "USER", "emails": ["b@example.com"]})
    assert client.delete("/organizations/1").json() == last
    for path in ("/organizations/1", "/organizations/1/users", "/organizations/1/users/invites", "/projects/11"):
        assert client.get(path).status_code == 404, path
    assert client.get("/projects/11/classes").status_code == 404
    assert memberships(as_user("viewer@example.com")) == {"Read Only": False}
    tx = client.app.sandbox.begin()
    assert [user.default_organization_id for user in tx.rows(User)] == [None] * 6 + [3, None]


# The default workspace


def test_a_user_has_one_default_workspace_at_the_most(as_user: As) -> None:
    viewer, annotator = as_user("viewer@example.com"), as_user("annotator@example.com")
    answer = viewer.post("/organizations/2/default", json={"default": True})
    assert answer.json() == {"message": "Read Only is your default workspace.", "status": "OK"}
    assert memberships(viewer) == {"Alpenblick Hotels": False, "Read Only": True}
    viewer.post("/organizations/1/default", json={"default": False})
    assert memberships(viewer)["Read Only"]
    answer = viewer.post("/organizations/2/default", json={"default": False})
    assert answer.json() == {"message": "Read Only is not your default workspace.", "status": "OK"}
    assert memberships(viewer) == {"Alpenblick Hotels": False, "Read Only": False}
    assert memberships(annotator) == {"Alpenblick Hotels": True, "Read Only": False}


@pytest.mark.parametrize("body", [{}, {"default": None}, {"default": 1}, {"default": "true"}])
def test_the_choice_is_true_or_false(client: Client, body: object) -> None:
    assert client.post("/organizations/1/default", json=body).status_code == 400


def test_who_leaves_a_workspace_loses_it_as_default(client: Client, as_user: As) -> None:
    viewer = as_user("viewer@example.com")
    client.delete(f"/organizations/1/permissions/{permission_of(client, 'Viewer Example')}")
    assert memberships(viewer) == {"Read Only": False}
    client.post("/organizations/1/permissions", json={"user_id": 3, "role": "USER"})
    assert memberships(viewer) == {"Read Only": False, "Alpenblick Hotels": False}


# People


def test_people_and_permissions_are_listed_oldest_membership_first(client: Client) -> None:
    client.post("/organizations/3/permissions", json={"user_id": 8, "role": "USER"})
    client.post("/organizations/3/permissions", json={"user_id": 2, "role": "ADMIN"})
    users = client.get("/organizations/3/users").json()
    permissions = client.get("/organizations/3/permissions").json()
    assert [user["id"] for user in users] == [7, 8, 2]
    assert [(row["user"], row["role"]) for row in permissions] == [
        ("Stranger Example", "MANAGER"),
        ("Guest Example", "USER"),
        ("User Example", "ADMIN"),
    ]
    assert users == [client.get(f"/users/{user['id']}").json() for user in users]


@pytest.mark.parametrize("role", ROLES)
def test_an_added_user_has_the_role(client: Client, as_user: As, role: str) -> None:
    guest = as_user("guest@example.com")
    added = client.post("/organizations/1/permissions", json={"user_id": 8, "role": role}).json()
    assert (added["role"], added["user"]) == (role, "Guest Example")
    assert added in guest.get("/organizations/1/permissions").json()
    assert guest.get("/auth/status").json()["organizations"] == [
        {"id": 1, "name": "Alpenblick Hotels", "role": role, "is_default": False}
    ]


@pytest.mark.parametrize(
    ("user_id", "status", "message"),
    [
        (3, 409, "The user is a member of the workspace already"),
        (999999, 404, "No workspace or user was found that corresponds to the ID sent"),
        (-1, 404, "No workspace or user was found that corresponds to the ID sent"),
    ],
)
def test_only_existing_users_who_are_no_members_can_be_added(
    client: Client, user_id: int, status: int, message: str
) -> None:
    answer = client.post("/organizations/1/permissions", json={"user_id": user_id, "role": "MANAGER"})
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert len(client.get("/organizations/1/permissions").json()) == 6


@pytest.mark.parametrize(
    "body",
    [
        {"role": "OWNER", "user_id": 8},
        {"role": "manager", "user_id": 8},
        {"role": "USER", "user_id": "8"},
        {"role": "USER", "user_id": True},
        {"role": "USER"},
        {"user_id": 8},
    ],
)
def test_a_permission_needs_a_role_and_a_user(client: Client, body: object) -> None:
    assert client.post("/organizations/1/permissions", json=body).status_code == 400


def test_a_changed_role_counts_at_once(client: Client, as_user: As) -> None:
    viewer, permission = as_user("viewer@example.com"), permission_of(client, "Viewer Example")
    assert viewer.get("/organizations/1/users/invites").status_code == 403
    answer = client.put(f"/organizations/1/permissions/{permission}", json={"role": "ADMIN"})
    assert answer.json() == {"message": "Viewer Example is ADMIN now.", "status": "OK"}
    assert viewer.get("/organizations/1/users/invites").status_code == 200
    assert {"id": permission, "role": "ADMIN", "user": "Viewer Example"} in viewer.get(
        "/organizations/1/permissions"
    ).json()
    assert client.put(f"/organizations/1/permissions/{permission}", json={"role": "CHEF"}).status_code == 400


def test_who_is_removed_keeps_the_account_and_loses_the_workspace(client: Client, as_user: As) -> None:
    viewer, permission = as_user("viewer@example.com"), permission_of(client, "Viewer Example")
    answer = client.delete(f"/organizations/1/permissions/{permission}")
    assert answer.json() == {"message": "Viewer Example left the workspace.", "status": "OK"}
    assert viewer.get("/organizations/1").status_code == 403
    assert viewer.get("/projects/11").status_code == 403
    assert viewer.get("/users/3").status_code == 200
    assert "Viewer Example" not in [row["user"] for row in client.get("/organizations/1/permissions").json()]
    assert client.delete(f"/organizations/1/permissions/{permission}").status_code == 404


@pytest.mark.parametrize(("method", "body"), [("PUT", {"role": "USER"}), ("DELETE", None)])
def test_a_permission_is_found_in_its_own_workspace_only(client: Client, method: str, body: object) -> None:
    permission = permission_of(client, "Viewer Example")
    for path in (f"/organizations/3/permissions/{permission}", "/organizations/1/permissions/999999"):
        answer = client.request(method, path, json=body)
        assert (answer.status_code, answer.json()["message"]) == (404, NO_PERMISSION)


@pytest.mark.parametrize(("method", "body"), [("PUT", {"role": "ADMIN"}), ("DELETE", None)])
def test_the_last_manager_stays(client: Client, as_user: As, method: str, body: object) -> None:
    path = f"/organizations/3/permissions/{permission_of(client, 'Stranger Example', 3)}"
    for person in (client, as_user("stranger@example.com")):
        answer = person.request(method, path, json=body)
        assert (answer.status_code, answer.json()["message"]) == (409, "User cannot be removed")
    assert client.put(path, json={"role": "MANAGER"}).status_code == 200
    client.post("/organizations/3/permissions", json={"user_id": 8, "role": "MANAGER"})
    assert client.request(method, path, json=body).status_code == 200


@pytest.mark.parametrize(("method", "body"), [("PUT", {"role": "USER"}), ("DELETE", None)])
def test_others_may_go_beside_the_last_manager(client: Client, method: str, body: object) -> None:
    added = client.post("/organizations/3/permissions", json={"user_id": 8, "role": "ADMIN"}).json()
    assert client.request(method, f"/organizations/3/permissions/{added['id']}", json=body).status_code == 200


STEPS = st.lists(st.tuples(st.integers(1, 10), st.sampled_from([None, *ROLES])), max_size=30)


@given(STEPS)
@settings(max_examples=50, deadline=None)
def test_no_sequence_of_changes_leaves_a_workspace_without_a_manager(steps: list[tuple[int, str | None]]) -> None:
    tx = Tx(small_world())
    for permission_id, role in steps:
        attempt = Tx(tx.world)
        permission = tx.get(WorkspacePermission, permission_id)
        workspace_id = permission.organization_id if permission else 1
        try:
            if role is None:
                workspaces.delete_permission(attempt, workspace_id, permission_id)
            else:
                workspaces.change_permission(attempt, workspace_id, permission_id, role)
        except (workspaces.UserCannotBeRemoved, workspaces.PermissionNotFound):
            continue
        tx = attempt
    for workspace in tx.rows(Workspace):
        assert tx.ids(WorkspacePermission, organization_id=workspace.id, role="MANAGER")
