"""The stand-in keeps its own contract: Schemathesis with every check and phase finds nothing, in process."""

from pathlib import Path

import pytest

from contract_tests.in_process import run
from mock_server.app import APIS, Settings, create_app
from mock_server.contract import load, operations
from mock_server.seed import frozen_clock, starting_world
from mock_server.spec import ledger
from tests.worlds import small_world

DEMO = {"studio", "blue_guardrails"}  # where the story of the examples is; the others need no more than the small world
EXAMPLES = {"studio": 12, "label_studio": 10, "blue_guardrails": 20, "control": 5}


@pytest.mark.parametrize("name", EXAMPLES)
def test_no_check_of_schemathesis_fails_in_any_phase(name: str, tmp_path: Path) -> None:
    world = starting_world("demo", clock=frozen_clock("demo")) if name in DEMO else small_world()
    app = create_app(world, Settings(apis=(name,) if name in APIS else tuple(APIS)))
    report = run(app, name, ledger.load().exclusions, tmp_path, seed=20260302, max_examples=EXAMPLES[name])
    assert report.errors == []
    assert report.failures == [], "\n\n".join(report.failures[:10])
    assert set(report.phases) >= {"EXAMPLES", "COVERAGE", "FUZZING"}
    assert name == "control" or report.phases["STATEFUL_TESTING"] > 50  # the control API has no links
    expected = {f"{method.upper()} {path}" for path, method, _, _ in operations(load(name))}
    base = load(name)["servers"][0]["url"].rstrip("/")
    assert {label.replace(f" {base}/", " /") for label in report.seen} == expected
