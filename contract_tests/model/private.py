"""A second copy of `mock_server`, read from its source: nothing that is done to the modules of the first one is seen in it.

The two copies have classes of their own; a world goes from one to the other by way of its pickled form, in which classes are names.
"""

import pickle
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any

PACKAGE = "mock_server"


class PrivateCopy:
    """The copy. `load` imports a module of it, `adopt` takes over a value of the first one."""

    def __init__(self) -> None:
        self._modules: dict[str, ModuleType] = {}
        self._is_entered = False

    def load(self, name: str) -> Any:
        """Return a module of the copy, imported if need be. Raises ImportError."""
        with self.entered():
            return import_module(f"{PACKAGE}.{name}")

    def adopt(self, value: object) -> Any:
        """Return the same value, made of the classes of the copy."""
        stored = pickle.dumps(value)
        with self.entered():
            return pickle.loads(stored)

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Have imports find the copy for as long as the block lasts."""
        if self._is_entered:
            yield
            return
        first, self._is_entered = _taken_out(), True
        sys.modules.update(self._modules)
        try:
            yield
        finally:
            self._modules, self._is_entered = _taken_out(), False
            sys.modules.update(first)


def _taken_out() -> dict[str, ModuleType]:
    """Take the modules of the package out of those that imports find, and return them."""
    found = {name: module for name, module in sys.modules.items() if f"{name}.".startswith(f"{PACKAGE}.")}
    for name in found:
        del sys.modules[name]
    return found
