"""Recipes that can be read off the contract: no token, unknown ids, a broken body or query, a foreign content type, a stranger, …

Not here: what only a rule of the domain refuses; that is in the folders of the APIs, by tag.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from contract_tests.reaching.recipe import BULK, FAULT, STORY, WRITES, Recipe
from contract_tests.reaching.stage import FORM, JSON, Operation, Stage
from mock_server.contract import Json, resolve
from mock_server.pipeline.bodies import DEFAULT_LIMIT

NO_ID = 2**31 - 1
NO_UUID = "00000000-0000-4000-8000-00000000dead"
NO_NAME = "no-such-thing"
EMPTY_FORM = b"--end--\r\n"
TOO_LARGE = bytes(DEFAULT_LIMIT + 1)  # all zero, which costs no memory until it is read
NO_NUL = "^[^\\u0000"  # how patterns begin that refuse nothing but this character

Told = tuple[str, Json] | None
"""How a status is reached, and what to tell `Stage.call` for it; None if the contract does not say."""


def recipe(operation: Operation, status: int) -> Recipe | None:
    """Return what the contract itself says about reaching a status, None where it says nothing."""
    if status < 300:
        # what a body names has only the story; a path can be found out
        return _recipe(
            operation, status, "for the example of the contract", {}, *(() if operation.is_safe else (STORY,))
        )
    if status >= 500:
        return _failing(operation, status)
    tell = TELLS.get(status)
    told = tell(operation) if tell else None
    return _recipe(operation, status, *told, *((BULK,) if status == 413 else ())) if told else None


def second(operation: Operation, status: int) -> Recipe | None:
    """Return how a status is reached that only the second path has: by a workspace that is not there, or not one's own."""
    if status == 404:
        return _recipe(
            operation, status, "for a workspace that does not exist", {"path": unknown(operation), "alias": NO_ID}
        )
    if status == 403:
        return _recipe(
            operation, status, "to somebody who does not belong to the workspace", {"stranger": True, "alias": 1}, STORY
        )
    return None


def unknown(operation: Operation) -> Json:
    """Return path parameters at which nothing is."""
    return {node["name"]: _nothing(operation, node) for node in operation.in_("path")}


def _recipe(operation: Operation, status: int, how: str, told: Json, *needs: str) -> Recipe:
    writes = () if operation.is_safe else (WRITES,)
    return Recipe(operation.name, status, how, partial(_play, operation.name, told), frozenset((*needs, *writes)))


def _play(name: str, told: Json, stage: Stage) -> Any:
    return stage.call(name, **told)


def _failing(operation: Operation, status: int) -> Recipe:
    def play(stage: Stage) -> Any:
        stage.target.fault(operation.name, status)
        return stage.call(operation.name)

    return Recipe(operation.name, status, "while the server is out of order", play, frozenset((STORY, FAULT, WRITES)))


def _without_token(operation: Operation) -> Told:
    if operation.needs_token:
        return "without a token", {"person": None, "anywhere": unknown(operation)}
    if operation.takes_token:
        return "for a token that nobody has", {"headers": {"Authorization": f"Bearer {NO_NAME}"}}
    return None


def _by_a_stranger(operation: Operation) -> Told:
    for node in operation.in_("header"):  # it names the workspace
        return "for a workspace that is not one's own", {"headers": {node["name"]: NO_UUID}}
    return ("to somebody who has no role there", {"stranger": True}) if operation.in_("path") else None


def _unknown(operation: Operation) -> Told:
    return ("for ids that do not exist", {"path": unknown(operation)}) if operation.in_("path") else None


def _nothing(operation: Operation, node: Json) -> Any:
    schema = resolve(operation.document, node["schema"])
    if schema.get("type") == "integer":
        return NO_ID
    return NO_UUID if schema.get("format") == "uuid" else NO_NAME


def _invalid(operation: Operation) -> Told:
    """A body that breaks the contract, else a query or header parameter that does."""
    if JSON in operation.contents:
        return "for a body that is a number", {"json": 1}
    if FORM in operation.contents:
        return "for an empty form", {"data": EMPTY_FORM, "headers": {"Content-Type": f"{FORM}; boundary=end"}}
    return next(_invalid_parameters(operation), None)


def _invalid_parameters(operation: Operation) -> Iterator[tuple[str, Json]]:
    for where, word in (("query", "query"), ("header", "headers")):
        for node in operation.in_(where):
            wrong = _wrong(operation, node)
            if wrong is not None:
                yield f"for {node['name']}={wrong!r}", {word: {node["name"]: wrong}}


def _wrong(operation: Operation, node: Json) -> str | None:
    """Return a text that a parameter cannot be, None if it can be any."""
    schema = resolve(operation.document, node["schema"])
    if schema.get("type") == "array":
        schema = resolve(operation.document, schema["items"])
    if schema.get("type") in ("integer", "number", "boolean") or "enum" in schema or schema.get("format") == "uuid":
        return NO_NAME
    return "\0" if schema.get("pattern", "").startswith(NO_NUL) else None


def _too_large(operation: Operation) -> Told:
    if not operation.contents:
        return None
    headers = {"Content-Type": next(iter(operation.contents))}
    return "for a body over the limit", {"data": TOO_LARGE, "headers": headers}


def _foreign_type(operation: Operation) -> Told:
    if not operation.contents:
        return None
    return "for text/plain", {"data": b"{}", "headers": {"Content-Type": "text/plain"}}


TELLS: dict[int, Callable[[Operation], Told]] = {
    400: _invalid,
    401: _without_token,
    403: _by_a_stranger,
    404: _unknown,
    413: _too_large,
    415: _foreign_type,
    422: _invalid,
}
