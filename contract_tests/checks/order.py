"""Lists are in the order that the contract promises."""

from collections.abc import Iterator
from itertools import pairwise

from contract_tests.checks.answer import Answer, rows
from contract_tests.checks.registry import check

ORDERS = {"oldest first": False, "newest first": True}  # as descriptions of operations say it → whether ids fall


@check
def lists_are_in_their_order(answer: Answer) -> Iterator[str]:
    """What is listed oldest first has rising ids, what is listed newest first falling ones, where ids are numbers."""
    if not answer.is_success or answer.operation is None:
        return
    told = " ".join(str(answer.operation.node.get("description", "")).split())
    entries = [entry for entry in rows(answer.body) or () if isinstance(entry, dict)]
    ids: list[int] = [entry["id"] for entry in entries if isinstance(entry.get("id"), int)]
    if len(ids) != len(entries):
        return
    for words, falls in ORDERS.items():
        wrong = [
            (one, next_) for one, next_ in pairwise(ids) if words in told and (one < next_ if falls else one > next_)
        ]
        if wrong:
            yield f"the list is promised {words}, and {wrong[0][0]} stands before {wrong[0][1]}"
