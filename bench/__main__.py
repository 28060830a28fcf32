"""Command line: what to measure, in which order, and where the report goes. `python -m bench --help`."""

import argparse
import json
import os
import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench import report
from bench.contenders import PRISM, missing_prism, require_tools
from bench.errors import BenchError
from bench.measure import Plan, progress
from bench.processes import Processes, cores, end_on_sigterm
from bench.results import Results
from bench.scale import measure_scale
from bench.side_by_side import Stage, compare_cases, compare_starts

CASES = ["get", "list", "list-example", "invalid", "post"]
PARTS = [*CASES, "start", "scale"]


def main() -> int:
    """Run what was asked for; 0 when everything ran, whether or not the targets were met."""
    options = _options()
    end_on_sigterm()
    try:
        require_tools(options.server)
        results = _benchmark(options)
    except BenchError as error:
        progress(f"bench: {error}")
        return 1
    except KeyboardInterrupt:
        progress("bench: interrupted")
        return 130
    print(report.markdown(results))
    if options.out:
        figures = results.as_json() | {"targets": report.targets_as_json(results)}
        options.out.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description="studio-mock side by side with its peers")
    parser.add_argument("--rounds", type=_positive, default=3, metavar="N", help="measured rounds (3)")
    parser.add_argument("--seconds", type=_positive, default=3, metavar="S", help="length of a run (3)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write every figure to this JSON file too")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, metavar="NAME", help=", ".join(PARTS))
    parser.add_argument("--no-prism", action="store_true", help="leave Prism out")
    default = Path(sys.executable).parent / "studio-mock"
    parser.add_argument("--server", type=Path, default=default, metavar="PROGRAM", help="another studio-mock command")
    return parser.parse_args()


def _positive(text: str) -> int:
    if int(text) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return int(text)


def _benchmark(options: argparse.Namespace) -> Results:
    reason = "left out by --no-prism" if options.no_prism else missing_prism()
    if reason:
        progress(f"bench: going on without Prism: {reason}")
    server_core, load_core = cores()
    os.sched_setaffinity(0, {load_core})
    results = Results(about=_about(options, with_prism=not reason))
    with TemporaryDirectory(prefix="studio-mock-bench-") as folder, Processes(server_core) as processes:
        plan = Plan(options.rounds, options.seconds, load_core, {}, Path(folder))
        _measure(Stage(processes, options.server, plan, not reason), options.only, results)
    results.about["load_after"] = os.getloadavg()[0]
    return results


def _measure(stage: Stage, parts: list[str], results: Results) -> None:
    if "start" in parts:
        progress("starts")
        compare_starts(stage, results)
    if slugs := [slug for slug in CASES if slug in parts]:
        compare_cases(stage, slugs, results)
    if "scale" in parts:
        measure_scale(stage.processes, stage.program, stage.plan, results)


def _about(options: argparse.Namespace, with_prism: bool) -> dict[str, Any]:
    versions = {"Python": platform.python_version(), "uvicorn": version("uvicorn"), "wrk": _first_words("wrk", "-v")[1]}
    if with_prism:
        versions["Prism"] = _first_words(str(PRISM), "--version")[0]
        versions["Node"] = _first_words("node", "--version")[0]
    settings = {"rounds": options.rounds, "seconds": options.seconds, "parts": options.only}
    return {"cpu": _cpu(), "versions": versions, "load_before": os.getloadavg()[0], **settings}


def _first_words(*command: str) -> list[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=60).stdout.split()[:2]


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


if __name__ == "__main__":
    sys.exit(main())
