"""Faults that only a real connection can show: closed before, after and amidst an answer, slow and truncated ones."""

import http.client
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

from mock_server.app import App
from tests.conftest import Client
from tests.loopback import serving
from tests.test_faults import PROJECT, waits

Connection = http.client.HTTPConnection


@pytest.fixture
def connection(app: App) -> Iterator[Connection]:
    """A connection to a server of the application."""
    with serving(app) as base_url:
        made = Connection(urlsplit(base_url).netloc, timeout=30)
        yield made
        made.close()


def get(connection: Connection, client: Client, path: str = PROJECT, **headers: str) -> http.client.HTTPResponse:
    connection.request("GET", path, headers={"Authorization": f"Bearer {client.token}", **headers})
    return connection.getresponse()


def post_project(connection: Connection, client: Client) -> http.client.HTTPResponse:
    headers = {"Authorization": f"Bearer {client.token}", "Content-Type": "application/json"}
    connection.request("POST", "/projects", b'{"name": "New", "type": "ABSA"}', headers)
    return connection.getresponse()


@pytest.mark.parametrize("origin", [{}, {"Origin": "http://localhost:5173"}])
@pytest.mark.parametrize("how", ["before", "after"])
def test_a_connection_is_closed_without_a_byte(
    app: App, client: Client, connection: Connection, how: str, origin: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    app.sandbox.faults.arm(close=how, times=1)  # type: ignore[typeddict-item]
    with caplog.at_level(logging.ERROR), pytest.raises(http.client.RemoteDisconnected):
        get(connection, client, **origin)
    assert get(connection, client).status == 200
    assert caplog.records == []


def test_a_write_whose_answer_is_lost_has_happened(app: App, client: Client, connection: Connection) -> None:
    for how, count in (("before", 0), ("after", 1)):
        app.sandbox.faults.arm(close=how, times=1)  # type: ignore[typeddict-item]
        with pytest.raises(http.client.RemoteDisconnected):
            post_project(connection, client)
        names = [project["name"] for project in client.get("/projects").json()]
        assert names.count("New") == count


def test_a_connection_is_closed_midway(app: App, client: Client, connection: Connection) -> None:
    whole = client.get(PROJECT).content
    app.sandbox.faults.arm(close="midway", times=1)
    answer = get(connection, client)
    assert answer.status == 200
    assert int(answer.headers["content-length"]) == len(whole)
    with pytest.raises(http.client.IncompleteRead) as cut:
        answer.read()
    assert cut.value.partial == whole[: len(whole) // 2]


def test_a_truncated_answer_is_a_whole_message(app: App, client: Client, connection: Connection) -> None:
    whole = client.get(PROJECT).content
    app.sandbox.faults.arm(body="truncated", times=1)
    assert get(connection, client).read() == whole[: len(whole) // 2]
    assert get(connection, client).read() == whole


def test_a_slow_answer_comes_in_pieces_and_whole(app: App, client: Client, connection: Connection) -> None:
    whole = client.get(PROJECT).content
    noted = waits(app)
    app.sandbox.faults.arm(slow_body=200)
    assert get(connection, client).read() == whole
    assert len(noted) == -(-len(whole) // 20)


def test_whoever_waits_is_served_when_the_server_ends(app: App, client: Client) -> None:
    app.sandbox.faults.arm(latency=300_000)
    with ThreadPoolExecutor() as pool:
        with serving(app) as base_url:
            connection = Connection(urlsplit(base_url).netloc, timeout=60)
            asked = pool.submit(get, connection, client)
            while not app.sandbox.faults.live[0].hits:
                assert not asked.done()
            app.sleeper.wake_all()
        assert asked.result(60).status == 200


def test_an_error_is_answered_before_its_body_has_been_asked_for(
    app: App, client: Client, connection: Connection
) -> None:
    app.sandbox.faults.arm(status=503, times=1)
    assert post_project(connection, client).read()
    assert post_project(connection, client).status == 201
