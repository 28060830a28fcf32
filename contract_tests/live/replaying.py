"""The reads of a recording, asked again of a world that was made of it: does it answer as the deployment did?

The last answer to each request counts, for the world is that of the end. Not here: how the world is made (`worldly`).
"""

from typing import Any

import msgspec
import requests

from contract_tests.live.disguising import Read
from contract_tests.live.gathering import TAGS
from mock_server.app import App, Settings, create_app
from mock_server.studio import tokens
from mock_server.studio.rows import User
from mock_server.testing.in_process import AsgiAdapter
from mock_server.times import moment, written
from mock_server.world import Clock
from mock_server.worldfile import Stored, begun, decode, encode

BASE = "http://studio-mock.test"
SEARCHES = ("search",)  # parameters whose meaning is lost when texts are replaced
MOST = 100_000  # different requests that are compared


class Replay:
    """Asks a world again; `same` and `other` are the requests (method, target, operation) that are answered alike and not, `apart` how
    many reads are of things that do not become a part of the world."""

    def __init__(self, rest: Stored, caller: int, keep: bool) -> None:
        copy = decode(encode(rest))
        assert copy is not None
        self._keep, self.apart = keep, 0
        self._app: App = create_app(begun(copy, clock=Clock.frozen(rest.now)), Settings(apis=("studio",)))
        self._adapter = AsgiAdapter(self._app)
        self._headers = {"Authorization": f"Bearer {tokens.issue(caller, rest.now, 'replay')}"}
        self._verdicts: dict[str, tuple[bool, str]] = {}

    def ask(self, read: Read) -> None:
        """Compare one answer; anything but a read of JSON is passed over."""
        if read.method != "GET" or read.body is None:
            return
        is_search = not self._keep and any(name in read.query for name in SEARCHES)
        if read.operation.node["tags"][0] not in TAGS or is_search:
            self.apart += 1
            return
        if read.target in self._verdicts or len(self._verdicts) < MOST:
            self._verdicts[read.target] = self._is_same(read), read.operation.operation_id

    @property
    def same(self) -> list[str]:
        """The targets that are answered as in the recording."""
        return [target for target, (is_same, _) in self._verdicts.items() if is_same]

    @property
    def other(self) -> list[tuple[str, str]]:
        """The targets that are answered otherwise, each with its operation."""
        return [(target, name) for target, (is_same, name) in self._verdicts.items() if not is_same]

    def close(self) -> None:
        """End what answers."""
        self._adapter.close()

    def _is_same(self, read: Read) -> bool:
        request = requests.Request("GET", BASE + read.target, headers=self._headers).prepare()
        answer = self._adapter.send(request)
        if answer.status_code != read.status:
            return False
        try:
            return bool(plain(msgspec.json.decode(answer.content)) == plain(read.body))
        except (msgspec.DecodeError, ValueError):
            return False


def plain(value: Any) -> Any:
    """Return a JSON value with its times written in one way."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, str) and value[10:11] == "T" and value[:4].isdigit():
        try:
            return written(moment(value))
        except ValueError:
            return value
    return value


def caller_of(rest: Stored) -> User:
    """Return the person who called in the recording: the one with a default workspace."""
    people: list[User] = rest.rows[User]
    return next(user for user in people if user.default_organization_id is not None)
