"""What would pass instead of a request that was refused. One function for each rule; each tries what it proposes."""

from collections.abc import Awaitable, Callable, Iterator
from difflib import SequenceMatcher
from itertools import islice
from typing import Any

import msgspec

from mock_server.contract import METHODS, Json, operations, resolve
from mock_server.journal.entry import Entry
from mock_server.journal.why import known
from mock_server.journal.why.mending import NOTHING, example_of, mended, sample
from mock_server.journal.why.sent import Sent
from mock_server.journal.why.trying import Request, Trials
from mock_server.pipeline.bodies import FORM
from mock_server.world import Row, Tx

Proposal = Json | None
PEOPLE_TRIED, PEOPLE_SHOWN = 25, 5
IDS_TRIED, IDS_SHOWN = 12, 5
SIMILAR = 0.6
PASSES = range(200, 400)


class Case(msgspec.Struct):
    """A refusal to find a way around. `kinds` are the tables that path parameters name rows of."""

    entry: Entry
    request: Request
    sent: Sent | None
    document: Json
    tx: Tx
    trials: Trials

    @property
    def api(self) -> Any:
        """The API that was called."""
        return self.request.operation.api

    @property
    def kinds(self) -> dict[str, type[Row]]:
        """The tables that parameters and fields name rows of, by name."""
        return getattr(self.api, "kinds", {})


async def credential(case: Case) -> Proposal:
    """Somebody whose credential is good; for an operation that asks for none in its header, a body that passes."""
    if not case.request.operation.takes_token:
        return await _example(case)
    who, headers, status = await _people(case)
    if not who:
        return None
    advice = "Send the credential of somebody who is known here; GET /_mock/people has one for each."
    return {"advice": advice, "who": who, "headers": headers, "status": status}


async def _example(case: Case) -> Proposal:
    if case.sent is None or (value := example_of(case.document, case.sent)) is NOTHING:
        return None
    status = await case.trials.status(case.request.with_body(case.sent.media, value))
    people = [{"email": person["email"], "roles": person["roles"]} for person in islice(_everybody(case), PEOPLE_SHOWN)]
    found: Json = {"advice": "Log in as somebody who is known here, with the password of that person.", "who": people}
    return {**found, "body": value, "status": status} if status in PASSES else found


async def role(case: Case) -> Proposal:
    """The role that is needed, and who has it."""
    rule = case.request.operation.role
    needed = " ".join(str(rule[part]) for part in ("scope", "role") if part in rule)
    who, headers, status = await _people(case)
    advice = "Call as somebody who may." if who else "Nobody here may, or only a change of the world helps."
    found: Json = {"advice": advice, "role": needed, "who": who}
    return {**found, "headers": headers, "status": status} if who else found


async def _people(case: Case) -> tuple[list[Json], Json, int]:
    """Return the first who are not refused, the headers of the first of them, and what the answer would be."""
    who: list[Json] = []
    first: tuple[Json, int] = ({}, 0)
    for person in islice(_everybody(case), PEOPLE_TRIED):
        request = case.request
        for name, value in person["headers"].items():
            request = request.with_header(name.lower(), value)
        status = await case.trials.status(request)
        if status not in (0, 401, 403):
            who.append({"email": person["email"], "roles": person["roles"]})
            first = first if first[1] in PASSES or (first[1] and status not in PASSES) else (person["headers"], status)
            if len(who) == PEOPLE_SHOWN:
                break
    return who, *first


def _everybody(case: Case) -> Iterator[Json]:
    return iter(case.api.people(case.tx, None, case.trials.name) if hasattr(case.api, "people") else ())


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
        others = (case.request.but(path={**case.request.path, name: str(value)}) for value in _values(case, name))
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


def _values(case: Case, name: str) -> Iterator[Any]:
    called = case.request.owner_of(name) if name == "id" else name
    values = known.named(case.tx, case.kinds, called, case.request.path)
    return islice((value for value in values if str(value) != case.request.path.get(name)), IDS_TRIED)


