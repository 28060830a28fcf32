"""The only way out: every request of a run, whoever sends it, passes the guard, the budget and the brakes, and is recorded.

`requests` asks its session for an adapter; during a run every session gets this one. Below it lies what really carries a request:
the application in process (`mock_server.testing.in_process`), or the adapter of `requests` to the net.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol
from urllib.parse import urlsplit

import msgspec
from requests import PreparedRequest, RequestException, Response, Session
from requests.adapters import BaseAdapter

from contract_tests.addresses import Addresses, Operation
from contract_tests.brakes import Brakes, Stop
from contract_tests.guard import Blocked, Guard


class Renewal(Protocol):
    """What signs in again, see `accounts`."""

    def dress(self, request: PreparedRequest) -> str | None: ...
    def renewed(self, first: str | None, label: str, response: Response) -> bool: ...
    def worked(self, label: str) -> None: ...


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A request that has left and its answer. `number` counts from 1, `operation` is None for what the contract does not have,
    `values` are the path parameters as sent, `phase` is who asked, `elapsed` is in seconds."""

    number: int
    phase: str
    operation: Operation | None
    values: dict[str, str]
    request: PreparedRequest
    response: Response
    elapsed: float


Listener = Callable[[Exchange], None]


class Wire(BaseAdapter):
    """Carries the requests of one target. Raises Blocked for what may not leave, and `brakes.Stop` when the run has to end.

    `sent` and `blocked` count by phase; `listeners` are told of every exchange, in order; `phase` says who asks.
    """

    def __init__(self, base_url: str, addresses: Addresses, guard: Guard, inner: BaseAdapter, brakes: Brakes) -> None:
        super().__init__()
        self.base_url, self.addresses, self.guard, self.inner, self.brakes = base_url, addresses, guard, inner, brakes
        self.listeners: list[Listener] = []
        self.blocked_listeners: list[Callable[[Blocked], None]] = []
        self.renewal: Renewal | None = None
        self.phase = ""
        self.sent: Counter[str] = Counter()
        self.blocked: Counter[str] = Counter()

    @property
    def requests(self) -> int:
        """How many requests have left."""
        return self.sent.total()

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Send a request if it may leave, and return its answer."""
        operation, values = self._addressed(request)
        reason = self.guard.reason(request, operation, values)
        if reason is not None:
            self.blocked[reason] += 1
            problem = Blocked(request, operation, reason)
            for told in self.blocked_listeners:
                told(problem)
            raise problem
        began = time.perf_counter()
        try:
            response = self._carried(request, operation, *args, **kwargs)
        except Stop:
            raise
        except BaseException:
            self.guard.lose(operation)
            raise
        self.sent[self.phase] += 1
        exchange = Exchange(
            number=self.requests,
            phase=self.phase,
            operation=operation,
            values=values,
            request=request,
            response=response,
            elapsed=time.perf_counter() - began,
        )
        self._tell(exchange)
        return response

    def close(self) -> None:
        """End what lies below."""
        self.inner.close()

    @contextmanager
    def asking(self, phase: str) -> Iterator[None]:
        """Say who asks for as long as the block lasts."""
        before, self.phase = self.phase, phase
        try:
            yield
        finally:
            self.phase = before

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Tell a listener of every exchange for as long as the block lasts."""
        self.listeners.append(listener)
        try:
            yield
        finally:
            self.listeners.remove(listener)

    @contextmanager
    def keeping_back(self, listener: Callable[[Blocked], None]) -> Iterator[None]:
        """Tell a listener of every request that is kept back, for as long as the block lasts."""
        self.blocked_listeners.append(listener)
        try:
            yield
        finally:
            self.blocked_listeners.remove(listener)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Make this the adapter of every session of `requests` in the process for as long as the block lasts.

        Sessions that begin meanwhile read neither the environment nor .netrc: proxies and certificates are for what lies below to know.
        """
        begin, find = Session.__init__, Session.get_adapter

        def get_adapter(session: Session, url: Any) -> BaseAdapter:
            own = find(session, url)
            return own if isinstance(own, Wire) else self

        def __init__(session: Session) -> None:
            begin(session)
            session.trust_env = False

        Session.get_adapter, Session.__init__ = get_adapter, __init__  # type: ignore[method-assign, assignment]
        try:
            yield
        finally:
            Session.get_adapter, Session.__init__ = find, begin  # type: ignore[method-assign]

    def _tell(self, exchange: Exchange) -> None:
        """Write down what was created and tell those who listen. Raises Stop if that cannot be written: then nothing more may be sent."""
        try:
            self.guard.learn(exchange)
            for listener in self.listeners:
                listener(exchange)
        except RequestException:
            raise
        except Stop as stop:
            self.brakes.stopped = stop
            raise
        except OSError as error:
            raise self.brakes.stop(
                f"{error.filename or 'What was found'} cannot be written: {error.strerror or error}"
            ) from None

    def _carried(self, request: PreparedRequest, operation: Operation | None, *args: Any, **kwargs: Any) -> Response:
        """Send a request that may leave; once more if the token has expired and there is a new one."""
        if self.renewal is None:
            return self.brakes.send(self.inner, request, *args, **kwargs)
        label = operation.label if operation else ""
        first = self.renewal.dress(request)
        response = self.brakes.send(self.inner, request, *args, **kwargs)
        try:
            if self.renewal.renewed(first, label, response):
                self.renewal.dress(request)
                response = self.brakes.send(self.inner, request, *args, **kwargs)
                if response.status_code != 401:
                    self.renewal.worked(label)
        except Stop as stop:
            self.brakes.stopped = stop
            raise
        return response

    def _addressed(self, request: PreparedRequest) -> tuple[Operation | None, dict[str, str]]:
        url = request.url or ""
        if not url.startswith(self.base_url):
            return None, {}
        path = url[len(self.base_url) :].split("#", 1)[0]
        return self.addresses.find(request.method or "", path if path.startswith("/") else f"/{path}")


def session(wire: BaseAdapter) -> Session:
    """Return a session that sends over the wire alone, keeps no cookies and reads neither environment nor .netrc."""
    made = Session()
    made.trust_env = False
    made.headers = {"User-Agent": "studio-mock"}  # type: ignore[assignment]
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.mount("http://", wire)
    made.mount("https://", wire)
    return made


def host_of(url: str) -> str:
    """Return the host of a URL, in lower case."""
    return (urlsplit(url).hostname or "").lower()
