"""The phase `statuses`: for every documented status that was never seen its recipe is played, as far as the target allows it."""

from collections.abc import Iterator
from typing import Any

import msgspec
import requests

from contract_tests import curl
from contract_tests.coverage import Missing, watching
from contract_tests.findings import Findings, Violation
from contract_tests.guard import Blocked
from contract_tests.plan import Plan
from contract_tests.reaching.places import Places
from contract_tests.reaching.recipe import BULK, FAULT, STORY, WRITES, OutOfReach, Recipe
from contract_tests.reaching.recipes import recipe_for
from contract_tests.reaching.stage import Stage
from contract_tests.target import Target
from contract_tests.wire import Exchange

PHASE = "statuses"
CHECK = "documented_status"
TELLTALES: dict[str, tuple[str, dict[str, Any]]] = {  # what only the world of the examples has
    "studio": ("get_correction", {"project_id": 12, "correction_id": 61}),
    "label_studio": ("get_annotation", {"id": 6}),
    "blue_guardrails": ("get_labeling_project", {"project_id_or_slug": "winter-pilot"}),
}


class Attempt(msgspec.Struct, frozen=True):
    """What became of a status: `reached`, or else why not. `told` is true if the target answered, and answered something else."""

    missing: Missing
    reached: bool
    why: str = ""
    told: bool = False


def run(target: Target, plan: Plan, findings: Findings) -> list[Attempt]:
    """Play the recipes of all that was not seen of the plan's operations, in an order that its seed picks.

    What was seen so far knows the watcher that listens to the wire (see `coverage.watching`). An answer with another status than
    its recipe promises is a violation. Raises Stop, and the errors of `requests`.
    """
    with watching(target) as watcher:
        missing = [one for one in watcher.coverage.missing() if one.operation in set(plan.operations)]
        plan.chance(PHASE).shuffle(missing)
        has_story = tells_the_story(target)
        stage = Stage(target, None if has_story else Places(target))
        return [_attempt(stage, findings, one, has_story) for one in missing]


def tells_the_story(target: Target) -> bool:
    """Whether a target is a stand-in with the world of the examples, and can always go back to its beginning."""
    if not (target.is_stand_in and target.can_reset and target.api in TELLTALES):
        return False
    target.reset()
    operation, path = TELLTALES[target.api]
    return target.call(operation, path=path).status_code == 200


def _attempt(stage: Stage, findings: Findings, missing: Missing, has_story: bool) -> Attempt:
    recipe = recipe_for(stage.target.api, stage.operations[missing.operation], missing.status, missing.second)
    if recipe is None:
        return Attempt(missing, False, "nobody knows how it is reached")
    lacking = next(_lacking(stage.target, recipe, has_story), None)
    if lacking is not None:
        return Attempt(missing, False, lacking)
    if has_story:
        stage.target.reset()
    sent: list[Exchange] = []
    try:
        with stage.target.wire.listening(sent.append):
            answer = recipe.play(stage)
    except OutOfReach as reason:
        return Attempt(missing, False, str(reason))
    except Blocked as blocked:
        return Attempt(missing, False, f"it is not sent: {blocked.reason}")
    if answer.status_code == missing.status:
        return Attempt(missing, True)
    why = f"documented {missing.status} not given: {missing.operation} has to answer so {recipe.how}, and answered {answer.status_code}"
    findings.add(_violation(stage.target, missing, answer, why, sent))
    return Attempt(missing, False, why, told=True)


def _lacking(target: Target, recipe: Recipe, has_story: bool) -> Iterator[str]:
    """Yield what the target lacks for a recipe."""
    if STORY in recipe.needs and not has_story:
        yield "it needs the demo world, at its beginning"
    if FAULT in recipe.needs and not target.can_fault:
        yield "it needs a target that can be made to fail"
    if BULK in recipe.needs and not target.is_stand_in:
        yield "how large a body may be is only known of the stand-in"
    if WRITES in recipe.needs and target.writes == "none":
        yield "nothing may be written there"


def _violation(
    target: Target, missing: Missing, answer: requests.Response, why: str, sent: list[Exchange]
) -> Violation:
    operation = target.addresses.by_id[missing.operation]
    path = operation.path.replace("~", "~0").replace("/", "~1")
    return Violation(
        check=CHECK,
        api=target.api,
        operation=missing.operation,
        status=answer.status_code,
        message=why,
        place=f"/paths/{path}/{operation.method.lower()}/responses/{missing.status}",
        story=tuple(curl.of(exchange.request) for exchange in sent),
        requests=target.requests,
        phase=PHASE,
    )
