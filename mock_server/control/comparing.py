"""What differs between two worlds, as JSON and as text for people.

Not here: how that is found out (`world.diff`).
"""

from typing import Any

from mock_server.contract import Json
from mock_server.control.showing_rows import called, short, shown, value
from mock_server.world import World
from mock_server.world.diff import Pair, changed_fields, differences
from mock_server.world.rows import Row

WAYS = ("created", "changed", "deleted")


def compared(before: World, after: World, limit: int, secrets: bool) -> Json:
    """Return what was created, changed and deleted: counts, and by table at most `limit` rows in each way."""
    counts = dict.fromkeys(WAYS, 0)
    told: dict[str, dict[str, list[Any]]] = {way: {} for way in WAYS}
    for kind, pairs in differences(before, after):
        for pair in pairs:
            way = _way(pair)
            counts[way] += 1
            rows = told[way].setdefault(kind.__name__, [])
            if len(rows) < limit:
                rows.append(_told(pair, secrets))
    shown_rows = sum(len(rows) for tables in told.values() for rows in tables.values())
    return {"counts": counts, **told, "truncated": shown_rows < sum(counts.values())}


def text(told: Json) -> str:
    """Return the same for people: a line for each row, under the name of its table."""
    counts = ", ".join(f"{count} {way}" for way, count in told["counts"].items())
    lines = [f"{told['from']} to {told['to']}: {counts}"]
    for table in sorted({table for way in WAYS for table in told[way]}):
        lines += ["", table]
        lines += [f"  + {row['id']} {called(row)}".rstrip() for row in told["created"].get(table, ())]
        lines += [f"  ~ {row['id']} {_fields(row['fields'])}" for row in told["changed"].get(table, ())]
        lines += [f"  - {row['id']} {called(row)}".rstrip() for row in told["deleted"].get(table, ())]
    if told["truncated"]:
        lines += ["", "There are more rows; ask for a higher limit."]
    return "\n".join(lines) + "\n"


def _way(pair: Pair) -> str:
    before, after = pair
    return "created" if before is None else "deleted" if after is None else "changed"


def _told(pair: Pair, secrets: bool) -> Json:
    before, after = pair
    if before is None or after is None:
        return shown(_there(pair), secrets)
    names = changed_fields(before, after)
    fields = {name: {"before": value(before, name, secrets), "after": value(after, name, secrets)} for name in names}
    return {"id": after.id, "fields": fields}


def _there(pair: Pair) -> Row:
    row = pair[0] if pair[1] is None else pair[1]
    assert row is not None
    return row


def _fields(fields: Json) -> str:
    return "; ".join(f"{name}: {short(change['before'])} → {short(change['after'])}" for name, change in fields.items())
