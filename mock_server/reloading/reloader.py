"""Takes changed files into an application that is being served, or refuses them."""

from collections.abc import Iterable
from pathlib import Path

from mock_server import contract
from mock_server.app import App
from mock_server.reloading import checks
from mock_server.reloading.modules import (
    ROOT,
    Renewed,
    check_syntax,
    described,
    error_file,
    is_renewable,
    module_of,
    shown,
)
from mock_server.seed import SeedError, starting_world

RELOADED, REFUSED, RESTART = "reloaded", "not reloaded", "restart needed"


class Reloader:
    """`world` is what `--world` says, `seed` what `--seed` says."""

    def __init__(self, app: App, world: str, seed: int | None) -> None:
        self.app, self.world, self.seed = app, world, seed
        named = contract.data_root() / "fixtures" / world
        self.fixture = (named if named.is_dir() else Path(world)).resolve()

    def take(self, paths: Iterable[Path]) -> list[str]:
        """Take changed files in and say, a line for each kind of them, what came of it."""
        changed = sorted(path for path in set(paths) if not path.name.startswith("."))
        told = [self._take_code([path for path in changed if self._is_served(path)])]
        told.append(self._take_world([path for path in changed if self._is_fixture(path)]))
        stale = [path for path in changed if path.suffix == ".py" and not is_renewable(module_of(path))]
        told.append(f"{RESTART}: {_listed(stale)} is held by the running server" if stale else "")
        return [line for line in told if line]

    def folders(self) -> list[Path]:
        """Return what has to be watched."""
        return [contract.spec_root(), ROOT, self.fixture]

    def _is_served(self, path: Path) -> bool:
        if path.suffix == ".py":
            return path.is_relative_to(ROOT) and is_renewable(module_of(path))
        return path.suffix == ".yaml" and path.is_relative_to(contract.spec_root())

    def _is_fixture(self, path: Path) -> bool:
        return path == self.fixture or self.fixture in path.parents

    def _take_code(self, paths: list[Path]) -> str:
        if not paths:
            return ""
        try:
            for path in paths:
                if path.suffix == ".py" and path.exists():
                    check_syntax(path)
            with Renewed() as code:
                code.import_all(module_of(path) for path in paths if path.suffix == ".py")
                self.app.load(checks.check)
        except Exception as error:
            return f"{REFUSED}, the old one is served on: {self._why(error, paths)}"
        return f"{RELOADED}: {_listed(paths)}"

    def _why(self, error: Exception, paths: list[Path]) -> str:
        """Return what is wrong: in code where it stands, else what the lint finds, for it knows the lines of the contract."""
        if isinstance(error, SyntaxError | ImportError) or error_file(error) in paths:
            return described(error)
        try:
            return checks.first_finding(self.app.documents) or described(error)
        except Exception:  # the lint may stumble over what is broken, too
            return described(error)

    def _take_world(self, paths: list[Path]) -> str:
        """The state stays; sandboxes that began with the starting world have the new one when they are reset."""
        if not paths:
            return ""
        if self.app.sandboxes.keeper is not None:
            return f"{RESTART}: {_listed(paths)}; a state folder keeps the world that it began with, another world needs another folder"
        try:
            world = starting_world(self.world, seed=self.seed)
        except SeedError as error:
            return f"{REFUSED}, the old one is served on: {' '.join(str(error).split())}"
        self.app.sandboxes.begin_with(world)
        return f"{RELOADED}: {_listed(paths)}; sandboxes keep their state until they are reset"


def _listed(paths: list[Path]) -> str:
    first = ", ".join(shown(path) for path in paths[:3])
    return first if len(paths) <= 3 else f"{first} and {len(paths) - 3} more"
