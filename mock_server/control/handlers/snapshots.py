"""The operations tagged Snapshots: worlds that are kept under a name, and how two of them differ."""

from mock_server.contract import Json
from mock_server.control import comparing
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply
from mock_server.sandboxes import snapshot_of
from mock_server.world import World

BEGINNING, NOW = "beginning", "now"
MOST = 1000


def list_snapshots(call: Call) -> Reply:
    """The snapshots of the sandbox."""
    found = [_snapshot(name, world) for name, world in call.sandbox.snapshots.items()]
    return Reply.json(200, {"snapshots": found, "count": len(found)})


def take_snapshot(call: Call) -> Reply:
    """Keep the world of the moment."""
    name, there = call.path["snapshot"], call.sandbox.snapshots
    if name in (BEGINNING, NOW):
        raise Refused(409, f"{name} is always there and cannot be taken; choose another name")
    if len(there) >= MOST and name not in there:
        raise Refused(409, f"There are {MOST} snapshots in this sandbox, which is the most; delete one first")
    is_new = name not in there
    return Reply.json(201 if is_new else 200, _snapshot(name, call.sandbox.snapshot(name)))


def delete_snapshot(call: Call) -> Reply:
    """Let a snapshot go."""
    snapshot_of(call.sandbox, call.path["snapshot"])
    call.sandbox.forget(call.path["snapshot"])
    return Reply(204, b"")


def restore_snapshot(call: Call) -> Reply:
    """Go back to a snapshot."""
    name = call.path["snapshot"]
    world = snapshot_of(call.sandbox, name)
    call.sandbox.restore(name)
    return Reply.json(200, _snapshot(name, world))


def compare_worlds(call: Call) -> Reply:
    """What differs between two states."""
    query = call.query
    before, after = (_state(call, query[side]) for side in ("from", "to"))
    found = comparing.compared(before, after, query["limit"], query["secrets"])
    told = {"from": query["from"], "to": query["to"], **found}
    if query["format"] == "text":
        return Reply(200, comparing.text(told).encode(), b"text/plain; charset=utf-8")
    return Reply.json(200, told)


def _state(call: Call, name: str) -> World:
    if name == BEGINNING:
        return call.sandbox.initial
    return call.sandbox.world if name == NOW else snapshot_of(call.sandbox, name)


def _snapshot(name: str, world: World) -> Json:
    return {"name": name, "now": world.clock.now(), "rows": sum(len(table.ids) for table in world.tables.values())}
