"""`studio-mock serve`: load the world, wire the application, listen, and say how to use it."""

import argparse
import asyncio
import gc
import socket
import sys
from typing import TYPE_CHECKING, Any

import uvicorn

from mock_server import __version__
from mock_server.app import App, Settings, create_app
from mock_server.contract import ContractError
from mock_server.journal.keeping import Bounds, Shelf
from mock_server.seed import SeedError, starting_world
from mock_server.state_errors import StateError
from mock_server.studio import tokens
from mock_server.studio.domain import accounts
from mock_server.studio.rows import Project, User
from mock_server.world import Tx

if TYPE_CHECKING:
    from mock_server import tls
    from mock_server.state import StateFolder

PEOPLE_SHOWN = 12


def serve(args: argparse.Namespace) -> int:
    """Serve until interrupted. Returns 0, or 2 with one clear line if it cannot."""
    state: StateFolder | None = None
    try:
        apis = Settings().apis if args.api is None else args.api
        settings = Settings(
            check_responses=args.check_responses,
            magic_values=not args.no_magic,
            body_limit=args.body_limit,
            apis=apis,
            webhook_hosts=tuple(args.allow_webhook),
            auto_sandbox=args.auto_sandbox,
            control_token=args.control_token,
            https_only=args.https_only,
            journal=Bounds(entries=args.journal),
        )
        state = _state(args, settings)
        args.world = args.world or (state.world_name if state else None) or "demo"
        world = (state.beginning if state else None) or starting_world(args.world, seed=args.seed)
        app = create_app(world, settings, state, args.world)
        certificates = _certificates(args)
        listener = listen(args.host, args.port)
    except (SeedError, ContractError, CannotWrite, StateError) as error:
        return _failed(str(error))
    except OSError as error:
        return _failed(
            f"cannot listen on {args.host}:{args.port}: {error.strerror or error}; choose another with --port"
        )
    calm_collector()
    for line in state.told if state else ():
        print(f"studio-mock: {line}", file=sys.stderr)
    Server(app, listener, args, certificates).run(sockets=[listener])
    if state:
        state.close()
    return 0


def _state(args: argparse.Namespace, settings: Settings) -> "StateFolder | None":
    """Return the state folder of the arguments, None if they name none. Raises StateError, also for one of another world."""
    if args.state is None:
        return None
    from mock_server.state import StateFolder

    state = StateFolder(args.state, Shelf(settings.journal))
    if args.world and state.world_name and args.world != state.world_name:
        told = f"began with the world {state.world_name}, not with {args.world}; leave --world out or choose another folder"
        raise StateError(f"the state in {args.state} {told}")
    return state


class CannotWrite(Exception):
    """The file for the authority cannot be written."""


def _certificates(args: argparse.Namespace) -> "tls.Certificates | None":
    """Return the certificates of this run, None without TLS. Raises CannotWrite."""
    if not (args.tls or args.tls_ca or args.tls_name):
        return None
    from mock_server import tls  # those who do without start sooner

    made = tls.make([*args.tls_name, *([] if args.host in ("0.0.0.0", "::") else [args.host])])
    if args.tls_ca is not None:
        try:
            args.tls_ca.write_bytes(made.authority)
        except OSError as error:
            raise CannotWrite(f"{args.tls_ca} cannot be written: {error.strerror}") from None
    return made


