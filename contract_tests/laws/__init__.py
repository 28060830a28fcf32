"""What several requests must agree on: what was created can be read, a change is seen everywhere, a page is a part of the whole.

A law is a function that asks a target and reports what it breaks; `run_laws` runs those that a target allows, `run` those of a plan.
Not here: what one answer must be (`checks`), who may do what (`roles`).
"""

from importlib import import_module

from contract_tests.laws.registry import LAWS, Law, law
from contract_tests.laws.runner import allowed, run, run_laws

FAMILIES = (
    "reading",
    "lifecycle",
    "updates",
    "visible",
    "deletions",
    "paging",
    "filters",
    "together",
    "inputs",
    "conflicts",
    "jobs",
    "files",
    "tenants",
    "correcting",
    "accounts",
    "gone",
    "browsers",
    "label_studio",
    "guardrails",
    "people",
    "moving",
)
for family in FAMILIES:
    import_module(f"contract_tests.laws.{family}")  # each registers its laws

__all__ = ["LAWS", "Law", "allowed", "law", "run", "run_laws"]
