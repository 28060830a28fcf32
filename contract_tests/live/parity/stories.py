"""Which stories are played: those written by hand that begin with a project of one's own, and those that the state machine makes by chance.

Not here: what becomes of a request (`comparing`).
"""

from contextlib import suppress

from contract_tests.brakes import Stop
from contract_tests.live.parity.comparing import Compared, Comparing
from contract_tests.model.machine import Found
from contract_tests.model.runner import STEPS, Extent, look
from contract_tests.model.story import FIRST
from contract_tests.plan import selected
from contract_tests.scenarios.playing import Player, part_of
from contract_tests.scenarios.reading import Scenario, ScenarioError, Step, stories
from contract_tests.target import Target

ALSO = frozenset(
    {"get_task"}
)  # beside what the model asks of any deployment: of what the run has begun it can be asked
NOT_REACHED = "a step before it did not go as in the stand-in"


def operations_of(target: Target, tags: tuple[str, ...], operations: tuple[str, ...]) -> frozenset[str]:
    """Return the operations that can be compared, of those that are picked. Raises ValueError for a tag or operation that there is not."""
    return frozenset(selected(target.addresses, tags, operations))


def play_all(sides: Compared, seed: int, examples: int, steps: int) -> None:
    """Play every story. Raises contract_tests.brakes.Stop when the deployment can no longer be asked."""
    own = _own(sides)
    for scenario in stories():
        if _fits(scenario, sides, own):
            _play(scenario, sides, own)
            sides.record.stories.append(scenario.name)
    if examples:
        stop = look(sides, Found(), Extent(seed, examples, steps, own - ALSO))
        sides.record.stories.append(f"{examples} made by chance with seed {seed}")
        if stop is not None:
            raise stop


def _own(sides: Compared) -> frozenset[str]:
    """Return the operations that speak of nothing but what a story has made."""
    return sides.operations & (frozenset(STEPS[sides.target.api].of(sides.places, alike=False)) | ALSO)


def _fits(scenario: Scenario, sides: Compared, own: frozenset[str]) -> bool:
    begins = next((step.operation for step in scenario.steps if step.operation), None)
    return scenario.api == sides.target.api and not scenario.people and begins in own


def _play(scenario: Scenario, sides: Compared, own: frozenset[str]) -> None:
    story = sides.begin()
    try:
        teller = _Teller(scenario, story, own)
        for number, step in enumerate(scenario.steps, 1):
            teller.do(number, step)
    finally:
        with suppress(Stop):
            story.end()


class _Teller(Player):
    """Does the steps of one story, and leaves out those that cannot be done any more."""

    story: Comparing

    def __init__(self, scenario: Scenario, story: Comparing, own: frozenset[str]) -> None:
        super().__init__(scenario, story, FIRST)
        self.own = own

    def do(self, number: int, step: Step) -> bool:
        """Do one step, if it is one of those to be compared and what it speaks of is there. The story always goes on."""
        if step.operation is None or step.operation not in self.own:
            return True
        try:
            ask = self._ask(step, step.operation)
        except KeyError:
            self.story.sides.record.miss(step.operation, NOT_REACHED)
            return True
        answer = self.story.ask(ask)
        if answer is not None and answer.status == step.status:
            with suppress(ScenarioError):  # the stand-in knows less after something that the deployment has refused
                for name, place in step.keep.items():
                    self.kept[name] = part_of(answer.value(), place, f"{self.scenario.name}, step {number}")
        return True
