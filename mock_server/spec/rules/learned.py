"""The rule of what was learned of a deployment: `learned.yaml` speaks of what there is."""

from collections.abc import Iterator

from mock_server.contract import LEARNED, ContractError
from mock_server.pipeline.learned import Lesson, read
from mock_server.spec.document_files import Operation, Sources
from mock_server.spec.rules.common import Problems


def lessons_are_sound(sources: Sources) -> Problems:
    """A lesson can be read, is of an operation that there is, and answers what the contract lists; schemas named are there."""
    table = sources.raw.get(LEARNED, {})
    known = {operation.id: operation for operation in sources.operations}
    schemas = sources.document.get("components", {}).get("schemas", {})
    for part in ("kept", "before"):
        for name in table.get(part) or ():
            if str(name).split(".")[0] not in schemas:
                yield sources.at(LEARNED, part), f"{part} names {name}, which is no schema"
    try:
        read(table.get("errors", []), "errors")
    except ContractError as problem:
        yield sources.at(LEARNED, "errors"), str(problem)
    for name, told in (table.get("operations") or {}).items():
        place = sources.at(LEARNED, "operations", name)
        if name not in known:
            yield place, f"{name} is no operation"
            continue
        try:
            lessons = read(told, name)
        except ContractError as problem:
            yield place, str(problem)
            continue
        for reason in _faults(sources, known[name], lessons):
            yield place, f"{name}: {reason}"


def _faults(sources: Sources, operation: Operation, lessons: list[Lesson]) -> Iterator[str]:
    codes = {status for status, _ in sources.responses(operation)}
    in_path = {node["name"] for node in sources.parameters(operation) if node["in"] == "path"}
    for lesson in lessons:
        if lesson.status is not None and str(lesson.status) not in codes:
            yield f"it answers {lesson.status}, which the contract does not list"
        if lesson.lost is not None and lesson.lost in in_path:
            yield f"{lesson.lost} is not lost, it is in the path"
        if lesson.by is not None and lesson.by not in in_path:
            yield f"{lesson.by} is not in the path"
