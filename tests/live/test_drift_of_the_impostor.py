"""Recorded traffic of an independent implementation: the drift that is found is what was planted there."""

import json
from pathlib import Path
from typing import Any

import pytest

from contract_tests.impostor import EMAIL, PASSWORD, Impostor
from contract_tests.impostor.planted import MOVED
from contract_tests.live.drift import gather
from contract_tests.live.drift_report import Told
from contract_tests.live.proposing import Proposal
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
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
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
    path: Path = write(tmp_path_factory.mktemp("impostor") / "a.har", *ask.entries)
    return Told(gather([path]))


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
    }  # fmt: skip


def test_what_was_said_when_logging_in_is_not_told(told: Told) -> None:
    shown = json.dumps(told.json())
    assert PASSWORD not in shown
    assert EMAIL not in shown
