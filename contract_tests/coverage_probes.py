"""What there is to be seen of the parameters and body fields of an operation, and which of it a request shows.

A parameter can be sent, absent, invalid, at a bound, or have one of the values of an enum; a body field can be null as well. Fields are
named by their places: `body.documents[].text`.
"""

import json
from collections.abc import Iterator, Mapping
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from mock_server.contract import Json, parameters, resolve
from mock_server.pipeline.parameters import Parameter, coerce
from mock_server.pipeline.schemas import Schemas

SENT, ABSENT, NULL, INVALID, OTHER_TYPE = "sent", "absent", "null", "invalid", "other type"
LONGEST_BODY = 1024 * 1024  # of a body that is looked into, in bytes
MOST_ELEMENTS = 50  # of a list that are looked into
DEEPEST = 5
BOUNDS = {"minimum": 1, "maximum": -1}  # and which way the first valid number lies from one that is excluded
FORM, JSON, URL_ENCODED = "multipart/form-data", "application/json", "application/x-www-form-urlencoded"
Seen = Iterator[tuple[str, str]]


class Field:
    """A place in a body: its schema, the fields below it, and whether it is reached through a list."""

    def __init__(self, schema: Json, below: dict[str, "Field"], element: "Field | None") -> None:
        self.schema, self.below, self.element = schema, below, element
        self.validator: Any = None


class Probes:
    """What can be seen of one operation: `parameters` and `fields`, by name, each with its variants."""

    def __init__(self, document: Json, node: Json, item: Json) -> None:
        self.document, self.schemas = document, _schemas(document)
        nodes = parameters(document, node, item)
        self._parameters = [(node["in"], Parameter(node, document, self.schemas)) for node in nodes]
        body = resolve(document, node["requestBody"]) if "requestBody" in node else {}
        self._bodies = {
            media: self._field(content.get("schema", {}), ()) for media, content in body.get("content", {}).items()
        }
        self.parameters = {parameter.place: _variants_of(where, parameter) for where, parameter in self._parameters}
        self.fields: dict[str, list[str]] = {}
        if self._bodies:
            self.fields["body"] = [*self._bodies, ABSENT, OTHER_TYPE, INVALID]
            for field in self._bodies.values():
                self.fields.update(dict(_all_variants(field, "body", self.document)))

    def read(self, request: Any, values: Mapping[str, str]) -> tuple[Seen, Seen]:
        """Return place and variant of everything that a request (of `requests`) shows: of parameters, and of body fields."""
        return self._read_parameters(request, values), self._read_body(request)

    def _read_parameters(self, request: Any, values: Mapping[str, str]) -> Seen:
        query: dict[str, list[str]] = {}
        for name, text in parse_qsl(urlsplit(request.url or "").query, keep_blank_values=True):
            query.setdefault(name, []).append(text)
        for where, parameter in self._parameters:
            sent = _sent(where, parameter.name, values, query, request.headers)
            for variant in _shown_by(parameter, sent):
                yield parameter.place, variant

    def _read_body(self, request: Any) -> Seen:
        raw = _bytes(request.body)
        if not self._bodies or len(raw) > LONGEST_BODY:
            return
        media = str(request.headers.get("Content-Type") or "")
        kind = media.split(";", 1)[0].strip().lower()
        if not raw and not kind:
            yield "body", ABSENT
        elif kind not in self._bodies:
            yield "body", OTHER_TYPE
        else:
            yield "body", kind
            yield from self._read_content(raw, media, kind)

    def _read_content(self, raw: bytes, media: str, kind: str) -> Seen:
        field = self._bodies[kind]
        try:
            value = json.loads(raw) if kind == JSON else self._form(field, raw, media, kind)
        except (ValueError, RecursionError, LookupError):
            yield "body", INVALID
            return
        if not self._is_valid(field, value):
            yield "body", INVALID
        yield from self._shown(field, "body", value)

    def _form(self, field: Field, raw: bytes, media: str, kind: str) -> Json:
        """Return the fields of a form, each of its type if it can be."""
        texts = dict(parse_qsl(raw.decode(), keep_blank_values=True)) if kind == URL_ENCODED else _parts(raw, media)
        return {name: self._typed(field.below.get(name), text) for name, text in texts.items()}

    def _typed(self, field: Field | None, text: str) -> Any:
        schema = field.schema if field else {}
        try:
            return json.loads(text) if schema.get("type") in ("object", "array") else coerce(schema, text)
        except ValueError:
            return text

    def _shown(self, field: Field, place: str, value: Any) -> Seen:
        if isinstance(value, list) and field.element is not None:
            for element in value[:MOST_ELEMENTS]:
                yield from self._shown(field.element, f"{place}[]", element)
        if not isinstance(value, dict):
            return
        for name, below in field.below.items():
            at = f"{place}.{name}"
            if name not in value:
                yield at, ABSENT
                continue
            for variant in self._variants_shown(below, value[name]):
                yield at, variant
            yield from self._shown(below, at, value[name])

    def _variants_shown(self, field: Field, value: Any) -> Iterator[str]:
        if value is None:
            yield NULL
            return
        if not self._is_valid(field, value):
            yield INVALID
            return
        yield SENT
        yield from _special(field.schema, value)

    def _is_valid(self, field: Field, value: Any) -> bool:
        if field.validator is None:
            field.validator = self.schemas.compile(field.schema)
        valid: bool = field.validator.is_valid(value)
        return valid

    def _field(self, node: Json, above: tuple[int, ...]) -> Field:
        """Return a place and what is below it; what contains itself is followed once."""
        schema = resolve(self.document, node)
        if id(schema) in above or len(above) > DEEPEST:
            return Field(schema, {}, None)
        above = (*above, id(schema))
        below = {name: self._field(part, above) for name, part in _properties(self.document, schema).items()}
        element = self._field(schema["items"], above) if "items" in schema else None
        return Field(schema, below, element)