def listen(host: str, port: int) -> socket.socket:
    """Return a socket bound to host and port. Raises OSError.

    It says that it is of TCP: by this asyncio knows to send what is small at once, and not 40 ms later.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    return listener


def calm_collector() -> None:
    """Keep the garbage collector away from what was loaded: walking it was where tails of 40 ms and more came from."""
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
    gc.enable()  # the command line has switched it off for the start


class Server(uvicorn.Server):
    """uvicorn that says how to use the stand-in once it listens, and speaks TLS beside plain HTTP if it has certificates."""

    def __init__(
        self,
        app: App,
        listener: socket.socket,
        args: argparse.Namespace,
        certificates: "tls.Certificates | None" = None,
    ) -> None:
        host, port = listener.getsockname()[:2]
        self.app, self.args, self.certificates = app, args, certificates
        self.base_url = f"{'https' if certificates else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"
        super().__init__(
            uvicorn.Config(
                app,
                log_level="warning",
                access_log=False,
                server_header=False,
                headers=[("server", f"studio-mock/{__version__}")],
                timeout_graceful_shutdown=3,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, then print the banner from a task of its own: requests are served meanwhile."""
        await super().startup([] if self.certificates else sockets)
        if self.certificates:
            self._open_doors(sockets or [], self.certificates)
        if self.args.reload:
            self._watch()
        if not self.args.quiet:
            self._banner = asyncio.get_running_loop().run_in_executor(None, self._say)

    def _watch(self) -> None:
        from mock_server.reloading.reloader import Reloader
        from mock_server.reloading.watching import watch

        self._ended = asyncio.Event()
        reloader = Reloader(self.app, self.args.world, self.args.seed)
        self._watching = asyncio.get_running_loop().create_task(watch(reloader, self._ended, self.args.quiet))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop to watch and to let requests wait, then to serve."""
        self.app.sleeper.wake_all()
        if self.args.reload:
            self._ended.set()
        await super().shutdown(sockets)

    def _open_doors(self, sockets: list[socket.socket], certificates: "tls.Certificates") -> None:
        from mock_server.door import Door
        from mock_server.tls import context

        secured = context(certificates)

        def create_protocol() -> asyncio.Protocol:
            kind: Any = self.config.http_protocol_class
            protocol: asyncio.Protocol = kind(
                config=self.config, server_state=self.server_state, app_state=self.lifespan.state
            )
            return protocol

        self.servers: list[Any] = [Door(listener, create_protocol, secured) for listener in sockets]

    def _say(self) -> None:
        print(banner(self.app, self.base_url, self.args.world) + self._trust(), flush=True)

    def _trust(self) -> str:
        """Return how clients come to trust the certificate."""
        if self.certificates is None:
            return ""
        path = self.args.tls_ca
        if path is None:
            told = "TLS: clients have to trust this authority, which is good until the server ends"
            return f"\n{told}:\n{self.certificates.authority.decode()}"
        return f"""
TLS: clients have to trust the authority in {path}, which is good until the server ends:
  curl --cacert {path} {self.base_url}/_mock/health
  export SSL_CERT_FILE={path} REQUESTS_CA_BUNDLE={path} NODE_EXTRA_CA_CERTS={path}
"""


def banner(app: App, base_url: str, world_name: str) -> str:
    """Return what a user needs for the first minute: where, and for each API who, a token, requests that work."""
    tx = Tx(app.sandbox.world)
    told = [api.welcome(tx, base_url) for api in app.apis.values() if hasattr(api, "welcome")]
    studio = _studio(tx, base_url) if "studio" in app.apis else ""
    return f"""studio-mock {__version__} serves the world "{world_name}" at {base_url}
  console    {base_url}/_mock/
  contract   {base_url}/_mock/docs
{studio}{"".join(told)}"""


def _studio(tx: Tx, base_url: str) -> str:
    if not tx.ids(User):
        return ""
    people = [_person(tx, user) for user in tx.page(User, tx.ids(User), 0, PEOPLE_SHOWN)]
    more = len(tx.ids(User)) - len(people)
    owner = tx.first(User, is_superuser=True) or next(tx.rows(User))
    token = tokens.issue(owner.id, tx.now, f"ready-{tx.world.seed}-{int(tx.now.timestamp())}")
    project = tx.ids(Project).first()
    return f"""
Who can log in (password of the demo people: studio-mock):
{chr(10).join(people)}{f"{chr(10)}  … and {more} more" if more else ""}

A token of {owner.email}, valid for 14 days:
  export TOKEN={token}

Try:
  curl -s "{base_url}/auth/status" -H "Authorization: Bearer $TOKEN"
  curl -s "{base_url}/projects/{project}/documents?details=segments,tags&limit=3" -H "Authorization: Bearer $TOKEN"
  curl -s "{base_url}/projects" -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
       -d '{{"name": "My first project", "type": "CLASSLABEL"}}'
"""


def _person(tx: Tx, user: User) -> str:
    told = ", ".join(accounts.roles_in_words(tx, user)) or "no workspace"
    return f"  {user.email:<28} {user.display_name:<22} {told}"


def _failed(message: str) -> int:
    print(f"studio-mock: {message}", file=sys.stderr)
    return 2
