"""Somebody who would not have been refused: whose credential is good, or who has the role."""

from collections.abc import Iterator
from itertools import islice

from mock_server.contract import Json
from mock_server.journal.why.case import PASSES, Case, Proposal
from mock_server.journal.why.mending import NOTHING, example_of

PEOPLE_TRIED, PEOPLE_SHOWN = 25, 5


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
    nobody = f"None of the first {PEOPLE_TRIED} people may; GET /_mock/people lists all, and something may have to change first."
    advice = "Call as somebody who may." if who else nobody
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