_KNOWN: dict[int, tuple[Json, Schemas]] = {}


def _schemas(document: Json) -> Schemas:
    """Return the compiled schemas of a document, which all of its operations share."""
    known = _KNOWN.get(id(document))
    if known is None or known[0] is not document:
        known = _KNOWN[id(document)] = (document, Schemas(document))
    return known[1]


def _properties(document: Json, schema: Json) -> Json:
    """Return the properties of a schema, and of what it is put together from."""
    found: Json = dict(schema.get("properties", {}))
    for word in ("allOf", "anyOf", "oneOf"):
        for part in schema.get(word, ()):
            for name, node in _properties(document, resolve(document, part)).items():
                found.setdefault(name, node)
    return found


def _all_variants(field: Field, place: str, document: Json) -> Iterator[tuple[str, list[str]]]:
    for name, below in field.below.items():
        yield f"{place}.{name}", [SENT, ABSENT, NULL, *_invalid(below.schema), *_specials(below.schema)]
        yield from _all_variants(below, f"{place}.{name}", document)
    if field.element is not None:
        yield from _all_variants(field.element, f"{place}[]", document)


def _variants_of(where: str, parameter: Parameter) -> list[str]:
    absent = [] if where == "path" else [ABSENT]
    return [SENT, *absent, *_invalid(parameter.item), *_specials(parameter.item)]


def _invalid(schema: Json) -> list[str]:
    """Nothing is invalid where everything goes."""
    return [INVALID] if schema else []


def _specials(schema: Json) -> list[str]:
    """Return the names of the values of a schema that are worth a look: those of an enum, and bounds."""
    named = [written(value) for value in schema.get("enum", ()) if value is not None]
    if schema.get("type") == "boolean":
        named = ["true", "false"]
    return [*named, *(bound for bound in BOUNDS if bound in schema)]


def _special(schema: Json, value: Any) -> Iterator[str]:
    """Yield the names under which `_specials` has a value."""
    if isinstance(value, bool) or value in schema.get("enum", ()):
        yield written(value)
    elif isinstance(value, int | float):
        for bound, step in BOUNDS.items():
            exclusive = schema.get(f"exclusive{bound.title()}") is True
            if bound in schema and value == schema[bound] + (step if exclusive else 0):
                yield bound


def written(value: Any) -> str:
    """Return a value of an enum as people write it."""
    return value if isinstance(value, str) else json.dumps(value)


def _sent(
    where: str, name: str, values: Mapping[str, str], query: Mapping[str, list[str]], headers: Mapping[str, Any]
) -> list[str] | None:
    """Return the texts of a parameter, None if it is absent."""
    if where == "query":
        return query.get(name)
    found = values.get(name) if where == "path" else headers.get(name) if where == "header" else None
    if found is None:
        return None
    return [found.decode("latin-1") if isinstance(found, bytes) else str(found)]


def _shown_by(parameter: Parameter, sent: list[str] | None) -> Iterator[str]:
    if sent is None:
        yield ABSENT
        return
    faults: list[dict[str, str]] = []
    value = parameter.parse(sent, faults)
    if faults:
        yield INVALID
        return
    yield SENT
    for one in value if isinstance(value, list) else [value]:
        yield from _special(parameter.item, one)


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode("utf-8", "replace")
    return body if isinstance(body, bytes) else b""


def _parts(raw: bytes, media: str) -> dict[str, str]:
    """Return the parts of a multipart form by name, as text. Raises ValueError for what is none."""
    message = message_from_bytes(b"Content-Type: " + media.encode("latin-1", "replace") + b"\r\n\r\n" + raw)
    if not message.is_multipart():
        raise ValueError("is not a multipart form")
    found = {}
    for part in message.get_payload():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        content = part.get_payload(decode=True)  # type: ignore[union-attr]
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content.decode("utf-8", "replace")
    return found
