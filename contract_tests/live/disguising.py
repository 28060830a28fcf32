"""An exchange in disguise: every part of it replaced by what stands for it, as the contract says what the part is.

Times, numbers, words of enumerations and names of fields stay. Not here: what stands for what (`disguise`).
"""

import hashlib
import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from contract_tests.addresses import Operation
from contract_tests.live import tables
from contract_tests.live.callers import Callers
from contract_tests.live.disguise import Disguise
from contract_tests.live.entities import schema_of
from contract_tests.live.judging import Judge
from contract_tests.live.neighbours import NEIGHBOURS
from contract_tests.live.plans import PLAIN, Plan, Plans
from contract_tests.live.recent import Recent
from contract_tests.live.traffic import Recorded
from mock_server import redact
from mock_server.contract import Json
from mock_server.pipeline.schemas import is_uuid

ID = re.compile(r"(.*_)?ids?", re.ASCII)
OTHER_IDS = {
    "studio": (),
    "label_studio": (
        "task",
        "project",
        "completed_by",
        "updated_by",
        "last_created_by",
        "parent_annotation",
        "active_organization",
    ),
    "blue_guardrails": (),
}  # names of integers that are ids without saying so
IDS_ASKED = ("model", "classes", "labels")  # query parameters that hold ids without saying so
IDS = re.compile(
    rb'"((?:[^"\\]*_)?ids?|task|project|\w+_by|parent_annotation|active_organization)"\s*:\s*(\d+|\[[\d,\s]+\])'
)
NUMBERS = re.compile(r"\d+(,\d+)*", re.ASCII)
PEOPLE = ("user", "owner", "created_by_name")
FILES = ("document_name", "filename", "file_name")
WORDS_ASKED = ("details", "format", "mode", "status", "type", "lane", "ordering", "label_status")
NO_MAPS = ("active_organization_meta",)  # maps by their schema of which the names are always the same
AGAIN, LARGE = 64, 64 * 1024  # bodies that may come again are remembered, if they have no more bytes than this
ECHO = "query"  # the field in which a page repeats what it was asked for
PAGED = "blue_guardrails"  # the API whose pages do so
PUBLIC = ("Types", "Monitoring")  # tags of operations whose answers are the same for everybody
MAY_BE_SECRET = re.compile(r"=|eyJ|bearer|token|basic", re.IGNORECASE)
ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)


class Read(msgspec.Struct, frozen=True):
    """An answer in disguise: which operation of which API answered what, to which path (with query) and parameters.

    `body` is a JSON value, a `Table` for a download, None for nothing and for anything else. `who` is the same for the same caller,
    `caller` the id of the user if the token tells it, `home` what the caller says where to look, `key` the same for the same body.
    """

    api: str
    operation: Operation
    method: str
    target: str
    values: dict[str, str]
    query: dict[str, str]
    status: int
    body: Any
    who: str
    caller: int | None = None
    home: str | None = None
    key: bytes | None = None


