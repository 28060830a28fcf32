"""A stand-in behind a URL: through its own API under `/_mock` it goes back to its beginning, its clock is moved, and it is made to fail.

Its clock stands still meanwhile, as that of the stand-in in this process does (see `stand_in`): what takes time ends when a check moves
it, and nobody waits.
"""

from contextlib import suppress
from typing import Any

import requests

from contract_tests.accounts import Unusable
from contract_tests.target import Target


class Controls:
    """What a run asks of the stand-in itself, past the guard: nothing of it is a part of what is checked."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._was_running = False

    def take(self) -> None:
        """See that there is a stand-in and, where everything may be written to, let the target use what it can. Raises Unusable."""
        if not self._ask("GET", "/health").ok:
            raise Unusable(f"{self._target.base_url} is no stand-in: GET /_mock/health does not answer 200")
        if self._target.writes == "all":
            self._was_running = not self._done("GET", "/clock", what="asked for its clock")["frozen"]
            self._freeze()
            self._target.use_stand_in(self._rewind, self._forward, self._arm, self._leave)

    def _rewind(self) -> None:
        self._done("POST", "/reset", what="reset")
        self._freeze()

    def _forward(self, seconds: float) -> None:
        self._done("PATCH", "/clock", {"advance_seconds": seconds}, "moved in time")

    def _arm(self, operation: str, status: int) -> None:
        self._done("POST", "/faults", {"operation_id": operation, "status": status, "times": 1}, "armed")

    def _leave(self) -> None:
        with suppress(requests.RequestException):  # it may have ended before the run
            if self._was_running:
                self._done("PATCH", "/clock", {"frozen": False}, "given back its clock")

    def _freeze(self) -> None:
        self._done("PATCH", "/clock", {"frozen": True}, "stopped in time")

    def _done(self, method: str, path: str, body: Any = None, what: str = "") -> Any:
        answer = self._ask(method, path, body)
        if not answer.ok:
            raise Unusable(f"The stand-in could not be {what}: it answers {answer.status_code}")
        return answer.json()

    def _ask(self, method: str, path: str, body: Any = None) -> requests.Response:
        wire = self._target.wire
        request = requests.Request(method, f"{self._target.base_url}/_mock{path}", json=body).prepare()
        return wire.inner.send(request, timeout=wire.brakes.limits.timeout)
