"""What a JSON value has that its schema does not say, or lacks, or has otherwise: every deviation with where the contract speaks of it.

`Shapes.fits` is quick, and closed: a field that the schema does not know does not fit. `Shapes.deviations` says what is wrong. Values that
a recording hides fit everything. Not here: which schema belongs to an exchange (`judging`).
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from mock_server import redact
from mock_server.contract import Json
from mock_server.pipeline.schemas import Schemas, faults

Pointer = tuple[str | int, ...]
Grades = dict[str, str]  # by keyword of a schema, and under ALL for everything else
ALL = ""
HIDDEN = (redact.HIDDEN, "[hidden]")  # and as older recordings have it
ANYTHING = redact.HIDDEN  # stands for a value that is not known, a file say
ALTERNATIVES = ("anyOf", "oneOf")
COMPOSITION = ("allOf", *ALTERNATIVES)
OPEN = ".open"  # of the name of a schema that is a part of another one, which may have fields besides
STRUCTURE = {
    *COMPOSITION,
    "properties",
    "items",
    "required",
    "additionalProperties",
    "enum",
    "type",
    "nullable",
    "$ref",
}
NAME = re.compile(
    r"(?=.{1,40}$)[_$]?(?:[A-Za-z$]+\d{0,3}(?:[_.\-\[\]]+|$))+(?:\d{1,2})?", re.ASCII
)  # digits are rather of ids and secrets
TELLING = 40  # characters: a longer value is hardly one of an enumeration

UNKNOWN_FIELD = "unknown field"
MISSING_FIELD = "missing field"
OTHER_TYPE = "other type"
UNKNOWN_VALUE = "undocumented enum value"
OTHER_VALUE = "value out of bounds"


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a value is not as its schema says.

    `place` says where in the value, with `[]` for the elements of a list; `stands` where the contract speaks of it, `grade` how well
    that is known, `keyword` which part of the schema is broken; `detail` is what was seen instead: a field and its schema, a type, a word.
    """

    kind: str
    place: str
    stands: Pointer
    grade: str
    keyword: str
    told: str
    detail: Json


Said = tuple[Json, Pointer, Grades]  # a schema, where it stands, and the grades that hold around it


class Members(msgspec.Struct):
    """What a schema says of the fields of an object, of the elements of a list, and whether further fields are free."""

    fields: dict[str, list[Said]] = msgspec.field(default_factory=dict)
    items: list[Said] = msgspec.field(default_factory=list)
    is_free: bool = False

    def add(self, other: "Members") -> None:
        """Add what another part of the schema says."""
        for name, said in other.fields.items():
            self.fields.setdefault(name, []).extend(said)
        self.items += other.items
        self.is_free = self.is_free or other.is_free


