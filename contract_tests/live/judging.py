"""One exchange against the contract, in both directions: what is not as the contract says, where it says so, and how well it knows.

    judge = Judge("studio")
    judge.request(recorded), judge.answer(recorded)  # findings
    judge.evidence(finding)                          # grade, file, line, rows of the ledger

A `Judge` is made once and keeps nothing of what it judges. Nothing of a finding is content of the traffic but names of fields and
parameters, types, and words that look like those of an enumeration. Not here: counting (`drift`), passing on (`proxy`).
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import msgspec

from contract_tests import evidence
from contract_tests.addresses import Addresses, Operation
from contract_tests.evidence import Evidence
from contract_tests.live import sent, shapes
from contract_tests.live.judged import (
    ANSWER,
    BROKEN,
    KINDS,
    MISSING_HEADER,
    MISSING_PARAMETER,
    REQUEST,
    UNKNOWN_CODE,
    UNKNOWN_MEDIA,
    UNKNOWN_METHOD,
    UNKNOWN_PARAMETER,
    UNKNOWN_PATH,
    Finding,
    of_deviation,
)  # fmt: skip
from contract_tests.live.shapes import HIDDEN, Pointer, Shapes
from contract_tests.live.templates import Templates
from contract_tests.live.traffic import Recorded, header
from mock_server import contract
from mock_server.contract import Json, resolve
from mock_server.pipeline.bodies import FORM, JSON, URL_ENCODED
from mock_server.pipeline.parameters import Parameter
from mock_server.pipeline.schemas import Schemas
from mock_server.spec import ledger
from mock_server.spec.document_files import Place

__all__ = [
    "ANSWER", "BROKEN", "KINDS", "MISSING_HEADER", "MISSING_PARAMETER", "NOT_JUDGED", "OWN", "REQUEST", "UNKNOWN_CODE", "UNKNOWN_MEDIA",
    "UNKNOWN_METHOD", "UNKNOWN_PARAMETER", "UNKNOWN_PATH", "Finding", "Judge", "apis_of",
]  # fmt: skip
OWN = "/_mock"  # where the stand-in answers for itself, which no contract of a vendor tells of
NOT_JUDGED = ("OPTIONS", "HEAD", "TRACE", "CONNECT")  # of browsers and proxies, or without a body to judge
UNCHANGED = 304
REMEMBERED = 4096  # paths whose operation is remembered: clients ask for the same ones again and again


class Judge:
    """Judges the exchanges of one API: `api` is the name of its contract, `prefix` the path before all of its own, as in `/api/v1`.

    Raises ContractError.
    """

    def __init__(self, api: str = "studio", prefix: str = "", document: Json | None = None) -> None:
        self.api, self.prefix = api, prefix.rstrip("/")
        self.document = contract.load(api) if document is None else document
        self.addresses = Addresses(self.document)
        self.shapes = Shapes(self.document)
        self.templates = Templates(self.addresses, self.prefix, self.document)
        self._schemas = Schemas(self.document)
        self._own = {
            node["operationId"]: (path, method) for path, method, node, _ in contract.operations(self.document)
        }
        self._parameters: dict[tuple[str, str], dict[tuple[str, str], Parameter]] = {}
        self._find = lru_cache(REMEMBERED)(self._found_at)

    def operation(self, method: str, path: str) -> tuple[Operation | None, dict[str, str]]:
        """Return the operation at a path (still percent-encoded) and the values of its path parameters; None if there is none."""
        return self._find(method, path)

    def _found_at(self, method: str, path: str) -> tuple[Operation | None, dict[str, str]]:
        if not path.startswith(self.prefix):
            return None, {}
        return self.addresses.find(method, path[len(self.prefix) :] or "/")

    def own_place(self, operation: str) -> tuple[str, str]:
        """Return path and method of an operation as the document has them. Raises KeyError."""
        return self._own[operation]

    def is_own(self, recorded: Recorded) -> bool:
        """Whether an exchange is with the stand-in itself and not with what it stands for."""
        path = recorded.path.removeprefix(self.prefix)
        return path == OWN or path.startswith(f"{OWN}/")

    def judge(self, recorded: Recorded) -> list[Finding]:
        """Return everything that is wrong with an exchange."""
        return [*self.request(recorded), *self.answer(recorded)]

    def request(self, recorded: Recorded) -> list[Finding]:
        """Return what is wrong with a request; an unknown path or method is one finding."""
        if recorded.method in NOT_JUDGED or self.is_own(recorded):
            return []
        operation, values = self.operation(recorded.method, recorded.path)
        if operation is None:
            return [self._unknown(recorded)]
        found = [*self._parameters_of(operation, recorded, values), *self._body(operation, recorded)]
        return list({one.key: one for one in found}.values())

    def answer(self, recorded: Recorded) -> list[Finding]:
        """Return what is wrong with an answer; nothing for one that never came or that the contract cannot know."""
        operation, _ = self.operation(recorded.method, recorded.path)
        skipped = recorded.method in NOT_JUDGED or recorded.status in (0, UNCHANGED)
        if operation is None or skipped:
            return []
        return list({one.key: one for one in self._answer(operation, recorded)}.values())

    def evidence(self, finding: Finding, is_stand_in: bool = False) -> Evidence:
        """Return what the contract's evidence says of a finding, with file and line. The first call reads the documents."""
        stands = finding.stands or ("paths",)
        place = evidence.sources(self.api).place(*stands)
        rows = tuple(row.id for row in ledger.load().of(finding.operation)) if finding.operation else ()
        path, method = self._own.get(finding.operation or "", ("", ""))
        node = self.document["paths"][path][method] if path else {}
        source = str(node.get("x-evidence", {}).get("source", ""))
        verdict = _verdict(finding, place) or evidence.verdict(finding.grade, place, rows, is_stand_in)
        return Evidence(finding.grade, source, place.file, place.line, rows, verdict)

    def template(self, path: str) -> str:
        """Return a path that the contract does not have, its variable parts named."""
        return self.templates.template(path)

    def _unknown(self, recorded: Recorded) -> Finding:
        path = recorded.path
        methods = self.addresses.methods(path[len(self.prefix) :]) if path.startswith(self.prefix) else []
        template = self.template(path)
        told = f"the contract has no {recorded.method} {template}"
        return Finding(
            direction=REQUEST, kind=UNKNOWN_METHOD if methods else UNKNOWN_PATH, operation=None, method=recorded.method,
            path=template, status=recorded.status, place="path",
            told=f"{told}; it has {', '.join(methods)} there" if methods else told,
        )  # fmt: skip

    def _parameters_of(self, operation: Operation, recorded: Recorded, values: dict[str, str]) -> Iterator[Finding]:
        known = self._compiled(operation)
        query = sent.query_of(recorded)
        for name in query:
            if ("query", name) not in known:
                shown = shapes.name_of(name)
                yield self._found(
                    operation, recorded, REQUEST, UNKNOWN_PARAMETER, f"query.{shown}",
                    f"the query parameter {shown} is not in the contract", ("parameters",), "parameters",
                    {"field": shown, "schema": _schema_of_texts(query[name])},
                )  # fmt: skip
        for (where, name), parameter in known.items():
            if where == "path":
                texts = [values[name]] if name in values else None
            elif where == "query":
                texts = query.get(name)
            else:
                text = header(recorded.request_headers, name.lower())
                texts = None if text is None else [text]
            yield from self._parameter(operation, recorded, parameter, texts)

    def _parameter(
        self, operation: Operation, recorded: Recorded, parameter: Parameter, texts: list[str] | None
    ) -> Iterator[Finding]:
        where, stands = parameter.place, ("parameters",)
        if texts is None:
            if parameter.required and not where.startswith("path."):
                told = f"{where} is missing, and the contract requires it"
                detail = {"field": parameter.name}
                yield self._found(
                    operation, recorded, REQUEST, MISSING_PARAMETER, where, told, stands, "required", detail
                )
            return
        if any(text in HIDDEN for text in texts):
            return
        faults: list[dict[str, str]] = []
        value = parameter.parse(texts, faults)
        for fault in faults[:1]:
            words = parameter.item.get("enum")
            wrong = [one for one in (value if isinstance(value, list) else [value]) if words and one not in words]
            kind, word = (
                (shapes.UNKNOWN_VALUE, shapes.word_of(wrong[0], words or [])) if wrong else (shapes.OTHER_VALUE, None)
            )
            reason = f"{where} is {word or 'another value'}" if wrong else _without_content(where, fault["reason"])
            told = f"{reason}; the contract has {', '.join(map(str, words))}" if wrong and words else reason
            yield self._found(operation, recorded, REQUEST, kind, where, told, stands, "schema", {"value": word})

    def _body(self, operation: Operation, recorded: Recorded) -> Iterator[Finding]:
        node = operation.node.get("requestBody")
        if node is None or recorded.request_body is None:
            return
        body, media = resolve(self.document, node), recorded.sent_media
        stands: Pointer = ("requestBody",)
        if not recorded.request_body and not media:
            if body.get("required"):
                told = "the request has no body, and the contract requires one"
                yield self._found(operation, recorded, REQUEST, BROKEN, "body", told, stands, "required")
            return
        content = body["content"]
        chosen = media if media in content else JSON if media.endswith("+json") and JSON in content else None
        if chosen is None:
            told = f"the request is {media or 'of no media type'}, and the contract has {', '.join(content)}"
            detail = {"field": media}
            yield self._found(operation, recorded, REQUEST, UNKNOWN_MEDIA, "body", told, stands, "content", detail)
            return
        if not (chosen.endswith("json") or chosen in (FORM, URL_ENCODED)):
            return
        stands, schema = (*stands, "content", chosen, "schema"), content[chosen].get("schema", {})
        try:
            value = sent.value_of(recorded, schema, self.document)
        except sent.Unreadable as problem:
            told = f"the body of the request {_without_content('', str(problem)).strip()}"
            yield self._found(operation, recorded, REQUEST, BROKEN, "body", told, stands, "schema")
            return
        yield from self._deviating(operation, recorded, REQUEST, schema, value, "body", stands)

    def _answer(self, operation: Operation, recorded: Recorded) -> Iterator[Finding]:
        status = str(recorded.status)
        responses = operation.node["responses"]
        code = status if status in responses else "default" if "default" in responses else None
        if code is None:
            listed = ", ".join(responses)
            told = f"answered {status}, and the contract lists {listed}"
            detail = {"value": status, "media": recorded.media, "schema": _schema_of_answer(recorded)}
            yield self._found(
                operation, recorded, ANSWER, UNKNOWN_CODE, "status", told, ("responses",), "codes", detail
            )
            return
        node, stands = resolve(self.document, responses[code]), ("responses", code)
        yield from self._headers(operation, recorded, node, stands)
        if recorded.response_body is not None:
            yield from self._content(operation, recorded, node.get("content", {}), stands)

    def _headers(self, operation: Operation, recorded: Recorded, node: Json, stands: Pointer) -> Iterator[Finding]:
        if not any(name != "content-type" for name, _ in recorded.response_headers):
            return  # recorded without them
        for name, part in node.get("headers", {}).items():
            if resolve(self.document, part).get("required") and header(recorded.response_headers, name.lower()) is None:
                told = f"answered {recorded.status} without the header {name}"
                at = (*stands, "headers", name)
                yield self._found(
                    operation, recorded, ANSWER, MISSING_HEADER, f"header.{name}", told, at, "required", {"field": name}
                )

    def _content(self, operation: Operation, recorded: Recorded, content: Json, stands: Pointer) -> Iterator[Finding]:
        body, media, status = recorded.response_body, recorded.media, recorded.status
        if not body:
            if content:
                told = f"answered {status} without a body, and the contract has one"
                yield self._found(operation, recorded, ANSWER, BROKEN, "answer", told, (*stands, "content"), "content")
            return
        chosen = media if media in content else JSON if media.endswith("+json") and JSON in content else None
        if chosen is None:
            documented = ", ".join(content) or "no body"
            told = f"answered {status} as {media or 'nothing'}, and the contract has {documented}"
            yield self._found(
                operation, recorded, ANSWER, UNKNOWN_MEDIA, "content-type", told, (*stands, "content"), "content",
                {"field": media},
            )  # fmt: skip
            return
        schema = content[chosen].get("schema", {})
        if not chosen.endswith("json") or schema.get("format") == "binary":
            return
        at = (*stands, "content", chosen, "schema")
        try:
            value = msgspec.json.decode(body)
        except (msgspec.DecodeError, ValueError, RecursionError):
            told = f"answered {status} as {media} with a body that is no JSON"
            yield self._found(operation, recorded, ANSWER, BROKEN, "answer", told, at, "schema")
            return
        yield from self._deviating(operation, recorded, ANSWER, schema, value, "answer", at)

    def _deviating(
        self,
        operation: Operation,
        recorded: Recorded,
        direction: str,
        schema: Json,
        value: Any,
        place: str,
        at: Pointer,
    ) -> Iterator[Finding]:
        if self.shapes.fits(schema, value):
            return
        grade, stands = self._graded(operation, at)
        for one in self.shapes.deviations(schema, value, place, stands, grade):
            yield of_deviation(operation, recorded, direction, one)

    def _found(
        self,
        operation: Operation,
        recorded: Recorded,
        direction: str,
        kind: str,
        place: str,
        told: str,
        at: Pointer,
        keyword: str,
        detail: Json | None = None,
    ) -> Finding:
        grade, stands = self._graded(operation, at)
        return Finding(
            direction=direction, kind=kind, operation=operation.operation_id, method=operation.method, path=operation.path,
            status=recorded.status, place=place, told=told, stands=stands, keyword=keyword, grade=grade, detail=detail or {},
        )  # fmt: skip

    def _graded(self, operation: Operation, at: Pointer) -> tuple[str, Pointer]:
        """Return grade and place of a part of an operation, as the document has it under its own path."""
        path, method = self._own[operation.operation_id]
        pointer = ("paths", path, method, *(str(part) for part in at))
        grade, stands = evidence.graded(self.document, pointer)
        return grade, tuple(stands)

    def _compiled(self, operation: Operation) -> dict[tuple[str, str], Parameter]:
        key = (operation.operation_id, operation.path)
        if key not in self._parameters:
            self._parameters[key] = {
                (node["in"], node["name"]): Parameter(node, self.document, self._schemas)
                for node in operation.parameters
            }
        return self._parameters[key]


