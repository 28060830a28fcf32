"""What people do in a labeling session: marking segments, pages and documents, and giving tags to segments."""

from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.rows import Session
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.sessions import AT, MARK, POS, create, places_of, session_of, shown


@pytest.fixture(autouse=True)
def sound(app: App) -> Any:
    """After every test nothing dangles and every count is right."""
    yield
    assert dangling(app.sandbox.world) == []


@pytest.fixture
def session(client: Client) -> Any:
    """A session over the two documents of project 11: three segments, nothing marked."""
    made = create(client, name="First round")
    client.advance(1)
    return made


@pytest.fixture
def places(client: Client, session: Any) -> list[str]:
    """The paths of the three segments."""
    return places_of(client, session)


def test_marking_twice_answers_the_first_time(client: Client, session: Any, places: list[str]) -> None:
    first = client.post(f"{places[0]}/statuses", json=MARK).json()
    client.advance(60)
    assert client.post(f"{places[0]}/statuses", json=MARK).json() == first
    document = places[0].rpartition("/segments/")[0]
    whole = client.post(f"{document}/statuses", json=MARK).json()
    page = client.post(f"{document}/pages/0/statuses", json=MARK).json()
    assert page == {**whole, "segment_id": None}
    assert (first["created"], whole["created"]) == ("2026-03-02T09:00:01Z", "2026-03-02T09:01:01Z")
    client.advance(60)
    assert client.post(f"{document}/pages/0/statuses", json=MARK).json() == page
    assert client.post(f"{places[1]}/statuses", json=MARK).json()["created"] == whole["created"]
    assert session_of(client, session)["progress"] == 66.7


def test_the_page_of_a_text_with_one_segment_names_it(client: Client, places: list[str]) -> None:
    document, _, segment_id = places[2].rpartition("/segments/")
    assert client.post(f"{document}/pages/0/statuses", json=MARK).json()["segment_id"] == int(segment_id)
    assert [client.post(f"{document}/pages/{page}/statuses", json=MARK).status_code for page in (1, -1)] == [404, 404]


def test_tags_are_given_read_changed_and_taken_away(client: Client, session: Any, places: list[str]) -> None:
    made = client.post(f"{places[0]}/tags", json={**POS, "text": "bed"})
    assert made.status_code == 201
    tag = made.json()
    path = f"{places[0]}/tags/{tag['id']}"
    assert client.get(path).json() == tag == client.get(f"{places[0]}/tags").json()[0]
    changed = client.put(path, json={"label": "NEG"}).json()
    assert changed == {**tag, "label": "NEG"} == shown(client, session)[0]["segments"][0]["tags"][0]
    listed = client.get("/projects/11/tags").json()
    assert [entry["id"] for entry in listed["tags"]] == [tag["id"]]
    assert client.delete(path).json()["status"] == "OK"
    assert (
        client.get(path).status_code == client.delete(path).status_code == client.put(path, json={}).status_code == 404
    )
    assert client.get(f"{places[0]}/tags").json() == []


@pytest.mark.parametrize(
    "tag",
    [
        {"class": "Parking", "label": "POS"},
        {"class": "Comfort"},
        {**POS, "span": [0, 900]},
        {**POS, "text": "sauna"},
        POS,
    ],
)
def test_a_tag_that_does_not_fit_is_refused(client: Client, places: list[str], tag: Any) -> None:
    client.post(f"{places[0]}/tags", json=POS)
    assert client.post(f"{places[0]}/tags", json=tag).status_code == 409
    assert len(client.get(f"{places[0]}/tags").json()) == 1


def test_tags_of_other_sessions_and_segments_are_not_found(client: Client, session: Any, places: list[str]) -> None:
    tag = client.post(f"{places[0]}/tags", json=POS).json()
    other = create(client)
    elsewhere = places[0].replace(f"/annotations/{session['id']}/", f"/annotations/{other['id']}/")
    for place in (places[1], places[2], elsewhere):
        assert client.get(f"{place}/tags/{tag['id']}").status_code == 404
    assert client.get(f"{elsewhere}/tags").json() == []


@pytest.mark.parametrize("status", ["SAMPLING", "FAILED", "PREDICTING", "DELETING"])
def test_a_closed_session_is_read_but_not_worked_on(
    client: Client, app: App, session: Any, places: list[str], status: str
) -> None:
    tag = client.post(f"{places[0]}/tags", json=POS).json()
    tx = app.sandbox.begin()
    row = tx.get(Session, session["id"])
    assert row is not None
    tx.change(row, status=status)
    app.sandbox.commit(tx)
    document = places[0].rpartition("/segments/")[0]
    for path, body in ((f"{places[0]}/statuses", MARK), (f"{document}/statuses", MARK), (f"{places[1]}/tags", POS)):
        assert client.post(path, json=body).status_code == 409
    assert client.put(f"{places[0]}/tags/{tag['id']}", json={"label": "NEG"}).status_code == 409
    assert client.get(f"{places[0]}/tags/{tag['id']}").status_code == 200
    assert [entry["status"] for entry in client.get(AT, params={"status": status}).json()] == [status]
