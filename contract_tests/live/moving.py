"""Which operation an unknown path belongs to: one whose path was a guess, that lies nearly there, and that answers as was answered."""

import msgspec

from contract_tests import evidence
from contract_tests.live.drift import Group
from contract_tests.live.judging import Judge
from mock_server.contract import Json, resolve

METHODS = ("get", "put", "post", "delete", "patch")
ALIKE = 0.5  # share of the fields of an answer that have to be those of the operation


class Move(msgspec.Struct, frozen=True):
    """An operation, its path in the contract and the one that was seen, parameters called alike; `methods` are all at that path.

    `lost` are the parameters of the old path that the new one has no place for.
    """

    operation: str
    old: str
    new: str
    methods: tuple[str, ...]
    lost: tuple[str, ...] = ()


def move_of(judge: Judge, group: Group) -> Move | None:
    """Return the one operation that an unknown path is likely to be, None if there is none or more than one."""
    finding = group.finding
    found: list[tuple[float, Move]] = []
    for path, node in _guessed(judge, finding.method.lower()):
        new, least = _beside(path, finding.path), ALIKE
        if new is None:
            new, least = _shortened(path, finding.path), 1.0
        likeness = _likeness(judge, node, finding.status, group.samples)
        if new is not None and likeness >= least:
            lost = tuple(part[1:-1] for part in path.split("/") if part.startswith("{") and part not in new.split("/"))
            found.append(
                (likeness, Move(node["operationId"], path, new, _methods(judge.document["paths"][path]), lost))
            )
    best = max((likeness for likeness, _ in found), default=0.0)
    nearest = [move for likeness, move in found if likeness == best]
    return nearest[0] if len(nearest) == 1 else None


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


def _beside(known: str, seen: str) -> str | None:
    """Return the path of the contract with the one word that differs as it was seen; None if more differs."""
    pairs = list(zip(known.split("/"), seen.split("/"), strict=False))
    if known.count("/") != seen.count("/"):
        return None
    other = [(one, word) for one, word in pairs if not one.startswith("{") and one != word]
    if len(other) != 1 or other[0][1].startswith("{"):
        return None
    return "/".join(one if one.startswith("{") else word for one, word in pairs)


def _shortened(known: str, seen: str) -> str | None:
    """Return the end of a path of the contract, if that alone is what was seen."""
    end = known.split("/")[-(len(seen.split("/")) - 1) :]
    pairs = list(zip(end, seen.split("/")[1:], strict=False))
    is_same = all(one == word or (one.startswith("{") and word.startswith("{")) for one, word in pairs)
    return "/" + "/".join(end) if is_same and len(end) < known.count("/") else None


def _likeness(judge: Judge, node: Json, status: int, samples: list[bytes]) -> float:
    """Return how much answers are those of an operation: 1 if they fit, else the share of their fields that it knows."""
    successes = [node["responses"][code] for code in sorted(node["responses"]) if code.startswith("2")]
    response = resolve(judge.document, node["responses"].get(str(status), next(iter(successes), {})))
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    if schema is None or not samples:
        return 0.0
    return min(_alike(judge, schema, sample) for sample in samples)


def _alike(judge: Judge, schema: Json, sample: bytes) -> float:
    try:
        value = msgspec.json.decode(sample)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return 0.0
    if not value:
        return 0.0  # what is empty fits too much
    if judge.shapes.fits(schema, value):
        return 1.0
    known = judge.shapes.members(schema).fields
    return len(known.keys() & value.keys()) / len(value) * 0.99 if isinstance(value, dict) else 0.0


def _methods(item: Json) -> tuple[str, ...]:
    return tuple(method for method in METHODS if method in item)
