"""What a run has seen of a contract: operation by documented status, path, parameter and body field. A value that adds up and can be kept.

Not here: what there is to be seen of a parameter or a field (`coverage_probes`), how it is shown (`coverage_table`, `coverage_html`), and
how a status that was never seen is reached (`reaching`).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from contract_tests.addresses import Addresses, Operation
from contract_tests.coverage_probes import Probes
from contract_tests.findings import Violation
from mock_server.contract import Json, operations
from mock_server.pipeline.aliases import aliases_of

if TYPE_CHECKING:
    from contract_tests.target import Target
    from contract_tests.wire import Exchange

Counts = dict[str, int]
GAP = "require_coverage"


class NotTheSame(Exception):
    """Two runs cannot be added up: they were against different contracts."""


class Row(msgspec.Struct, kw_only=True):
    """How often each thing of one operation was seen; what is documented and was never seen is there with 0.

    `statuses` are those of its own path, `second` those that only its second path (see `x-aliases`) may give, `paths` its templates,
    `parameters` and `fields` by name and variant: sent, absent, null, invalid, minimum, maximum, the values of an enum.
    """

    operation: str
    tag: str
    label: str
    statuses: Counts
    second: Counts
    undocumented: Counts
    paths: Counts
    parameters: dict[str, Counts]
    fields: dict[str, Counts]


class Share(msgspec.Struct, frozen=True):
    """So many were seen of so many."""

    seen: int = 0
    all: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(self.seen + other.seen, self.all + other.all)

    @property
    def percent(self) -> int:
        """In whole percent, rounded down: 100 means everything. Of nothing everything was seen."""
        return self.seen * 100 // self.all if self.all else 100


class Summary(msgspec.Struct, frozen=True):
    """What was seen of an operation, a tag or a contract."""

    name: str
    statuses: Share = Share()
    parameters: Share = Share()
    fields: Share = Share()

    def __add__(self, other: "Summary") -> "Summary":
        parts = (getattr(self, kind) + getattr(other, kind) for kind in ("statuses", "parameters", "fields"))
        return Summary(self.name, *parts)


class Missing(msgspec.Struct, frozen=True):
    """A documented status that was never seen; `second`: one that only the second path has. `how` it is reached, if that is known."""

    operation: str
    status: int
    second: bool = False
    how: str | None = None

    def __str__(self) -> str:
        path = " by its second path" if self.second else ""
        how = f"is given {self.how}" if self.how else "nobody knows how to reach it"
        return f"{self.operation} {self.status}{path}: {how}"


class Coverage(msgspec.Struct):
    """The rows of a contract, in its order, by operationId."""

    api: str
    rows: dict[str, Row]

    def __add__(self, other: "Coverage") -> "Coverage":
        """Return both together. Raises NotTheSame for runs against different contracts."""
        if self.api != other.api or self.rows.keys() != other.rows.keys():
            raise NotTheSame(f"the coverage of {self.api} and of {other.api} cannot be added up: the operations differ")
        return Coverage(self.api, {name: _together(row, other.rows[name]) for name, row in self.rows.items()})

    def only(self, operations: Iterable[str]) -> "Coverage":
        """Return the rows of some operations, those that a run was about."""
        wanted = set(operations)
        return Coverage(self.api, {name: row for name, row in self.rows.items() if name in wanted})

    def to_json(self) -> bytes:
        """Return it as JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def from_json(cls, raw: bytes) -> "Coverage":
        """Return what `to_json` has written. Raises msgspec.ValidationError or DecodeError for anything else."""
        return msgspec.json.decode(raw, type=cls)

    def total(self) -> Summary:
        """Return what was seen of all of it."""
        return _sum(self.api, self.by_operation())

    def by_tag(self) -> list[Summary]:
        """Return what was seen of each tag."""
        tags = dict.fromkeys(row.tag for row in self.rows.values())
        return [_sum(tag, (summary(row) for row in self.rows.values() if row.tag == tag)) for tag in tags]

    def by_operation(self) -> list[Summary]:
        """Return what was seen of each operation."""
        return [summary(row) for row in self.rows.values()]

    def missing(self) -> list[Missing]:
        """Return the documented statuses that were never seen, with how they are reached."""
        from contract_tests.reaching.recipes import how

        return [
            Missing(row.operation, int(status), second, how(self.api, row.operation, int(status), second))
            for row in self.rows.values()
            for second, counts in ((False, row.statuses), (True, row.second))
            for status, count in counts.items()
            if not count
        ]

    def undocumented(self) -> list[tuple[str, int, int]]:
        """Return operation, status and how often, for each status that was seen and is not documented."""
        return [
            (row.operation, int(status), count)
            for row in self.rows.values()
            for status, count in sorted(row.undocumented.items())
        ]


