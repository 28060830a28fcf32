"""Accounts as such, their flags and product keys. Signing in is in test_sign_in.py, tokens in test_auth.py."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.studio.domain import users, workspaces
from mock_server.studio.domain.errors import DomainError
from mock_server.studio.rows import ProductKey, Project, RevokedToken, User, UserToken, Workspace, WorkspacePermission
from mock_server.world import Tx
from mock_server.world.integrity import dangling
from tests.accounts import PASSWORD, is_verified, log_in, outbox, register, reset_token
from tests.conftest import Client
from tests.worlds import small_world

OWN_RECORD = [
    ("GET", "/users/{}", None),
    ("PUT", "/users/{}", {"first_name": "Nora"}),
    ("DELETE", "/users/{}", None),
    ("GET", "/users/{}/permissions", None),
    ("GET", "/users/{}/keys", None),
    ("POST", "/users/{}/keys", None),
    ("DELETE", "/users/{}/keys/1", None),
]


@pytest.mark.parametrize(("method", "path", "body"), OWN_RECORD)
@pytest.mark.parametrize("user_id", [1, 4, 999999, 2**63 - 1])
def test_nobody_but_a_superuser_sees_or_changes_others(
    as_user: Callable[[str], Client], method: str, path: str, body: object, user_id: int
) -> None:
    answer = as_user("manager@example.com").request(method, path.format(user_id), json=body)
    assert answer.status_code == 403
    assert answer.json()["message"] == "User is not authorized to retrieve this user ID"


@pytest.mark.parametrize(("method", "path", "body"), OWN_RECORD)
@pytest.mark.parametrize("user_id", [0, 999999, 2**63 - 1])
def test_for_a_superuser_an_unknown_user_is_not_found(
    client: Client, method: str, path: str, body: object, user_id: int
) -> None:
    answer = client.request(method, path.format(user_id), json=body)
    assert (answer.status_code, answer.json()["message"]) == (404, "User was not found")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({}, {}),
        ({"first_name": "Vera"}, {"first_name": "Vera"}),
        ({"first_name": None, "last_name": None}, {"first_name": None, "last_name": None}),
        ({"email": "Vera@Example.com"}, {"email": "vera@example.com"}),
        ({"email": "VIEWER@example.com"}, {}),
        ({"is_superuser": True, "id": 99}, {}),
    ],
)
def test_a_change_sets_what_is_sent_and_leaves_the_rest(
    as_user: Callable[[str], Client], sent: dict[str, Any], shown: dict[str, Any]
) -> None:
    viewer = as_user("viewer@example.com")
    expected = {**viewer.get("/users/3").json(), **shown}
    assert viewer.put("/users/3", json=sent).json() == expected == viewer.get("/users/3").json()
    assert viewer.get("/users/3/permissions").json() == {**expected, "is_superuser": False, "is_betauser": False}
    assert expected in viewer.get("/organizations/1/users").json()


@pytest.mark.parametrize("email", ["owner@example.com", "OWNER@example.com"])
def test_nobody_can_take_an_address_of_another_account(as_user: Callable[[str], Client], email: str) -> None:
    viewer = as_user("viewer@example.com")
    answer = viewer.put("/users/3", json={"first_name": "Vera", "email": email})
    assert (answer.status_code, answer.json()["message"]) == (409, "Another account has this e-mail address already")
    assert viewer.get("/users/3").json()["first_name"] == "Viewer"


def test_a_changed_address_has_to_be_confirmed_and_voids_what_went_to_the_old_one(
    as_user: Callable[[str], Client],
) -> None:
    viewer = as_user("viewer@example.com")
    token = reset_token(viewer)
    viewer.put("/users/3", json={"email": "vera@example.com"})
    (mail,) = outbox(viewer, "VERIFY")
    assert (mail["to"], is_verified(viewer)) == ("vera@example.com", False)
    spent = viewer.post("/password/reset", json={"reset_password_token": token, "password": PASSWORD})
    assert spent.status_code == 409
    assert viewer.post("/users/email/verify", json={"verify_email_token": mail["token"]}).status_code == 200
    assert is_verified(viewer)
    assert log_in(viewer, "viewer@example.com", "studio-mock") == 401
    assert log_in(viewer, "vera@example.com", "studio-mock") == 200


def test_an_answer_about_a_user_can_be_sent_back_unchanged(client: Client) -> None:
    shown = client.get("/users/3").json()
    assert client.put("/users/3", json=shown).json() == shown
    assert outbox(client, "VERIFY") == []


def test_deleting_an_account_ends_what_is_the_persons_own_and_leaves_what_they_made(client: Client) -> None:
    mira = register(client)
    tx = client.app.sandbox.begin()
    project = tx.get(Project, 11)
    assert project is not None
    tx.change(project, owner_id=9)
    client.app.sandbox.commit(tx)
    client.post("/organizations/1/permissions", json={"user_id": 9, "role": "ADMIN"})
    invited = mira.post("/organizations/1/users/invite", json={"role": "USER", "emails": ["b@example.com"]}).json()
    mira.post("/users/9/keys")
    reset_token(client, "mira@example.com")
    assert mira.delete("/users/9").json() == {"message": "The user was deleted.", "status": "OK"}
    tx = client.app.sandbox.begin()
    for kind in (UserToken, ProductKey, WorkspacePermission, RevokedToken):
        assert not tx.ids(kind, user_id=9), kind
    assert tx.get(Project, 11) == msgspec.structs.replace(project, owner_id=None)
    assert client.get("/organizations/4").status_code == 404
    assert client.get("/users/9").status_code == 404
    assert 9 not in [user["id"] for user in client.get("/organizations/1/users").json()]
    pending = client.get("/organizations/1/users/invites").json()
    assert pending == [{**invited["invitations"][0], "invited_by_id": None}]
    assert log_in(client, "mira@example.com", PASSWORD) == 401
    register(client)  # the address is free again


@pytest.mark.parametrize("user_id", [1, 7])
def test_who_cannot_be_spared_cannot_be_deleted(client: Client, user_id: int) -> None:
    """User 1 is the only superuser; user 7 manages workspace 3 alone, with one more member here."""
    client.post("/organizations/3/permissions", json={"user_id": 8, "role": "ADMIN"})
    answer = client.delete(f"/users/{user_id}")
    assert (answer.status_code, answer.json()["message"]) == (409, "User cannot be removed")
    assert client.get(f"/users/{user_id}").status_code == 200
    client.put("/users/8/permissions", json={"is_superuser": True})
    client.put(f"/organizations/3/permissions/{last_permission(client)}", json={"role": "MANAGER"})
    assert client.delete(f"/users/{user_id}").status_code == 200


def last_permission(client: Client) -> int:
    permission: int = client.get("/organizations/3/permissions").json()[-1]["id"]
    return permission


# Flags


@pytest.mark.parametrize(
    "flags",
    [{}, {"is_superuser": True}, {"is_betauser": True}, {"is_superuser": False, "is_betauser": True}],
)
def test_a_superuser_gives_flags_and_leaves_those_not_sent(client: Client, flags: dict[str, bool]) -> None:
    before = client.get("/users/3/permissions").json()
    assert client.put("/users/3/permissions", json=flags).json() == {**before, **flags}
    assert client.get("/users/3/permissions").json() == {**before, **flags}
    status = client.as_user("viewer@example.com").get("/auth/status").json()["user"]
    assert {**before, **flags, "is_verified": True} == status


@pytest.mark.parametrize("user_id", [3, 1, 999999])
def test_nobody_else_gives_flags(as_user: Callable[[str], Client], user_id: int) -> None:
    answer = as_user("viewer@example.com").put(f"/users/{user_id}/permissions", json={"is_superuser": True})
    assert (answer.status_code, answer.json()["message"]) == (403, "User is not a superuser")


@pytest.mark.parametrize("body", [{"is_superuser": "yes"}, {"is_betauser": None}, {"is_superuser": 1}, []])
def test_a_flag_is_true_or_false(client: Client, body: object) -> None:
    assert client.put("/users/3/permissions", json=body).status_code == 400


def test_flags_of_an_unknown_user_are_not_found(client: Client) -> None:
    assert client.put("/users/999999/permissions", json={"is_betauser": True}).status_code == 404


def test_one_superuser_remains(client: Client) -> None:
    answer = client.put("/users/1/permissions", json={"is_superuser": False, "is_betauser": True})
    assert (answer.status_code, answer.json()["message"]) == (409, "The last superuser has to stay one")
    assert client.get("/users/1/permissions").json()["is_betauser"] is False
    client.put("/users/3/permissions", json={"is_superuser": True})
    assert client.put("/users/1/permissions", json={"is_superuser": False}).status_code == 200
    assert client.get("/users/3/permissions").status_code == 403


# Product keys


def test_keys_are_listed_oldest_first_and_each_has_a_name_of_its_own(as_user: Callable[[str], Client]) -> None:
    viewer = as_user("viewer@example.com")
    keys = []
    for _ in range(3):
        viewer.advance(1)
        keys.append(viewer.post("/users/3/keys").json())
    assert [key["name"] for key in keys] == ["Key 1", "Key 2", "Key 3"]
    assert len({key["token"] for key in keys}) == 3
    assert [key["created"] for key in keys] == sorted(key["created"] for key in keys)
    assert viewer.get("/users/3/keys").json() == keys
    assert viewer.delete(f"/users/3/keys/{keys[0]['id']}").json() == keys[1:] == viewer.get("/users/3/keys").json()
    assert viewer.post("/users/3/keys").json()["name"] not in ("Key 2", "Key 3")


def test_deleting_the_last_key_leaves_an_empty_list(client: Client) -> None:
    key = client.post("/users/3/keys").json()
    assert client.delete(f"/users/3/keys/{key['id']}").json() == []


def test_a_key_is_found_under_its_own_user_only(client: Client) -> None:
    key = client.post("/users/3/keys").json()
    for path in (f"/users/1/keys/{key['id']}", "/users/3/keys/999999"):
        answer = client.delete(path)
        assert (answer.status_code, answer.json()["message"]) == (404, "The key or the user was not found")
    assert client.get("/users/3/keys").json() == [key]


def test_a_key_is_no_token(client: Client, anyone: Client) -> None:
    key = client.post("/users/1/keys").json()["token"]
    assert anyone.get("/auth/status", headers={"Authorization": key}).status_code == 401


# Laws

STEPS = st.lists(
    st.tuples(st.sampled_from(["register", "delete", "email", "flags", "leave", "close"]), st.integers(1, 12)),
    max_size=25,
)


@given(STEPS)
@settings(max_examples=40, deadline=None)
def test_whatever_happens_to_accounts_somebody_administers_and_manages(steps: list[tuple[str, int]]) -> None:
    tx = Tx(small_world())
    for step, number in steps:
        attempt = Tx(tx.world)
        try:
            act(attempt, step, number)
        except DomainError:
            continue  # nothing happened
        tx = attempt
    assert dangling(tx.world) == []
    assert tx.ids(User, is_superuser=True)
    active = {workspace.id for workspace in tx.rows(Workspace) if workspace.is_active}
    for organization_id in active:
        assert tx.ids(WorkspacePermission, organization_id=organization_id, role="MANAGER")
    assert all(user.default_organization_id in {None, *active} for user in tx.rows(User))
    assert len({tx.get(Workspace, each).name for each in active}) == len(active)  # type: ignore[union-attr]


def act(tx: Tx, step: str, number: int) -> None:
    if step == "register":
        users.register(tx, f"m{number}@example.com", PASSWORD, "", first_name="Mira")
    elif step == "delete":
        users.delete_user(tx, number)
    elif step == "email":
        users.change_user(tx, number, "", email=f"m{number % 5}@example.com")
    elif step == "flags":
        users.change_permissions(tx, number, is_superuser=bool(number % 2))
    elif step == "leave":
        permission = tx.get(WorkspacePermission, number)
        workspaces.delete_permission(tx, permission.organization_id if permission else 1, number)
    else:
        workspaces.delete_workspace(tx, number)
