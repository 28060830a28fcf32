"""Parity finds exactly what the impostor does otherwise, and nothing in the stand-in itself; it asks no more than it may."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.impostor import EMAIL, PASSWORD, Impostor
from contract_tests.impostor.planted import ANSWERS, BEHIND_THEM, ERRORS, MOVED, OPERATIONS, PATHS
from mock_server.cli import main
from mock_server.studio.rows import Project
from tests.live.parity import FAST, app_of, compared, found
from tests.loopback import serving

SLICE = ["--operations", ",".join(OPERATIONS), "--patience", "2", "--stories", "0"]
LOG_IN = ["--email", EMAIL, "--password", PASSWORD]


@pytest.fixture
def impostor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Impostor]]:
    monkeypatch.chdir(tmp_path)
    made = Impostor()
    with serving(made.app) as url:  # type: ignore[arg-type]
        yield url, made


@pytest.mark.parametrize("stories", ["0", "3"])
def test_exactly_what_was_planted_is_found(
    stories: str, impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = impostor
    code, report = compared(capsys, "--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE, "--stories", stories)
    assert code == 1
    assert found(report) == set(map(tuple, (*ERRORS, *ANSWERS, *PATHS)))
    assert report["operations"].keys() == set(OPERATIONS)
    assert report["not_compared"].keys() <= report["operations"].keys()
    assert report["operations"]["change_class"]["score"] == 100
    assert report["operations"]["get_task"]["score"] == 0


def test_what_lies_behind_a_wrong_guess_is_found_where_it_is(
    impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = impostor
    moves = [word for name, path in MOVED.items() for word in ("--path", f"{name}={path}")]
    code, report = compared(capsys, "--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE, *moves)
    assert code == 1
    assert found(report) == set(map(tuple, (*ERRORS, *ANSWERS, *BEHIND_THEM)))


def test_nothing_is_left_behind(impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]) -> None:
    url, made = impostor
    compared(capsys, "--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE, "--stories", "2")
    assert (made.store.projects, made.store.documents, made.store.sessions) == ({}, {}, {})
    assert list(Path.cwd().iterdir()) == []


def test_every_difference_comes_with_what_the_contract_knows_of_it(
    impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = impostor
    _, report = compared(capsys, "--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE)
    known = {(one["operation"], one["place"]): one for one in report["differences"]}
    moved = known["get_task", "status"]
    assert (moved["grade"], moved["told"]) == ("inferred", "live 404, stand-in 200")
    assert "task-path" in moved["rows"]
    assert re.search(r"spec/studio/paths/projects\.yaml$", moved["file"])
    assert known["list_documents", "documents"]["rows"].count("documents-list-shape") == 1
    errors = next(one for one in report["differences"] if one["place"] == "error.code")
    assert (errors["grade"], errors["rows"]) == ("inferred", ["error-body"])
    assert len(errors["operations"]) > 3


def test_a_snapshot_is_verified_without_access_and_holds_no_secret(
    impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url, made = impostor
    kept = tmp_path / "kept.json"
    live = ["--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE, "--stories", "2"]
    _, before = compared(capsys, *live, "--store", str(kept))
    text = kept.read_text()
    for secret in (PASSWORD, *made.store.tokens):
        assert secret not in text
    code, after = compared(capsys, "--verify", str(kept), *SLICE)
    assert code == 1
    read_only = {one for one in found(before) if one[0] == "get_auth_status"}  # no story has it
    assert found(after) == found(before) - read_only


def test_a_snapshot_shows_that_the_stand_in_has_changed(
    impostor: tuple[str, Impostor],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    url, _ = impostor
    kept = tmp_path / "kept.json"
    live = ["--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE]
    compared(capsys, *live, "--store", str(kept))
    told = kept.read_text()
    kept.write_text(told.replace('"name": "Rest"', '"name": "Peace"'))
    _, report = compared(capsys, "--verify", str(kept), *SLICE)
    assert ("change_class", "meaning", "name") not in found(report)  # what was sent has changed as well
    kept.write_text(told.replace('"text": "The bed was soft.",\n', '"text": "The bed was hard.",\n'))
    _, report = compared(capsys, "--verify", str(kept), *SLICE)
    assert ("get_document", "meaning", "segments[].text") in found(report)


def test_nothing_is_found_in_the_stand_in_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    app = app_of("studio")
    before = [row.id for row in app.sandbox.begin().rows(Project)]
    people = ["--email", "manager@example.com", "--password", "studio-mock"]
    with serving(app) as url:
        code, report = compared(capsys, "--url", url, *people, *FAST, "--writes", "own", "--stories", "3")
    assert (code, report["differences"], report["score"]) == (0, [], 100)
    assert len(report["operations"]) > 50
    assert [row.id for row in app.sandbox.begin().rows(Project)] == before


def test_a_story_that_ends_early_is_told_with_its_step_and_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    people = ["--email", "manager@example.com", "--password", "studio-mock"]
    with serving(app_of("studio")) as url:
        told = ["--url", url, *people, *FAST, "--writes", "own", "--stories", "0"]
        _, report = compared(capsys, *told)
        main(["parity", *told])
    assert {
        "story": "clone_a_project",
        "step": 4,
        "operation": "clone_project",
        "reason": "it speaks of more than a run has made",
        "lost": 4,
    } in report["ended_early"]
    assert "annotator" in report["not_told"]["two_at_once"]
    said = capsys.readouterr().out
    assert "  clone_a_project: ended early at step 4, clone_project, 4 steps left out: it speaks of more" in said
    assert re.search(r"^  two_at_once: not told, nobody is there to be the annotator", said, re.MULTILINE)


def test_what_the_deployment_does_otherwise_ends_a_story_and_that_is_told(
    impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = impostor
    _, report = compared(capsys, "--url", url, *LOG_IN, *FAST, "--writes", "own", "--patience", "1", "--stories", "12")
    ended = {(one["story"], one["operation"], one["reason"]) for one in report["ended_early"]}
    assert ("label_a_project", "create_group", "the deployment answers 404, the stand-in 201") in ended
    assert [one for one in ended if one[0].startswith("made by chance, number ")]


def test_by_default_nothing_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    app = app_of("studio")
    before = app.sandbox.world.tables
    asked: list[str] = []

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            asked.append(scope["method"])
        await app(scope, receive, send)

    people = ["--email", "manager@example.com", "--password", "studio-mock"]
    with serving(watched) as url:  # type: ignore[arg-type]
        code, report = compared(capsys, "--url", url, *people, *FAST)
    assert (code, report["differences"]) == (0, [])
    assert asked[0] == "POST" and set(asked[1:]) == {"GET"}  # logging in, then reading
    assert {"get_project", "list_documents", "get_class", "list_session_documents"} <= report["operations"].keys()
    assert {kind: table.rows for kind, table in app.sandbox.world.tables.items() if kind is Project} == {
        kind: table.rows for kind, table in before.items() if kind is Project
    }


def test_reading_alone_finds_another_shape(impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]) -> None:
    url, made = impostor
    user = next(iter(made.store.users.values()))
    project = made.store.add_project(user, "There before", "CLASS")
    made.store.add_class(project, {"name": "Comfort"})
    project["labels"] = {1: {"id": 1, "name": 7}}
    chosen = ["--operations", "get_auth_status,list_projects,get_project,list_classes,get_class,list_labels"]
    code, report = compared(capsys, "--url", url, *LOG_IN, *FAST, *chosen)
    assert code == 1
    assert ("list_labels", "shape", "[].name") in found(report)
    assert ("get_auth_status", "shape", "user_id") in found(report)
    assert not [one for one in found(report) if one[0] in ("get_class", "list_classes")]
    assert list(made.store.projects) == [project["id"]]


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ([], "--url says which deployment is compared"),
        (["--verify", "nothing.json"], "nothing.json cannot be written or read: No such file"),
        (["--verify", "x.json", "--url", "http://127.0.0.1:9"], "--verify compares with what was kept before"),
        (["--url", "http://127.0.0.1:9", "--store", "x.json"], "it needs --writes own"),
        (["--url", "http://127.0.0.1:9", "--writes", "all"], "it needs --i-own-this-deployment 127.0.0.1"),
        (["--url", "http://127.0.0.1:9", "--token", "x"], "the connection failed"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    told: list[str], said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["parity", *told]) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


@pytest.mark.parametrize(
    "content", ["{}", "[", '{"format": "other", "api": "studio", "target": "", "taken": "", "seed": 0, "stories": []}']
)
def test_a_file_that_is_no_snapshot_is_said_to_be_none(
    content: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "file.json"
    file.write_text(content)
    assert main(["parity", "--verify", str(file)]) == 2
    assert re.search(r"is no snapshot|has the format", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("move", "said"),
    [
        ("list_classes=/classes", "The path of list_classes is no guess, but vendor-client"),
        ("fly=/away", "The contract has no operation fly"),
    ],
)
def test_only_a_guess_can_be_moved(
    move: str, said: str, impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = impostor
    assert main(["parity", "--url", url, *LOG_IN, *FAST, "--path", move]) == 2
    assert said in capsys.readouterr().err


def test_the_terminal_has_a_line_for_each_operation_and_each_difference(
    impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]
) -> None:
    url, _ = impostor
    assert main(["parity", "--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE]) == 1
    said = capsys.readouterr().out
    assert f"{url}: " in said and "31 differences" in said
    for name in OPERATIONS:
        assert re.search(rf"^{name} +\d", said, re.MULTILINE)
    assert "  get_task, status: live 404, stand-in 200" in said
    assert "Bearer ey" not in said


def _after(count: int, app: Any, then: Any) -> Any:
    """Return an application that becomes another one after so many requests."""
    left = [count]

    async def changed(scope: Any, receive: Any, send: Any) -> None:
        left[0] -= scope["type"] == "http"
        await (app if left[0] >= 0 else then)(scope, receive, send)

    return changed


async def _broken(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 503, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_a_deployment_that_breaks_down_is_told_with_what_was_found_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    with serving(_after(30, Impostor().app, _broken)) as url:
        code = main(["parity", "--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE, "--json"])
    said = capsys.readouterr()
    assert code == 2
    assert "The target has failed 10 times in a row" in said.err
    assert "is left: " in said.err and "check --cleanup" in said.err
    assert json.loads(said.out)["asked"] > 20


def test_a_spent_budget_is_no_trouble(impostor: tuple[str, Impostor], capsys: pytest.CaptureFixture[str]) -> None:
    url, made = impostor
    code, report = compared(capsys, "--url", url, *LOG_IN, *FAST, "--writes", "own", *SLICE, "--budget", "25")
    assert code == 1
    assert 0 < report["asked"] <= 25
    assert made.store.projects == {}
