"""Kills a server with a state folder during a write load, again and again: nothing that it has acknowledged may be lost.

    python -m bench.crashes --times 50

Not timed, and no comparison: it tells whether the promise of `serve --state` holds, and how much was written meanwhile.
"""

import argparse
import http.client
import json
import random
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from mock_server import worldfile
from mock_server.world.integrity import dangling

WRITERS = 4
SANDBOXES = ("default", "one", "two", "three")


class Server:
    """A stand-in in a process of its own that keeps its state in a folder."""

    def __init__(self, folder: Path) -> None:
        command = [
            sys.executable,
            "-m",
            "mock_server",
            "serve",
            "--port",
            "0",
            "--world",
            "minimal",
            "--state",
            str(folder),
        ]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert self.process.stdout is not None and self.process.stderr is not None
        first = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", first)
        if found is None:
            raise RuntimeError(f"the server has not started: {first}{self.process.stderr.read()}")
        self.port = int(found[1])

    def kill(self) -> None:
        """End it as hard as can be."""
        self.process.send_signal(signal.SIGKILL)
        self.process.communicate()

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        """Send a request and return status and value. Raises OSError, HTTPException if the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {"Content-Type": "application/json", **(headers or {})}
            connection.request(method, path, json.dumps(body) if body is not None else None, sent)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        finally:
            connection.close()


class Promises:
    """What a server has acknowledged: by sandbox the names of classes, and by sandbox those of snapshots."""

    def __init__(self) -> None:
        self.classes: dict[str, set[str]] = {name: set() for name in SANDBOXES}
        self.snapshots: dict[str, set[str]] = {name: set() for name in SANDBOXES}

    def broken(self, server: Server) -> list[str]:
        """Return what a server that was started again does not keep."""
        found = []
        for name in SANDBOXES:
            _, world = server.ask("GET", f"/_sandbox/{name}/_mock/world/export")
            there = {row["name"] for row in world["tables"].get("ModelClass", ())}
            _, snapshots = server.ask("GET", f"/_sandbox/{name}/_mock/snapshots")
            kept = {snapshot["name"] for snapshot in snapshots["snapshots"]}
            found += [f"{name}: the class {lost} is lost" for lost in self.classes[name] - there]
            found += [f"{name}: the snapshot {lost} is lost" for lost in self.snapshots[name] - kept]
            rest = worldfile.parse(json.dumps(world).encode())
            found += [f"{name}: {fault}" for fault in dangling(worldfile.revived(rest))]
        return found


def crash(folder: Path, times: int, chance: random.Random) -> tuple[int, list[str]]:
    """Kill a server `times` times under load; return how many writes it acknowledged, and what of that was lost."""
    promises, problems = Promises(), list[str]()
    server = Server(folder)
    for name in SANDBOXES[1:]:
        server.ask("POST", "/_mock/sandboxes", {"name": name})
    for number in range(times):
        load = [threading.Thread(target=_write, args=(server, promises, f"{number}-{at}")) for at in range(WRITERS)]
        for thread in load:
            thread.start()
        time.sleep(chance.uniform(0.05, 0.5))
        server.kill()
        for thread in load:
            thread.join()
        server = Server(folder)
        problems += promises.broken(server)
    server.kill()
    return sum(map(len, promises.classes.values())) + sum(map(len, promises.snapshots.values())), problems


def _write(server: Server, promises: Promises, name: str) -> None:
    """Write until the server is gone, into each sandbox in turn; what was acknowledged is promised."""
    with suppress(OSError, http.client.HTTPException):
        headers = server.ask("GET", "/_mock/people?api=studio")[1]["people"][0]["headers"]
        _, projects = server.ask("GET", "/projects", headers=headers)
        for number in range(100_000):
            sandbox, told = SANDBOXES[number % len(SANDBOXES)], f"{name}-{number}"
            path = f"/_sandbox/{sandbox}/projects/{projects[0]['id']}/classes"
            status, _ = server.ask("POST", path, {"name": told}, headers)
            if status < 300:
                promises.classes[sandbox].add(told)
            if number % 50 == 0:
                status, _ = server.ask("PUT", f"/_sandbox/{sandbox}/_mock/snapshots/{told}")
                if status < 300:
                    promises.snapshots[sandbox].add(told)


def main() -> int:
    """Run it and say what came of it; 1 if something was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        count, problems = crash(Path(folder) / "state", args.times, random.Random(args.seed))
        size = (Path(folder) / "state" / "state.log").stat().st_size
    print(
        f"killed {args.times} times, {count} acknowledged writes, {len(problems)} lost or broken; the log has {size} bytes"
    )
    print("\n".join(problems[:20]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
