"""Runs the laws that a target allows, each on its own: one that ends early leaves the others alone."""

import random
from collections.abc import Callable, Iterable
from contextlib import nullcontext, suppress

import requests

from contract_tests.brakes import Stop
from contract_tests.checks import listening
from contract_tests.findings import Findings
from contract_tests.guard import Blocked
from contract_tests.laws.lab import Ended, Lab
from contract_tests.laws.registry import LAWS, Law
from contract_tests.laws.workshop import Workshop
from contract_tests.plan import Plan
from contract_tests.target import Target

# What a law stumbles over in an answer that lacks something, or has something of another kind.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, StopIteration)


def run(target: Target, plan: Plan, findings: Findings) -> None:
    """Run the laws of a plan's shard; answers are checked by whoever listens on the wire. Raises brakes.Stop when the run has to end."""
    run_laws(target, findings, plan.seed, plan.mine(law.name for law in allowed(target)), judge=False)


def run_laws(
    target: Target,
    findings: Findings,
    seed: int = 0,
    names: Iterable[str] | None = None,
    progress: Callable[[Law], None] | None = None,
    judge: bool = True,
) -> list[str]:
    """Run the laws and return the names of those that could not go all the way here.

    `names` picks some, `progress` is told of each before it begins. With `judge` every answer is checked as well; leave it out where
    a listener of the wire does that already. Raises brakes.Stop when the run has to end.
    """
    chosen = set(names) if names is not None else None
    laws = [law for law in allowed(target) if chosen is None or law.name in chosen]
    with listening(target, findings) if judge else nullcontext():
        return [law.name for law in laws if not _run(law, target, findings, seed, progress)]


def allowed(target: Target) -> list[Law]:
    """Return the laws that are for this API and write no more than the target may be written to."""
    return [law for law in LAWS if law.api == target.api and (target.writes != "none" or not law.writes)]


def _run(law: Law, target: Target, findings: Findings, seed: int, progress: Callable[[Law], None] | None) -> bool:
    """Run one law; whether it went all the way."""
    if progress is not None:
        progress(law)
    if target.can_reset and target.writes == "all":
        target.reset()
    lab = Workshop(target, findings, law.name, random.Random(f"{seed}:{law.name}"))
    with target.wire.asking("laws"), target.wire.listening(lab.heard):
        try:
            law.run(lab)
        except Ended:
            return False
        except Blocked:
            return False  # it needs what may not be sent here
        except UNREADABLE as problem:
            lab.stumbled(f"{type(problem).__name__} {problem}")
            return False
        finally:
            _clean_up(lab, target)
    return True


def _clean_up(lab: Lab, target: Target) -> None:
    if target.can_reset and target.writes == "all":
        return  # the reset before the next law, or after the last one, does it
    with suppress(Blocked, Stop, requests.RequestException):  # the ledger of what was created knows the rest
        lab.clean_up()
