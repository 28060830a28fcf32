"""How long a latency is this time."""

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
