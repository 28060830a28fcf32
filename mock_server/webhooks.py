"""Delivers what a world has in its outbox of webhooks: a real POST for each row that is PENDING, after the transaction that made it.

The world knows nothing of it: the deliverer reads pending rows after each commit and writes what came of them in transactions of
its own. Pauses and time limits are the machine's, not the world's. It runs only between `start` and `stop`.
"""

import asyncio
from collections.abc import Collection, Sequence

import msgspec

from mock_server import outward
from mock_server.sandboxes import Sandboxes, ServedSandbox
from mock_server.studio.rows import Attempt, Webhook
from mock_server.studio.views.hitl import event

TIMEOUT = 5.0  # seconds for one call, from its first packet to the answer
PAUSES = (0.5, 1.0, 2.0)  # seconds before the second, third and fourth call
AT_ONCE = 16
AGAIN = "AGAIN"


Lane = tuple[ServedSandbox, int]  # whose, and the id of the review


class Deliverer:
    """Delivers the webhooks of all sandboxes. Changes of the same review are told one after the other, in their order."""

    def __init__(
        self,
        sandboxes: Sandboxes,
        hosts: Collection[str] = (),
        timeout: float = TIMEOUT,
        pauses: Sequence[float] = PAUSES,
    ) -> None:
        self.sandboxes, self.hosts, self.timeout, self.pauses = sandboxes, frozenset(hosts), timeout, tuple(pauses)
        self._lanes: dict[Lane, asyncio.Task[None]] = {}
        self._gate = asyncio.Semaphore(AT_ONCE)

    def start(self) -> None:
        """Deliver from now on, in the event loop that runs."""
        self.sandboxes.listen(self.wake)
        for sandbox in self.sandboxes:
            self.wake(sandbox)

    async def stop(self) -> None:
        """Give up what is under way; it stays pending."""
        self.sandboxes.listen(None)
        for task in (tasks := list(self._lanes.values())):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def idle(self) -> None:
        """Wait until nothing is pending."""
        while self._lanes:
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)

    def wake(self, sandbox: ServedSandbox) -> None:
        """Begin with what has become pending in a sandbox."""
        for row in _pending(sandbox):
            lane = sandbox, row.review.id
            if lane not in self._lanes:
                self._lanes[lane] = asyncio.create_task(self._run(lane))

    async def _run(self, lane: Lane) -> None:
        sandbox, review_id = lane
        try:
            while row := next((row for row in _pending(sandbox) if row.review.id == review_id), None):
                await self._deliver(sandbox, row)
        finally:
            del self._lanes[lane]

    async def _deliver(self, sandbox: ServedSandbox, row: Webhook) -> None:
        """Call until it is settled, at most once more than there are pauses."""
        for pause in (*self.pauses[len(row.attempts) :], None):
            async with self._gate:
                if _now(sandbox, row) is None:
                    return
                status, reason, attempt = await self._call(sandbox, row)
            if status == AGAIN and pause is None:
                status, reason = "FAILED", f"given up after {len(self.pauses) + 1} calls"
            written = _write(sandbox, row, status, reason, attempt)
            if written is None or written.status != "PENDING" or pause is None:
                return
            row = written
            await asyncio.sleep(pause)

    async def _call(self, sandbox: ServedSandbox, row: Webhook) -> tuple[str, str | None, Attempt | None]:
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
        now = sandbox.begin().now
        return status, told if status == "FAILED" else None, Attempt(now, code, told)


def _pending(sandbox: ServedSandbox) -> list[Webhook]:
    return [] if sandbox.is_deleted else list(sandbox.begin().rows(Webhook, status="PENDING"))


def _now(sandbox: ServedSandbox, row: Webhook) -> Webhook | None:
    """Return the row as it is now; None if it has gone or been settled, as when the world was put back."""
    current = None if sandbox.is_deleted else sandbox.begin().get(Webhook, row.id)
    same = current is not None and current.review is row.review and current.status == "PENDING"
    return current if same else None


def _write(
    sandbox: ServedSandbox, row: Webhook, status: str, reason: str | None, attempt: Attempt | None
) -> Webhook | None:
    """Write what came of a call; None if the row has gone meanwhile."""
    current = _now(sandbox, row)
    if current is None:
        return None
    tx = sandbox.begin()
    attempts = (*current.attempts, *([attempt] if attempt else []))
    changed = tx.change(current, status="PENDING" if status == AGAIN else status, reason=reason, attempts=attempts)
    sandbox.commit(tx)
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
