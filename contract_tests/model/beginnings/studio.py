"""How the model of Studio begins: everybody in their workspaces, and nothing in these."""

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec.structs import replace

from contract_tests.model.beginnings import Begun, Membership, Opening, Somebody
from contract_tests.model.oracle import Oracle

STRANGER = "stranger"
SUPERUSER = "superuser"
FOUNDER = "MANAGER"
HOME = 1  # id of the workspace of the first person, if that of the target is not known


def begin(oracle: Oracle, opening: Opening) -> Begun:
    """Let a model begin with these people."""
    people, tx, begun = list(_placed(opening.people)), oracle.empty(), Begun()
    ids = {one.id for row in people for one in row.workspaces}
    tx.new_id(oracle.tables["Workspace"], max(ids))
    for workspace in sorted(ids):
        tx.put(oracle.tables["Workspace"](id=workspace, name=f"Workspace {workspace}", created=tx.now))
    begun.same += [("workspace", place.id) for one in opening.people for place in one.workspaces]
    tx.new_id(oracle.tables["User"], max((one.id or 0 for one in people), default=0) + 1)
    for one in people:
        user = _user(oracle, tx, one)
        begun.same += [("user", user.id)] if one.id is not None else []
        begun.known_as[one.name] = (
            f"Bearer {oracle.copy.load('studio.tokens').issue(user.id, tx.now, f'model-{one.name}')}"
        )
    oracle.start(tx.world)
    return begun


def _placed(people: Iterable[Somebody]) -> Iterator[Somebody]:
    """Yield everybody; whose workspaces are not known, with those that follow from their role."""
    known = [place for one in people for place in one.workspaces]
    home = next((place.id for place in known if place.is_default), HOME)
    elsewhere = max([home, *(place.id for place in known)]) + 1
    for one in people:
        is_superuser = one.is_superuser or one.role == SUPERUSER
        role = FOUNDER if is_superuser or one.role in (None, STRANGER) else str(one.role)
        place = Membership(elsewhere if one.role == STRANGER else home, role, True)
        yield replace(one, is_superuser=is_superuser, workspaces=one.workspaces or (place,))


def _user(oracle: Oracle, tx: Any, one: Somebody) -> Any:
    kinds = oracle.tables
    home = next((place.id for place in one.workspaces if place.is_default), None)
    user = tx.put(
        kinds["User"](
            id=one.id or tx.new_id(kinds["User"]),
            email=one.email or f"{one.name}@example.com",
            is_verified=True,
            is_superuser=one.is_superuser,
            default_organization_id=home,
            created=tx.now,
        )
    )
    for place in one.workspaces:
        permission = kinds["WorkspacePermission"]
        fields = {"organization_id": place.id, "user_id": user.id, "role": place.role, "created": tx.now}
        tx.put(permission(id=tx.new_id(permission), **fields))
    return user
