"""How much and how fast a run may ask: budget, rate, pauses it is told to make, time-outs, the size of an answer; and when to give up.

Not here: what may be asked (`guard`).
"""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec
import requests
from requests.adapters import BaseAdapter

MIB = 1024 * 1024
BUSY = (429, 503)


class Stop(Exception):
    """The run has to end. `spent` is true if it has merely used up its budget, which is no trouble."""

    def __init__(self, message: str, spent: bool = False) -> None:
        super().__init__(message)
        self.spent = spent


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """`budget` is the most requests, `rate` the most a second; None for as many as there are. `timeout` is seconds until an answer
    begins and between its parts, `patience` the most seconds to wait when told to, `largest` the most bytes of an answer,
    `failures` how many requests in a row may fail."""

    budget: int | None = None
    rate: float | None = None
    timeout: float = 30.0
    patience: float = 60.0
    largest: int = 16 * MIB
    failures: int | None = 10


IN_PROCESS = Limits(failures=None, patience=0.0)


class Brakes:
    """Sends requests one by one within limits. `stopped` is why no more are sent, None as long as they are."""

    def __init__(
        self,
        limits: Limits,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits, self._sleep, self._clock = limits, sleep, clock
        self.stopped: Stop | None = None
        self.sent = 0
        self._next = 0.0
        self._failed = 0

    def send(
        self, inner: BaseAdapter, request: requests.PreparedRequest, *args: Any, **kwargs: Any
    ) -> requests.Response:
        """Return the answer, with its body. Raises Stop, and the errors of `requests` for a request without an answer."""
        waited = 0.0
        while True:
            self._may_go_on()
            response = self._once(inner, request, **kwargs)
            pause = self._told_to_wait(response)
            if pause is None or self.limits.patience <= 0:
                return response
            waited += pause
            if waited > self.limits.patience:
                raise self.stop(
                    f"The target asks to wait {pause:.0f} s (Retry-After); that is longer than this run waits"
                )
            self._sleep(pause)

    def _may_go_on(self) -> None:
        if self.stopped is not None:
            raise self.stopped
        if self.limits.budget is not None and self.sent >= self.limits.budget:
            raise self.stop(f"The budget of {self.limits.budget} requests is spent", spent=True)
        if self.limits.rate:
            now = self._clock()
            if now < self._next:
                self._sleep(self._next - now)
            self._next = max(now, self._next) + 1 / self.limits.rate
        self.sent += 1

    def _once(self, inner: BaseAdapter, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        try:
            response = inner.send(request, **{**kwargs, "stream": True, "timeout": self.limits.timeout})
            self._read(response)
        except requests.RequestException as error:
            self._count_failure(explained(error, request))
            raise
        if response.status_code >= 500:
            self._count_failure(f"{request.method} {plain(request.url)} answered {response.status_code}")
        else:
            self._failed = 0
        self._refuse_other_host(request, response)
        return response

    def _read(self, response: requests.Response) -> None:
        if getattr(response, "_content_consumed", False):
            return
        parts, size, largest = [], 0, self.limits.largest
        began = self._clock()
        for part in response.iter_content(64 * 1024):
            parts.append(part)
            size += len(part)
            if size > largest:
                response.close()
                raise self.stop(
                    f"{plain(response.url)} answers with more than {largest // MIB} MiB; that is not read to its end"
                )
            if self._clock() - began > self.limits.timeout * 2:
                response.close()
                raise self.stop(
                    f"The answer of {plain(response.url)} has not ended after {self.limits.timeout * 2:.0f} s"
                )
        response._content = b"".join(parts)

    def _told_to_wait(self, response: requests.Response) -> float | None:
        if response.status_code not in BUSY:
            return None
        try:
            return max(0.0, float(response.headers["Retry-After"]))
        except (KeyError, ValueError):
            return None

    def _count_failure(self, what: str) -> None:
        self._failed += 1
        if self.limits.failures is not None and self._failed >= self.limits.failures:
            raise self.stop(f"The target has failed {self._failed} times in a row, last: {what}")

    def _refuse_other_host(self, request: requests.PreparedRequest, response: requests.Response) -> None:
        place = response.headers.get("Location")
        if response.is_redirect and place and other_host(request.url or "", urljoin(request.url or "", place)):
            raise self.stop(
                f"{plain(request.url)} redirects to {plain(urljoin(request.url or '', place))}; "
                "no other host is asked, and none gets the credentials: give that address as --url if it is meant"
            )

    def stop(self, message: str, spent: bool = False) -> Stop:
        """Let nothing more be sent, and return what says why."""
        self.stopped = Stop(message, spent)
        return self.stopped


def other_host(one: str, other: str) -> bool:
    """Whether two addresses are of different hosts, ports or schemes."""
    return _origin(one) != _origin(other)


def plain(url: Any) -> str:
    """Return an address without its query, which may hold anything."""
    return str(url or "").split("?", 1)[0][:200]


def explained(error: requests.RequestException, request: requests.PreparedRequest) -> str:
    """Return one line about a request that got no answer."""
    where = f"{request.method} {plain(request.url)}"
    if isinstance(error, requests.exceptions.SSLError):
        return f"{where}: the TLS certificate is not accepted or the server speaks no TLS ({_reason(error)})"
    if isinstance(error, requests.Timeout):
        return f"{where}: no answer in time"
    if isinstance(error, requests.ConnectionError):
        return f"{where}: the connection failed ({_reason(error)})"
    return f"{where}: {type(error).__name__}"


def _reason(error: BaseException) -> str:
    inner: Any = error
    while (getattr(inner, "reason", None) is not None and isinstance(inner.reason, BaseException)) or (
        inner.args and isinstance(inner.args[0], BaseException)
    ):
        inner = inner.reason if isinstance(getattr(inner, "reason", None), BaseException) else inner.args[0]
    told = inner.args[-1] if inner.args else inner
    return str(told).split("\n", 1)[0][:160]


def _origin(url: str) -> tuple[str, str, int | None]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, (parts.hostname or "").lower(), parts.port or default
