"""The model finds nothing in the healthy stand-in, finds planted defects, and tells each in a short story that can be repeated."""

import json
import re
import shlex
import sys
import time
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from contract_tests.brakes import IN_PROCESS, Brakes
from contract_tests.findings import Findings, Violation
from contract_tests.model import compare
from contract_tests.model.pairs import Pairs
from contract_tests.model.private import PrivateCopy
from contract_tests.model.steps import studio
from contract_tests.target import Target
from mock_server.app import App, Settings, create_app
from mock_server.pipeline.reply import Reply
from mock_server.seed import starting_world
from mock_server.studio.domain import classes
from mock_server.studio.rows import Project
from mock_server.world import Clock

Plant = Callable[[App, pytest.MonkeyPatch], None]


def found(target: Target, seed: int = 1, max_examples: int = 200, steps: int = 40) -> list[Violation]:
    """Return the first difference that a run finds."""
    findings = Findings()
    compare(target, findings, seed, max_examples, steps, most=1)
    return list(findings)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("api", ["studio", "label_studio", "blue_guardrails"])
def test_nothing_is_found_in_the_healthy_stand_in(api: str, seed: int) -> None:
    assert found(Target.in_process(api), seed, max_examples=15, steps=30) == []


@pytest.mark.parametrize("noun", studio.NOUNS, ids=lambda noun: noun.__name__.rpartition(".")[2])
def test_how_an_operation_is_asked_stands_in_the_module_of_its_tag(noun: ModuleType) -> None:
    known = Target.in_process("studio").addresses.by_id
    spoken_of = {name for kind in ("PLACES", "QUERIES", "BODIES", "FORMS", "FILES") for name in getattr(noun, kind, {})}
    assert spoken_of
    assert {known[name].node["tags"][0].lower() for name in spoken_of} == {noun.__name__.rpartition(".")[2]}


# Planted defects


