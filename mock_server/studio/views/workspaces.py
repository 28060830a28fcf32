"""How workspaces, their people and their invitations are shown."""

from mock_server.contract import Json
from mock_server.studio.domain.invitations import PassedOver
from mock_server.studio.rows import Invitation, User, Workspace, WorkspacePermission


def workspace(row: Workspace) -> Json:
    """Return a workspace as the contract's Workspace."""
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "created": row.created,
        "is_beta": row.is_beta,
        "is_read_only": row.is_read_only,
    }


def permission(row: WorkspacePermission, user: User) -> Json:
    """Return who has which role as the contract's Permission."""
    return {"id": row.id, "role": row.role, "user": user.display_name}


def invitation(row: Invitation) -> Json:
    """Return a pending invitation as the contract's Invitation."""
    return {
        "id": row.id,
        "role": row.role,
        "email": row.email,
        "invited_by_id": row.invited_by_id,
        "organization_id": row.organization_id,
        "created": row.created,
        "invitation_link": row.link,
    }


def not_invited(passed_over: PassedOver) -> Json:
    """Return an address without an invitation as the contract's NotInvited."""
    return {"email": passed_over.email, "reason": passed_over.reason}
