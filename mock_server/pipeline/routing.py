"""Connexion reads the contract and resolves each operationId; requests are matched by a tree of path segments.

Connexion's own router tries one regular expression after the other; with a hundred paths that is most of a request's time.
Its `RoutingMiddleware` stays in charge of the specifications, the resolver and what it writes into the ASGI scope.
"""

from typing import Any
from urllib.parse import unquote_to_bytes

from mock_server.contract import METHODS, Json
from mock_server.pipeline.aliases import END, FIELD, aliases_of
from mock_server.pipeline.connexion_parts import (
    API,
    ROUTING_CONTEXT,
    ConnexionMiddleware,
    OpenAPISpecification,
    Resolver,
    RoutingAPI,
    RoutingMiddleware,
)
from mock_server.pipeline.errors import method_not_allowed, no_such_path


class Node:
    """A segment of a path: what may follow literally, what follows as a parameter, and the operations that end here."""

    __slots__ = ("children", "operations", "parameter")

    def __init__(self) -> None:
        self.children: dict[str, Node] = {}
        self.parameter: Node | None = None
        self.operations: dict[str, tuple[str, tuple[str, ...]]] = {}  # method → operationId, names of the parameters

    def add(self, path: str, method: str, operation_id: str, is_alias: bool = False) -> None:
        """Add an operation under a templated path; a slash at its end is part of it, an empty last segment.

        An alias gives way to whatever else is at its path, before it or after it.
        """
        node, names = self, []
        for segment in path[1:].split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or Node()
                node = node.parameter
            else:
                node = node.children.setdefault(segment, Node())
        if is_alias:
            node.operations.setdefault(method, (operation_id, tuple(names)))
        else:
            node.operations[method] = (operation_id, tuple(names))

    def find(self, segments: list[str], at: int, values: list[str]) -> "Node | None":
        """Return the node of a path, literal segments first; the values of its parameters are left in `values`."""
        if at == len(segments):
            return self if self.operations else None
        segment = segments[at]
        child = self.children.get(segment)
        if child is not None:
            found = child.find(segments, at + 1, values)
            if found is not None:
                return found
        if self.parameter is not None and segment:
            values.append(segment)
            found = self.parameter.find(segments, at + 1, values)
            if found is not None:
                return found
            values.pop()
        return None


class TreeAPI(RoutingAPI):  # type: ignore[misc]
    """Connexion's routing of one document; its operations go into the tree."""

    def __init__(self, *args: Any, tree: Node, **kwargs: Any) -> None:
        self.tree = tree
        self.aliases = aliases_of(args[0])
        super().__init__(*args, **kwargs)

    @staticmethod
    def _framework_path_and_name(operation: Any, path: str) -> tuple[str, str]:
        return path, path

    def _add_operation_internal(self, method: str, path: str, operation: Any, name: str | None = None) -> None:
        self.tree.add(self.base_path + path, method.upper(), operation.operation_id)
        alias = self.aliases.of(path) if self.aliases else None
        if alias is not None:
            self.tree.add(self.base_path + alias, method.upper(), operation.operation_id + END, is_alias=True)


class Routing(RoutingMiddleware):  # type: ignore[misc]
    """Finds the operation of a request and leaves its id and path parameters in the scope. Raises Refused (404, 405)."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self.tree = Node()

    def add_api(self, specification: Any, base_path: str | None = None, **kwargs: Any) -> None:
        TreeAPI(specification, base_path=base_path, next_app=self.app, tree=self.tree, **kwargs)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        values: list[str] = []
        node = self.tree.find(scope["path"][1:].split("/"), 0, values)
        if node is None:
            node, values = self._by_raw_path(scope)
        try:
            operation_id, names = node.operations[scope["method"]]
        except KeyError:
            raise method_not_allowed(scope["method"], sorted({*node.operations, "OPTIONS"})) from None
        scope["path_params"] = dict(zip(names, values, strict=True))
        scope.setdefault("extensions", {})[ROUTING_CONTEXT] = {"operation_id": operation_id}
        await self.app(scope, receive, send)

    def allowed(self, path: str) -> list[str]:
        """Return the methods of a path. Raises Refused (404)."""
        node = self.tree.find(path[1:].split("/"), 0, [])
        if node is None:
            raise no_such_path(path[:200])
        return sorted({*node.operations, "OPTIONS"})

    def _by_raw_path(self, scope: Any) -> tuple[Node, list[str]]:
        """Try again with an encoded slash (`%2F`) kept inside its segment."""
        raw = scope.get("raw_path") or b""
        values: list[str] = []
        segments = [unquote_to_bytes(part).decode("utf-8", "replace") for part in raw[1:].split(b"/")]
        node = self.tree.find(segments, 0, values) if b"%" in raw else None
        if node is None:
            raise no_such_path(scope["path"][:200])
        return node, values


class TrustedSpecification(OpenAPISpecification):  # type: ignore[misc]
    """A document that `studio-mock spec lint` has checked: Connexion need not validate it again at each start."""

    @classmethod
    def _validate_spec(cls, spec: Json) -> None:
        return None


def skeleton(document: Json, prefix: str) -> Json:
    """Return what Connexion needs of a document to route it: paths, methods, operationIds (as `prefix.operationId`) and aliases."""
    paths = {
        path: {
            method: {
                "operationId": f"{prefix}.{item[method]['operationId']}",
                "responses": {"default": {"description": ""}},
            }
            for method in METHODS
            if method in item
        }
        for path, item in document["paths"].items()
    }
    return {
        "openapi": "3.0.3",
        "info": {"title": prefix, "version": "1"},
        "paths": paths,
        FIELD: document.get(FIELD),
    }


def connexion_app(app: Any, middlewares: list[Any], documents: dict[str, Json], resolve: Any) -> Any:
    """Return Connexion around `app`, with these layers and documents; `resolve` maps an operationId to its function."""
    connexion = ConnexionMiddleware(app, middlewares=middlewares)
    for name, document in documents.items():
        base = document["servers"][0]["url"].rstrip("/")
        specification = TrustedSpecification(skeleton(document, name))
        connexion.apis.append(API(specification, base_path=base, resolver=Resolver(resolve)))
    return connexion
