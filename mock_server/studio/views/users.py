"""How accounts are shown; never with a password."""

from mock_server.contract import Json
from mock_server.studio.rows import ProductKey, User, Workspace, WorkspacePermission


def user(row: User) -> Json:
    """Return a user as the contract's User."""
    return {
        "id": row.id,
        "first_name": row.first_name or None,
        "last_name": row.last_name or None,
        "email": row.email,
    }


def user_permissions(row: User) -> Json:
    """Return a user with the flags as the contract's UserWithFlags."""
    return {**user(row), "is_superuser": row.is_superuser, "is_betauser": row.is_betauser}


def signed_in_user(row: User) -> Json:
    """Return the user of a token as the contract's SignedInUser."""
    return {**user_permissions(row), "is_verified": row.is_verified}


def membership(row: User, workspace: Workspace, permission: WorkspacePermission) -> Json:
    """Return a workspace of a user as the contract's Membership."""
    return {
        "id": workspace.id,
        "name": workspace.name,
        "role": permission.role,
        "is_default": row.default_organization_id == workspace.id,
    }


def product_key(row: ProductKey) -> Json:
    """Return a product key as the contract's ProductKey."""
    return {"id": row.id, "created": row.created, "name": row.name, "token": row.token}
