"""Properties of the operation tagged Extraction: what is read, who may, and what becomes a review."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.app import App
from mock_server.studio.rows import Document, Model, ModelPermission
from mock_server.world.integrity import dangling
from tests import invoices
from tests.conftest import Client
from tests.reviews import AT, create, put_model, reviews

AsUser = Callable[[str], Client]
INVOICE = invoices.pdf(invoices.ENGLISH)
SURE, UNSURE, MISSING = ["Total", "Invoice number"], ["Vendor", "Billing address"], ["Colour"]


@pytest.fixture
def model(app: App) -> Model:
    """A model of project 11 that looks for values of which it is sure, not sure, and which are not there."""
    return put_model(app, labels=tuple(SURE + UNSURE + MISSING))


def place(model: Model | int, project_id: int = 11, organization_id: int = 1) -> str:
    number = model if isinstance(model, int) else model.id
    return f"/organizations/{organization_id}/projects/{project_id}/models/{number}/extract"


def send(client: Client, at: str, content: bytes = INVOICE, name: str = "invoice.pdf", **query: Any) -> Any:
    return client.post(at, files={"file": (name, content, "application/octet-stream")}, params=query)


def extract(client: Client, at: str, **more: Any) -> Any:
    answer = send(client, at, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def documents(app: App, project_id: int = 11) -> list[Document]:
    return list(app.sandbox.begin().rows(Document, project_id=project_id))


def test_values_are_shown_and_nothing_is_kept_without_a_hitl(app: App, client: Client, model: Model) -> None:
    before = app.sandbox.world.tables
    shown = extract(client, place(model))
    (document,) = shown["documents"]
    assert document["matches"][0]["Total"] == "412.50" and document["matches"][0]["Invoice number"] == "2026-0311"
    assert not set(MISSING) & set(document["matches"][0])
    assert document["hitl"] is None and document["name"] == "invoice.pdf" and document["credits_used"] == 1
    assert "bboxes" not in document and "annotated_pages" not in document
    assert not shown["all_required_fields_found"] and not shown["all_confidence_thresholds_met"]
    assert [label["name"] for label in shown["labels"]] == [*SURE, *UNSURE, *MISSING]
    assert (shown["model"], shown["total_credits_used"]) == ("Reader", 1)
    assert app.sandbox.world.tables is before


def test_labels_of_the_project_have_their_ids(app: App, client: Client) -> None:
    shown = extract(client, place(put_model(app)))
    assert shown["labels"] == client.get("/projects/11/labels").json()
    assert shown["documents"][0]["matches"] == []


def test_boxes_and_pictures_come_if_asked(client: Client, model: Model) -> None:
    asked = {"return_bboxes": "true", "return_annotated_pages": "true"}
    (document,) = extract(client, place(model), content=invoices.pdf(invoices.ENGLISH, []), **asked)["documents"]
    first, second = document["bboxes"]
    assert {box["label"] for value in first for box in value} == set(SURE + UNSURE) and second == []
    assert all(0 <= share <= 1 for value in first for box in value for name, share in box.items() if name[-1] in "xy")
    assert [b64decode(page)[:4] for page in document["annotated_pages"]] == [b"\x89PNG"] * 2
    assert document["credits_used"] == 2


@pytest.mark.parametrize("name", ["return_bboxes", "return_annotated_pages"])
def test_switches_are_true_or_false(client: Client, model: Model, name: str) -> None:
    for said, status in {"false": 200, "true": 200, "yes": 400, "1": 400, "True": 400, "": 400}.items():
        query: dict[str, Any] = {name: said}
        assert send(client, place(model), **query).status_code == status, said


# Reviews


def test_what_is_not_sure_or_not_there_becomes_reviews_of_a_new_document(
    app: App, client: Client, model: Model
) -> None:
    made = create(client, is_live=True, model_id=model.id, assigned_user_id=4)
    assert made["labels"] == dict.fromkeys(SURE + UNSURE + MISSING, 90)
    before = documents(app)
    (document,) = extract(client, place(model), name="märz.pdf")["documents"]
    found = reviews(client, made["id"], full=True)
    (new,) = [row for row in documents(app) if row not in before]
    assert "Total" in new.text and new.segments
    assert client.get(f"/projects/11/documents/{new.id}").json()["text"] == new.text
    assert {row["label"] for row in found} == set(UNSURE + MISSING)
    assert {(row["document_id"], row["document_name"], row["user_id"]) for row in found} == {(new.id, "märz.pdf", 4)}
    assert len({row["task_id"] for row in found}) == 1 and {row["status"] for row in found} == {"PENDING"}
    (page,) = document["hitl"]["result"]
    assert document["hitl"]["status"] == "pending"
    assert page["confidences"] == [
        {
            "label": row["label"],
            "value": row["data"]["value"],
            "expected_confidence": 90,
            "found": row["data"]["confidence"],
        }
        for row in found
    ]
    assert all((row["data"]["value"] is None) == (row["label"] in MISSING) for row in found)
    assert all(row["data"]["confidence"] < 90 for row in found)
    assert all(bool(row["data"]["boxes"]) == (row["label"] in UNSURE) for row in found)
    assert dangling(app.sandbox.world) == []


def test_pages_of_reviews_count_from_zero(client: Client, model: Model) -> None:
    made = create(client, is_live=True, model_id=model.id)
    content = invoices.pdf([], invoices.ENGLISH)
    pages = extract(client, place(model), content=content)["documents"][0]["hitl"]["result"]
    found = {row["label"]: row["page_num"] for row in reviews(client, made["id"])}
    assert found == {"Colour": 0, "Vendor": 1, "Billing address": 1}
    assert [len(page["confidences"]) for page in pages] == [1, 2]


def test_only_the_oldest_live_hitl_of_the_model_gets_reviews(app: App, client: Client, model: Model) -> None:
    other = put_model(app)
    hitls = [
        create(client, is_live=is_live, model_id=number)["id"]
        for is_live, number in [(False, model.id), (True, other.id), (True, model.id), (True, model.id)]
    ]
    create(client, "/projects/12/hitls", is_live=True)
    extract(client, place(model))
    assert [bool(reviews(client, hitl_id)) for hitl_id in hitls] == [False, False, True, False]
    client.put(f"{AT}/{hitls[2]}", json={"is_live": False})
    extract(client, place(model))
    assert [len(reviews(client, hitl_id)) for hitl_id in hitls] == [0, 0, 3, 3]


def test_nothing_is_kept_of_a_file_in_which_all_is_sure(app: App, client: Client) -> None:
    model = put_model(app, labels=tuple(SURE))
    made = create(client, is_live=True, model_id=model.id)
    before = documents(app)
    shown = extract(client, place(model))
    assert shown["all_required_fields_found"] and shown["all_confidence_thresholds_met"]
    assert shown["documents"][0]["hitl"] is None
    assert reviews(client, made["id"]) == [] and documents(app) == before


# Refusals


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "empty"),
        (b"no paper", "PDF, JPEG, PNG, TIFF and WEBP"),
        (b"%PDF-1.7\nbroken", "PDF"),
        (INVOICE[:500], "PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "PNG"),
        (invoices.pdf(*[[]] * 101), "allowed are 100"),
    ],
)
def test_file_that_cannot_be_read_is_refused_and_leaves_nothing(
    app: App, client: Client, model: Model, content: bytes, told: str
) -> None:
    create(client, is_live=True, model_id=model.id)
    before = app.sandbox.world
    answer = send(client, place(model), content=content)
    assert answer.status_code == 400 and told in answer.json()["message"]
    assert answer.json()["errors"][0]["place"] == "body.file"
    assert app.sandbox.world is before


def test_content_says_what_a_file_is_and_not_its_name(client: Client, model: Model) -> None:
    for name in ("invoice.png", "invoice", "a.b.c", "x" * 300):
        assert extract(client, place(model), name=name)["documents"][0]["name"] == name


def test_body_has_to_be_a_form_with_a_file(client: Client, model: Model) -> None:
    assert client.post(place(model), json={}).status_code == 415
    assert client.post(place(model), data={"file": "text"}, files={"other": b""}).status_code == 400


@pytest.mark.parametrize(
    ("organization_id", "project_id", "status"), [(1, 12, 404), (2, 11, 404), (1, 99, 404), (99, 11, 404), (3, 16, 404)]
)
def test_ids_have_to_belong_together(
    client: Client, model: Model, organization_id: int, project_id: int, status: int
) -> None:
    assert send(client, place(model, project_id, organization_id)).status_code == status
    assert send(client, place(99)).status_code == 404


@pytest.mark.parametrize("status", ["CREATED", "QUEUED", "TRAINING", "FAILED"])
def test_model_has_to_be_trained(app: App, client: Client, status: str) -> None:
    assert send(client, place(put_model(app, status=status))).status_code == 409


@pytest.mark.parametrize("status", ["READY", "ACTIVE", "PUBLISHED"])
def test_models_that_are_trained_can_extract(app: App, client: Client, status: str) -> None:
    extract(client, place(put_model(app, status=status)))


def test_who_may_extract(app: App, as_user: AsUser, anyone: Client, model: Model) -> None:
    allowed = {"viewer", "annotator", "admin", "manager", "guest"}  # the guest has a role in the project
    for name in (*allowed, "user", "stranger"):
        expected = 200 if name in allowed else 403
        assert send(as_user(f"{name}@example.com"), place(model)).status_code == expected, name
    assert send(anyone, place(model)).status_code == 401
    tx = app.sandbox.begin()
    tx.put(ModelPermission(id=tx.new_id(ModelPermission), model_id=model.id, user_id=2, role="USER"))
    app.sandbox.commit(tx)
    assert send(as_user("user@example.com"), place(model)).status_code == 200


@pytest.mark.parametrize("fields", [{"project_id": None, "labels": ("Total",)}, {"status": "PUBLISHED"}])
def test_model_of_everybody_extracts_for_those_who_have_a_part_in_the_project(
    app: App, as_user: AsUser, fields: dict[str, Any]
) -> None:
    model = put_model(app, **fields)
    assert send(as_user("viewer@example.com"), place(model)).status_code == 200
    assert send(as_user("stranger@example.com"), place(model)).status_code == 403


def test_model_that_was_uploaded_extracts_in_its_own_workspace_only(app: App, client: Client) -> None:
    model = put_model(app, None, organization_id=1, labels=("Total",))
    extract(client, place(model))
    extract(client, place(model, 12))
    assert send(client, place(model, 16, 3)).status_code == 404


def test_read_only_workspace_is_left_alone(app: App, client: Client) -> None:
    for model in (put_model(app, 15), put_model(app, None)):
        assert send(client, place(model, 15, 2)).status_code == 403


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=200), st.sampled_from([b"", b"%PDF-1.4\n", b"\xff\xd8\xff", b"II*\0", b"RIFF\0\0\0\0WEBP"]))
def test_no_file_breaks_it(app: App, client: Client, content: bytes, start: bytes) -> None:
    model = put_model(app)
    assert send(client, place(model), content=start + content).status_code in (200, 400)
