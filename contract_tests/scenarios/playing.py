"""Plays a story to the target and the model."""

from typing import Any

from contract_tests.model.asks import Ask, File
from contract_tests.model.steps import Steps
from contract_tests.model.story import Sides, Story
from contract_tests.scenarios.reading import MARK, NAME, NOBODY, WITHIN, Scenario, ScenarioError, Step
from mock_server.pipeline.learned import has_another_body, status_of


class CutShort(Exception):
    """A story could not be told to its end; the message says where it ended and why."""


def playable(scenario: Scenario, sides: Sides, steps: Steps) -> bool:
    """Whether a target has the people and the things that a story speaks of."""
    is_known = sides.alike or scenario.operations <= set(steps.of(sides.places, alike=False))
    is_there = scenario.people <= sides.cast.keys() and scenario.needs <= sides.given.keys()
    return scenario.api == sides.target.api and is_there and is_known


def play(scenario: Scenario, sides: Sides) -> int:
    """Play a story to its end and return how many requests it took. Raises Different at the first difference, CutShort if the guard
    keeps back what the rest of the story is about, and ScenarioError if the story expects what the model does not answer."""
    story = sides.begin()
    try:
        player = Player(scenario, story, next(iter(sides.people)))
        for number, step in enumerate(scenario.steps, 1):
            if not player.do(number, step):
                told = f"step {number} of {len(scenario.steps)}, {step.operation}: {story.kept_back}"
                raise CutShort(f"The story {scenario.name} ended before {told}")
        return sum(isinstance(move, Ask) for move in story.asked)
    finally:
        story.end()


class Player:
    """Does the steps of one story; `kept` are the parts of answers that have a name."""

    def __init__(self, scenario: Scenario, story: Story, first: str) -> None:
        self.scenario, self.story, self.first = scenario, story, first
        self.kept: dict[str, Any] = {**story.sides.given, MARK: story.mark}

    def do(self, number: int, step: Step) -> bool:
        """Do one step, and return whether the story can go on."""
        if step.operation is None:
            self.story.pause(step.wait)
            return True
        answer = self.story.ask(self._ask(step, step.operation))
        if answer is None:
            return not step.keep
        where = f"{self.scenario.name}, step {number}, {step.operation}"
        due = status_of(self.story.sides.places.node(step.operation), step.status)
        if answer.status != due:
            raise ScenarioError(
                f"{where}: the story expects {due}, the model answers {answer.status} {answer.body[:300]!r}"
            )
        try:
            for name, place in step.keep.items():
                self.kept[name] = part_of(answer.value(), place, where)
        except ScenarioError:
            if not has_another_body(self.story.sides.places.node(step.operation)):
                raise
            told = (
                f"step {number} of {len(self.scenario.steps)}, {step.operation}: its answer was learned to be another"
            )
            raise CutShort(f"The story {self.scenario.name} ended at {told}") from None
        return True

    def _ask(self, step: Step, operation: str) -> Ask:
        parts = self._filled(step.parts)
        file = parts.get("file")
        return Ask(
            operation=operation,
            person=self._person(parts.get("as")),
            path=self._filled(step.path),
            query=parts.get("query", {}),
            json=parts.get("json"),
            form=parts.get("form"),
            file=File(file["name"], file["content"]) if file else None,
        )

    def _person(self, part: str | None) -> str | None:
        """Return who asks: the first person without a part, None for nobody."""
        return self.first if part is None else None if part == NOBODY else self.story.sides.cast[part]

    def _filled(self, value: Any) -> Any:
        """Put in what has a name."""
        if isinstance(value, dict):
            return {name: self._filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._filled(one) for one in value]
        if not isinstance(value, str):
            return value
        if whole := NAME.fullmatch(value):
            return self.kept[whole[1]]
        return WITHIN.sub(lambda found: str(self.kept[found[1]]), value)


def part_of(value: Any, place: str, where: str) -> Any:
    """Return the part of an answer at a place such as `documents.0.id`. Raises ScenarioError."""
    for part in place.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError, ValueError):
            raise ScenarioError(f"{where}: the answer has no {place}") from None
    return value
