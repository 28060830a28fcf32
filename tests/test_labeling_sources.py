"""Where the documents and tags of a labeling session come from: bodies, the project, attributes, external sources."""

from typing import Any

import pytest

from mock_server.app import App
from mock_server.studio.domain.documents import new_document
from mock_server.studio.rows import Credential
from mock_server.world.integrity import dangling
from tests.conftest import Client
from tests.sessions import AT, NEW, POS, TAGGED, create, documents_of, said, session_of, shown


@pytest.fixture(autouse=True)
def sound(app: App) -> Any:
    """After every test nothing dangles and every count is right."""
    yield
    assert dangling(app.sandbox.world) == []


# Where the documents come from


def test_new_documents_come_into_the_project_and_into_a_group(client: Client, app: App) -> None:
    made = create(
        client, name="New ones", documents=[TAGGED, {**NEW, "stars": 4}], document_ids=[documents_of(app)[0].id]
    )
    first, second = shown(client, made)[1:]
    assert first["segments"][0]["tags"][0] | POS == first["segments"][0]["tags"][0]
    assert (second["stars"], [part["tags"] for part in second["segments"]]) == (4, [[], []])
    group = client.get(f"/projects/11/groups/{made['document_group_id']}").json()
    assert (group["name"], group["source"], group["document_count"]) == ("New ones", "ANNOTATIONS", 2)
    assert [row.id for row in documents_of(app)][-2:] == [first["id"], second["id"]]
    assert made["progress"] == 0 and session_of(client, made)["document_count"] == 3


def test_documents_that_come_twice_are_taken_once(client: Client, app: App) -> None:
    first = documents_of(app)[0].id
    made = create(client, document_ids=[first, first])
    assert client.put(f"{AT}/{made['id']}", json={"document_ids": [first]}).json()["document_count"] == 1


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        ({"document_ids": [404]}, 404, "The document 404 was not found"),
        ({"document_ids": [3]}, 404, None),  # of another project
        ({"document_ids": [2**62]}, 404, None),
        ({"classes": ["Parking"]}, 409, 'The project has no class "Parking"'),
        ({"labels": ["MIXED"]}, 409, 'The project has no label "MIXED"'),
        ({"documents": [{**NEW, "tags": [{"class": "Parking", "label": "POS"}]}]}, 409, None),
        (
            {"documents": [{**NEW, "tags": [POS]}], "classes": ["Staff"]},
            409,
            'The labeling session has no class "Comfort"',
        ),
        ({"documents": [{**NEW, "tags": [{"class": "Parking", "label": "POS"}]}], "sample_size": 1}, 409, None),
        ({"documents": [{**NEW, "tags": [{"class": "Comfort"}]}]}, 409, None),
        ({"documents": [{**NEW, "segments": [{"text": "Nothing of the kind."}]}]}, 409, None),
        ({"documents": [{**NEW, "segments": [{"span": [0, 900]}]}]}, 409, None),
        ({"file_id": "7d9f5a4e-3b1c-4f0e-9a55-0c4d1f6f2a10"}, 404, None),
        ({"credential_id": 404, "source": "zendesk"}, 404, "The credential 404 was not found"),
        ({"credential_id": 1.5, "source": "zendesk"}, 404, None),
        ({"credential_id": 1, "source": "another"}, 404, None),
        ({"sample_size": 0}, 400, None),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_stays(
    client: Client, app: App, body: Any, status: int, message: str | None
) -> None:
    before = app.sandbox.world
    told = create(client, status=status, **body)["message"]
    assert message in (None, told)
    assert app.sandbox.world is before


def test_tags_that_belong_to_no_session_are_copied_into_one(client: Client, app: App) -> None:
    client.post("/projects/11/upload-documents", json=[{**NEW, "tags": [POS]}])
    client.advance(5)
    made = create(client, classes=["Comfort"], labels=["POS"])
    other = create(client, classes=["Staff"])
    tags = [len(part["tags"]) for part in shown(client, made)[-1]["segments"]]
    assert (tags, shown(client, other)[-1]["segments"][0]["tags"]) == ([1, 1], [])
    assert session_of(client, made)["progress"] == 0


