"""From results and errors to answers in the shape of Blue Guardrails. Only this module knows which status is which."""

import re
from typing import Any

from mock_server.blue_guardrails.domain import errors
from mock_server.pipeline.errors import BreaksContract, Refused
from mock_server.pipeline.reply import Reply

STATUSES: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Forbidden, 403),
)
CHALLENGE = (b"www-authenticate", b"Bearer")
PARTS = re.compile(r"[^.\[\]]+|\[\d+\]")
TYPES = (
    (r"is required$", "missing"),
    (r"not valid JSON|not valid UTF-8|nested too deeply|is empty; send", "json_invalid"),
    (r"must be an integer", "int_parsing"),
    (r"is not of types? ", "type_error"),
    (r'is not a "uuid"', "uuid_parsing"),
    (r"is not one of|matches none", "enum"),
    (r"greater than the maximum", "less_than_equal"),
    (r"less than or equal to the minimum", "greater_than"),
    (r"less than the minimum", "greater_than_equal"),
    (r"shorter than", "string_too_short"),
    (r"longer than", "string_too_long"),
    (r"does not match", "string_pattern_mismatch"),
    (r"has less than \d+ item", "too_short"),
)  # how a reason of the pipeline ends or goes → what programs call the fault


def ok(content: Any) -> Reply:
    """200 with a resource or a page."""
    return Reply.json(200, content)


def created(content: Any) -> Reply:
    """201 with what was created."""
    return Reply.json(201, content)


def refuse(refusal: Refused) -> Reply:
    """What the pipeline refused: 422 with every fault for what breaks the contract, else a text."""
    if isinstance(refusal, BreaksContract):
        faults = [_issue(fault["place"], fault["reason"]) for fault in refusal.faults]
        return Reply.json(422, {"detail": faults}, tuple(refusal.headers))
    headers = (CHALLENGE, *refusal.headers) if refusal.status == 401 else tuple(refusal.headers)
    return Reply.json(refusal.status, {"detail": refusal.message}, headers)


def explain(problem: errors.DomainError) -> Reply:
    """What the domain refused."""
    if isinstance(problem, errors.Invalid):
        return Reply.json(422, {"detail": [{"loc": problem.loc, "msg": str(problem), "type": problem.kind}]})
    status = next(status for kind, status in STATUSES if isinstance(problem, kind))
    return Reply.json(status, {"detail": str(problem)})


def _issue(place: str, reason: str) -> dict[str, Any]:
    kind = next((kind for pattern, kind in TYPES if re.search(pattern, reason)), "value_error")
    return {"loc": _loc(place), "msg": "Field required" if kind == "missing" else reason, "type": kind}


def _loc(place: str) -> list[str | int]:
    """Turn `body.label_schema[0].name` into its steps."""
    return [int(part[1:-1]) if part.startswith("[") else part for part in PARTS.findall(place)]
