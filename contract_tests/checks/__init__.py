"""What one answer must be, whoever asked: pure functions from an `Answer` to sentences that say what is wrong.

`faults(answer)` runs all of them; `History` is what must hold between the answers of a run; `schemathesis_checks` offers both to
Schemathesis. Not here: what several requests of a law must agree on (`laws`).
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
    pages,
    secrets,
    spans,
    times,
    tokens,
)
from contract_tests.checks.answer import Answer, Contract, Operation, rows, walk
from contract_tests.checks.history import History
from contract_tests.checks.registry import CHECKS, Fault, faults

__all__ = ["CHECKS", "Answer", "Contract", "Fault", "History", "Operation", "faults", "rows", "walk"]
