"""Blue Guardrails in the starting worlds: the contract's story is there, every operation can answer, errors name the place."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mock_server import contract
from mock_server.app import App, Settings, create_app
from mock_server.blue_guardrails.cast import FILES
from mock_server.blue_guardrails.rows import BgAnnotation, BgApiKey, BgMessage, BgTask
from mock_server.seed import SeedError, frozen_clock, starting_world
from mock_server.world import Tx
from tests.conftest import Client
from tests.guardrails import ANNOTATIONS, PROJECTS, claim

WORLDS = ("demo", "minimal")
README = contract.data_root() / "fixtures" / "README.md"
STORY = {"id": "7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01"}
EVALUATION = "f5bac3a8-6d4e-4d9f-b137-8c2fa05d4e01"


@pytest.fixture(params=WORLDS)
def app(request: pytest.FixtureRequest) -> App:
    return served(request.param)


def served(name: str) -> App:
    world = starting_world(name, clock=frozen_clock(name))
    return create_app(world, Settings(check_responses=True, apis=("blue_guardrails",)))


def readers() -> Iterator[str]:
    document = contract.load("blue_guardrails")
    for path, method, operation, item in contract.operations(document):
        if method == "get":
            for parameter in contract.parameters(document, operation, item):
                path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example")))
            yield path


def test_everything_that_can_be_read_is_there(app: App) -> None:
    client = Client(app, "bg-nora")
    assert {path: client.get(path).status_code for path in readers()} == dict.fromkeys(readers(), 200)


def test_examples_of_what_is_sent_can_be_sent(app: App) -> None:
    client = Client(app, "bg-nora")
    document = contract.load("blue_guardrails")
    for path, method, operation, item in contract.operations(document):
        if method == "get":
            continue
        for parameter in contract.parameters(document, operation, item):
            path = path.replace(f"{{{parameter['name']}}}", str(parameter.get("example")))
        content = operation["requestBody"]["content"]["application/json"]
        for body in [content.get("example"), *(one["value"] for one in content.get("examples", {}).values())]:
            if body is not None and body.get("slug") != "concierge-answers":  # this one is there
                answer = client.request(method.upper(), path, json=body)
                assert answer.status_code in (200, 201), (path, body, answer.text)


def test_story_of_the_contract_is_told(app: App) -> None:
    client = Client(app, "bg-nora")
    project = client.get(f"{PROJECTS}/concierge-answers").json()
    assert (project["id"], project["created_by"]) == (STORY["id"], "0b6f3a52-7c1e-4d8b-8f20-5a9d3e6c7b11")
    made = client.get(f"{ANNOTATIONS}/06cbd4b9-7e5f-4ea0-8248-9d30b16e5f01").json()
    assert (made["evaluation_id"], made["text"], made["start_offset"]) == (EVALUATION, "from 6:30 to 11:00", 20)


@pytest.mark.parametrize("lane", ["task", "review"])
def test_both_lanes_have_something_to_claim(app: App, lane: str) -> None:
    assert claim(Client(app, "bg-nora"), STORY, lane).status_code == 200


def test_claim_annotate_export(app: App) -> None:
    client = Client(app, "bg-emil")
    evaluations = claim(client, STORY).json()["labeling_evaluations"]
    export = f"{PROJECTS}/{STORY['id']}/export"
    messages = {row["id"]: row for one in client.get(export).json()["conversations"] for row in one["messages"]}
    part = messages[evaluations[0]["message_id"]]["parts"][0]["content"]
    wanted = {"start_offset": 0, "end_offset": 4, "text": part[:4], "label": "unsupported", "message_part_index": 0}
    made = client.post(ANNOTATIONS, json={"evaluation_id": evaluations[0]["id"], **wanted}).json()
    shown = client.get(export).json()["annotations"]["primary"][evaluations[0]["message_id"]]
    assert made["id"] in [row["id"] for row in shown]


def test_export_of_the_demo_fills_all_three_maps_with_words_that_are_there() -> None:
    export = Client(served("demo"), "bg-nora").get(f"{PROJECTS}/{STORY['id']}/export").json()
    messages = {row["id"]: row for one in export["conversations"] for row in one["messages"]}
    assert {part["type"] for row in messages.values() for part in row["parts"]} == {
        "text",
        "tool_call",
        "tool_call_response",
    }
    assert any(len(row["parts"]) > 1 for row in messages.values())
    for given in export["annotations"].values():
        assert given
        for message_id, some in given.items():
            for row in some:
                text = messages[message_id]["parts"][row["message_part_index"]]["content"]
                assert text[row["start_offset"] : row["end_offset"]] == row["text"]


def test_demo_has_every_status_and_words_behind_characters_of_two_units() -> None:
    tx = Tx(served("demo").sandbox.world)
    assert {task.status for task in tx.rows(BgTask)} == {"pending", "in_progress", "completed"}
    assert {row.status for row in tx.rows(BgAnnotation)} == {"accepted", "rejected", "flagged", "pending"}
    mountains = [row for row in tx.rows(BgMessage) for part in row.parts if "🏔" in str(part.get("content"))]
    assert mountains and mountains[0].findings


def test_keys_open_what_the_readme_says(app: App) -> None:
    tx = Tx(app.sandbox.world)
    told = dict(re.findall(r"(?m)^\| `(bg-[a-z-]+)` \| (workspace|user|expired)\b", README.read_text("utf-8")))
    found = {row.key: row.scope if row.expires > tx.now else "expired" for row in tx.rows(BgApiKey)}
    assert found.items() <= told.items()
    for key, scope in found.items():
        status = {"workspace": 200, "user": 422, "expired": 401}[scope]
        assert Client(app, key).get(PROJECTS).status_code == status


def test_readme_lists_every_file_and_field() -> None:
    rows = re.findall(r"(?m)^\| `blue_guardrails/(\w+)\.yaml` \| (.*) \| (.*) \|$", README.read_text("utf-8"))
    assert [name for name, _, _ in rows] == list(FILES)
    for name, needs, others in rows:
        resource = FILES[name]
        fields = [*resource.takes.split(), *resource.own]
        assert needs.split(", ") == resource.needs.split()
        assert others.split(", ") == [field for field in fields if field not in resource.needs.split()]


SMALL: dict[str, Any] = {
    "workspaces": "- {name: Inn}\n",
    "users": "- {name: Ann, email: ann@example.com, workspaces: [Inn]}\n",
    "conversations": "- workspace: Inn\n  messages: [{role: assistant, text: The bed is soft. It is.}]\n",
    "projects": "- {workspace: Inn, name: P, slug: p, created_by: ann@example.com, label_schema: [{name: a}]}\n",
}
CASES = [
    ("users", "- {name: Ann, email: a, workspaces: [In]}\n", r":1: workspaces: there is no workspace In; did you mean Inn"),
    ("conversations", "- workspace: Inn\n  messages:\n  - {role: agent, text: A}\n", r":3: role: .*one of system, user"),
    ("conversations", "- workspace: Inn\n  messages:\n  - {role: user}\n", r":3: parts: either text or parts"),
    (
        "conversations",
        "- workspace: Inn\n  messages:\n  - {role: assistant, text: A a, findings: [{text: b, label: a}]}\n",
        r":3: text: the words have to stand in the text of the message",
    ),
    ("projects", "- {workspace: Inn, name: P, slug: P x, created_by: ann@example.com}\n", r":1: slug: 'P x' is wrong"),
    ("tasks", "- {project: q, conversation: 1}\n", r":1: project: there is no project q"),
    ("tasks", "- {project: p, conversation: 7}\n", r":1: conversation: there is no conversation 7"),
    ("tasks", "- {project: p, conversation: 1, started: 2026-03-09T00:00:00Z}\n", r":1: assignee: is missing"),
    ("tasks", "- project: p\n  conversation: 1\n  assignee: ann@example.com\n  started: 2026-03-09T00:00:00Z\n"
     "  annotations:\n  - {text: soft, label: b}\n", r":6: The project has no label \"b\""),
    ("tasks", "- project: p\n  conversation: 1\n  assignee: ann@example.com\n  started: 2026-03-09T00:00:00Z\n"
     "  annotations:\n  - {text: is, label: a}\n", r":6: text: the words have to stand .* once"),
    ("task", "", r"task.yaml: there is no such file in a world; did you mean tasks.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "content", "message"), CASES, ids=range(len(CASES)))
def test_errors_name_file_line_and_field(tmp_path: Path, file: str, content: str, message: str) -> None:
    (tmp_path / "world.yaml").write_text("{name: Small, now: 2026-03-09T12:00:00Z}\n")
    (tmp_path / "blue_guardrails").mkdir()
    for name, text in {**SMALL, file: content}.items():
        (tmp_path / "blue_guardrails" / f"{name}.yaml").write_text(text)
    with pytest.raises(SeedError) as raised:
        starting_world(tmp_path)
    assert re.search(message, str(raised.value)), str(raised.value)
    assert str(tmp_path / "blue_guardrails" / f"{file}.yaml") in str(raised.value)
