"""Jobs of a sandbox: when they end in each mode, and how they are ended, or made to fail, by hand."""

from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.rows import Group, Model
from mock_server.world import Event, Job
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.group_steps import GROUPS
from tests.trained import shown, train


def start(client: Client) -> int:
    """Create a group, whose documents come by a job, and return its id."""
    answer = client.post(GROUPS, json={"name": "Reviews", "documents": [{"text": "The room was spotless."}]})
    assert answer.status_code == 201, answer.text
    made: int = answer.json()["id"]
    return made


def mode(client: Client, mode: str, **more: Any) -> None:
    answer = client.patch("/_mock/clock", json={"jobs": {"mode": mode, **more}})
    assert answer.status_code == 200, answer.text


def status(client: Client, group: int) -> str:
    found: str = client.get(f"{GROUPS}/{group}").json()["status"]
    return found


def jobs(client: Client, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/_mock/jobs", params=query).json()["jobs"]
    return found


def test_pending_job_is_shown_with_what_it_works_on(client: Client) -> None:
    group = start(client)
    (job,) = jobs(client, status="STARTED")
    assert (job["kind"], job["table"], job["subject"], job["progress"]) == ("GROUP", "Group", group, 0)
    assert client.get(f"/_mock/jobs/{job['id']}").json() == job
    assert jobs(client, status="FAILED") == []


def test_at_once_jobs_end_with_the_request_that_starts_them(client: Client) -> None:
    mode(client, "at_once")
    assert status(client, start(client)) == "CREATED"
    assert client.get("/_mock/clock").json()["pending_jobs"] == 0


def test_pending_jobs_end_when_the_mode_becomes_at_once(client: Client) -> None:
    group = start(client)
    mode(client, "at_once")
    assert status(client, group) == "CREATED"


def test_by_hand_jobs_do_not_end_by_the_clock(client: Client) -> None:
    mode(client, "by_hand")
    group = start(client)
    client.advance(10_000)
    assert status(client, group) == "PROCESSING"
    (job,) = jobs(client)
    ended = client.post(f"/_mock/jobs/{job['id']}/finish")
    assert ended.status_code == 200 and ended.json()["status"] == "FINISHED"
    assert status(client, group) == "CREATED"


def test_job_ends_after_its_subject_was_read_so_often(client: Client) -> None:
    mode(client, "reads", reads=3)
    group = start(client)
    client.advance(10_000)
    assert [status(client, group) for _ in range(4)] == ["PROCESSING"] * 3 + ["CREATED"]


def test_a_list_that_shows_the_subject_is_a_read_and_the_control_side_is_none(client: Client) -> None:
    mode(client, "reads", reads=2)
    group = start(client)
    for _ in range(5):
        jobs(client)
        client.get("/_mock/journal")
        client.get("/projects/12/groups")
    client.get(GROUPS)
    assert status(client, group) == "PROCESSING"
    assert status(client, group) == "CREATED"


def test_reads_of_another_group_do_not_count(client: Client) -> None:
    mode(client, "reads", reads=1)
    first, second = start(client), start(client)
    assert [status(client, first), status(client, first), status(client, second)] == [
        "PROCESSING",
        "CREATED",
        "PROCESSING",
    ]


def test_reads_begin_anew_after_a_reset(client: Client) -> None:
    mode(client, "reads", reads=2)
    status(client, start(client))
    client.post("/_mock/reset")
    mode(client, "reads", reads=2)
    group = start(client)
    assert [status(client, group) for _ in range(3)] == ["PROCESSING", "PROCESSING", "CREATED"]


@pytest.mark.parametrize("how", ["clock", "by_hand", "reads"])
def test_settle_ends_everything_in_every_mode(client: Client, how: str) -> None:
    mode(client, how)
    model, group = train(client), start(client)
    pending = client.get("/_mock/clock").json()["pending_jobs"]
    answer = client.post("/_mock/clock/settle")
    assert answer.status_code == 200 and answer.json()["ended"] == pending >= 2 and answer.json()["pending_jobs"] == 0
    assert status(client, group) == "CREATED" and shown(client, model)["status"] == "READY"
    assert client.post("/_mock/clock/settle").json()["ended"] == 0


def test_settle_moves_the_clock_no_further_than_the_last_job(client: Client) -> None:
    start(client)
    due = client.get("/_mock/clock").json()["next_due"]
    assert client.post("/_mock/clock/settle").json()["now"] == due


def test_failed_job_leaves_its_subject_failed_and_says_why(app: App, client: Client) -> None:
    group = start(client)
    (job,) = jobs(client)
    answer = client.post(f"/_mock/jobs/{job['id']}/fail", json={"error": "There was no room left"})
    assert (answer.json()["status"], answer.json()["error"]) == ("FAILED", "There was no room left")
    client.advance(10_000)
    assert status(client, group) == "FAILED"
    tx = app.sandbox.begin()
    assert [event.status for event in tx.rows(Event, kind="GROUP", subject=group)] == ["FAILED"]
    assert "There was no room left" in client.get("/notifications").text
    assert dangling(app.sandbox.world) == []


def test_failed_training_leaves_a_failed_model(app: App, client: Client) -> None:
    model = train(client)
    (job,) = jobs(client, status="STARTED")
    assert client.post(f"/_mock/jobs/{job['id']}/fail").json()["error"] == "It was made to fail"
    row = app.sandbox.begin().get(Model, model["id"])
    assert row is not None and row.status == shown(client, model)["status"] == "FAILED"


def test_job_that_has_ended_cannot_end_again(client: Client) -> None:
    start(client)
    (job,) = jobs(client)
    client.post("/_mock/clock/settle")
    for how in ("finish", "fail"):
        answer = client.post(f"/_mock/jobs/{job['id']}/{how}")
        assert answer.status_code == 409 and "has ended already" in answer.json()["detail"]
        assert client.post(f"/_mock/jobs/4711/{how}").status_code == 404
    assert client.get("/_mock/jobs/x").status_code == client.get("/_mock/jobs/0").status_code == 404


def test_jobs_of_sandboxes_are_apart(app: App, client: Client) -> None:
    client.post("/_mock/sandboxes", json={"name": "other"})
    mode(client, "at_once")
    other = {"X-Mock-Sandbox": "other"}
    assert client.get("/_mock/clock", headers=other).json()["jobs"]["mode"] == "clock"
    start(client)
    assert client.get("/_mock/jobs", headers=other).json()["count"] == 0
    assert not app.sandboxes.get("other").begin().ids(Group)


def test_counting_reads_changes_no_answer_and_no_world(app: App, client: Client) -> None:
    mode(client, "reads", reads=5)
    group = start(client)
    world = app.sandbox.world
    for _ in range(4):
        client.get(f"{GROUPS}/{group}")
    assert app.sandbox.world is world
    assert len(app.sandbox.begin().ids(Job, status="STARTED")) == 1
