"""Every documented status is reached on the stand-in, and a recipe that is not kept is a violation."""

from pathlib import Path

import pytest

from contract_tests.coverage import watching
from contract_tests.findings import Findings
from contract_tests.guard import Writes
from contract_tests.plan import Plan
from contract_tests.reaching import run
from contract_tests.reaching.recipe import Book, OutOfReach
from contract_tests.reaching.recipes import book_of, how
from contract_tests.reaching.stage import Stage, operations_of
from contract_tests.target import BASE, Target
from mock_server import contract
from mock_server.app import APIS, Settings, create_app
from mock_server.seed import frozen_clock, starting_world
from mock_server.studio.roles import Roles
from mock_server.testing.in_process import AsgiAdapter
from tests.worlds import small_world

FOLDER = Path(__file__).parent / "reaching"


def everything(target: Target, seed: int = 0) -> Plan:
    return Plan(operations=tuple(target.addresses.by_id), seed=seed)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_documented_status_is_reached_on_the_stand_in(api: str, seed: int) -> None:
    target, findings = Target.in_process(api, settings=Settings(apis=(api,))), Findings()
    with watching(target) as watcher:
        attempts = run(target, everything(target, seed), findings)
    assert [attempt for attempt in attempts if not attempt.reached] == []
    assert list(findings) == []
    assert watcher.coverage.missing() == []
    assert watcher.coverage.undocumented() == []
    documented = sum(len(operation.statuses) for operation in operations_of(target.document).values())
    assert len(attempts) >= documented
    assert watcher.coverage.total().statuses.percent == 100


def test_what_was_seen_before_is_not_played_again() -> None:
    target, findings = Target.in_process("label_studio"), Findings()
    with watching(target):
        first = run(target, everything(target), findings)
        before = target.requests
        assert run(target, everything(target), findings) == []
    assert first
    assert target.requests == before + 1  # which asks whether it is the demo world


def test_only_operations_of_the_plan_are_played() -> None:
    target = Target.in_process("studio")
    attempts = run(target, Plan(operations=("create_class", "get_class")), Findings())
    assert {attempt.missing.operation for attempt in attempts} == {"create_class", "get_class"}


def test_a_status_that_is_not_given_is_a_violation_with_its_story(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Roles, "enough", lambda *_: True)  # nobody is refused for their role
    target, findings = Target.in_process("studio"), Findings()
    run(target, Plan(operations=("get_project",)), findings)
    (found,) = findings
    assert found.operation == "get_project"
    assert found.status == 200
    assert found.message.startswith("documented 403 not given: get_project")
    assert found.place == "/paths/~1projects~1{project_id}/get/responses/403"
    assert len(found.story) == 1
    assert "/projects/11" in found.story[0]


def deployment(api: str, writes: Writes) -> Target:
    """Return the demo world as a deployment of which nothing is known but its address and three people."""
    app = create_app(starting_world("demo", clock=frozen_clock("demo")), Settings(apis=(api,)))
    return Target.at(BASE, api, Target.of_app(app, api).people, writes, inner=AsgiAdapter(app))


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("writes", ["none", "own", "all"])
def test_a_deployment_is_not_accused_of_what_it_was_not_asked_for(api: str, writes: Writes) -> None:
    target, findings = deployment(api, writes), Findings()
    attempts = run(target, everything(target), findings)
    assert [violation.message for violation in findings] == []
    assert any(attempt.reached for attempt in attempts)
    assert all(attempt.why for attempt in attempts if not attempt.reached)


def test_ids_are_found_in_lists_where_nothing_may_be_written() -> None:
    attempts = run(target := deployment("studio", "none"), everything(target), Findings())
    reached = {(attempt.missing.operation, attempt.missing.status) for attempt in attempts if attempt.reached}
    assert {("get_session_document", 200), ("get_model", 403), ("get_user", 200), ("list_classes", 404)} <= reached
    assert len(reached) > 200


def test_only_what_the_run_has_made_is_named_where_only_that_may_be_written() -> None:
    target = deployment("studio", "own")
    made = target.call("create_project", json={"name": "Made by the run", "type": "CLASS"}).json()["id"]
    named = set()
    target.wire.listeners.append(lambda exchange: named.add(exchange.values.get("project_id")))
    attempts = run(target, everything(target), Findings())
    reached = {(attempt.missing.operation, attempt.missing.status) for attempt in attempts if attempt.reached}
    assert {("get_project", 200), ("get_project", 403), ("create_class", 400), ("create_class", 415)} <= reached
    assert named - {None} == {str(made)}


def test_another_world_makes_no_false_alarm() -> None:
    target, findings = Target.of_app(create_app(small_world(), Settings(apis=("studio",))), "studio"), Findings()
    attempts = run(target, everything(target), findings)
    assert [violation.message for violation in findings] == []
    reached = {(attempt.missing.operation, attempt.missing.status) for attempt in attempts if attempt.reached}
    assert {("get_project", 200), ("get_project", 401), ("get_project", 404), ("create_class", 400)} <= reached


def test_a_target_that_may_not_be_written_gets_safe_requests_only() -> None:
    app = create_app(small_world(), Settings(apis=("studio",)))
    target, findings, sent = Target.of_app(app, "studio", writes="none"), Findings(), []
    target.wire.listeners.append(lambda exchange: sent.append(exchange.request.method))
    attempts = run(target, everything(target), findings)
    assert list(findings) == []
    assert set(sent) == {"GET"}
    assert any(attempt.reached for attempt in attempts)


@pytest.mark.parametrize("api", APIS)
def test_recipes_are_kept_in_the_module_of_the_tag_of_their_operation(api: str) -> None:
    tags = {name: operation.tag for name, operation in operations_of(contract.load(api)).items()}
    modules = {path.stem for path in (FOLDER / api).glob("*.py") if path.stem != "__init__"}
    assert modules <= {tag.lower() for tag in tags.values()}
    for tag in set(tags.values()):
        for recipe in book_of(api, tag):
            assert tags[recipe.operation] == tag, f"the recipe for {recipe.operation} stands under {tag}"


@pytest.mark.parametrize("api", APIS)
def test_a_recipe_by_hand_is_for_a_documented_status_and_for_no_other(api: str) -> None:
    operations = operations_of(contract.load(api))
    for tag in {operation.tag for operation in operations.values()}:
        for recipe in book_of(api, tag):
            assert recipe.status in operations[recipe.operation].statuses


def test_a_book_takes_one_recipe_for_a_status() -> None:
    book = Book()
    book.reach("get_thing", 200, "to anybody")(print)
    with pytest.raises(ValueError, match="two recipes for get_thing 200"):
        book.reach("get_thing", 200, "to somebody")(print)


def test_a_path_without_a_second_one_is_out_of_reach() -> None:
    stage = Stage(Target.in_process("studio"))
    with pytest.raises(OutOfReach, match="/types has no second path"):
        stage.call("list_types", alias=1)


def test_how_a_status_is_reached_is_told_in_words() -> None:
    assert how("studio", "delete_user", 409) == "for the last superuser"
    assert how("studio", "get_project", 401) == "without a token"
    assert how("studio", "get_project", 418) is None
    assert how("studio", "no_such_operation", 200) is None
