"""Bodies that are right, in place of those that are not; and the rows that one came up against."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from mock_server.contract import Json
from mock_server.journal.why import known
from mock_server.journal.why.addresses import IDS_SHOWN, ids_for
from mock_server.journal.why.case import PASSES, Case, Proposal
from mock_server.journal.why.mending import NOTHING, mended
from mock_server.journal.why.sent import Sent
from mock_server.pipeline.bodies import FORM
from mock_server.world import Row


async def body(case: Case) -> Proposal:
    """What was sent, mended."""
    if case.sent is None:
        return None
    value = mended(case.document, case.sent)
    if value is NOTHING:
        return None
    if case.sent.media == FORM:
        return {"advice": f"Send these fields as {FORM}.", "headers": {"Content-Type": FORM}, "body": value}
    status, value = await _best(case, case.sent, value)
    advice = (
        "Send this body." if status in PASSES else f"This body is what the contract says; here it is answered {status}."
    )
    found: Json = {"advice": advice, "body": value, "status": status}
    return found if case.sent.fits else {**found, "headers": {"Content-Type": case.sent.media}}


async def _best(case: Case, sent: Sent, value: Any) -> tuple[int, Any]:
    """Return status and value: as it is, or without something that was not sent and is not needed, or with ids that are there."""
    status = first = await case.trials.status(case.request.with_body(sent.media, value))
    before = sent.value if isinstance(sent.value, dict) else {}
    for other in _variants(case, sent, value, before) if first not in PASSES and isinstance(value, dict) else ():
        status = await case.trials.status(case.request.with_body(sent.media, other))
        if status in PASSES:
            return status, other
    return first, value


def _variants(case: Case, sent: Sent, value: Json, before: Json) -> Iterator[Json]:
    added = [name for name in value if value[name] != before.get(name, NOTHING)]
    for name in added:
        less = {known_name: part for known_name, part in value.items() if known_name != name}
        if not sent.errors(less):
            yield less
        for row_id in islice(ids_for(case, name), 3):
            if not sent.errors({**value, name: row_id}):
                yield {**value, name: row_id}
    for name in (*added, *before):
        for end in (" 2", "-2") if isinstance(value.get(name), str) else ():
            if not sent.errors({**value, name: f"{value[name]}{end}"}):
                yield {**value, name: f"{value[name]}{end}"}


async def conflict(case: Case) -> Proposal:
    """What stands in the way: rows that have the same, or those that the path names; and a body that does not meet them."""
    value = case.sent.value if case.sent is not None and isinstance(case.sent.value, dict) else {}
    rows: list[Row] = []
    found: Json = {"advice": "Change what stands in the way."}
    for name, part in value.items():
        if not isinstance(part, str) or case.sent is None or case.sent.media == FORM:
            continue
        other = {**value, name: f"{part} 2"}
        status = await case.trials.status(case.request.with_body(case.sent.media, other))
        if status in PASSES:
            rows = list(islice(known.same(case.tx, name, part, case.request.path), IDS_SHOWN))
            found = {"advice": f"Send another {name}.", "body": other, "status": status}
            break
    rows = rows or [
        row for name, told in case.request.path.items() if (row := known.row_named(case.tx, case.kinds, name, told))
    ]
    return {**found, "in_the_way": [known.shown(row) for row in rows]} if rows or "body" in found else None
