"""Annotations as the contract shows them."""

from datetime import datetime
from typing import Any

import msgspec

from mock_server.label_studio.rows import LsAnnotation, LsTask, LsUser
from mock_server.world import Tx

UNITS = (
    ("year", 31_536_000),
    ("month", 2_592_000),
    ("week", 604_800),
    ("day", 86_400),
    ("hour", 3_600),
    ("minute", 60),
)
NOT_SHOWN = ("unique_id",)


def annotation(tx: Tx, row: LsAnnotation) -> dict[str, Any]:
    """All 21 fields of an annotation."""
    shown = {name: value for name, value in msgspec.structs.asdict(row).items() if name not in NOT_SHOWN}
    task = tx.get(LsTask, row.task)
    return {
        **shown,
        "created_ago": ago(row.created_at, tx.now),
        "created_username": username(tx, row.completed_by),
        "project": task.project if task else None,
        "state": "CREATED",
    }


def ago(then: datetime, now: datetime) -> str:
    """How long ago something was, in words: its two largest units that follow each other, as in `4 days, 7 hours`."""
    left = max(int((now - then).total_seconds()), 0)
    first = next((at for at, (_, seconds) in enumerate(UNITS) if left >= seconds), len(UNITS) - 1)
    told: list[str] = []
    for name, seconds in UNITS[first : first + 2]:
        count, left = divmod(left, seconds)
        if count or not told:
            told.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(told)


def username(tx: Tx, user_id: int | None) -> str:
    """Whose work it is: name, address and id; empty for nobody."""
    user = tx.get(LsUser, user_id) if user_id is not None else None
    if user is None:
        return ""
    return f"{user.first_name} {user.last_name} ".lstrip() + f"{user.email}, {user.id}"
