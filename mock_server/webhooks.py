"""Delivers what a world has in its outbox of webhooks: a real POST for each row that is PENDING, after the transaction that made it.

The world knows nothing of it: the deliverer reads pending rows after each commit and writes what came of them in transactions of
its own. Pauses and time limits are the machine's, not the world's. It runs only between `start` and `stop`.
"""

import asyncio
from collections.abc import Collection, Sequence

import msgspec

from mock_server import outward
from mock_server.studio.rows import Attempt, Webhook
from mock_server.studio.views.hitl import event
from mock_server.world import Sandbox

TIMEOUT = 5.0  # seconds for one call, from its first packet to the answer
PAUSES = (0.5, 1.0, 2.0)  # seconds before the second, third and fourth call
AT_ONCE = 16
AGAIN = "AGAIN"


class Deliverer:
    """Delivers the webhooks of one sandbox. Changes of the same review are told one after the other, in their order."""

    def __init__(
        self,
        sandbox: Sandbox,
        hosts: Collection[str] = (),
        timeout: float = TIMEOUT,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self.sandbox, self.hosts, self.timeout, self.pauses = sandbox, frozenset(hosts), timeout, tuple(pauses)
        self._lanes: dict[int, asyncio.Task[None]] = {}  # by the id of the review
        self._gate = asyncio.Semaphore(AT_ONCE)

    def start(self) -> None:
        """Deliver from now on, in the event loop that runs."""
        self.sandbox.after_commit = self.wake
        self.wake()

    async def stop(self) -> None:
        """Give up what is under way; it stays pending."""
        self.sandbox.after_commit = None
        for task in (tasks := list(self._lanes.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing is pending."""
        while self._lanes:
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    def wake(self) -> None:
        """Begin with what has become pending."""
        for row in self._pending():
            if row.review.id not in self._lanes:
                self._lanes[row.review.id] = asyncio.create_task(self._lane(row.review.id))

    def _pending(self) -> list[Webhook]:
        return list(self.sandbox.begin().rows(Webhook, status="PENDING"))

    async def _lane(self, review_id: int) -> None:
        try:
            while row := next((row for row in self._pending() if row.review.id == review_id), None):
                await self._deliver(row)
        finally:
            del self._lanes[review_id]

    async def _deliver(self, row: Webhook) -> None:
        """Call until it is settled, at most once more than there are pauses."""
        for pause in (*self.pauses[len(row.attempts) :], None):
            async with self._gate:
                if self._now(row) is None:
                    return
                status, reason, attempt = await self._call(row)
            if status == AGAIN and pause is None:
                status, reason = "FAILED", f"given up after {len(self.pauses) + 1} calls"
            written = self._write(row, status, reason, attempt)
            if written is None or written.status != "PENDING" or pause is None:
                return
            row = written
            await asyncio.sleep(pause)

    async def _call(self, row: Webhook) -> tuple[str, str | None, Attempt | None]:
        """Return the new status, the reason for one that is not DELIVERED, and the attempt if there was one."""
        code: int | None = None
        try:
            target = outward.target_of(row.url, self.hosts)
            async with asyncio.timeout(self.timeout):
                code = await outward.post(target, msgspec.json.encode(event(row)), {})
            status, told = judged(code)
        except outward.NotAllowed as refusal:
            return "REFUSED", str(refusal), None
        except TimeoutError:
            status, told = AGAIN, f"no answer within {self.timeout:g} s"
        except (OSError, ValueError) as error:
            status, told = AGAIN, f"no answer: {error}"
        now = self.sandbox.begin().now
        return status, told if status == "FAILED" else None, Attempt(now, code, told)

    def _now(self, row: Webhook) -> Webhook | None:
        """Return the row as it is now; None if it has gone or been settled, as when the world was put back."""
        current = self.sandbox.begin().get(Webhook, row.id)
        same = current is not None and current.review is row.review and current.status == "PENDING"
        return current if same else None

    def _write(self, row: Webhook, status: str, reason: str | None, attempt: Attempt | None) -> Webhook | None:
        """Write what came of a call; None if the row has gone meanwhile."""
        current = self._now(row)
        if current is None:
            return None
        tx = self.sandbox.begin()
        attempts = (*current.attempts, *([attempt] if attempt else []))
        changed = tx.change(current, status="PENDING" if status == AGAIN else status, reason=reason, attempts=attempts)
        self.sandbox.commit(tx)
        return changed


def judged(code: int) -> tuple[str, str]:
    """Return what the status of an answer means, and say it."""
    if 200 <= code < 300:
        return "DELIVERED", f"answered {code}"
    if code == 429 or code >= 500:
        return AGAIN, f"answered {code}"
    if 300 <= code < 400:
        return "FAILED", f"answered {code}; redirects are not followed"
    return "FAILED", f"answered {code}"
