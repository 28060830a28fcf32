"""One request and its answer as the checks see them, and the operation of the contract that they belong to.

Not here: how requests are sent (`wire`), and what is wrong with an answer (the other modules of this folder).
"""

import json
import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from mock_server.contract import Json, operations, parameters, resolve
from mock_server.pipeline.schemas import Schemas

PLACEHOLDER = re.compile(r"\{([^}]+)\}")


_KNOWN: dict[tuple[str, bool], "Contract"] = {}


class Operation:
    """An operation of a contract: `name` is its operationId, `template` its `path` with the base path of the document before it."""

    def __init__(
        self, api: str, document: Json, schemas: Schemas, path: str, method: str, node: Json, item: Json
    ) -> None:
        self.api, self.document, self.node = api, document, node
        self.name: str = node["operationId"]
        self.method, self.path = method.upper(), path
        self.template = document["servers"][0]["url"].rstrip("/") + path
        self.parameters = parameters(document, node, item)
        self._schemas = schemas
        self._validators: dict[tuple[int, str], Any] = {}
        self.shapes: dict[
            tuple[int, str], Any
        ] = {}  # what checks have made of the schemas of answers, kept for the next ones

    @cached_property
    def last_parameter(self) -> str | None:
        """The path parameter with which the path ends, None if it ends with a word."""
        found = re.search(r"\{([^}]+)\}/?$", self.template)
        return found.group(1) if found else None

    def default(self, name: str) -> Any:
        """Return the documented default of a query parameter, None if it has none."""
        node = self.query.get(name, {})
        return resolve(self.document, node.get("schema", {})).get("default")

    @cached_property
    def query(self) -> dict[str, Json]:
        """The query parameters by name."""
        return {node["name"]: node for node in self.parameters if node["in"] == "query"}

    @cached_property
    def fields(self) -> set[str]:
        """The fields that the contract knows in a body of this operation, in whichever form it is sent."""
        body = resolve(self.document, self.node.get("requestBody", {}))
        return {
            name for media in body.get("content", {}).values() for name in self._properties(media.get("schema", {}))
        }

    def _properties(self, schema: Any) -> set[str]:
        node = resolve(self.document, schema)
        inner = [part for key in ("allOf", "anyOf", "oneOf") for part in node.get(key, ())]
        return set(node.get("properties", ())).union(*map(self._properties, inner))

    def response(self, status: int) -> Json | None:
        """Return what the contract says of a status, None if it does not list it."""
        node = self.node["responses"].get(str(status))
        return None if node is None else resolve(self.document, node)

    def schema(self, status: int, media: str) -> Json | None:
        """Return the schema of an answer, None where there is none."""
        schema: Json | None = ((self.response(status) or {}).get("content", {}).get(media) or {}).get("schema")
        return schema

    def validator(self, status: int, media: str) -> Any:
        """Return the compiled schema of an answer, None where there is none."""
        key = (status, media)
        if key not in self._validators:
            schema = self.schema(status, media)
            self._validators[key] = None if schema is None else self._schemas.compile(schema)
        return self._validators[key]

    def examples(self, status: int) -> list[Any]:
        """Return the examples of an answer."""
        found = []
        for media in (self.response(status) or {}).get("content", {}).values():
            found += [media["example"]] if "example" in media else []
            found += [resolve(self.document, node).get("value") for node in media.get("examples", {}).values()]
        return found


def contract_of(api: str, document: Json, moves_clock: bool = False) -> "Contract":
    """Return the contract of a document, the one of before if it is of the same: compiling its schemas takes a while."""
    known = _KNOWN.get((api, moves_clock))
    if known is None or (known.document is not document and known.document != document):
        known = _KNOWN[api, moves_clock] = Contract(api, document, moves_clock)
    return known


