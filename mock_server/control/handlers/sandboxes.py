"""The operations tagged Sandboxes: make, list and delete the worlds of a server."""

from mock_server.contract import Json
from mock_server.control.worlds import named_world
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply
from mock_server.sandboxes import ServedSandbox
from mock_server.world import Job, Tx

SOURCES = ("world", "snapshot", "sandbox")


def list_sandboxes(call: Call) -> Reply:
    """Every sandbox there is."""
    found = [_sandbox(sandbox) for sandbox in call.api.app.sandboxes]
    return Reply.json(200, {"sandboxes": found, "count": len(found)})


def create_sandbox(call: Call) -> Reply:
    """Make a sandbox from a world, a snapshot, another sandbox or the starting world."""
    app, body = call.api.app, call.body or {}
    given = [source for source in SOURCES if source in body]
    if len(given) > 1:
        raise Refused(409, f"A sandbox begins with one thing, not with {' and '.join(given)}; leave all but one out")
    begins: Json = {}
    if "world" in body:
        begins["world"] = body["world"], named_world(app, body["world"])
    elif "snapshot" in body:
        begins["origin"], begins["snapshot"] = call.sandbox, body["snapshot"]
    elif "sandbox" in body:
        begins["origin"] = app.sandboxes.get(body["sandbox"])
    made = app.sandboxes.create(body.get("name"), idle_seconds=body.get("idle_seconds"), **begins)
    return Reply.json(201, _sandbox(made))


def get_sandbox(call: Call) -> Reply:
    """One sandbox."""
    return Reply.json(200, _sandbox(call.api.app.sandboxes.get(call.path["sandbox"])))


def delete_sandbox(call: Call) -> Reply:
    """Let a sandbox go."""
    call.api.app.sandboxes.delete(call.path["sandbox"])
    return Reply(204, b"")


def _sandbox(sandbox: ServedSandbox) -> Json:
    tx = Tx(sandbox.world)
    return {
        "name": sandbox.name,
        "created": sandbox.created_at,
        "used": sandbox.used_at,
        "idle_seconds": sandbox.idle_seconds,
        "source": sandbox.source,
        "requests": sandbox.requests,
        "snapshots": sorted(sandbox.snapshots),
        "pending_jobs": len(tx.ids(Job, status="STARTED")),
        "faults": len(sandbox.armed) if sandbox.armed is not None else 0,
        "now": tx.now,
    }
