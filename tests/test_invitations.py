"""Invitations to a workspace: sent, listed, sent again, withdrawn, accepted, expired."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.studio.domain import invitations
from mock_server.studio.rows import Invitation, Mail
from mock_server.world import Tx
from tests.accounts import PASSWORD, is_verified, log_in, outbox, register
from tests.conftest import Client
from tests.worlds import ROLES, small_world

As = Callable[[str], Client]
DAY = 24 * 3600
SPENT = (409, "Token is not valid or has expired")
MEMBER, INVITED = "User is already a member", "User was already invited"


def invite(client: Client, *emails: str, role: str = "ANNOTATOR", organization_id: int = 1) -> dict[str, Any]:
    body = {"role": role, "emails": emails}
    answer = client.post(f"/organizations/{organization_id}/users/invite", json=body)
    assert answer.status_code == 200, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def token_for(client: Client, email: str = "mira@example.com", **more: Any) -> str:
    """Invite one address and return the token of the link."""
    (invitation,) = invite(client, email, **more)["invitations"]
    return str(invitation["invitation_link"]).rsplit("/", 1)[1]


def accept(client: Client, token: str, **more: Any) -> httpx.Response:
    body = {"token": token, "password": PASSWORD, **more}
    return client.post("/organizations/users/invite/accept", json=body, headers={})


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["message"]


# Inviting


def test_an_invitation_is_listed_and_mailed(client: Client, as_user: As) -> None:
    answer = invite(as_user("admin@example.com"), "Mira@Example.com", "leo@example.com")
    assert answer["not_invited"] == []
    assert client.get("/organizations/1/users/invites").json() == answer["invitations"]
    first, mail = answer["invitations"][0], outbox(client, "INVITATION")[0]
    assert first == {
        "id": 1,
        "role": "ANNOTATOR",
        "email": "mira@example.com",
        "invited_by_id": 5,
        "organization_id": 1,
        "created": "2026-03-02T09:00:00Z",
        "invitation_link": mail["link"],
    }
    assert (mail["to"], mail["subject"]) == ("mira@example.com", "You are invited to Alpenblick Hotels")
    assert mail["link"] == f"http://studio-mock.test/invitations/{mail['token']}"
    assert [mail["to"] for mail in outbox(client, "INVITATION")] == ["mira@example.com", "leo@example.com"]


def test_who_is_not_invited_is_told_with_the_reason(client: Client) -> None:
    invite(client, "leo@example.com")
    sent = ["viewer@example.com", "Viewer@Example.com", "LEO@example.com", "mira@example.com", "Mira@example.com"]
    answer = invite(client, *sent)
    assert [row["email"] for row in answer["invitations"]] == ["mira@example.com"]
    assert [(row["email"], row["reason"]) for row in answer["not_invited"]] == [
        ("viewer@example.com", MEMBER),
        ("Viewer@Example.com", MEMBER),
        ("LEO@example.com", INVITED),
        ("Mira@example.com", INVITED),
    ]
    assert [mail["to"] for mail in outbox(client, "INVITATION")] == ["leo@example.com", "mira@example.com"]


def test_each_workspace_invites_for_itself(client: Client) -> None:
    invite(client, "mira@example.com")
    assert len(invite(client, "mira@example.com", "viewer@example.com", organization_id=3)["invitations"]) == 2
    assert len(client.get("/organizations/1/users/invites").json()) == 1


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"role": "USER", "emails": []}, "body.emails"),
        ({"role": "USER", "emails": "mira@example.com"}, "body.emails"),
        ({"role": "USER", "emails": ["mira@example.com", "leo"]}, "body.emails[1]"),
        ({"role": "USER", "emails": [None]}, "body.emails[0]"),
        ({"role": "GUEST", "emails": ["mira@example.com"]}, "body.role"),
        ({"emails": ["mira@example.com"]}, "body.role"),
        ({"role": "USER"}, "body.emails"),
    ],
)
def test_one_bad_address_or_role_invites_nobody(client: Client, body: object, place: str) -> None:
    answer = client.post("/organizations/1/users/invite", json=body)
    assert answer.status_code == 400
    assert [error["place"] for error in answer.json()["errors"]] == [place]
    assert client.get("/organizations/1/users/invites").json() == outbox(client, "INVITATION") == []


ADDRESSES = st.lists(st.sampled_from(["a@x.org", "A@x.org", "b@x.org", "viewer@example.com", "GUEST@example.com"]))


@given(st.lists(ADDRESSES, max_size=4))
@settings(max_examples=40, deadline=None)
def test_every_address_is_invited_once_or_told_why_not(calls: list[list[str]]) -> None:
    tx = Tx(small_world())
    for emails in calls:
        invited, passed_over = invitations.invite_users(tx, 1, 1, "USER", emails, "")
        assert sorted([row.email for row in invited] + [row.email.lower() for row in passed_over]) == sorted(
            email.lower() for email in emails
        )
    asked = {email.lower() for emails in calls for email in emails} - {"viewer@example.com"}
    assert sorted(row.email for row in tx.rows(Invitation)) == sorted(asked)
    assert sorted(mail.to for mail in tx.rows(Mail)) == sorted(asked)


# Accepting


@pytest.mark.parametrize("role", ROLES)
def test_someone_without_an_account_gets_one_with_the_workspace_as_default(
    client: Client, anyone: Client, role: str
) -> None:
    token = token_for(client, role=role)
    answer = accept(anyone, token, first_name="Mira", last_name="Oberhofer")
    assert answer.json() == {"message": "You belong to the workspace Alpenblick Hotels.", "status": "OK"}
    mira = anyone.as_user("mira@example.com", PASSWORD)
    status = mira.get("/auth/status").json()
    assert (status["user"]["first_name"], status["user"]["is_verified"]) == ("Mira", True)
    assert status["organizations"] == [{"id": 1, "name": "Alpenblick Hotels", "role": role, "is_default": True}]
    assert client.get("/organizations/1/permissions").json()[-1]["user"] == "Mira Oberhofer"
    assert client.get("/organizations/1/users/invites").json() == []
    assert told(accept(anyone, token)) == SPENT


def test_someone_with_an_account_only_gets_the_membership(client: Client, anyone: Client) -> None:
    mira = register(anyone)
    before = mira.get("/auth/status").json()
    token = token_for(client, "Mira@example.com")
    body = {"email": "viewer@example.com", "first_name": "M", "password": "another-password"}
    assert accept(anyone, token, **body).status_code == 200
    after = mira.get("/auth/status").json()
    joined = {"id": 1, "name": "Alpenblick Hotels", "role": "ANNOTATOR", "is_default": False}
    assert after == {**before, "organizations": [*before["organizations"], joined]}
    assert log_in(anyone, "mira@example.com", PASSWORD) == 200
    assert log_in(anyone, "mira@example.com", "another-password") == 401


def test_a_new_account_may_have_another_address_which_is_to_be_confirmed(client: Client, anyone: Client) -> None:
    assert accept(anyone, token_for(client), email="Oberhofer@example.com").status_code == 200
    person = anyone.as_user("oberhofer@example.com", PASSWORD)
    (mail,) = outbox(anyone, "VERIFY")
    assert (mail["to"], is_verified(person)) == ("oberhofer@example.com", False)
    anyone.post("/users/email/verify", json={"verify_email_token": mail["token"]})
    assert is_verified(person)
    assert log_in(anyone, "mira@example.com", PASSWORD) == 401


def test_a_new_account_cannot_have_the_address_of_another_one(client: Client, anyone: Client) -> None:
    token = token_for(client)
    answer = accept(anyone, token, email="VIEWER@example.com")
    assert told(answer) == (409, "Another account has this e-mail address already")
    assert accept(anyone, token).status_code == 200


def test_who_became_a_member_in_the_meantime_keeps_the_role(client: Client, anyone: Client) -> None:
    token = token_for(client, "guest@example.com", role="MANAGER")
    client.post("/organizations/1/permissions", json={"user_id": 8, "role": "VIEWER"})
    assert accept(anyone, token).status_code == 200
    assert [row["role"] for row in client.get("/organizations/1/permissions").json()][6:] == ["VIEWER"]
    assert client.get("/organizations/1/users/invites").json() == []


@pytest.mark.parametrize(
    "body", [{"password": "seven77"}, {"password": None}, {"email": "mira"}, {"last_name": 7}, {"first_name": ""}]
)
def test_a_refused_body_leaves_the_invitation_good(client: Client, anyone: Client, body: dict[str, Any]) -> None:
    token = token_for(client)
    assert accept(anyone, token, **body).status_code == 400
    assert accept(anyone, token).status_code == 200


@pytest.mark.parametrize("token", ["", "nothing", "0" * 32])
def test_a_token_that_never_was_is_refused(anyone: Client, token: str) -> None:
    assert told(accept(anyone, token)) == SPENT


@pytest.mark.parametrize(("seconds", "expected"), [(14 * DAY - 0.001, 200), (14 * DAY, 409)])
def test_an_invitation_holds_for_fourteen_days(client: Client, anyone: Client, seconds: float, expected: int) -> None:
    token = token_for(client)
    client.advance(seconds)
    assert accept(anyone, token).status_code == expected


def test_nobody_joins_a_deleted_workspace(client: Client, anyone: Client) -> None:
    token = token_for(client)
    client.delete("/organizations/1")
    assert told(accept(anyone, token)) == SPENT
    assert log_in(anyone, "mira@example.com", PASSWORD) == 401


@pytest.mark.parametrize("email", ["mira@example.com", "guest@example.com"])
def test_a_token_that_is_sent_along_must_be_good(client: Client, as_user: As, email: str) -> None:
    token, guest = token_for(client, email), as_user("guest@example.com")
    body = {"token": token, "password": PASSWORD}
    path = "/organizations/users/invite/accept"
    for header in ("", "Bearer nothing", "nothing"):
        answer = guest.post(path, json=body, headers={"Authorization": header})
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert guest.post(path, json=body).status_code == 200
    assert client.get("/organizations/1/users").json()[-1]["email"] == email


# Sending again and withdrawing


def test_sending_again_keeps_the_link_and_begins_the_time_anew(client: Client, anyone: Client) -> None:
    token = token_for(client)
    listed = client.get("/organizations/1/users/invites").json()
    client.advance(14 * DAY)
    assert told(accept(anyone, token)) == SPENT
    client = anyone.as_user("owner@example.com")
    answer = client.post("/organizations/1/invitation/1/resend")
    assert answer.json() == {"message": "The invitation was sent to mira@example.com again.", "status": "OK"}
    assert client.get("/organizations/1/users/invites").json() == listed
    assert [mail["token"] for mail in outbox(client, "INVITATION")] == [token, token]
    client.advance(14 * DAY - 0.001)
    assert accept(anyone, token).status_code == 200


def test_a_withdrawn_invitation_is_worth_nothing_and_can_be_sent_anew(client: Client, anyone: Client) -> None:
    token = token_for(client)
    answer = client.delete("/organizations/1/invitation/1")
    assert answer.json() == {"message": "The invitation was withdrawn.", "status": "OK"}
    assert told(accept(anyone, token)) == SPENT
    assert client.get("/organizations/1/users/invites").json() == []
    assert token_for(client) != token


@pytest.mark.parametrize(("method", "suffix"), [("DELETE", ""), ("POST", "/resend")])
def test_only_a_pending_invitation_of_the_workspace_is_found(client: Client, method: str, suffix: str) -> None:
    accepted, withdrawn = token_for(client), token_for(client, "leo@example.com")
    token_for(client, "ada@example.com", organization_id=3)
    assert withdrawn
    accept(client, accepted)
    client.delete("/organizations/1/invitation/2")
    for invitation_id in (1, 2, 3, 999999):
        answer = client.request(method, f"/organizations/1/invitation/{invitation_id}{suffix}")
        message = "No workspace or invitation was found that corresponds to the ID sent"
        assert told(answer) == (404, message)
