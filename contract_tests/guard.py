"""What may leave: an allow-list by method and path template, for each mode of writing. It is asked by the transport, so nothing passes it.

- none: only operations that the contract marks safe.
- own: these, and what touches nothing but what this run has made (see `created`); what concerns an account stays out.
- all: every request to the target.
"""

import re
from typing import Literal, Protocol
from urllib.parse import urlsplit

import requests
from hypothesis.errors import UnsatisfiedAssumption

from contract_tests.addresses import Operation
from contract_tests.brakes import other_host
from contract_tests.created import Created
from contract_tests.kept_out import FIELDS, KEPT_OUT
from contract_tests.named import Unreadable, named_ids

Writes = Literal["none", "own", "all"]
OVERRIDES = re.compile(r"^x-(http-)?method(-override)?$", re.IGNORECASE)


class Blocked(UnsatisfiedAssumption, requests.RequestException):
    """A request was not sent. Hypothesis takes it for an example that does not count, so that no check fails over it."""

    def __init__(self, request: requests.PreparedRequest, operation: Operation | None, reason: str) -> None:
        told = f"{request.method} {urlsplit(request.url or '').path} was not sent: {reason}"
        UnsatisfiedAssumption.__init__(self, reason)
        requests.RequestException.__init__(self, told, request=request)
        self.operation = operation


class _Exchange(Protocol):
    @property
    def operation(self) -> Operation | None: ...
    @property
    def values(self) -> dict[str, str]: ...
    @property
    def request(self) -> requests.PreparedRequest: ...
    @property
    def response(self) -> requests.Response: ...


class Guard:
    """Judges requests. In mode own, `home` are kind and id of what the run lives in, which it must not delete, and `lasting` are
    operations that create what cannot be deleted again, with the reason."""

    def __init__(self, base_url: str, writes: Writes, created: Created | None = None) -> None:
        self.base_url, self.writes, self.created = base_url, writes, created or Created()
        self.home: set[tuple[str, str]] = set()
        self.lasting: dict[str, str] = {}

    def reason(
        self, request: requests.PreparedRequest, operation: Operation | None, values: dict[str, str]
    ) -> str | None:
        """Return why a request may not leave, None if it may."""
        if other_host(self.base_url, request.url or ""):
            return "it goes to another host"
        if self.writes == "all":
            return None
        if operation is None:
            return "the contract does not have this method at this path"
        if any(OVERRIDES.match(str(name)) for name in request.headers):
            return "a header would make another method of it"
        if self.writes == "none":
            return None if operation.is_safe else "the contract does not mark it safe, and nothing may be written"
        return self._not_own(request, operation, values)

    def learn(self, exchange: _Exchange) -> None:
        """Take note of what an answer says was created."""
        if self.writes == "own" and exchange.operation is not None:
            self.created.learn(exchange.operation, exchange.values, exchange.request, exchange.response)

    def lose(self, operation: Operation | None) -> None:
        """Take note that a request has left and no answer has come."""
        if self.writes == "own" and operation is not None:
            self.created.lose(operation)

    def may(self, operation: Operation) -> str | None:
        """Return why an operation as a whole is left out, None if there are requests of it that may leave."""
        if self.writes == "none" and not operation.is_safe:
            return "the contract does not mark it safe, and nothing may be written"
        return self._kept_out(operation) if self.writes == "own" else None

    def _not_own(self, request: requests.PreparedRequest, operation: Operation, values: dict[str, str]) -> str | None:
        kept_out = self._kept_out(operation)
        if kept_out is not None:
            return kept_out
        try:
            named, fields = named_ids(operation, values, request)
        except Unreadable:
            return "its body cannot be read, so it cannot be judged"
        for field in fields & FIELDS.keys():
            return FIELDS[field]
        if operation.method == "DELETE" and any((kind, told) in self.home for kind, told in named[-1:]):
            return "it would delete what the run lives in"
        foreign = next(((kind, told) for kind, told in named if not self.created.owns(kind, told)), None)
        return f"it names a {foreign[0]} that this run did not create" if foreign else None

    def _kept_out(self, operation: Operation) -> str | None:
        return KEPT_OUT.get(operation.operation_id) or self.lasting.get(operation.operation_id)
