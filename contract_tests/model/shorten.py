"""From a story that shows a difference to the shortest one that still does: requests are left out, then said more simply.

Hypothesis would shrink the choices that a story was made of, of which there are hundreds, and takes minutes; here one replay leaves out
half of the requests, or one. Each replay begins both sides anew, so that what is left is a story that anybody can repeat.
"""

from collections.abc import Iterator
from typing import Any

import msgspec

from contract_tests.model.asks import Move, Pause
from contract_tests.model.story import Different, Sides, Story


def shortest(sides: Sides, found: Different, most: int) -> Different:
    """Return the shortest story of a difference that at most so many replays find. Raises contract_tests.brakes.Stop."""
    return _Shortening(sides, found, most).result()


def replayed(sides: Sides, moves: tuple[Move, ...]) -> Different | None:
    """Return the difference that a story shows, None if it shows none."""
    story = sides.begin()
    try:
        for move in moves:
            _make(story, move)
    except Different as found:
        return found
    finally:
        story.end()
    return None


def _make(story: Story, move: Move) -> None:
    if isinstance(move, Pause):
        story.pause(move.seconds)
    else:
        story.ask(move)


class _Shortening:
    def __init__(self, sides: Sides, found: Different, most: int) -> None:
        self.sides, self.found, self.left = sides, found, most

    def result(self) -> Different:
        while self._fewer() or self._simpler():
            pass
        return self.found

    def _fewer(self) -> bool:
        """Leave out halves, quarters, … and single moves; the last one is the one that is answered differently. Return whether any."""
        before, size = self.found, max(1, (len(self.found.asked) - 1) // 2)
        while True:
            at = len(self.found.asked) - 1 - size
            while at >= 0:
                moves = self.found.asked
                self._try(moves[:at] + moves[at + size :])
                at = min(at, len(self.found.asked) - 1) - size
            if size == 1:
                return self.found is not before
            size //= 2

    def _simpler(self) -> bool:
        """Say requests more simply. Return whether any was."""
        before = self.found
        for at in range(len(self.found.asked)):
            for simpler in _simpler(self.found.asked[at], next(iter(self.sides.people))):
                if self._try((*self.found.asked[:at], simpler, *self.found.asked[at + 1 :])):
                    break
        return self.found is not before

    def _try(self, moves: tuple[Move, ...]) -> bool:
        if self.left <= 0:
            return False
        self.left -= 1
        found = replayed(self.sides, moves)
        if found is None or found.key != self.found.key:
            return False
        self.found = found
        return True


def _simpler(move: Move, first: str) -> Iterator[Move]:
    """Yield a move in other words, each a little simpler: of the first person, without a parameter, without a field."""
    if isinstance(move, Pause):
        return
    if move.person not in (None, first):
        yield msgspec.structs.replace(move, person=first)
    for name in move.query:
        yield msgspec.structs.replace(move, query=_without(move.query, name))
    if isinstance(move.json, dict):
        for name in move.json:
            yield msgspec.structs.replace(move, json=_without(move.json, name))
        for name, value in move.json.items():
            if isinstance(value, list) and len(value) > 1:
                yield msgspec.structs.replace(move, json={**move.json, name: value[:1]})


def _without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}
