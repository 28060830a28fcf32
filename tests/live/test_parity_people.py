"""Stories that need several people are told by them on both sides: with the same roles, found or told, and everything is put away again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server.app import App
from mock_server.cli import main
from mock_server.studio.rows import Project, User
from mock_server.studio.tokens import issue
from tests.live.parity import DIFFERENT, FAST, app_of, compared, found
from tests.loopback import serving

PASSWORD = "studio-mock"
OWN = ["--writes", "own", "--stories", "0"]
OF_SEVERAL = {"nothing_to_see", "only_look", "two_at_once"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def app() -> App:
    return app_of("studio")


@pytest.fixture
def url(app: App) -> Iterator[str]:
    with serving(app) as url:
        yield url


def people(*told: tuple[str, str | None]) -> list[str]:
    """Return the argument for these people: addresses before the sign, and roles."""
    entries = [
        {"name": name, "email": f"{name}@example.com", "password": PASSWORD} | ({"role": role} if role else {})
        for name, role in told
    ]
    Path("people.json").write_text(json.dumps(entries))
    return ["--credentials", "people.json"]


ALL = (("owner", None), ("annotator", "annotator"), ("viewer", None), ("stranger", "stranger"))


def projects(app: App) -> list[int]:
    return [row.id for row in app.sandbox.begin().rows(Project)]


def test_people_with_roles_tell_stories_alike_and_leave_nothing(
    app: App, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = projects(app)
    code, report = compared(capsys, "--url", url, *people(*ALL), *FAST, "--writes", "own", "--stories", "6")
    assert (code, report["differences"]) == (0, [])
    assert set(report["stories"]) >= OF_SEVERAL
    assert list(report["people"]) == ["me", "annotator", "viewer", "stranger"]
    assert projects(app) == before
    assert [file.name for file in Path.cwd().iterdir()] == ["people.json"]


def test_stories_that_lack_somebody_are_named_with_who_is_missing(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    _, report = compared(capsys, "--url", url, *people(*ALL[:1], ALL[3]), *FAST, *OWN)
    assert "nothing_to_see" in report["stories"]
    assert report["not_told"]["only_look"].startswith("nobody is there to be the viewer in it")
    assert report["not_told"]["two_at_once"].startswith("nobody is there to be the annotator, viewer in it")


def test_who_has_the_part_of_somebody_else_takes_none(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = people(*ALL, ("lena", None))
    _, report = compared(capsys, "--url", url, *told, *FAST, *OWN, "--operations", "create_project,get_project")
    assert report["took_no_part"] == {"lena": "annotator has the part of the annotator"}


def test_a_role_that_the_deployment_contradicts_is_refused_in_one_line(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for role, said in (
        ("admin", "viewer is not ADMIN, but VIEWER in the workspace of owner"),
        ("stranger", "viewer is not stranger, but VIEWER in the workspace of owner"),
        ("boss", "viewer is said to be boss; there are USER, VIEWER, ANNOTATOR, ADMIN, MANAGER, superuser, stranger"),
    ):
        assert main(["parity", "--url", url, *people(("owner", None), ("viewer", role)), *FAST, *OWN]) == 2
        assert capsys.readouterr().err == f"studio-mock: {said}\n"


def test_a_role_that_is_worth_more_there_is_found_and_nothing_else(
    app: App, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, operation in app.operations.items():
        if name.split("@")[0] == "studio.change_class":
            operation.role = {**operation.role, "role": "VIEWER"}
    code, report = compared(capsys, "--url", url, *people(*ALL), *FAST, *OWN)
    assert code == DIFFERENT
    assert found(report) == {("change_class", "status", "status")}
    assert report["differences"][0]["told"] == "live 200, stand-in 403"
    assert "$TOKEN_VIEWER" in report["differences"][0]["request"]
    assert {("only_look", "change_class")} == {
        (one["story"], one["operation"]) for one in report["ended_early"] if "403" in one["reason"]
    }


def test_a_wall_between_workspaces_that_is_missing_there_is_found(
    app: App, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, operation in app.operations.items():
        if name.split("@")[0] == "studio.list_classes":
            operation.role = {}
    _, report = compared(capsys, "--url", url, *people(*ALL), *FAST, *OWN)
    assert found(report) == {("list_classes", "status", "status")}
    assert "$TOKEN_STRANGER" in report["differences"][0]["request"]


def test_a_snapshot_of_several_people_is_verified_and_holds_no_secret(
    app: App, url: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told: list[Any] = json.loads(Path(people(*ALL)[1]).read_text())
    tx = app.sandbox.begin()
    for entry in told[1:]:
        user = next(row for row in tx.rows(User) if row.email == entry["email"])
        entry["token"] = issue(user.id, tx.now, f"planted-{user.id}")
        del entry["password"]
    Path("people.json").write_text(json.dumps(told))
    kept = tmp_path / "kept.json"
    live = ["--url", url, "--credentials", "people.json", *FAST, "--writes", "own", "--stories", "2"]
    compared(capsys, *live, "--store", str(kept))
    text = kept.read_text()
    assert '"person": "viewer"' in text
    for secret in ("eyJ", *(entry["token"] for entry in told[1:]), *(entry["email"] for entry in told)):
        assert secret not in text
    code, report = compared(capsys, "--verify", str(kept))
    assert (code, report["differences"], report["score"]) == (0, [], 100)
    kept.write_text(text.replace('"role": "VIEWER"', '"role": "ADMIN"').replace('"status": 403', '"status": 200', 1))
    code, report = compared(capsys, "--verify", str(kept))
    assert code == DIFFERENT
