"""Where a part of a bundled document stands: the YAML file that it came from, and the line there."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from mock_server import places
from mock_server.contract import SHARED, Json, spec_root
from mock_server.spec.document_files import compose, line_of
from mock_server.spec.walk import Pointer

ROOT = "openapi.yaml"


def place_of(api: str, pointer: Pointer) -> Json:
    """Return `file`, `line` and `pointer` of a part of the document of an API, or of what is nearest around it."""
    folder = spec_root() / api
    path, inside = _file_of(folder, pointer)
    shown = "".join(f"/{str(key).replace('~', '~0').replace('/', '~1')}" for key in pointer)
    return {"file": places.shown(path), "line": line_of(_tree(path), inside), "pointer": shown}


def place_in(api: str, file: str, *inside: str | int) -> tuple[str, int]:
    """Return file and line of a part of a file of an API's folder."""
    path = spec_root() / api / file
    return places.shown(path), line_of(_tree(path), inside)


def _file_of(folder: Path, pointer: Pointer) -> tuple[Path, Pointer]:
    if len(pointer) > 1 and pointer[0] == "paths":
        found = next((value for key, value in _tree(folder / ROOT).value if key.value == "paths"), None)
        items = {key.value: value for key, value in found.value} if found is not None else {}
        if pointer[1] in items:
            file, key = items[pointer[1]].value[0][1].value.split("#/")
            return folder / file, (key, *pointer[2:])
    if len(pointer) > 2 and pointer[0] == "components":
        name = str(pointer[2])
        shared = [folder / file for file, section in SHARED.items() if section == pointer[1]]
        candidates = shared or sorted((folder / "schemas").glob("*.yaml"))
        for path in candidates:
            if path.exists() and re.search(rf"^{re.escape(name)}:", path.read_text("utf-8"), re.MULTILINE):
                return path, pointer[2:]
    return folder / ROOT, pointer


def _tree(path: Path) -> Any:
    return _composed(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _composed(path: Path, changed: int) -> Any:
    return compose(path)
