"""`create_app`: the only place where Connexion is wired. Everything that a server holds hangs on the `App` that it returns."""

from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from mock_server import contract
from mock_server.contract import ContractError, Json
from mock_server.control.guard import Guard
from mock_server.faults.waiting import Sleeper
from mock_server.journal.keeping import Bounds, Shelf
from mock_server.pipeline.bodies import DEFAULT_LIMIT
from mock_server.pipeline.connexion_parts import LifespanMiddleware
from mock_server.pipeline.dispatch import Dispatch
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.front import Front
from mock_server.pipeline.learned import lessons_of
from mock_server.pipeline.operations import compile_operations
from mock_server.pipeline.reply import Reply
from mock_server.pipeline.routing import Routing, connexion_app
from mock_server.sandboxes import Sandboxes, ServedSandbox
from mock_server.webhooks import PAUSES, TIMEOUT, Deliverer
from mock_server.world import World
from mock_server.world.world import NEVER

if TYPE_CHECKING:
    from mock_server.state import StateFolder

APIS = {
    "studio": "mock_server.studio.api:StudioApi",
    "label_studio": "mock_server.label_studio.api:LabelStudioApi",
    "blue_guardrails": "mock_server.blue_guardrails.api:BlueGuardrailsApi",
}
CONTROL = {"control": "mock_server.control.api:ControlApi"}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a server behaves. `check_responses` makes an answer that breaks the contract an error; `body_limit` is in bytes,
    `apis` are the names of the APIs that are served; `/_mock` always is. `webhook_hosts` are the hosts beside
    loopback that webhooks may call, `webhook_timeout` and `webhook_pauses` (before calling again) are seconds;
    `journal` says how much is kept of what was asked and answered; with `auto_sandbox` a sandbox is made when a request names it;
    `magic_values` in bodies (see `mock_server.faults.magic`) bring errors about; with a
    `control_token` the control API needs it, without it answers this machine only; `https_only` refuses what comes without TLS."""

    check_responses: bool = False
    magic_values: bool = True
    control_token: str | None = None
    https_only: bool = False
    body_limit: int = DEFAULT_LIMIT
    webhook_hosts: tuple[str, ...] = ()
    webhook_timeout: float = TIMEOUT
    webhook_pauses: tuple[float, ...] = PAUSES
    apis: tuple[str, ...] = tuple(APIS)
    journal: Bounds = Bounds()
    auto_sandbox: bool = False


class App:
    """An ASGI application with its documents and sandboxes."""

    def __init__(
        self, world: World, settings: Settings, state: "StateFolder | None" = None, world_name: str = ""
    ) -> None:
        self.settings = settings
        self.worlds: dict[str, World] = {}  # by name, those that sandboxes have begun with
        default = ServedSandbox(world, state.shelf if state else Shelf(settings.journal))
        self.sandboxes = (
            state.sandboxes(default, world_name, settings.auto_sandbox)
            if state
            else Sandboxes(default, settings.auto_sandbox)
        )
        self.webhooks = Deliverer(
            self.sandboxes, settings.webhook_hosts, settings.webhook_timeout, settings.webhook_pauses
        )
        self.sleeper = Sleeper()
        self.load()
        if state or world.next_due < NEVER:
            self.know_jobs()

    def load(self, check: Callable[[dict[str, Json]], None] | None = None) -> None:
        """Read the contract and compile what serves it, at the start or anew; what goes on is served by the old one to its end.

        `check` sees the documents first. Raises ContractError, what `check` raises, and whatever the modules of handlers raise that
        cannot be imported; then nothing has changed.
        """
        settings, wheres = self.settings, {**picked(self.settings.apis), **CONTROL}
        documents = {name: contract.load(name) for name in wheres}
        if check is not None:
            check(documents)
        apis: dict[str, Any] = {name: _api(where, documents[name]) for name, where in wheres.items()}
        apis["control"].app = self
        dispatch = Dispatch(settings.check_responses, settings.body_limit, settings.magic_values)
        dispatch.sleep = self.sleeper.sleep
        dispatch.operations = compile_operations(apis, documents)
        handlers = {name: operation.handler for name, operation in dispatch.operations.items()}
        connexion = connexion_app(dispatch, [Routing, LifespanMiddleware], documents, handlers.__getitem__)
        routed, stack = connexion._build_middleware_stack()
        routing = next(layer for layer in stack if isinstance(layer, Routing))
        guard = Guard(settings.control_token)
        self.documents, self.apis, self.operations, self.dispatch = documents, apis, dispatch.operations, dispatch
        self._begins_with = {segment: name for name, document in documents.items() for segment in _firsts(document)}
        self._errors = {name: lessons_of({}, document) for name, document in documents.items()}
        self._front = Front(routed, routing, self._refuse, self.sandboxes, guard, settings.https_only)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._front(scope, receive, send)

    async def _live(self, receive: Any, send: Any) -> None:
        """Deliver webhooks from the start of a server to its end, and not where an application is only called."""
        assert (await receive())["type"] == "lifespan.startup"
        self.webhooks.start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.webhooks.stop()
        await send({"type": "lifespan.shutdown.complete"})

    @property
    def sandbox(self) -> ServedSandbox:
        """The sandbox of requests that name none."""
        return self.sandboxes.default

    def know_jobs(self) -> None:
        """Load what ends the jobs of APIs that are not served: a world may come with some that have not ended yet."""
        for name in APIS.keys() - set(self.settings.apis):
            document = contract.load(name)
            api = _api(APIS[name], document)
            for _, _, operation, _ in contract.operations(document):
                api.handler(operation)

    def _refuse(self, path: str, refusal: Refused) -> Reply:
        """Refuse what no operation was found for, as the API does that the path was meant for: by how it begins, else the first of them."""
        name = self._begins_with.get(path.lstrip("/").split("/", 1)[0], next(iter(self.apis)))
        reply: Reply = self.apis[name].refuse(refusal)
        lessons = self._errors[name]
        return reply if lessons is None else lessons.refused(reply)


def create_app(
    world: World, settings: Settings | None = None, state: "StateFolder | None" = None, world_name: str = ""
) -> App:
    """Return the application that serves `world`. Two applications in one process share nothing.

    With a state folder the sandboxes are those in it; `world_name` is what the world of a new folder is called there.
    Raises ContractError, StateError.
    """
    return App(world, settings or Settings(), state, world_name)


def picked(names: Sequence[str]) -> dict[str, str]:
    """Return the modules and classes of the APIs with these names. Raises ContractError for one that there is not, and for none."""
    unknown = [name for name in names if name not in APIS]
    if unknown or not names:
        what = f"there is no API {', '.join(unknown)}" if unknown else "there is no API to serve"
        raise ContractError(f"{what}; there are {', '.join(APIS)}")
    return {name: where for name, where in APIS.items() if name in names}


def _firsts(document: Json) -> set[str]:
    """Return the first segments of all paths of a document."""
    base = document["servers"][0]["url"].rstrip("/")
    return {f"{base}{path}".split("/", 2)[1] for path in document["paths"]}


def _api(where: str, document: Json) -> Any:
    module, name = where.split(":")
    return getattr(import_module(module), name)(document)