class Shapes:
    """The schemas of one document, compiled when they are first needed."""

    def __init__(self, document: Json) -> None:
        self.document = document
        components = document.get("components", {}).get("schemas", {})
        named = {name: self._closed(node) for name, node in components.items()}
        named |= {name + OPEN: _open(node) for name, node in components.items()}
        self._closed_schemas = Schemas({"components": {"schemas": named}})
        self._schemas = Schemas(document)
        self._quick: dict[int, tuple[Json, Any]] = {}  # with the schema, so that its id stays its own
        self._lax: dict[int, tuple[Json, Any]] = {}
        self._bounds: dict[int, tuple[Json, Any]] = {}

    def fits(self, schema: Json, value: Any) -> bool:
        """Whether a value is all that its schema says, and nothing else."""
        known = self._quick.get(id(schema))
        if known is None:
            known = self._quick[id(schema)] = schema, self._closed_schemas.compile(self._closed(schema))
        return bool(known[1].is_valid(value))

    def holds(self, schema: Json, value: Any) -> bool:
        """Whether a value is all that its schema says, whatever else it has."""
        known = self._lax.get(id(schema))
        if known is None:
            known = self._lax[id(schema)] = schema, self._schemas.compile(schema)
        return bool(known[1].is_valid(value))

    def deviations(self, schema: Json, value: Any, place: str, stands: Pointer, grade: str) -> Iterator[Deviation]:
        """Yield every deviation of a value; `stands` is the pointer of the schema in the document."""
        if not self.fits(schema, value):
            yield from self._walk(schema, value, place, stands, {ALL: grade})

    def members(self, schema: Any) -> Members:
        """Return what a schema and its parts say of the fields and elements of a value."""
        return self._members(schema, (), {ALL: ""})

    def home(self, schema: Any, stands: Pointer) -> Pointer:
        """Return where the fields of a schema are listed, into which a further one would go."""
        node, stands = self._followed(schema, stands)
        if "properties" in node:
            return stands
        parts = [(part, (*stands, key, at)) for key in COMPOSITION for at, part in enumerate(node.get(key, ()))]
        inline = [place for part, place in parts if "properties" in part]
        listed = [
            place
            for part, at in parts
            if "properties" in self._followed(part, at)[0]
            for place in (self.home(part, at),)
        ]
        return (inline or listed or [stands])[0]

    def _closed(self, node: Any) -> Any:
        """Return a schema that refuses the fields that it does not know, at every depth."""
        if not isinstance(node, dict) or "$ref" in node:
            return node
        out = {key: _open(part) for key, part in node.items()}
        for key in ("items", "additionalProperties"):
            if isinstance(node.get(key), dict):
                out[key] = self._closed(node[key])
        for key in ALTERNATIVES if not _is_composed(node) else ():
            if key in node:
                out[key] = [self._closed(part) for part in node[key]]
        if _is_composed(node):
            members = self._members(node, (), {ALL: ""})
            out["properties"] = {name: self._closed(_merged(some)) for name, some in members.fields.items()}
            if members.items and "items" not in node:
                out["items"] = self._closed(_merged(members.items))
            if members.fields and not members.is_free:
                out["additionalProperties"] = False
        return out

    def _members(self, schema: Any, stands: Pointer, grades: Grades) -> "Members":
        """Return what a schema and its parts say of the fields and elements of a value."""
        node, stands = self._followed(schema, stands)
        grades = _own_grades(node, grades if "$ref" not in schema else {ALL: grades[ALL]})
        found = Members(is_free=bool(node.get("additionalProperties")))
        for name, part in node.get("properties", {}).items():
            found.fields[name] = [(part, (*stands, "properties", name), grades)]
        if "items" in node:
            found.items.append((node["items"], (*stands, "items"), grades))
        for key in COMPOSITION:
            for at, part in enumerate(node.get(key, ())):
                found.add(self._members(part, (*stands, key, at), grades))
        return found

    def _followed(self, node: Any, stands: Pointer) -> tuple[Json, Pointer]:
        while "$ref" in node:
            stands = tuple(node["$ref"].removeprefix("#/").split("/"))
            node = self.document["components"][stands[1]][stands[2]]
        return node, stands

    def _walk(self, schema: Any, value: Any, place: str, stands: Pointer, grades: Grades) -> Iterator[Deviation]:
        """Yield the deviations of a value from a schema: its own, and those of its fields and elements."""
        if isinstance(value, str) and value in HIDDEN:
            return
        node, at = self._followed(schema, stands)
        if not _is_composed(node) and any(key in node for key in ALTERNATIVES):
            if value is not None or not node.get("nullable"):
                for key in ALTERNATIVES:
                    yield from self._nearest(node, key, value, place, at, _own_grades(node, grades))
            return
        own = list(self._itself(schema, value, place, stands, grades))
        yield from own
        if isinstance(value, dict | list) and not any(one.kind == OTHER_TYPE for one in own):
            yield from self._inside(schema, value, place, stands, grades)

    def _itself(self, schema: Any, value: Any, place: str, stands: Pointer, grades: Grades) -> Iterator[Deviation]:
        """Yield how a value deviates by itself from a schema and its parts: in its type, its bounds, and in what it lacks."""
        node, stands = self._followed(schema, stands)
        grades = _own_grades(node, grades if "$ref" not in schema else {ALL: grades[ALL]})
        if value is None and node.get("nullable"):
            return
        for at, part in enumerate(node.get("allOf", ())):
            yield from self._itself(part, value, place, (*stands, "allOf", at), grades)
        for key in ALTERNATIVES:
            yield from self._nearest(node, key, value, place, stands, grades)
        kind = node.get("type")
        if kind is not None and not is_of(kind, value):
            keyword = "nullable" if value is None else "type"
            told = f"{place} is {with_article(type_of(value))}, and the contract has {with_article(kind)}"
            yield Deviation(
                kind=OTHER_TYPE, place=place, stands=stands, keyword=keyword, grade=_grade_of(grades, keyword), told=told,
                detail={"seen": type_of(value), "schema": schema_of(value)},
            )  # fmt: skip
            return
        yield from self._bounded(node, value, place, stands, grades)
        for name in node.get("required", ()) if isinstance(value, dict) else ():
            if name not in value:
                yield Deviation(
                    kind=MISSING_FIELD, place=f"{place}.{name}", stands=stands, keyword="required",
                    grade=_grade_of(grades, "required"), detail={"field": name},
                    told=f"{place}.{name} is missing, and the contract requires it",
                )  # fmt: skip

    def _inside(self, schema: Any, value: Any, place: str, stands: Pointer, grades: Grades) -> Iterator[Deviation]:
        """Yield how the fields or elements of a value deviate."""
        members = self._members(schema, stands, grades)
        if isinstance(value, list):
            for element in value if members.items else ():
                yield from self._member(members.items, element, f"{place}[]")
            return
        for name in members.fields.keys() & value.keys():
            yield from self._member(members.fields[name], value[name], f"{place}.{name}")
        node, at = self._followed(schema, stands)
        rest = node.get("additionalProperties")
        for name in sorted(value.keys() - members.fields.keys()):
            if isinstance(rest, dict):
                yield from self._walk(rest, value[name], f"{place}.*", (*at, "additionalProperties"), grades)
            elif members.fields and not members.is_free:
                yield self._unknown(node, name, value[name], place, at, _own_grades(node, grades))

    def _member(self, said: "list[Said]", value: Any, place: str) -> Iterator[Deviation]:
        """Yield how a field or an element deviates from all that is said of it; several parts of a schema may speak of one."""
        yield from self._walk(_merged(said), value, place, said[-1][1], said[-1][2])

    def _nearest(
        self, node: Json, key: str, value: Any, place: str, stands: Pointer, grades: Grades
    ) -> Iterator[Deviation]:
        """Yield how a value deviates from that alternative to which it is nearest."""
        found: list[list[Deviation]] = []
        one = self._itself if _is_composed(node) else self._walk
        for at, part in enumerate(node.get(key, ())):
            found.append(list(one(part, value, place, (*stands, key, at), grades)))
            if not found[-1]:
                return
        yield from min(found, key=lambda some: (any(one.kind == OTHER_TYPE for one in some), len(some)), default=())

    def _unknown(self, node: Json, name: str, value: Any, place: str, stands: Pointer, grades: Grades) -> Deviation:
        name, schema = name_of(name), schema_of(value)
        return Deviation(
            kind=UNKNOWN_FIELD, place=f"{place}.{name}", stands=self.home(node, stands), keyword="properties", grade=grades[ALL],
            told=f"{place}.{name} is not in the contract", detail={"field": name, "schema": schema},
        )  # fmt: skip

    def _bounded(self, node: Json, value: Any, place: str, stands: Pointer, grades: Grades) -> Iterator[Deviation]:
        """Yield how a value breaks its enumeration, or else its format and its bounds."""
        words = node.get("enum")
        if words is not None and value not in words:
            shown = word_of(value, words)
            yield Deviation(
                kind=UNKNOWN_VALUE, place=place, stands=stands, keyword="enum", grade=_grade_of(grades, "enum"),
                told=f"{place} is {shown or 'another value'}, and the contract has {', '.join(map(str, words))}",
                detail={"value": shown},
            )  # fmt: skip
            return
        if id(node) not in self._bounds:
            bounds = {key: part for key, part in node.items() if key not in STRUCTURE}
            kept = {"type": node["type"], **bounds} if "type" in node else bounds
            self._bounds[id(node)] = node, self._schemas.compile(kept)
        for fault in faults(self._bounds[id(node)][1], value, place):
            keyword = next((key for key in ("format", "pattern") if key in node and isinstance(value, str)), "bounds")
            yield Deviation(
                kind=OTHER_VALUE, place=place, stands=stands, keyword=keyword, grade=_grade_of(grades, keyword),
                told=f"{place} is beyond the {keyword} that the contract has", detail={"seen": type_of(value)},
            )  # fmt: skip
            if fault:
                return


