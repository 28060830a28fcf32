"""Entries about people: workspaces and who belongs to them, invitations, tokens, keys, mails and credentials."""

from datetime import timedelta
from typing import Any

from mock_server.places import Entry
from mock_server.studio import tokens
from mock_server.studio.cast.stage import Stage, secret
from mock_server.studio.domain import mails
from mock_server.studio.rows import (
    Credential,
    Invitation,
    Mail,
    Notification,
    ProductKey,
    User,
    UserToken,
    Workspace,
    WorkspacePermission,
)

SITE = "https://studio.example.com"
LIFETIME = timedelta(days=30)
PAGES = {**mails.PAGES, "FIRST_LOGIN": "first-login"}
SUBJECTS = {**mails.SUBJECTS, "INVITATION": "You are invited to {}", "FIRST_LOGIN": "Your account is ready"}


def workspace(stage: Stage, entry: Entry) -> None:
    """Add a workspace."""
    stage.call(stage.add(Workspace, entry), entry, "name")


def user(stage: Stage, entry: Entry) -> None:
    """Add a person; one without a password of their own has that of the world."""
    fields: dict[str, Any] = {"password_hash": _password_hash(stage, entry), "email": entry["email"].lower()}
    fields["is_verified"] = entry.get("is_verified", True)
    fields |= {name: entry.get(name) or "" for name in ("first_name", "last_name")}
    fields["default_organization_id"] = stage.found(Workspace, entry, "default_workspace")
    stage.call(stage.add(User, entry, **fields), entry, "email")


def _password_hash(stage: Stage, entry: Entry) -> str | None:
    if "password" in entry:
        salt = bytes.fromhex(secret("salt", entry["email"].lower()))
        return tokens.hash_password(entry["password"], salt)
    found: str | None = entry.get("password_hash", stage.world.get("password_hash"))
    return found


def workspace_permission(stage: Stage, entry: Entry) -> None:
    """Add a role in a workspace."""
    pair = {"organization_id": stage.find(Workspace, entry, "workspace"), "user_id": stage.find(User, entry, "user")}
    row = stage.add(WorkspacePermission, entry, **pair)
    stage.pair(row, entry, "user", row.organization_id, row.user_id)


def invitation(stage: Stage, entry: Entry) -> None:
    """Add a pending invitation."""
    workspace_id, email = stage.find(Workspace, entry, "workspace"), entry["email"].lower()
    token = entry.get("token", secret("invitation", workspace_id, email))
    fields: dict[str, Any] = {"organization_id": workspace_id, "email": email, "token": token}
    fields["link"] = entry.get("link", _link("INVITATION", token))
    fields["invited_by_id"] = stage.found(User, entry, "invited_by")
    fields["expires"] = entry.get("expires", stage.now + LIFETIME)
    stage.call(stage.add(Invitation, entry, **fields), entry, "email", workspace_id)


def user_token(stage: Stage, entry: Entry) -> None:
    """Add a single-use token."""
    user_id = stage.find(User, entry, "user")
    fields = {"token": entry.get("token", secret("token", user_id, entry["kind"])), "user_id": user_id}
    stage.add(UserToken, entry, **fields, expires=entry.get("expires", stage.now + LIFETIME))


def product_key(stage: Stage, entry: Entry) -> None:
    """Add a product key; its default name counts the keys of the user."""
    user_id = stage.find(User, entry, "user")
    number = 1 + sum(key.user_id == user_id for key in stage.rows[ProductKey].values())
    fields = {"name": entry.get("name", f"Key {number}"), "token": entry.get("token", secret("key", user_id, number))}
    stage.add(ProductKey, entry, user_id=user_id, **fields)


def credential(stage: Stage, entry: Entry) -> None:
    """Add a credential and the records that it opens."""
    records = [dict(record) for record in entry.get("records", ())]
    stage.add(Credential, entry, organization_id=stage.find(Workspace, entry, "workspace"), records=records)


def mail(stage: Stage, entry: Entry) -> None:
    """Add a mail; token, link and time are those of what it carries. Raises SeedError if there is nothing."""
    cause = _cause(stage, entry)
    token = entry.get("token", cause.token)
    subject = SUBJECTS[entry["kind"]]
    if isinstance(cause, Invitation):
        subject = subject.format(stage.get(Workspace, cause.organization_id).name)
    fields = {"subject": subject, "link": getattr(cause, "link", _link(entry["kind"], token)), "created": cause.created}
    stage.add(Mail, entry, token=token, **{name: value for name, value in fields.items() if name not in entry})


def _cause(stage: Stage, entry: Entry) -> Invitation | UserToken:
    if entry["kind"] == "INVITATION":
        causes = [row for row in stage.rows[Invitation].values() if row.email == entry["to"].lower()]
        if "workspace" in entry:
            causes = [row for row in causes if row.organization_id == stage.find(Workspace, entry, "workspace")]
    else:
        user_id = stage.find(User, entry, "to")
        causes = [row for row in stage.rows[UserToken].values() if (row.user_id, row.kind) == (user_id, entry["kind"])]
    if not causes:
        raise entry.fault(
            "to", f"nothing of kind {entry['kind']} belongs to {entry['to']}; right would be a pending one"
        )
    found: Invitation | UserToken = causes[0]
    return found


def _link(kind: str, token: str) -> str:
    return f"{SITE}/{PAGES[kind]}/{token}"


def notification(stage: Stage, entry: Entry) -> None:
    """Add a notification."""
    stage.add(Notification, entry, user_id=stage.find(User, entry, "user"))