def apis_of(recorded: Recorded, judges: Iterable[Judge]) -> list[str]:
    """Return the names of the contracts that know what an exchange addresses."""
    return [judge.api for judge in judges if judge.operation(recorded.method, recorded.path)[0] is not None]


def _schema_of_answer(recorded: Recorded) -> Json | None:
    """Return a schema of what was answered, None if it is no JSON."""
    try:
        return shapes.schema_of(msgspec.json.decode(recorded.response_body or b""))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _verdict(finding: Finding, place: Place) -> str:
    """Say whose word stands against what was seen, where it is not that of the evidence: nothing speaks against what is only more."""
    if finding.is_more:
        return f"The contract does not tell of it ({place.file}:{place.line})"
    if finding.direction == REQUEST:
        return f"The contract refuses what the deployment takes ({finding.grade}, {place.file}:{place.line})"
    return ""


def _without_content(where: str, reason: str) -> str:
    """Return a reason without what was sent: some quote it."""
    plain = reason.startswith(("must be", "is required", "is empty", "is not valid", "is nested", "is a form"))
    return f"{where} {reason.split(': ')[0] if plain else 'is beyond what the contract allows'}"


def _schema_of_texts(texts: list[str]) -> Json:
    """Return a schema for a parameter of which these texts were seen."""
    if all(text in ("true", "false") for text in texts):
        return {"type": "boolean"}
    return {"type": "integer", "format": "int64"} if all(text.isdecimal() for text in texts) else {"type": "string"}
