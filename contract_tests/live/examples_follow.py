"""Examples follow a type that has changed: where one has a value of the old type, it gets the same of the new one.

Not here: the change itself (`mending`). What cannot be told as the other type is left for the lint to find.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from contract_tests.live import yamledits
from contract_tests.live.proposing import Change, Proposing
from contract_tests.live.shapes import Pointer
from contract_tests.live.yamledits import CannotEdit
from mock_server import contract
from mock_server.contract import ContractError, Json
from mock_server.pipeline.schemas import Schemas
from mock_server.spec.rules.examples import examples_of

ROUNDS = 3  # a value inside of one that was changed may be another that has to
Wrong = tuple[Pointer, tuple[str | int, ...], Any]


def follow(proposing: Proposing, root: Path) -> list[Change]:
    """Change the examples of the documents that were changed, and return what was done."""
    done: list[Change] = []
    for api in sorted({file.split("/")[0] for file in proposing.after if "/" in file}):
        for _ in range(ROUNDS):
            changes = [change for wrong in _wrong(proposing, api, root) for change in _mend(proposing, api, wrong)]
            done += changes
            if not changes:
                break
    return done


def _mend(proposing: Proposing, api: str, wrong: Wrong) -> Iterator[Change]:
    pointer, inside, value = wrong
    try:
        file, keys = proposing.place(api, pointer)
        at = [*keys, *inside]
        line = yamledits.line_of(proposing.text(file), at)
        proposing.after[file] = yamledits.with_value(proposing.text(file), at, value)
    except CannotEdit:
        return
    yield Change(file, line, f"the example has {msgspec.json.encode(value).decode()}")


def _wrong(proposing: Proposing, api: str, root: Path) -> list[Wrong]:
    """Return where values of examples are of another type than their schemas say, and what they would be in that type."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / api
        shutil.copytree(root / api, copy)
        for file, text in proposing.after.items():
            if file.startswith(f"{api}/"):
                (Path(folder) / file).write_text(text, "utf-8")
        try:
            document = contract.bundle(copy)
        except ContractError:
            return []
    return list(_errors(document))


def _errors(document: Json) -> Iterator[Wrong]:
    schemas = Schemas(document)
    for pointer, example, schema in examples_of(document):
        validator = schemas.compile(schema)
        for error in () if validator.is_valid(example) else validator.iter_errors(example):
            inside = tuple(error.instance_path)
            value = _told_as(_at(example, inside), set(error.kind.types)) if error.kind.name == "type" else None
            if value is not None:
                yield tuple(map(str, pointer)), inside, value


def _at(value: Any, keys: tuple[str | int, ...]) -> Any:
    for key in keys:
        value = value[key]
    return value


def _told_as(value: Any, types: set[str]) -> Any:
    """Return a value in another type, None if it has no meaning there."""
    if "string" in types and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and "integer" in types and value.isdecimal():
        return int(value)
    if isinstance(value, str) and "number" in types and value.replace(".", "", 1).isdecimal():
        return float(value)
    return None
