"""The clock of a sandbox: moved, frozen, quickened; one sandbox's time is no other's."""

from datetime import datetime
from typing import Any

import pytest

from mock_server.world.clock import Clock
from tests.conftest import Client


def clock(client: Client, **kwargs: Any) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/_mock/clock", **kwargs).json()
    return found


def change(client: Client, **body: Any) -> dict[str, Any]:
    answer = client.patch("/_mock/clock", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_clock_is_advanced_by_exactly_that(client: Client) -> None:
    assert clock(client)["now"] == "2026-03-02T09:00:00Z"
    assert change(client, advance_seconds=61.5)["now"] == "2026-03-02T09:01:01.500000Z"
    assert change(client, advance_seconds=0)["now"] == clock(client)["now"]


def test_clock_is_set_and_then_advanced(client: Client) -> None:
    assert change(client, now="2027-01-01T00:00:00+01:00", advance_seconds=1)["now"] == "2026-12-31T23:00:01Z"
    assert change(client, now="1999-12-31T23:59:59Z")["now"] == "1999-12-31T23:59:59Z"


def test_frozen_clock_stands_and_runs_again_when_it_is_told(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = [1_800_000_000.0]
    monkeypatch.setattr("mock_server.world.clock.time.time", lambda: machine[0])
    assert change(client, frozen=False)["frozen"] is False
    began = datetime.fromisoformat(clock(client)["now"])
    machine[0] += 10
    assert (datetime.fromisoformat(clock(client)["now"]) - began).total_seconds() == 10
    change(client, speed=60)
    machine[0] += 10
    assert (datetime.fromisoformat(clock(client)["now"]) - began).total_seconds() == 610
    change(client, frozen=True)
    machine[0] += 10
    assert (datetime.fromisoformat(clock(client)["now"]) - began).total_seconds() == 610
    assert clock(client)["speed"] == 0


def test_a_clock_that_is_quick_stops_before_times_end() -> None:
    assert Clock(at=0, since=0, speed=1e9).now().year == 9000


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"advance_seconds": -1},
        {"advance_seconds": 1e300},
        {"advance_seconds": "60"},
        {"now": "tomorrow"},
        {"now": "0001-01-01T00:00:00+23:00"},
        {"now": "9999-12-31T23:59:59-23:00"},
        {"now": "1969-12-31T23:59:59Z"},
        {"speed": 0},
        {"speed": 1e9},
        {"frozen": None},
        {"jobs": {"mode": "never"}},
        {"jobs": {"reads": 3}},
        {"jobs": {"mode": "reads", "reads": 0}},
        {"jobs": {"mode": "at_once"}, "now": "tomorrow"},
        {"advance": 60},
    ],
)
def test_nonsense_is_refused_and_changes_nothing(client: Client, body: Any) -> None:
    before = clock(client)
    answer = client.patch("/_mock/clock", json=body)
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json" and answer.json()["errors"]
    assert clock(client) == before


@pytest.mark.parametrize(
    "body",
    [{"frozen": True, "speed": 2}, {"now": "8999-12-31T23:59:59Z", "advance_seconds": 2, "jobs": {"mode": "at_once"}}],
)
def test_what_cannot_be_together_is_refused_and_changes_nothing(client: Client, body: Any) -> None:
    before = clock(client)
    assert client.patch("/_mock/clock", json=body).status_code == 409
    assert clock(client) == before


def test_times_of_sandboxes_are_apart(client: Client) -> None:
    client.post("/_mock/sandboxes", json={"name": "other"})
    change(client, advance_seconds=100)
    assert clock(client, headers={"X-Mock-Sandbox": "other"})["now"] == "2026-03-02T09:00:00Z"


def test_reset_puts_clock_and_mode_back(client: Client) -> None:
    before = clock(client)
    change(client, advance_seconds=100, speed=2, jobs={"mode": "reads", "reads": 3})
    assert clock(client)["jobs"] == {"mode": "reads", "reads": 3}
    client.post("/_mock/reset")
    assert clock(client) == before
