"""Snapshots: kept, gone back to, deleted; and what differs between two states of a world."""

from typing import Any

import pytest

from mock_server.app import App
from tests.conftest import Client

PROJECT = {"name": "Mine", "type": "CLASS", "organization_id": 1}


def create(client: Client, name: str = "Mine") -> int:
    made: int = client.post("/projects", json={**PROJECT, "name": name}).json()["id"]
    return made


def names(client: Client) -> set[str]:
    return {project["name"] for project in client.get("/projects").json()}


def diff(client: Client, **query: Any) -> dict[str, Any]:
    answer = client.get("/_mock/diff", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_world_is_again_as_it_was_when_the_snapshot_was_taken(client: Client) -> None:
    create(client, "First")
    taken = client.put("/_mock/snapshots/one")
    assert taken.status_code == 201 and taken.json()["name"] == "one"
    create(client, "Second")
    assert client.post("/_mock/snapshots/one/restore").status_code == 200
    assert {"First"} == names(client) & {"First", "Second"}
    assert diff(client, **{"from": "one"})["counts"] == {"created": 0, "changed": 0, "deleted": 0}


def test_snapshot_of_the_same_name_is_replaced(client: Client) -> None:
    client.put("/_mock/snapshots/one")
    create(client)
    assert client.put("/_mock/snapshots/one").status_code == 200
    client.post("/_mock/reset")
    client.post("/_mock/snapshots/one/restore")
    assert "Mine" in names(client)
    assert client.get("/_mock/snapshots").json()["count"] == 1


def test_deleted_snapshot_is_gone(client: Client) -> None:
    client.put("/_mock/snapshots/one")
    assert client.delete("/_mock/snapshots/one").status_code == 204
    assert client.get("/_mock/snapshots").json() == {"snapshots": [], "count": 0}
    for method, path in (("DELETE", "one"), ("POST", "one/restore")):
        answer = client.request(method, f"/_mock/snapshots/{path}")
        assert answer.status_code == 404 and "There is no snapshot one" in answer.json()["detail"]


@pytest.mark.parametrize("name", ["now", "beginning"])
def test_names_of_states_that_are_always_there_are_taken(client: Client, name: str) -> None:
    assert client.put(f"/_mock/snapshots/{name}").status_code == 409


@pytest.mark.parametrize("name", ["..", "a b", "%00", "-a", "a%2Fb", "x" * 64, "%C3%A4"])
def test_tricks_with_names_of_snapshots_are_refused(client: Client, name: str) -> None:
    answer = client.put(f"/_mock/snapshots/{name}")
    assert answer.status_code == 404 and client.get("/_mock/snapshots").json()["count"] == 0


def test_snapshots_of_a_sandbox_are_unknown_in_another(client: Client) -> None:
    client.put("/_mock/snapshots/one")
    client.post("/_mock/sandboxes", json={"name": "other"})
    other = {"X-Mock-Sandbox": "other"}
    assert client.post("/_mock/snapshots/one/restore", headers=other).status_code == 404
    answer = client.post("/_mock/sandboxes", json={"name": "third", "snapshot": "one"}, headers=other)
    assert answer.status_code == 404


def test_sandbox_begins_with_a_snapshot(client: Client) -> None:
    create(client, "First")
    client.put("/_mock/snapshots/one")
    create(client, "Second")
    assert client.post("/_mock/sandboxes", json={"name": "other", "snapshot": "one"}).status_code == 201
    seen = {project["name"] for project in client.get("/_sandbox/other/projects").json()}
    assert {"First"} == seen & {"First", "Second"}


def test_what_was_created_changed_and_deleted_is_told(client: Client) -> None:
    client.put("/_mock/snapshots/before")
    made = create(client)
    client.put("/projects/11", json={"name": "Other"})
    gone = client.get("/projects/12/classes").json()[0]["id"]
    assert client.delete(f"/projects/12/classes/{gone}").status_code == 200
    found = diff(client, **{"from": "before", "to": "now"})
    assert [row["id"] for row in found["created"]["Project"]] == [made]
    assert found["changed"]["Project"] == [{"id": 11, "fields": {"name": {"before": "ABSA of 1", "after": "Other"}}}]
    assert [row["id"] for row in found["deleted"]["ModelClass"]] == [gone]
    assert found["counts"]["changed"] == 1 and not found["truncated"]


def test_difference_turned_round_has_created_and_deleted_exchanged(client: Client) -> None:
    made = create(client)
    found = diff(client, **{"from": "now", "to": "beginning"})
    assert [row["id"] for row in found["deleted"]["Project"]] == [made] and not found["created"]


def test_difference_as_text_has_a_line_for_each_row(client: Client) -> None:
    made = create(client)
    client.put("/projects/11", json={"name": "Other"})
    answer = client.get("/_mock/diff", params={"format": "text"})
    assert answer.headers["content-type"].startswith("text/plain")
    lines = answer.text.splitlines()
    assert lines[0].startswith("beginning to now: ")
    assert f'  + {made} "Mine"' in lines
    assert '  ~ 11 name: "ABSA of 1" → "Other"' in lines


def test_difference_is_cut_at_the_limit_and_says_so(client: Client) -> None:
    for number in range(3):
        create(client, f"Mine {number}")
    found = diff(client, limit=2)
    assert len(found["created"]["Project"]) == 2 and found["truncated"] and found["counts"]["created"] >= 3


def test_secrets_in_a_difference_are_hidden_unless_asked_for(client: Client) -> None:
    client.post("/password/email", json={"email": "viewer@example.com"})
    hidden, open_ = diff(client), diff(client, secrets=True)
    assert hidden["created"]["UserToken"][0]["token"] == "(hidden)"
    assert open_["created"]["UserToken"][0]["token"] in open_["created"]["Mail"][0]["link"]


def test_unknown_state_is_named(app: App) -> None:
    answer = Client(app).get("/_mock/diff", params={"from": "nothing"})
    assert answer.status_code == 404 and "nothing" in answer.json()["detail"]
    assert Client(app).get("/_mock/diff", params={"format": "xml"}).status_code == 400
