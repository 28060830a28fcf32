"""What driving Schemathesis leaves behind: nothing."""

from copy import deepcopy

from contract_tests.check import check
from contract_tests.plan import Plan
from contract_tests.target import Target


def test_a_run_leaves_the_contract_as_it_was() -> None:
    target = Target.in_process("blue_guardrails")
    before = deepcopy(target.document)
    names = tuple(target.addresses.by_id)
    outcome = check(target, Plan(operations=names, phases=("examples", "stateful"), max_examples=1))
    assert outcome.requests > len(names)
    assert target.document == before
