"""Paths, ids and parameters that are right, in place of those that are not."""

from collections.abc import AsyncIterator, Iterator
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

from mock_server.contract import METHODS, Json, operations, resolve
from mock_server.journal.entry import Entry
from mock_server.journal.why import known
from mock_server.journal.why.case import PASSES, Case, Proposal
from mock_server.journal.why.mending import sample
from mock_server.journal.why.trying import Request
from mock_server.pipeline.bodies import FORM

IDS_TRIED, IDS_SHOWN = 12, 5
SIMILAR = 0.6  # of 1; segments less alike than that are not taken for each other


async def parameter(case: Case) -> Proposal:
    """The faulty parameters with values that pass."""
    request = case.request
    faulty = {fault["place"] for fault in getattr(case.entry.problem, "faults", [])}
    for name, compiled in {**request.operation.parameters.query, **request.operation.parameters.headers}.items():
        if compiled.place in faulty:
            value = str(sample(case.document, _parameter_schema(case, compiled.place) or compiled.schema))
            if compiled.place.startswith("header."):
                request = request.with_header(name, value)
            else:
                request = request.but(query=[*(pair for pair in request.query if pair[0] != name), (name, value)])
    if request is case.request:
        return None
    return {"advice": "Send it like this.", "path": request.target, "status": await case.trials.status(request)}


def _parameter_schema(case: Case, place: str) -> Json | None:
    """Return the schema of a parameter with the example that stands beside it."""
    for _, _, node, item in operations(case.document):
        if node["operationId"] != case.request.operation.name:
            continue
        for written in (*node.get("parameters", ()), *item.get("parameters", ())):
            told = resolve(case.document, written)
            if f"{told['in']}.{told['name']}" == place and "example" in told:
                return {**resolve(case.document, told["schema"]), "example": told["example"]}
    return None


async def path(case: Case) -> Proposal:
    """Ids that are there in place of one that is not; in the body first, where everything is that the path names."""
    there = all(known.row_named(case.tx, case.kinds, name, told) for name, told in case.request.path.items())
    if there and (found := await _named_in_body(case)) is not None:
        return found
    for name in reversed(case.request.path):
        others = (case.request.but(path={**case.request.path, name: str(value)}) for value in ids_for(case, name))
        right = [(one, status) async for one, status in _not_missing(case, others)]
        if right:
            ids = [_typed(one.path[name]) for one, _ in right[:IDS_SHOWN]]
            one, status = next((pair for pair in right if pair[1] in PASSES), right[0])
            return {
                "advice": f"There is something at {name} {ids[0]}.",
                "ids": {name: ids},
                "path": one.target,
                "status": status,
            }
    return None


def ids_for(case: Case, name: str) -> Iterator[Any]:
    """Yield the first ids that are there for a parameter or field of this name, other than the one that was sent."""
    called = case.request.owner_of(name) if name == "id" else name
    values = known.named(case.tx, case.kinds, called, case.request.path)
    return islice((value for value in values if str(value) != case.request.path.get(name)), IDS_TRIED)


async def _not_missing(case: Case, requests: Iterator[Request]) -> AsyncIterator[tuple[Request, int]]:
    count = 0
    for request in requests:
        status = await case.trials.status(request)
        if status not in (0, 404) and count < IDS_SHOWN:
            count += 1
            yield request, status


async def _named_in_body(case: Case) -> Proposal:
    if case.sent is None or case.sent.media == FORM or not isinstance(case.sent.value, dict):
        return None
    for name in case.sent.value:
        listed = isinstance(case.sent.value[name], list)
        values = ids_for(case, name.removesuffix("s") if listed else name)
        for value in values:
            body = {**case.sent.value, name: [value] if listed else value}
            status = await case.trials.status(case.request.with_body(case.sent.media, body))
            if status in PASSES:
                return {"advice": f"There is a {name} {value}.", "ids": {name: [value]}, "body": body, "status": status}
    return None


def similar_path(documents: dict[str, Json], entry: Entry) -> Proposal:
    """Return the path of the contract that is most like one that it does not have, segment by segment."""
    sent, best, score = entry.path.split("/"), "", SIMILAR
    for document in documents.values():
        base = document["servers"][0]["url"].rstrip("/")
        for template in document["paths"]:
            parts = f"{base}{template}".split("/")
            likeness = _likeness(parts, sent)
            if likeness > score:
                best, score = "/".join(_filled(parts, sent)), likeness
    return {"advice": "The contract has a path like it.", "path": best} if best else None


def _likeness(parts: list[str], sent: list[str]) -> float:
    """Return how like the most unlike segments are, 0 to 1; a slash at the end does not count."""
    theirs, ours = [segment for segment in sent if segment], [part for part in parts if part]
    if len(theirs) != len(ours):
        return 0.0
    pairs = [(part, segment) for part, segment in zip(ours, theirs, strict=True) if not part.startswith("{")]
    return min((SequenceMatcher(None, *pair).ratio() for pair in pairs), default=0.0)


def other_methods(document: Json, template: str) -> Proposal:
    """Return what can be called at a path."""
    item = document["paths"][template]
    told = [f"{method.upper()} ({item[method]['operationId']})" for method in METHODS if method in item]
    return {"advice": f"Send {' or '.join(told)}."}


def _filled(parts: list[str], sent: list[str]) -> list[str]:
    """Return the segments of a template with what a path has in the places of its variables."""
    return [sent[at] if part.startswith("{") and at < len(sent) else part for at, part in enumerate(parts)]


def _typed(text: str) -> str | int:
    return int(text) if text.isdecimal() and len(text) < 19 else text
