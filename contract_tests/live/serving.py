"""From arguments to a server that runs until it is interrupted. Every way to fail ends in one line.

Not here: what is done with a request (`proxy`).
"""

import argparse
import signal
import socket
import sys
from typing import Any

import uvicorn

from contract_tests.live.desk import Desk
from contract_tests.live.fallback import Fallback, Person, with_cors
from contract_tests.live.judging import Judge
from contract_tests.live.listening import listening
from contract_tests.live.proxy import Proxy
from contract_tests.live.recorder import Recorder
from contract_tests.live.told import Told
from contract_tests.live.upstream import BadAddress, Upstream, address
from contract_tests.plan import selected
from mock_server import __version__
from mock_server.app import App, Settings, create_app
from mock_server.contract import ContractError
from mock_server.seed import SeedError, starting_world
from mock_server.serve import calm_collector, listen


class CannotRun(Exception):
    """The message says in one line why not, and what would be right."""


def run_proxy(args: argparse.Namespace) -> int:
    """Pass on until interrupted. Returns 0 if nothing broke the contract, 1 if something did, 2 if it could not run."""
    try:
        told, upstream = _told(args), _upstream(args)
        desk = Desk(told.judge, told, _stand_in(args.api, "minimal"), upstream.address)
        listener = _listener(args)
        desk.recorder = recorder = _recorder(args)  # last, for it makes a file anew
    except CannotRun as problem:
        print(f"studio-mock: {problem}", file=sys.stderr)
        return 2
    serve(Proxy(upstream, desk, args.enforce), listener, told, "" if args.quiet else _banner(args, listener, upstream))
    told.close()
    if recorder is not None:
        recorder.close()
    return 1 if told.findings else 0


def run_fallback(args: argparse.Namespace) -> int:
    """Serve from a deployment and a stand-in until interrupted. Returns 0, or 2 if it could not run."""
    try:
        told, upstream = _told(args), _upstream(args)
        desk = Desk(told.judge, told, _stand_in(args.api, args.world), upstream.address)
        chosen = _chosen(args, told.judge)
        person = _person(args, desk.app)
        listener = _listener(args)
    except CannotRun as problem:
        print(f"studio-mock: {problem}", file=sys.stderr)
        return 2
    app = Fallback(upstream, desk, chosen, person, prefers_stand_in=args.prefer == "mock")
    banner = "" if args.quiet else _banner_of_fallback(args, listener, upstream, len(chosen))
    serve(with_cors(app), listener, told, banner)
    told.close()
    return 0


def serve(app: Any, listener: socket.socket, told: Told, banner: str) -> None:
    """Serve until interrupted or terminated, then answer what is under way for a while."""
    calm_collector()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)  # it ends as by Ctrl-C, with a summary
    try:
        _Server(app, told, banner).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)
        listener.close()


class _Server(uvicorn.Server):
    """uvicorn that adds no headers of its own to what is passed on, and says where it listens once it does."""

    def __init__(self, app: Any, told: Told, banner: str) -> None:
        self._banner = banner
        super().__init__(
            uvicorn.Config(
                app,
                http=listening(told),
                log_level="critical",
                access_log=False,
                server_header=False,
                date_header=False,
                ws="none",
                timeout_graceful_shutdown=3,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._banner:
            print(self._banner, flush=True)


def _told(args: argparse.Namespace) -> Told:
    try:
        where = address(args.upstream)
        return Told(Judge(args.api, where.base), quiet=args.quiet)
    except BadAddress as problem:
        raise CannotRun(f"--upstream {args.upstream.partition('://')[0][:20]}…: {problem}") from None
    except ContractError as problem:
        raise CannotRun(str(problem)) from None


def _upstream(args: argparse.Namespace) -> Upstream:
    try:
        return Upstream(address(args.upstream), args.timeout, args.upstream_ca)
    except OSError as problem:  # which errors of TLS are, too
        reason = problem.strerror if problem.filename or problem.errno == 2 else "it has no certificates (PEM)"
        raise CannotRun(f"--upstream-ca {args.upstream_ca} cannot be used: {reason}") from None


def _recorder(args: argparse.Namespace) -> Recorder | None:
    try:
        return Recorder(args.record) if args.record else None
    except OSError as problem:
        raise CannotRun(f"--record {args.record} cannot be written: {problem.strerror}") from None


def _stand_in(api: str, world: str) -> App:
    try:
        return create_app(starting_world(world), Settings(apis=(api,)), world_name=world)
    except (SeedError, ContractError) as problem:
        raise CannotRun(str(problem)) from None


def _chosen(args: argparse.Namespace, judge: Judge) -> frozenset[str]:
    try:
        return frozenset(selected(judge.addresses, args.tags, args.operations))
    except ValueError as problem:
        raise CannotRun(str(problem)) from None


def _person(args: argparse.Namespace, app: App) -> Person:
    try:
        return Person(app, args.api, args.person)
    except LookupError as problem:
        raise CannotRun(f"--as {args.person}: {problem.args[0]}") from None


def _listener(args: argparse.Namespace) -> socket.socket:
    upstream = address(args.upstream)
    if upstream.port == args.port and upstream.host in (args.host, "localhost", "127.0.0.1", "::1"):
        raise CannotRun(f"--upstream {upstream.url} is where this listens itself; choose another --port")
    try:
        return listen(args.host, args.port)
    except OSError as problem:
        where = f"{args.host}:{args.port}"
        raise CannotRun(
            f"cannot listen on {where}: {problem.strerror or problem}; choose another with --port"
        ) from None


def _banner(args: argparse.Namespace, listener: socket.socket, upstream: Upstream) -> str:
    url = _url(listener)
    broken = "; what breaks it is not passed on" if args.enforce else ""
    lines = [
        f"studio-mock {__version__} passes {url} on to {upstream.address.url} and judges both directions by the contract "
        f'"{args.api}"{broken}',
        f"  console    {url}/_mock/",
    ]
    if args.record:
        lines.append(f"  recording  {args.record}, secrets hidden")
    return "\n".join(lines)


def _banner_of_fallback(args: argparse.Namespace, listener: socket.socket, upstream: Upstream, count: int) -> str:
    url, first = _url(listener), "the stand-in first" if args.prefer == "mock" else "the deployment first"
    return "\n".join(
        [
            f"studio-mock {__version__} serves {url} from {upstream.address.url} and from a stand-in, {first}",
            f"  console    {url}/_mock/",
            f'  stand-in   {count} operations of the contract "{args.api}", world "{args.world}"',
        ]
    )


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
