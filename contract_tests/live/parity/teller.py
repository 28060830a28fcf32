"""Plays one story written by hand as far as it goes: a step that cannot be done is left out, and so is what needs it.

Not here: which stories (`stories`), and what becomes of a request (`comparing`).
"""

from contract_tests.live.parity.comparing import Comparing
from contract_tests.live.parity.record import Cut
from contract_tests.model.asks import FIRST
from contract_tests.scenarios.playing import Player, part_of
from contract_tests.scenarios.reading import Scenario, ScenarioError, Step
from mock_server.pipeline.learned import status_of

NOT_REACHED = "a step before it did not go as in the stand-in"
NOT_PICKED = "it is not among the operations to be compared"
NOT_OWN = "it speaks of more than a run has made"


class Teller(Player):
    """One story. `own` are the operations that may be asked for; which steps fell away, and why, gets into the record."""

    story: Comparing

    def __init__(self, scenario: Scenario, story: Comparing, own: frozenset[str]) -> None:
        super().__init__(scenario, story, FIRST)
        self.own = own
        self._lacking: dict[str, Cut] = {}  # names that nothing stands behind, and what it came from
        self._cuts = story.sides.record.cuts

    def tell(self) -> None:
        """Play the whole story. Raises contract_tests.brakes.Stop."""
        for number, step in enumerate(self.scenario.steps, 1):
            self.do(number, step)
            if self.story.is_over:
                left = [later.operation for later in self.scenario.steps[number:] if later.operation in self.own]
                if left:
                    self._cuts.append(self._cut(number, step, self.story.why, len(left)))
                break

    def do(self, number: int, step: Step) -> bool:
        """Do one step, if it is one of those to be compared and what it speaks of is there. The story always goes on."""
        if step.operation is None:
            return True
        if step.operation not in self.own:
            picked = step.operation in self.story.sides.operations
            self._lacks(step, self._cut(number, step, NOT_OWN if picked else NOT_PICKED))
            return True
        try:
            ask = self._ask(step, step.operation)
        except KeyError as name:
            self._loses(step, self._lacking[name.args[0]])
            return True
        answer = self.story.ask(ask)
        if answer is None:
            self._lacks(step, self._cut(number, step, self.story.why))
        elif answer.status != status_of(self.story.sides.places.node(step.operation), step.status):
            told = f"both sides answer {answer.status}, and the story goes on from {step.status}"
            self._lacks(step, self._cut(number, step, told))
        else:
            self._keep(number, step, answer.value())
        return True

    def _keep(self, number: int, step: Step, value: object) -> None:
        for name, place in step.keep.items():
            try:
                self.kept[name] = part_of(value, place, f"{self.scenario.name}, step {number}")
            except ScenarioError:  # the stand-in knows less after something that the deployment has refused
                self._lacking[name] = self._cut(number, step, f"the stand-in's answer has no {place}")

    def _lacks(self, step: Step, cut: Cut) -> None:
        """Take note of what the names stand for that a step would have kept."""
        self._lacking |= dict.fromkeys(step.keep, cut)

    def _loses(self, step: Step, cut: Cut) -> None:
        """Take note that a step fell away, by what it came from."""
        assert step.operation is not None
        self.story.sides.record.miss(step.operation, NOT_REACHED)
        if not cut.lost:
            self._cuts.append(cut)
        cut.lost += 1
        self._lacks(step, cut)

    def _cut(self, number: int, step: Step, reason: str, lost: int = 0) -> Cut:
        return Cut(self.scenario.name, number, step.operation or "", reason, lost)
