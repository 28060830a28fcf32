"""`StudioMock`: one sandbox of a stand-in, with its controls at hand."""

from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests
from requests.adapters import BaseAdapter

from mock_server.contract import Json
from mock_server.testing.client import Client

IN_PROCESS = "http://studio-mock.test"
DEFAULT = "default"


class ControlError(Exception):
    """The stand-in refused what it was asked to do; the message says what was wrong and what would be right."""


class StudioMock:
    """A stand-in for the time of a `with` block, or one of its sandboxes.

    `world` is the name of a world, a folder or a world file, `seed` the source of chance. With `serve` it listens on a free port of
    loopback, for any client; without, it lives in this process and answers what `client` and `as_user` send, without a socket. `settings`
    are those of `mock_server.app.Settings`, as in `apis=("studio",)`. Raises SeedError, ContractError.
    """

    def __init__(self, world: str | Path = "demo", *, seed: int = 0, serve: bool = False, **settings: Any) -> None:
        self._world, self._seed, self._serve, self._settings = world, seed, serve, settings
        self._adapter: BaseAdapter | None = None
        self._end: list[Any] = []
        self.name = DEFAULT
        self.base_url = IN_PROCESS
        self._token: str | None = None

    @classmethod
    def at(cls, url: str, sandbox: str = DEFAULT, control_token: str | None = None) -> "StudioMock":
        """Return the sandbox of a server that runs already; leaving the `with` block leaves it running."""
        mock = cls()
        mock.base_url, mock.name, mock._token = url.rstrip("/"), sandbox, control_token
        return mock

    def __enter__(self) -> Self:
        if self.base_url == IN_PROCESS and self._adapter is None:
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the server, or delete the sandbox if it is a fork."""
        while self._end:
            self._end.pop()()

    @property
    def url(self) -> str:
        """The base address for clients: what is sent there reaches this sandbox."""
        return self.base_url if self.name == DEFAULT else f"{self.base_url}/_sandbox/{self.name}"

    # Clients

    def client(self, headers: dict[str, str] | None = None) -> Client:
        """Return a client of this sandbox without credentials."""
        return Client(self.url, headers, self._adapter)

    def as_user(self, email: str = "owner@example.com", api: str = "studio") -> Client:
        """Return a client that is signed in as somebody of this world, without logging in. Raises ControlError for an unknown address."""
        found = self.control("GET", "/people", params={"api": api, "email": email})["people"]
        if not found:
            known = ", ".join(person["email"] for person in self.people(api))
            raise ControlError(f"nobody in {api} has the address {email}; there are {known}")
        return self.client(found[0]["headers"])

    def people(self, api: str | None = None) -> list[Json]:
        """Return who can call, each with `headers` that are good now."""
        found: list[Json] = self.control("GET", "/people", params={"api": api})["people"]
        return found

    # Sandboxes and state

    def fork(self, name: str | None = None) -> "StudioMock":
        """Return a new sandbox that begins as this one is now. Leaving its `with` block, or `close`, deletes it."""
        made = self.control("POST", "/sandboxes", json={"sandbox": self.name, **({"name": name} if name else {})})
        fork = StudioMock()
        fork.base_url, fork.name, fork._adapter, fork._token = self.base_url, made["name"], self._adapter, self._token
        fork._end.append(lambda: fork.control("DELETE", f"/sandboxes/{fork.name}"))
        return fork

    def reset(self) -> None:
        """Go back to the beginning of the sandbox."""
        self.control("POST", "/reset")

    def snapshot(self, name: str) -> None:
        """Keep the world of the moment under a name."""
        self.control("PUT", f"/snapshots/{name}")

    def restore(self, name: str) -> None:
        """Go back to a snapshot. Raises ControlError if there is none of this name."""
        self.control("POST", f"/snapshots/{name}/restore")

    def changes(self, since: str = "beginning") -> Json:
        """Return what was created, changed and deleted since a snapshot or the beginning."""
        found: Json = self.control("GET", "/diff", params={"from": since, "to": "now"})
        return found

    # Time

    def freeze(self, at: datetime | str | None = None) -> None:
        """Let the clock stand still, now or at a time (ISO 8601, or an aware datetime)."""
        told = at.isoformat() if isinstance(at, datetime) else at
        self.control("PATCH", "/clock", json={"frozen": True, **({"now": told} if told else {})})

    def advance(self, seconds: float) -> None:
        """Move the clock forward; jobs that come due end."""
        self.control("PATCH", "/clock", json={"advance_seconds": seconds})

    def settle(self) -> None:
        """Move the clock until nothing is pending."""
        self.control("POST", "/clock/settle")

    # Faults

    def fault(self, **rule: Any) -> Json:
        """Arm a fault, as `POST /_mock/faults` takes it, and return it. Raises ControlError."""
        made: Json = self.control("POST", "/faults", json=rule)
        return made

    def fail_next(self, operation_id: str | None = None, status: int = 500, times: int = 1) -> Json:
        """Let the next calls of an operation (or of any) fail with a status. Raises ControlError for an operation that there is not."""
        made = self.fault(status=status, times=times, **({"operation_id": operation_id} if operation_id else {}))
        if made.get("warnings"):
            self.control("DELETE", f"/faults/{made['id']}")
            raise ControlError(" ".join(made["warnings"]))
        return made

    def clear_faults(self) -> None:
        """Disarm every fault."""
        self.control("DELETE", "/faults")

    # What has happened

    def journal(self, **query: Any) -> list[Json]:
        """Return the requests of this sandbox, oldest first; `query` as `GET /_mock/journal` takes it."""
        found: list[Json] = self.control("GET", "/journal", params={"after": 0, "limit": 1000, **query})["exchanges"]
        return found

    def exchange(self, exchange_id: int) -> Json:
        """Return one request with its answer, and why it was refused."""
        found: Json = self.control("GET", f"/journal/{exchange_id}")
        return found

    def verify(self, operation_id: str, times: int = 1, **wanted: Any) -> None:
        """Raise AssertionError unless an operation was called exactly so often with what is `wanted` (`body`, `query`, `user`, …)."""
        result = self.control("POST", "/journal/verify", json={"operation_id": operation_id, "times": times, **wanted})
        assert result["verified"], _unlike(operation_id, times, result)

    def outbox(self, kind: str | None = None) -> list[Json]:
        """Return the mails that were not sent, oldest first; of one kind (INVITATION, RESET, VERIFY, FIRST_LOGIN) or all."""
        mails: list[Json] = self.control("GET", "/outbox")
        return [mail for mail in mails if kind in (None, mail["kind"])]

    def rows(self, table: str, **where: Any) -> list[Json]:
        """Return rows of a table of the world. Raises ControlError for a table or a field that there is not."""
        query = {"limit": 1000, "where": [f"{field}:{value}" for field, value in where.items()]}
        found: list[Json] = self.control("GET", f"/world/tables/{table}", params=query)["rows"]
        return found

    def control(self, method: str, path: str, **kwargs: Any) -> Any:
        """Send a request to the control API of this sandbox and return the answer. Raises ControlError if it is refused."""
        headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
        try:
            with self.client(headers) as client:
                answer = client.request(method, f"/_mock{path}", **kwargs)
        except requests.ConnectionError:
            raise ControlError(f"nobody answers at {self.base_url}; is the stand-in running?") from None
        if answer.ok:
            return answer.json() if answer.content else None
        try:
            problem = answer.json()
        except ValueError:
            problem = {"detail": f"{method} {path} answered {answer.status_code}; is a stand-in at {self.base_url}?"}
        faults = "; ".join(f"{fault['place']} {fault['reason']}" for fault in problem.get("errors", ()))
        raise ControlError(f"{problem.get('detail') or problem.get('message')}{f': {faults}' if faults else ''}")

    def _start(self) -> None:
        from mock_server.app import Settings, create_app
        from mock_server.seed import starting_world
        from mock_server.testing.in_process import AsgiAdapter
        from mock_server.testing.server import ServerThread

        app = create_app(starting_world(self._world, seed=self._seed), Settings(**self._settings))
        if self._serve:
            server = ServerThread(app)
            server.start()
            self.base_url = server.url
            self._end.append(server.stop)
        else:
            self._adapter = adapter = AsgiAdapter(app)
            self._end.append(adapter.close)


def _unlike(operation_id: str, times: int, result: Json) -> str:
    told = f"{operation_id} was called so {result['count']} times, not {times}"
    closest = result.get("closest")
    if not closest:
        return f"{told}; it was not called at all"
    differences = "; ".join(
        f"{it['place']}: wanted {it['wanted']!r}, got {it['got']!r}" for it in closest["differences"]
    )
    return f"{told}; the closest was request {closest['id']}: {differences}"
