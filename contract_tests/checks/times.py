"""Times are in order: what ends ends after it began, and nothing has happened in the future."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check

ORDER = (  # the first is not later than the second
    ("created", "finished"),
    ("created", "updated"),
    ("created_at", "updated_at"),
    ("created_at", "started_at"),
    ("created_at", "submitted_at"),
    ("started_at", "submitted_at"),
    ("date_joined", "last_activity"),
)
PAST = ("created", "created_at", "updated", "updated_at", "finished", "started_at", "submitted_at")
FREE = ("Notifications",)  # tags whose times callers may set
FREE_OPERATIONS = ("model",)  # `created` of a model can be changed
SKEW = timedelta(minutes=5)


@check
def times_are_in_order(answer: Answer) -> Iterator[str]:
    """Created before finished, updated, started and submitted."""
    for place, node in _dated(answer):
        for first, second in ORDER:
            early, late = instant(node.get(first)), instant(node.get(second))
            if early and late and early > late:
                yield f"{place or 'it'}: {first} {node[first]} is later than {second} {node[second]}"


@check
def nothing_happened_in_the_future(answer: Answer) -> Iterator[str]:
    """No time of what has happened is later than the Date of the answer, with five minutes for clocks that differ.

    Where the answer has no Date, and for a target whose clock is moved, nothing is compared.
    """
    now = _date(answer)
    if now is None:
        return
    for place, node in _dated(answer):
        for name in PAST:
            at = instant(node.get(name))
            if at and at > now + SKEW:
                yield f"{place or 'it'}: {name} is {node[name]}, the answer is of {answer.headers['date']}"


def instant(value: Any) -> datetime | None:
    """Return an RFC 3339 time, None for anything else."""
    if not isinstance(value, str) or len(value) < 19 or value[4] != "-":
        return None
    try:
        at = datetime.fromisoformat(value.replace("Z", "+00:00").replace("z", "+00:00"))
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _dated(answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
    operation = answer.operation
    if not answer.is_success or operation is None or "download" in operation.name:
        return
    if operation.node.get("tags", [""])[0] in FREE:
        return
    for place, node in answer.objects:
        if "text" not in node and "display_name" not in node:
            yield place, node


def _date(answer: Answer) -> datetime | None:
    if "date" not in answer.headers or answer.contract.moves_clock:
        return None
    try:
        return parsedate_to_datetime(answer.headers["date"])
    except ValueError:
        return None
