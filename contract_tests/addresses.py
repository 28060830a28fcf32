"""Which operation of a contract a request addresses: by its method and path, as every request that leaves is judged and recorded.

Not here: who may send it (`guard`).
"""

from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote

import msgspec

from mock_server.contract import Json, operations, parameters
from mock_server.pipeline.aliases import Aliases, aliases_of

SAFE_METHODS = ("GET", "HEAD")


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation of the contract at one of its paths.

    `method` is in capitals, `path` the template with the base path of the document, `parameters` are resolved, `alias` is the path
    parameter of the second path under which it is known here (see `x-aliases`), None under its own.
    """

    operation_id: str
    method: str
    path: str
    node: Json
    parameters: list[Json]
    alias: str | None = None

    @property
    def is_safe(self) -> bool:
        """Whether the contract says that calling it changes nothing: GET and HEAD, unless `x-safe` says otherwise."""
        marked = self.node.get("x-safe")
        return bool(marked) if marked is not None else self.method in SAFE_METHODS

    @property
    def label(self) -> str:
        """Its method and path, as people write it."""
        return f"{self.method} {self.path}"


class Addresses:
    """All operations of a document by id, and by method and path."""

    def __init__(self, document: Json) -> None:
        self.by_id: dict[str, Operation] = {}
        self._places: dict[int, list[tuple[list[str], dict[str, Operation]]]] = {}
        base = document["servers"][0]["url"].rstrip("/")
        aliases = aliases_of(document)
        second: list[Operation] = []
        for path, method, node, item in operations(document):
            taken = list(parameters(document, node, item))
            operation = Operation(
                operation_id=node["operationId"], method=method.upper(), path=base + path, node=node, parameters=taken
            )
            self.by_id[operation.operation_id] = operation
            self._add(operation)
            alias = aliases and _aliased(aliases, path, base, operation)
            if alias:
                second.append(alias)
        for operation in second:  # a path of the contract itself wins
            self._add(operation)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self.by_id.values())

    def find(self, method: str, path: str) -> tuple[Operation | None, dict[str, str]]:
        """Return the operation at a path (without query, still percent-encoded) and the values of its path parameters, decoded.

        None with the parameters left empty if the contract has no such path or no such method there.
        """
        segments = path.split("?", 1)[0].split("/")
        for template, methods in self._places.get(len(segments), ()):
            if method.upper() in methods and _fits(template, segments):
                return methods[method.upper()], _values(template, segments)
        return None, {}

    def methods(self, path: str) -> list[str]:
        """Return the methods that the contract has at a path."""
        segments = path.split("?", 1)[0].split("/")
        fitting = (methods for template, methods in self._places.get(len(segments), ()) if _fits(template, segments))
        return sorted({method for methods in fitting for method in methods})

    def _add(self, operation: Operation) -> None:
        template = operation.path.split("/")
        places = self._places.setdefault(len(template), [])
        for known, methods in places:
            if known == template:
                methods.setdefault(operation.method, operation)
                return
        places.append((template, {operation.method: operation}))
        places.sort(key=lambda place: [part.startswith("{") for part in place[0]])  # literal segments come first


def concrete(template: str, values: Mapping[str, object]) -> str:
    """Return a path template with its parameters filled in, percent-encoded. Raises KeyError for one that is missing."""
    parts = [quote(str(values[part[1:-1]]), safe="") if part.startswith("{") else part for part in template.split("/")]
    return "/".join(parts)


def _aliased(aliases: Aliases, path: str, base: str, operation: Operation) -> Operation | None:
    alias = aliases.of(path)
    if alias is None:
        return None
    name = next(part[1:-1] for part in aliases.prefix.split("/") if part.startswith("{"))
    node = aliases.node(operation.node)
    return msgspec.structs.replace(operation, path=base + alias, node=node, alias=name)


def _fits(template: list[str], segments: list[str]) -> bool:
    return all(
        part == segment or (part.startswith("{") and segment != "")
        for part, segment in zip(template, segments, strict=True)
    )


def _values(template: list[str], segments: list[str]) -> dict[str, str]:
    return {
        part[1:-1]: unquote(segment) for part, segment in zip(template, segments, strict=True) if part.startswith("{")
    }
