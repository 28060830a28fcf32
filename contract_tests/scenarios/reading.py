"""The form of a story: a title, an API, and steps that read as sentences.

A step names an operation with its path parameters and, beside them, `as` (who asks; the first person without it), `json`, `query`,
`form` and `file` (name, content). `status` is what is answered; `keep` gives parts of the answer a name, under which later steps
say `$name`. A step `wait: 30` lets seconds pass.

Who asks is called by their part: a role in small letters, `colleague` where there are no roles, `stranger` for somebody who shares
nothing with the first person, `nobody` for a request without a token. Names that nothing has kept are given by the target (see
`Sides.given`). `${mark}` at the end of a name makes it another one in every story, where what they make cannot be deleted again.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

FOLDER = Path(__file__).parent / "stories"
BESIDE = ("as", "json", "query", "form", "file")
MARK, NOBODY = "mark", "nobody"
NAME = re.compile(r"\$(\w+)")
WITHIN = re.compile(r"\$\{(\w+)\}")


class ScenarioError(Exception):
    """A story is not written as it has to be; the message names the file, the step and what would be right."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One request and what comes of it, or `wait` seconds. `parts` are the path parameters and what stands in `BESIDE`."""

    operation: str | None = None
    parts: dict[str, Any] = {}
    status: int = 200
    keep: dict[str, str] = {}
    wait: float = 0.0

    @property
    def path(self) -> dict[str, Any]:
        """The path parameters."""
        return {name: value for name, value in self.parts.items() if name not in BESIDE}


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """A story. `name` is that of its file."""

    name: str
    title: str
    api: str
    steps: tuple[Step, ...]

    @property
    def people(self) -> set[str]:
        """The parts of those who ask, without the first person."""
        return {step.parts["as"] for step in self.steps if "as" in step.parts} - {NOBODY}

    @property
    def needs(self) -> set[str]:
        """The names that have to be given, for no step keeps them."""
        kept = {name for step in self.steps for name in step.keep}
        return {name for step in self.steps for name in _names(step.parts)} - kept - {MARK}

    @property
    def operations(self) -> set[str]:
        """The operations that are asked for."""
        return {step.operation for step in self.steps if step.operation is not None}


@cache
def stories() -> tuple[Scenario, ...]:
    """Return all stories, by name. Raises ScenarioError."""
    return tuple(load(path) for path in sorted(FOLDER.glob("*.yaml")))


def load(path: Path) -> Scenario:
    """Read one story. Raises ScenarioError."""
    try:
        told = yaml.safe_load(path.read_text("utf-8"))
        steps = tuple(_step(path, number, step) for number, step in enumerate(told["steps"], 1))
        return Scenario(name=path.stem, title=told["title"], api=told["api"], steps=steps)
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise ScenarioError(f"{path.name}: a map with title, api and steps was expected: {error}") from None


def _step(path: Path, number: int, told: Any) -> Step:
    if not isinstance(told, dict):
        raise ScenarioError(
            f"{path.name}, step {number}: a map was expected, such as `get_project: {{project_id: $project}}`"
        )
    rest = dict(told)
    also = {name: rest.pop(name) for name in ("status", "keep", "wait") if name in rest}
    if len(rest) > 1 or (not rest and "wait" not in also):
        raise ScenarioError(f"{path.name}, step {number}: one operation or `wait` was expected, not {sorted(told)}")
    for operation, parts in rest.items():
        return Step(operation=operation, parts=parts or {}, **also)
    return Step(**also)


def _names(value: Any) -> Iterator[str]:
    """Yield the names that are spoken of."""
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _names(one)
    elif isinstance(value, str):
        whole = NAME.fullmatch(value)
        yield from [whole[1]] if whole else WITHIN.findall(value)
