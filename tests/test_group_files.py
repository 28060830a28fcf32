"""Properties of the files and external sources that become groups, and of the files that groups become."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.app import App, Settings, create_app
from mock_server.sheets import Cell, write_sheet
from mock_server.studio.rows import Credential, UploadedFile
from tests.conftest import Client, as_person
from tests.group_steps import CSV, GROUPS, PLACE, create, documents, texts, upload
from tests.worlds import small_world

FORMATS = ("csv", "jsonl", "json", "xlsx")


# Creating from a file


def test_group_from_a_file_has_a_document_for_each_row(client: Client) -> None:
    preview = upload(client, CSV).json()
    UUID(preview["id"])
    assert preview["preview"] == [
        ["text", "source"],
        ["The room was spotless. And cheap.", "web"],
        ["Breakfast ended too early.", None],
    ]
    group = create(client, file_id=preview["id"].upper())
    first, second = documents(client, group)
    assert group["name"] == "reviews.csv"
    assert (first["text"], first["source"], len(first["segments"])) == ("The room was spotless. And cheap.", "web", 2)
    assert set(second) == {"id", "text", "segments"}


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        ({}, ["A.", "B."]),
        ({"column": 0}, ["1", "2"]),
        ({"column": 1}, ["A.", "B."]),
        ({"column_name": "review"}, ["A.", "B."]),
        ({"column_name": "Topic", "column": 0}, ["x"]),
        ({"column": 1, "header_first": False}, ["review", "A.", "B."]),
        ({"column": 1, "header_first": True, "split": False}, ["A.", "B."]),
    ],
)
def test_column_is_chosen_by_number_or_name(client: Client, chosen: Any, wanted: list[str]) -> None:
    file_id = upload(client, "no,review,topic\n1,A.,x\n2,B.,\n").json()["id"]
    assert texts(documents(client, create(client, file_id=file_id, **chosen))) == wanted


@pytest.mark.parametrize("chosen", [{"column": 2}, {"column_name": "review"}, {"column_name": ""}])
def test_column_that_is_not_there_is_refused_at_once(client: Client, chosen: Any) -> None:
    file_id = upload(client, CSV).json()["id"]
    assert client.post(GROUPS, json={"file_id": file_id, **chosen}).status_code == 409
    assert client.get(GROUPS).json() == []


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("a.txt", "First line.\n\nSecond line.\n", ["First line.", "Second line."]),
        ("a.json", '[{"text": "A.", "n": 1}, {"text": "B.", "deep": {"x": [1]}}]', ["A.", "B."]),
        ("a.json", '["A.", "B."]', ["A.", "B."]),
        ("a.jsonl", '{"text": "A."}\n{"text": ""}\n{"text": 5}\n{"text": true}\n', ["A.", "5", "true"]),
        ("a.csv", "A quiet room.\nA loud one.\n", ["A quiet room.", "A loud one."]),
        ("reviews", "A.\nB.\n", ["A.", "B."]),
    ],
)
def test_files_of_every_format_are_read(client: Client, name: str, content: str, wanted: list[str]) -> None:
    group = create(client, file_id=upload(client, content, name).json()["id"])
    found = documents(client, group)
    assert texts(found) == wanted
    assert found[-1].get("deep") in (None, '{"x":[1]}')


def test_keys_of_objects_are_no_document_even_without_a_header(client: Client) -> None:
    file_id = upload(client, '[{"text": "A."}]', "a.json").json()["id"]
    assert texts(documents(client, create(client, file_id=file_id, header_first=False))) == ["A."]


def test_preview_may_show_objects(client: Client) -> None:
    preview = upload(client, CSV, to_list="false").json()["preview"]
    assert preview == [
        {"text": "The room was spotless. And cheap.", "source": "web"},
        {"text": "Breakfast ended too early.", "source": None},
    ]


def test_preview_shows_every_cell_as_text(client: Client) -> None:
    rows = upload(client, '[{"text": "null", "a": true, "b": 1.5, "c": null}]', "a.json").json()["preview"]
    assert rows == [["text", "a", "b", "c"], ["null", "true", "1.5", None]]


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", "no zip"), ("a.pdf", "%PDF-"), ("a.csv", ""), ("a.json", "[1"), ("a.csv", "a\0b"), ("a", "\0\0")],
)
def test_files_that_cannot_be_read_are_refused(app: App, client: Client, name: str, content: str) -> None:
    answer = upload(client, content, name)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["place"] == "body.file"
    assert len(app.sandbox.begin().ids(UploadedFile)) == 0


def test_form_without_a_file_is_refused(client: Client) -> None:
    assert client.post(f"{GROUPS}/upload", files={"other": ("a.csv", b"a")}).status_code == 400
    assert client.post(f"{GROUPS}/upload", data={"file": "text"}).status_code in (400, 415)


def test_file_of_another_project_or_purpose_is_not_found(app: App, client: Client) -> None:
    file_id = upload(client, CSV, base="/projects/12/groups").json()["id"]
    assert client.post(GROUPS, json={"file_id": file_id}).status_code == 404
    tx = app.sandbox.begin()
    file = tx.first(UploadedFile, uuid=file_id)
    assert file is not None
    tx.change(file, project_id=11, purpose="SESSION")
    app.sandbox.commit(tx)
    assert client.post(GROUPS, json={"file_id": file_id}).status_code == 404


# Creating from an external source


def records(app: App) -> None:
    """Give the credential entries with times."""
    tx = app.sandbox.begin()
    credential = tx.get(Credential, 1)
    assert credential is not None
    times = ("2026-01-31T23:59:59Z", "2026-02-01T01:00:00+01:00", "2026-02-02", None)
    entries = [{"text": f"Entry {number}.", "updated": when, "n": {"a": 1}} for number, when in enumerate(times)]
    tx.change(credential, records=tuple(entries))
    app.sandbox.commit(tx)


@pytest.mark.parametrize(
    ("parameters", "wanted"),
    [
        (None, [0, 1, 2, 3]),
        ({"limit": 2}, [0, 1]),
        ({"limit": 2**62}, [0, 1, 2, 3]),
        ({"updated_since": "2026-02-01T00:00:00Z"}, [1, 2]),
        ({"updated_since": "2026-02-01T00:00:00.123456789Z", "limit": 1}, [2]),
        ({"updated_since": "0001-01-01T00:00:00+23:00"}, [0, 1, 2, 3]),
        ({"updated_since": "2027-01-01t00:00:00z"}, []),
    ],
)
def test_source_is_connected_or_becomes_a_group_at_once(app: App, client: Client, parameters: Any, wanted: Any) -> None:
    records(app)
    form = {**PLACE, **({} if parameters is None else {"parameters": json.dumps(parameters)})}
    answer = client.post(f"{GROUPS}/connect", files={name: (None, str(value)) for name, value in form.items()})
    assert answer.status_code == 200, answer.text
    assert answer.json()["preview"][0][0] == "text"
    body = PLACE if parameters is None else {**PLACE, "parameters": parameters}
    for source in (body, {"file_id": answer.json()["id"], "header_first": False}):
        found = documents(client, create(client, **source))
        assert texts(found) == [f"Entry {number}." for number in wanted]
        assert all(one["n"] == '{"a":1}' for one in found)


@pytest.mark.parametrize("wrong", [{"credential_id": 2}, {"credential_id": 0.5}, {"source": "mail"}])
def test_wrong_credentials_are_refused(client: Client, wrong: Any) -> None:
    answer = client.post(
        f"{GROUPS}/connect", files={name: (None, str(value)) for name, value in {**PLACE, **wrong}.items()}
    )
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid credentials")


def test_credentials_are_those_of_the_workspace_of_the_project(client: Client) -> None:
    assert client.post("/projects/16/groups", json=PLACE).status_code == 404


# Downloads

WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Co", "Cn", "Zl", "Zp"]), min_size=1, max_size=8
)
TEXTS = st.lists(WORDS.filter(str.strip), min_size=1, max_size=5).map(" ".join)
NAMES = st.sampled_from(["source", "Stars", "ä ö", "a,b", 'q"', "class", "document", "Text", "x;y"])
VALUES = (
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.sampled_from(["web", "1", "true", "=1+1", " a\n"])
)
DOCUMENTS = st.lists(
    st.builds(lambda text, meta: {**meta, "text": text}, TEXTS, st.dictionaries(NAMES, VALUES, max_size=4)),
    min_size=1,
    max_size=6,
)


def as_read(value: Cell, format: str) -> Cell:
    """Return what comes back of a cell: CSV knows texts only."""
    if format != "csv" or value is None or isinstance(value, str):
        return value
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(DOCUMENTS, st.sampled_from(FORMATS))
@settings(max_examples=40, deadline=None)
def test_downloaded_group_uploaded_again_gives_the_same_documents(entries: list[Any], format: str) -> None:
    client = as_person(SHARED, "owner@example.com")
    group = create(client, documents=entries)
    answer = client.get(f"{GROUPS}/{group['id']}/download", params={"format": format})
    assert answer.status_code == 200, answer.text
    name = answer.headers["content-disposition"].split('"')[1]
    assert name == f"group-{group['id']}.{format}"
    again = create(client, file_id=upload(client, answer.content, name).json()["id"])
    wanted = [
        {key: as_read(value, format) for key, value in entry.items() if value is not None and value != ""}
        for entry in entries
    ]
    found = documents(client, again)
    assert [{key: value for key, value in one.items() if key not in ("id", "segments")} for one in found] == wanted
    SHARED.sandbox.reset()


SHARED = create_app(small_world(), Settings(check_responses=True))


def test_download_names_its_columns_and_says_what_it_is(client: Client) -> None:
    group = create(client, name="W", documents=[{"text": "A.", "stars": 4}, {"text": "B.", "source": "web"}])
    path = f"{GROUPS}/{group['id']}/download"
    first, second = (one["id"] for one in documents(client, group))
    assert client.get(path).text == f"id,text,stars,source\r\n{first},A.,4,\r\n{second},B.,,web\r\n"
    assert client.get(path).headers["content-type"] == "text/csv; charset=utf-8"
    assert client.get(path, params={"format": "json"}).json()[0] == {
        "id": first, "text": "A.", "stars": 4, "source": None,
    }  # fmt: skip
    assert client.get(path, params={"format": "pdf"}).status_code == 400


def test_text_that_is_too_long_for_a_format_is_refused_there_only(client: Client) -> None:
    group = create(client, documents=[{"text": "word " * 8000}], split=False)
    path = f"{GROUPS}/{group['id']}/download"
    answer = client.get(path, params={"format": "xlsx"})
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (400, "query.format")
    assert client.get(path, params={"format": "csv"}).status_code == 200


def test_xlsx_is_uploaded_too(client: Client) -> None:
    file = write_sheet("xlsx", ["text", "n"], [["A.", 1], ["B.", None]])
    found = documents(client, create(client, file_id=upload(client, file, "a.xlsx").json()["id"]))
    assert [(one["text"], one.get("n")) for one in found] == [("A.", 1), ("B.", None)]
