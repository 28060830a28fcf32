"""The witness of a defect: the shortest requests of which one is answered otherwise than by the healthy stand-in.

Used by the test of the catalogue alone; who looks for defects never sees it.
"""

import asyncio
from typing import Any

import httpx
import msgspec

from mock_server.app import App
from mock_server.label_studio.rows import LsUser
from mock_server.studio import tokens
from mock_server.studio.rows import User
from mock_server.world import Tx

EXCHANGE = "x-mock-exchange"  # the number of an answer in the journal: another one each time
HOST = "http://studio-mock.test"


class Step(msgspec.Struct, frozen=True):
    """One request, and how many seconds the clock moves before it.

    `path` and `bearer` may name parts of the answers so far, as `{0[id]}`. `who` is the first part of an address, or a key of Blue
    Guardrails; None sends no credentials. `options` are those of `httpx.request`.
    """

    method: str
    path: str
    who: str | None = "owner"
    bearer: str | None = None
    wait: float = 0
    options: dict[str, Any] = {}


def get(path: str, who: str | None = "owner", *, wait: float = 0, bearer: str | None = None, **options: Any) -> Step:
    """A GET, `wait` seconds after the step before."""
    return Step("GET", path, who, bearer, wait, options)


def post(path: str, json: Any = None, who: str | None = "owner", **options: Any) -> Step:
    """A POST, of JSON if there is any."""
    return Step("POST", path, who, options=options if json is None else {"json": json, **options})


def put(path: str, json: Any, who: str | None = "owner") -> Step:
    """A PUT."""
    return Step("PUT", path, who, options={"json": json})


def patch(path: str, json: Any, who: str | None = "owner") -> Step:
    """A PATCH."""
    return Step("PATCH", path, who, options={"json": json})


def delete(path: str, who: str | None = "owner") -> Step:
    """A DELETE."""
    return Step("DELETE", path, who)


def play(app: App, steps: tuple[Step, ...]) -> list[tuple[int, dict[str, str], bytes]]:
    """Return the answers of an application: status, headers and body of each."""
    return asyncio.run(_play(app, steps))


async def _play(app: App, steps: tuple[Step, ...]) -> list[tuple[int, dict[str, str], bytes]]:
    answers: list[tuple[int, dict[str, str], bytes]] = []
    bodies: list[Any] = []
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=HOST) as client:
        for step in steps:
            app.sandbox.advance(step.wait)
            bearer = step.bearer.format(*bodies) if step.bearer else None
            headers = {**_credentials(app, step.who, bearer), **step.options.get("headers", {})}
            options = {**step.options, "headers": headers}
            answer = await client.request(step.method, step.path.format(*bodies), **options)
            bodies.append(_content(answer))
            kept = {name: value for name, value in answer.headers.items() if name != EXCHANGE}
            answers.append((answer.status_code, kept, answer.content))
    return answers


def _content(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _credentials(app: App, who: str | None, bearer: str | None) -> dict[str, str]:
    if bearer is not None or who is None:
        return {} if bearer is None else {"Authorization": f"Bearer {bearer}"}
    if who.startswith("bg-"):
        return {"Authorization": f"Bearer {who}"}
    tx, email = Tx(app.sandbox.initial), f"{who}@example.com"  # who has gone since keeps their token
    if "label_studio" in app.documents:
        neighbour = tx.first(LsUser, email=email)
        assert neighbour is not None
        return {"Authorization": f"Token {neighbour.token}"}
    user = tx.first(User, email=email)
    assert user is not None, f"no {email} in the world"
    return {"Authorization": f"Bearer {tokens.issue(user.id, tx.now, f'witness-{who}')}"}
