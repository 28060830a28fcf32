"""Tells all the stories that a target allows, as a part of a check."""

from contract_tests.findings import Findings
from contract_tests.model.runner import STEPS, shortened, violation
from contract_tests.model.sides import sides_of
from contract_tests.model.story import Different
from contract_tests.scenarios.playing import CutShort, play, playable
from contract_tests.scenarios.reading import stories
from contract_tests.target import Target


def tell(target: Target, findings: Findings, operations: frozenset[str] | None = None) -> list[str]:
    """Play the stories, as far as they speak of `operations` alone (None: all), and return their names.

    Adds what differs to the findings, and remarks on stories that a target does not allow. Raises contract_tests.brakes.Stop, and
    ScenarioError for a story that the model contradicts.
    """
    sides = sides_of(target)
    if sides is None:
        return []
    told: list[str] = []
    picked = [
        one for one in stories() if one.api == target.api and (operations is None or one.operations <= operations)
    ]
    fitting = [one for one in picked if playable(one, sides, STEPS[target.api])]
    if untold := [one.name for one in picked if one not in fitting]:
        findings.remark(
            f"Stories not told, for they speak of other people or of more than the run makes: {', '.join(untold)}"
        )
    for story in fitting:
        try:
            play(story, sides)
        except CutShort as cut:
            findings.remark(str(cut))
        except Different as different:
            best, stop = shortened(sides, different)
            findings.add(violation(sides, best))
            if stop is not None:
                raise stop from None
        told.append(story.name)
    return told
