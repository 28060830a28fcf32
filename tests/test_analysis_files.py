"""Properties of uploads for analyses and of their downloads, in every format."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from mock_server.app import App
from mock_server.sheets import read_sheet, write_sheet
from mock_server.world.integrity import dangling
from tests.analysis_steps import AT, create, documents, finished, put_model
from tests.conftest import Client

AsUser = Callable[[str], Client]
NOWHERE = "7d9f5a4e-3b1c-4f0e-9a55-0c4d1f6f2a10"
BAD_FILE = "The uploaded file has an invalid format. Allowed formats are JSON and CSV."
HEADER = ["id", "text", "source"]
ROWS: list[list[Any]] = [[3001, "The comfort was wonderful. The staff was rude.", "web"], ["x", "Nothing.", None]]


def upload(client: Client, content: bytes, name: str = "week.csv", status: int = 200) -> Any:
    answer = client.post(f"{AT}/upload", files={"file": (name, content)})
    assert answer.status_code == status, answer.text
    return answer.json()


@pytest.mark.parametrize("format", ["csv", "jsonl", "json", "xlsx"])
def test_two_steps_lead_from_a_file_of_any_format_to_its_analysis(app: App, client: Client, format: str) -> None:
    put_model(app)
    file = upload(client, write_sheet(format, HEADER, ROWS), f"week.{format}")
    assert file["preview"][:2] == [HEADER, ["3001", ROWS[0][1], "web"]]
    made = create(client, file_id=file["id"], column_name="text")
    assert (made["name"], made["document_count"]) == (f"week.{format}", 2)
    one, other = documents(client, made, details="meta")
    assert one == {"id": 3001, "text": ROWS[0][1], "source": "web"}
    assert set(other) == {"id", "text"} and other["id"] != 3001
    assert client.get("/projects/11/documents").json()["count"] == 2
    assert dangling(app.sandbox.world) == []


@pytest.mark.parametrize(
    ("place", "texts"),
    [
        ({}, ["A.", "B."]),
        ({"column_name": "review"}, ["C."]),
        ({"column": 1}, ["C."]),
        ({"column": 0, "column_name": "review"}, ["C."]),
        ({"column": 0, "header_first": False}, ["text", "A.", "B."]),
    ],
)
def test_the_column_is_the_one_named(app: App, client: Client, place: Any, texts: list[str]) -> None:
    put_model(app)
    file = upload(client, b"text,review\nA.,C.\nB.,\n")
    made = create(client, file_id=file["id"].upper(), **place)
    assert [one["text"] for one in documents(client, made)] == texts


@pytest.mark.parametrize("place", [{"column": 2}, {"column_name": "stars"}])
def test_a_column_that_is_not_there_is_a_conflict(app: App, client: Client, place: Any) -> None:
    put_model(app)
    file = upload(client, b"text,review\nA.,C.\n")
    create(client, 409, file_id=file["id"], **place)
    assert client.get(AT).json() == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"Good.\n"),
        ("a", b"Good.\n"),
        ("a.pdf", b"%PDF-1.4"),
        ("a.json", b"{"),
        ("a.jsonl", b"[1"),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.csv", b""),
        ("a.csv", b"a\0b"),
    ],
)
def test_files_of_other_kinds_are_refused_with_the_documented_text(client: Client, name: str, content: bytes) -> None:
    refused = upload(client, content, name, 400)
    assert refused["message"] == BAD_FILE and refused["errors"][0]["place"] == "body.file"


def test_files_are_those_of_the_caller_and_for_analyses(app: App, client: Client, as_user: AsUser) -> None:
    put_model(app)
    annotator, manager = as_user("annotator@example.com"), as_user("manager@example.com")
    file = upload(annotator, b"text\nGood.\n")["id"]
    assert manager.post(AT, json={"file_id": file}).status_code == 404
    assert annotator.post(AT, json={"file_id": file}).status_code == 201
    assert client.post("/projects/11/groups", json={"file_id": file}).status_code == 404
    other = client.post("/projects/11/groups/upload", files={"file": ("a.csv", b"text\nGood.\n")}).json()["id"]
    for missing in (NOWHERE, other):
        answer = client.post(AT, json={"file_id": missing})
        assert (answer.status_code, answer.json()["message"]) == (404, f"The file {missing} was not found")


def test_a_read_only_workspace_or_a_missing_one_takes_no_file(client: Client) -> None:
    body = {"file": ("a.csv", b"text\nGood.\n")}
    assert client.post("/organizations/2/analyses/upload", files=body).status_code == 403
    assert client.post("/organizations/99/analyses/upload", files=body).status_code == 404
    assert client.post("/organizations/1/analyses/upload", files=body).status_code == 200


@pytest.mark.parametrize("format", ["csv", "jsonl", "json", "xlsx"])
def test_a_download_has_a_row_for_each_tag_and_each_segment_without(app: App, client: Client, format: str) -> None:
    put_model(app)
    given = [{"id": 5, "text": "The comfort was wonderful. Nothing.", "source": "web"}, {"text": ""}]
    made = finished(client, documents=given)
    answer = client.get(f"{AT}/{made['id']}/documents/download", params={"format": format})
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="analysis-{made["id"]}.{format}"'
    records = read_sheet(f"a.{format}", answer.content, header_first=True).records()
    rows = [
        (str(row["document_id"]), row["segment"] or None, row["class"] or None, row["label"] or None) for row in records
    ]
    assert rows[:2] == [("5", "The comfort was wonderful.", "Comfort", "POS"), ("5", "Nothing.", None, None)]
    assert len(rows) == 3 and records[0]["source"] == "web"


def test_a_download_can_be_uploaded_as_labeled_documents(app: App, client: Client) -> None:
    put_model(app)
    text = "The comfort was wonderful. The staff was rude."
    made = finished(client, documents=[{"text": text, "source": "web"}])
    content = client.get(f"{AT}/{made['id']}/documents/download").content
    session = client.post("/projects/11/annotations/upload", files={"file": ("a.csv", content)}).json()
    client.advance(5)
    path = f"/projects/11/annotations/{session['id']}/documents"
    (shown,) = client.get(path, params={"details": "tags,meta"}).json()["documents"]
    (read,) = documents(client, made, details="tags,meta")

    def said(one: Any) -> Any:
        parts = [(part["span"], [(tag["class"], tag["label"]) for tag in part["tags"]]) for part in one["segments"]]
        return one["text"], one["source"], parts

    assert said(shown) == said(read)


def test_nothing_is_downloaded_before_the_end(app: App, client: Client) -> None:
    put_model(app)
    made = create(client, documents=[{"text": "Good."}])
    client.advance(0.5)
    answer = client.get(f"{AT}/{made['id']}/documents/download")
    assert (answer.status_code, answer.json()["status"]) == (409, "CONFLICT")
    assert answer.json()["message"] == "The analysis is ANALYZING; it can be downloaded when it is FINISHED"
    assert client.get(f"{AT}/{made['id']}/documents/download", params={"format": "pdf"}).status_code == 400


def test_large_numbers_and_attributes_survive_a_round_trip(app: App, client: Client) -> None:
    put_model(app)
    given = {"id": 2**63 - 1, "text": "Good.", "stars": 4.5, "new": True, "none": None, "class": "kept"}
    made = finished(client, documents=[given])
    (one,) = documents(client, made, details="meta")
    assert one == given
    content = client.get(f"{AT}/{made['id']}/documents/download", params={"format": "json"}).content
    assert json.loads(content)[0]["document_id"] == 2**63 - 1
