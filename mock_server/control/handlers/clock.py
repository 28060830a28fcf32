"""The operations tagged Clock: the time of a sandbox, and when its jobs end."""

from datetime import datetime

import msgspec

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused, bad_body
from mock_server.pipeline.reply import Reply
from mock_server.times import moment
from mock_server.world import Clock, Job, JobMode, Sandbox, Tx
from mock_server.world.clock import LATEST, instant
from mock_server.world.ending import MOST, EndlessJobs
from mock_server.world.world import NEVER


def get_clock(call: Call) -> Reply:
    """The clock."""
    return Reply.json(200, _clock(call.sandbox))


def change_clock(call: Call) -> Reply:
    """Move the clock, let it stand or run, and say when jobs end. All of it or nothing."""
    body, sandbox = call.body, call.sandbox
    if body.get("frozen") and "speed" in body:
        raise Refused(409, "A frozen clock has no speed; leave frozen out, or speed")
    _changed(sandbox.world.clock, body)
    if "jobs" in body:
        try:
            sandbox.pace(msgspec.convert(body["jobs"], JobMode))
        except EndlessJobs:
            raise _endless() from None
    if body.keys() != {"jobs"}:
        sandbox.set_clock(_changed(sandbox.world.clock, body))
    return Reply.json(200, _clock(sandbox))


def settle(call: Call) -> Reply:
    """Let time pass until nothing is pending."""
    try:
        ended = call.sandbox.settle()
    except EndlessJobs:
        raise _endless() from None
    tx = Tx(call.sandbox.world)
    return Reply.json(200, {"ended": ended, "now": tx.now, "pending_jobs": len(tx.ids(Job, status="STARTED"))})


def _changed(clock: Clock, body: Json) -> Clock:
    """Return the clock as the body has it. Raises Refused for a time that no world can have."""
    if "now" in body:
        clock = clock.set(_seconds(body["now"]))
    if "advance_seconds" in body:
        if clock.seconds() + body["advance_seconds"] >= LATEST:
            raise Refused(409, "That would lead beyond the year 9000, where every clock stops")
        clock = clock.advanced(body["advance_seconds"])
    if "frozen" in body or "speed" in body:
        running = body.get("speed") or clock.speed or 1.0
        clock = clock.at_speed(0.0 if body.get("frozen") else running)
    return clock


def _seconds(text: str) -> float:
    try:
        time: datetime = moment(text)
    except (ValueError, OverflowError):
        raise bad_body([{"place": "body.now", "reason": "is no time, such as 2026-03-02T09:00:00Z"}]) from None
    if not 0 <= time.timestamp() < LATEST:
        raise bad_body([{"place": "body.now", "reason": "must lie between 1970 and 9000"}])
    return time.timestamp()


def _endless() -> Refused:
    return Refused(409, f"Jobs go on starting jobs: {MOST} have ended and others are pending; the world stays as it is")


def _clock(sandbox: Sandbox) -> Json:
    world = sandbox.world
    return {
        "now": world.clock.now(),
        "frozen": world.clock.is_frozen,
        "speed": world.clock.speed,
        "jobs": sandbox.mode,
        "pending_jobs": len(Tx(world).ids(Job, status="STARTED")),
        "next_due": instant(world.next_due) if world.next_due < NEVER else None,
    }
