"""A small world for tests, built row by row: people of every role, one project of each type, a few documents and a session."""

from datetime import UTC, datetime
from functools import cache

from mock_server.studio import tokens
from mock_server.studio.rows import (
    Credential,
    Document,
    Label,
    ModelClass,
    Project,
    ProjectPermission,
    Segment,
    User,
    Workspace,
    WorkspacePermission,
)
from mock_server.tables import ROWS
from mock_server.world import Clock, Tx, World
from tests.label_studio_world import add_label_studio

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ROLES = ("USER", "VIEWER", "ANNOTATOR", "ADMIN", "MANAGER")


@cache
def password_hash() -> str:
    """The hash of the password that everybody has here: studio-mock."""
    return tokens.hash_password("studio-mock", b"salt-of-the-test")


@cache
def small_world() -> World:
    """Return the world.

    Workspace 1 "Alpenblick Hotels", 2 "Read Only" (is_read_only), 3 "Elsewhere". User 1 owner@example.com (superuser), users 2 to 6
    `<role>@example.com` with that role in 1 and 2, user 7 stranger@example.com (MANAGER of 3), user 8 guest@example.com (no workspace;
    project VIEWER of project 11). Projects 11 ABSA, 12 CLASS, 13 LABEL, 14 CLASSLABEL in workspace 1, 15 (CLASSLABEL) in workspace 2,
    16 (ABSA) in 3; each with classes "Comfort", "Staff" (not 13) and labels "POS", "NEG" (not 12), and two documents.
    Credential 1 (source "zendesk") in workspace 1. Time stands at 2026-03-02 09:00 UTC until advanced.
    What Label Studio has, `label_studio_world` says.
    """
    tx = Tx(World.empty(ROWS, Clock.frozen(NOW)))
    for name, read_only in (("Alpenblick Hotels", False), ("Read Only", True), ("Elsewhere", False)):
        tx.put(Workspace(id=tx.new_id(Workspace), name=name, created=NOW, is_read_only=read_only))
    _user(tx, "owner", {1: "MANAGER", 2: "MANAGER"}, is_superuser=True)
    for role in ROLES:
        _user(tx, role.lower(), {1: role, 2: role})
    _user(tx, "stranger", {3: "MANAGER"})
    guest = _user(tx, "guest", {})
    tx.new_id(Project, 10)
    types = ("ABSA", "CLASS", "LABEL", "CLASSLABEL")
    for kind, workspace in [*((kind, 1) for kind in types), ("CLASSLABEL", 2), ("ABSA", 3)]:
        _project(tx, kind, workspace)
    tx.put(ProjectPermission(id=tx.new_id(ProjectPermission), project_id=11, user_id=guest.id, role="VIEWER"))
    records = ({"text": "The lift was out of order.", "class": "Comfort", "label": "NEG", "channel": "chat"},)
    tx.put(Credential(id=tx.new_id(Credential), organization_id=1, source="zendesk", name="Help desk", records=records))
    add_label_studio(tx)
    return tx.world


def _user(tx: Tx, name: str, roles: dict[int, str], is_superuser: bool = False) -> User:
    user = tx.put(
        User(
            id=tx.new_id(User),
            email=f"{name}@example.com",
            first_name=name.title(),
            last_name="Example",
            password_hash=password_hash(),
            is_superuser=is_superuser,
            is_verified=True,
            default_organization_id=min(roles, default=None),
            created=NOW,
        )
    )
    for organization_id, role in roles.items():
        tx.put(
            WorkspacePermission(
                id=tx.new_id(WorkspacePermission),
                organization_id=organization_id,
                user_id=user.id,
                role=role,
                created=NOW,
            )
        )
    return user


def _project(tx: Tx, kind: str, organization_id: int) -> None:
    project = tx.put(
        Project(
            id=tx.new_id(Project),
            name=f"{kind} of {organization_id}",
            type=kind,
            organization_id=organization_id,
            owner_id=1,
            created=NOW,
        )
    )
    for name in ("Comfort", "Staff") if kind != "LABEL" else ():
        tx.put(ModelClass(id=tx.new_id(ModelClass), project_id=project.id, name=name))
    for name in ("POS", "NEG") if kind != "CLASS" else ():
        tx.put(Label(id=tx.new_id(Label), project_id=project.id, name=name))
    for text in ("The bed was soft. The hall was loud.", "Breakfast was fine."):
        ends = [text.index(".") + 1, len(text)] if text.count(".") > 1 else [len(text)]
        starts = [0, ends[0] + 1][: len(ends)]
        first = tx.new_id("segment", len(ends))
        parts = tuple(Segment(first + at, start, end) for at, (start, end) in enumerate(zip(starts, ends, strict=True)))
        tx.put(Document(id=tx.new_id(Document), project_id=project.id, text=text, segments=parts, created=NOW))
