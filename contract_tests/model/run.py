"""A run of the model against a target: examples, shrinking, violations. Deterministic with its seed; it prints nothing."""

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
from contract_tests.target import Target

STEPS: dict[str, Steps] = {
    "studio": studio.STEPS,
    "label_studio": label_studio.STEPS,
    "blue_guardrails": blue_guardrails.STEPS,
}
CHECK = "model"
REPLAYS = 300  # to make a story shorter
MOST = 5  # differences that a run looks for: each costs its shrinking


def run(
    target: Target, findings: Findings, seed: int, max_examples: int = 50, steps: int = 40, most: int = MOST
) -> int:
    """Compare a target with the model and add what differs to the findings; return how many requests were compared.

    Looks for `most` differences, each in `max_examples` stories of at most `steps` requests. Raises contract_tests.brakes.Stop
    when the target can no longer be asked, unless only the budget is spent.
    """
    sides, found = sides_of(target), Found()
    for number in range(most):
        stop = _look(sides, found, seed + number, max_examples, steps)
        if found.best is not None:
            best, stop = (found.best, stop) if stop else _shortest(sides, found.best)
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


def _shortest(sides: Sides, found: Different) -> tuple[Different, Stop | None]:
    """Return the shortest story of a difference, and why looking for it had to end early, if it had."""
    try:
        return shortest(sides, found, REPLAYS), None
    except Stop as stop:
        return found, stop


def _look(sides: Sides, found: Found, seed: int, max_examples: int, steps: int) -> Stop | None:
    """Look for a difference that is not known yet; return why it had to end early, if it had."""
    quiet = settings(
        max_examples=max_examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate,),  # what is found is made shorter by `shorten`
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    try:
        run_state_machine_as_test(seeded(seed)(machine(sides, STEPS[sides.target.api], found)), settings=quiet)
    except (Different, Flaky):
        pass  # the shortest story was kept; one that cannot be repeated was seen all the same
    except End as end:
        return end.stop
    return None
