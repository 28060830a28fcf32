"""Path, query and header parameters: from text to the types of the contract, with a reason for each that does not fit."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from mock_server.contract import Json, resolve
from mock_server.pipeline.errors import bad_parameters, bad_path
from mock_server.pipeline.schemas import Schemas, faults

INTEGER = re.compile(r"[+-]?[0-9]{1,400}", re.ASCII)
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
BOOLEANS = {"true": True, "false": False, "True": True, "False": False}  # Python's str(True) is what some clients send
SAYS_NOTHING = {"type", "format", "description", "example", "default", "x-evidence"}  # beyond what coercion checks
Fault = dict[str, str]


def to_integer(text: str) -> int:
    """Raises ValueError saying what an integer looks like."""
    if not INTEGER.fullmatch(text):
        raise ValueError("must be an integer, for example 11")
    if len(text) > 18 and not -(2**63) <= int(text) < 2**63:
        raise ValueError("must be an integer of at most 64 bits")
    return int(text)


def to_number(text: str) -> float:
    """Raises ValueError saying what a number looks like."""
    if not NUMBER.fullmatch(text):
        raise ValueError("must be a number, for example 0.5")
    return float(text) if not INTEGER.fullmatch(text) else int(text)


def to_boolean(text: str) -> bool:
    """Raises ValueError saying what a boolean looks like."""
    try:
        return BOOLEANS[text]
    except KeyError:
        raise ValueError("must be true or false") from None


COERCIONS: dict[str, Callable[[str], Any]] = {"integer": to_integer, "number": to_number, "boolean": to_boolean}


def coerce(schema: Json, text: str) -> Any:
    """Return `text` as the type of the schema. Raises ValueError."""
    return COERCIONS.get(schema.get("type", "string"), str)(text)


class Parameter:
    """One parameter of an operation, compiled. Plain bounds are checked here, anything else by its schema."""

    def __init__(self, node: Json, document: Json, schemas: Schemas) -> None:
        self.name: str = node["name"]
        self.place = f"{node['in']}.{self.name}"
        self.required = bool(node.get("required"))
        self.schema: Json = resolve(document, node["schema"])
        self.is_array = self.schema.get("type") == "array"
        self.item: Json = resolve(document, self.schema["items"]) if self.is_array else self.schema
        self.explode = node.get("explode", True)
        self.has_default = "default" in self.schema
        self._schemas = schemas
        self._plain = not (set(self.schema) - SAYS_NOTHING) and self.schema.get("format") in (None, "int64")
        self._validator: Any = None

    def parse(self, values: list[str], found: list[Fault]) -> Any:
        """Return the typed value of what was sent; faults go to `found`."""
        try:
            value = self._typed(values)
        except ValueError as error:
            found.append({"place": self.place, "reason": str(error)})
            return None
        if not self._plain:
            if self._validator is None:
                self._validator = self._schemas.compile(self.schema)
            found.extend(faults(self._validator, value, self.place))
        return value

    def _typed(self, values: list[str]) -> Any:
        if not self.is_array:
            return coerce(self.schema, values[-1])
        texts = values if self.explode else values[-1].split(",")
        return [coerce(self.item, text) for text in texts if text or self.explode]


class Parameters:
    """All path, query and header parameters of one operation; `headers` are there by their names in lower case."""

    def __init__(self, nodes: list[Json], document: Json, schemas: Schemas) -> None:
        self.path = {node["name"]: Parameter(node, document, schemas) for node in nodes if node["in"] == "path"}
        self.query = {node["name"]: Parameter(node, document, schemas) for node in nodes if node["in"] == "query"}
        self.headers = {
            node["name"].lower(): Parameter(node, document, schemas) for node in nodes if node["in"] == "header"
        }
        self.defaults = {name: p.schema.get("default") for name, p in self.query.items()}
        self._required = [p for p in self.query.values() if p.required]

    def read_path(self, texts: dict[str, str]) -> dict[str, Any]:
        """Return the typed path parameters. Raises BreaksContract."""
        found: list[Fault] = []
        values = {name: self.path[name].parse([text], found) for name, text in texts.items()}
        if found:
            raise bad_path(found)
        return values

    def read_query(self, query_string: bytes) -> dict[str, Any]:
        """Return the typed query parameters, defaults filled, unknown ones left out. Raises BreaksContract."""
        values = dict(self.defaults)
        if not query_string and not self._required:
            return values
        sent: dict[str, list[str]] = {}
        for name, text in _pairs(query_string):
            sent.setdefault(name, []).append(text)
        found: list[Fault] = [{"place": p.place, "reason": "is required"} for p in self._required if p.name not in sent]
        for name in sent.keys() & self.query.keys():
            values[name] = self.query[name].parse(sent[name], found)
        if found:
            raise bad_parameters(found)
        return values

    def read_headers(self, headers: dict[bytes, bytes]) -> dict[str, Any]:
        """Return the typed header parameters, None for those that were not sent. Raises BreaksContract."""
        values: dict[str, Any] = {}
        found: list[Fault] = []
        for name, parameter in self.headers.items():
            text = headers.get(name.encode())
            if text is None and parameter.required:
                found.append({"place": parameter.place, "reason": "is required"})
            values[name] = None if text is None else parameter.parse([text.decode("latin-1")], found)
        if found:
            raise bad_parameters(found)
        return values


def _pairs(query_string: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=1000)
    except (ValueError, UnicodeDecodeError):
        raise bad_parameters([{"place": "query", "reason": "must be percent-encoded UTF-8"}]) from None
