"""Files of labeled documents: what is uploaded becomes a session, what is downloaded can be uploaded again."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.app import App
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.sessions import AT, MARK, POS, TAGGED, create, said, session_of, shown, upload


@pytest.fixture(autouse=True)
def sound(app: App) -> Any:
    """After every test nothing dangles and every count is right."""
    yield
    assert dangling(app.sandbox.world) == []


def test_rows_with_the_same_text_are_one_document_with_several_tags(client: Client) -> None:
    rows = ("Warm pool.;Comfort;POS;5", "Warm pool.;Staff;NEG;1", "Plain.;;;3", ";Staff;POS;")
    made = upload(client, "\n".join(("Review;Aspect;Label;stars", *rows))).json()
    assert (made["name"], made["status"], made["document_count"]) == ("reviews.csv", "STARTED", 2)
    warm, plain = shown(client, made)
    assert said([warm])[0][1][0][1] == [("Comfort", "POS"), ("Staff", "NEG")]
    assert (warm["stars"], plain["stars"], said([plain])[0][1][0][1]) == ("5", "3", [])
    client.advance(1)
    assert session_of(client, made)["progress"] == 50  # what comes with tags counts as done


def test_a_file_is_previewed_first_and_its_columns_mapped_then(client: Client) -> None:
    content = "thema,kommentar,note\nComfort,Das Bett war weich.,POS\n"
    kept = upload(client, content, show_preview="true").json()
    assert kept["preview"] == [["thema", "kommentar", "note"], ["Comfort", "Das Bett war weich.", "POS"]]
    mapping = {"text": "kommentar", "aspect": "thema", "label": "note"}
    made = create(client, file_id=kept["id"], column_mapping=mapping)
    assert said(shown(client, made)) == [("Das Bett war weich.", [([0, 19], [("Comfort", "POS")])])]
    told = create(client, status=409, file_id=kept["id"], column_mapping={"text": "review"})["message"]
    assert "'review'" in told
    assert client.get("/projects/12/annotations").json() == []
    create(client, "/projects/12/annotations", 404, file_id=kept["id"])


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("reviews.csv", "comment,mood\nFine.,POS\n", 400),
        ("reviews.csv", b"", 400),
        ("reviews.xlsx", b"PK\x03\x04 no workbook", 400),
        ("reviews.json", "{", 400),
        ("reviews.json", '[["Fine.", "Comfort"]]', 400),
        ("reviews.pdf", b"%PDF-1.7", 400),
        ("reviews.csv", "text,segment_start,segment_end\nFine.,0,end\n", 400),
        ("reviews.csv", "text,segment_start,segment_end\nFine.,0,99\n", 409),
        ("reviews.csv", "text,class,label\nFine.,Parking,POS\n", 409),
        ("reviews.csv", "text,class,label\nFine.,Comfort,\n", 409),
        ("reviews.txt", "The first.\nThe second.\n", 200),
        ("reviews.csv", "text\nThe first.\n", 200),
        ("reviews.jsonl", '{"text": "Fine.", "class": null, "label": null}\n', 200),
    ],
)
def test_files_that_do_not_serve_are_refused(
    client: Client, app: App, name: str, content: str | bytes, status: int
) -> None:
    before = app.sandbox.world
    answer = upload(client, content, name)
    assert answer.status_code == status, answer.text
    assert (app.sandbox.world is before) == (status != 200)


def test_columns_that_the_type_has_no_use_for_are_attributes(client: Client) -> None:
    at = "/projects/13/annotations"
    made = upload(client, "text,class,label\nFine.,Whatever,POS\n", at=at).json()
    document = shown(client, made, at)[0]
    assert (document["class"], said([document])[0][1][0][1]) == ("Whatever", [(None, "POS")])


@pytest.mark.parametrize("format", ["csv", "jsonl", "json", "xlsx"])
def test_a_downloaded_session_has_a_row_for_each_tag_and_each_segment_without_one(client: Client, format: str) -> None:
    made = create(client, documents=[TAGGED, {"text": " "}])
    client.post(f"{AT}/{made['id']}/documents/{shown(client, made)[0]['id']}/statuses", json=MARK)
    answer = client.get(f"{AT}/{made['id']}/download", params={"format": format})
    assert answer.headers["content-disposition"] == f'attachment; filename="labeling-{made["id"]}.{format}"'
    if format == "json":
        assert [(row["segment"], row["class"], row["label"], row["span_start"]) for row in answer.json()] == [
            ("The pool was warm.", "Comfort", "POS", 4),
            ("The bar was closed.", None, None, None),
            (None, None, None, None),
        ]
    if format == "csv":
        assert answer.text.splitlines()[0] == (
            "document_id,segment_id,text,segment,segment_start,segment_end,class,label,span_start,span_end"
        )
    again = upload(client, answer.content, f"again.{format}")
    assert again.status_code == 200, again.text
    assert said(shown(client, again.json())) == said(shown(client, made))


def test_the_sessions_of_a_project_are_downloaded_together(client: Client) -> None:
    first = create(client, documents=[TAGGED])
    create(client, sample_size=1)
    second = create(client, document_ids=[shown(client, first)[0]["id"]])
    answer = client.get(f"{AT}/download", params={"format": "json"})
    assert [row["annotation_id"] for row in answer.json()] == [first["id"]] * 2 + [second["id"]] * 2
    again = upload(client, answer.content, "all.json").json()
    assert said(shown(client, again)) == said(shown(client, first))
    assert client.get("/projects/12/annotations/download").text.startswith("annotation_id,document_id,")


def test_a_text_too_long_for_a_spreadsheet_is_told(client: Client) -> None:
    made = create(client, documents=[{"text": "word " * 8000, "segments": [{"span": [0, 4]}]}])
    answer = client.get(f"{AT}/{made['id']}/download", params={"format": "xlsx"})
    assert (answer.status_code, answer.json()["errors"][0]["place"]) == (400, "query.format")
    assert client.get(f"{AT}/{made['id']}/download").status_code == 200


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=12)
NAMED = st.sampled_from([None, ("Comfort", "POS"), ("Staff", "NEG"), ("Comfort", "NEG")])


@st.composite
def labeled(draw: st.DrawFn) -> dict[str, Any]:
    """A document whose segments are a sentence each, some of them with tags."""
    sentences = draw(st.lists(WORDS.map(str.strip).filter(bool), min_size=1, max_size=3))
    segments = []
    for sentence in sentences:
        found = draw(st.lists(NAMED, max_size=2, unique=True))
        segments.append({"text": sentence, "tags": [dict(zip(POS, one, strict=True)) for one in found if one]})
    return {"text": " ".join(sentences), "segments": segments, "stars": draw(st.integers(0, 5))}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(documents=st.lists(labeled(), min_size=1, max_size=3), format=st.sampled_from(["csv", "jsonl", "json", "xlsx"]))
def test_a_downloaded_session_gives_the_same_documents_and_tags_again(
    client: Client, documents: list[Any], format: str
) -> None:
    client.app.sandbox.reset()
    made = create(client, documents=documents)
    answer = client.get(f"{AT}/{made['id']}/download", params={"format": format})
    again = upload(client, answer.content, f"again.{format}")
    assert again.status_code == 200, again.text
    assert said(shown(client, again.json())) == said(shown(client, made))
    stars = [[str(document["stars"]) for document in shown(client, one)] for one in (made, again.json())]
    assert stars[0] == stars[1]
