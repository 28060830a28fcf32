"""The contract: finds the documents, bundles each into one, and gives every operation its parts.

A document is written as many YAML files (see `spec/README.md`); `bundle` makes one self-contained document of them. Bundling
takes some 100 ms, so `load` keeps the result beside the documents, keyed by their content.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

Json = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
LEARNED, BEFORE = "learned.yaml", "x-learned-before"
ROOT = "STUDIO_MOCK_SPEC"  # environment variable: a folder of documents in the place of the installed one
SHARED = {"parameters.yaml": "parameters", "responses.yaml": "responses"}


class ContractError(Exception):
    """The documents cannot be read; the message names the file and what is wrong."""


@lru_cache
def data_root() -> Path:
    """Return the folder that holds `spec` and `fixtures`: the package's own in a wheel, else the checkout."""
    package = Path(__file__).parent
    return package / "_data" if (package / "_data").is_dir() else package.parent


def spec_root() -> Path:
    """Return the folder of the documents: the installed one, unless the environment names another. Raises ContractError if that is none."""
    told = os.environ.get(ROOT)
    if told and not (Path(told) / "studio" / "openapi.yaml").is_file():
        raise ContractError(
            f"{ROOT} names {told}, which is no folder of documents: there is no studio/openapi.yaml in it"
        )
    return Path(told) if told else data_root() / "spec"


def names() -> list[str]:
    """Return the names of the documents there are."""
    return sorted(path.parent.name for path in spec_root().glob("*/openapi.yaml"))


def load(name: str, root: Path | None = None) -> Json:
    """Return the bundled document `name` (`studio`, `control`, …). Raises ContractError."""
    folder = (root or spec_root()) / name
    kept = folder.parent / f".{name}.bundle.json"
    key = _content_key(folder)
    try:
        stored = msgspec.json.decode(kept.read_bytes())
        if stored["key"] == key:
            document: Json = stored["document"]
            return document
    except (OSError, ValueError, KeyError, TypeError):
        pass  # none yet, or of other content
    document = bundle(folder)
    with suppress(OSError):  # an installation that cannot be written to: bundle again next time
        kept.write_bytes(msgspec.json.encode({"key": key, "document": document}))
    return document


def bundle(folder: Path) -> Json:
    """Return one self-contained OpenAPI document from the files in `folder`. Raises ContractError."""
    root = read_yaml(folder / "openapi.yaml")
    components = {**root.get("components", {}), "schemas": {}, "parameters": {}, "responses": {}}
    for path in sorted((folder / "schemas").glob("*.yaml")):
        components["schemas"].update(_localized(read_yaml(path), "schemas"))
    for file, section in SHARED.items():
        if (folder / file).exists():
            components[section] = _localized(read_yaml(folder / file), section)
    files: dict[str, Json] = {}
    paths = {path: _path_item(folder, item["$ref"], files) for path, item in root["paths"].items()}
    document = {**root, "paths": paths, "components": {name: part for name, part in components.items() if part}}
    _add_roles(document, folder)
    _add_learned(document, folder)
    return document


def operations(document: Json) -> Iterator[tuple[str, str, Json, Json]]:
    """Yield path, method, operation and path item of every operation of a bundled document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method], item


def resolve(document: Json, node: Any) -> Any:
    """Follow the references of a node, and of what they lead to, until there is none."""
    while isinstance(node, dict) and "$ref" in node:
        section, name = node["$ref"].removeprefix("#/components/").split("/", 1)
        node = document["components"][section][name]
    return node


def parameters(document: Json, operation: Json, item: Json) -> list[Json]:
    """Return the parameters of an operation, references followed: its own, and those of its path item that it does not override."""
    nodes = [resolve(document, node) for node in (*item.get("parameters", ()), *operation.get("parameters", ()))]
    return list({(node["in"], node["name"]): node for node in nodes}.values())


def read_yaml(path: Path) -> Json:
    """Read one YAML file that holds a map. Raises ContractError with file and line."""
    import yaml

    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except FileNotFoundError:
        raise ContractError(f"{path} is missing") from None
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: {' '.join(str(error).split())}") from None
    if not isinstance(loaded, dict):
        raise ContractError(f"{path}: a map was expected, not {type(loaded).__name__}")
    return loaded


def _path_item(folder: Path, reference: str, files: dict[str, Json]) -> Json:
    file, key = reference.split("#/")
    if file not in files:
        files[file] = _localized(read_yaml(folder / file), "paths")
    if key not in files[file]:
        raise ContractError(f"{folder / file}: there is no key {key!r}, which openapi.yaml refers to")
    item: Json = files[file][key]
    return item


def _localized(node: Any, section: str) -> Any:
    """Turn references to files into references to `components`; `section` is what `#/Name` without a file means."""
    if isinstance(node, list):
        return [_localized(element, section) for element in node]
    if not isinstance(node, dict):
        return node.isoformat().replace("+00:00", "Z") if hasattr(node, "isoformat") else node
    if isinstance(node.get("$ref"), str):
        file, name = node["$ref"].split("#/", 1)
        target = SHARED.get(Path(file).name, "schemas") if file else section
        return {**node, "$ref": f"#/components/{target}/{name}"}
    return {str(key): _localized(value, section) for key, value in node.items()}


def _add_roles(document: Json, folder: Path) -> None:
    path = folder / "roles.yaml"
    if not path.exists():
        return
    roles = read_yaml(path)
    document["x-roles"] = {part: roles[part] for part in roles if part != "operations"}
    for _, _, operation, _ in operations(document):
        if operation.get("operationId") in roles["operations"]:
            operation["x-role"] = roles["operations"][operation["operationId"]]


def _add_learned(document: Json, folder: Path) -> None:
    """Show what was learned of a deployment, see `mock_server.pipeline.learned`, where it belongs."""
    path = folder / LEARNED
    if not path.exists():
        return
    learned = well_formed(read_yaml(path), path)
    if learned["errors"]:
        document["x-learned-errors"] = learned["errors"]
    if learned["before"]:
        document[BEFORE] = learned["before"]
    for _, _, operation, _ in operations(document):
        if operation.get("operationId") in learned["operations"]:
            operation["x-learned"] = learned["operations"][operation["operationId"]]


def well_formed(learned: Json | None, path: Path) -> Json:
    """Return what was learned with all of its parts, empty ones where there are none. Raises ContractError for parts of another form."""
    forms: Json = {"kept": list, "before": dict, "errors": list, "operations": dict}
    whole: Json = {name: (learned or {}).get(name) or form() for name, form in forms.items()}
    fits = all(isinstance(whole[name], form) for name, form in forms.items())
    if not fits or not all(isinstance(one, list) for one in whole["operations"].values()):
        told = "`kept` and `errors` are lists, `before` is a map, `operations` one from names of operations to lists"
        raise ContractError(f"{path}: this is not what was learned of a deployment: {told}")
    return whole


def _content_key(folder: Path) -> str:
    digest = hashlib.sha256(Path(__file__).read_bytes())  # another bundler, another bundle
    for path in sorted(folder.rglob("*.yaml")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def dumps(document: Any) -> str:
    """Return a document as readable JSON."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
