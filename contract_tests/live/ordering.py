"""One order out of many lists that each show a part of it. Not here: where the lists are from."""

import heapq
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Any, TypeVar

T = TypeVar("T", bound=Hashable)


def in_order(lists: Iterable[Sequence[T]], everything: Iterable[T], key: Callable[[T], Any]) -> list[T]:
    """Return everything in an order that every list keeps; where they say nothing, or contradict each other, the key decides."""
    after: defaultdict[T, set[T]] = defaultdict(set)
    for some in lists:
        for one, following in pairwise(some):
            if one != following:
                after[one].add(following)
    waits = dict.fromkeys(everything, 0)
    for following in [following for some in after.values() for following in some if following in waits]:
        waits[following] += 1
    ready = [(key(one), at, one) for at, (one, count) in enumerate(waits.items()) if not count]
    heapq.heapify(ready)
    found: dict[T, None] = {}
    while ready:
        _, at, one = heapq.heappop(ready)
        found[one] = None
        for following in after[one]:
            if following in waits:
                waits[following] -= 1
                if not waits[following]:
                    heapq.heappush(ready, (key(following), len(waits) + at, following))
    return [*found, *sorted((one for one in waits if one not in found), key=key)]
