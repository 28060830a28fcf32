"""studio-mock's proxy beside Prism's, before one and the same deployment: requests per second of each, and how many times Prism's.

    python -m bench.proxy --rounds 2 --seconds 3

Both pass on to the bare server, which repeats what studio-mock answers, and judge both directions by the contract. studio-mock is started
as a user would, with its journal; with `--record` it writes an archive besides. Neither prints: nothing that passes breaks the contract.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import httpx

from bench.api import Studio, documents_path
from bench.bare import Answer
from bench.cases import Case, make_cases
from bench.contenders import PRISM, bare_command, missing_prism, require_tools
from bench.errors import BenchError
from bench.measure import progress
from bench.processes import Command, Processes, Server, cores, end_on_sigterm, first_200
from bench.wrk import Load, run
from mock_server.contract import load

OWN = [sys.executable, "-m", "mock_server"]
SLUGS = ("get", "list", "post")
OTHER_PROJECT = (
    99  # the bare server tells answers apart by their path alone, so posts go to another project than the list
)
WARM_UP = {"studio-mock": 1, "prism": 4, "without": 1}  # seconds; see bench.measure


def main() -> int:
    """Measure and print a table; 1 if something is missing or answers with an error."""
    parser = argparse.ArgumentParser(prog="python -m bench.proxy", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2, metavar="N")
    parser.add_argument("--seconds", type=int, default=3, metavar="S")
    parser.add_argument("--record", action="store_true", help="let studio-mock write an archive")
    options = parser.parse_args()
    end_on_sigterm()
    try:
        require_tools(Path(sys.executable))
        if reason := missing_prism():
            raise BenchError(reason)
        print(_benchmark(options))
    except BenchError as error:
        progress(f"bench: {error}")
        return 1
    return 0


def _benchmark(options: argparse.Namespace) -> str:
    server_core, load_core = cores()
    load = os.getloadavg()[0]
    with TemporaryDirectory(prefix="studio-mock-bench-") as name, Processes(server_core) as processes:
        folder = Path(name)
        with Processes(load_core) as beside:  # the deployment shares the core of wrk, which it leaves nearly idle
            cases, headers, upstream = _deployment(processes, beside, folder)
            contenders = {
                "studio-mock": processes.start("studio-mock proxy", _own(upstream, folder, options.record)),
                "prism": processes.start("prism proxy", _prism(upstream, folder)),
                "without": upstream,
            }
            speeds = _measure(cases, contenders, headers, folder, load_core, options)
    return _table(cases, speeds, load)


def _deployment(processes: Processes, beside: Processes, folder: Path) -> tuple[list[Case], dict[str, str], Server]:
    """Return the cases, the headers to send, and a bare server that answers them as studio-mock has."""
    serving: Command = lambda port: [*OWN, "serve", "--port", str(port), "--world", "demo"]  # noqa: E731
    with processes.running("studio-mock", serving) as server:
        first_200(server, "/_mock/health")
        studio = Studio(server.base_url)
        cases = [case for case in make_cases(studio) if case.slug in SLUGS]
        answers = {}
        for at, case in enumerate(cases):
            project = case.path
            if case.writes:
                cases[at] = replace(case, path=documents_path(OTHER_PROJECT))
            answers[cases[at].path.partition("?")[0]] = _answer(server, replace(case, path=project), studio.headers)
    file = folder / "answers.json"
    file.write_text(json.dumps({path: asdict(answer) for path, answer in answers.items()}))
    upstream = beside.start("deployment", bare_command(file))
    first_200(upstream, cases[0].path)
    return cases, studio.headers, upstream


def _answer(server: Server, case: Case, headers: dict[str, str]) -> Answer:
    told = headers | ({"Content-Type": "application/json"} if case.body else {})
    answer = httpx.request(case.method, server.base_url + case.path, headers=told, content=case.body, timeout=60)
    if answer.status_code not in case.statuses:
        raise BenchError(f"studio-mock answered {answer.status_code} to {case.title}: {answer.text[:200]}")
    return Answer(answer.status_code, answer.headers["content-type"], answer.text)


def _own(upstream: Server, folder: Path, is_recording: bool) -> Command:
    words = ["--record", str(folder / "passed.har")] if is_recording else []
    return lambda port: [*OWN, "proxy", "--upstream", upstream.base_url, "--port", str(port), *words]


def _prism(upstream: Server, folder: Path) -> Command:
    bundle = folder / "bundle.json"
    bundle.write_text(json.dumps(load("studio")))
    return lambda port: [str(PRISM), "proxy", str(bundle), upstream.base_url, "-p", str(port), "-v", "silent"]


def _measure(
    cases: list[Case],
    contenders: dict[str, Server],
    headers: dict[str, str],
    folder: Path,
    core: int,
    options: argparse.Namespace,
) -> dict[tuple[str, str], list[float]]:
    speeds: dict[tuple[str, str], list[float]] = {(case.slug, name): [] for case in cases for name in contenders}
    once = _runner(folder, headers, core)
    for server in contenders.values():
        first_200(server, cases[0].path, headers)
    for number in range(options.rounds + 1):
        for case in cases:
            for name, server in contenders.items():
                speed = once(case, server, options.seconds if number else WARM_UP[name])
                if number:
                    speeds[case.slug, name].append(speed)
                    progress(f"round {number}  {case.title:12} {name:12} {speed:10,.0f} requests/s")
    return speeds


def _runner(folder: Path, headers: dict[str, str], core: int) -> Callable[[Case, Server, int], float]:
    def once(case: Case, server: Server, seconds: int) -> float:
        _answer(server, case, headers)
        file = folder / f"{case.slug}.body" if case.body else None
        if file is not None:
            file.write_bytes(case.body or b"")
        load = Load(case.method, headers, file, False)
        return run(server.base_url + case.path, load, seconds, core).requests_per_second

    return once


def _table(cases: list[Case], speeds: dict[tuple[str, str], list[float]], load: float) -> str:
    lines = [
        f"Requests per second, median of {len(next(iter(speeds.values())))} rounds; load before: {load:.1f}",
        "",
        "| | studio-mock proxy | Prism proxy | times Prism | without a proxy |",
        "|---|---|---|---|---|",
    ]
    for case in cases:
        own, prism, bare = (median(speeds[case.slug, name]) for name in ("studio-mock", "prism", "without"))
        lines.append(f"| {case.title} | {own:,.0f} | {prism:,.0f} | {own / prism:.1f} | {bare:,.0f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
