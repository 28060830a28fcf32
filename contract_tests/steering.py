"""In mode own: puts ids that the run may name in place of those that were made up, so that the guard lets requests pass.

What is wrong on purpose stays as it is; the guard judges it like everything else.
"""

import zlib
from collections.abc import Mapping
from typing import Any

from contract_tests import kinds
from contract_tests.addresses import Operation
from contract_tests.created import Created
from contract_tests.kept_out import FIELDS
from mock_server.contract import Json, resolve
from mock_server.pipeline.schemas import Schemas


class Steering:
    """Chooses among what a run has created. The same value always leads to the same choice."""

    def __init__(self, document: Json, created: Created, home: Mapping[str, str]) -> None:
        self.document, self.created, self.home = document, created, home
        self._schemas = Schemas(document)
        self._validators: dict[str, Any] = {}

    def path(self, operation: Operation, values: dict[str, Any]) -> dict[str, Any]:
        """Return path parameters with ids that the run may name, those of one thing inside the other where it has such."""
        chosen = dict(values)
        for name, kind in kinds.of_parameters(operation).items():
            if self.created.owns(kind, str(chosen.get(name))):
                continue
            spare = operation.method == "DELETE" or operation.operation_id.startswith("transfer")
            found = self.pick(kind, chosen.get(name), chosen, spare_home=spare)
            if found is not None:
                chosen[name] = found if _is_integer(operation, name) else str(found)
        return chosen

    def query(self, operation: Operation, values: dict[str, Any]) -> dict[str, Any]:
        """Return a query with ids that the run may name; parameters for which it has none are left out."""
        about = kinds.of_collection(operation)
        chosen = {}
        for name, told in values.items():
            kind = kinds.of_field(name, about) or kinds.REFERENCES.get(name)
            found = told if kind is None else self._scalar(kind, told)
            if found is not None:
                chosen[name] = found
        return chosen

    def request(self, operation: Operation, sent: Any) -> Any:
        """Return a JSON body with ids that the run may name; as it was, if what it may not say is needed."""
        led = self.body(sent, kinds.of_collection(operation))
        return led if self._is_valid(operation, led) else sent

    def body(self, node: Any, around: str) -> Any:
        """Return a part of a body with ids that the run may name; what it may not say at all is left out."""
        if isinstance(node, list):
            return [self.body(child, around) for child in node]
        if not isinstance(node, dict):
            return node
        chosen = {}
        for name, child in node.items():
            kind = kinds.of_field(name, around) or (None if isinstance(child, dict) else kinds.REFERENCES.get(name))
            if name in FIELDS:
                continue
            if kind is None or isinstance(child, dict) or _holds_objects(child):
                chosen[name] = self.body(child, name)
            elif isinstance(child, list):
                chosen[name] = [found for told in child if (found := self._scalar(kind, told)) is not None]
            elif (found := self._scalar(kind, child)) is not None or child is None:
                chosen[name] = found
        return chosen

    def pick(self, kind: str, told: Any, around: Mapping[str, Any], spare_home: bool = False) -> str | int | None:
        """Return an id of a kind, of what lies in what was already chosen if there is such; None if the run has none."""
        home = self.home.get(kind)
        if home is not None and not spare_home:
            return _typed(home)
        known = [one for one in self.created.ids(kind) if one != home]
        inside = [one for one in known if self.created.agrees(kind, one, around)]
        return _typed((inside or known)[zlib.crc32(str(told).encode()) % len(inside or known)]) if known else None

    def _scalar(self, kind: str, told: Any) -> Any:
        if self.created.owns(kind, str(told)):
            return told
        found = self.pick(kind, told, {})
        return found if type(found) is type(told) else None

    def _is_valid(self, operation: Operation, body: Any) -> bool:
        if operation.operation_id not in self._validators:
            content = resolve(self.document, operation.node["requestBody"])["content"].get("application/json", {})
            self._validators[operation.operation_id] = self._schemas.compile(content.get("schema", {}))
        valid: bool = self._validators[operation.operation_id].is_valid(body)
        return valid


def _is_integer(operation: Operation, name: str) -> bool:
    schemas = (node.get("schema", {}) for node in operation.parameters if node["name"] == name)
    return any(schema.get("type") == "integer" for schema in schemas)


def _holds_objects(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(child, dict) for child in value)


def _typed(told: str) -> str | int:
    return int(told) if told.isdecimal() else told
