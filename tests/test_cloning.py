"""Properties of a clone: the same data under new ids, nothing shared with its source."""

from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.rows import (
    Analysis,
    AnalysisDocument,
    Document,
    Group,
    Label,
    Model,
    ModelClass,
    Project,
    Session,
    SessionDocument,
    Tag,
)
from mock_server.world import Row, Tx
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.filled import fill

KINDS = (ModelClass, Label, Group, Model, Analysis, Document, Session, Tag)


def cloned(client: Client, project_id: int = 11, **body: Any) -> dict[str, Any]:
    """Clone a project and return the clone once it is there."""
    answer = client.post(f"/projects/{project_id}/clone", json=body)
    assert answer.status_code == 200, answer.text
    client.advance(1)
    return answer.json()


def shown(client: Client, project_id: int) -> dict[str, Any]:
    """Return a project without what tells it from its clone."""
    project = client.get(f"/projects/{project_id}").json()
    own = {"id", "name", "created", "status"}
    models = [
        {k: v for k, v in model.items() if k not in {"id", "uuid", "name", "project_id"}} for model in project["models"]
    ]
    return {**{field: value for field, value in project.items() if field not in own}, "models": models}


def portrait(tx: Tx, project_id: int) -> Any:
    """Return everything in a project, every id in it replaced by the place of its row among those of its kind."""
    places: dict[str, dict[int | None, Any]] = {"Project": {project_id: 0}}
    rows: dict[str, list[Row]] = {}
    for kind in KINDS:
        rows[kind.__name__] = list(tx.rows(kind, project_id=project_id))
        places[kind.__name__] = {row.id: at for at, row in enumerate(rows[kind.__name__])}
    rows["SessionDocument"] = [
        held for session in rows["Session"] for held in tx.rows(SessionDocument, session_id=session.id)
    ]
    rows["AnalysisDocument"] = [
        read for analysis in rows["Analysis"] for read in tx.rows(AnalysisDocument, analysis_id=analysis.id)
    ]
    held: list[Any] = [*rows["Document"], *rows["AnalysisDocument"]]
    segments = [part.id for row in held for part in row.segments]
    places["segment"] = {number: at for at, number in enumerate(segments)}
    return {kind: [_portrayed(row, places) for row in found] for kind, found in rows.items()}


def _portrayed(row: Row, places: dict[str, dict[int | None, Any]]) -> dict[str, Any]:
    fields = {name: getattr(row, name) for name in row.__struct_fields__ if name not in ("id", "uuid")}
    for field, ref in row.REFS.items():
        known = places.get(ref.table)
        if known is not None and isinstance(fields[field], tuple):
            fields[field] = [known[item] for item in fields[field]]
        elif known is not None and fields[field] is not None:
            fields[field] = known[fields[field]]
    if isinstance(row, Analysis):
        del fields["organization_id"]
        fields["classes"] = [(places["ModelClass"][one.id], one.name) for one in row.classes]
        fields["labels"] = [(places["Label"][one.id], one.name) for one in row.labels]
    if isinstance(row, AnalysisDocument):
        fields["tags"] = [(places["segment"][tag.segment_id], tag.class_name, tag.label_name) for tag in row.tags]
    if isinstance(row, Document | AnalysisDocument):
        fields["segments"] = [(places["segment"][part.id], part.start, part.end) for part in row.segments]
    if isinstance(row, SessionDocument):
        fields["marks"] = {places["segment"][number]: at for number, at in row.marks.items()}
    if isinstance(row, Tag):
        fields["segment_id"] = places["segment"][row.segment_id]
    if isinstance(row, Model):
        del fields["name"]  # unique in a workspace
    return fields


@pytest.mark.parametrize("project_id", [11, 12, 13, 14])
@pytest.mark.parametrize("target", [1, 3])
def test_a_clone_has_the_same_data_under_new_ids(app: App, client: Client, project_id: int, target: int) -> None:
    fill(app, project_id)
    before = client.get(f"/projects/{project_id}/tags").json()
    clone = cloned(client, project_id, organization_id=target)
    tx = app.sandbox.begin()
    assert portrait(tx, clone["id"]) == portrait(tx, project_id)
    for kind in KINDS:
        assert not set(tx.ids(kind, project_id=clone["id"])) & set(tx.ids(kind, project_id=project_id))
    uuids = [row.uuid for kind in (Session, Model, Analysis) for row in tx.rows(kind)]
    assert len(set(uuids)) == len(uuids)
    assert dangling(app.sandbox.world) == []
    assert shown(client, clone["id"]) == shown(client, project_id)
    assert client.get(f"/projects/{project_id}/tags").json() == before


def test_a_clone_is_empty_until_its_task_is_finished(client: Client) -> None:
    answer = client.post("/projects/11/clone", json={}).json()
    assert (answer["status"], answer["classes"], answer["labels"]) == ("CLONING", [], [])
    path, task = f"/projects/{answer['id']}", f"/projects/{answer['id']}/tasks/{answer['task_id']}"
    assert client.get(path).json() == {field: answer[field] for field in answer if field != "task_id"}
    client.advance(0.5)
    begun = client.get(task).json()
    assert (begun["type"], begun["status"], begun["progress"]) == ("CLONE", "STARTED", 50)
    client.advance(0.5)
    ended = client.get(task).json()
    assert (ended["status"], ended["progress"], ended["finished"]) == ("FINISHED", 100, "2026-03-02T09:00:01Z")
    assert client.get(path).json()["status"] == "CREATED"
    assert client.get(path).json()["classes"] == ["Comfort", "Staff"]
    assert client.get(f"/projects/11/tasks/{answer['task_id']}").status_code == 404


