"""What the contract's evidence says of a violation: whose word is broken, or which of our guesses is refuted and where it stands.

Also what a run has observed, in a file from which a guess can be raised to `observed`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import msgspec
import yaml

from contract_tests.check import Outcome
from contract_tests.coverage import GAP
from contract_tests.findings import Violation
from contract_tests.observer import Observer
from contract_tests.plan import Plan
from contract_tests.target import Target
from contract_tests.wire import Exchange
from mock_server import contract
from mock_server.contract import Json
from mock_server.spec import ledger
from mock_server.spec.document_files import Sources

if TYPE_CHECKING:
    from contract_tests.live.parity.lessons import Teaching

FORMAT = "studio-mock evidence 1"
WORD = {
    "documented": "the documentation says so",
    "vendor-client": "the vendor's client relies on it",
    "observed": "it was observed before",
}
Pointer = tuple[str, ...]


class Evidence(msgspec.Struct, frozen=True):
    """`grade` of what was broken, `source` of the operation, `file` and `line` of the contract where it stands, `rows` of the ledger that
    tell of it, and `verdict`: a sentence that says whose fault it is."""

    grade: str
    source: str
    file: str
    line: int
    rows: tuple[str, ...]
    verdict: str


def of(violation: Violation, document: Json, is_stand_in: bool) -> Evidence | None:
    """Return what the contract says of a violation; None if it is of no operation, or of what was not seen, which refutes nothing."""
    where = _operation(document, violation.operation)
    if where is None or violation.check == GAP:
        return None
    pointer = _pointer(violation.place) if violation.place else (*where, "responses", str(violation.status))
    grade, stands = graded(document, pointer if pointer[: len(where)] == where else where)
    place = sources(violation.api).place(*stands)
    rows = tuple(row.id for row in ledger.load().of(str(violation.operation)))
    told = document["paths"][where[1]][where[2]].get("x-evidence", {})
    return Evidence(
        grade, str(told.get("source", "")), place.file, place.line, rows, verdict(grade, place, rows, is_stand_in)
    )


def graded(document: Json, pointer: Pointer) -> tuple[str, Pointer]:
    """Return the grade of a part of an operation and where it really stands, references followed; as far as the pointer leads."""
    node, stands = document["paths"][pointer[1]][pointer[2]], pointer[:3]
    told = node.get("x-evidence", {})
    grade = told.get("grade", "inferred")
    rest = pointer[3:]
    if rest[:1] == ("responses",) and len(rest) > 1:
        grade = next(
            (code_grade for code_grade, codes in told.get("codes", {}).items() if rest[1] in map(str, codes)), grade
        )
        if len(rest) > 2 and grade == told.get("grade"):
            grade = told.get("response", grade)
    elif rest[:1] == ("requestBody",):
        grade = told.get("body", grade)
    for key in rest:
        node, stands = _followed(document, node, stands)
        found = _child(document, node, stands, key)
        if found is None:
            break
        node, stands = found
        own = node.get("x-evidence") if isinstance(node, dict) else None
        grade = own if isinstance(own, str) else grade
    return grade, stands


def sources(api: str) -> Sources:
    """Return the files of a contract."""
    return _sources(api, contract.spec_root())


@lru_cache
def _sources(api: str, root: Path) -> Sources:
    return Sources(api, root, Path(contract.__file__).parent)


def _operation(document: Json, operation_id: str | None) -> Pointer | None:
    found = contract.operations(document)
    return next(
        (("paths", path, method) for path, method, node, _ in found if node["operationId"] == operation_id), None
    )


def _pointer(place: str) -> Pointer:
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in place.strip("/").split("/"))


def _followed(document: Json, node: Any, stands: Pointer) -> tuple[Any, Pointer]:
    while isinstance(node, dict) and "$ref" in node:
        stands = tuple(node["$ref"].removeprefix("#/").split("/"))
        node = contract.resolve(document, node)
    return node, stands


def _child(document: Json, node: Any, stands: Pointer, key: str) -> tuple[Any, Pointer] | None:
    """Return what a key leads to: in the node, or in one of the parts that it consists of."""
    if isinstance(node, dict) and key in node:
        return node[key], (*stands, key)
    if isinstance(node, list) and key.isdigit() and int(key) < len(node):
        return node[int(key)], (*stands, key)
    for part_key in ("allOf", "oneOf", "anyOf") if isinstance(node, dict) else ():
        for at, part in enumerate(node.get(part_key, ())):
            inner, place = _followed(document, part, (*stands, part_key, str(at)))
            found = _child(document, inner, place, key)
            if found is not None:
                return found
    return None


def verdict(grade: str, place: Any, rows: tuple[str, ...], is_stand_in: bool) -> str:
    if is_stand_in:
        return f"The stand-in breaks its own contract ({grade}); the contract is at {place.file}:{place.line}"
    if grade in WORD:
        return f"The deployment breaks a word: {WORD[grade]} ({place.file}:{place.line})"
    told = f", and its row in the ledger: {', '.join(rows)}" if rows else "; the ledger has no row for it yet"
    return f"A guess of ours is refuted: change {place.file}:{place.line}{told}"


class Observed(Observer):
    """Writes down what was observed of a target, and what was refuted: `--write-evidence FILE`.

    For every run: `statuses` by operation, guessed `fields` that were seen, guessed `paths` that led somewhere, what was `refuted`
    by violations, and `deviations` of answers from the contract; `lessons` and `riddles` are what `teaching` has found, where the stand-in
    was asked as well. `studio-mock spec apply` reads it.
    """

    teaching: "Teaching | None" = None

    def __init__(self, path: Path, today: date) -> None:
        self.path, self.today = path, today
        self._file: TextIO = path.open(
            "w", encoding="utf-8"
        )  # at once: a file that cannot be written is known before anything is sent
        self._runs: list[Json] = []

    def started(self, target: Target, plan: Plan | None = None) -> None:
        """Begin with a target."""
        from contract_tests.live.deviations import Deviations  # which needs this module

        self._target = target
        self._paths: dict[str, str] = {}
        own = {node["operationId"]: path for path, _, node, _ in contract.operations(contract.load(target.api))}
        self._deviations = Deviations(target.api, target.document, own)
        self._statuses: dict[str, Counter[int]] = {}
        self._fields: set[str] = set()

    def exchange(self, exchange: Exchange) -> None:
        """Count the status of an operation, and keep the inferred fields that its answer has."""
        if exchange.operation is None:
            return
        status, name = exchange.response.status_code, exchange.operation.operation_id
        self._statuses.setdefault(name, Counter())[status] += 1
        self._deviations.add(exchange)
        told = exchange.operation.node.get("x-evidence", {})
        if status < 300 and exchange.operation.alias is None and told.get("path", told.get("grade")) == "inferred":
            self._paths[name] = _operation(self._target.document, name)[1]  # type: ignore[index]
        if status < 400 and "json" in exchange.response.headers.get("content-type", ""):
            try:
                content = exchange.response.json()
            except ValueError:
                return
            node = exchange.operation.node["responses"].get(str(status), {})
            media = contract.resolve(self._target.document, node).get("content", {}).get("application/json", {})
            self._fields.update(_seen(self._target.document, media.get("schema", {}), content, ()))

    def finished(self, outcome: Outcome) -> None:
        """Write down what came of a target."""
        self.write(outcome.findings)

    def write(self, findings: Iterable[Violation] = ()) -> None:
        """Write down what was seen of a target and which guesses are refuted by what was found. Raises OSError."""
        refuted = []
        for violation in findings:
            found = of(violation, self._target.document, self._target.is_stand_in)
            if found is not None and found.grade == "inferred":
                refuted.append(
                    {
                        "operation": violation.operation,
                        "check": violation.check,
                        "message": violation.message,
                        "place": violation.place,
                        "file": found.file,
                        "line": found.line,
                        "rows": list(found.rows),
                    }
                )
        self._runs.append(
            {
                "api": self._target.api,
                "target": self._target.base_url,
                "stand_in": self._target.is_stand_in,
                "date": self.today.isoformat(),
                "statuses": {name: dict(sorted(seen.items())) for name, seen in sorted(self._statuses.items())},
                "fields": sorted(self._fields),
                "paths": dict(sorted(self._paths.items())),
                "deviations": msgspec.to_builtins(list(self._deviations.told())),
                "refuted": refuted,
                **self._taught(),
            }
        )
        self._file.seek(0)
        self._file.truncate()
        yaml.safe_dump(
            {"format": FORMAT, "runs": self._runs}, self._file, sort_keys=False, allow_unicode=True, width=140
        )
        self._file.flush()

    def _taught(self) -> Json:
        from contract_tests.live.parity.lessons import Riddle, Taught  # which needs this module

        found = list(self.teaching.found()) if self.teaching is not None else []
        lessons = [msgspec.to_builtins(one) for one in found if isinstance(one, Taught)]
        riddles = [msgspec.to_builtins(one) for one in found if isinstance(one, Riddle)]
        return {name: some for name, some in (("lessons", lessons), ("riddles", riddles)) if some}


def _seen(document: Json, schema: Any, content: Any, above: Pointer) -> Iterator[str]:
    """Yield `Schema.field` for every inferred field of a named schema that an answer has with a value."""
    if isinstance(schema, dict) and "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        yield from _seen(document, document["components"]["schemas"][name], content, (name,))
        return
    for part in schema.get("allOf", ()):
        yield from _seen(document, part, content, above)
    if isinstance(content, list):
        for element in content:
            yield from _seen(document, schema.get("items", {}), element, (*above, "[]"))
    elif isinstance(content, dict):
        for field, node in schema.get("properties", {}).items():
            if content.get(field) is not None:
                if node.get("x-evidence") == "inferred":
                    yield ".".join((*above, field))
                yield from _seen(document, node, content[field], (*above, field))
