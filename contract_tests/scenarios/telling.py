"""Tells all the stories that a target allows, as a part of a check."""

from contract_tests.findings import Findings
from contract_tests.model.runner import STEPS, shortened, violation
from contract_tests.model.sides import sides_of
from contract_tests.model.story import Different
from contract_tests.scenarios.playing import play, playable
from contract_tests.scenarios.reading import stories
from contract_tests.target import Target


def tell(target: Target, findings: Findings, operations: frozenset[str] | None = None) -> list[str]:
    """Play the stories, as far as they speak of `operations` alone (None: all), and return their names.

    Adds what differs to the findings. Raises contract_tests.brakes.Stop, and ScenarioError for a story that the model contradicts.
    """
    sides = sides_of(target)
    if sides is None:
        return []
    told: list[str] = []
    for story in stories():
        if not playable(story, sides, STEPS[target.api]) or not (operations is None or story.operations <= operations):
            continue
        try:
            play(story, sides)
        except Different as different:
            best, stop = shortened(sides, different)
            findings.add(violation(sides, best))
            if stop is not None:
                raise stop from None
        told.append(story.name)
    return told