@pytest.mark.parametrize(
    ("project", "meta", "tags"),
    [
        (11, {"topic": "Comfort", "mood": "NEG"}, [("Comfort", "NEG")]),
        (11, {"topic": "Comfort"}, []),
        (11, {"aspect": "Staff", "other": "Comfort", "Label": "POS", "mood": "NEG"}, [("Staff", "POS")]),
        (12, {"one": "Comfort", "two": "Staff", "label": "POS"}, [("Comfort", None), ("Staff", None)]),
        (13, {"class": "Comfort", "label": "POS", "stars": 4}, [(None, "POS")]),
        (14, {"class": "Comfort"}, [("Comfort", None)]),
        (14, {"class": "comfort", "label": "Something"}, []),
    ],
)
def test_auto_makes_tags_of_attributes_and_marks_their_segments(
    client: Client, project: int, meta: Any, tags: list[Any]
) -> None:
    at = f"/projects/{project}/annotations"
    made = create(client, at, auto=True, documents=[{**NEW, **meta}])
    client.advance(1)
    document = shown(client, made, at)[0]
    assert [said([document])[0][1][at][1] for at in (0, 1)] == [tags, tags]
    after = session_of(client, made, at)
    assert (after["status"], after["progress"]) == (("FINISHED", 100) if tags else ("ANNOTATING", 0))
    plain = create(client, at, document_ids=[document["id"]])
    assert shown(client, plain, at)[0]["segments"][0]["tags"] == []


def test_a_source_gives_what_fits_and_leaves_out_the_rest(client: Client, app: App) -> None:
    tx = app.sandbox.begin()
    records = (
        {"text": "The lift was slow.", "class": "Comfort", "label": "NEG", "updated": "2026-02-01T00:00:00Z"},
        {"text": "Where can I park?", "class": "Parking", "label": "NEG", "updated": "2026-02-03T00:00:00Z"},
    )
    tx.put(Credential(id=tx.new_id(Credential), organization_id=1, source="desk", name="Desk", records=records))
    app.sandbox.commit(tx)
    answer = client.post(f"{AT}/connect", files={"credential_id": (None, "2"), "source": (None, "desk")})
    assert answer.status_code == 200, answer.text
    client.advance(1)
    made = session_of(client, answer.json())
    assert (made["name"], made["progress"], made["status"]) == ("desk", 50, "ANNOTATING")
    assert [text for text, _ in said(shown(client, made))] == ["The lift was slow.", "Where can I park?"]
    late = create(client, credential_id=2, source="desk", parameters={"updated_since": "2026-02-02T00:00:00Z"})
    assert [text for text, _ in said(shown(client, late))] == ["Where can I park?"]


@pytest.mark.parametrize("fields", [{"credential_id": "404"}, {"source": "another"}, {"credential_id": "0.5"}])
def test_credentials_that_do_not_serve_are_invalid(client: Client, fields: dict[str, str]) -> None:
    form = {"credential_id": "1", "source": "zendesk", **fields}
    answer = client.post(f"{AT}/connect", files={name: (None, value) for name, value in form.items()})
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid credentials")


def test_a_session_over_many_documents_is_quick(app: App, client: Client) -> None:
    tx = app.sandbox.begin()
    for number in range(300):
        new_document(tx, 12, f"Review {number}.", ((0, len(f"Review {number}.")),))
    app.sandbox.commit(tx)
    at = "/projects/12/annotations"
    made = create(client, at)
    assert made["document_count"] == 302
    page = client.get(f"{at}/{made['id']}/documents", params={"offset": 300}).json()["documents"]
    assert [entry["text"] for entry in page] == ["Review 298.", "Review 299."]
