"""Deployments for tests: applications and rude servers on loopback, and proxies before them."""

import contextlib
import io
import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import httpx

from contract_tests.live.desk import Desk
from contract_tests.live.fallback import Fallback, Person, with_cors
from contract_tests.live.judging import Judge
from contract_tests.live.proxy import Proxy
from contract_tests.live.recorder import Recorder
from contract_tests.live.told import Told
from contract_tests.live.upstream import Upstream, address
from mock_server.app import App, Settings, create_app
from mock_server.seed import starting_world
from mock_server.testing.server import ServerThread


@lru_cache
def judge() -> Judge:
    return Judge("studio")


def stand_in() -> App:
    return create_app(starting_world("minimal"), Settings(apis=("studio",)))


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an ASGI application and yield where it is."""
    server = ServerThread(app)
    server.start()
    try:
        yield server.url
    finally:
        server.stop()


@contextmanager
def rude(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve connections, one after the other, by a function that speaks on the socket as it likes."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with contextlib.suppress(OSError), connection:
                talk(connection)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)
        assert not thread.is_alive()


def reset(connection: socket.socket) -> None:
    """Close a connection with a reset."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def free_url() -> str:
    """Where nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


class Passing:
    """A proxy that runs. `client` sends to it; `lines` are what it has said so far."""

    def __init__(self, url: str, told: Told, out: io.StringIO, upstream: Upstream) -> None:
        self.url, self.told, self._out, self.upstream = url, told, out, upstream
        self.client = httpx.Client(base_url=url, timeout=60, trust_env=False)

    def settle(self) -> None:
        """Return when what was asked before is judged and told."""
        self.client.get("/_mock/health")
        self.told.flush()

    @property
    def lines(self) -> list[str]:
        self.settle()
        return self._out.getvalue().splitlines()

    @property
    def findings(self) -> int:
        """How often the contract was broken so far."""
        self.settle()
        return self.told.findings.total()

    @property
    def summary(self) -> str:
        self.settle()
        return self.told.summary()

    def journal(self) -> list[dict[str, Any]]:
        """The entries of the journal, newest first, each in full."""
        listed = self.client.get("/_mock/journal").json()["exchanges"]
        return [self.client.get(f"/_mock/journal/{one['id']}").json() for one in listed]


@contextmanager
def proxying(
    url: str, enforce: bool = False, record: Path | None = None, timeout: float = 30.0, ca: Path | None = None
) -> Iterator[Passing]:
    """Run a proxy before a deployment."""
    out = io.StringIO()
    told = Told(judge(), out)
    upstream = Upstream(address(url), timeout, ca)
    recorder = Recorder(record) if record else None
    proxy = Proxy(upstream, Desk(judge(), told, stand_in(), upstream.address, recorder), enforce)
    with serving(proxy) as own:
        passing = Passing(own, told, out, upstream)
        try:
            yield passing
        finally:
            passing.client.close()
    told.close()
    if recorder:
        recorder.close()


@contextmanager
def falling_back(
    url: str, chosen: Iterable[str] = (), prefers_stand_in: bool = False, email: str | None = None
) -> Iterator[Passing]:
    """Run a fallback before a deployment, with the demo world behind it."""
    out = io.StringIO()
    told = Told(judge(), out)
    upstream = Upstream(address(url), 30.0)
    app = create_app(starting_world("demo"), Settings(apis=("studio",)))
    names = frozenset(chosen or judge().addresses.by_id)
    desk = Desk(judge(), told, app, upstream.address)
    fallback = Fallback(upstream, desk, names, Person(app, "studio", email), prefers_stand_in)
    with serving(with_cors(fallback)) as own:
        passing = Passing(own, told, out, upstream)
        try:
            yield passing
        finally:
            passing.client.close()
    told.close()
