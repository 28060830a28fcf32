"""Nothing leaves that opens a door: no password, no hash, and no token where the contract documents none."""

import re
from collections.abc import Iterator
from typing import Any

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check
from mock_server.contract import Json, resolve

SECRET_NAME = re.compile(
    r"passw|pwd|hash|secret|salt|private|signing|api_?key|token|credential|session_?key", re.IGNORECASE
)
NEVER = re.compile(r"passw|pwd|hash|salt|secret|private", re.IGNORECASE)  # not even where a schema has it
HASHES = re.compile(r"\A(scrypt\$|\$2[aby]?\$|\$argon2|\$scrypt|pbkdf2|sha(1|256|512)\$|\$[156]\$)")
JWT = re.compile(r"\AeyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*\Z")
TRACE = re.compile(r'Traceback \(most recent call last\)|File \\?"[^"]+", line \d+|\bat [\w.$]+\([\w.]+:\d+\)')
SHORTEST_TOKEN = 6  # characters; what is shorter may be a word of the answer by chance


@check
def no_secret_leaks(answer: Answer) -> Iterator[str]:
    """No field of an answer is called like a secret unless the contract has it, none looks like a hash, none is what
    opens a door and was sent: a password, the token of the caller."""
    if answer.body is None:
        return
    operation = answer.operation
    if operation is not None and "download" not in operation.name:
        told = (answer.status, answer.media)
        if told not in operation.shapes:
            operation.shapes[told] = Shape(list(_shapes(answer.schema, operation.document)))
        yield from _named(answer.body, operation.shapes[told], operation.document, "")
    password = answer.sent.get("password") if isinstance(answer.sent, dict) else None
    token = (answer.caller or "").rpartition(" ")[2]
    for place, node in answer.objects:
        for key, value in node.items():
            where = f"{place}.{key}" if place else key
            if isinstance(value, str) and HASHES.match(value):
                yield f"{where} shows what looks like the hash of a password: {value[:12]}…"
            elif isinstance(value, str) and value == password and _is_telling(answer.sent, value):
                yield f"{where} shows the password that was sent"
            elif isinstance(value, str) and value == token and len(token) >= SHORTEST_TOKEN:
                yield f"{where} shows the token of the caller"


@check
def errors_tell_no_internals(answer: Answer) -> Iterator[str]:
    """An error shows no traceback and no line of code."""
    if answer.status >= 400 and answer.content and (found := TRACE.search(answer.content.decode("utf-8", "replace"))):
        yield f"the error shows the inside of the server: {found.group(0)!r}"


class Shape:
    """What the schemas of one place say together: the fields that they know, the items, and whether further fields are free."""

    def __init__(self, schemas: list[Json]) -> None:
        self.schemas = schemas
        self.known: dict[str, list[Any]] = {}
        for schema in schemas:
            for key, inner in schema.get("properties", {}).items():
                self.known.setdefault(key, []).append(inner)
        self.items = [schema["items"] for schema in schemas if "items" in schema]
        self.is_free = not self.known or any(schema.get("additionalProperties") for schema in schemas)
        self.inner: dict[str, Shape] = {}  # by field, and under "[]" for items: looked up once for each


def _named(value: Any, shape: Shape, document: Json, place: str) -> Iterator[str]:
    """Follow the schema: what it leaves free belongs to callers, what it does not know must not be called like a secret."""
    if isinstance(value, list):
        for at, entry in enumerate(value):
            yield from _named(entry, _inside(shape, "[]", shape.items, document), document, f"{place}[{at}]")
    if not isinstance(value, dict) or not shape.schemas:
        return
    for key, inner in value.items():
        where = f"{place}.{key}" if place else key
        if key in shape.known:
            if NEVER.search(key) and inner:
                yield f"{where} is in the answer; no answer has a password"
            if isinstance(inner, dict | list):
                yield from _named(inner, _inside(shape, key, shape.known[key], document), document, where)
        elif not shape.is_free and SECRET_NAME.search(key):
            yield f"{where} is called like a secret and is not in the contract"
        elif not shape.is_free and isinstance(inner, str) and JWT.match(inner):
            yield f"{where} is a token and is not in the contract"


def _inside(shape: Shape, key: str, schemas: list[Any], document: Json) -> Shape:
    if key not in shape.inner:
        shape.inner[key] = Shape([found for schema in schemas for found in _shapes(schema, document)])
    return shape.inner[key]


def _shapes(schema: Any, document: Json) -> Iterator[Json]:
    """Yield the schemas of which one or all apply."""
    node = resolve(document, schema)
    if not isinstance(node, dict):
        return
    if node.keys() & {"properties", "items", "additionalProperties", "type"}:
        yield node
    for key in ("allOf", "anyOf", "oneOf"):
        for inner in node.get(key, ()):
            yield from _shapes(inner, document)


def _is_telling(sent: Any, password: str) -> bool:
    """Whether a password is one, and not a word that the caller sent in another field as well."""
    return len(password) >= 8 and list(sent.values()).count(password) == 1
