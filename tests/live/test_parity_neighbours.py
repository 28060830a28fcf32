"""Label Studio and Blue Guardrails are compared with stories as well: nothing is found in the stand-in, and what is planted is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.defects.catalogue import catalogue
from mock_server.app import App
from mock_server.blue_guardrails.rows import BgProject, BgWorkspace
from mock_server.cli import main
from mock_server.label_studio.rows import LsAnnotation
from mock_server.pipeline.reply import Reply
from tests.live.parity import DIFFERENT, FAST, Found, app_of, compared, found, running_world
from tests.loopback import serving

TOKENS = {
    "label_studio": ("label-studio-demo-token", "label-studio-annotator-token", "label-studio-stranger-token"),
    "blue_guardrails": ("bg-nora", "bg-emil", "bg-magnus"),
}
ROLES = (None, "member", "stranger")
STORIES = {
    "label_studio": {"annotate_a_task", "share_a_task", "think_again"},
    "blue_guardrails": {"claim_and_annotate", "label_an_answer", "share_the_tasks", "two_opinions"},
}
WRITES = {
    "label_studio": ["--writes", "own", "--task", "2"],
    "blue_guardrails": ["--writes", "all", "--i-own-this-deployment", "127.0.0.1"],
}
BOTH = pytest.mark.parametrize("api", ["label_studio", "blue_guardrails"])
LISTED = {("list_annotations", "meaning", f"[].{name}") for name in ("completed_by", "created_username")}
PLANTED: dict[str, Found] = {
    "result-as-json-text": {("get_annotation", "shape", "result")},
    "deleted-with-a-body": {("delete_annotation", "status", "status")},
    "deleted-annotation-listed": {("list_annotations", "meaning", "body")},
    "whoami-for-anybody": {("who_am_i", "status", "status")},
    "token-of-the-account": {("who_am_i", "shape", "token")},
    "completed-by-the-last": LISTED
    | {
        (name, "meaning", field)
        for name in ("change_annotation", "get_annotation")
        for field in ("completed_by", "created_username")
    },
    "annotations-of-another-organization": {
        (name, "status", "status") for name in ("get_annotation", "change_annotation", "list_annotations")
    },
    "a-draft-gives-out-tasks": {("claim_labeling_task", "status", "status")},
    "empty-text-for-never": {("list_labeling_tasks", "meaning", "items[].started_at")},
    "exports-for-every-team": {("export_labeling_project", "status", "status")},
    "key-in-the-export": {("export_labeling_project", "shape", "project.exported_with")},
    "labels-of-ones-own": {("create_labeling_annotation", "status", "status")},
    "pending-and-flagged": {("list_labeling_annotations", "meaning", "items")},
    "skipped-and-gone": {("list_labeling_tasks", "meaning", "items[].assignee_id")},
    "invalid-in-one-sentence": {("", "shape", "error.detail")},
}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def app(api: str) -> App:
    return app_of(api)


@pytest.fixture
def url(app: App) -> Iterator[str]:
    with serving(app) as url:
        yield url


def of(api: str, url: str) -> list[str]:
    """Return the arguments for a deployment of an API that everybody calls."""
    entries = [
        {"token": token} | ({"role": role} if role else {}) for token, role in zip(TOKENS[api], ROLES, strict=True)
    ]
    Path("people.json").write_text(json.dumps(entries))
    return ["--url", url, "--api", api, "--credentials", "people.json", *FAST]


@BOTH
def test_nothing_is_found_in_the_stand_in_itself(api: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, report = compared(capsys, *of(api, url), *WRITES[api], "--stories", "8")
    assert (code, report["differences"], report["score"]) == (0, [], 100)
    assert set(report["stories"]) >= STORIES[api]
    assert list(report["people"]) == ["me", "colleague", "stranger"]
    assert report["ended_early"] == [] and report["not_told"] == {}
    safe = {"list_labeling_projects"} if api == "blue_guardrails" else set()
    assert len(report["operations"]) >= 7 and safe <= report["operations"].keys()


@pytest.mark.parametrize("name", PLANTED)
def test_exactly_what_was_planted_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    defect = next(one for one in catalogue() if one.name == name)
    with serving(defect.app(running_world())) as url:
        code, report = compared(capsys, *of(defect.api, url), *WRITES[defect.api], "--stories", "0")
    assert code == DIFFERENT
    assert found(report) == PLANTED[name]


@pytest.mark.parametrize("api", ["label_studio"])
@pytest.mark.parametrize("writes", [["own"], ["all", "--i-own-this-deployment", "127.0.0.1"]])
def test_a_task_that_is_lent_keeps_its_annotations_and_gets_none(
    api: str, writes: list[str], app: App, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = list(app.sandbox.begin().rows(LsAnnotation))
    _, report = compared(capsys, *of(api, url), "--task", "2", "--writes", *writes, "--stories", "8")
    assert report["operations"]["create_annotation"]["asked"] > 10
    assert report["left"] == {}
    assert list(app.sandbox.begin().rows(LsAnnotation)) == before
    assert [file.name for file in Path.cwd().iterdir()] == ["people.json"]


@pytest.mark.parametrize("api", ["blue_guardrails"])
def test_where_nothing_can_be_deleted_again_nothing_is_written_and_every_story_says_why(
    api: str, app: App, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = app.sandbox.begin().ids(BgProject)
    _, report = compared(capsys, *of(api, url), "--writes", "own")
    assert report["stories"] == []
    assert report["not_told"].keys() >= STORIES[api]
    assert {told.partition(", and ")[2] for told in report["not_told"].values()} == {
        "the contract has no operation that deletes a project"
    }
    assert list(app.sandbox.begin().ids(BgProject)) == list(before)


@pytest.mark.parametrize("api", ["blue_guardrails"])
def test_what_is_left_there_is_counted(api: str, app: App, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = len(app.sandbox.begin().ids(BgProject))
    _, report = compared(capsys, *of(api, url), *WRITES[api], "--stories", "2")
    assert report["left"] == {"create_labeling_project": len(app.sandbox.begin().ids(BgProject)) - before}
    main(["parity", *of(api, url), *WRITES[api], "--stories", "0"])
    assert " of what create_labeling_project has made are left there" in capsys.readouterr().out


@pytest.mark.parametrize("api", ["blue_guardrails"])
def test_runs_that_begin_in_the_same_second_do_not_meet(
    api: str, url: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contract_tests.live.parity.opening.time.strftime", lambda form: "261128-120000")
    for _ in range(2):
        code, report = compared(capsys, *of(api, url), *WRITES[api], "--stories", "1")
        assert (code, report["differences"]) == (0, [])


@BOTH
def test_reading_alone_leads_from_one_thing_to_the_next(api: str, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = ["--task", "2"] if api == "label_studio" else []
    code, report = compared(capsys, *of(api, url), *told)
    assert (code, report["differences"], report["not_compared"]) == (0, [], {})
    assert {"label_studio": "get_annotation", "blue_guardrails": "export_labeling_project"}[api] in report["operations"]


@BOTH
def test_a_snapshot_is_verified_without_access_and_holds_no_secret(
    api: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Path("kept.json")
    _, before = compared(capsys, *of(api, url), *WRITES[api], "--stories", "3", "--store", str(kept))
    text = kept.read_text()
    assert not [secret for secret in (*TOKENS[api], "Bearer", "Token ") if secret in text]
    code, after = compared(capsys, "--verify", str(kept))
    assert (code, after["differences"]) == (0, [])
    assert after["asked"] > 0.9 * before["asked"]
    assert {name for name, one in after["operations"].items() if one["asked"]} >= before["operations"].keys() - {
        "list_labeling_projects"
    }


@BOTH
def test_a_snapshot_of_what_was_planted_shows_it_again(api: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = {"label_studio": "completed-by-the-last", "blue_guardrails": "skipped-and-gone"}[api]
    defect: Any = next(one for one in catalogue() if one.name == name)
    with serving(defect.app(running_world())) as url:
        compared(capsys, *of(api, url), *WRITES[api], "--stories", "0", "--store", "kept.json")
    code, report = compared(capsys, "--verify", "kept.json")
    assert (code, found(report)) == (DIFFERENT, PLANTED[name])


@pytest.mark.parametrize("api", ["label_studio"])
@pytest.mark.parametrize(
    ("told", "said"),
    [
        (["--writes", "own"], "Stories of label_studio annotate a task that is there already: --task ID says which"),
        (["--writes", "own", "--task", "8"], "Task 8 cannot be annotated: GET /api/tasks/8/annotations/ answers 404"),
        (
            ["--task", "1", "--api", "studio"],
            "--task lends a task of label_studio; stories of studio make what they need",
        ),
    ],
)
def test_what_must_be_there_and_is_not_is_said_in_one_line(
    api: str, told: list[str], said: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["parity", *of(api, url), *told]) == 2
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


@pytest.mark.parametrize("api", ["label_studio"])
@pytest.mark.parametrize(
    ("role", "said"),
    [
        ("stranger", "person 2 is said to be stranger, but is in the organization of person 1"),
        ("member", "person 3 is said to be member, but is not in the organization of person 1"),
    ],
)
def test_who_is_not_where_they_are_said_to_be_is_named(
    api: str, role: str, said: str, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told = of(api, url)
    entries = json.loads(Path("people.json").read_text())
    entries[1]["role"] = entries[2]["role"] = role
    Path("people.json").write_text(json.dumps(entries))
    assert main(["parity", *told, *WRITES[api]]) == 2
    assert capsys.readouterr().err == f"studio-mock: {said}\n"


@pytest.mark.parametrize("api", ["blue_guardrails"])
def test_a_key_of_several_workspaces_works_in_the_one_that_is_named(
    api: str, app: App, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told, workspace = of(api, url), app.sandbox.begin().get(BgWorkspace, 1)
    assert workspace is not None
    Path("people.json").write_text(json.dumps([{"token": "bg-nora-user"}]))
    assert main(["parity", *told, *WRITES[api]]) == 2
    assert "a key that is good for several workspaces needs one of them in --credentials" in capsys.readouterr().err
    Path("people.json").write_text(json.dumps([{"token": "bg-nora-user", "workspace": workspace.uuid}]))
    code, report = compared(capsys, *told, *WRITES[api], "--stories", "0")
    assert (code, report["differences"]) == (0, [])
    assert "label_an_answer" in report["stories"]


@BOTH
def test_a_deployment_that_begins_otherwise_than_the_contract_is_told_in_one_line(
    api: str, app: App, capsys: pytest.CaptureFixture[str]
) -> None:
    name = {"label_studio": "list_annotations", "blue_guardrails": "export_labeling_project"}[api]
    app.operations[f"{api}.{name}"].handler = lambda call: Reply.json(200, {"conversations": [7]})
    with serving(app) as url:
        assert main(["parity", *of(api, url), *WRITES[api]]) == 2
    err = capsys.readouterr().err
    assert "is not as the contract has it, so that the stand-in cannot begin alike" in err and err.count("\n") == 1
