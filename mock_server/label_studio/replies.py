"""From results and errors to answers in the shape of Label Studio. Only this module knows which status is which.

The shape of errors is that of the vendor's public server. `id` names an error in its log; here it follows from what the error says, so
that equal requests have equal answers.
"""

import hashlib
from typing import Any
from uuid import UUID

from mock_server.label_studio.domain import errors
from mock_server.label_studio.release import RELEASE
from mock_server.pipeline.errors import BreaksContract, Refused
from mock_server.pipeline.reply import Reply

Reasons = dict[str, list[str]]
INVALID = "Validation error"
WITHOUT_FIELD = "non_field_errors"
CHALLENGE = (b"www-authenticate", b"Token")


def ok(content: Any) -> Reply:
    """200 with a resource or a list."""
    return Reply.json(200, content)


def created(content: Any) -> Reply:
    """201 with what was created."""
    return Reply.json(201, content)


def gone() -> Reply:
    """204 for what was deleted."""
    return Reply(204, b"")


def error(status: int, detail: str, reasons: Reasons | None = None, headers: Any = ()) -> Reply:
    """The one shape of an error; `validation_errors` are the reasons by field."""
    content: dict[str, Any] = {"id": _id(status, detail, reasons), "status_code": status, "version": RELEASE}
    content |= {"detail": detail, "exc_info": None}
    if reasons:
        content["validation_errors"] = reasons
    challenge = (CHALLENGE,) if status == 401 else ()
    return Reply.json(status, content, (*challenge, *headers))


def refuse(refusal: Refused) -> Reply:
    """What the pipeline refused."""
    if isinstance(refusal, BreaksContract) and refusal.status == 400:
        return error(400, INVALID, _by_field(refusal))
    return error(refusal.status, refusal.message, headers=refusal.headers)


def explain(problem: errors.DomainError) -> Reply:
    """What the domain refused."""
    if isinstance(problem, errors.Invalid):
        return error(400, INVALID, {problem.field: [str(problem)]})
    return error(401 if isinstance(problem, errors.Unauthenticated) else 404, str(problem))


def _by_field(refusal: Refused) -> Reasons:
    """Return the reasons by the field that they are about: `body.result[0].value` is about result."""
    reasons: Reasons = {}
    for fault in refusal.faults:
        _, _, below = fault["place"].partition(".")
        field, told = _split(below)
        reasons.setdefault(field or WITHOUT_FIELD, []).append(f"{told}{fault['reason']}")
    return reasons


def _split(below: str) -> tuple[str, str]:
    """Return the field of a place, and where inside of it the fault is, for the beginning of a sentence."""
    at = min((found for sign in ".[" if (found := below.find(sign)) >= 0), default=len(below))
    inside = below[at:].removeprefix(".")
    return below[:at], f"{inside} " if inside else ""


def _id(*parts: object) -> str:
    return str(UUID(hashlib.sha256(repr(parts).encode()).hexdigest()[:32], version=4))
