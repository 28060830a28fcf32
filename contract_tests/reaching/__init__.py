"""How every documented status is reached: recipes that can be read off the contract (`generic`), and one module per tag for the rest."""

from contract_tests.reaching.runner import Attempt, run

__all__ = ["Attempt", "run"]
