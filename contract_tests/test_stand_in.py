"""The stand-in keeps its own contract: Schemathesis with every check and phase finds nothing, in process."""

from pathlib import Path

import pytest

from contract_tests.in_process import run
from mock_server.app import Settings, create_app
from mock_server.contract import load, operations
from mock_server.spec import ledger
from tests.worlds import small_world

EXAMPLES = {"studio": 12, "control": 5}


@pytest.mark.parametrize("name", ["studio", "control"])
def test_no_check_of_schemathesis_fails_in_any_phase(name: str, tmp_path: Path) -> None:
    app = create_app(small_world(), Settings())
    report = run(app, name, ledger.load().exclusions, tmp_path, seed=20260302, max_examples=EXAMPLES[name])
    assert report.errors == []
    assert report.failures == [], "\n\n".join(report.failures[:10])
    assert set(report.phases) >= {"EXAMPLES", "COVERAGE", "FUZZING"}
    assert name == "control" or report.phases["STATEFUL_TESTING"] > 100
    expected = {f"{method.upper()} {path}" for path, method, _, _ in operations(load(name))}
    base = load(name)["servers"][0]["url"].rstrip("/")
    assert {label.replace(f" {base}/", " /") for label in report.seen} == expected
