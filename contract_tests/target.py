"""What is checked: a contract, where it answers, who may call it, and what the run may do there.

The stand-in in process and a deployment behind a URL are the same to every check; where they differ, the difference is data here.
"""

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from requests import Response
from requests.adapters import BaseAdapter, HTTPAdapter

from contract_tests import wire as wires
from contract_tests.addresses import Addresses, concrete
from contract_tests.brakes import Brakes, Limits
from contract_tests.created import Created
from contract_tests.guard import Guard, Writes
from contract_tests.wire import Wire
from mock_server import contract
from mock_server.app import APIS, App, Settings, create_app
from mock_server.contract import Json
from mock_server.seed import frozen_clock, starting_world

BASE = "http://studio-mock.test"
STRANGER, COLLEAGUE = (
    "stranger",
    "colleague",
)  # who shares nothing with the first person; who shares everything, where no roles are
FIRST: Any = object()  # "the first of the people", where None means nobody


class Person(msgspec.Struct, frozen=True):
    """Somebody who calls. `headers` are what they send with each request; `role` is theirs in the workspace, if that is known."""

    name: str
    headers: dict[str, str]
    email: str | None = None
    password: str | None = None
    role: str | None = None


class Target:
    """A contract and where it is kept. The first of the `people` calls most; the second and third share nothing with them, if known.

    `home` names what the run may create in (`project`, `workspace`), once it has some. `rewind`, `forward`, `arm`, `cast` and `upkeep` are
    what only a stand-in can do; None where it cannot be done. `on_reset` is called when the target has gone back to its beginning.
    """

    def __init__(
        self,
        api: str,
        wire: Wire,
        people: list[Person],
        *,
        app: App | None = None,
        rewind: Callable[[], None] | None = None,
        forward: Callable[[float], None] | None = None,
        arm: Callable[[str, int], None] | None = None,
        cast: Callable[[str, int | None], Person | None] | None = None,
        upkeep: Any = None,
        is_stand_in: bool = False,
    ) -> None:
        self.api, self.wire, self.people, self.app = api, wire, people, app
        self.document: Json = app.documents[api] if app else contract.load(api)
        self.is_stand_in, self.upkeep = is_stand_in, upkeep
        self.home: dict[str, str] = {}
        self.on_reset: list[Callable[[], None]] = []
        if upkeep is not None:
            upkeep.reset = self.reset
        self._rewind, self._forward, self._arm, self._cast = rewind, forward, arm, cast
        self._leave: Callable[[], None] | None = None
        self.session = wires.session(wire)

    @classmethod
    def in_process(cls, api: str, world: str = "demo", seed: int = 0, settings: Settings | None = None) -> "Target":
        """Return the stand-in itself, over a world whose clock stands still, without a socket. Raises SeedError, ContractError."""
        from contract_tests import stand_in

        begun = starting_world(world, seed=seed, clock=frozen_clock(world))
        return stand_in.target(
            create_app(begun, settings or Settings(apis=(api,) if api in APIS else tuple(APIS))), api
        )

    @classmethod
    def of_app(cls, app: App, api: str, writes: Writes = "all") -> "Target":
        """Return an application in this process as a target, a defective one for instance."""
        from contract_tests import stand_in

        return stand_in.target(app, api, writes)

    @classmethod
    def at(
        cls,
        url: str,
        api: str,
        people: list[Person] | None = None,
        writes: Writes = "none",
        limits: Limits | None = None,
        created: Created | None = None,
        inner: BaseAdapter | None = None,
    ) -> "Target":
        """Return a deployment behind a URL. Nothing is sent yet."""
        addresses = Addresses(contract.load(api))
        guard = Guard(url, writes, created or Created(addresses))
        wire = Wire(url.rstrip("/"), addresses, guard, inner or HTTPAdapter(), Brakes(limits or Limits()))
        return cls(api, wire, people or [])

    # What the target is

    @property
    def base_url(self) -> str:
        """Where it is, without a slash at the end."""
        return self.wire.base_url

    @property
    def addresses(self) -> Addresses:
        """The operations of its contract."""
        return self.wire.addresses

    @property
    def writes(self) -> Writes:
        """What the run may write there."""
        return self.wire.guard.writes

    @property
    def requests(self) -> int:
        """How many requests have been sent so far."""
        return self.wire.requests

    @property
    def peers(self) -> list[Person]:
        """People of whom none may see what another has made."""
        if self.app is not None:
            return self.people[1:]  # the first one of a stand-in sees everything
        strangers = [person for person in self.people[1:] if person.role == STRANGER]
        return [self.people[0], *strangers] if strangers else []

    # Asking

    def send(
        self,
        method: str,
        path: str | tuple[str, Mapping[str, Any]],
        *,
        person: Person | None = FIRST,
        json: Any = None,
        query: Any = None,
        data: Any = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send a request and return its answer; `path` is concrete, or a template of the contract with its values.

        `person` is the first of the people unless told otherwise, None for nobody. Redirects are not followed. Raises Blocked for what
        the guard keeps back, Stop, and the errors of `requests`.
        """
        where = path if isinstance(path, str) else concrete(*path)
        caller = (self.people[0] if self.people else None) if person is FIRST else person
        sent = {**(caller.headers if caller else {}), **(headers or {})}
        url = self.base_url + where
        return self.session.request(
            method, url, params=query, json=json, data=data, files=files, headers=sent, allow_redirects=False
        )

    def call(
        self,
        operation_id: str,
        *,
        path: Mapping[str, Any] | None = None,
        person: Person | None = FIRST,
        json: Any = None,
        query: Any = None,
        data: Any = None,
        files: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Call an operation of the contract by its id; `path` are its path parameters. Raises KeyError for a wrong one, and as `send`."""
        operation = self.addresses.by_id[operation_id]
        return self.send(
            operation.method,
            (operation.path, path or {}),
            person=person,
            json=json,
            query=query,
            data=data,
            files=files,
            headers=headers,
        )

    # What only a stand-in can do

    @property
    def can_reset(self) -> bool:
        """Whether `reset` works here."""
        return self._rewind is not None

    @property
    def can_advance(self) -> bool:
        """Whether `advance` works here."""
        return self._forward is not None

    @property
    def can_fault(self) -> bool:
        """Whether `fault` works here."""
        return self._arm is not None

    def reset(self) -> None:
        """Go back to the beginning, where that can be done."""
        if self._rewind is not None:
            self._rewind()
            for told in self.on_reset:
                told()

    def advance(self, seconds: float) -> None:
        """Move the clock of a stand-in forward. Raises NotImplementedError where there is none."""
        if self._forward is None:
            raise NotImplementedError("this target has no clock to move")
        self._forward(seconds)

    def fault(self, operation_id: str, status: int) -> None:
        """Make the next call of an operation fail with a status. Raises NotImplementedError where that cannot be done."""
        if self._arm is None:
            raise NotImplementedError("this target cannot be made to fail")
        self._arm(operation_id, status)

    def person(self, role: str, project_id: int | None = None) -> Person | None:
        """Return somebody with a role: of a project if one is named, else of a workspace; None if the target knows nobody.

        Beside the roles of the contract there are `superuser` and `stranger`, who has no role there at all.
        """
        if self._cast is not None:
            return self._cast(role, project_id)
        return next((person for person in self.people if person.role == role), None)

    def use_stand_in(
        self,
        rewind: Callable[[], None],
        forward: Callable[[float], None],
        arm: Callable[[str, int], None],
        leave: Callable[[], None],
    ) -> None:
        """Take what lies behind the URL for a stand-in that can be reset, moved in time and made to fail; `leave` is called in the end."""
        self.is_stand_in, self._rewind, self._forward, self._arm = True, rewind, forward, arm
        self._leave = leave

    def close(self) -> None:
        """End what was opened for it."""
        if self._leave is not None:
            self._leave()
        self.wire.close()
