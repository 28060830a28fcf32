"""The suite of `studio-mock check`: no phase finds anything, in process or behind `--target URL`."""

import argparse

import pytest

from contract_tests.check import check
from contract_tests.cli import plan_of
from contract_tests.plan import PHASES
from contract_tests.target import Target

EXAMPLES = {"studio": 12, "label_studio": 10, "blue_guardrails": 20, "control": 5}  # in process
NO_VENDOR = ("stateful", "laws", "roles", "model", "statuses")  # the control API has neither links nor roles


@pytest.mark.parametrize("phase", PHASES)
def test_a_phase_finds_nothing(target: Target, told: argparse.Namespace, api: str, phase: str) -> None:
    if phase not in told.phases or (api == "control" and phase in NO_VENDOR):
        pytest.skip("not asked for")
    told.max_examples = told.max_examples if told.url else EXAMPLES[api]
    before = target.requests
    outcome = check(target, plan_of(told, target, phases=(phase,)))
    assert outcome.stopped is None, outcome.stopped
    assert [f"{one.operation}: {one.message}\n" + "\n".join(one.story) for one in outcome.findings] == []
    assert outcome.troubles == []
    assert outcome.left == []
    if target.writes == "all":  # a phase that asks nothing finds nothing, and must not pass for that
        assert target.requests > before
