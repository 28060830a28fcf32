"""An operation, compiled from the contract: its function, its role, its parameters, its body and its answers."""

from collections.abc import Callable
from copy import copy
from typing import Any

import msgspec

from mock_server.contract import Json, operations, parameters, resolve
from mock_server.pipeline.aliases import END, Aliases, aliases_of
from mock_server.pipeline.bodies import Body
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import BAD_BODY, Refused
from mock_server.pipeline.learned import lessons_of
from mock_server.pipeline.parameters import Parameter, Parameters
from mock_server.pipeline.reply import Reply
from mock_server.pipeline.schemas import Schemas, faults

INVALID = "x-invalid-status"  # what a vendor has in place of 400


class Operation:
    """One operation. `role` is its entry in roles.yaml, `takes_token` whether the contract asks for one, `needs_token` whether it must.

    `alias` is the parameter of the prefix under which it is called, None under its own path.
    """

    alias: str | None = None

    def __init__(self, name: str, api: Any, node: Json, item: Json, document: Json, schemas: Schemas) -> None:
        self.name, self.api, self.node = name, api, node
        self.handler: Callable[..., Any] = api.handler(node)
        self.parameters = Parameters(parameters(document, node, item), document, schemas)
        body = resolve(document, node["requestBody"]) if "requestBody" in node else None
        self.body = Body(body, document, schemas, _told(node, document)) if body else None
        self.role: Json = node.get("x-role", {})
        security: list[Json] = node["security"] if "security" in node else document.get("security", [])
        self.takes_token = any(security)
        self.needs_token = self.takes_token and {} not in security
        self.document, self._schemas = document, schemas
        self.lessons = lessons_of(node, document)
        self.invalid_status: int = document.get(INVALID, 400)
        self._answers: dict[tuple[int, bytes], Any] = {}

    def aliased(self, aliases: Aliases, parameter: Parameter) -> "Operation":
        """Return the operation as it is under its alias. The rest is shared."""
        other = copy(self)
        other.alias, other.node, other._answers = parameter.name, aliases.node(self.node), {}
        other.parameters = copy(self.parameters)
        other.parameters.path = {**self.parameters.path, parameter.name: parameter}
        return other

    def answered(self, reply: Reply, call: Call) -> Reply:
        """Return the answer to a request that was done: that of the handler, as far as nothing else was learned."""
        return reply if self.lessons is None else self.lessons.answered(reply, call)

    def refuse(self, refusal: Refused) -> Reply:
        """Return the answer to what the pipeline refuses."""
        reply: Reply = self.api.refuse(refusal)
        return reply if self.lessons is None else self.lessons.refused(reply)

    def explain(self, problem: Exception) -> Reply:
        """Return the answer to what the domain refuses."""
        reply: Reply = self.api.explain(problem)
        return reply if self.lessons is None else self.lessons.refused(reply)

    def documented(self, status: int) -> Json | None:
        """Return what the contract says of answers with this status, None if it says nothing."""
        node: Json | None = resolve(self.document, self.node["responses"].get(str(status)))
        return node

    def documented_headers(self, status: int) -> Json:
        """Return the headers that answers with this status have to have, with the values that the contract shows."""
        headers = (self.documented(status) or {}).get("headers", {})
        nodes = {name: resolve(self.document, node) for name, node in headers.items()}
        return {
            name: node.get("example", resolve(self.document, node["schema"]).get("example", ""))
            for name, node in nodes.items()
            if node.get("required")
        }

    def answer_schema(self, reply: Reply) -> Json | None:
        """Return the schema of an answer, None if it is no JSON or the contract does not have it."""
        content = (self.documented(reply.status) or {}).get("content", {})
        media = reply.media.split(b";")[0].decode()
        schema: Json | None = content.get(media, {}).get("schema") if media.endswith("json") else None
        return None if schema is None or schema.get("format") == "binary" else schema

    def check(self, reply: Reply) -> list[dict[str, str]]:
        """Return the ways in which an answer breaks the contract."""
        node = self.documented(reply.status)
        if node is None:
            return [{"place": "status", "reason": f"{reply.status} is not documented for {self.name}"}]
        found = self._missing_headers(node, reply)
        media = reply.media.split(b";")[0].decode()
        content = node.get("content", {})
        if not content and not reply.body:
            return found
        if media not in content:
            return [*found, {"place": "content-type", "reason": f"{media} is not documented: {sorted(content)}"}]
        schema = content[media].get("schema", {})
        if media.endswith("json") and schema.get("format") != "binary":
            validator = self._answers.setdefault((reply.status, reply.media), None) or self._schemas.compile(schema)
            self._answers[reply.status, reply.media] = validator
            found += faults(validator, msgspec.json.decode(reply.body), "response")
        return found

    def _missing_headers(self, node: Json, reply: Reply) -> list[dict[str, str]]:
        sent = {name.decode().lower() for name, _ in reply.headers}
        return [
            {"place": f"header.{name}", "reason": "is required by the contract"}
            for name, header in node.get("headers", {}).items()
            if resolve(self.document, header).get("required") and name.lower() not in sent
        ]


def _told(node: Json, document: Json) -> str:
    """Return what a 400 for the body says: the message of its example, where that is one of places and reasons."""
    content = resolve(document, node["responses"].get("400", {})).get("content", {}).get("application/json", {})
    examples = [content.get("example"), *(example.get("value") for example in content.get("examples", {}).values())]
    return next((example["message"] for example in examples if example and example.get("errors")), BAD_BODY)


def compile_operations(apis: dict[str, Any], documents: dict[str, Json]) -> dict[str, Operation]:
    """Return every operation of the documents by `document.operationId`, with `END` behind it as it is under its alias."""
    compiled: dict[str, Operation] = {}
    for name, document in documents.items():
        schemas, own = Schemas(document), {}
        for path, _, node, item in operations(document):
            key = f"{name}.{node['operationId']}"
            own[path, key] = Operation(node["operationId"], apis[name], node, item, document, schemas)
        compiled.update({key: operation for (_, key), operation in own.items()})
        compiled.update(_aliased(document, schemas, own))
    return compiled


def _aliased(document: Json, schemas: Schemas, own: dict[tuple[str, str], Operation]) -> dict[str, Operation]:
    aliases = aliases_of(document)
    if aliases is None:
        return {}
    parameter = Parameter(document["components"]["parameters"][aliases.parameter], document, schemas)
    return {key + END: one.aliased(aliases, parameter) for (path, key), one in own.items() if aliases.of(path)}