def _open(node: Any) -> Any:
    """Return a schema that lets further fields pass, at every depth."""
    if isinstance(node, list):
        return [_open(part) for part in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {"$ref": node["$ref"] + OPEN}
    return {key: part if key in ("enum", "example", "default") else _open(part) for key, part in node.items()}


def _is_composed(node: Json) -> bool:
    """Whether fields of a schema stand in it or in parts that all apply, so that alternatives only add to them."""
    return "properties" in node or "allOf" in node


def _merged(said: "list[Said]") -> Json:
    schemas = [schema for schema, _, _ in said]
    return schemas[0] if len(schemas) == 1 else {"allOf": schemas}


def is_of(kind: str, value: Any) -> bool:
    """Whether a value is of a type of JSON Schema."""
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == "integer":
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        return whole and not isinstance(value, bool)
    return type_of(value) == kind


def type_of(value: Any) -> str:
    """Return the type of a JSON value, `null` included."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    named = ((int, "integer"), (float, "number"), (str, "string"), (list, "array"))
    return next((name for kind, name in named if isinstance(value, kind)), "object")


def schema_of(value: Any, depth: int = 4) -> Json:
    """Return a schema that fits a value: its types, and nothing of its content."""
    kind = type_of(value)
    if kind == "null":
        return {"type": "string", "nullable": True}
    if kind == "object":
        if not depth or not value or len(value) > 50:
            return {"type": "object", "additionalProperties": True}
        return {
            "type": "object",
            "properties": {name_of(name): schema_of(part, depth - 1) for name, part in value.items()},
        }
    if kind == "array":
        return {"type": "array", "items": schema_of(value[0], depth - 1) if value and depth else {}}
    return {"type": kind, **_format_of(value)}


def word_of(value: Any, like: list[Any]) -> str | None:
    """Return a value as it may be shown: a word written as those that an enumeration has already; None for what may be anything."""
    known = "".join(str(word) for word in like if word is not None)
    signs = "A-Z" * (known != known.lower()) + "a-z" * (known != known.upper()) + "0-9" * any(map(str.isdigit, known))
    return value if isinstance(value, str) and re.fullmatch(f"[{signs}_-]{{1,{TELLING}}}", value) else None


def name_of(field: str) -> str:
    """Return the name of a field or parameter as it may be shown; maps have addresses, tokens and numbers for names as well."""
    return field if NAME.fullmatch(field) and redact.line(field) == field else "…"


def with_article(kind: str) -> str:
    """Return the name of a type as it stands in a sentence."""
    return kind if kind == "null" else f"{'an' if kind[0] in 'aio' else 'a'} {kind}"


def _format_of(value: Any) -> Json:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return {}
    if isinstance(value, int):
        return {"format": "int64"}
    is_time = len(value) >= 19 and value[:4].isdigit() and value[4:5] == "-" and value[10:11] == "T"
    return {"format": "date-time"} if is_time else {}


def _own_grades(node: Json, grades: Grades) -> Grades:
    """Return the grades of a schema: its own, else those of what is around it."""
    own = node.get("x-evidence")
    if isinstance(own, str):
        return {ALL: own}
    return {**grades, **own} if isinstance(own, dict) else grades


def _grade_of(grades: Grades, keyword: str) -> str:
    return grades.get(keyword, grades[ALL])
