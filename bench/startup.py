"""Seconds from spawning a server to its first 200, the contenders interleaved."""

import json
import urllib.request

from bench.api import CREDENTIALS
from bench.processes import Command, Processes, Server, first_200

STARTS = 5
HEALTH = "studio-mock, /_mock/health"
AUTHENTICATED = "studio-mock, log in and an authenticated GET"
PRISM = "prism, any 200"
BARE = "bare, any 200"


def measure_starts(processes: Processes, commands: dict[str, Command], path: str) -> dict[str, list[float]]:
    """Seconds per start, by what was awaited; `commands` has one entry per contender, `path` is an ordinary GET."""
    times: dict[str, list[float]] = {}
    for _ in range(STARTS):
        for name, command in commands.items():
            with processes.running(name, command) as server:
                for awaited, seconds in _times(server, path).items():
                    times.setdefault(awaited, []).append(round(seconds, 4))
    return times


def _times(server: Server, path: str) -> dict[str, float]:
    if server.name != "studio-mock":
        any_token = {"Authorization": "Bearer any"}
        return {PRISM if server.name == "prism" else BARE: first_200(server, path, any_token)}
    healthy = first_200(server, "/_mock/health")
    return {HEALTH: healthy, AUTHENTICATED: first_200(server, path, {"Authorization": f"Bearer {_token(server)}"})}


def _token(server: Server) -> str:
    """Log in with the standard library: building a larger client would be part of the measured time."""
    request = urllib.request.Request(
        server.base_url + "/auth/login", json.dumps(CREDENTIALS).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        token: str = json.load(answer)["auth_token"]
        return token
