"""The three that are compared, how each is started and where each answers a case."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.api import Studio, documents_path
from bench.cases import Case
from bench.errors import BenchError
from bench.processes import Command, Server

PRISM = Path(__file__).parent / "node_modules" / ".bin" / "prism"


def studio_command(program: Path, world: str) -> Command:
    """studio-mock as a user starts it: authentication, roles, state, validation."""
    return lambda port: [str(program), "serve", "--host", "127.0.0.1", "--port", str(port), "--world", world]


def prism_command(bundle: Path) -> Command:
    """Prism with static examples, requests and responses validated; no log, which would halve its speed."""
    return lambda port: [str(PRISM), "mock", "-p", str(port), "-v", "silent", str(bundle)]


def bare_command(answers: Path) -> Command:
    """The practical limit, see `bench.bare`."""
    return lambda port: [sys.executable, "-m", "bench.bare", "--port", str(port), "--answers", str(answers)]


@dataclass(frozen=True)
class StudioMock:
    """studio-mock; each run that writes gets a project of its own, deleted afterwards."""

    server: Server
    api: Studio

    @property
    def servers(self) -> list[Server]:
        """Its processes; the first one is weighed."""
        return [self.server]

    @contextmanager
    def target(self, case: Case) -> Iterator[str]:
        """The URL of a case for the length of a run."""
        if not case.writes:
            yield self.server.base_url + case.path
            return
        with self.api.scratch_project() as project_id:
            yield self.server.base_url + documents_path(project_id)


@dataclass(frozen=True)
class Prism:
    """Prism, twice: with the contract as it is, and with studio-mock's answer of 100 as the example of the list."""

    server: Server
    with_page: Server

    @property
    def servers(self) -> list[Server]:
        """Its processes; the first one is weighed."""
        return [self.server, self.with_page]

    @contextmanager
    def target(self, case: Case) -> Iterator[str]:
        """The URL of a case."""
        yield (self.with_page if case.slug == "list" else self.server).base_url + case.path


@dataclass(frozen=True)
class Bare:
    """Constant answers; one path per case, because it does not look at requests."""

    server: Server

    @property
    def servers(self) -> list[Server]:
        """Its processes; the first one is weighed."""
        return [self.server]

    @contextmanager
    def target(self, case: Case) -> Iterator[str]:
        """The URL of a case."""
        yield self.server.base_url + bare_path(case)


Contender = StudioMock | Prism | Bare


def bare_path(case: Case) -> str:
    """The path under which the bare server answers a case."""
    return f"/{case.slug}"


def missing_prism() -> str | None:
    """What to do before Prism can take part, or None when it can."""
    if not shutil.which("node"):
        return "Prism needs Node.js (18.20 or newer), which is not installed: https://nodejs.org"
    return None if PRISM.exists() else "Prism is not installed: run `npm ci --prefix bench`"


def require_tools(program: Path) -> None:
    """Raise BenchError, with what to install, unless everything is there without which nothing can be measured."""
    wanted = {"wrk": "wrk", "taskset": "util-linux", "setpriv": "util-linux"}
    missing = [f"{tool} (apt-get install {package})" for tool, package in wanted.items() if not shutil.which(tool)]
    if not program.exists():
        missing.append("studio-mock (pip install -e . in this environment)")
    if missing:
        raise BenchError("missing: " + ", ".join(missing))


def call_studio(program: Path, *arguments: str) -> None:
    """Run one of studio-mock's own commands to its end."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise BenchError(f"studio-mock {' '.join(arguments[:2])} failed: {done.stderr.strip()[-500:]}")


def with_example(bundle: dict[str, Any], path: str, example: object) -> dict[str, Any]:
    """A copy of the contract in which the example of the 200 of GET `path` (as templated there) is `example`."""
    copy: dict[str, Any] = json.loads(json.dumps(bundle))
    operation = _resolve(copy, copy["paths"][path])["get"]
    response = json.loads(json.dumps(_resolve(copy, operation["responses"]["200"])))
    media = response["content"]["application/json"]
    media.pop("examples", None)
    media["example"] = example
    operation["responses"]["200"] = response
    return copy


def _resolve(bundle: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        target: Any = bundle
        for key in node["$ref"].removeprefix("#/").split("/"):
            target = target[key.replace("~1", "/").replace("~0", "~")]
        node = target
    return node
