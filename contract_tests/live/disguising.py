"""An exchange in disguise: every part of it replaced by what stands for it, as the contract says what the part is.

Times, numbers, words of enumerations and names of fields stay. Not here: what stands for what (`disguise`).
"""

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import msgspec

from contract_tests.addresses import Operation
from contract_tests.live.disguise import Disguise
from contract_tests.live.judging import Judge
from contract_tests.live.shapes import COMPOSITION, Shapes
from contract_tests.live.traffic import Recorded
from mock_server import redact
from mock_server.contract import Json, resolve
from mock_server.pipeline.schemas import is_uuid

ID = re.compile(r"(.*_)?ids?", re.ASCII)
OF_IDS = ("model",)  # query parameters that hold an id without saying so
PEOPLE = ("user", "owner")
PLAIN = (
    "language",
    "locale",
    "message",
    "status",
)  # texts that say nothing of anybody, or do not become a part of a world
PUBLIC = ("Types", "Monitoring")  # tags of operations whose answers are the same for everybody
FORMATS = ("date-time", "date")


class Read(msgspec.Struct, frozen=True):
    """An answer in disguise: which operation answered what, to which path (with query) and parameters."""

    operation: Operation
    method: str
    target: str
    values: dict[str, str]
    query: dict[str, str]
    status: int
    body: Any


class Disguising:
    """Disguises the exchanges of one API."""

    def __init__(self, judge: Judge, disguise: Disguise) -> None:
        self.judge, self.disguise = judge, disguise
        self.shapes: Shapes = judge.shapes

    def read(self, recorded: Recorded) -> Read | None:
        """Return a successful exchange with its answer in JSON, in disguise; None for anything else."""
        operation, values = self.judge.operation(recorded.method, recorded.path)
        if operation is None or not 200 <= recorded.status < 300:
            return None
        told = resolve(self.judge.document, operation.node["responses"].get(str(recorded.status), {}))
        schema = told.get("content", {}).get("application/json", {}).get("schema")
        has_body = bool(recorded.response_body) and recorded.media.endswith("json")
        try:
            body = msgspec.json.decode(recorded.response_body or b"") if has_body else None
        except (msgspec.DecodeError, ValueError, RecursionError):
            return None
        hidden = {name: self._parameter(name, value) for name, value in values.items()}
        query = [(name, self._parameter(name, value)) for name, value in parse_qsl(urlsplit(recorded.url).query)]
        return Read(
            operation=operation,
            method=recorded.method,
            target=_path(operation.path, hidden) + (f"?{urlencode(query)}" if query else ""),
            values=hidden,
            query=dict(query),
            status=recorded.status,
            body=body if operation.node["tags"][0] in PUBLIC else self.value(schema or {}, body, ""),
        )

    def value(self, schema: Json, value: Any, name: str) -> Any:
        """Return a JSON value in disguise; `name` is that of the field in which it stands."""
        if isinstance(value, dict):
            return self._object(schema, value)
        if isinstance(value, list):
            items = self.shapes.members(schema).items
            return [self.value(items[-1][0] if items else {}, part, name) for part in value]
        if isinstance(value, int) and not isinstance(value, bool) and ID.fullmatch(name):
            return self.disguise.id(value)
        return self._text(schema, value, name) if isinstance(value, str) else value

    def _object(self, schema: Json, value: Json) -> Json:
        fields = self.shapes.members(schema).fields
        rest = resolve(self.judge.document, schema).get("additionalProperties")
        free = rest if isinstance(rest, dict) else {}
        made = {}
        for name, part in value.items():
            said = fields.get(name)
            made[name] = self.value({"allOf": [one for one, _, _ in said]} if said else free, part, name)
        if isinstance(value.get("text"), str) and isinstance(made.get("segments"), list):
            for segment in made["segments"]:  # a piece of the text stays a piece of it
                if isinstance(segment, dict) and isinstance(segment.get("span"), list) and len(segment["span"]) == 2:
                    segment["text"] = made["text"][slice(*segment["span"])]
        return made

    def _text(self, schema: Json, text: str, name: str) -> str:
        facts = list(self._facts(schema))
        if any(text in one.get("enum", ()) for one in facts) or any(one.get("format") in FORMATS for one in facts):
            return text
        if name in PLAIN or text == "":
            return text
        if redact.is_secret(name) or redact.line(text) != text:
            return self.disguise.secret(text)
        if is_uuid(text):
            return self.disguise.uuid(text)
        if name == "first_name":
            return self.disguise.first_name(text)
        if name == "last_name":
            return self.disguise.last_name(text)
        if "@" in text and " " not in text:
            return self.disguise.email(text)
        return self.disguise.person(text) if name in PEOPLE else self.disguise.text(text)

    def _facts(self, schema: Json) -> Any:
        node = resolve(self.judge.document, schema)
        yield node
        for key in COMPOSITION:
            for part in node.get(key, ()):
                yield from self._facts(part)

    def _parameter(self, name: str, text: str) -> str:
        if (ID.fullmatch(name) or name in OF_IDS) and text.isdecimal():
            return str(self.disguise.id(int(text)))
        if is_uuid(text):
            return self.disguise.uuid(text)
        if redact.is_secret(name):
            return self.disguise.secret(text)
        is_word = (
            text.isdecimal() or name in ("details", "format", "mode", "status", "type") or text in ("true", "false")
        )
        return text if is_word else self.disguise.text(text)


def _path(template: str, values: dict[str, str]) -> str:
    parts = (quote(values[part[1:-1]], safe="") if part.startswith("{") else part for part in template.split("/"))
    return "/".join(parts)