class Disguising:
    """Disguises the exchanges of one API."""

    def __init__(self, judge: Judge, disguise: Disguise, callers: Callers) -> None:
        self.judge, self.disguise, self._callers = judge, disguise, callers
        self._plans = Plans(judge.shapes)
        self._neighbour = NEIGHBOURS[judge.api](disguise) if judge.api in NEIGHBOURS else None
        self._bodies: Recent[bytes, Any] = Recent(AGAIN)
        self._is_id = lru_cache(None)(lambda name: bool(ID.fullmatch(name)) or name in OTHER_IDS[judge.api])

    def collect(self, recorded: Recorded) -> None:
        """Learn the ids of an exchange, before any is replaced."""
        found = self._meant(recorded)
        if found is None:
            return
        operation, values = found
        for told in [*values.items(), *parse_qsl(recorded.query)]:
            self._parameter(*told)
        self._caller(recorded)
        if not tables.is_table(self.judge.document, operation.node):
            for _, told in IDS.findall(recorded.response_body or b""):
                for number in told.strip(b"[]").split(b","):
                    self.disguise.id(int(number))
            if self._neighbour:
                self._neighbour.collect(operation.operation_id, recorded.response_body or b"")

    def read(self, recorded: Recorded) -> Read | None:
        """Return a successful exchange with its answer, in disguise; None for anything else."""
        found = self._meant(recorded)
        if found is None:
            return None
        operation, values = found
        hidden = {name: self._parameter(name, value) for name, value in values.items()}
        query = [
            (name, self._parameter(name, value)) for name, value in parse_qsl(recorded.query, keep_blank_values=True)
        ]
        workspace = self._callers.home(recorded)
        return Read(
            api=self.judge.api,
            operation=operation,
            method=recorded.method,
            target=_path(operation.path, hidden) + (f"?{urlencode(query)}" if query else ""),
            values=hidden,
            query=dict(query),
            status=recorded.status,
            body=self._body(operation, recorded),
            key=self._key_of(operation, recorded),
            who=self._callers.who(recorded),
            caller=self._caller(recorded),
            home=self.disguise.uuid(workspace) if workspace else None,
        )

    def _meant(self, recorded: Recorded) -> tuple[Operation, dict[str, str]] | None:
        operation, values = self.judge.operation(recorded.method, recorded.path)
        return None if operation is None or not 200 <= recorded.status < 300 else (operation, values)

    def _caller(self, recorded: Recorded) -> int | None:
        told = self._callers.caller(recorded)
        return None if told is None else self.disguise.id(told)

    def _body(self, operation: Operation, recorded: Recorded) -> Any:
        if tables.is_table(self.judge.document, operation.node):
            return tables.table_of(recorded, self._cell)
        if not recorded.response_body or not recorded.media.endswith("json"):
            return None
        key = self._key_of(operation, recorded)
        if key is None:
            return self._json(operation, recorded.status, recorded.response_body)
        return self._bodies.get(key, lambda: self._json(operation, recorded.status, recorded.response_body or b""))

    def _key_of(self, operation: Operation, recorded: Recorded) -> bytes | None:
        """Return what is the same for the same answer; None for one that is too large to be remembered."""
        content = recorded.response_body or b""
        if not 0 < len(content) <= LARGE:
            return None
        return hashlib.blake2b(
            f"{operation.operation_id} {recorded.status} {recorded.media} ".encode() + content
        ).digest()

    def _json(self, operation: Operation, status: int, content: bytes) -> Any:
        """Return a body in JSON in disguise; None for what is none."""
        try:
            body = msgspec.json.decode(content)
            if operation.node["tags"][0] in PUBLIC:
                return body
            schema = schema_of(self.judge.document, operation.node, status)
            return self._value(self._plans.of((schema or {},)), body, "")
        except (msgspec.DecodeError, ValueError, RecursionError):
            return None

    def _value(self, plan: Plan, value: Any, name: str) -> Any:
        """Return a JSON value in disguise; `name` is that of the field in which it stands."""
        if isinstance(value, str):
            return self._text(plan, value, name)
        if isinstance(value, dict):
            return self._object(plan, value, name)
        if isinstance(value, list):
            items = plan.items
            return [self._value(items, part, name) for part in value]
        if isinstance(value, int) and not isinstance(value, bool) and self._is_id(name):
            return self.disguise.id(value)
        return 0 if name and redact.is_secret_field(name, value) else value

    def _object(self, plan: Plan, value: Json, name: str) -> Json:
        if name == ECHO and self.judge.api == PAGED:
            return {key: self._parameter(key, part) if isinstance(part, str) else part for key, part in value.items()}
        if plan.is_map and name not in NO_MAPS:
            return {self._key(key): self._value(plan.field(key), part, name) for key, part in value.items()}
        if isinstance(value.get("text"), str) and isinstance(value.get("segments"), list):
            return self._divided(plan, value)
        made = {key: self._value(plan.field(key), part, plan.name(key)) for key, part in value.items()}
        return self._neighbour.mended(value, made) if self._neighbour else made

    def _divided(self, plan: Plan, value: Json) -> Json:
        """Return a text with its segments: a piece of the text stays a piece of it."""
        made = {
            key: self._value(plan.field(key), part, plan.name(key)) for key, part in value.items() if key != "segments"
        }
        segments, text = plan.field("segments").items, made["text"]
        made["segments"] = [self._segment(segments, part, text) for part in value["segments"]]
        return made

    def _segment(self, plan: Plan, value: Any, text: str) -> Any:
        span = value.get("span") if isinstance(value, dict) else None
        if isinstance(span, list) and len(span) == 2 and all(isinstance(at, int) for at in span):
            rest = self._value(plan, {key: part for key, part in value.items() if key != "text"}, "segments")
            return {**rest, "text": text[slice(*span)]} if "text" in value else rest
        return self._value(plan, value, "segments")

    def _key(self, key: str) -> str:
        return self.disguise.uuid(key) if is_uuid(key) else self.disguise.text(key)

    def _text(self, plan: Plan, text: str, name: str) -> str:
        if text == "" or text in plan.words or plan.is_time or name in PLAIN:
            return text
        return self._replaced(text, name)

    def _replaced(self, text: str, name: str) -> str:
        """Return what stands for a text of which no schema says anything."""
        if self._neighbour and self._neighbour.is_word(text, name):
            return text
        if name == "invitation_link":
            before, slash, token = text.rpartition("/")
            return f"{self.disguise.address(before)}{slash}{self.disguise.secret(token)}"
        if redact.is_secret(name) or (MAY_BE_SECRET.search(text) and redact.line(text) != text):
            return self.disguise.secret(text)
        if is_uuid(text):
            return self.disguise.uuid(text)
        if name in ("first_name", "last_name"):
            return self.disguise.first_name(text) if name == "first_name" else self.disguise.last_name(text)
        if "@" in text and " " not in text:
            return self.disguise.email(text)
        if ADDRESS.fullmatch(text):
            return self.disguise.address(text)
        if name in FILES:
            return self.disguise.file(text)
        return self.disguise.person(text) if name in PEOPLE else self.disguise.text(text)

    def _cell(self, name: str, cell: str) -> str:
        """Return what stands for a cell of a table, which has no types."""
        if self._is_id(name) and cell.isdecimal():
            return str(self.disguise.id(int(cell)))
        return self._replaced(cell, name)

    def _parameter(self, name: str, text: str) -> str:
        if (self._is_id(name) or name in IDS_ASKED) and NUMBERS.fullmatch(text):
            return ",".join(str(self.disguise.id(int(part))) for part in text.split(","))
        if is_uuid(text):
            return self.disguise.uuid(text)
        if redact.is_secret(name):
            return self.disguise.secret(text)
        is_word = text.isdecimal() or name in WORDS_ASKED or text in ("true", "false", "")
        return text if is_word else self.disguise.text(text)


def _path(template: str, values: dict[str, str]) -> str:
    parts = (quote(values[part[1:-1]], safe="") if part.startswith("{") else part for part in template.split("/"))
    return "/".join(parts)
