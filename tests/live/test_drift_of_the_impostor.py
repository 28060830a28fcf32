"""Recorded traffic of an independent implementation: the drift that is found is what was planted there."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from contract_tests.impostor import EMAIL, PASSWORD, Impostor
from contract_tests.impostor.planted import MOVED
from contract_tests.live.drift import gather
from contract_tests.live.drift_report import Told
from contract_tests.live.proposing import Proposal
from mock_server import contract
from mock_server.app import Settings, create_app
from mock_server.cli import main
from mock_server.seed import starting_world
from mock_server.spec.lint import lint
from tests.conftest import Client
from tests.live.recordings import entry, write


class Recorder:
    """Calls the impostor and keeps every exchange as an entry of an HTTP archive."""

    def __init__(self) -> None:
        self._client = Client(Impostor().app)
        self.entries: list[dict[str, Any]] = []
        self.headers: dict[str, str] = {}

    def __call__(self, method: str, path: str, sent: Any = None) -> Any:
        answer = self._client.request(method, path, headers=self.headers, json=sent)
        body = json.loads(answer.content) if answer.content else None
        made = entry(method, path, body, answer.status_code, sent)
        made["response"]["headers"] = [{"name": name, "value": value} for name, value in answer.headers.items()]
        self.entries.append(made)
        return body


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recording of somebody who labels with the impostor."""
    ask = Recorder()
    token = ask("POST", "/auth/login", {"email": EMAIL, "password": PASSWORD})["auth_token"]
    ask.headers["Authorization"] = f"Bearer {token}"
    ask("GET", "/auth/status")
    project = f"/projects/{ask('POST', '/projects', {'name': 'Traffic', 'type': 'CLASSLABEL'})['id']}"
    ask("POST", f"{project}/classes", {"name": "Comfort"})
    ask("POST", f"{project}/classes", {"name": "Comfort"})
    label = ask("POST", f"{project}/labels", {"name": "POS"})
    ask("PUT", f"{project}/labels/named/POS", {"name": "PLUS"})
    ask("POST", f"{project}/documents", {"text": "The bed was soft. The hall was loud."})
    accepted = ask("POST", f"{project}/upload-documents", [{"text": "Fine."}])
    ask("GET", f"/tasks/{accepted['task_id']}")
    ask("GET", f"{project}/documents")
    ask("GET", f"{project}/labels/{label['id'] + 99}")
    ask("GET", "/projects")
    session = f"{project}/annotations/{ask('POST', f'{project}/annotations', {'name': 'Round'})['id']}"
    first = ask("GET", f"{session}/documents?details=segments")["documents"][0]["id"]
    ask("POST", f"{session}/documents/{first}/pages/0/marks", {"name": "ANNOTATED"})
    ask("DELETE", f"{project}/labels/{label['id']}")
    return write(tmp_path_factory.mktemp("impostor") / "a.har", *ask.entries)


@pytest.fixture(scope="module")
def told(recording: Path) -> Told:
    return Told(gather([recording]))


def proposal(told: Told, kind: str, place: str) -> Proposal:
    return next(one for one in told.proposals if (one.group.finding.kind, one.group.finding.place) == (kind, place))


def test_moved_paths_are_recognised(told: Told) -> None:
    unknown = {one.group.finding.path: one for one in told.proposals if one.group.finding.kind == "unknown path"}
    moved = next(one for path, one in unknown.items() if "/labels/named/" in path)
    assert next(change.told for change in moved.changes) == (
        f"change_label_by_name moves from /projects/{{project_id}}/labels/by-name/{{name}} to {MOVED['change_label_by_name']}"
    )
    elsewhere = unknown[MOVED["get_task"]]
    assert [change.told for change in elsewhere.changes][:3] == [
        "the path has no project_id",
        "get_task finds project_id by task_id",
        "get_task moves from /projects/{project_id}/tasks/{task_id} to /tasks/{task_id}",
    ]


def test_every_deviation_has_a_proposal_and_none_is_left_to_people(told: Told) -> None:
    assert len(told.proposals) == 17
    assert [one.group.finding.told for one in told.proposals if one.by_hand or not one.changes] == []
    moved = {
        change.told.split()[0] for one in told.proposals for change in one.changes if " moves from " in change.told
    }
    assert moved == MOVED.keys()


def test_once_the_patches_are_applied_there_is_no_drift_and_the_stand_in_keeps_the_contract(
    recording: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, patch = tmp_path / "spec", tmp_path / "drift.patch"
    shutil.copytree(contract.spec_root(), spec, ignore=shutil.ignore_patterns(".*"))
    monkeypatch.setenv(contract.ROOT, str(spec))
    for _ in range(2):  # what is behind a path that has moved is seen once it has
        assert main(["drift", str(recording), "--patch", str(patch)]) == 1
        subprocess.run(["git", "apply", str(patch)], cwd=tmp_path, check=True)
        assert [str(one) for one in lint("studio", spec)] == []
    assert main(["drift", str(recording)]) == 0
    app = create_app(starting_world("demo"), Settings(apis=("studio",), check_responses=True))
    owner = Client(app).as_user("owner@example.com")
    assert set(owner.get("/auth/status").json()) == {"user_id", "email", "organization_id"}
    taken = owner.post("/projects/11/upload-documents", json=[{"text": "One."}, {"text": "Two."}]).json()
    assert (taken["accepted"], set(taken)) == (2, {"accepted", "task_id"})
    assert owner.get(f"/tasks/{taken['task_id']}").json()["project_id"] == 11


def test_the_other_error_bodies_are_one_deviation_of_the_shared_schema(told: Told) -> None:
    fields = [one.group.finding for one in told.proposals if one.group.finding.place == "answer.code"]
    assert [(one.kind, one.stands, one.grade) for one in fields] == [
        ("unknown field", ("components", "schemas", "Error"), "inferred")
    ]
    assert proposal(told, "missing field", "answer.status").changes


def test_everything_else_that_is_found_was_planted(told: Told) -> None:
    names = {(one.group.finding.operation, one.group.finding.kind, one.group.finding.place) for one in told.proposals}
    assert ("get_auth_status", "unknown field", "answer.email") in names
    assert ("get_auth_status", "missing field", "answer.user") in names
    assert {name for name, _, _ in names} <= {
        None, "create_class", "get_auth_status", "upload_documents", "list_documents", "get_label", "create_project", "get_task",
        "delete_label",
    }  # fmt: skip


def test_what_was_said_when_logging_in_is_not_told(told: Told) -> None:
    shown = json.dumps(told.json())
    assert PASSWORD not in shown
    assert EMAIL not in shown
