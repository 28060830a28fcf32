"""One run of wrk: the command, its figures, and the refusal to count errors. Knows nothing of contenders or cases."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from bench.errors import BenchError

SCRIPT = Path(__file__).with_name("wrk.lua")
CONNECTIONS = 16
GRACE_SECONDS = 30


@dataclass(frozen=True)
class Load:
    """What wrk sends over and over: a method, headers and, if there is a body, the file that holds it."""

    method: str
    headers: dict[str, str]
    body_file: Path | None
    expects_error: bool


@dataclass(frozen=True)
class Run:
    """What one run measured; latencies in milliseconds."""

    requests: int
    requests_per_second: float
    p50_ms: float
    p99_ms: float
    max_ms: float
    timeouts: int


def run(url: str, load: Load, seconds: int, core: int) -> Run:
    """Send `load` to `url` for `seconds` from `core`; raises BenchError when an answer is not of the right class."""
    try:
        done = subprocess.run(
            _command(url, load, seconds, core), capture_output=True, text=True, timeout=seconds + GRACE_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"wrk did not end within {GRACE_SECONDS} s of its time at {load.method} {url}") from None
    if done.returncode != 0 or "FIGURES" not in done.stdout:
        raise BenchError(f"wrk failed at {load.method} {url}: {done.stderr.strip() or done.stdout.strip()}")
    return _figures(done.stdout, url, load)


def _command(url: str, load: Load, seconds: int, core: int) -> list[str]:
    command = ["setpriv", "--pdeathsig", "KILL", "taskset", "-c", str(core)]
    command += ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(SCRIPT)]
    for name, value in load.headers.items():
        command += ["-H", f"{name}: {value}"]
    command += [url, "--", load.method]
    return command + ([str(load.body_file)] if load.body_file else [])


def _figures(output: str, url: str, load: Load) -> Run:
    line = next(line for line in output.splitlines() if line.startswith("FIGURES"))
    figures: dict[str, int] = json.loads(line.removeprefix("FIGURES"))
    _refuse_errors(output, figures, f"{load.method} {url}", load.expects_error)
    return Run(
        requests=figures["requests"],
        requests_per_second=round(figures["requests"] / figures["microseconds"] * 1e6, 1),
        p50_ms=figures["p50"] / 1000,
        p99_ms=figures["p99"] / 1000,
        max_ms=figures["max"] / 1000,
        timeouts=figures["timeouts"],
    )


def _refuse_errors(output: str, figures: dict[str, int], request: str, expects_error: bool) -> None:
    """Statuses must all be of the expected class: none above 399, or (for the invalid request) all of them."""
    found = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    errors = int(found[1]) if found else 0
    expected = figures["requests"] if expects_error else 0
    if errors != expected:
        raise BenchError(f"{request}: {errors} of {figures['requests']} answers were errors, expected {expected}")
    if figures["broken"] or not figures["requests"]:
        raise BenchError(f"{request}: {figures['broken']} broken connections, {figures['requests']} answers")
