"""Workers that share one server, each of their tests in a sandbox of its own: does any of them see what is another's?

    python -m bench.parallel --workers 16 --tests 200 --runs 5

Not timed, and no comparison. A test forks the world, writes into the fork, moves its clock, and looks at everything that it could
have got from others: projects, mails, journal, clock, and the world that the fork began with.
"""

import argparse
import http.client
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any

from mock_server.app import create_app
from mock_server.seed import starting_world
from mock_server.testing.server import ServerThread
from mock_server.world import World


class Asker:
    """One connection that is kept, as a client of a worker has it."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        """Send a request and return what was answered. Raises RuntimeError for a refusal."""
        content = json.dumps(body) if body is not None else None
        self.connection.request(method, path, content, {"Content-Type": "application/json", **(headers or {})})
        answer = self.connection.getresponse()
        told = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {told[:300]!r}")
        return json.loads(told) if told else None


def one_test(asker: Asker, name: str) -> list[str]:
    """Do what a test does, in a fork of the default sandbox; return what it saw that was not its own."""
    asker.ask("POST", "/_mock/sandboxes", {"name": name, "sandbox": "default"})
    at = f"/_sandbox/{name}"
    people = asker.ask("GET", f"{at}/_mock/people?api=studio&email=owner@example.com")["people"]
    headers = people[0]["headers"]  # a token, which leads to the sandbox by itself
    before = {project["name"] for project in asker.ask("GET", "/projects", headers=headers)}
    asker.ask("POST", "/projects", {"name": name, "type": "CLASS"}, headers)
    asker.ask("POST", f"{at}/password/email", {"email": "owner@example.com"})
    asker.ask("PATCH", f"{at}/_mock/clock", {"advance_seconds": len(name)})
    after = {project["name"] for project in asker.ask("GET", "/projects", headers=headers)}
    mails = asker.ask("GET", f"{at}/_mock/diff")["created"].get("Mail", [])
    journal = asker.ask("GET", f"{at}/_mock/journal")
    asker.ask("DELETE", f"/_mock/sandboxes/{name}")
    problems = []
    if any(known.startswith("test-") for known in before) or after - before != {name}:
        problems.append(f"{name} saw the projects {sorted(after)}")
    if len(mails) != 1:
        problems.append(f"{name} saw {len(mails)} mails")
    if journal["count"] != 4:
        problems.append(f"{name} saw {journal['count']} requests in its journal")
    return problems


def work(port: int, worker: int, tests: int) -> list[str]:
    """Run the tests of one worker and return what went wrong."""
    asker, problems = Asker(port), list[str]()
    for number in range(tests):
        try:
            problems += one_test(asker, f"test-{worker}-{number}")
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            problems.append(f"test-{worker}-{number}: {error}")
    return problems


@contextmanager
def serving(world: World) -> Iterator[int]:
    """Serve a world on loopback, and give the port."""
    server = ServerThread(create_app(world))
    server.start()
    try:
        yield int(server.url.rsplit(":", 1)[1])
    finally:
        server.stop()


def main() -> int:
    """Run it and say what came of it; 1 if a test saw what was not its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=16)
    parser.add_argument("--tests", type=int, default=200)
    parser.add_argument("--runs", type=int, default=5)
    args = parser.parse_args()
    found = 0
    with serving(starting_world("demo")) as port, ProcessPoolExecutor(args.workers) as pool:
        for run in range(1, args.runs + 1):
            began = time.monotonic()
            jobs = [pool.submit(work, port, worker, args.tests) for worker in range(args.workers)]
            problems = [problem for job in jobs for problem in job.result()]
            took, found = time.monotonic() - began, found + len(problems)
            print(
                f"run {run}: {args.workers} x {args.tests} tests in {took:.1f} s, {len(problems)} problems", flush=True
            )
            print("".join(f"  {problem}\n" for problem in problems[:10]), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
