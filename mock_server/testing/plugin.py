"""The plugin for pytest: a server for the whole run, a fresh sandbox for each test, and the journal of a test that failed.

Under pytest-xdist each worker has a server of its own; with `--studio-mock-url` all share one that runs already, and still never meet.
"""

from collections.abc import Generator, Iterator
from typing import Any

import pytest

from mock_server.contract import Json
from mock_server.testing.client import Client
from mock_server.testing.mock import ControlError, StudioMock

MOCK = pytest.StashKey[StudioMock]()
MOST_SHOWN = 30


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--studio-mock-url`, and `studio_mock_world`, `studio_mock_seed` and `studio_mock_user` of the ini-file."""
    group = parser.getgroup("studio-mock")
    group.addoption("--studio-mock-url", metavar="URL", help="use the stand-in that runs there instead of starting one")
    parser.addini("studio_mock_world", "the world to start with: a name, a folder or a world file", default="demo")
    parser.addini("studio_mock_seed", "the source of everything that is random", default="0")
    parser.addini(
        "studio_mock_user", "the e-mail address of whom studio_client is signed in as", default="owner@example.com"
    )


@pytest.fixture(scope="session")
def studio_mock_server(pytestconfig: pytest.Config) -> Iterator[StudioMock]:
    """A stand-in on a free port of loopback, for the whole run. Tests that change something want `studio_mock` instead."""
    url = pytestconfig.getoption("--studio-mock-url")
    world, seed = pytestconfig.getini("studio_mock_world"), int(pytestconfig.getini("studio_mock_seed"))
    with StudioMock.at(url) if url else StudioMock(world, seed=seed, serve=True) as mock:
        yield mock


@pytest.fixture
def studio_mock(studio_mock_server: StudioMock, request: pytest.FixtureRequest) -> Iterator[StudioMock]:
    """A sandbox of this test alone, as the world was at the start. `studio_mock.url` is the base address to hand to your client."""
    with studio_mock_server.fork() as mock:
        request.node.stash[MOCK] = mock
        yield mock
        del request.node.stash[MOCK]


@pytest.fixture
def studio_client(studio_mock: StudioMock, pytestconfig: pytest.Config) -> Iterator[Client]:
    """A client of the sandbox of this test, signed in."""
    with studio_mock.as_user(pytestconfig.getini("studio_mock_user")) as client:
        yield client


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, Any, None]:
    """Attach the journal of its sandbox to the report of a test that failed."""
    outcome = yield
    report = outcome.get_result()
    mock = item.stash.get(MOCK, None)
    if report.when == "call" and report.failed and mock is not None:
        report.sections.append(("studio-mock journal", told(mock)))


def told(mock: StudioMock) -> str:
    """Return the last requests of a sandbox, a line each, with the reasons of those that were refused."""
    try:
        exchanges = mock.journal()
    except (ControlError, OSError) as problem:
        return f"the journal cannot be read: {problem}"
    if not exchanges:
        return "no request has reached the stand-in"
    left_out = len(exchanges) - MOST_SHOWN
    lines = [_line(mock, exchange) for exchange in exchanges[-MOST_SHOWN:]]
    return "\n".join(([f"… {left_out} earlier requests"] if left_out > 0 else []) + lines)


def _line(mock: StudioMock, exchange: Json) -> str:
    line = (
        f"{exchange['method']} {exchange['path']} -> {exchange['status']} {exchange.get('operation_id') or ''}".rstrip()
    )
    if not 400 <= (exchange["status"] or 0) < 500:
        return line
    why = mock.exchange(exchange["id"])["why"] or {"message": "", "faults": []}
    faults = "; ".join(f"{fault['place']} {fault['reason']}" for fault in why["faults"])
    return f"{line}\n    {why['message']}{f' ({faults})' if faults else ''}"
