"""Which stories are played: those written by hand that fit, and those that the state machine makes by chance.

Not here: what becomes of a request (`comparing`), and playing a story by hand as far as it goes (`teller`).
"""

from contextlib import suppress

from contract_tests.brakes import Stop
from contract_tests.live.parity.comparing import Compared
from contract_tests.live.parity.teller import Teller
from contract_tests.model.machine import Found
from contract_tests.model.runner import STEPS, Extent, look
from contract_tests.plan import selected
from contract_tests.scenarios.reading import Scenario, stories
from contract_tests.target import Target

ALSO = frozenset({"get_task", "who_am_i", "get_version", "list_labeling_annotations"})
"""Beside what the model asks of any deployment: of what the run has begun they can be asked."""
NEEDED = {
    "task": "a task that is lent: --task ID",
    "words": "a conversation of the workspace with an answer in it",
    "end": "a conversation of the workspace with an answer in it",
}


def operations_of(target: Target, tags: tuple[str, ...], operations: tuple[str, ...]) -> frozenset[str]:
    """Return the operations that can be compared, of those that are picked. Raises ValueError for a tag or operation that there is not."""
    return frozenset(selected(target.addresses, tags, operations))


def play_all(sides: Compared, seed: int, examples: int, steps: int) -> None:
    """Play every story. Raises contract_tests.brakes.Stop when the deployment can no longer be asked."""
    own = _own(sides)
    for scenario in stories():
        if scenario.api == sides.target.api:
            _tell(scenario, sides, own)
    if examples and (problem := _no_beginning(sides)) is not None:
        sides.record.untold["made by chance"] = problem
    elif examples:
        stop = look(sides, Found(), Extent(seed, examples, steps, own - ALSO))
        sides.record.stories.append(f"{examples} made by chance with seed {seed}")
        if stop is not None:
            raise stop


def _own(sides: Compared) -> frozenset[str]:
    """Return the operations that speak of nothing but what a story has made."""
    return sides.operations & (frozenset(STEPS[sides.target.api].of(sides.places, alike=False)) | ALSO)


def _tell(scenario: Scenario, sides: Compared, own: frozenset[str]) -> None:
    """Play a story, or take note of why it cannot be played."""
    problem = _problem(scenario, sides, own)
    if problem is not None:
        sides.record.untold[scenario.name] = problem
        return
    sides.record.stories.append(scenario.name)
    story = sides.begin(scenario.name)
    try:
        Teller(scenario, story, own).tell()
    finally:
        with suppress(Stop):
            story.end()


def _problem(scenario: Scenario, sides: Compared, own: frozenset[str]) -> str | None:
    """Return why a story cannot be begun."""
    missing = sorted(scenario.people - set(sides.people))
    if missing:
        return f"nobody is there to be the {', '.join(missing)} in it: --credentials names people with their roles"
    begins = next((step.operation for step in scenario.steps if step.operation), None)
    if begins is not None and (problem := _forbidden(begins, sides, own)):
        return problem
    needed = {NEEDED[name] for name in scenario.needs - sides.given.keys()}
    return f"it needs {' and '.join(sorted(needed))}" if needed else None


def _forbidden(begins: str, sides: Compared, own: frozenset[str]) -> str | None:
    """Return why what a story begins with may not be asked for."""
    if begins not in sides.operations:
        return f"it begins with {begins}, which is not among the operations to be compared"
    if begins not in own:
        return f"it begins with {begins}, which speaks of more than a run has made"
    kept_back = sides.target.wire.guard.may(sides.target.addresses.by_id[begins])
    return f"it begins with {begins}, and {kept_back}" if kept_back else None


def _no_beginning(sides: Compared) -> str | None:
    """Return why what stories made by chance begin with cannot be asked for."""
    begins = STEPS[sides.target.api].beginning(sides.given, "").operation
    kept_back = sides.target.wire.guard.may(sides.target.addresses.by_id[begins])
    return f"they begin with {begins}, and {kept_back}" if kept_back else None
