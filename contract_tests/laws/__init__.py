"""What several requests must agree on: what was created can be read, a change is seen everywhere, a page is a part of the whole.

A law is a function that asks a target and reports what it breaks; `run_laws` runs those that a target allows, `run` those of a plan.
Not here: what one answer must be (`checks`), who may do what (`roles`).
"""

from contract_tests.laws import lifecycle, paging, reading, tenants  # noqa: F401  (each registers its laws)
from contract_tests.laws.registry import LAWS, Law, law
from contract_tests.laws.runner import allowed, run, run_laws

__all__ = ["LAWS", "Law", "allowed", "law", "run", "run_laws"]
