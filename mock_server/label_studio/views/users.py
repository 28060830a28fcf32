"""Accounts as the contract shows them."""

from typing import Any

from mock_server.label_studio.domain.users import PERMISSIONS
from mock_server.label_studio.rows import LsOrganization, LsUser
from mock_server.world import Tx


def who_am_i(tx: Tx, user: LsUser) -> dict[str, Any]:
    """The account of the caller; what only the Enterprise edition knows is null or empty."""
    membership = {"active": True, "organization_id": user.organization, "role": user.role}
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "first_name": user.first_name,
        "last_name": user.last_name,
        "initials": _initials(user),
        "avatar": None,
        "phone": "",
        "date_joined": user.date_joined,
        "last_activity": user.last_activity,
        "active_organization": user.organization,
        "active_organization_meta": _about(tx, user.organization),
        "allow_newsletters": False,
        "custom_hotkeys": {},
        "lse_fields": None,
        "org_membership": [membership],
        "organization_membership": membership,
        "pause": None,
        "permissions": PERMISSIONS,
        "social_accounts": [],
    }


def _initials(user: LsUser) -> str:
    return f"{user.first_name[:1]}{user.last_name[:1]}" or user.username[:2] or "?"


def _about(tx: Tx, organization_id: int) -> dict[str, str]:
    """The title of an organization and the address of whoever was there first."""
    organization, founder = tx.get(LsOrganization, organization_id), tx.first(LsUser, organization=organization_id)
    return {"title": organization.title if organization else "", "email": founder.email if founder else ""}
