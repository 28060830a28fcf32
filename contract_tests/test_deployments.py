"""Deployments behind a URL, over real HTTP: signing in, writing in a place of one's own, and a stand-in that may be reset."""

from pathlib import Path

import pytest

from contract_tests import deployments
from contract_tests.cli import run
from contract_tests.findings import Findings
from contract_tests.scenarios.telling import tell
from mock_server.app import App, Settings, create_app
from mock_server.cli import build_parser, main
from mock_server.seed import frozen_clock, starting_world
from mock_server.world import Clock, World
from tests.loopback import serving


def made(api: str) -> App:
    return create_app(starting_world("demo", clock=frozen_clock("demo")), Settings(apis=(api,)))


def rows(world: World) -> dict[str, dict[int, object]]:
    return {kind.__name__: dict(table.rows.items()) for kind, table in world.tables.items() if table.ids}


OWNER = ["--email", "owner@example.com", "--password", "studio-mock", "--rate", "100000/s"]


def test_somebody_who_signs_in_reads_and_changes_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    app = made("studio")
    before = rows(app.sandbox.world)
    with serving(app) as url:
        code = main(["check", "--url", url, *OWNER, "--tags", "Types", "--phases", "coverage,fuzzing,roles", "--quiet"])
    said = capsys.readouterr()
    assert (code, said.err) == (0, ""), said
    assert "0 violations" in said.out
    assert rows(app.sandbox.world) == before


def test_a_wrong_password_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(made("studio")) as url:
        code = main(["check", "--url", url, "--email", "owner@example.com", "--password", "wrong"])
    assert code == 2
    assert "owner@example.com cannot log in: POST /auth/login answers" in capsys.readouterr().err


def test_writes_own_over_the_net_leaves_the_world_as_it_was_and_no_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    app = made("studio")
    before = rows(app.sandbox.world)
    told = [
        "--writes",
        "own",
        "--operations",
        "create_class,get_class,list_classes,delete_class",
        "--max-examples",
        "1",
    ]
    with serving(app) as url:
        code = main(["check", "--url", url, *OWNER, *told, "--phases", "examples,fuzzing", "--quiet"])
    assert code == 0, capsys.readouterr()
    assert rows(app.sandbox.world) == before
    assert list(tmp_path.iterdir()) == []


def test_a_ledger_that_was_left_is_worked_off_by_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app, ledger = made("studio"), tmp_path / "left.jsonl"
    before = rows(app.sandbox.world)
    with serving(app) as url:
        args = build_parser().parse_args(["check", "--url", url, *OWNER, "--writes", "own", "--ledger", str(ledger)])
        target = deployments.of_arguments(args, "studio")
        target.call("create_project", json={"name": "Left behind", "type": "CLASS"})
        target.close()  # and the process dies here
        assert rows(app.sandbox.world) != before
        assert main(["check", "--cleanup", str(ledger), *OWNER]) == 0
    assert rows(app.sandbox.world) == before
    assert not ledger.exists()
    assert "Nothing is left" in capsys.readouterr().out


def test_a_stand_in_behind_a_url_is_reset_and_made_to_fail(capsys: pytest.CaptureFixture[str]) -> None:
    app = made("label_studio")
    with serving(app) as url:
        told = ["--url", url, "--api", "label_studio", "--token", "label-studio-demo-token", "--rate", "100000/s"]
        mode = ["--stand-in", "--writes", "all", "--i-own-this-deployment", "127.0.0.1", "--phases", "statuses"]
        more = ["--operations", "get_version,delete_annotation", "--require-coverage", "--quiet"]
        args = build_parser().parse_args(["check", *told, *mode, *more])
        code = run(args)
    assert code == 0, capsys.readouterr().out


MINE = ["--writes", "all", "--i-own-this-deployment", "127.0.0.1"]


def test_nobody_waits_for_the_jobs_of_a_stand_in_behind_a_url() -> None:
    app = made("studio")
    app.sandbox.set_clock(Clock.live())
    with serving(app) as url:
        args = build_parser().parse_args(["check", "--url", url, *OWNER, "--stand-in", *MINE])
        target = deployments.of_arguments(args, "studio")
        target.reset()
        assert target.can_advance and app.sandbox.world.clock.is_frozen
        at = {"project_id": target.call("create_project", json={"name": "Mine", "type": "CLASS"}).json()["id"]}
        group = target.call("create_group", path=at, json={"documents": [{"text": "Soft."}]}).json()
        path = {**at, "group_id": group["id"]}
        assert target.call("get_group", path=path).json()["status"] == "PROCESSING"
        target.advance(60)
        assert target.call("get_group", path=path).json()["status"] == "CREATED"
        target.close()
    assert not app.sandbox.world.clock.is_frozen


def test_stories_are_told_to_a_stand_in_behind_a_url_without_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("contract_tests.model.story.time.sleep", lambda seconds: pytest.fail("it waits"))
    findings = Findings()
    with serving(made("studio")) as url:
        args = build_parser().parse_args(["check", "--url", url, *OWNER, "--stand-in", *MINE])
        target = deployments.of_arguments(args, "studio")
        with deployments.closing(target):
            assert "import_and_export" in tell(target, findings)
    assert list(findings) == []


@pytest.mark.parametrize("mode", [[], ["--writes", "own"]])
def test_the_clock_of_a_stand_in_stays_as_it_is_where_not_everything_may_be_written(
    mode: list[str], tmp_path: Path
) -> None:
    app = made("studio")
    clock = app.sandbox.world.clock
    with serving(app) as url:
        told = ["check", "--url", url, *OWNER, "--stand-in", *mode, "--ledger", str(tmp_path / "ledger.jsonl")]
        target = deployments.of_arguments(build_parser().parse_args(told), "studio")
        assert not target.can_advance and not target.can_reset
        target.close()
    assert app.sandbox.world.clock == clock


def test_what_is_no_stand_in_is_not_taken_for_one(capsys: pytest.CaptureFixture[str]) -> None:
    from contract_tests.test_bad_targets import answering, reply

    with answering(lambda handler: reply(handler, b"[]", 404 if "_mock" in handler.path else 200)) as url:
        code = main(["check", "--url", url, "--stand-in"])
    assert code == 2
    assert "is no stand-in" in capsys.readouterr().err


def test_a_dry_run_sends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--dry-run", "--url", "http://127.0.0.1:9", "--token", "x"]) == 0
    said = capsys.readouterr().out
    assert "not sent: the contract does not mark it safe" in said
    assert said.count("\n") == 150
