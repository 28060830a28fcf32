"""Rules of roles: `roles.yaml` has one entry per operation, which fits the operation and the text of its 403."""

import re
from collections.abc import Iterator
from typing import Any

from mock_server.contract import Json
from mock_server.spec.document_files import Operation, Sources
from mock_server.spec.rules.common import GRADES, Problems
from mock_server.spec.walk import examples

LOOKED_UP = {"project": "project_id", "organization": "organization_id", "model": "model_id", "user": "user_id"}
RANKED = ("project", "organization", "model")
SCOPES = (*LOOKED_UP, "workspace", "superuser", "account", "public")
FIELDS = {"scope", "role", "writes", "evidence"}
NAMED_ROLE = re.compile(r'required (\w+) role "(\w+)"')
FILE = "roles.yaml"


def roles_are_complete(sources: Sources) -> Problems:
    """Every operation has an entry in roles.yaml, and every entry has its operation."""
    entries = sources.roles.get("operations", {})
    known = {operation.id for operation in sources.operations}
    for operation in sources.operations:
        if operation.id not in entries:
            yield sources.place(*operation.pointer), f"{operation.id} has no entry in {FILE}"
    for name in entries:
        if name not in known:
            yield sources.at(FILE, "operations", name), f"{name} is no operation"


def roles_are_sound(sources: Sources) -> Problems:
    """An entry has a known scope, whose id is in the path, a role of the scope if it has any, and a grade."""
    for operation, entry in _entries(sources):
        for problem in _problems(sources, operation, entry):
            yield sources.at(FILE, "operations", operation.id), f"{operation.id}: {problem}"
    for section, role in _unranked(sources.roles):
        yield sources.at(FILE, section), f"{section} speaks of the role {role}, which has no rank there"


def _unranked(table: Json) -> Iterator[tuple[str, str]]:
    """Yield the roles that a part of the table names and `ranks` does not have."""
    ranks = {scope: set(roles) for scope, roles in table.get("ranks", {}).items()}
    home = {table["home"].get("role")} if "home" in table else set()
    yield from (("home", str(role)) for role in home - ranks.get("organization", set()))
    for scope, carried in table.get("carries_over", {}).items():
        wrong = (set(carried) - ranks.get("organization", set())) | (set(carried.values()) - ranks.get(scope, set()))
        yield from (("carries_over", role) for role in sorted(wrong))


def _entries(sources: Sources) -> Iterator[tuple[Operation, Json]]:
    entries = sources.roles.get("operations", {})
    return ((operation, entries[operation.id]) for operation in sources.operations if operation.id in entries)


def _problems(sources: Sources, operation: Operation, entry: Json) -> Iterator[str]:
    scope, role = entry.get("scope"), entry.get("role")
    in_path = {node["name"] for node in sources.parameters(operation) if node["in"] == "path"}
    in_path |= {lesson["lost"] for lesson in operation.node.get("x-learned", ()) if "lost" in lesson}
    ranks = sources.roles.get("ranks", {}).get(scope, ()) if scope in RANKED else (None,)
    if unknown := set(entry) - FIELDS:
        yield f"{', '.join(sorted(unknown))} means nothing here"
    if scope not in SCOPES:
        yield f"the scope {scope!r} is none of {', '.join(SCOPES)}"
    elif scope in LOOKED_UP and LOOKED_UP[scope] not in in_path:
        yield f"the scope {scope} needs {LOOKED_UP[scope]} in the path, or learned"
    elif role not in ranks:
        yield f"the role {role!r} is none of the scope {scope}"
    if entry.get("evidence") not in GRADES:
        yield f"the evidence {entry.get('evidence')!r} is none of {', '.join(GRADES)}"
    if entry.get("writes") and operation.method == "get":
        yield "a GET writes nothing"


def roles_fit_security(sources: Sources) -> Problems:
    """What is public asks for no token, and everything else does."""
    for operation, entry in _entries(sources):
        security: list[Json] = {**sources.document, **operation.node}.get("security", [])
        needs_token = any(security) and {} not in security
        if needs_token == (entry.get("scope") == "public"):
            told = "asks for a token and is public" if needs_token else "asks for no token and is not public"
            yield sources.place(*operation.pointer), f"{operation.id} {told} in {FILE}"


def refusals_name_the_role(sources: Sources) -> Problems:
    """A 403 that names a role names that of the entry, and it speaks of read-only workspaces if the entry writes.

    Where a project goes to a workspace, it may name the role that is needed there: `home` of roles.yaml.
    """
    for operation, entry in _entries(sources):
        refusal = dict(sources.responses(operation)).get("403", {})
        place = sources.place(*operation.pointer, "responses", "403")
        for scope, role in sorted(_named(refusal) - set(_needed(sources, entry))):
            yield place, f"{operation.id}: the 403 names the {scope} role {role}, which {FILE} does not ask for"
        if refusal and entry.get("writes") and "read-only" not in refusal.get("description", ""):
            yield place, f"{operation.id} writes, and its 403 does not speak of read-only workspaces"


def _named(refusal: Json) -> set[tuple[str, str]]:
    """Return scope and role of each role that the description or an example of a refusal names."""
    shown = (value for media in refusal.get("content", {}).values() for _, value in examples(media))
    texts = [refusal.get("description", ""), *(str(value.get("message", "")) for value in shown)]
    return {named for text in texts for named in NAMED_ROLE.findall(text)}


def _needed(sources: Sources, entry: Json) -> Iterator[tuple[Any, Any]]:
    yield entry.get("scope"), entry.get("role")
    if entry.get("scope") in ("account", "project"):
        yield "organization", sources.roles.get("home", {}).get("role")
        yield "model", sources.roles.get("use", {}).get("role")
