"""What was learned of a field in several operations holds in those that were not seen and show the same thing: a session is a session.

Not here: learning (`contract_tests.live.parity.lessons`), and writing it down (`learning`).
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from contract_tests.live.parity.lessons import Taught
from mock_server.contract import Json, operations, resolve
from mock_server.pipeline.learned import Lesson

ENOUGH = 2  # operations in which the same was seen
DEEPEST = 5  # names of a place
Field = tuple[str, str]  # of a named schema


def likewise(document: Json, taught: Sequence[Taught], seen: Collection[str]) -> Iterator[Taught]:
    """Yield what follows for the operations that are not among those `seen`, if it was the same in all that show the thing."""
    shown = {
        name: dict(_fields_of(document, node))
        for _, _, node, _ in operations(document)
        if (name := node["operationId"])
    }
    found: dict[tuple[Field, bytes], set[str]] = {}
    for one in taught:
        field = shown.get(one.operation, {}).get((one.lesson.of or 0, _place(one.lesson)))
        if field is not None:
            found.setdefault((field, _sense(one.lesson)), set()).add(one.operation)
    for (field, sense), agreeing in found.items():
        showing = {name for name, fields in shown.items() if field in fields.values()}
        if len(agreeing) >= ENOUGH and showing & set(seen) <= agreeing:
            for name in sorted(showing - set(seen)):
                places = [at for at, other in shown[name].items() if other == field]
                yield from (Taught(name, _moved(sense, status, place)) for status, place in places)


def as_texts(document: Json, field: Field) -> Iterator[Taught]:
    """Yield, for every operation that shows a field of a named schema, that its numbers are texts."""
    for _, _, node, _ in operations(document):
        for (status, place), shown in _fields_of(document, node):
            if shown == field:
                source = f"text(here.{field[1]})"
                yield Taught(node["operationId"], Lesson(of=status, at=place, source=source))


def _place(lesson: Lesson) -> str:
    return lesson.drop or lesson.at or ""


def _sense(lesson: Lesson) -> bytes:
    """Return a lesson without where and how often it was seen."""
    bare = msgspec.structs.replace(lesson, of=None, seen=0)
    bare = msgspec.structs.replace(bare, at="x") if bare.at is not None else bare
    return msgspec.json.encode(msgspec.structs.replace(bare, drop="x") if bare.drop is not None else bare)


def _moved(sense: bytes, status: int, place: str) -> Lesson:
    lesson = msgspec.json.decode(sense, type=Lesson)
    if lesson.drop is not None:
        return msgspec.structs.replace(lesson, of=status, drop=place)
    return msgspec.structs.replace(lesson, of=status, at=place)


def _fields_of(document: Json, node: Json) -> Iterator[tuple[tuple[int, str], Field]]:
    """Yield status and place of every field in the successes of an operation, with the schema that has it."""
    for status, response in node["responses"].items():
        content = resolve(document, response).get("content", {}).get("application/json", {})
        if status.startswith("2"):
            for place, field in _within(document, content.get("schema", {}), "", "", DEEPEST):
                yield (int(status), place), field


def _within(document: Json, schema: Any, name: str, place: str, depth: int) -> Iterator[tuple[str, Field]]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        schema = resolve(document, schema)
    for part in schema.get("allOf", ()):
        yield from _within(document, part, name, place, depth)
    if depth and "items" in schema:
        yield from _within(document, schema["items"], "", f"{place}[]", depth - 1)
    for field, inner in schema.get("properties", {}).items():
        here = f"{place}.{field}".removeprefix(".")
        if name:
            yield here, (name, field)
        if depth:
            yield from _within(document, inner, "", here, depth - 1)
