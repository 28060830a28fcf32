"""What one answer must be, whoever asked: pure functions from an `Answer` to sentences that say what is wrong.

`faults(answer)` runs all of them; `History` is what must hold between the answers of a run; a `Judge` hears every exchange of the wire
and runs both. Not here: what several requests of a law must agree on (`laws`).
"""

from contract_tests.checks import (  # noqa: F401  (each registers its checks)
    details,
    documented,
    downloads,
    echoes,
    errors,
    filters,
    identity,
    numbers,
    order,
    pages,
    secrets,
    spans,
    times,
    tokens,
)
from contract_tests.checks.answer import Answer, Contract, Operation, rows, walk
from contract_tests.checks.history import History
from contract_tests.checks.judge import Judge, listener, listening
from contract_tests.checks.registry import CHECKS, Fault, faults

__all__ = [
    "CHECKS",
    "Answer",
    "Contract",
    "Fault",
    "History",
    "Judge",
    "Operation",
    "faults",
    "listener",
    "listening",
    "rows",
    "walk",
]
