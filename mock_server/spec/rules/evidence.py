"""Rules of evidence: every operation, and what differs from it, says who tells of it."""

from collections.abc import Iterator
from typing import Any

from mock_server.contract import Json
from mock_server.spec.document_files import Operation, Sources
from mock_server.spec.rules.common import GRADES, Problems
from mock_server.spec.walk import Pointer

PARTS = ("path", "body", "response")
MARK = "# inferred path"


def evidence_is_complete(sources: Sources) -> Problems:
    """Every operation says its grade and source, grades are known, and `codes` names codes that the operation lists."""
    for operation in sources.operations:
        for problem in _evidence_problems(operation):
            yield sources.place(*operation.pointer, "x-evidence"), f"{operation.id}: {problem}"


def _evidence_problems(operation: Operation) -> Iterator[str]:
    evidence = operation.node.get("x-evidence", {})
    if unknown := set(evidence) - {"grade", "source", "codes", *PARTS}:
        yield f"{', '.join(sorted(unknown))} means nothing in x-evidence"
    if not evidence.get("source"):
        yield "x-evidence names no source"
    for part in ("grade", *PARTS):
        if evidence.get(part, "" if part == "grade" else GRADES[0]) not in GRADES:
            yield f"{part} of x-evidence is none of {', '.join(GRADES)}"
    yield from _code_problems(operation, evidence)


def _code_problems(operation: Operation, evidence: Json) -> Iterator[str]:
    told: set[str] = set()
    for grade, codes in evidence.get("codes", {}).items():
        if grade not in GRADES or grade == evidence.get("grade"):
            yield f"codes of x-evidence: {grade} is no grade that differs"
        for code in map(str, codes):
            if code not in operation.node.get("responses", {}):
                yield f"codes of x-evidence: the operation does not list {code}"
            if code in told:
                yield f"codes of x-evidence: {code} has two grades"
            told.add(code)


def evidence_is_sound(sources: Sources) -> Problems:
    """`x-evidence` at schemas, parameters and responses is a grade, or a map of what stands there to grades."""
    for pointer, node in _graded(sources.document, ()):
        evidence = node["x-evidence"]
        grades = evidence if isinstance(evidence, dict) else {}
        for grade in grades.values() if grades else [evidence]:
            if grade not in GRADES:
                yield sources.place(*pointer, "x-evidence"), f"{grade!r} is none of {', '.join(GRADES)}"
        words = set(_words({key: part for key, part in node.items() if key != "x-evidence"}))
        for keyword in grades:
            if keyword not in words:
                yield sources.place(*pointer, "x-evidence"), f"x-evidence speaks of {keyword}, which is not there"


def _graded(node: Any, pointer: Pointer) -> Iterator[tuple[Pointer, Json]]:
    """Yield everything with x-evidence that is no operation."""
    if isinstance(node, list):
        for at, part in enumerate(node):
            yield from _graded(part, (*pointer, at))
    elif isinstance(node, dict):
        if "x-evidence" in node and not (len(pointer) == 3 and pointer[0] == "paths"):
            yield pointer, node
        for key, part in node.items():
            yield from _graded(part, (*pointer, key))


def _words(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for part in node:
            yield from _words(part)
    elif isinstance(node, dict):
        for key, part in node.items():
            yield key
            yield from _words(part)


def inferred_paths_are_marked(sources: Sources) -> Problems:
    """A path of openapi.yaml has the comment `# inferred path` exactly if its evidence is inferred."""
    lines = (sources.folder / "openapi.yaml").read_text("utf-8").splitlines()
    for path, item in sources.document["paths"].items():
        place = sources.at("openapi.yaml", "paths", path)
        own = [operation for operation in sources.operations if operation.item is item]
        inferred = {grade_of(operation, "path") == "inferred" for operation in own}
        marked = lines[place.line - 1].rstrip().endswith(MARK)
        if len(inferred) > 1:
            yield place, f"{path} is inferred for some of its operations only"
        elif marked not in inferred:
            told = "is marked as inferred and is not" if marked else f"is inferred and has no comment {MARK!r}"
            yield place, f"{path} {told}"


def grade_of(operation: Operation, part: str) -> str:
    """Return the grade of a part of an operation: its own, or else that of the operation."""
    evidence = operation.node.get("x-evidence", {})
    return str(evidence.get(part, evidence.get("grade", "")))