def test_a_clone_fails_if_its_source_is_deleted_meanwhile(client: Client) -> None:
    clone = client.post("/projects/11/clone", json={}).json()
    assert client.delete("/projects/11").status_code == 200
    client.advance(2)
    assert client.get(f"/projects/{clone['id']}").json()["status"] == "FAILED"
    assert client.get(f"/projects/{clone['id']}/tasks/{clone['task_id']}").json()["status"] == "FAILED"
    assert client.delete(f"/projects/{clone['id']}").status_code == 200


def test_a_clone_can_be_deleted_before_it_is_there(app: App, client: Client) -> None:
    clone = client.post("/projects/11/clone", json={}).json()
    assert client.delete(f"/projects/{clone['id']}").status_code == 200
    client.advance(2)
    assert client.get(f"/projects/{clone['id']}").status_code == 404
    assert dangling(app.sandbox.world) == []


def test_clone_gets_a_free_name_and_its_maker_as_manager(client: Client) -> None:
    names = [cloned(client)["name"] for _ in range(3)]
    assert names == ["ABSA of 1 (2)", "ABSA of 1 (3)", "ABSA of 1 (4)"]
    clone = cloned(client, organization_id=3)
    assert clone["name"] == "ABSA of 1"
    assert [row["role"] for row in client.get(f"/projects/{clone['id']}/permissions").json()] == ["MANAGER"]


def test_the_number_fits_into_the_longest_name(client: Client) -> None:
    client.put("/projects/11", json={"name": "x" * 255})
    assert cloned(client)["name"] == "x" * 251 + " (2)"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [("POST", "/clone", {}), ("POST", "/transfer", {"organization_id": 3}), ("PUT", "", {"type": "CLASS"})],
)
def test_while_it_is_cloned_a_project_stays_what_and_where_it_is(
    client: Client, method: str, path: str, body: Any
) -> None:
    clone = client.post("/projects/11/clone", json={}).json()
    assert client.request(method, f"/projects/{clone['id']}{path}", json=body).status_code == 409
    client.advance(1)
    assert client.request(method, f"/projects/{clone['id']}{path}", json=body).status_code == 200


def test_what_is_written_into_a_clone_meanwhile_is_kept(app: App, client: Client) -> None:
    fill(app, 14)
    clone = client.post("/projects/14/clone", json={}).json()
    own = client.post(f"/projects/{clone['id']}/classes", json={"name": "Staff", "example": "Mine"}).json()
    client.put(f"/projects/{clone['id']}", json={"name": "Mine"})
    client.advance(1)
    project = client.get(f"/projects/{clone['id']}").json()
    assert (project["name"], project["status"], project["classes"]) == ("Mine", "CREATED", ["Staff", "Comfort"])
    assert client.get(f"/projects/{clone['id']}/classes/{own['id']}").json() == own
    assert {tag["class"] for tag in client.get(f"/projects/{clone['id']}/tags").json()["tags"]} == {"Staff", "Comfort"}
    assert dangling(app.sandbox.world) == []


def test_a_clone_waits_for_what_is_under_way_in_its_source(app: App, client: Client) -> None:
    first = client.post("/projects/11/clone", json={}).json()
    tx = app.sandbox.begin()
    tx.start_job("TRANSFER", 11, 5.0, project_id=11)
    app.sandbox.commit(tx)
    second = client.post("/projects/11/clone", json={}).json()
    client.advance(1)
    status = {number: client.get(f"/projects/{number}").json()["status"] for number in (first["id"], second["id"])}
    assert status == {first["id"]: "CREATED", second["id"]: "CLONING"}
    client.advance(5)
    assert client.get(f"/projects/{second['id']}").json()["status"] == "CREATED"


def test_what_begins_later_and_is_not_ready_is_left_out(app: App, client: Client) -> None:
    session = fill(app)
    clone = client.post("/projects/11/clone", json={}).json()
    tx = app.sandbox.begin()
    tx.change(session, status="SAMPLING")
    tx.start_job("TRANSFER", session.id, 5.0, project_id=11)
    app.sandbox.commit(tx)
    client.advance(1)
    tx = app.sandbox.begin()
    assert len(tx.ids(Session, project_id=clone["id"])) == len(tx.ids(Tag, project_id=clone["id"])) == 0
    assert len(tx.ids(Document, project_id=clone["id"])) == 2
    assert dangling(app.sandbox.world) == []


def test_source_and_clone_go_their_own_ways(app: App, client: Client) -> None:
    fill(app)
    clone = cloned(client)
    tx = app.sandbox.begin()
    before = portrait(tx, 11)
    for tag in client.get(f"/projects/{clone['id']}/tags").json()["tags"]:
        client.put(f"/projects/{clone['id']}/tags/{tag['id']}", json={"label": "NEG"})
    assert portrait(app.sandbox.begin(), 11) == before
    after = portrait(app.sandbox.begin(), clone["id"])
    client.delete("/projects/11")
    assert portrait(app.sandbox.begin(), clone["id"]) == after
    assert dangling(app.sandbox.world) == []
    tx = app.sandbox.begin()
    assert tx.get(Project, 11) is None
