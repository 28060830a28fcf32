"""Properties of the operations tagged Notifications, and of what is told after jobs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import App
from mock_server.studio.domain import notifications
from mock_server.studio.rows import ROWS, Notification, User
from mock_server.world import Clock, Job, Tx, World
from mock_server.world.integrity import dangling
from mock_server.world.jobs import FINISHERS
from tests.conftest import Client
from tests.filled import fill
from tests.worlds import NOW

AsUser = Callable[[str], Client]
AT = "/notifications"
BOTH = (AT, "/users/1/notifications")


def told(client: Client, at: str = AT, **params: Any) -> list[Any]:
    answer = client.get(at, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()  # type: ignore[no-any-return]


def tell(app: App, user_id: int = 1, count: int = 1) -> list[int]:
    """Put notifications into the world, a minute apart, and return their ids."""
    tx = app.sandbox.begin()
    rows = [
        Notification(
            id=tx.new_id(Notification),
            user_id=user_id,
            title="Training finished",
            text=f"Number {number}",
            created=NOW + timedelta(minutes=number),
        )
        for number in range(count)
    ]
    tx.put_all(Notification, rows)
    app.sandbox.commit(tx)
    return [row.id for row in rows]


# After jobs


def test_a_group_that_is_filled_is_told_to_who_made_it_alone(client: Client, as_user: AsUser) -> None:
    annotator = as_user("annotator@example.com")
    annotator.post("/projects/11/groups", json={"name": "Winter", "documents": [{"text": "Warm."}]})
    assert told(annotator) == []
    client.advance(5)
    (one,) = told(annotator)
    assert (one["type"], one["read"], one["title"]) == ("INFO", None, "Document group finished")
    assert '"Winter"' in one["text"]
    assert one["created"] == "2026-03-02T09:00:00.501000Z"
    assert told(client) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "title", "name"),
    [
        ("POST", "/projects/11/upload-documents", [{"text": "Warm."}], "Upload finished", "ABSA of 1"),
        ("POST", "/projects/11/annotations", {"name": "Round"}, "Labeling session finished", "Round"),
        ("POST", "/projects/11/clone", {}, "Clone finished", "ABSA of 1 (2)"),
        ("POST", "/projects/11/transfer", {"organization_id": 3}, "Transfer finished", "ABSA of 1"),
    ],
)
def test_every_process_is_told_when_it_ends(
    app: App, client: Client, method: str, path: str, body: Any, title: str, name: str
) -> None:
    assert client.request(method, path, json=body).status_code < 300
    client.advance(5)
    (one,) = told(client)
    assert (one["title"], one["type"]) == (title, "INFO") and f'"{name}"' in one["text"]
    assert dangling(app.sandbox.world) == []


def test_a_failure_is_a_warning_with_its_reason(client: Client) -> None:
    client.post("/projects/11/clone", json={})
    client.delete("/projects/11")
    client.advance(5)
    (one,) = told(client)
    assert (one["title"], one["type"]) == ("Clone failed", "WARNING")
    assert one["text"].endswith("The project that was to be cloned was deleted.")


def test_what_was_deleted_meanwhile_is_not_told(client: Client) -> None:
    group = client.post("/projects/11/groups", json={"documents": [{"text": "Warm."}]}).json()
    client.delete(f"/projects/11/groups/{group['id']}")
    client.advance(5)
    assert told(client) == []


@pytest.mark.parametrize("kind", notifications.WORDS)
@pytest.mark.parametrize(("status", "word"), [("FINISHED", "finished"), ("FAILED", "failed")])
def test_every_kind_of_job_is_told_with_the_name_of_its_thing(app: App, kind: str, status: str, word: str) -> None:
    assert kind in FINISHERS
    fill(app)
    tx = app.sandbox.begin()
    subject: Any = next(tx.rows(notifications.WORDS[kind].table))
    error = "It broke" if status == "FAILED" else None
    job = Job(id=1, kind=kind, subject=subject.id, user_id=1, created=NOW, due=NOW, status=status, error=error)
    notifications.on_event(tx, job)
    (told,) = tx.rows(Notification)
    assert told.title.endswith(word) and getattr(subject, "display_name", subject.name) in told.text
    assert told.text.endswith("It broke." if error else ".") and "{" not in told.text
    assert told.type == ("WARNING" if error else "INFO")


# Lists


def test_newest_comes_first_in_both_lists(app: App, client: Client) -> None:
    ids = tell(app, count=3)
    for at in BOTH:
        assert [one["id"] for one in told(client, at)] == ids[::-1]
        assert [one["id"] for one in told(client, at, offset=1, limit=1)] == [ids[1]]
        assert told(client, at, offset=3) == told(client, at, offset=10**18) == []
        for params in ({"limit": 0}, {"limit": 1001}, {"offset": -1}):
            assert client.get(at, params=params).status_code == 400


@given(count=st.integers(0, 12), offset=st.integers(0, 14), limit=st.integers(1, 14))
@settings(max_examples=50, deadline=None)
def test_pages_are_slices_of_the_reversed_whole(count: int, offset: int, limit: int) -> None:
    tx = Tx(World.empty(ROWS, Clock.frozen(NOW)))
    tx.put(User(id=1, email="owner@example.com", created=NOW))
    for number in range(1, count + 1):
        tx.put(Notification(id=number, user_id=1, title="Upload finished", text="", created=NOW))
    found = [row.id for row in notifications.list_notifications(tx, 1, offset, limit)]
    assert found == list(range(count, 0, -1))[offset : offset + limit]


# Reading and changing


def test_reading_does_not_mark_as_read(app: App, client: Client) -> None:
    (row_id,) = tell(app)
    before = app.sandbox.world
    for at in BOTH:
        shown = client.get(f"{at}/{row_id}").json()
        assert shown == told(client, at)[0] and shown["read"] is None
    assert app.sandbox.world is before


@pytest.mark.parametrize("at", BOTH)
@pytest.mark.parametrize("empty", [None, ""])
def test_a_time_makes_read_and_emptiness_unread(app: App, client: Client, at: str, empty: str | None) -> None:
    (row_id,) = tell(app)
    path = f"{at}/{row_id}"
    read = client.put(path, json={"read": "2026-03-06T11:20:00+01:00"}).json()
    assert read["read"] == "2026-03-06T10:20:00Z"
    assert client.put(path, json={"title": "Done", "type": "WARNING"}).json() == {
        **read,
        "title": "Done",
        "type": "WARNING",
    }
    assert client.put(path, json={"read": empty}).json()["read"] is None
    assert all(told(client, other)[0]["read"] is None for other in BOTH)


def test_an_answer_can_be_sent_back(app: App, client: Client) -> None:
    (row_id,) = tell(app)
    shown = client.get(f"{AT}/{row_id}").json()
    assert client.put(f"{AT}/{row_id}", json=shown).json() == shown
    assert client.put(f"{AT}/{row_id}", json={}).json() == shown


@pytest.mark.parametrize(
    "body",
    [
        {"read": "yesterday"},
        {"read": 1},
        {"read": "0001-01-01T00:00:00+23:00"},
        {"created": None},
        {"type": "ERROR"},
        {"title": ""},
        {"text": "\0"},
        [],
    ],
)
def test_refused_change_changes_nothing(app: App, client: Client, body: Any) -> None:
    (row_id,) = tell(app)
    before = app.sandbox.world
    assert client.put(f"{AT}/{row_id}", json=body).status_code == 400
    assert app.sandbox.world is before


# Who may


def test_nobody_sees_those_of_others_but_superusers(app: App, client: Client, as_user: AsUser) -> None:
    (row_id,) = tell(app, user_id=3)
    viewer, manager = as_user("viewer@example.com"), as_user("manager@example.com")
    for at in (AT, "/users/3/notifications"):
        assert [one["id"] for one in told(viewer, at)] == [row_id]
        assert viewer.get(f"{at}/{row_id}").status_code == 200
        assert viewer.put(f"{at}/{row_id}", json={}).status_code == 200
    for method in ("GET", "PUT"):
        assert manager.request(method, f"{AT}/{row_id}", json={}).status_code == 404
        assert manager.request(method, f"/users/6/notifications/{row_id}", json={}).status_code == 404
        assert manager.request(method, f"/users/3/notifications/{row_id}", json={}).status_code == 403
        assert client.request(method, f"{AT}/{row_id}", json={}).status_code == 404
        assert client.request(method, f"/users/3/notifications/{row_id}", json={}).status_code == 200
        assert client.request(method, f"/users/99/notifications/{row_id}", json={}).status_code == 404
    assert manager.get("/users/3/notifications").status_code == 403
    assert client.get("/users/99/notifications").status_code == 404
    assert told(manager) == told(client) == []


def test_unknown_notifications_are_not_found_and_need_a_token(client: Client, anyone: Client) -> None:
    for at in BOTH:
        assert anyone.get(at).status_code == 401
        for method in ("GET", "PUT"):
            answer = client.request(method, f"{at}/99", json={})
            assert (answer.status_code, answer.json()["message"]) == (404, "The notification or the user was not found")
            assert client.request(method, f"{at}/{10**18}", json={}).status_code == 404
            assert anyone.request(method, f"{at}/99", json={}).status_code == 401


def test_notifications_go_with_their_user(app: App) -> None:
    tell(app, user_id=3)
    tx = app.sandbox.begin()
    user = tx.get(User, 3)
    assert user is not None
    tx.delete(user)
    assert not tx.ids(Notification) and dangling(tx.world) == []


def test_jobs_of_unknown_kinds_and_without_a_user_are_not_told() -> None:
    tx = Tx(World.empty(ROWS, Clock.frozen(NOW)))
    for kind in ("GROUP", "NONE"):
        job = Job(id=1, kind=kind, subject=1, created=NOW, due=NOW, status="FINISHED")
        notifications.on_event(tx, job)
    assert not tx.ids(Notification)
