"""`create_app`: the only place where Connexion is wired. Everything that a server holds hangs on the `App` that it returns."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import msgspec

from mock_server import contract
from mock_server.contract import Json
from mock_server.pipeline.bodies import DEFAULT_LIMIT
from mock_server.pipeline.connexion_parts import LifespanMiddleware
from mock_server.pipeline.dispatch import Dispatch
from mock_server.pipeline.front import Front
from mock_server.pipeline.operations import compile_operations
from mock_server.pipeline.routing import Routing, connexion_app
from mock_server.world import Sandbox, World

CONTROL_PREFIX = "/_mock/"
APIS = {"studio": "mock_server.studio.api:StudioApi", "control": "mock_server.control.api:ControlApi"}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a server behaves. `check_responses` makes an answer that breaks the contract an error; `body_limit` is in bytes."""

    check_responses: bool = False
    body_limit: int = DEFAULT_LIMIT


class Sandboxes:
    """The sandboxes of a server: one for now."""

    def __init__(self, default: Sandbox) -> None:
        self.default = default

    def of(self, scope: Mapping[str, Any]) -> Sandbox:
        """Return the sandbox that a request is meant for."""
        return self.default


class App:
    """An ASGI application with its documents and sandboxes."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.documents = {name: contract.load(name) for name in APIS}
        self.sandboxes = Sandboxes(Sandbox(world))
        self.apis: dict[str, Any] = {name: _api(APIS[name], document) for name, document in self.documents.items()}
        dispatch = Dispatch(self.sandboxes, settings.check_responses, settings.body_limit)
        dispatch.operations = compile_operations(self.apis, self.documents)
        layers = [Routing, LifespanMiddleware]
        handlers = {name: operation.handler for name, operation in dispatch.operations.items()}
        connexion = connexion_app(dispatch, layers, self.documents, handlers.__getitem__)
        self.apis["control"].app = self
        routed, stack = connexion._build_middleware_stack()
        routing = next(layer for layer in stack if isinstance(layer, Routing))
        self._front = Front(routed, routing, self._api_of)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self._front(scope, receive, send)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox of requests that name none."""
        return self.sandboxes.default

    def _api_of(self, path: str) -> Any:
        return self.apis["control" if f"{path}/".startswith(CONTROL_PREFIX) else "studio"]


def create_app(world: World, settings: Settings | None = None) -> App:
    """Return the application that serves `world`. Two applications in one process share nothing."""
    return App(world, settings or Settings())


def _api(where: str, document: Json) -> Any:
    module, name = where.split(":")
    return getattr(import_module(module), name)(document)
