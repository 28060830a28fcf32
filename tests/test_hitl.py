"""Properties of the operations tagged HITL: what a HITL is, whose its reviews are, and what moves them."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.app import App, Settings, create_app
from mock_server.studio.rows import Document, Hitl, Model, Review, User, Webhook
from mock_server.world.integrity import dangling
from tests.conftest import Client, as_person
from tests.reviews import AT, MISSING, TOTAL, create, doubt, put_model, reviews
from tests.worlds import small_world

AsUser = Callable[[str], Client]
ANNOTATOR, STRANGER, GUEST = 4, 7, 8
URL = "http://127.0.0.1:9/reviews"


def test_new_hitl_is_shown_by_itself_and_in_the_list(app: App, client: Client) -> None:
    model = put_model(app)
    wanted: dict[str, Any] = {
        "name": "Doubts",
        "description": "Totals",
        "assigned_user_id": 4,
        "is_live": True,
        "webhook_url": URL,
    }
    made = create(client, **wanted, model_id=model.id)
    assert made == {**made, **wanted, "project_id": 11, "model_id": model.id, "labels": {"POS": 90, "NEG": 90}}
    assert made["created_at"] == made["updated_at"]
    assert client.get(f"{AT}/{made['id']}").json() == made
    assert client.get(AT).json() == [made]
    assert client.get("/projects/12/hitls").json() == []


@pytest.mark.parametrize("body", [{}, {"json": {}}])
def test_hitl_without_a_body_is_empty_and_has_a_name(client: Client, body: Any) -> None:
    made = client.post(AT, **body).json()
    assert made["name"]
    empty = {"description": None, "assigned_user_id": None, "model_id": None, "is_live": False, "webhook_url": None}
    assert made == {**made, **empty, "labels": {}}


def test_change_touches_only_what_is_given_and_null_empties(app: App, client: Client) -> None:
    made = create(client, name="A", description="B", model_id=put_model(app).id, webhook_url=URL, assigned_user_id=4)
    path = f"{AT}/{made['id']}"
    assert client.put(path).json() == client.put(path, json={}).json() == made
    client.advance(60)
    changed = client.put(path, json={"description": None, "name": "C"}).json()
    assert changed == {**made, "description": None, "name": "C", "updated_at": changed["updated_at"]}
    assert changed["updated_at"] > made["updated_at"] and client.get(path).json() == changed
    empty = client.put(path, json={"assigned_user_id": None, "model_id": None, "webhook_url": None}).json()
    assert (empty["assigned_user_id"], empty["model_id"], empty["webhook_url"], empty["labels"]) == (None,) * 3 + ({},)


def test_answers_can_be_sent_back_as_they_are(app: App, client: Client) -> None:
    made = create(client, name="A", model_id=put_model(app).id)
    for path in (f"{AT}/{made['id']}", f"{AT}/{made['id']}/assign"):
        assert client.put(path, json=made).json() == made


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"assigned_user_id": 77}, 404, "The user 77 was not found"),
        ({"model_id": 77}, 404, "The model 77 was not found"),
        ({"assigned_user_id": STRANGER}, 409, "The user 7 has no role in the project"),
        ({"assigned_user_id": 2}, 409, "The user 2 has no role in the project"),  # USER of the workspace only
        ({"name": ""}, 400, None),
        ({"name": None}, 400, None),
        ({"is_live": None}, 400, None),
        ({"is_live": "yes"}, 400, None),
        ({"webhook_url": "ftp://127.0.0.1"}, 400, None),
        ({"webhook_url": "here"}, 400, None),
        ({"webhook_url": f"http://{'a' * 255}"}, 400, None),
    ],
)
@pytest.mark.parametrize("method", ["create", "change", "assign"])
def test_wrong_bodies_are_refused_and_change_nothing(
    client: Client, method: str, body: Any, status: int, told: str | None
) -> None:
    made = create(client, name="A")
    paths = {
        "create": ("POST", AT),
        "change": ("PUT", f"{AT}/{made['id']}"),
        "assign": ("PUT", f"{AT}/{made['id']}/assign"),
    }
    answer = client.request(*paths[method], json=body)
    assert answer.status_code == status
    assert told is None or answer.json()["message"] == told
    assert client.get(AT).json() == [made]


def test_model_of_another_project_is_not_found_and_one_of_the_vendor_is(app: App, client: Client) -> None:
    other, vendors = put_model(app, 12), put_model(app, None)
    create(client, status=404, model_id=other.id)
    assert create(client, model_id=vendors.id)["model_id"] == vendors.id


def test_whoever_has_a_role_in_the_project_alone_can_get_reviews(client: Client) -> None:
    assert create(client, assigned_user_id=GUEST)["assigned_user_id"] == GUEST


@pytest.mark.parametrize(
    ("method", "tail", "least"),
    [
        ("GET", "", "VIEWER"),
        ("POST", "", "ANNOTATOR"),
        ("GET", "/1", "VIEWER"),
        ("PUT", "/1", "ANNOTATOR"),
        ("PUT", "/1/assign", "ANNOTATOR"),
        ("GET", "/1/reviews", "VIEWER"),
    ],
)
def test_roles_that_are_needed(
    client: Client, as_user: AsUser, anyone: Client, method: str, tail: str, least: str
) -> None:
    assert create(client)["id"] == 1
    order = ["USER", "VIEWER", "ANNOTATOR", "ADMIN", "MANAGER"]
    for role in order:
        answer = as_user(f"{role.lower()}@example.com").request(method, f"{AT}{tail}")
        assert (answer.status_code == 403) == (order.index(role) < order.index(least)), (role, answer.text)
    assert as_user("stranger@example.com").request(method, f"{AT}{tail}").status_code == 403
    assert anyone.request(method, f"{AT}{tail}").status_code == 401
    assert client.request(method, f"/projects/99/hitls{tail}").status_code == 404
    if tail:
        assert client.request(method, f"{AT}{tail.replace('1', '9')}").status_code == 404
        assert client.request(method, f"/projects/12/hitls{tail}").status_code == 404


def test_read_only_workspace_is_only_read(client: Client) -> None:
    assert client.get("/projects/15/hitls").json() == []
    assert client.post("/projects/15/hitls").status_code == 403


# Reviews


def test_review_shows_what_the_model_found_only_if_asked(app: App, client: Client) -> None:
    made = create(client, assigned_user_id=4, is_live=True)
    first, second = doubt(app, made["id"], TOTAL, MISSING)
    (plain, other), (full, empty) = reviews(client, made["id"]), reviews(client, made["id"], full=True)
    assert "data" not in plain and {**full, "data": None} == {**plain, "data": None}
    assert full["data"] == {"value": "412.50", "confidence": 70, "boxes": list(TOTAL.boxes)}
    assert empty["data"] == {"value": None, "confidence": 0, "boxes": []}
    assert (plain["page_num"], other["page_num"], plain["label"], plain["user_id"]) == (1, 0, "POS", 4)
    assert plain["task_id"] == other["task_id"] != doubt(app, made["id"])[0].task_id
    assert [plain["review_id"], other["review_id"]] == [first.id, second.id]
    assert plain["status"] == "PENDING" and plain["document_name"] == "invoice.pdf"
    assert client.get(f"/projects/11/documents/{plain['document_id']}").status_code == 200


def test_assigning_hands_over_the_open_reviews_and_nobody_makes_them_pending_again(app: App, client: Client) -> None:
    made = create(client, is_live=True)
    path = f"{AT}/{made['id']}"
    doubt(app, made["id"], TOTAL, MISSING)
    client.advance(5)
    assert client.put(f"{path}/assign", json={"assigned_user_id": 4}).json()["assigned_user_id"] == 4
    assert {(row["status"], row["user_id"]) for row in reviews(client, made["id"])} == {("ASSIGNED", 4)}
    assert all(row["updated"] > row["created"] for row in reviews(client, made["id"]))
    client.put(f"{path}/assign", json={"assigned_user_id": None})
    assert {(row["status"], row["user_id"]) for row in reviews(client, made["id"])} == {("PENDING", None)}


def test_new_person_of_a_change_gets_later_reviews_only_until_they_are_assigned(app: App, client: Client) -> None:
    made = create(client, is_live=True)
    doubt(app, made["id"])
    client.put(f"{AT}/{made['id']}", json={"assigned_user_id": 5})
    doubt(app, made["id"])
    assert [(row["status"], row["user_id"]) for row in reviews(client, made["id"])] == [
        ("PENDING", None),
        ("PENDING", 5),
    ]
    client.put(f"{AT}/{made['id']}/assign")
    assert [(row["status"], row["user_id"]) for row in reviews(client, made["id"])] == [("ASSIGNED", 5)] * 2


@pytest.mark.parametrize("way", ["", "/assign"])
def test_hitl_that_is_no_longer_live_closes_its_reviews_for_good(app: App, client: Client, way: str) -> None:
    made = create(client, is_live=True, assigned_user_id=4)
    doubt(app, made["id"])
    client.put(f"{AT}/{made['id']}{way}", json={"is_live": False})
    closed = reviews(client, made["id"])
    assert [(row["status"], row["user_id"]) for row in closed] == [("CLOSED", 4)]
    client.put(f"{AT}/{made['id']}/assign", json={"is_live": True, "assigned_user_id": 5})
    assert reviews(client, made["id"]) == closed


STEPS = st.sampled_from(["doubt", "person", "nobody", "off", "on", "change"])
BODIES: dict[str, Any] = {
    "person": ("/assign", {"assigned_user_id": 4}),
    "nobody": ("/assign", {"assigned_user_id": None}),
    "off": ("", {"is_live": False}),
    "on": ("", {"is_live": True}),
    "change": ("", {"assigned_user_id": 5}),
}


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, max_size=8))
def test_each_change_of_status_is_told_once_and_in_order(steps: list[str]) -> None:
    app = create_app(small_world(), Settings(check_responses=True))
    client = as_person(app, "owner@example.com")
    made = create(client, is_live=True, webhook_url=URL)
    for step in steps:
        if step == "doubt":
            if client.get(f"{AT}/{made['id']}").json()["is_live"]:  # as extractions see it
                doubt(app, made["id"])
        else:
            tail, body = BODIES[step]
            client.put(f"{AT}/{made['id']}{tail}", json=body)
    tx = app.sandbox.begin()
    for review in tx.rows(Review):
        told = [row for row in tx.rows(Webhook) if row.review_id == review.id]
        assert [row.previous_status for row in told] == [None, *(row.review.status for row in told[:-1])]
        assert told[-1].review.status == review.status
        assert all(row.previous_status != row.review.status for row in told)
        assert (review.status == "ASSIGNED") <= (review.user_id is not None)
    assert dangling(app.sandbox.world) == []


# What goes along


def test_hitl_forgets_a_deleted_model_and_reviews_go_with_their_document(app: App, client: Client) -> None:
    model = put_model(app)
    made = create(client, is_live=True, model_id=model.id, webhook_url=URL)
    (review,) = doubt(app, made["id"])
    tx = app.sandbox.begin()
    gone = tx.get(Model, model.id)
    assert gone
    tx.delete(gone)
    app.sandbox.commit(tx)
    shown = client.get(f"{AT}/{made['id']}").json()
    assert (shown["model_id"], shown["labels"]) == (None, {})
    assert client.delete(f"/projects/11/documents/{review.document_id}").status_code == 200
    assert reviews(client, made["id"]) == []
    assert client.get("/_mock/webhooks").json()[0]["review_id"] is None
    assert dangling(app.sandbox.world) == []


def test_reviews_of_somebody_who_goes_are_pending_and_nobodys(app: App, client: Client) -> None:
    made = create(client, is_live=True)
    doubt(app, made["id"])
    client.put(f"{AT}/{made['id']}/assign", json={"assigned_user_id": ANNOTATOR})
    assert client.delete(f"/users/{ANNOTATOR}").status_code == 200
    assert [(row["status"], row["user_id"]) for row in reviews(client, made["id"])] == [("PENDING", None)]
    assert client.get(f"{AT}/{made['id']}").json()["assigned_user_id"] is None
    assert app.sandbox.begin().get(User, ANNOTATOR) is None


def test_clone_of_a_project_has_its_hitls_and_reviews(app: App, client: Client) -> None:
    model = put_model(app)
    made = create(client, name="A", is_live=True, model_id=model.id)
    doubt(app, made["id"], TOTAL, MISSING)
    clone = client.post("/projects/11/clone", json={"name": "Copy", "organization_id": 1}).json()
    client.advance(10)
    (copied,) = client.get(f"/projects/{clone['id']}/hitls").json()
    assert copied["name"] == "A" and copied["id"] != made["id"] and copied["model_id"] not in (None, model.id)
    shown = client.get(f"/projects/{clone['id']}/hitls/{copied['id']}/reviews").json()
    assert [row["label"] for row in shown] == ["POS", "NEG"]
    held = {row.id for row in app.sandbox.begin().rows(Document, project_id=clone["id"])}
    assert {row["document_id"] for row in shown} <= held
    assert dangling(app.sandbox.world) == []


def test_deleted_project_takes_its_hitls_along(app: App, client: Client) -> None:
    doubt(app, create(client, is_live=True, webhook_url=URL)["id"])
    assert client.delete("/projects/11").status_code == 200
    assert not app.sandbox.begin().ids(Hitl) and not app.sandbox.begin().ids(Review)
    assert dangling(app.sandbox.world) == []
