"""In what the answers of a run deviate from the contract, counted, for a file of evidence: names and types, nothing of what was said.

Not here: recordings (`drift`), and what to change for it (`applying`).
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
import requests

from contract_tests.live.judging import Finding, Judge
from contract_tests.live.traffic import Recorded
from contract_tests.wire import Exchange
from mock_server.contract import Json


class Seen(msgspec.Struct, frozen=True):
    """How often a deviation was seen in an operation with a status."""

    operation: str
    status: int
    times: int


class Deviation(msgspec.Struct, frozen=True):
    """A deviation, in how many of how many answers it was seen, and where."""

    finding: Finding
    times: int
    of: int
    seen: list[Seen]


class Deviations:
    """Counts. `document` is the contract as the target was asked by it, `own` where its operations are by the documents."""

    def __init__(self, api: str, document: Json, own: dict[str, str]) -> None:
        self._judge, self._own = Judge(api, document=document), own
        self._found: dict[tuple[Any, ...], tuple[Finding, Counter[tuple[str, int]]]] = {}
        self._asked: Counter[tuple[str, int]] = Counter()

    def add(self, exchange: Exchange) -> None:
        """Judge an answer."""
        if exchange.operation is None:
            return
        where = exchange.operation.operation_id, exchange.response.status_code
        self._asked[where] += 1
        for finding in self._judge.answer(recorded(exchange.response)):
            _, counted = self._found.setdefault(finding.key, (self._at_home(finding), Counter()))
            counted[where] += 1

    def told(self) -> Iterator[Deviation]:
        """Yield what was found, the most frequent first."""
        for finding, counted in sorted(self._found.values(), key=lambda one: -one[1].total()):
            seen = [Seen(name, status, times) for (name, status), times in sorted(counted.items())]
            yield Deviation(finding, counted.total(), sum(self._asked[where] for where in counted), seen)

    def _at_home(self, finding: Finding) -> Finding:
        """Return a finding with the place that it is about called as in the documents, if the operation was asked for elsewhere."""
        own = self._own.get(finding.operation or "", finding.path)
        if finding.stands[:1] != ("paths",) or finding.stands[1] == own:
            return finding
        return msgspec.structs.replace(finding, path=own, stands=("paths", own, *finding.stands[2:]))


def recorded(answer: requests.Response) -> Recorded:
    """Return an exchange as it is judged; what was sent is of the run, and not to be judged."""
    return Recorded(
        method=answer.request.method or "GET",
        url=answer.request.url or "",
        request_headers=(),
        request_body=b"",
        status=answer.status_code,
        response_headers=tuple((name.lower(), value) for name, value in answer.headers.items()),
        response_body=answer.content or b"",
    )
