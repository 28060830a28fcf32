"""What must hold between the answers of a run: statuses move legally, progress does not fall, times do not go back.

A `History` is fed with every answer in the order in which they came. Not here: what one answer must be.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from contract_tests.checks.answer import Answer
from contract_tests.checks.kinds import NEVER_CHANGE, NEVER_EARLIER, OVER, kind_of, moves_legally
from contract_tests.checks.registry import Fault
from contract_tests.checks.times import instant
from contract_tests.checks.tokens import parts

SKEW = timedelta(seconds=2)


class Seen(msgspec.Struct):
    """How a thing was last seen, and how many writes had been answered by then."""

    node: dict[str, Any]
    writes: int


class History:
    """Remembers how each thing was last seen. `forget` when the target goes back to its beginning."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], Seen] = {}
        self._writes = 0
        self._issued = 0
        self._newest: datetime | None = None

    def forget(self) -> None:
        """Begin anew: the target has been reset."""
        self._seen.clear()
        self._issued, self._newest = 0, None

    def faults(self, answer: Answer) -> list[Fault]:
        """Take in an answer and return what it contradicts."""
        if answer.method not in ("GET", "HEAD"):
            self._writes += 1
        if not answer.is_success or answer.body is None or answer.operation is None:
            return []
        if "download" in answer.operation.name:
            return []
        found = [fault for _, node in answer.objects for fault in self._thing(answer, node)]
        return [*found, *self._token(answer), *self._made(answer)]

    def _made(self, answer: Answer) -> Iterator[Fault]:
        """What is created later is not older than what was created before; two seconds are left for machines whose clocks differ."""
        if (
            answer.status != 201
            or not isinstance(answer.body, dict)
            or kind_of(answer.api, answer.body) in (None, "model")
        ):
            return
        told = answer.body.get("created", answer.body.get("created_at"))
        made = instant(told)
        if made is not None and self._newest is not None and made < self._newest - SKEW:
            yield Fault(
                "times_never_go_back", f"it was created at {told}, something before it at {self._newest.isoformat()}"
            )
        if made is not None:
            self._newest = max(self._newest or made, made)

    def _thing(self, answer: Answer, node: dict[str, Any]) -> Iterator[Fault]:
        kind = kind_of(answer.api, node)
        if kind is None or not isinstance(node.get("review_id", node.get("id")), int | str):
            return
        name = f"{kind} {node.get('review_id', node.get('id'))}"
        key = (kind, str(node.get("review_id", node.get("id"))))
        before = self._seen.get(key)
        self._seen[key] = Seen(node, self._writes)
        if before is not None:
            yield from _moved(kind, name, before.node, node)
            yield from _fell(kind, name, before, node, self._writes)
            yield from _went_back(kind, name, before.node, node)

    def _token(self, answer: Answer) -> Iterator[Fault]:
        if not isinstance(answer.body, dict) or "auth_token" not in answer.body:
            return
        _, claims = parts(answer.body["auth_token"])
        issued = (claims or {}).get("iat")
        if isinstance(issued, int):
            if issued < self._issued:
                yield Fault(
                    "times_never_go_back", f"a token is issued at {issued}, an earlier one was at {self._issued}"
                )
            self._issued = max(self._issued, issued)


def _moved(kind: str, name: str, before: dict[str, Any], now: dict[str, Any]) -> Iterator[Fault]:
    old, new = before.get("status"), now.get("status")
    if isinstance(old, str) and isinstance(new, str) and not moves_legally(kind, old, new):
        yield Fault("statuses_move_legally", f"{name} was {old} and is {new} now; nothing leads there")


def _fell(kind: str, name: str, before: Seen, now: dict[str, Any], writes: int) -> Iterator[Fault]:
    """The progress of a job never falls but by failing; that of a session only when something was written in between."""
    old, new = before.node.get("progress"), now.get("progress")
    if not (isinstance(old, int | float) and isinstance(new, int | float) and new < old):
        return
    if now.get("status") == "FAILED" or (kind == "session" and writes > before.writes):
        return
    yield Fault("progress_never_falls", f"the progress of {name} fell from {old} to {new} without a reason")


def _went_back(kind: str, name: str, before: dict[str, Any], now: dict[str, Any]) -> Iterator[Fault]:
    for field in NEVER_CHANGE.get(kind, ()):
        if field in before and field in now and before[field] != now[field]:
            yield Fault("what_is_settled_stays", f"{field} of {name} was {before[field]} and is {now[field]} now")
    for field in NEVER_EARLIER:
        early, late = instant(before.get(field)), instant(now.get(field))
        if early and late and late < early:
            yield Fault("times_never_go_back", f"{field} of {name} was {before[field]} and is {now[field]} now")
    old, new = before.get("finished"), now.get("finished")
    if kind in OVER and old is not None and new != old:
        yield Fault("what_is_settled_stays", f"{name} was finished at {old} and says {new} now")
