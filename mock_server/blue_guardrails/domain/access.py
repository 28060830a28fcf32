"""Who calls, and for which workspace."""

import msgspec

from mock_server.blue_guardrails.domain.errors import Forbidden, Invalid
from mock_server.blue_guardrails.domain.found import by_uuid
from mock_server.blue_guardrails.rows import BgApiKey, BgMember, BgUser, BgWorkspace
from mock_server.world import Tx

HEADER = "x-workspace-id"


class Caller(msgspec.Struct, frozen=True):
    """Somebody at work in a workspace."""

    user: BgUser
    workspace: BgWorkspace


class WorkspaceForbidden(Forbidden):
    """The key is not good for the workspace. Says nothing about whether there is such a workspace."""

    def __init__(self) -> None:
        super().__init__("The API key gives no access to this workspace")


def key_of(tx: Tx, key: str) -> BgApiKey | None:
    """Return the API key if there is such a one and it has not expired."""
    found = tx.first(BgApiKey, key=key)
    return found if found is not None and tx.now < found.expires else None


def caller_of(tx: Tx, key: BgApiKey, wanted: str | None) -> Caller:
    """Return who calls with a key, in the workspace `wanted` or else that of the key. Raises Invalid, WorkspaceForbidden."""
    user = tx.get(BgUser, key.user_id)
    assert user is not None
    return Caller(user, _workspace(tx, key, wanted))


def is_member(tx: Tx, workspace_id: int, user_id: int) -> bool:
    """Whether somebody belongs to a workspace."""
    return bool(tx.ids(BgMember, workspace_id=workspace_id, user_id=user_id))


def _workspace(tx: Tx, key: BgApiKey, wanted: str | None) -> BgWorkspace:
    own = None if key.workspace_id is None else tx.get(BgWorkspace, key.workspace_id)
    if wanted is None and own is None:
        raise Invalid("Field required", "header", HEADER, kind="missing")
    workspace = own if wanted is None else by_uuid(tx, BgWorkspace, wanted)
    if workspace is None or (own or workspace).id != workspace.id or not is_member(tx, workspace.id, key.user_id):
        raise WorkspaceForbidden
    return workspace
