"""The state machine: its rules are the operations of an API and the passing of time; every rule asks the target and the model.

Not here: what a request says (`steps`), and what is compared (`story`, `compare`).
"""

from collections.abc import Callable, Iterator
from typing import Any

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from contract_tests.brakes import Stop
from contract_tests.model.asks import Ask
from contract_tests.model.chooser import Chooser, Nothing
from contract_tests.model.steps import Steps
from contract_tests.model.story import Different, Sides, Story

FEW, AGAIN = 3, 10  # operations of a rule; one request in so many is for something that was deleted
PAUSES = (1.0, 5.0, 30.0, 120.0, 3600.0)


class End(BaseException):
    """Leaves Hypothesis when the wire lets nothing more through; not an Exception, or it would be taken for a finding."""

    def __init__(self, stop: Stop) -> None:
        super().__init__(str(stop))
        self.stop = stop


class Found:
    """What the examples of a run have found: the shortest story of the difference that is looked for, and those known before."""

    def __init__(self) -> None:
        self.known: set[tuple[str, str]] = set()
        self.best: Different | None = None
        self.steps = 0

    def take(self, different: Different) -> bool:
        """Take note of a difference; return whether it is one to tell Hypothesis of."""
        if different.key in self.known or (self.best is not None and self.best.key != different.key):
            return False
        if self.best is None or different.size < self.best.size:
            self.best = different
        return True


class Machine(RuleBasedStateMachine):
    """One story. Built for an API by `machine`, which adds the rules."""

    sides: Sides
    steps: Steps
    found: Found

    def __init__(self) -> None:
        super().__init__()
        self.story: Story = self.sides.begin()
        self.is_over = False
        self.gone: list[Ask] = []  # the requests that have deleted something
        if not self.sides.alike:
            self._begin_with(self.steps.beginning(self.sides.given, self.story.mark))

    def act(self, operations: list[str], data: Any) -> None:
        """Ask for one of several things. A difference that is known already ends the story: what comes after it says nothing more."""
        if self.is_over:
            return
        try:
            self._act(self._chooser(data), operations)
        except Nothing:
            return
        except Stop as stop:
            raise End(stop) from None
        except Different as different:
            if self.found.take(different):
                raise
            self.is_over = True
        self.found.steps += 1

    def _act(self, chooser: Chooser, operations: list[str]) -> None:
        """Ask one of the operations, or now and then for something that has been deleted."""
        places = self.sides.places
        if self.gone and chooser.rarely(AGAIN):
            ask = chooser.of(self.gone)
            ask = msgspec.structs.replace(ask, operation=chooser.of(places.beside(ask.operation)))
        else:
            operation = chooser.of(operations)
            ask = self.steps.ask(chooser, operation, places.path(operation))
        answer = self.story.ask(ask)
        if answer is not None and answer.status < 300 and places.method(ask.operation) == "DELETE":
            self.gone.append(ask)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        if not self.is_over:
            self.story.pause(seconds)

    def _begin_with(self, ask: Ask) -> None:
        """Make what a story is about, where there is nothing yet."""
        try:
            self.story.ask(ask)
        except Stop as stop:
            raise End(stop) from None
        except Different as different:
            self.is_over = True
            if self.found.take(different):
                raise

    def teardown(self) -> None:
        """End the story."""
        self.story.end()

    def _chooser(self, data: Any) -> Chooser:
        oracle = self.sides.oracle
        people, story = tuple(self.sides.people), self.story
        return Chooser(data, oracle.tx(), oracle.tables, people, story.pairs.has, story.mark)


def machine(sides: Sides, steps: Steps, found: Found, operations: frozenset[str] | None = None) -> type[Machine]:
    """Return the state machine of an API: a rule for a few operations of a tag, which chooses one of them (of those named; None: of all).

    A story has some of the rules only (Hypothesis leaves out others at random), so that it stays with a few matters for long enough.
    """
    by_tag: dict[str, list[str]] = {}
    for name in steps.of(sides.places, sides.alike):
        if operations is None or name in operations:
            by_tag.setdefault(sides.places.tag(name), []).append(name)
    rules = {name: rule(data=st.data())(_rule(name, few)) for name, few in _few(by_tag)}
    if sides.target.can_advance:
        rules["time_passes"] = rule(seconds=st.sampled_from(PAUSES))(_time_passes)
    return type("Model", (Machine,), {"sides": sides, "steps": steps, "found": found, **rules})


def _few(by_tag: dict[str, list[str]]) -> Iterator[tuple[str, list[str]]]:
    """Yield a few operations at a time, with a name, so that each is asked for about as often as any other."""
    for tag, names in by_tag.items():
        for start in range(0, len(names), FEW):
            yield f"{tag.lower().replace(' ', '_')}_{start // FEW + 1}", names[start : start + FEW]


def _rule(name: str, operations: list[str]) -> Callable[[Machine, Any], None]:
    def act(self: Machine, data: Any) -> None:
        self.act(operations, data)

    act.__name__ = name
    return act


def _time_passes(self: Machine, seconds: float) -> None:
    self.wait(seconds)
