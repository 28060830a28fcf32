"""Where a law works: it asks the target, and what it finds broken becomes a finding with the requests that show it.

Not here: projects, sessions and models to work with (`workshop`).
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from requests import Response

from contract_tests import curl
from contract_tests.findings import Findings, Violation
from contract_tests.target import FIRST, Person, Target
from mock_server.pipeline.learned import has_another_body, status_of

if TYPE_CHECKING:
    from contract_tests.wire import Exchange

STORY = 12  # curl lines of a story at the most
WAIT = 60.0  # seconds that a job may take on a live target


class Ended(Exception):
    """A law cannot go on: what it needed did not come about, and that has been reported if it is a violation."""


class Lab:
    """What a law asks with. `name` is that of the law; `chance` decides everything that is left to chance."""

    def __init__(self, target: Target, findings: Findings, name: str, chance: random.Random) -> None:
        self.target, self.findings, self.name, self.chance = target, findings, name, chance
        self._scene: list[Exchange] = []
        self._leftovers: list[tuple[str, dict[str, Any]]] = []
        self._told: set[tuple[str | None, str]] = set()

    # Asking

    def call(
        self, operation: str, path: Mapping[str, Any] | None = None, *, person: Person | None = FIRST, **more: Any
    ) -> Response:
        """Call an operation and return its answer, whatever it is."""
        return self.target.call(operation, path=path or {}, person=person, **more)

    def ok(self, operation: str, path: Mapping[str, Any] | None = None, **more: Any) -> Any:
        """Call an operation that has to succeed and return its JSON value; anything else is reported and ends the law."""
        answer = self.call(operation, path, **more)
        if not 200 <= answer.status_code < 300:
            self.broken(f"a valid request was answered {answer.status_code}: {_told(answer)}", operation)
            raise Ended
        return _json(answer)

    def refused(
        self,
        statuses: int | tuple[int, ...],
        why: str,
        operation: str,
        path: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Response:
        """Call an operation that has to refuse with one of the statuses; `why` says what must be refused.

        What a deployment was seen to answer in their place is as good (`mock_server.pipeline.learned`).
        """
        due, node = (
            statuses if isinstance(statuses, tuple) else (statuses,),
            self.target.addresses.by_id[operation].node,
        )
        expected = tuple(status_of(node, status) for status in due)
        answer = self.call(operation, path, **more)
        if answer.status_code not in expected:
            wanted = " or ".join(map(str, expected))
            self.broken(f"{why}: answered {answer.status_code} where {wanted} is due", operation)
        return answer

    # Reporting

    def expect(self, holds: bool, message: str, operation: str | None = None) -> None:
        """Report a violation unless something holds."""
        if not holds:
            self.broken(message, operation)

    def broken(self, message: str, operation: str | None = None) -> None:
        """Report a violation; its story is what the law has asked in this scene.

        Laws speak of answers as the documents had them first: of one with a body that was learned otherwise they say nothing.
        """
        if (operation, message) in self._told or self._is_learned(operation or self.last):
            return
        self._told.add((operation, message))
        self.findings.add(
            Violation(
                check=self.name,
                api=self.target.api,
                message=message,
                operation=operation,
                status=self._scene[-1].response.status_code if self._scene else None,
                story=self._story(),
                requests=self.target.requests,
                phase=self.target.wire.phase or "laws",
            )
        )

    def stumbled(self, problem: str) -> None:
        """Report that an answer could not be understood, unless one of this scene was learned to have another body."""
        asked = [entry.operation.operation_id for entry in self._scene if entry.operation]
        if not any(map(self._is_learned, asked)):
            self.broken(f"an answer is not of the form that the contract promises: {problem}", self.last)

    def _is_learned(self, operation: str | None) -> bool:
        known = self.target.addresses.by_id.get(operation or "")
        return known is not None and has_another_body(known.node)

    def heard(self, exchange: "Exchange") -> None:
        """Remember what was asked, for the story."""
        self._scene.append(exchange)

    @property
    def last(self) -> str | None:
        """The operation that was asked last."""
        asked = self._scene[-1].operation if self._scene else None
        return asked.operation_id if asked else None

    def scene(self) -> None:
        """Begin a new scene: what was asked before does not belong to the story of what follows."""
        self._scene.clear()

    def _story(self) -> tuple[str, ...]:
        """The writes of the scene and the reads at its end."""
        last = len(self._scene) - 3
        told = [entry for at, entry in enumerate(self._scene) if entry.request.method != "GET" or at >= last]
        return tuple(curl.of(entry.request) for entry in told[-STORY:])

    # Time and names

    def settle(self, seconds: float = 30.0) -> None:
        """Let what goes on in the background come to its end, where the clock can be moved."""
        if self.target.can_advance:
            self.target.advance(seconds)

    def until(
        self, holds: Callable[[Any], bool], operation: str, path: Mapping[str, Any] | None = None, **more: Any
    ) -> Any:
        """Ask until an answer is as it should be, moving the clock or waiting, and return it; reports and ends the law if it never is."""
        for pause in (0.0, 0.5, *(1.0,) * int(WAIT)):
            self.wait(pause)
            seen = self.ok(operation, path, **more)
            if holds(seen):
                return seen
        self.broken(f"after {WAIT:.0f} seconds still {_brief(seen)}", operation)
        raise Ended

    def wait(self, seconds: float) -> None:
        """Let time pass: on the clock of a stand-in, else really."""
        if seconds and self.target.can_advance:
            self.target.advance(seconds)
        elif seconds:
            time.sleep(seconds)

    def unique(self, word: str) -> str:
        """Return a name that nothing else has."""
        return f"{word} {self.chance.getrandbits(40):010x}"

    # People

    @property
    def stranger(self) -> Person | None:
        """Somebody who shares nothing with the first of the people, None if nobody is known."""
        people = self.target.people
        return people[2] if len(people) > 2 else people[1] if len(people) > 1 else None

    # Leftovers

    def later(self, operation: str, path: Mapping[str, Any]) -> None:
        """Delete something when the law is over."""
        self._leftovers.append((operation, dict(path)))

    def clean_up(self) -> None:
        """Delete what was left, newest first; what is gone already is no matter."""
        while self._leftovers:
            operation, path = self._leftovers.pop()
            self.call(operation, path)


def _json(answer: Response) -> Any:
    try:
        return answer.json() if answer.content else None
    except ValueError:
        return None


def _told(answer: Response) -> str:
    body = _json(answer)
    if isinstance(body, dict):
        body = body.get("message", body.get("detail", body))
    return str(body if body is not None else answer.text)[:200]


def _brief(seen: Any) -> str:
    if isinstance(seen, dict):
        seen = {name: seen[name] for name in ("status", "progress", "count") if name in seen} or seen
    return str(seen)[:120]
