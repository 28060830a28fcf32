"""The files of one document as the lint sees them: bundled, file by file, and with the line of everything in them."""

import ast
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mock_server import contract
from mock_server.contract import SHARED, Json
from mock_server.spec.walk import Pointer


class Place(msgspec.Struct, frozen=True, order=True):
    """Where something stands; lines count from 1."""

    file: str
    line: int


class Operation(msgspec.Struct, frozen=True):
    """An operation and where it is: `pointer` leads to it in the bundle."""

    path: str
    method: str
    node: Json
    item: Json
    pointer: Pointer

    @property
    def id(self) -> str:
        """The operationId, or method and path where there is none."""
        return str(self.node.get("operationId", f"{self.method} {self.path}"))

    @property
    def tag(self) -> str:
        """The first tag, or nothing."""
        return str(next(iter(self.node.get("tags", ())), ""))


class Sources:
    """One document: `root` is the folder of all documents, `package` that of the code which serves it."""

    def __init__(self, name: str, root: Path, package: Path) -> None:
        self.name, self.root = name, root
        self.folder, self.package = root / name, package / name

    @property
    def is_vendor(self) -> bool:
        """Whether the document describes somebody else's API, so that it needs evidence."""
        return self.name != "control"

    @cached_property
    def document(self) -> Json:
        """The bundle. Raises ContractError."""
        return contract.bundle(self.folder)

    @cached_property
    def operations(self) -> list[Operation]:
        """Every operation of the bundle."""
        return [
            Operation(path, method, node, item, ("paths", path, method))
            for path, method, node, item in contract.operations(self.document)
        ]

    @cached_property
    def all_operation_ids(self) -> set[str]:
        """The operations of every document, for the ledger is one for all. Raises ContractError."""
        others = [path.parent.name for path in self.root.glob("*/openapi.yaml") if path.parent != self.folder]
        documents = [self, *(Sources(name, self.root, self.package.parent) for name in others)]
        return {operation.id for document in documents for operation in document.operations}

    @cached_property
    def raw(self) -> dict[str, Json]:
        """The content of each file by its path inside the folder. Raises ContractError."""
        return {str(path.relative_to(self.folder)): contract.read_yaml(path) for path in self.files}

    @cached_property
    def files(self) -> list[Path]:
        """Every YAML file of the document."""
        return sorted(self.folder.rglob("*.yaml"))

    @cached_property
    def roles(self) -> Json:
        """The table of roles, empty if there is none."""
        return self.raw.get("roles.yaml", {})

    @cached_property
    def ledger(self) -> Json:
        """The ledger of evidence, empty if there is none. Raises ContractError."""
        path = self.root / "evidence.yaml"
        return contract.read_yaml(path) if path.exists() else {}

    @cached_property
    def files_of_components(self) -> dict[tuple[str, str], str]:
        """The file of each component by section and name."""
        found = {}
        for file, content in self.raw.items():
            section = "schemas" if file.startswith("schemas/") else SHARED.get(file)
            if section:
                found.update({(section, name): file for name in content})
        return found

    def resolve(self, node: Any) -> Any:
        """Follow the references of a node."""
        return contract.resolve(self.document, node)

    def parameters(self, operation: Operation) -> list[Json]:
        """Return the parameters of an operation, those of its path included."""
        return contract.parameters(self.document, operation.node, operation.item)

    def body(self, operation: Operation) -> Json:
        """Return the request body of an operation, empty if it takes none."""
        body: Json = self.resolve(operation.node.get("requestBody", {}))
        return body

    def responses(self, operation: Operation) -> Iterator[tuple[str, Json]]:
        """Yield status and response of an operation."""
        for status, node in operation.node.get("responses", {}).items():
            yield status, self.resolve(node)

    def functions(self, module: str) -> dict[str, int] | None:
        """Return the public functions of a module (`handlers/books.py`) with their lines, None without the module."""
        path = self.package / module
        if not path.exists():
            return None
        defined = (ast.FunctionDef, ast.AsyncFunctionDef)
        found = [node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, defined)]
        return {node.name: node.lineno for node in found if not node.name.startswith("_")}

    def place(self, *pointer: str | int) -> Place:
        """Return the place of a part of the bundle in the file that it came from, or of what is nearest around it."""
        if len(pointer) > 1 and pointer[0] == "paths" and pointer[1] in self.raw["openapi.yaml"]["paths"]:
            file, key = self.raw["openapi.yaml"]["paths"][pointer[1]]["$ref"].split("#/")
            return self.at(file, key, *pointer[2:])
        if len(pointer) > 2 and pointer[0] == "components":
            file = self.files_of_components.get((str(pointer[1]), str(pointer[2])), "")
            if file:
                return self.at(file, *pointer[2:])
        return self.at("openapi.yaml", *pointer)

    def at(self, file: str, *pointer: str | int) -> Place:
        """Return the place of a part of a file of the folder, or of what is nearest around it."""
        return self.at_path(self.folder / file, *pointer)

    def at_path(self, path: Path, *pointer: str | int) -> Place:
        """Return the place of a part of any YAML file."""
        return Place(shown(path), line_of(self._composed(path), pointer))

    def _composed(self, path: Path) -> yaml.Node | None:
        if path not in self._trees:
            self._trees[path] = compose(path) if path.exists() else None
        return self._trees[path]

    @cached_property
    def _trees(self) -> dict[Path, yaml.Node | None]:
        return {}

    def tree(self, file: str) -> yaml.Node | None:
        """Return a file of the folder as YAML nodes, which know their lines."""
        return self._composed(self.folder / file)


def compose(path: Path) -> yaml.Node | None:
    """Return a YAML file as nodes that know their lines."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    node: yaml.Node | None = yaml.compose(path.read_text("utf-8"), Loader=loader)
    return node


def line_of(node: yaml.Node | None, pointer: Pointer) -> int:
    """Return the line of what a pointer leads to, as far as it leads."""
    line = 0
    for key in pointer:
        if isinstance(node, yaml.MappingNode):
            pairs = [(name, value) for name, value in node.value if name.value == str(key)]
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            pairs = [(node.value[key], node.value[key])]
        else:
            break
        if not pairs:
            break
        line, node = pairs[0][0].start_mark.line, pairs[0][1]
    return line + 1


def shown(path: Path) -> str:
    """Return a path as people read it: relative to where they are, if it is there."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
