"""Rules without which no other can run: the files can be read and bundled, and the bundle is OpenAPI."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mock_server.contract import SHARED, ContractError, Json, read_yaml
from mock_server.spec.document_files import Place, Sources, shown
from mock_server.spec.rules.common import Problems
from mock_server.spec.walk import Pointer, schemas

VERSION = "3.0.3"


def readable_files(sources: Sources) -> Problems:
    """Every file is YAML and holds a map."""
    for path in sources.files:
        try:
            read_yaml(path)
        except ContractError as error:
            mark = getattr(error.__context__, "problem_mark", None)
            reason = getattr(error.__context__, "problem", None) or str(error).removeprefix(f"{path}: ")
            yield Place(shown(path), mark.line + 1 if mark else 1), " ".join(str(reason).split())


def keys_only_once(sources: Sources) -> Problems:
    """No map has a key twice: of two, YAML would silently take the second."""
    for path in sources.files:
        for key in _repeated(sources.tree(str(path.relative_to(sources.folder)))):
            yield Place(shown(path), key.start_mark.line + 1), f"the key {key.value!r} stands here a second time"


def _repeated(node: Any) -> Iterator[Any]:
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from _repeated(part)
    elif isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield key
            seen.add(key.value)
            yield from _repeated(value)


def references_lead_somewhere(sources: Sources) -> Problems:
    """A reference names a key of a file for things of its kind, and both are there; every path is a reference."""
    paths = sources.raw["openapi.yaml"].get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else [("paths", None)]:
        if not (isinstance(item, dict) and isinstance(item.get("$ref"), str)):
            yield sources.at("openapi.yaml", "paths", path), f"{path}: a reference to a key of a path file was expected"
    for file, content in sources.raw.items():
        for pointer, reference in _references(content, ()):
            if problem := _problem(sources, file, reference):
                yield sources.at(file, *pointer), f"the reference {reference!r} {problem}"


def _references(node: Any, pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if isinstance(node, list):
        for at, part in enumerate(node):
            yield from _references(part, (*pointer, at))
    elif isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield pointer, node["$ref"]
        for key, part in node.items():
            yield from _references(part, (*pointer, key))


def _problem(sources: Sources, file: str, reference: str) -> str:
    target, hash_, key = reference.partition("#/")
    if not hash_:
        return "has no #/key"
    path = (sources.folder / file).parent / target if target else sources.folder / file
    name = _inside(path, sources.folder)
    kind = "paths/" if file == "openapi.yaml" else ("schemas/", *SHARED)
    if not name.startswith(kind):
        return "leads to a file that holds nothing of that kind"
    if name not in sources.raw:
        return "leads to a file that is missing"
    return "" if key in sources.raw[name] else f"leads to a key that {name} does not have"


def _inside(path: Path, folder: Path) -> str:
    path = path.resolve()
    return str(path.relative_to(folder.resolve())) if path.is_relative_to(folder.resolve()) else str(path)


def components_only_once(sources: Sources) -> Problems:
    """Names of schemas are unique over all files: the bundle has one list of them."""
    first: dict[str, str] = {}
    for file, content in sources.raw.items():
        for name in content if file.startswith("schemas/") else ():
            if name in first:
                yield sources.at(file, name), f"{name} is the name of a schema of {first[name]} already"
            first.setdefault(name, file)


def valid_openapi(sources: Sources) -> Problems:
    """The bundle is valid OpenAPI 3.0.3. Defaults are left to the rule of examples, which knows where they stand."""
    from openapi_spec_validator import OpenAPIV30SpecValidator

    if sources.document.get("openapi") != VERSION:
        yield sources.at("openapi.yaml", "openapi"), f"the contract is written in OpenAPI {VERSION}"
        return
    for error in OpenAPIV30SpecValidator(_without_defaults(sources.document)).iter_errors():
        message = " ".join(str(error.message).split())[:300]
        pointer = tuple(error.absolute_path) or _pointer_in(message, sources.document)
        where = f" at {'/'.join(str(key) for key in pointer)}" if pointer else ""
        yield sources.place(*pointer), f"not valid OpenAPI{where}: {message}"


def _without_defaults(document: Json) -> Json:
    copy: Json = msgspec.json.decode(msgspec.json.encode(document))
    for _, schema in schemas(copy):
        schema.pop("default", None)
    return copy


def _pointer_in(message: str, document: Json) -> Pointer:
    """Return the path that a message without a place speaks of."""
    return next((("paths", path) for path in document["paths"] if f"'{path}'" in message), ())
