"""Importing the code of the vendors and of the control API anew, all of it or nothing.

What the state is made of, the rows, stays as it is: a changed row needs a new start, as does everything that is no vendor's.
"""

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType, TracebackType

from mock_server.contract import ContractError
from mock_server.world.jobs import FINISHERS, LISTENERS

PACKAGE = "mock_server"
ROOT = Path(__file__).parent.parent
VENDORS = tuple(f"{PACKAGE}.{name}" for name in ("studio", "label_studio", "blue_guardrails", "control"))
KEPT = ("rows", "guard")  # what the state is made of, and what the server holds


def is_renewable(name: str) -> bool:
    """Whether a module can be imported anew while a server runs."""
    return name.startswith(VENDORS) and not any(part in KEPT for part in name.split("."))


def module_of(path: Path) -> str:
    """Return the name of the module in a file of the package."""
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def check_syntax(path: Path) -> None:
    """Raise SyntaxError if a file is no Python; ValueError, which it may be as well, becomes one."""
    try:
        compile(path.read_bytes(), str(path), "exec", dont_inherit=True)
    except ValueError as error:
        raise SyntaxError(str(error), (str(path), 1, 0, "")) from None


class Renewed:
    """A block in which the code is imported anew. If it ends with an exception, everything is as it was before it."""

    def __enter__(self) -> "Renewed":
        importlib.invalidate_caches()
        self._modules = {name: module for name, module in sys.modules.items() if is_renewable(name)}
        self._finishers, self._listeners = dict(FINISHERS), list(LISTENERS)
        LISTENERS[:] = [listener for listener in LISTENERS if not is_renewable(listener.__module__)]
        for name in self._modules:
            del sys.modules[name]
        return self

    def import_all(self, changed: Iterable[str]) -> None:
        """Import what was imported before and what has changed, as far as it is there: later would be too late to refuse it."""
        for name in (*self._modules, *changed):
            if importlib.util.find_spec(name) is not None:
                importlib.import_module(name)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            for name in [name for name in sys.modules if is_renewable(name)]:
                del sys.modules[name]
            FINISHERS.clear()
            FINISHERS.update(self._finishers)
            LISTENERS[:] = self._listeners
        for name, module in self._modules.items():
            if error is not None:
                sys.modules[name] = module
        _attach(sys.modules)


def _attach(modules: dict[str, ModuleType]) -> None:
    """Make every module an attribute of its package, which is how `from package import module` finds it."""
    for name, module in list(modules.items()):
        if name.startswith(VENDORS):
            package, _, child = name.rpartition(".")
            if package in modules:
                setattr(modules[package], child, module)


def described(error: Exception) -> str:
    """Say in one line what is wrong, with file and line where the error has them."""
    if isinstance(error, SyntaxError):
        return f"{shown(error.filename)}:{error.lineno}: {error.msg}"
    if isinstance(error, ContractError):
        return " ".join(str(error).split())
    frames = _own_frames(error)
    where = f"{shown(frames[-1].filename)}:{frames[-1].lineno}: " if frames else ""
    return f"{where}{type(error).__name__}: {' '.join(str(error).split())}"


def error_file(error: Exception) -> Path | None:
    """Return the file of the package in which an error was raised."""
    frames = _own_frames(error)
    return Path(frames[-1].filename) if frames else None


def _own_frames(error: Exception) -> list[traceback.FrameSummary]:
    frames = traceback.extract_tb(error.__traceback__)
    return [frame for frame in frames if Path(frame.filename).is_relative_to(ROOT)]


def shown(path: str | Path | None) -> str:
    """Return a path as seen from the folder that holds the package, where it lies in there."""
    whole = Path(path or "?")
    return str(whole.relative_to(ROOT.parent)) if whole.is_relative_to(ROOT.parent) else str(whole)
