"""The stories are sound, the stand-in tells them as the model does, and a defect in one of them is found."""

from pathlib import Path

import pytest

from contract_tests.findings import Findings
from contract_tests.model.runner import STEPS
from contract_tests.model.sides import sides_of
from contract_tests.scenarios.playing import play, playable
from contract_tests.scenarios.reading import Scenario, ScenarioError, load, stories
from contract_tests.scenarios.telling import tell
from contract_tests.target import Target
from mock_server.pipeline.reply import Reply


@pytest.mark.parametrize("scenario", stories(), ids=lambda scenario: scenario.name)
def test_the_stand_in_and_the_model_tell_a_story_alike(scenario: Scenario) -> None:
    sides = sides_of(Target.in_process(scenario.api))
    assert sides is not None
    assert playable(scenario, sides, STEPS[scenario.api])
    asked = sum(step.operation is not None for step in scenario.steps)
    assert play(scenario, sides) == asked == sides.target.requests >= 8


def test_every_operation_of_a_story_is_in_the_contract() -> None:
    for scenario in stories():
        assert scenario.operations <= set(Target.in_process(scenario.api).addresses.by_id)


def test_a_defect_is_found_and_only_what_shows_it_is_told() -> None:
    target = Target.in_process("studio")
    assert target.app is not None
    operation = target.app.operations["studio.download_session"]

    async def nothing(call: object) -> Reply:
        return Reply(200, b"text\n", b"text/csv", ((b"content-disposition", b"attachment"),))

    operation.handler = nothing
    findings = Findings()
    assert "label_a_project" in tell(target, findings)
    (violation, *_) = [found for found in findings if found.operation == "download_session"]
    assert len(violation.story) < 10
    assert "download" in violation.story[-1]


def test_a_story_that_the_guard_ends_is_told_with_step_and_reason() -> None:
    findings, target = Findings(), Target.of_app(Target.in_process("studio").app, "studio", "own")  # type: ignore[arg-type]
    target.wire.guard.lasting = {"create_group": "nobody may make groups today"}
    tell(target, findings)
    untold, *cut = findings.remarks
    assert untold.startswith("Stories not told") and "invite_a_colleague" in untold and "label_a_project" not in untold
    assert any(one.endswith(", create_group: nobody may make groups today") for one in cut)
    assert all(one.startswith("The story ") for one in cut)
    assert list(findings) == []


def test_where_all_stories_can_be_told_nothing_is_remarked() -> None:
    findings = Findings()
    assert len(tell(Target.in_process("label_studio"), findings)) == 3
    assert findings.remarks == []


@pytest.mark.parametrize("api", ["studio", "label_studio", "blue_guardrails"])
def test_in_a_world_of_few_people_the_stories_of_others_are_named_and_left_out(api: str) -> None:
    findings, target = Findings(), Target.in_process(api, world="minimal")
    told = tell(target, findings)
    assert told != []
    assert list(findings) == []
    (untold,) = findings.remarks
    assert not [name for name in told if name in untold]
    assert {"studio": "only_look", "label_studio": "share_a_task", "blue_guardrails": "share_the_tasks"}[api] in untold


def test_only_the_operations_that_were_picked_are_spoken_of() -> None:
    target = Target.in_process("studio")
    assert tell(target, Findings(), frozenset({"get_project"})) == []
    assert target.requests == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("title: x\napi: studio\nsteps: [list_projects]", "step 1: a map was expected"),
        ("title: x\napi: studio\nsteps: [{list_projects: {}, get_project: {}}]", "step 1: one operation"),
        ("title: x\nsteps: []", "a map with title, api and steps"),
        ("[", "a map with title, api and steps"),
    ],
)
def test_a_story_that_is_not_written_well_is_refused_in_one_line(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "story.yaml").write_text(text)
    with pytest.raises(ScenarioError, match=told):
        load(tmp_path / "story.yaml")
