"""The contenders next to each other: measured in two blocks, reading and then posting, and weighed after each."""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import httpx

from bench.api import Studio
from bench.bare import Answer
from bench.cases import Case, make_cases
from bench.contenders import (
    Bare,
    Contender,
    Prism,
    StudioMock,
    bare_command,
    bare_path,
    call_studio,
    prism_command,
    studio_command,
    with_example,
)
from bench.measure import Plan, checked_answer, measure
from bench.processes import Command, Processes, Server, first_200, resident_mb
from bench.report import AFTER_POSTING, AFTER_READING, AFTER_START
from bench.results import Results
from bench.startup import measure_starts

WORLD = "demo"
PROJECTS = "/projects"
DOCUMENTS_TEMPLATE = "/projects/{project_id}/documents"
ANY_TOKEN = {"Authorization": "Bearer any"}


@dataclass(frozen=True)
class Stage:
    """What every part needs: owner of the servers, studio-mock to run, how to measure, with Prism or not."""

    processes: Processes
    program: Path
    plan: Plan
    with_prism: bool

    @property
    def bundle(self) -> Path:
        """The contract as one file, written on first use."""
        file = self.plan.folder / "bundle.json"
        if not file.exists():
            call_studio(self.program, "spec", "bundle", "--out", str(file))
        return file

    def start(self, name: str, command: Command, path: str) -> Server:
        """A server that has answered 200 at `path`."""
        server = self.processes.start(name, command)
        first_200(server, path, ANY_TOKEN)
        return server


def compare_starts(stage: Stage, results: Results) -> None:
    """Fill `results.starts`; nothing else runs meanwhile."""
    answer = Answer(200, "application/json", "[]")
    commands = {"studio-mock": studio_command(stage.program, WORLD)}
    if stage.with_prism:
        commands["prism"] = prism_command(stage.bundle)
    commands["bare"] = bare_command(_write_answers(stage, "start", {PROJECTS: answer}))
    results.starts = measure_starts(stage.processes, commands, PROJECTS)


def compare_cases(stage: Stage, slugs: list[str], results: Results) -> None:
    """Fill `results.cases` and `results.memory`: reading first, so that what was posted burdens no read."""
    server = stage.start("studio-mock", studio_command(stage.program, WORLD), "/_mock/health")
    studio = StudioMock(server, Studio(server.base_url))
    stage = replace(stage, plan=replace(stage.plan, headers=studio.api.headers))
    every = make_cases(studio.api)
    answers = {case.slug: checked_answer(case, studio, stage.plan) for case in every}
    contenders = _contenders(stage, studio, every, answers)
    cases = [case for case in every if case.slug in slugs and contenders.keys() & set(case.contenders)]
    results.titles = {case.slug: case.title for case in cases}
    _answer_once(every, contenders, stage.plan)
    results.memory[AFTER_START] = _weights(contenders)
    for moment, writes in ((AFTER_READING, False), (AFTER_POSTING, True)):
        if block := [case for case in cases if case.writes is writes]:
            results.cases |= measure(block, contenders, stage.plan)
            results.memory[moment] = _weights(contenders)
    for contender in contenders.values():
        for one in contender.servers:
            stage.processes.stop(one)


def _contenders(
    stage: Stage, studio: StudioMock, cases: list[Case], answers: dict[str, httpx.Response]
) -> dict[str, Contender]:
    contenders: dict[str, Contender] = {"studio-mock": studio}
    if stage.with_prism:
        contenders["prism"] = _prism(stage, answers["list"])
    file = _write_answers(stage, "cases", {bare_path(case): _recorded(answers[case.slug]) for case in cases})
    contenders["bare"] = Bare(stage.start("bare", bare_command(file), bare_path(cases[0])))
    return contenders


def _prism(stage: Stage, page: httpx.Response) -> Prism:
    """Prism with the contract as it is, and Prism with an example as large as studio-mock's page of 100."""
    copy = with_example(json.loads(stage.bundle.read_text()), DOCUMENTS_TEMPLATE, page.json())
    file = stage.plan.folder / "bundle-with-page.json"
    file.write_text(json.dumps(copy))
    plain = stage.start("prism", prism_command(stage.bundle), PROJECTS)
    return Prism(plain, stage.start("prism, page of 100", prism_command(file), PROJECTS))


def _recorded(answer: httpx.Response) -> Answer:
    return Answer(answer.status_code, answer.headers["content-type"], answer.text)


def _write_answers(stage: Stage, name: str, answers: dict[str, Answer]) -> Path:
    file = stage.plan.folder / f"answers-{name}.json"
    file.write_text(json.dumps({path: asdict(answer) for path, answer in answers.items()}))
    return file


def _answer_once(cases: list[Case], contenders: dict[str, Contender], plan: Plan) -> None:
    """Every contender answers every case of its own before anything is weighed or measured."""
    for case in cases:
        for name in case.contenders:
            if name in contenders:
                checked_answer(case, contenders[name], plan)


def _weights(contenders: dict[str, Contender]) -> dict[str, float]:
    return {name: resident_mb(contender.servers[0]) for name, contender in contenders.items()}
