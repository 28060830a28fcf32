"""What the tests of accounts and workspaces do over and over: register, log in, read the outbox."""

from typing import Any

from tests.conftest import Client

PASSWORD = "edelweiss-1864"
NEWCOMER = {"first_name": "Mira", "last_name": "Oberhofer", "email": "mira@example.com", "password": PASSWORD}


def outbox(client: Client, kind: str) -> list[dict[str, Any]]:
    """Return the mails of a kind, oldest first."""
    return [mail for mail in client.get("/_mock/outbox").json() if mail["kind"] == kind]


def log_in(client: Client, email: str, password: str) -> int:
    """Return the status of logging in."""
    return client.post("/auth/login", json={"email": email, "password": password}, headers={}).status_code


def register(client: Client, **fields: Any) -> Client:
    """Register Mira Oberhofer, or someone like her, and return a client of hers."""
    answer = client.post("/auth/register", json={**NEWCOMER, **fields})
    assert answer.status_code == 200, answer.text
    return Client(client.app, answer.json()["auth_token"])


def reset_token(client: Client, email: str = "viewer@example.com") -> str:
    """Ask for a new password and return the token of the mail."""
    assert client.post("/password/email", json={"email": email}).status_code == 200
    token: str = outbox(client, "RESET")[-1]["token"]
    return token


def is_verified(client: Client) -> bool:
    """Return whether the caller's address is confirmed."""
    return bool(client.get("/auth/status").json()["user"]["is_verified"])
