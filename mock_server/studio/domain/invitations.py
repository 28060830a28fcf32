"""Invitations to a workspace, from sending one to accepting it.

A row is a pending invitation; it goes when it is accepted or withdrawn. `site` is where links lead: scheme and host.
"""

from collections.abc import Iterable, Iterator

import msgspec

from mock_server.studio.domain import mails, workspaces
from mock_server.studio.domain.accounts import by_email, get_user, open_account
from mock_server.studio.domain.errors import NotFound
from mock_server.studio.rows import Invitation, User, Workspace, WorkspacePermission
from mock_server.world import Tx

MEMBER = "User is already a member"
INVITED = "User was already invited"


class InvitationNotFound(NotFound):
    """The workspace has no such pending invitation."""

    def __init__(self, invitation_id: int) -> None:
        super().__init__("No workspace or invitation was found that corresponds to the ID sent")
        self.invitation_id = invitation_id


class PassedOver(msgspec.Struct, frozen=True):
    """An address, as it was sent, that got no invitation, and why."""

    email: str
    reason: str


def pending(tx: Tx, organization_id: int) -> Iterator[Invitation]:
    """Yield the invitations that nobody has accepted yet, oldest first; those that are too old as well."""
    return tx.rows(Invitation, organization_id=organization_id)


def invite_users(
    tx: Tx, organization_id: int, inviter_id: int, role: str, emails: Iterable[str], site: str
) -> tuple[list[Invitation], list[PassedOver]]:
    """Invite everyone who is no member and not invited yet; a mail each. Raises WorkspaceNotFound, UserNotFound."""
    workspace, inviter = workspaces.get_workspace(tx, organization_id), get_user(tx, inviter_id)
    invited: list[Invitation] = []
    passed_over: list[PassedOver] = []
    for email in emails:
        reason = _reason_against(tx, workspace, email)
        if reason:
            passed_over.append(PassedOver(email, reason))
        else:
            invited.append(_invite(tx, workspace, inviter, role, email, site))
    return invited, passed_over


def resend_invitation(tx: Tx, organization_id: int, invitation_id: int) -> Invitation:
    """Mail an invitation again, with the same link and a new time. Raises WorkspaceNotFound, InvitationNotFound."""
    workspace = workspaces.get_workspace(tx, organization_id)
    invitation = _invitation(tx, organization_id, invitation_id)
    renewed = tx.change(invitation, expires=tx.now + mails.LIFETIMES["INVITATION"])
    _mail(tx, workspace, renewed)
    return renewed


def delete_invitation(tx: Tx, organization_id: int, invitation_id: int) -> None:
    """Withdraw an invitation. Raises WorkspaceNotFound, InvitationNotFound."""
    workspaces.get_workspace(tx, organization_id)
    tx.delete(_invitation(tx, organization_id, invitation_id))


def accept_invitation(
    tx: Tx, token: str, password: str, site: str, email: str | None = None, **names: str | None
) -> Workspace:
    """Add whoever has the invited address to the workspace, with a new account if there is none.

    `names` (first_name, last_name) and `email` are for the new account; without an email, it gets the invited address.
    Who is a member already keeps the role. Raises TokenSpent, EmailTaken.
    """
    invitation = tx.first(Invitation, token=token)
    workspace = tx.get(Workspace, invitation.organization_id) if invitation else None
    if invitation is None or workspace is None or not workspace.is_active or invitation.expires <= tx.now:
        raise mails.TokenSpent
    user = by_email(tx, invitation.email)
    if user is None:
        user = _newcomer(tx, invitation, email or invitation.email, password, site, **names)
    if not tx.ids(WorkspacePermission, organization_id=workspace.id, user_id=user.id):
        workspaces.join(tx, workspace, user, invitation.role)
    tx.delete(invitation)
    return workspace


def _newcomer(tx: Tx, invitation: Invitation, email: str, password: str, site: str, **names: str | None) -> User:
    """The token has come by mail to the invited address: that one counts as verified, another one does not."""
    user = open_account(tx, email, password, email.lower() == invitation.email, **names)
    if not user.is_verified:
        mails.post_token(tx, user, "VERIFY", site)
    return tx.change(user, default_organization_id=invitation.organization_id)


def _reason_against(tx: Tx, workspace: Workspace, email: str) -> str | None:
    user = by_email(tx, email)
    if user and tx.ids(WorkspacePermission, organization_id=workspace.id, user_id=user.id):
        return MEMBER
    return INVITED if tx.ids(Invitation, organization_id=workspace.id, email=email.lower()) else None


def _invite(tx: Tx, workspace: Workspace, inviter: User, role: str, email: str, site: str) -> Invitation:
    token = tx.token()
    invitation = tx.put(
        Invitation(
            id=tx.new_id(Invitation),
            organization_id=workspace.id,
            email=email.lower(),
            role=role,
            invited_by_id=inviter.id,
            token=token,
            link=mails.link_to(site, "INVITATION", token),
            created=tx.now,
            expires=tx.now + mails.LIFETIMES["INVITATION"],
        )
    )
    _mail(tx, workspace, invitation)
    return invitation


def _mail(tx: Tx, workspace: Workspace, invitation: Invitation) -> None:
    subject = f"You are invited to {workspace.name}"
    mails.post(tx, invitation.email, "INVITATION", subject, invitation.token, invitation.link)


def _invitation(tx: Tx, organization_id: int, invitation_id: int) -> Invitation:
    invitation = tx.get(Invitation, invitation_id)
    if invitation is None or invitation.organization_id != organization_id:
        raise InvitationNotFound(invitation_id)
    return invitation
