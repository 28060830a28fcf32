"""A page of 100 out of 100,000 documents against a page out of 1,000: two servers on the same core, interleaved."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from bench.api import PAGE, Studio, largest_project, page_path
from bench.cases import Case
from bench.contenders import StudioMock, call_studio, studio_command
from bench.measure import WARM_UP_SECONDS, Plan, checked_answer, one_run, progress
from bench.processes import Processes, first_200
from bench.results import Results, Series

WORLDS = {
    "1,000": 2_000,
    "100,000": 195_000,
}  # the longest list of a world holds a little more than half of its documents
PAGES = {"first": 0.0, "middle": 0.5, "last": 1.0}


def measure_scale(processes: Processes, program: Path, plan: Plan, results: Results) -> None:
    """Fill `results.scale`; the worlds are generated with the same seed, the longest list of each is paged."""
    with ExitStack() as stack:
        worlds = {}
        for world, documents in WORLDS.items():
            file = _generate(program, documents, plan.folder)
            server = stack.enter_context(processes.running(f"studio-mock, {world}", studio_command(program, str(file))))
            first_200(server, "/_mock/health")
            worlds[world] = StudioMock(server, Studio(server.base_url))
        cases = {world: _cases(world, mock, results) for world, mock in worlds.items()}
        results.scale = {page: {} for page in PAGES}
        for number in range(plan.rounds + 1):
            for page in PAGES:
                for world, mock in worlds.items():
                    _run(number, cases[world][page], mock, plan, results.scale[page], world)


def _generate(program: Path, documents: int, folder: Path) -> Path:
    progress(f"generating a world of {documents:,} documents")
    file = folder / f"world-{documents}.json"
    call_studio(program, "world", "generate", "--documents", str(documents), "--seed", "7", "--out", str(file))
    return file


def _cases(world: str, mock: StudioMock, results: Results) -> dict[str, Case]:
    """The first, the middle and the last page of the world's longest list."""
    project_id, total = largest_project(mock.api)
    results.scale_documents[world] = total
    last = max(total - PAGE, 0)
    paths = {page: page_path(project_id, round(last * share)) for page, share in PAGES.items()}
    ok = frozenset({200})
    return {page: Case("scale", f"{page} page of {world}", "GET", path, ok) for page, path in paths.items()}


def _run(number: int, case: Case, mock: StudioMock, plan: Plan, row: dict[str, Series], world: str) -> None:
    """Round 0 checks and warms up; each world has a token of its own."""
    plan = replace(plan, headers=mock.api.headers)
    if number == 0:
        row[world] = Series(bytes=len(checked_answer(case, mock, plan).content))
        one_run(case, mock, plan, WARM_UP_SECONDS["studio-mock"])
        return
    result = one_run(case, mock, plan, plan.seconds)
    row[world].runs.append(result)
    progress(f"round {number}  {case.title:32} {'studio-mock':12} {result.requests_per_second:10,.0f} requests/s")
