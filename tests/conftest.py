"""Shared fixtures: an application in process over a small world, and clients that are signed in."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from mock_server.app import App, Settings, create_app
from tests.worlds import small_world


class Client:
    """A synchronous client that calls an application in process, without a socket."""

    def __init__(self, app: App, token: str | None = None, scheme: str = "Bearer") -> None:
        self.app, self.token, self.scheme = app, token, scheme

    def request(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        """Send one request; keyword arguments as `httpx.request` takes them."""
        import asyncio

        headers = dict(kwargs.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"{self.scheme} {self.token}")

        async def send() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://studio-mock.test") as client:
                return await client.request(method, path, headers=headers, **kwargs)

        return asyncio.run(send())

    def get(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.request("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.request("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.request("PUT", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.request("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> httpx.Response:
        return self.request("DELETE", path, **kwargs)

    def as_user(self, email: str, password: str = "studio-mock") -> "Client":
        """Log in and return a client of that user."""
        answer = self.post("/auth/login", json={"email": email, "password": password}, headers={})
        assert answer.status_code == 200, answer.text
        return Client(self.app, answer.json()["auth_token"])

    def advance(self, seconds: float) -> None:
        """Move the world's clock; jobs that come due end."""
        self.app.sandbox.advance(seconds)


@pytest.fixture
def app() -> App:
    """An application over `small_world`; every answer is checked against the contract."""
    return create_app(small_world(), Settings(check_responses=True))


@pytest.fixture
def anyone(app: App) -> Client:
    """A client without a token."""
    return Client(app)


@pytest.fixture
def client(app: App) -> Client:
    """A client of the owner, who is a superuser."""
    return as_person(app, "owner@example.com")


@pytest.fixture
def as_user(app: App) -> Iterator[Callable[[str], Client]]:
    """A function from an e-mail of the small world to a signed-in client."""
    yield lambda email: as_person(app, email)


def as_person(app: App, email: str) -> Client:
    """Return a signed-in client without going through log in."""
    from mock_server.studio import tokens
    from mock_server.studio.rows import User

    tx = app.sandbox.begin()
    user = tx.first(User, email=email)
    assert user is not None, f"no {email} in the world"
    return Client(app, tokens.issue(user.id, tx.now, f"test-{email}"))
