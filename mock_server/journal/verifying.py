"""Was something called, and as often as it should have been? If not: which request came closest, and where it differs."""

import operator
from collections.abc import Iterator
from typing import Any

from mock_server import jsontext
from mock_server.contract import Json
from mock_server.faults.paths import fits
from mock_server.journal.entry import Entry
from mock_server.journal.keeping import Journal
from mock_server.journal.redaction import Redaction, form_fields

MOST_LISTED = 100
MOST_SHOWN = 20
HOLDS = {"times": operator.eq, "at_least": operator.ge, "at_most": operator.le}
WORDS = {"times": "exactly", "at_least": "at least", "at_most": "at most"}
SCALARS = ("operation_id", "method", "status", "user")


def verify(journal: Journal, wanted: Json, secrets: bool = False) -> Json:
    """Return whether as many requests as wanted fit, which did, and what the closest of the others has different."""
    matched: list[int] = []
    closest: tuple[Entry, list[Json]] | None = None
    for entry in reversed(journal):
        if entry.id <= wanted.get("after", 0):
            break
        differences = list(_differences(entry, wanted))
        if not differences:
            matched.append(entry.id)
        elif closest is None or len(differences) < len(closest[1]):
            closest = entry, differences
    limits = {name: wanted[name] for name in HOLDS if name in wanted} or {"at_least": 1}
    return {
        "verified": all(HOLDS[name](len(matched), limit) for name, limit in limits.items()),
        "count": len(matched),
        "wanted": ", ".join(f"{WORDS[name]} {limit}" for name, limit in limits.items()),
        "matched": matched[:MOST_LISTED][::-1],
        "dropped": journal.dropped,
        "closest": None if closest is None else _shown(*closest, secrets),
    }


def _shown(entry: Entry, differences: list[Json], secrets: bool) -> Json:
    redaction = Redaction(entry, secrets)
    shown = [{**difference, "got": redaction.value(difference["got"])} for difference in differences[:MOST_SHOWN]]
    return {"id": entry.id, "differences": shown}


def _differences(entry: Entry, wanted: Json) -> Iterator[Json]:
    got = {
        "operation_id": entry.operation.name if entry.operation else None,
        "method": entry.method,
        "status": entry.status,
        "user": entry.caller,
    }
    for name in SCALARS:
        if name in wanted and got[name] != wanted[name]:
            yield difference(name, wanted[name], got[name])
    if "path" in wanted and not fits(wanted["path"], entry.path):
        yield difference("path", wanted["path"], entry.path)
    sent = dict(entry.queries)
    for name, value in wanted.get("query", {}).items():
        if sent.get(name) != value:
            yield difference(f"query.{name}", value, sent.get(name))
    if "body" in wanted:
        yield from unlike(wanted["body"], sent_value(entry), "body")


def difference(place: str, wanted: Any, got: Any) -> Json:
    """Return one thing that is not as it should be; `got` is None for what is not there."""
    return {"place": place, "wanted": wanted, "got": got}


def unlike(wanted: Any, got: Any, place: str) -> Iterator[Json]:
    """Yield where `got` lacks something of `wanted`: maps may have more fields, lists may not have more elements."""
    if isinstance(wanted, dict) and isinstance(got, dict):
        for name, part in wanted.items():
            yield from unlike(part, got.get(name), f"{place}.{name}")
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for at, (part, other) in enumerate(zip(wanted, got, strict=True)):
            yield from unlike(part, other, f"{place}[{at}]")
    elif wanted != got or (type(wanted) is not type(got) and not _numbers(wanted, got)):
        yield difference(place, wanted, got)


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)


def sent_value(entry: Entry) -> Any:
    """Return what the body of a request says: its JSON, the fields of its form, else its text; None without one or if it is cut."""
    if not entry.body or not entry.is_whole:
        return None
    fields = form_fields(entry)
    if fields:
        return dict(fields)
    try:
        return jsontext.decode(entry.body)
    except ValueError:
        return entry.body.decode("utf-8", "replace")