def gaps(coverage: Coverage) -> list[Violation]:
    """Return a violation for every documented status that was never seen: what `--require-coverage` adds to the findings of a run."""
    return [
        Violation(
            check=GAP,
            api=coverage.api,
            operation=missing.operation,
            status=missing.status,
            message=f"documented {missing.status} never seen: {missing}",
            phase="all phases",
        )
        for missing in coverage.missing()
    ]


class Watcher:
    """Listens to the wire and counts what passes in `coverage`."""

    def __init__(self, api: str, document: Json) -> None:
        self._probes = {node["operationId"]: Probes(document, node, item) for _, _, node, item in operations(document)}
        self.coverage = Coverage(api, dict(_unseen(document, self._probes)))

    def __call__(self, exchange: "Exchange") -> None:
        """Count one exchange; one at no path of the contract counts for nothing."""
        operation = exchange.operation
        if operation is None:
            return
        row = self.coverage.rows[operation.operation_id]
        _count_status(row, str(exchange.response.status_code), operation)
        row.paths[operation.path] = row.paths.get(operation.path, 0) + 1
        parameters, fields = self._probes[operation.operation_id].read(exchange.request, exchange.values)
        _count(row.parameters, parameters)
        _count(row.fields, fields)


def watcher_of(target: "Target") -> Watcher | None:
    """Return who counts what passes the wire of a target, None if nobody does."""
    return next((listener for listener in target.wire.listeners if isinstance(listener, Watcher)), None)


@contextmanager
def watching(target: "Target") -> Iterator[Watcher]:
    """Count what passes the wire for as long as the block lasts; who counts already goes on."""
    known = watcher_of(target)
    if known is not None:
        yield known
        return
    watcher = Watcher(target.api, target.document)
    with target.wire.listening(watcher):
        yield watcher


def _unseen(document: Json, probes: Mapping[str, Probes]) -> Iterator[tuple[str, Row]]:
    """Yield everything that there is to be seen of each operation, 0 times."""
    aliases, addresses = aliases_of(document), Addresses(document)
    base = document["servers"][0]["url"].rstrip("/")
    for path, method, node, _ in operations(document):
        name = node["operationId"]
        second = aliases.of(path) if aliases else None
        found = addresses.find(method, base + second)[0] if second else None
        is_other = found is not None and found.operation_id != name  # a path of the contract itself wins
        refusals = aliases.refusals if aliases and second and not is_other else {}
        yield (
            name,
            Row(
                operation=name,
                tag=node["tags"][0],
                label=f"{method.upper()} {path}",
                statuses=dict.fromkeys(node["responses"], 0),
                second=dict.fromkeys(refusals, 0),
                undocumented={},
                paths={
                    base + template: 0 for template in (path, second) if template and (template == path or refusals)
                },
                parameters={place: dict.fromkeys(variants, 0) for place, variants in probes[name].parameters.items()},
                fields={place: dict.fromkeys(variants, 0) for place, variants in probes[name].fields.items()},
            ),
        )


def summary(row: Row) -> Summary:
    """Return what was seen of one operation."""
    statuses = [*row.statuses.values(), *row.second.values()]
    return Summary(row.operation, _share(statuses), _share(_cells(row.parameters)), _share(_cells(row.fields)))


def _count_status(row: Row, status: str, operation: Operation) -> None:
    by_second = operation.alias is not None and status in row.second
    if by_second:
        row.second[status] += 1
    if status in row.statuses:
        row.statuses[status] += 1
    elif not by_second:
        row.undocumented[status] = row.undocumented.get(status, 0) + 1


def _count(into: dict[str, Counts], seen: Iterable[tuple[str, str]]) -> None:
    for name, variant in seen:
        if variant in into.get(name, ()):
            into[name][variant] += 1


def _together(one: Row, other: Row) -> Row:
    return msgspec.structs.replace(
        one,
        **{
            name: _added(getattr(one, name), getattr(other, name))
            for name in ("statuses", "second", "undocumented", "paths")
        },
        **{name: _added_all(getattr(one, name), getattr(other, name)) for name in ("parameters", "fields")},
    )


def _added(one: Mapping[str, int], other: Mapping[str, int]) -> Counts:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}


def _added_all(one: Mapping[str, Counts], other: Mapping[str, Counts]) -> dict[str, Counts]:
    return {name: _added(one.get(name, {}), other.get(name, {})) for name in {**one, **other}}


def _sum(name: str, parts: Iterable[Summary]) -> Summary:
    return sum(parts, Summary(name))


def _share(counts: Iterable[int]) -> Share:
    listed = list(counts)
    return Share(sum(1 for count in listed if count), len(listed))


def _cells(named: Mapping[str, Counts]) -> Iterator[int]:
    for counts in named.values():
        yield from counts.values()
