"""The reads of a recording, asked again of a world that was made of it: does it answer as the deployment did?

The last answer to each request of each caller counts, for the world is that of the end; of it only a digest is kept. Times are compared
however they are written, what tells how long ago something was and what leads to the next page is not. Not here: how the world is made
(`worldly`).
"""

import hashlib
from collections import Counter
from typing import Any

import msgspec
import requests

from contract_tests.live.disguising import Read
from contract_tests.live.entities import NOT_ASKED
from contract_tests.live.recent import Recent
from contract_tests.live.tables import Table, cells_of
from contract_tests.live.traffic import media_of
from mock_server.app import App, Settings, create_app
from mock_server.testing.in_process import AsgiAdapter
from mock_server.times import moment, written
from mock_server.world import Clock
from mock_server.worldfile import Stored, begun, decode, encode

BASE = "http://studio-mock.test"
SEARCHES = ("search",)  # parameters whose meaning is lost when texts are replaced
AGAIN = 10_000  # digests of bodies that may come again
MOST = 100_000  # different requests that are compared
RELATIVE = ("created_ago",)  # fields that say how long before now something was
CURSOR = "next_page_cursor"
OF_TEXTS = "these search in texts, which were replaced"
UNREADABLE = "their answers are not in the recording, or cannot be read"
NOT_LED = "these are pages of lists of which the beginning is not in the recording"
TOO_MANY = f"there are more than {MOST} different ones"

Key = tuple[str, str, str]  # API, caller, target


class Asked(msgspec.Struct, frozen=True):
    """What was asked: by whom of which API, which operation at which target, and a digest of the answer."""

    api: str
    who: str
    target: str
    operation: str
    status: int
    digest: bytes
    cursor: str | None = None


class Expected:
    """Takes reads and keeps what has to be asked again; `apart` counts those that are not, by the operation and the reason."""

    def __init__(self, keep: bool) -> None:
        self._keep = keep
        self.asked: dict[Key, Asked] = {}
        self._digests: Recent[bytes, bytes] = Recent(AGAIN)
        self.apart: Counter[tuple[str, str]] = Counter()
        self.leading: dict[tuple[str, str], Key] = {}  # which page leads to a cursor, by caller

    def add(self, read: Read) -> None:
        """Take one; anything but a read is passed over."""
        if read.method != "GET":
            return
        name, key = read.operation.operation_id, (read.api, read.who, read.target)
        reason = self._reason(read, key)
        if reason:
            self.apart[name, reason] += 1
            return
        body = read.body
        if isinstance(_next(body), str):
            self.leading[read.who, _next(body)] = key
        digest = _digest_of(body) if read.key is None else self._digests.get(read.key, lambda: _digest_of(body))
        self.asked[key] = Asked(*key, name, read.status, digest, read.query.get("cursor"))

    def _reason(self, read: Read, key: Key) -> str | None:
        if read.operation.operation_id in NOT_ASKED:
            return NOT_ASKED[read.operation.operation_id]
        if read.body is None:
            return UNREADABLE
        if "cursor" in read.query and (read.who, read.query["cursor"]) not in self.leading:
            return NOT_LED
        if not self._keep and any(read.query.get(name) for name in SEARCHES):
            return OF_TEXTS
        return TOO_MANY if len(self.asked) >= MOST and key not in self.asked else None


class Replay:
    """Asks a world again. `headers` are those with which each caller of each API comes in."""

    def __init__(self, rest: Stored, expected: Expected, headers: dict[tuple[str, str], dict[str, str]]) -> None:
        copy = decode(encode(rest))
        assert copy is not None
        self._expected, self._headers = expected, headers
        self._app: App = create_app(begun(copy, clock=Clock.frozen(rest.now)), Settings())
        self._adapter = AsgiAdapter(self._app)
        self._cursors: dict[Key, str] = {}
        self.same: list[Asked] = []
        self.other: list[Asked] = []

    def run(self) -> None:
        """Ask for everything that was asked for."""
        try:
            for key, asked in self._expected.asked.items():
                (self.same if self._is_same(key, asked) else self.other).append(asked)
        finally:
            self._adapter.close()

    def _is_same(self, key: Key, asked: Asked) -> bool:
        answer = self._send(key, asked)
        if answer is None or answer.status_code != asked.status:
            return False
        media = media_of((("content-type", answer.headers.get("content-type", "")),))
        try:
            if asked.operation.startswith("download_"):
                cells = cells_of(media, answer.content)
                return cells is not None and _digest(Table(cells).plain()) == asked.digest
            body = msgspec.json.decode(answer.content)
        except (msgspec.DecodeError, ValueError):
            return False
        if isinstance(_next(body), str):
            self._cursors[key] = _next(body)
        return _digest(plain(body)) == asked.digest

    def _send(self, key: Key, asked: Asked) -> requests.Response | None:
        target = asked.target
        if asked.cursor is not None:
            own = self._cursors.get(self._expected.leading.get((asked.who, asked.cursor), key))
            if own is None:
                return None
            target = target.replace(f"cursor={asked.cursor}", f"cursor={own}")
        request = requests.Request("GET", BASE + target, headers=self._headers.get((asked.api, asked.who))).prepare()
        return self._adapter.send(request)


def plain(value: Any) -> Any:
    """Return a JSON value with its times and numbers written in one way, without what depends on when and where it was asked for."""
    if isinstance(value, dict):
        return {
            name: name if name in RELATIVE or (name == CURSOR and part) else plain(part) for name, part in value.items()
        }
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and value[10:11] == "T" and value[:4].isdigit():
        try:
            return written(moment(value))
        except ValueError:
            return value
    return value


def _digest_of(body: Any) -> bytes:
    """Return the digest of a body in disguise."""
    return _digest(body.plain() if isinstance(body, Table) else plain(body))


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(value, order="deterministic"), digest_size=16).digest()


def _next(body: Any) -> Any:
    """Return the cursor that leads to the next page."""
    return body.get(CURSOR) if isinstance(body, dict) else None
