"""What a run would send, per operation, without sending anything."""

from collections.abc import Iterator

from contract_tests import home, kinds
from contract_tests.addresses import Operation
from contract_tests.plan import Plan
from contract_tests.target import Target

MODES = {
    "none": "only what the contract marks safe",
    "own": "what is safe, and what touches nothing but what the run has made itself",
    "all": "everything",
}


def lines(target: Target, plan: Plan) -> Iterator[str]:
    """Yield a headline, a line for each operation of the plan, and a sum."""
    guard = target.wire.guard
    if target.writes == "own":
        guard.lasting = home.lasting(target)
    where = target.base_url if target.app is None else "the stand-in in process"
    yield f"{target.api} at {where}, --writes {target.writes}: {MODES[target.writes]}. Nothing is sent now."
    operations = [target.addresses.by_id[name] for name in plan.operations]
    widest = max((len(one.operation_id) for one in operations), default=0)
    refused = {one.operation_id: guard.may(one) or _out_of_reach(target, one) for one in operations}
    for operation in operations:
        reason = refused[operation.operation_id]
        told = f"not sent: {reason}" if reason else f"sent{_how(target, operation)}"
        yield f"  {operation.operation_id:<{widest}}  {operation.label:<70}  {told}"
    sent = sum(reason is None for reason in refused.values())
    phases = ", ".join(plan.phases)
    yield f"{sent} of {len(operations)} operations would be called, up to {plan.max_examples} examples each, in the phases {phases}"


def _out_of_reach(target: Target, operation: Operation) -> str | None:
    """Return why nothing of an operation can be sent in mode own: the run never has what its path names."""
    if target.writes != "own":
        return None
    guard, made = target.wire.guard, set(kinds.INSIDE)
    for one in target.addresses:
        if guard.may(one) is None and not one.is_safe:
            made |= set(guard.created.kinds_linked(one))
    missing = [kind for kind in kinds.of_parameters(operation).values() if kind not in made]
    return f"the run makes no {missing[0]}" if missing else None


def _how(target: Target, operation: Operation) -> str:
    if target.writes == "own" and "{" in operation.path:
        return ", with ids that the run has made"
    if target.writes == "all" and not operation.is_safe:
        return ", changes the target"
    return ""
