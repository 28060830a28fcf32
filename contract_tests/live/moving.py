"""Which operation an unknown path belongs to: one whose path was a guess, and that answers as was answered there."""

import msgspec

from contract_tests import evidence
from contract_tests.live.drift import Group
from contract_tests.live.judging import Judge
from mock_server.contract import Json, resolve

METHODS = ("get", "put", "post", "delete", "patch")


class Move(msgspec.Struct, frozen=True):
    """An operation, its path in the contract and the one that was seen, parameters called alike; `methods` are all at that path."""

    operation: str
    old: str
    new: str
    methods: tuple[str, ...]


def move_of(judge: Judge, group: Group) -> Move | None:
    """Return the one operation that an unknown path is likely to be, None if there is none or more than one."""
    finding = group.finding
    found = [
        Move(node["operationId"], path, _renamed(finding.path, path), _methods(judge.document["paths"][path]))
        for path, node in _guessed(judge, finding.method.lower())
        if _holes(path) == _holes(finding.path) and _answers(judge, node, finding.status, group.samples)
    ]
    best = max((_shared(one.old, finding.path) for one in found), default=0)
    nearest = [one for one in found if _shared(one.old, finding.path) == best]
    return nearest[0] if len(nearest) == 1 and best > 1 else None


def _guessed(judge: Judge, method: str) -> list[tuple[str, Json]]:
    """Return the operations with a method whose path is inferred."""
    found = []
    for path, item in judge.document["paths"].items():
        node = item.get(method)
        if node is not None:
            told = node.get("x-evidence", {})
            if told.get("path", told.get("grade")) == "inferred" or _is_marked(judge.api, path):
                found.append((path, node))
    return found


def _is_marked(api: str, path: str) -> bool:
    """Whether the table of paths has the remark that a path is inferred."""
    sources = evidence.sources(api)
    text = (sources.folder / "openapi.yaml").read_text("utf-8").splitlines()
    return "# inferred path" in text[sources.at("openapi.yaml", "paths", path).line - 1]


def _answers(judge: Judge, node: Json, status: int, samples: list[bytes]) -> bool:
    """Whether all answers that were seen fit what an operation answers."""
    response = resolve(judge.document, node["responses"].get(str(status), {}))
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is None or not samples:
        return False
    return all(_fits(judge, schema, sample) for sample in samples)


def _fits(judge: Judge, schema: Json, sample: bytes) -> bool:
    try:
        value = msgspec.json.decode(sample)
        return bool(value) and judge.shapes.fits(schema, value)  # an empty list fits too much
    except (msgspec.DecodeError, ValueError, RecursionError):
        return False


def _holes(path: str) -> int:
    return sum(part.startswith("{") for part in path.split("/"))


def _shared(one: str, other: str) -> int:
    """Return how many segments two paths have in common, parameters counting alike."""
    pairs = zip(one.split("/"), other.split("/"), strict=False)
    return sum(a == b or (a[:1], b[:1]) == ("{", "{") for a, b in pairs)


def _renamed(seen: str, known: str) -> str:
    """Return the path that was seen, its parameters called as in the contract."""
    names = iter([part for part in known.split("/") if part.startswith("{")])
    return "/".join(next(names) if part.startswith("{") else part for part in seen.split("/"))


def _methods(item: Json) -> tuple[str, ...]:
    return tuple(method for method in METHODS if method in item)
