"""Where recorded traffic and the contract part: every deviation counted, grouped and kept apart by what it says of the deployment.

Files of any size pass in constant memory: what is kept are the groups, of which there are at most so many, and counters for each
operation and host. Not here: what to change (`proposing`), and how it is shown (`drift_report`).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from contract_tests.live.judging import NOT_JUDGED, UNKNOWN_METHOD, UNKNOWN_PATH, Finding, Judge
from contract_tests.live.shapes import MISSING_FIELD
from contract_tests.live.traffic import Recorded, Recording

ALL = ("studio", "label_studio", "blue_guardrails")
GRADES = ("documented", "vendor-client", "observed", "inferred", "")
MOST_GROUPS = 5_000  # of deviations; what comes beyond is counted, not told
MOST_HOSTS = 500
OURS = 0.2  # share of the exchanges with a host that the contract has to know, for the others to count as drift
SAMPLES = 3  # bodies kept of an unknown path, to see which operation it may be
SAMPLE_SIZE = 64 * 1024  # bytes
OF_A_PAGE = (
    "text/html",
    "text/css",
    "text/javascript",
    "application/javascript",
    "application/wasm",
    "application/manifest+json",
)
OF_MEDIA = ("image/", "font/", "audio/", "video/")
NO_ANSWERS = (0, 101)  # none came, or it was the beginning of another protocol
SAYS_NOTHING = (401, 403, 404, 405)  # of a path that the contract does not have: it may well not be there


class NotOurs(Exception):
    """The traffic is of another API; the message names the hosts."""


class Group(msgspec.Struct):
    """A deviation, how often it was seen (in exchanges), in which operations and with which statuses.

    `of` is how many exchanges of these operations with these statuses there were. `samples` are a few answers at an unknown path, and
    never leave memory.
    """

    api: str
    finding: Finding
    times: int = 0
    of: int = 0
    seen: Counter[tuple[str, int]] = msgspec.field(default_factory=Counter)
    samples: list[bytes] = msgspec.field(default_factory=list)

    @property
    def operations(self) -> list[str]:
        """The operations in which it was seen, the most frequent first; for an unknown path its method and template."""
        counted: Counter[str] = Counter()
        for (name, _), count in self.seen.items():
            counted[name] += count
        return [name for name, _ in counted.most_common()]

    @property
    def statuses(self) -> list[int]:
        """The statuses with which it was seen."""
        return sorted({status for _, status in self.seen})


class Host(msgspec.Struct):
    """How many exchanges with one host could be of the API, and how many the contract knows, by API."""

    count: int = 0
    known: Counter[str] = msgspec.field(default_factory=Counter)

    @property
    def is_ours(self) -> bool:
        """Whether the host serves what the contract describes."""
        return self.known.total() > 0 and self.known.total() >= OURS * self.count


class Drift:
    """Counts what recordings say. `read` each file, then ask for `groups()`.

    `url` names the only deployment that counts, with the path before all of its own; without it every host counts of whose exchanges the
    contract knows enough. Raises ContractError for an API that there is not.
    """

    def __init__(self, apis: Sequence[str] = ALL, url: str | None = None) -> None:
        split = urlsplit(url or "")
        self._only = f"{split.scheme}://{split.netloc}" if url else None
        self.judges = {name: Judge(name, split.path) for name in apis}
        self.hosts: dict[str, Host] = {}
        self.files: list[Recording] = []
        self.judged = 0
        self.elsewhere = 0  # exchanges that are no calls of an API, or not with the deployment
        self.refused = 0  # requests that broke the contract, and were refused as they should be
        self.beyond = 0  # deviations beyond MOST_GROUPS
        self._groups: dict[tuple[object, ...], Group] = {}
        self._asked: Counter[tuple[str, str, int]] = Counter()
        self.answers: dict[
            tuple[str, str, int], list[Recorded]
        ] = {}  # a few that were of another shape; they never leave memory

    def read(self, path: Path) -> Recording:
        """Judge everything in a file. Raises NoRecording."""
        recording = Recording(path)
        self.files.append(recording)
        for recorded in recording:
            self.add(recorded)
        return recording

    def add(self, recorded: Recorded) -> None:
        """Judge one exchange."""
        judge = self._judge_of(recorded)
        if judge is None:
            self.elsewhere += 1
            return
        self.judged += 1
        operation, _ = judge.operation(recorded.method, recorded.path)
        if operation is not None:
            self._asked[judge.api, operation.operation_id, recorded.status] += 1
        sent = judge.request(recorded)
        found = [one for one in sent if _is_told(one, recorded.status)]
        self.refused += bool(sent) and not found
        answered = judge.answer(recorded)
        for finding in (*found, *answered):
            self._count(judge.api, recorded, finding)
        if operation is not None and any(finding.kind == MISSING_FIELD for finding in answered):
            self._keep(judge.api, operation.operation_id, recorded)

    def groups(self) -> list[Group]:
        """Return the deviations of the deployment, those from documented facts first, then the most frequent. Raises NotOurs."""
        self._check_hosts()
        merged: dict[tuple[object, ...], Group] = {}
        for (host, *key), group in self._groups.items():
            if not self.hosts[str(host)].is_ours and self._only is None:
                continue
            known = merged.setdefault(tuple(key), msgspec.structs.replace(group, times=0, seen=Counter(), samples=[]))
            known.times += group.times
            known.seen += group.seen
            known.samples += group.samples
        for group in merged.values():
            asked = sum(self._asked[group.api, name, status] for name, status in group.seen)
            group.of = asked or group.times
        return sorted(merged.values(), key=_rank)

    def foreign_hosts(self) -> list[tuple[str, Host]]:
        """Return the hosts whose exchanges do not count, because the contract knows too few of them."""
        return [] if self._only else [(name, host) for name, host in self.hosts.items() if not host.is_ours]

    def _check_hosts(self) -> None:
        if any(host.known for host in self.hosts.values()) and (self._only or any(map(_ours, self.hosts.values()))):
            return
        names = ", ".join(name for name, _ in sorted(self.hosts.items(), key=lambda entry: -entry[1].count)[:5])
        count = sum(host.count for host in self.hosts.values())
        if not count and not self.elsewhere:
            raise NotOurs("there is no exchange to judge")
        told = f"of {count} exchanges with {names}" if count else f"of {self.elsewhere} exchanges"
        apis = " or ".join(self.judges)
        raise NotOurs(
            f"this is traffic of another API: hardly any {told} addresses an operation of {apis}; "
            f"if it is one of them behind a path, name it: --url https://HOST/PATH"
        )

    def _judge_of(self, recorded: Recorded) -> Judge | None:
        """Return the contract by which an exchange is to be judged; None if it is no call of the API."""
        if (
            recorded.method in NOT_JUDGED
            or recorded.status in NO_ANSWERS
            or (self._only and recorded.origin != self._only)
        ):
            return None
        if not recorded.url.startswith(("http://", "https://")):  # what browsers keep of extensions and in memory
            return None
        judges = list(self.judges.values())
        if any(judge.is_own(recorded) for judge in judges):
            return None
        fitting = next((one for one in judges if one.operation(recorded.method, recorded.path)[0] is not None), None)
        if fitting is None and (_is_of_a_page(recorded) or not recorded.path.startswith(judges[0].prefix)):
            return None
        host = self._host(recorded.origin)
        host.count += 1
        if fitting is not None:
            host.known[fitting.api] += 1
            return fitting
        return max(judges, key=lambda one: (_common(one, recorded.path), host.known[one.api]))

    def _host(self, origin: str) -> Host:
        if origin not in self.hosts and len(self.hosts) >= MOST_HOSTS:
            origin = "other hosts"
        return self.hosts.setdefault(origin, Host())

    def _keep(self, api: str, operation: str, recorded: Recorded) -> None:
        kept = self.answers.setdefault((api, operation, recorded.status), [])
        size = len(recorded.response_body or b"") + len(recorded.request_body or b"")
        if len(kept) < SAMPLES and size <= SAMPLE_SIZE:
            kept.append(msgspec.structs.replace(recorded, request_headers=()))

    def _count(self, api: str, recorded: Recorded, finding: Finding) -> None:
        origin = recorded.origin if recorded.origin in self.hosts else "other hosts"
        key = (origin, api, *finding.key)
        group = self._groups.get(key)
        if group is None:
            if len(self._groups) >= MOST_GROUPS:
                self.beyond += 1
                return
            group = self._groups[key] = Group(api, finding)
        group.times += 1
        group.seen[finding.operation or f"{finding.method} {finding.path}", recorded.status] += 1
        body = recorded.response_body
        if finding.kind == UNKNOWN_PATH and body and len(body) <= SAMPLE_SIZE and len(group.samples) < SAMPLES:
            group.samples.append(body)


def gather(paths: Iterable[Path], apis: Sequence[str] = ALL, url: str | None = None) -> Drift:
    """Return what files say together. Raises NoRecording, ContractError."""
    drift = Drift(apis, url)
    for path in paths:
        drift.read(path)
    return drift


def _is_told(finding: Finding, status: int) -> bool:
    """Whether a request that is not as the contract says refutes it: it was accepted, or its path is there all the same."""
    if finding.kind in (UNKNOWN_PATH, UNKNOWN_METHOD):
        return status < 500 and status not in SAYS_NOTHING
    return status < 400


def _is_of_a_page(recorded: Recorded) -> bool:
    return recorded.media in OF_A_PAGE or recorded.media.startswith(OF_MEDIA)


def _ours(host: Host) -> bool:
    return host.is_ours


def _common(judge: Judge, path: str) -> int:
    """Return how many segments of a path the contract knows."""
    segments = path.removeprefix(judge.prefix).split("/")
    return next((end for end in range(len(segments), 1, -1) if judge.templates.knows_begin(segments[:end])), 0)


def _rank(group: Group) -> tuple[int, int, str]:
    return GRADES.index(group.finding.grade), -group.times, group.finding.told
