"""A run of the model against a target: examples, shrinking, violations. Deterministic with its seed; it prints nothing."""

import msgspec
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis import seed as seeded
from hypothesis.errors import Flaky
from hypothesis.stateful import run_state_machine_as_test

from contract_tests.brakes import Stop
from contract_tests.findings import Findings, Violation
from contract_tests.model import curl
from contract_tests.model.machine import End, Found, machine
from contract_tests.model.shorten import shortest
from contract_tests.model.sides import sides_of
from contract_tests.model.steps import Steps, blue_guardrails, label_studio, studio
from contract_tests.model.story import Different, Sides
from contract_tests.plan import Plan
from contract_tests.target import Target

STEPS: dict[str, Steps] = {
    "studio": studio.STEPS,
    "label_studio": label_studio.STEPS,
    "blue_guardrails": blue_guardrails.STEPS,
}
CHECK = "model"
REPLAYS = 300  # to make a story shorter
MOST = 5  # differences that a run looks for: each costs its shrinking


def run(target: Target, plan: Plan, findings: Findings) -> None:
    """Do the phase of a check: stories written by hand, then those made by chance.

    It is done by the first shard alone, for a story is not for one operation. Raises contract_tests.brakes.Stop
    when the target can no longer be asked.
    """
    from contract_tests.scenarios.telling import tell  # which needs the rest of this package

    if plan.mine(["model"]):
        operations = frozenset(plan.operations) if plan.shard == (1, 1) else None
        tell(target, findings, operations)
        compare(target, findings, plan.seed, plan.max_examples, operations=operations)


def compare(
    target: Target,
    findings: Findings,
    seed: int,
    max_examples: int = 50,
    steps: int = 40,
    *,
    most: int = MOST,
    operations: frozenset[str] | None = None,
) -> int:
    """Compare a target with the model and add what differs to the findings; return how many requests were compared.

    Looks for `most` differences, each in `max_examples` stories of at most `steps` requests to `operations` (None: all). A target that may
    not be written to, and has a world that nobody knows, cannot be compared: nothing is asked. Raises contract_tests.brakes.Stop when
    the target can no longer be asked, unless only the budget is spent.
    """
    sides, found = sides_of(target), Found()
    if sides is None:
        return 0
    for number in range(most):
        stop = look(sides, found, Extent(seed + number, max_examples, steps, operations))
        if found.best is not None:
            best, stop = (found.best, stop) if stop else shortened(sides, found.best)
            findings.add(violation(sides, best))
            found.known.add(best.key)
        if stop is not None and not stop.spent:
            raise stop
        if found.best is None or stop is not None:
            break
        found.best = None
    return found.steps


def violation(sides: Sides, found: Different) -> Violation:
    """Return a difference as a violation."""
    ask = found.ask
    return Violation(
        check=CHECK,
        api=sides.target.api,
        operation=ask.operation,
        message=f"The answer differs from the model's. {found.told}",
        place=None,
        story=curl.lines(found.moves, sides.places, sides.people),
        requests=sides.target.requests,
        phase="model",
    )


def shortened(sides: Sides, found: Different) -> tuple[Different, Stop | None]:
    """Return the shortest story of a difference, and why looking for it had to end early, if it had."""
    try:
        return shortest(sides, found, REPLAYS), None
    except Stop as stop:
        return found, stop


class Extent(msgspec.Struct, frozen=True):
    """How much is asked: the seed, how many stories, how long each is, and of what."""

    seed: int
    stories: int
    steps: int
    operations: frozenset[str] | None


def look(sides: Sides, found: Found, extent: Extent) -> Stop | None:
    """Look for a difference that is not known yet; return why it had to end early, if it had."""
    quiet = settings(
        max_examples=extent.stories,
        stateful_step_count=extent.steps,
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # what is found is made shorter by `shorten`
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    made = machine(sides, STEPS[sides.target.api], found, extent.operations)
    try:
        run_state_machine_as_test(seeded(extent.seed)(made), settings=quiet)
    except (Different, Flaky):
        pass  # the story was kept; one that cannot be repeated was seen all the same
    except End as end:
        return end.stop
    return None
