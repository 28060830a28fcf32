"""Who may use the control API: this machine or whoever has the token, and no page of another site."""

import asyncio
from typing import Any

import httpx
import pytest

from mock_server.app import App, Settings, create_app
from tests.worlds import small_world

TOKEN = "a-token-for-tests"
HERE = {"client": ("127.0.0.1", 4000), "host": "127.0.0.1:8080"}
ELSEWHERE = {"client": ("192.168.1.7", 4000), "host": "192.168.1.2:8080"}


def ask(app: App, method: str, path: str, client: Any, host: str, **headers: str) -> httpx.Response:
    """Send a request from a client's address to a host, as a server on 127.0.0.1:8080 gets it."""
    sent: list[Any] = []

    async def call() -> None:
        raw = [(b"host", host.encode()), *((n.replace("_", "-").encode(), v.encode()) for n, v in headers.items())]
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": raw,
            "client": client,
            "server": ("10.0.0.1", 8080),
        }

        async def receive() -> Any:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Any) -> None:
            sent.append(message)

        await app(scope, receive, send)

    asyncio.run(call())
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return httpx.Response(sent[0]["status"], headers=sent[0]["headers"], content=body)


@pytest.fixture
def guarded() -> App:
    """An application whose control API needs a token."""
    return create_app(small_world(), Settings(control_token=TOKEN))


def refused(answer: httpx.Response, status: int, *told: str) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(text in answer.json()["detail"] for text in told), answer.text


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "testclient"])
@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "default.localhost:8080", "localhost."]
)
def test_this_machine_is_served_under_every_local_name(app: App, address: str, host: str) -> None:
    assert ask(app, "POST", "/_mock/reset", (address, 1), host).status_code == 200


@pytest.mark.parametrize(
    "address", ["192.168.1.7", "10.0.0.1", "2001:db8::1", "::ffff:192.168.1.7", "0.0.0.0", "fe80::1%eth0"]
)
def test_another_machine_is_refused_and_told_how(app: App, address: str) -> None:
    world = app.sandbox.world
    refused(ask(app, "POST", "/_mock/reset", (address, 1), "localhost"), 403, address, "--control-token")
    assert app.sandbox.world is world


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "10.1.1.1"]
)
def test_a_name_that_leads_here_from_elsewhere_is_refused(app: App, host: str) -> None:
    refused(ask(app, "POST", "/_mock/reset", ("127.0.0.1", 1), host), 403, "local name")


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://localhost.evil.example", "null", "https://127.0.0.1.evil.example:80"]
)
def test_a_page_of_another_site_is_refused(app: App, guarded: App, origin: str) -> None:
    refused(ask(app, "POST", "/_mock/reset", **HERE, origin=origin), 403, origin)
    refused(ask(guarded, "POST", "/_mock/reset", **HERE, origin=origin, x_mock_control_token=TOKEN), 403, origin)


@pytest.mark.parametrize(
    "origin", ["http://localhost:5173", "http://127.0.0.1:8080", "https://app.localhost", "http://[::1]:3000"]
)
def test_a_page_of_this_machine_is_served(app: App, origin: str) -> None:
    assert ask(app, "POST", "/_mock/reset", **HERE, origin=origin).status_code == 200


def test_a_token_opens_the_control_api_from_anywhere(guarded: App) -> None:
    from base64 import b64encode

    basic = b64encode(f"anybody:{TOKEN}".encode()).decode()
    for where in (HERE, ELSEWHERE, {**ELSEWHERE, "host": "mock.example"}):
        for headers in (
            {"authorization": f"Bearer {TOKEN}"},
            {"authorization": f"bearer  {TOKEN} "},
            {"authorization": f"Basic {basic}"},
            {"x_mock_control_token": TOKEN, "authorization": "Bearer of-a-user"},
        ):
            assert ask(guarded, "POST", "/_mock/reset", **where, **headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": TOKEN},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic"},
        {"x_mock_control_token": ""},
        {"x_mock_control_token": f"{TOKEN}x"},
    ],
)
def test_with_a_token_nobody_is_served_without_it(guarded: App, headers: dict[str, str]) -> None:
    for where in (HERE, ELSEWHERE):
        answer = ask(guarded, "POST", "/_mock/reset", **where, **headers)
        refused(answer, 401, "--control-token", "X-Mock-Control-Token")
        assert {"Bearer", "Basic"} == {text.split()[0] for text in answer.headers.get_list("www-authenticate")}


def test_readiness_and_contract_are_open_to_all(app: App, guarded: App) -> None:
    for path in ("/_mock/health", "/_mock/docs", "/_mock/openapi/studio.json"):
        assert ask(app, "GET", path, **ELSEWHERE).status_code == 200
        assert ask(guarded, "GET", path, **ELSEWHERE).status_code == 200


def test_the_apis_themselves_are_not_guarded(app: App, guarded: App) -> None:
    for application in (app, guarded):
        assert ask(application, "GET", "/types", **ELSEWHERE).status_code in (200, 401)


def test_a_sandbox_in_the_path_is_no_way_around(app: App) -> None:
    refused(ask(app, "POST", "/_sandbox/default/_mock/reset", **ELSEWHERE), 403)


def test_https_only_refuses_plain_http_in_the_words_of_each_vendor() -> None:
    app = create_app(small_world(), Settings(https_only=True))
    for path, field in (
        ("/types", "message"),
        ("/api/tasks/1/annotations/", "detail"),
        ("/v1/labeling-projects", "detail"),
    ):
        answer = ask(app, "GET", path, **HERE)
        assert answer.status_code == 403
        assert answer.json()[field] == f"This API is served over HTTPS only: https://127.0.0.1:8080{path}"
    assert ask(app, "POST", "/_mock/reset", **HERE).status_code == 200
