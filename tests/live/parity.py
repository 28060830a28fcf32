"""What the tests of parity share: a stand-in to be compared, running the command, reading what it has found."""

import json
import time
from typing import Any

import pytest

from mock_server.app import App, Settings, create_app
from mock_server.cli import main
from mock_server.seed import starting_world
from mock_server.world import Clock, World

FAST = ["--rate", "100000/s"]
DIFFERENT = 1
Found = set[tuple[str, str, str]]


def running_world() -> World:
    """Return a world whose clock runs, an hour in some seconds."""
    now = time.time()
    return starting_world("demo").with_clock(Clock(at=now, since=now, speed=500.0))


def app_of(api: str) -> App:
    """Return a stand-in of one API over such a world."""
    return create_app(running_world(), Settings(apis=(api,)))


def compared(capsys: pytest.CaptureFixture[str], *told: str) -> tuple[int, dict[str, Any]]:
    """Run the command and return its exit code and what it printed."""
    code = main(["parity", *told, "--json"])
    said = capsys.readouterr()
    assert said.err == "", said.err
    return code, json.loads(said.out)


def found(report: dict[str, Any]) -> Found:
    """Return where differences were found; those in the bodies of errors are of no operation."""
    some = report["differences"]
    return {
        ("" if one["place"].startswith("error.") else one["operation"], one["aspect"], one["place"]) for one in some
    }
