"""Where a recipe is played: a target, and requests that are as in the examples of the contract unless a recipe says otherwise."""

import json as texts
from collections.abc import Mapping
from typing import Any

from contract_tests.addresses import SAFE_METHODS
from contract_tests.reaching.places import Places
from contract_tests.reaching.recipe import OutOfReach
from contract_tests.target import FIRST, Person, Target
from mock_server.contract import Json, operations, parameters, resolve
from mock_server.pipeline.aliases import aliases_of

JSON = "application/json"
FORM = "multipart/form-data"
SAME: Any = object()  # as in the example
PASSWORD = "studio-mock"  # of everybody in the worlds of the stand-in


class Operation:
    """An operation of the contract: where it is, and what its examples send."""

    def __init__(self, document: Json, path: str, method: str, node: Json, item: Json) -> None:
        self.name: str = node["operationId"]
        self.tag: str = node["tags"][0]
        self.path, self.method, self.node, self.document = path, method.upper(), node, document
        self.is_safe = self.method in SAFE_METHODS
        self.parameters = parameters(document, node, item)
        self.contents: Json = resolve(document, node.get("requestBody", {})).get("content", {})
        security: list[Json] = node["security"] if "security" in node else document.get("security", [])
        self.takes_token = any(security)
        self.needs_token = self.takes_token and {} not in security

    @property
    def statuses(self) -> list[int]:
        """The documented statuses, in the order of the contract."""
        return [int(status) for status in self.node["responses"]]

    def in_(self, where: str) -> list[Json]:
        """Return the parameters of the path, the query or the headers."""
        return [node for node in self.parameters if node["in"] == where]

    def example(self, media: str) -> Any:
        """Return the first example of the body."""
        content = self.contents[media]
        return content["example"] if "example" in content else next(iter(content["examples"].values()))["value"]

    def values(self) -> Json:
        """Return the examples of the path parameters."""
        return {node["name"]: _example(self.document, node) for node in self.in_("path")}

    def files(self) -> set[str]:
        """Return the fields of its form that are files."""
        schema = resolve(self.document, self.contents[FORM]["schema"])
        parts = [schema, *(resolve(self.document, part) for part in schema.get("allOf", ()))]
        nodes = {name: node for part in parts for name, node in part.get("properties", {}).items()}
        return {name for name, node in nodes.items() if resolve(self.document, node).get("format") == "binary"}


def operations_of(document: Json) -> dict[str, Operation]:
    """Return the operations of a document by their ids."""
    found = (Operation(document, *parts) for parts in operations(document))
    return {operation.name: operation for operation in found}


class Stage:
    """A target as recipes see it. Without `places` path parameters are those of the examples, which the story has."""

    def __init__(self, target: Target, places: Places | None = None) -> None:
        self.target, self.places = target, places
        self.operations = operations_of(target.document)

    def call(
        self,
        name: str,
        *,
        path: Mapping[str, Any] | None = None,
        json: Any = SAME,
        form: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | None = None,
        alias: int | None = None,
        stranger: bool = False,
        anywhere: Mapping[str, Any] | None = None,
        person: Person | None = FIRST,
        **more: Any,
    ) -> Any:
        """Call an operation as its examples do, and return the answer.

        `path` replaces some of the values, `json`, `form` and `files` the body; with `alias` it goes by the second path, through this
        workspace; `anywhere` are the values if none are known; `more` is what `Target.send` takes. Raises OutOfReach where a path
        parameter or a person is not known.
        """
        operation = self.operations[name]
        body = {} if "data" in more else self._body(operation, json, form, files)
        template, values = operation.path, self._values(operation, path or {}, anywhere)
        if alias is not None:
            template, values = self._second(template), {**values, "organization_id": alias}
        who = self.stranger() if stranger else person
        return self.target.send(operation.method, (template, values), person=who, **body, **more)

    def stranger(self) -> Person:
        """Return somebody who shares nothing with the first person. Raises OutOfReach if nobody is known."""
        if len(self.target.people) < 3:
            raise OutOfReach("a third person who shares nothing with the first is needed")
        return self.target.people[2]

    def log_in(self, email: str) -> Person:
        """Return somebody of the story who has logged in. Raises OutOfReach where that fails."""
        json = {"email": email, "password": PASSWORD}
        answer = self.target.call("log_in", person=None, json=json)
        if answer.status_code != 200:
            raise OutOfReach(f"{email} cannot log in")
        return Person(email, {"Authorization": f"Bearer {answer.json()['auth_token']}"}, email, PASSWORD)

    def _values(self, operation: Operation, told: Mapping[str, Any], anywhere: Mapping[str, Any] | None) -> Json:
        needed = [node["name"] for node in operation.in_("path") if node["name"] not in told]
        if self.places is None or not needed:
            return {**operation.values(), **told}
        try:
            return {**self.places.of(operation.name, needed), **told}
        except OutOfReach:
            if anywhere is None:
                raise
            return dict(anywhere)

    def _second(self, template: str) -> str:
        aliases = aliases_of(self.target.document)
        path = aliases.of(template) if aliases else None
        if path is None:
            raise OutOfReach(f"{template} has no second path")
        return path

    def _body(self, operation: Operation, json: Any, form: Any, files: Any) -> Json:
        if json is not SAME:
            return {"json": json}
        if form is not None or files is not None:
            return {"data": form or {}, "files": files or {}}
        if JSON in operation.contents:
            return {"json": operation.example(JSON)}
        return {"files": _parts(operation)} if FORM in operation.contents else {}


def _parts(operation: Operation) -> Json:
    """Return the parts of the form of an example; a part without a name of a file is a field."""
    files = operation.files()
    return {
        name: (f"{name}.csv" if name in files else None, value if isinstance(value, str) else texts.dumps(value))
        for name, value in operation.example(FORM).items()
    }


def _example(document: Json, node: Json) -> Any:
    return node["example"] if "example" in node else resolve(document, node["schema"]).get("example")