def _changed(name: str, change: Callable[[Any], Any]) -> Plant:
    """Change the JSON that an operation answers with."""

    def plant(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
        operation = app.operations[name]
        before = operation.handler

        def handler(call: Any) -> Any:
            reply = before(call)
            return Reply.json(reply.status, change(json.loads(reply.body)), reply.headers)

        operation.handler = handler

    return plant


def _first_span_is_off(document: Any) -> Any:
    for part in document.get("segments", [])[:1]:
        part["span"][1] += 1
    return document


def _with_another_status(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = app.operations["studio.create_class"]
    before = operation.handler
    operation.handler = lambda call: Reply(200, before(call).body)


def _deletes_nothing(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classes, "delete_class", lambda *args, **kwargs: None)


def _lets_everybody_do_everything(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, operation in app.operations.items():
        if name.startswith("studio.") and operation.role.get("scope") == "project":
            operation.role = {**operation.role, "role": "VIEWER"}


def _overlaps(page: Any) -> Any:
    return {**page, "documents": page["documents"][:1] + page["documents"][:-1]}


DEFECTS: dict[str, tuple[str, Plant, str]] = {
    "a field is missing": (
        "studio",
        _changed("studio.get_project", lambda one: {key: value for key, value in one.items() if key != "type"}),
        r"type: the target has none",
    ),
    "a field too many": ("studio", _changed("studio.get_class", lambda one: {**one, "secret": 1}), r"secret: target 1"),
    "a span is off by one": (
        "studio",
        _changed("studio.get_document", _first_span_is_off),
        r"segments\[0\]\.span\[1\]: target \d+, model \d+",
    ),
    "a wrong id": (
        "studio",
        _changed("studio.get_group", lambda one: {**one, "project_id": one["project_id"] + 1}),
        r"project_id: target",
    ),
    "the wrong status": ("studio", _with_another_status, r"status: target 200, model 201"),
    "nothing is deleted": ("studio", _deletes_nothing, r""),
    "a role too low": ("studio", _lets_everybody_do_everything, r"status: target \d+, model 403|VIEWER"),
    "pages overlap": ("studio", _changed("studio.list_documents", _overlaps), r"documents\[\d\]"),
    "the order is wrong": ("studio", _changed("studio.list_classes", lambda many: many[::-1]), r"\[0\]\.\w+: target"),
    "progress is over": (
        "studio",
        _changed("studio.get_session", lambda one: {**one, "progress": 101}),
        r"progress: target 101",
    ),
    "an annotation of Label Studio forgets": (
        "label_studio",
        _changed("label_studio.create_annotation", lambda one: {**one, "ground_truth": False}),
        r"ground_truth: target false, model true",
    ),
    "a claimed task stays pending": (
        "blue_guardrails",
        _changed("blue_guardrails.claim_labeling_task", lambda one: {**one, "status": "pending"}),
        r"status: target",
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_planted_defect_is_found_and_told_in_a_short_story(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    api, plant, told = DEFECTS[name]
    target = Target.in_process(api)
    assert target.app is not None
    plant(target.app, monkeypatch)
    violations = found(target)
    assert violations
    assert any(re.search(told, violation.message) for violation in violations), [one.message for one in violations]
    for violation in violations:
        assert 1 <= len(violation.story) <= 4, violation.story
        assert violation.api == api and violation.check == "model"
        assert "Bearer ey" not in "".join(violation.story)


def test_the_story_of_a_violation_can_be_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    target = Target.in_process("studio")
    assert target.app is not None
    _with_another_status(target.app, monkeypatch)
    (violation,) = found(target)
    target.reset()
    statuses = [_pasted(target, line).status_code for line in violation.story]
    assert statuses[-1] == 200
    assert "status: target 200, model 201" in violation.message


def _pasted(target: Target, line: str) -> Any:
    """Send what a curl line says."""
    words = shlex.split(line)
    assert words[0] == "curl"
    url = next(word for word in words if word.startswith("$URL"))
    method = words[words.index("-X") + 1] if "-X" in words else "GET"
    people = {f"Authorization: Bearer $TOKEN_{person.name.upper()}": person for person in target.people}
    person = next((people[word] for word in words if word in people), None)
    body = json.loads(words[words.index("-d") + 1]) if "-d" in words else None
    return target.send(method, url.removeprefix("$URL"), person=person, json=body)


def test_the_same_seed_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    stories = []
    for _ in range(2):
        target = Target.in_process("label_studio")
        assert target.app is not None
        DEFECTS["an annotation of Label Studio forgets"][1](target.app, monkeypatch)
        stories.append([(one.message, one.story, one.requests) for one in found(target, seed=5)])
    assert stories[0] == stories[1] != []


def test_a_spent_budget_ends_a_run_without_a_word() -> None:
    target = Target.in_process("studio")
    target.wire.brakes = Brakes(type(IN_PROCESS)(budget=25))
    assert found(target) == []
    assert target.requests == 25


def test_a_run_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    target = Target.in_process("label_studio")
    assert target.app is not None
    DEFECTS["an annotation of Label Studio forgets"][1](target.app, pytest.MonkeyPatch())
    assert found(target)
    assert capsys.readouterr() == ("", "")


# Deployments that began elsewhere


def _elsewhere() -> tuple[App, Target]:
    """A stand-in whose beginning, ids and clock the model does not know, and whose clock nobody moves: an hour is there some seconds."""
    now = time.time()
    world = starting_world("demo").with_clock(Clock(at=now, since=now, speed=500.0))
    app = create_app(world, Settings(apis=("studio",)))
    known = Target.of_app(app, "studio")
    manager = next(person for person in known.people if person.name == "manager")
    return app, Target("studio", known.wire, [manager])


@pytest.mark.parametrize("seed", [1, 2])
def test_a_healthy_deployment_that_began_elsewhere_is_compared_and_left_as_it_was(seed: int) -> None:
    app, target = _elsewhere()
    before = [row.id for row in app.sandbox.begin().rows(Project)]
    assert found(target, seed, max_examples=8, steps=25) == []
    assert target.requests > 50
    assert [row.id for row in app.sandbox.begin().rows(Project)] == before


def test_a_defect_of_a_deployment_that_began_elsewhere_is_found() -> None:
    app, target = _elsewhere()
    _with_another_status(app, pytest.MonkeyPatch())
    (violation,) = found(target)
    assert "status: target 200, model 201" in violation.message
    assert 2 <= len(violation.story) <= 4  # a project has to be made first


def test_a_deployment_that_may_not_be_written_to_is_asked_nothing() -> None:
    app, _ = _elsewhere()
    target = Target.of_app(app, "studio", writes="none")
    unknown = Target("studio", target.wire, target.people)
    assert found(unknown) == []
    assert unknown.requests == 0


# The model by itself


def test_a_private_copy_shares_no_module_with_the_first_one(monkeypatch: pytest.MonkeyPatch) -> None:
    copy = PrivateCopy()
    assert copy.load("studio.domain.classes") is copy.load("studio.domain.classes") is not classes
    monkeypatch.setattr(classes, "delete_class", None)
    assert copy.load("studio.domain.classes").delete_class is not None
    assert sys.modules["mock_server.studio.domain.classes"] is classes


def test_ids_are_matched_one_to_one_by_first_appearance() -> None:
    pairs = Pairs(alike=False)
    assert pairs.match("class", 7, 1, fresh=True)
    assert pairs.match("class", 7, 1, fresh=False)
    assert not pairs.match("class", 7, 2, fresh=True)
    assert not pairs.match("class", 8, 1, fresh=True)
    assert pairs.match("label", 7, 2, fresh=True)
    assert pairs.to_target("class", 1) == 7


def test_sides_that_began_alike_call_what_is_read_the_same() -> None:
    assert not Pairs(alike=True).match("class", 7, 1, fresh=False)
    assert Pairs(alike=True).match("class", 7, 1, fresh=True)