class Contract:
    """The operations of one bundled document, found by method and path, those behind an alias too.

    `moves_clock` says that the clock of the target is moved, so that its times need not fit the Date of an answer.
    """

    def __init__(self, api: str, document: Json, moves_clock: bool = False) -> None:
        self.api, self.document, self.moves_clock = api, document, moves_clock
        schemas = Schemas(document)
        self.operations = {
            node["operationId"]: Operation(api, document, schemas, path, method, node, item)
            for path, method, node, item in operations(document)
        }
        aliases = document.get("x-aliases", {})
        self._prefix: str = aliases.get("prefix", "")
        self._aliased: tuple[str, ...] = tuple(aliases.get("paths", ()))
        by_template: dict[str, dict[str, Operation]] = {}
        for operation in self.operations.values():
            by_template.setdefault(operation.template, {})[operation.method] = operation
        ordered = sorted(by_template.items(), key=lambda entry: _generality(entry[0]))
        self._patterns = [(_pattern(template), methods) for template, methods in ordered]

    def find(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """Return the operation of a concrete path and its path parameters, None if there is none."""
        found = self._direct(method, path)
        if found is None and self._prefix:
            found = self._behind_alias(method, path)
        return found

    def _direct(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        """The first path that fits is meant, whichever methods it has: words go before parameters."""
        for pattern, methods in self._patterns:
            if match := pattern.fullmatch(path):
                values = {name: unquote(value) for name, value in match.groupdict().items()}
                return (methods[method], values) if method in methods else None
        return None

    def _behind_alias(self, method: str, path: str) -> tuple[Operation, dict[str, str]] | None:
        match = re.match(_pattern(self._prefix).pattern + "(?=/)", path)
        rest = path[match.end() :] if match else ""
        if match is None or not any(rest == begin or rest.startswith(f"{begin}/") for begin in self._aliased):
            return None
        found = self._direct(method, rest)
        return None if found is None else (found[0], {**match.groupdict(), **found[1]})


class Answer:
    """What was asked and what came back. `operation` is None for a request that the contract does not know.

    `sent` is the JSON value or the form fields of the request, `caller` what its Authorization header said, `headers` are those of the
    answer in lower case, `content` its bytes.
    """

    def __init__(
        self,
        contract: Contract,
        method: str,
        url: str,
        status: int,
        headers: Mapping[str, str],
        content: bytes,
        *,
        sent: Any = None,
        caller: str | None = None,
    ) -> None:
        split = urlsplit(url)
        self.contract, self.method, self.url = contract, method.upper(), url
        self.raw_path = split.path
        self.sent, self.caller, self.status, self.content = sent, caller, status, content
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.query = parse_qs(split.query, keep_blank_values=True)
        found = contract.find(self.method, split.path)
        self.operation: Operation | None = found[0] if found else None
        self.path: dict[str, str] = found[1] if found else {}

    @property
    def api(self) -> str:
        """The name of the API."""
        return self.contract.api

    @property
    def is_aliased(self) -> bool:
        """Whether the path had the prefix of an alias."""
        return self.operation is not None and not _pattern(self.operation.template).fullmatch(self.raw_path)

    @property
    def is_success(self) -> bool:
        """Whether the status begins with 2."""
        return 200 <= self.status < 300

    @property
    def media(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @cached_property
    def body(self) -> Any:
        """The JSON value of the answer; None if it is none."""
        if not self.media.endswith("json"):
            return None
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    @cached_property
    def objects(self) -> list[tuple[str, dict[str, Any]]]:
        """Every object inside of the body, with its place."""
        return list(walk(self.body))

    @cached_property
    def schema(self) -> Json | None:
        """What the contract says of the body, None if it says nothing."""
        return self.operation.schema(self.status, self.media) if self.operation else None

    def asked(self, name: str) -> str | None:
        """Return the value of a query parameter as it was sent, None without it."""
        values = self.query.get(name)
        return values[-1] if values else None

    def asked_list(self, name: str) -> list[str]:
        """Return the parts of a query parameter that is a list, in either of its forms."""
        return [part for value in self.query.get(name, ()) for part in value.split(",") if part]


def walk(value: Any, place: str = "") -> Any:
    """Yield `(place, object)` for every object inside of a JSON value."""
    if isinstance(value, dict):
        yield place, value
        for key, inner in value.items():
            yield from walk(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from walk(inner, f"{place}[{at}]")


def rows(body: Any) -> list[Any] | None:
    """Return the list of an answer: the answer itself, or the one list of a page; None for anything else."""
    if isinstance(body, list):
        return body
    if isinstance(body, dict) and not body.keys() & {"id", "uuid"}:
        lists = [value for value in body.values() if isinstance(value, list)]
        return lists[0] if len(lists) == 1 else None
    return None


def _pattern(template: str) -> re.Pattern[str]:
    parts = [part if at % 2 else re.escape(part) for at, part in enumerate(PLACEHOLDER.split(template))]
    return re.compile("".join(f"(?P<{part}>[^/]+)" if at % 2 else part for at, part in enumerate(parts)))


def _generality(template: str) -> tuple[int, ...]:
    """Words go before parameters, from left to right, as in every router."""
    return tuple(1 if part.startswith("{") else 0 for part in template.split("/"))
