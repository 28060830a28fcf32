"""Servers as child processes: started on one core, awaited, weighed, always ended. Knows not what they serve."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from subprocess import DEVNULL
from typing import Self
from urllib.parse import urlsplit

from bench.errors import BenchError

ROOT = Path(__file__).resolve().parent.parent
POLL_SECONDS = 0.002
PATIENCE_SECONDS = 120

Command = Callable[[int], list[str]]
"""The command line of a server, given the port that it shall listen on."""


@dataclass(frozen=True)
class Server:
    """A running server and the moment (of `time.perf_counter`) at which it was spawned."""

    name: str
    base_url: str
    process: subprocess.Popen[bytes]
    spawned: float
    stderr: int


class Processes:
    """Owns every server that it starts; leaving the context ends them all, also on Ctrl-C."""

    def __init__(self, core: int) -> None:
        """Servers will be pinned to `core`."""
        self._core = core
        self._servers: list[Server] = []

    def __enter__(self) -> Self:
        """Nothing runs yet."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what still runs, the latest first."""
        while self._servers:
            self._end(self._servers.pop())

    def start(self, name: str, command: Command) -> Server:
        """Spawn a server in a process group of its own; the kernel ends it should the benchmark itself be killed."""
        port = _free_port()
        pinned = ["setpriv", "--pdeathsig", "KILL", "taskset", "-c", str(self._core), *command(port)]
        stderr = os.memfd_create(name)
        spawned = time.perf_counter()
        process = subprocess.Popen(
            pinned, cwd=ROOT, stdin=DEVNULL, stdout=DEVNULL, stderr=stderr, start_new_session=True
        )
        server = Server(name, f"http://127.0.0.1:{port}", process, spawned, stderr)
        self._servers.append(server)
        return server

    def stop(self, server: Server) -> None:
        """End one server before the others."""
        self._servers.remove(server)
        self._end(server)

    @contextmanager
    def running(self, name: str, command: Command) -> Iterator[Server]:
        """A server for the length of a `with`."""
        server = self.start(name, command)
        try:
            yield server
        finally:
            self.stop(server)

    @staticmethod
    def _end(server: Server) -> None:
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            server.process.wait(timeout=3)
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)
        server.process.wait(timeout=10)
        os.close(server.stderr)


def first_200(server: Server, path: str, headers: dict[str, str] | None = None) -> float:
    """Seconds from the spawn to the first 200 at `path`, asked for every 2 ms; raises BenchError if it never comes."""
    seen: object = "no answer"
    while (elapsed := time.perf_counter() - server.spawned) < PATIENCE_SECONDS:
        seen = _status(server.base_url, path, headers or {}) or seen
        if seen == 200:
            return time.perf_counter() - server.spawned
        if server.process.poll() is not None:
            raise BenchError(f"{server.name} ended after {elapsed:.1f} s: {_last_words(server)}")
        time.sleep(POLL_SECONDS)
    raise BenchError(f"{server.name} did not answer 200 at {path} within {PATIENCE_SECONDS} s, but {seen}")


def resident_mb(server: Server) -> float:
    """Resident memory of the server and of all its descendants, in MB."""
    return round(sum(_resident_kb(pid) for pid in _tree(server.process.pid)) / 1024, 1)


def cores() -> tuple[int, int]:
    """The cores for the server and for the load; raises BenchError when there is only one."""
    allowed = sorted(os.sched_getaffinity(0))
    if len(allowed) < 2:
        raise BenchError("the benchmark needs two cores, one for the server and one for wrk")
    return allowed[0], allowed[1]


def end_on_sigterm() -> None:
    """Let SIGTERM unwind like Ctrl-C, so that the servers are ended."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def _last_words(server: Server) -> str:
    said = os.pread(server.stderr, 100_000, 0).decode(errors="replace")
    return " | ".join(said.splitlines()[-5:]) or "it said nothing"


def _status(base_url: str, path: str, headers: dict[str, str]) -> int | None:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from _tree(int(child))


def _resident_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)
