"""Rounds over cases and contenders, interleaved: one checked request each, then a warm-up, then the measured runs."""

import sys
from dataclasses import dataclass
from pathlib import Path

import httpx

from bench.cases import Case
from bench.contenders import Contender
from bench.errors import BenchError
from bench.results import Series
from bench.wrk import Load, Run, run

WARM_UP_SECONDS = {"studio-mock": 1, "prism": 4, "bare": 1}
"""Prism gets what V8 needs to compile it; with one second its first round would be measured cold."""


@dataclass(frozen=True)
class Plan:
    """How long and how often to measure, from which core, with which headers, and where body files may lie."""

    rounds: int
    seconds: int
    core: int
    headers: dict[str, str]
    folder: Path


def checked_answer(case: Case, contender: Contender, plan: Plan) -> httpx.Response:
    """One request as wrk will send it; raises BenchError when the status is not the one to be measured."""
    with contender.target(case) as url:
        return _checked(case, contender, url, plan)


def measure(cases: list[Case], contenders: dict[str, Contender], plan: Plan) -> dict[str, dict[str, Series]]:
    """All runs of the cases: every round visits each case, and within it each contender in turn."""
    table: dict[str, dict[str, Series]] = {case.slug: {} for case in cases}
    pairs = [(case, name) for case in cases for name in case.contenders if name in contenders]
    for case, name in pairs:
        answer = checked_answer(case, contenders[name], plan)
        table[case.slug][name] = Series(bytes=len(answer.content))
        one_run(case, contenders[name], plan, WARM_UP_SECONDS[name])
    for number in range(1, plan.rounds + 1):
        for case, name in pairs:
            result = one_run(case, contenders[name], plan, plan.seconds)
            table[case.slug][name].runs.append(result)
            progress(f"round {number}  {case.title:32} {name:12} {result.requests_per_second:10,.0f} requests/s")
    return table


def one_run(case: Case, contender: Contender, plan: Plan, seconds: int) -> Run:
    """One run of wrk, followed by one more checked request, because wrk cannot tell a 201 from a 200."""
    with contender.target(case) as url:
        result = run(url, _load(case, plan), seconds, plan.core)
        _checked(case, contender, url, plan)
        return result


def progress(line: str) -> None:
    """Tell who waits what is going on; the report alone goes to standard output."""
    print(line, file=sys.stderr, flush=True)


def _checked(case: Case, contender: Contender, url: str, plan: Plan) -> httpx.Response:
    headers = plan.headers | {"Accept-Encoding": "identity"}
    if case.body:
        headers["Content-Type"] = "application/json"
    answer = httpx.request(case.method, url, headers=headers, content=case.body, timeout=30)
    if answer.status_code not in case.statuses:
        wanted = " or ".join(str(status) for status in sorted(case.statuses))
        name = type(contender).__name__
        raise BenchError(f"{case.title}: {name} answered {answer.status_code}, not {wanted}: {answer.text[:300]}")
    return answer


def _load(case: Case, plan: Plan) -> Load:
    body_file = None
    if case.body:
        body_file = plan.folder / f"{case.slug}.body"
        body_file.write_bytes(case.body)
    return Load(case.method, plan.headers, body_file, case.expects_error)
