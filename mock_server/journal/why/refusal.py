"""Why an entry was refused, put together."""

from typing import Any

from mock_server.contract import Json, operations
from mock_server.faults.paths import fits
from mock_server.journal.entry import Entry
from mock_server.journal.redaction import Redaction
from mock_server.journal.refusing import rule_of
from mock_server.journal.showing import message_of
from mock_server.journal.why import addresses
from mock_server.journal.why.case import Case
from mock_server.journal.why.lines import place_in, place_of
from mock_server.journal.why.pointers import pointer_of
from mock_server.journal.why.proposing import PROPOSALS
from mock_server.journal.why.sent import Sent
from mock_server.journal.why.trying import Trials, request_of
from mock_server.pipeline.aliases import aliases_of
from mock_server.spec.walk import Pointer
from mock_server.world import Sandbox, Tx


async def refusal_of(entry: Entry, sandbox: Sandbox, documents: dict[str, Json], redaction: Redaction) -> Json | None:
    """Return why an entry was refused; None if it was not. Proposals are tried on copies of the sandbox's world."""
    rule = rule_of(entry)
    if rule is None:
        return None
    found = _beside(documents, entry) if entry.operation is None else await _known(entry, rule, sandbox, documents)
    why: Json = {"rule": rule, "message": message_of(entry), "faults": getattr(entry.problem, "faults", []), **found}
    shown: Json = redaction.value(why)
    return shown


async def _known(entry: Entry, rule: str, sandbox: Sandbox, documents: dict[str, Json]) -> Json:
    """Return the place in the contract and what would pass, for a request that had found its operation."""
    document, propose = documents.get(entry.api or "", {"paths": {}}), PROPOSALS.get(rule)
    if not _is_there(document, entry):
        return {"contract": None, "would_pass": None}
    sent = Sent(entry) if entry.operation is not None and entry.operation.body is not None else None
    pointer = pointer_of(document, entry, rule, sent)
    proposal = None
    if propose is not None:
        request, world = request_of(entry, _template(document, entry)), sandbox.world
        proposal = await propose(Case(entry, request, sent, document, Tx(world), Trials(world, sandbox.name)))
    return {"contract": None if pointer is None else _place(entry, pointer), "would_pass": proposal}


def _is_there(document: Json, entry: Entry) -> bool:
    """Whether the contract has the operation still: it may have been changed since."""
    name = entry.operation.name if entry.operation else None
    return any(node["operationId"] == name for _, _, node, _ in operations(document))


def _place(entry: Entry, pointer: Pointer) -> Json:
    api, operation = entry.api or "", entry.operation
    found = place_of(api, pointer)
    if pointer[-1] == "x-role" and operation is not None:  # which the bundling has added
        found["file"], found["line"] = place_in(api, "roles.yaml", "operations", operation.name)
    return found


def _beside(documents: dict[str, Json], entry: Entry) -> Json:
    """Return the same for a request that found none: its path is not in the contract, or the method is not."""
    vendors = {name: document for name, document in documents.items() if name != "control"}
    for name, document in vendors.items():
        base = document["servers"][0]["url"].rstrip("/")
        for template in document["paths"]:
            if fits(f"{base}{template}", entry.path):
                place = place_of(name, ("paths", template))
                return {"contract": place, "would_pass": addresses.other_methods(document, template)}
    return {"contract": None, "would_pass": addresses.similar_path(vendors, entry)}


def _template(document: Json, entry: Entry) -> str:
    """Return the path of the contract under which an operation was called."""
    assert entry.operation is not None
    name = entry.operation.name
    template: Any = next(path for path, _, node, _ in operations(document) if node["operationId"] == name)
    if entry.operation.alias is not None and (aliases := aliases_of(document)) is not None:
        template = aliases.of(template)
    return f"{document['servers'][0]['url'].rstrip('/')}{template}"
