"""What tests of labeling sessions share: documents to send, requests in one line, what is shown of a session."""

from typing import Any

from mock_server.app import App
from mock_server.studio.rows import Document
from tests.conftest import Client

AT = "/projects/11/annotations"
NEW = {"text": "The pool was warm. The bar was closed."}
TAGGED = {
    "text": "The pool was warm. The bar was closed.",
    "segments": [
        {"text": "The pool was warm.", "tags": [{"class": "Comfort", "label": "POS", "span": [4, 8]}]},
        {"text": "The bar was closed."},
    ],
}
POS = {"class": "Comfort", "label": "POS"}
MARK = {"name": "ANNOTATED"}


def documents_of(app: App, project_id: int = 11) -> list[Document]:
    return list(app.sandbox.begin().rows(Document, project_id=project_id))


def create(client: Client, at: str = AT, status: int = 201, **body: Any) -> Any:
    answer = client.post(at, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def upload(client: Client, content: str | bytes, name: str = "reviews.csv", at: str = AT, **fields: str) -> Any:
    raw = content.encode() if isinstance(content, str) else content
    return client.post(f"{at}/upload", files={"file": (name, raw)}, data=fields)


def session_of(client: Client, session: Any, at: str = AT) -> Any:
    return client.get(f"{at}/{session['id']}").json()


def shown(client: Client, session: Any, at: str = AT) -> list[Any]:
    """The documents of a session with everything that there is to be seen."""
    answer = client.get(f"{at}/{session['id']}/documents", params={"details": "segments,tags,meta"})
    assert answer.status_code == 200, answer.text
    return answer.json()["documents"]  # type: ignore[no-any-return]


def said(documents: list[Any]) -> list[Any]:
    """What documents say, without ids: the text, its segments, their tags."""
    return [
        (
            document["text"],
            [(part["span"], [(tag["class"], tag["label"]) for tag in part["tags"]]) for part in document["segments"]],
        )
        for document in documents
    ]


def places_of(client: Client, session: Any) -> list[str]:
    """The paths of the segments of a session of project 11."""
    return [
        f"{AT}/{session['id']}/documents/{document['id']}/segments/{part['id']}"
        for document in shown(client, session)
        for part in document["segments"]
    ]
