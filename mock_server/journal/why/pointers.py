"""Which part of the contract a refusal comes from, as a pointer into the bundled document."""

from typing import Any

from mock_server.contract import Json, operations, resolve
from mock_server.journal.entry import Entry
from mock_server.journal.why.sent import Sent
from mock_server.spec.walk import Pointer


def pointer_of(document: Json, entry: Entry, rule: str, sent: Sent | None) -> Pointer | None:
    """Return where the contract says what an entry was refused for; None where it says nothing."""
    assert entry.operation is not None
    name = entry.operation.name
    path, method, node, item = next(found for found in operations(document) if found[2]["operationId"] == name)
    start: Pointer = ("paths", path, method)
    if rule == "fault":
        return None
    if rule == "credential":
        return (*start, "security") if "security" in node else ("security",)
    if rule in ("path", "parameter"):
        return _parameter(document, start, node, item, entry) or (*start, "responses", str(entry.status))
    if rule == "role":
        return (*start, "x-role")
    if rule == "body" and sent is not None and sent.schema_path:
        return _keyword(document, (*start, "requestBody", "content", sent.media, "schema"), sent.schema_path)
    if rule in ("media_type", "body"):
        return (*start, "requestBody", "content")
    return (*start, "responses", str(entry.status))


def _parameter(document: Json, start: Pointer, node: Json, item: Json, entry: Entry) -> Pointer | None:
    faults = getattr(entry.problem, "faults", None) or [{"place": ""}]
    where, _, name = faults[0]["place"].partition(".")
    for pointer, owner in ((start, node), (start[:2], item)):
        for at, written in enumerate(owner.get("parameters", ())):
            told = resolve(document, written)
            if (told["in"], told["name"].lower()) == (where, name.lower()):
                named = written.get("$ref", "").rpartition("/")[2]
                return ("components", "parameters", named) if named else (*pointer, "parameters", at)
    return None


def _keyword(document: Json, schema: Pointer, path: list[Any]) -> Pointer:
    """Return the pointer of the keyword that was broken; `path` leads to it from the schema, or from the root behind a reference."""
    pointer: Pointer = () if path[0] == "components" else schema
    node: Any = document
    for key in pointer:
        node = node[key]
    for key in path:
        if not (isinstance(node, dict) and key in node) and not (isinstance(node, list) and isinstance(key, int)):
            break  # made by the translation of `nullable`: the contract has no such keyword
        node = node[key]
        pointer = (*pointer, key)
    return pointer
