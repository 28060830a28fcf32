"""The laws by name: for which API each is, and whether it writes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from contract_tests.laws.workshop import Workshop

Run = Callable[["Workshop"], None]


class Law(msgspec.Struct, frozen=True):
    """A law. `writes` says that it creates what it needs, `text` is what a stranger reads of it."""

    name: str
    api: str
    writes: bool
    run: Run
    text: str


LAWS: list[Law] = []


def law(api: str = "studio", *, writes: bool = True) -> Callable[[Run], Run]:
    """Register a law under the name of its function; its docstring says what it asks for."""

    def register(function: Run) -> Run:
        LAWS.append(Law(function.__name__, api, writes, function, (function.__doc__ or "").strip()))
        return function

    return register