async def _not_missing(case: Case, requests: Iterator[Request]) -> Any:
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
        values = _values(case, name.removesuffix("s") if listed else name)
        for value in values:
            body = {**case.sent.value, name: [value] if listed else value}
            status = await case.trials.status(case.request.with_body(case.sent.media, body))
            if status in PASSES:
                return {"advice": f"There is a {name} {value}.", "ids": {name: [value]}, "body": body, "status": status}
    return None


async def body(case: Case) -> Proposal:
    """What was sent, mended."""
    if case.sent is None:
        return None
    value = mended(case.document, case.sent)
    if value is NOTHING:
        return None
    if case.sent.media == FORM:
        return {"advice": f"Send these fields as {FORM}.", "headers": {"Content-Type": FORM}, "body": value}
    status, value = await _best(case, case.sent, value)
    advice = (
        "Send this body." if status in PASSES else f"This body is what the contract says; here it is answered {status}."
    )
    found: Json = {"advice": advice, "body": value, "status": status}
    return found if case.sent.fits else {**found, "headers": {"Content-Type": case.sent.media}}


async def _best(case: Case, sent: Sent, value: Any) -> tuple[int, Any]:
    """Return status and value: as it is, or without something that was not sent and is not needed, or with ids that are there."""
    status = first = await case.trials.status(case.request.with_body(sent.media, value))
    before = sent.value if isinstance(sent.value, dict) else {}
    for other in _variants(case, sent, value, before) if first not in PASSES and isinstance(value, dict) else ():
        status = await case.trials.status(case.request.with_body(sent.media, other))
        if status in PASSES:
            return status, other
    return first, value


def _variants(case: Case, sent: Sent, value: Json, before: Json) -> Iterator[Json]:
    added = [name for name in value if value[name] != before.get(name, NOTHING)]
    for name in added:
        less = {known_name: part for known_name, part in value.items() if known_name != name}
        if not sent.errors(less):
            yield less
        for row_id in islice(_values(case, name), 3):
            if not sent.errors({**value, name: row_id}):
                yield {**value, name: row_id}
    for name in (*added, *before):
        for end in (" 2", "-2") if isinstance(value.get(name), str) else ():
            if not sent.errors({**value, name: f"{value[name]}{end}"}):
                yield {**value, name: f"{value[name]}{end}"}


async def conflict(case: Case) -> Proposal:
    """What stands in the way: rows that have the same, or those that the path names; and a body that does not meet them."""
    value = case.sent.value if case.sent is not None and isinstance(case.sent.value, dict) else {}
    rows: list[Row] = []
    found: Json = {"advice": "Change what stands in the way."}
    for name, part in value.items():
        if not isinstance(part, str) or case.sent is None or case.sent.media == FORM:
            continue
        other = {**value, name: f"{part} 2"}
        status = await case.trials.status(case.request.with_body(case.sent.media, other))
        if status in PASSES:
            rows = list(islice(known.same(case.tx, name, part, case.request.path), IDS_SHOWN))
            found = {"advice": f"Send another {name}.", "body": other, "status": status}
            break
    rows = rows or [
        row for name, told in case.request.path.items() if (row := known.row_named(case.tx, case.kinds, name, told))
    ]
    return {**found, "in_the_way": [known.shown(row) for row in rows]} if rows or "body" in found else None


async def domain(case: Case) -> Proposal:
    """By the status: what is missing, what stands in the way, or a body that the rules take."""
    if case.entry.status == 404:
        return await path(case)
    if case.entry.status == 409:
        return await conflict(case)
    return await body(case) if case.sent is not None and case.sent.media != FORM else None


async def size(case: Case) -> Proposal:
    """Less of it."""
    return {"advice": "Send less, or start the stand-in with a larger --body-limit."}


async def fault(case: Case) -> Proposal:
    """The request as it was, without the fault."""
    return {
        "advice": f"Nothing need be wrong with the request: {case.entry.fault}. DELETE /_mock/faults disarms every fault."
    }


PROPOSALS: dict[str, Callable[[Case], Awaitable[Proposal]]] = {
    "credential": credential,
    "role": role,
    "parameter": parameter,
    "path": path,
    "body": body,
    "media_type": body,
    "size": size,
    "domain": domain,
    "fault": fault,
}


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
