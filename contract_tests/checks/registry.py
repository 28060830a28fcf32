"""The checks of single answers by their names."""

from collections.abc import Callable, Iterator

import msgspec

from contract_tests.checks.answer import Answer

Check = Callable[[Answer], Iterator[str]]
CHECKS: dict[str, Check] = {}


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with an answer: the name of the check and a sentence."""

    check: str
    message: str


def check(function: Check) -> Check:
    """Register a check under the name of its function. It yields a sentence for each thing that is wrong."""
    CHECKS[function.__name__] = function
    return function


def faults(answer: Answer) -> list[Fault]:
    """Return what is wrong with an answer, by every check there is."""
    return [Fault(name, message) for name, run in CHECKS.items() for message in run(answer)]
