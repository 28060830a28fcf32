"""Waiting: how long a latency is this time, and a sleep that ends when the server does."""

import asyncio
import random

from mock_server.faults.rules import LONGEST, Latency


def seconds(latency: Latency, chance: random.Random) -> float:
    """Return the wait in seconds, five minutes at the most."""
    return min(_milliseconds(latency, chance), LONGEST) / 1000


def _milliseconds(latency: Latency, chance: random.Random) -> float:
    if latency.fixed_ms is not None:
        return latency.fixed_ms
    if latency.min_ms is not None and latency.max_ms is not None:
        return chance.uniform(latency.min_ms, latency.max_ms)
    assert latency.median_ms is not None
    assert latency.sigma is not None
    return latency.median_ms * chance.lognormvariate(0, latency.sigma)


class Sleeper:
    """Lets requests wait until their time has come, or until nobody is to wait any more because the server ends."""

    def __init__(self) -> None:
        self._sleeping: set[asyncio.Future[None]] = set()
        self._is_over = False

    async def sleep(self, seconds: float) -> None:
        """Return after so many seconds of the machine, or when everybody is woken."""
        if self._is_over:
            return
        loop = asyncio.get_running_loop()
        woken = loop.create_future()
        timer = loop.call_later(seconds, _wake, woken)
        self._sleeping.add(woken)
        try:
            await woken
        finally:
            timer.cancel()
            self._sleeping.discard(woken)

    def wake_all(self) -> None:
        """Let nobody wait any more, now and from now on."""
        self._is_over = True
        for woken in self._sleeping:
            _wake(woken)


def _wake(woken: "asyncio.Future[None]") -> None:
    if not woken.done():
        woken.set_result(None)
