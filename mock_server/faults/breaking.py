"""Answers that break the contract, each in one place that its schema names: a required field is gone, a value is of another type, or none
of those that an enum lists. Which place and which way is up to chance, which is seeded; that the contract is broken is checked.
"""

import random
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import msgspec

from mock_server.contract import Json, resolve
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply

Place = tuple[str | int, ...]
MOST_TRIES = 50
DEEPEST = 12
GONE = object()
OF_ANOTHER_TYPE = {"string": 7, "integer": "seven", "number": "seven", "boolean": "perhaps", "array": {}, "object": []}


def broken(reply: Reply, operation: Operation, chance: random.Random) -> tuple[Reply, str]:
    """Return the answer broken, and in words what was done; the answer as it is if nothing in it can be broken."""
    schema = operation.answer_schema(reply)
    if schema is not None:
        value = msgspec.json.decode(reply.body)
        ways = list(_ways(schema, value, operation.document, ()))
        chance.shuffle(ways)
        for place, wrong, told in ways[:MOST_TRIES]:
            body = msgspec.json.encode(_changed(value, place, wrong))
            other = Reply(reply.status, body, reply.media, reply.headers)
            if operation.check(other):
                return other, told
    return reply, "nothing in the answer can break the contract"


def _ways(schema: Json, value: Any, document: Json, place: Place) -> Iterator[tuple[Place, Any, str]]:
    """Yield the places of a value, what to put there, and the words for it."""
    schema = resolve(document, schema)
    if len(place) > DEEPEST:
        return
    for part in schema.get("allOf", ()):
        yield from _ways(part, value, document, place)
    where = "response" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
    if schema.get("type") in OF_ANOTHER_TYPE:
        yield place, OF_ANOTHER_TYPE[schema["type"]], f"{where} is of another type than {schema['type']}"
    if "enum" in schema:
        yield place, "UNHEARD_OF", f"{where} is none of the values of its enum"
    if isinstance(value, dict):
        for name in schema.get("required", ()):
            if name in value:
                yield (*place, name), GONE, f"{where}.{name} is missing"
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from _ways(inner, value[name], document, (*place, name))
    if isinstance(value, list) and value and "items" in schema:
        yield from _ways(schema["items"], value[-1], document, (*place, len(value) - 1))


def _changed(value: Any, place: Place, wrong: Any) -> Any:
    """Return a copy of a value with something wrong at a place."""
    if not place:
        return wrong
    changed = deepcopy(value)
    inner = changed
    for part in place[:-1]:
        inner = inner[part]
    if wrong is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = wrong
    return changed
