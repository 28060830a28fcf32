"""How the impostor answers: its refusals, and what it takes from a request. Its error bodies are of its own making."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

TEXTS = {
    400: "The body sent is invalid. Check the error message for more details",
    401: "User is not authenticated. This means token is either not present or invalid",
    403: 'User does not have the minimal required project role "VIEWER"',
    404: "The project was not found",
    409: "Invalid action. Check the returned error for more information.",
}


class Refused(Exception):
    """A request is not done; `text` is what callers read."""

    def __init__(self, status: int, text: str | None = None) -> None:
        self.status, self.text = status, text or TEXTS[status]
        super().__init__(self.text)


def refusal(request: Request, problem: Exception) -> Response:
    """Return the answer to a request that is refused, by the impostor or by its routes."""
    if isinstance(problem, HTTPException):
        status, text = problem.status_code, problem.detail
    else:
        assert isinstance(problem, Refused)
        status, text = problem.status, problem.text
    headers = {"WWW-Authenticate": "Bearer"} if status == 401 else None
    return JSONResponse({"code": status, "message": text}, status, headers)


async def body_of(request: Request, **fields: type) -> Any:
    """Return a body that is an object with at least these fields, none of them empty. Raises Refused."""
    try:
        body = await request.json()
    except ValueError:
        raise Refused(400) from None
    if not isinstance(body, dict) or any(not isinstance(body.get(name), kind) for name, kind in fields.items()):
        raise Refused(400)
    if any(not body[name] or "\x00" in str(body[name]) for name in fields if name != "text"):
        raise Refused(400)
    return body


async def rows_of(request: Request, field: str) -> list[Any]:
    """Return a body that is a list of objects with a text in a field. Raises Refused."""
    try:
        body = await request.json()
    except ValueError:
        raise Refused(400) from None
    if not isinstance(body, list) or not all(isinstance(one, dict) and isinstance(one.get(field), str) for one in body):
        raise Refused(400)
    return body


def number(request: Request, name: str, default: int, least: int, most: int) -> int:
    """Return a number of the query. Raises Refused."""
    told = request.query_params.get(name, str(default))
    if not told.isdecimal() or not least <= int(told) <= most:
        raise Refused(400)
    return int(told)


def details_of(request: Request) -> set[str]:
    """Return which details of documents are asked for. Raises Refused."""
    asked = set(filter(None, request.query_params.get("details", "").split(",")))
    if asked - {"segments", "meta", "tags", "stats"}:
        raise Refused(400)
    return asked


def gone() -> Response:
    """Return the answer to a deletion, which has no body here."""
    return Response(status_code=204)
