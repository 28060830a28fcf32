"""What a run is to do: which operations, which phases, how much of each, and which part of it if it is shared among several runs."""

import random
from collections.abc import Iterable, Sequence

import msgspec

from contract_tests.addresses import Addresses, Operation

SCHEMATHESIS = ("examples", "coverage", "fuzzing", "stateful")
OWN = ("laws", "roles", "model", "statuses")
PHASES = (*SCHEMATHESIS, *OWN)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """`operations` are operationIds (those of this shard), `shard` is which of how many, from 1; everything random comes from `seed`."""

    operations: tuple[str, ...]
    phases: tuple[str, ...] = PHASES
    max_examples: int = 20
    seed: int = 0
    shard: tuple[int, int] = (1, 1)

    def chance(self, purpose: str) -> random.Random:
        """Return a source of chance for one purpose; the same seed gives the same."""
        return random.Random(f"{self.seed}:{purpose}")

    def mine(self, names: Iterable[str]) -> list[str]:
        """Return those of some names (of laws, of recipes) that are this shard's; all shards together have all of them once."""
        return shared(names, self.shard)


def shared(names: Iterable[str], shard: tuple[int, int]) -> list[str]:
    """Return every n-th name, in their order: the part of shard `(which, n)`, from 1."""
    which, count = shard
    return [name for at, name in enumerate(names) if at % count == which - 1]


def leading_to(addresses: Addresses, names: Sequence[str]) -> tuple[str, ...]:
    """Return these operations and all that lead to them by links, in the order of the contract."""
    wanted, found = list(names), set(names)
    sources: dict[str, set[str]] = {}
    for operation in addresses:
        for answer in operation.node["responses"].values():
            for link in answer.get("links", {}).values():
                sources.setdefault(link.get("operationId", ""), set()).add(operation.operation_id)
    while wanted:
        more = sources.get(wanted.pop(), set()) - found
        found |= more
        wanted += more
    return tuple(operation.operation_id for operation in addresses if operation.operation_id in found)


def selected(addresses: Addresses, tags: Sequence[str] = (), operations: Sequence[str] = ()) -> list[str]:
    """Return the operationIds with one of the tags and among the operations; without either, all. Raises ValueError for unknown ones."""
    known = list(addresses)
    _refuse_unknown("tag", tags, {tag for operation in known for tag in operation.node["tags"]})
    _refuse_unknown("operation", operations, {operation.operation_id for operation in known})
    return [operation.operation_id for operation in known if _fits(operation, tags, operations)]


def _fits(operation: Operation, tags: Sequence[str], operations: Sequence[str]) -> bool:
    tagged = not tags or any(tag.lower() in {mine.lower() for mine in operation.node["tags"]} for tag in tags)
    return tagged and (not operations or operation.operation_id in operations)


def _refuse_unknown(what: str, told: Sequence[str], known: set[str]) -> None:
    lowered = {name.lower() for name in known}
    unknown = [name for name in told if name not in known and not (what == "tag" and name.lower() in lowered)]
    if unknown:
        raise ValueError(f"the contract has no {what} {', '.join(unknown)}; it has {', '.join(sorted(known))}")
