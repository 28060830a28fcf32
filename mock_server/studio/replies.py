"""From results and errors of the domain to answers in the vendor's shape. Only this module knows which status is which."""

from collections.abc import Callable
from typing import Any, TypeVar

from mock_server.contract import Json
from mock_server.pipeline.errors import Refused, status_name
from mock_server.pipeline.reply import Reply
from mock_server.studio.domain import errors
from mock_server.world import Ids, Row, Tx

R = TypeVar("R", bound=Row)

STATUSES: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.NotFound, 404),
    (errors.Conflict, 409),
    (errors.Forbidden, 403),
    (errors.Unauthenticated, 401),
    (errors.Invalid, 400),
)
CHALLENGE = (b"www-authenticate", b"Bearer")


def ok(content: Any) -> Reply:
    """200 with a resource or a list."""
    return Reply.json(200, content)


def created(content: Any) -> Reply:
    """201 with what was created."""
    return Reply.json(201, content)


def page(tx: Tx, kind: type[R], ids: Ids, query: Json, name: str, show: Callable[[R], Any]) -> Reply:
    """200 with one page: `{name: […], has_more, offset, limit, count}`; `count` is the number of entries on the page."""
    offset, limit = query["offset"], query["limit"]
    shown = [show(row) for row in tx.page(kind, ids, offset, limit)]
    has_more = offset + len(shown) < len(ids) if shown else False
    return ok({name: shown, "has_more": has_more, "offset": offset, "limit": limit, "count": len(shown)})


def done(message: str, status: int = 200, **more: Any) -> Reply:
    """A message, for an operation that has nothing else to show."""
    return Reply.json(status, {"message": message, "status": status_name(status), **more})


def download(content: bytes, media: str, filename: str) -> Reply:
    """200 with a file."""
    disposition = f'attachment; filename="{filename}"'.encode("latin-1", "replace")
    return Reply(200, content, media.encode(), ((b"content-disposition", disposition),))


def error(status: int, message: str, faults: list[dict[str, str]] | None = None, headers: Any = ()) -> Reply:
    """The one shape of an error: `message`, `status`, and for a 400 `errors` with place and reason of each."""
    content: dict[str, Any] = {"message": message, "status": status_name(status)}
    if status == 400:
        content["errors"] = faults or [{"place": "body", "reason": message}]
    if status == 401:
        headers = (CHALLENGE, *headers)
    return Reply.json(status, content, tuple(headers))


def refuse(refusal: Refused) -> Reply:
    """What the pipeline refused."""
    return error(refusal.status, refusal.message, refusal.faults, refusal.headers)


def explain(problem: errors.DomainError) -> Reply:
    """What the domain refused."""
    status = next(status for kind, status in STATUSES if isinstance(problem, kind))
    place = problem.place if isinstance(problem, errors.Invalid) else "body"
    return error(status, str(problem), [{"place": place, "reason": str(problem)}])
