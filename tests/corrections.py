"""What tests of correction sessions share: a model that has learned the texts of the small world, and a session it has read for."""

from typing import Any

from mock_server.app import App
from mock_server.studio.domain import taggers
from mock_server.studio.predicting import ClassInfo, Example, learn
from mock_server.studio.rows import Model, Project
from mock_server.world import Tx
from tests.conftest import Client
from tests.worlds import NOW

AT = "/projects/11/corrections"
LABELING = "/projects/11/annotations"
POS, NEG = {"class": "Comfort", "label": "POS"}, {"class": "Comfort", "label": "NEG"}
STAFF = {"class": "Staff", "label": "POS"}
MARK = {"name": "ANNOTATED"}
CLASSES, LABELS = ("Comfort", "Staff"), ("POS", "NEG")
TAUGHT = (
    ("The bed was soft.", ("Comfort", "POS")),
    ("The hall was loud.", ("Comfort", "NEG")),
    ("The porter was rude.", ("Staff", "NEG")),
    ("Nothing to say about the weather in those days.", None),
)
# What the model of `add_model` says of the segments of the small world, in order: it knows nothing of breakfast.
SAID = [[("Comfort", "POS")], [("Comfort", "NEG")], []]


def add_model(tx: Tx, project_id: int | None = 11, **fields: Any) -> Model:
    """Add a model that knows what is in TAUGHT, as far as projects of its type have that; a vendor's without a project."""
    project = tx.get(Project, project_id) if project_id is not None else None
    kind = fields.setdefault("type", project.type if project else "ABSA")
    examples = [Example(text, () if said is None else (_of(kind, said),)) for text, said in TAUGHT for _ in range(8)]
    tagger = learn(kind, examples, [ClassInfo(name) for name in CLASSES], LABELS)
    said = {"name": "spring", "display_name": "Spring", "tagger": taggers.plain(tagger), **fields}
    return tx.put(Model(id=tx.new_id(Model), uuid=tx.uuid(), project_id=project_id, created=NOW, **said))


def _of(kind: str, said: tuple[str, str]) -> tuple[str | None, str | None]:
    return (said[0] if kind != "LABEL" else None), (said[1] if kind != "CLASS" else None)


def with_model(app: App, project_id: int | None = 11, **fields: Any) -> Model:
    """Put the model of `add_model` into the world of an application."""
    tx = app.sandbox.begin()
    model = add_model(tx, project_id, **fields)
    app.sandbox.commit(tx)
    return model


def create(client: Client, model_id: int, at: str = AT, status: int = 201, **body: Any) -> Any:
    """Ask for a correction session and return the answer."""
    answer = client.post(at, json={"model_id": model_id, **body})
    assert answer.status_code == status, answer.text
    return answer.json()


def ready(app: App, client: Client, **body: Any) -> Any:
    """Return a correction session of project 11 in which people can work."""
    created = create(client, with_model(app).id, **body)
    client.advance(2)
    return client.get(f"{AT}/{created['id']}").json()


def documents(client: Client, session: Any, **query: Any) -> list[Any]:
    """Return the documents of a session with their tags."""
    answer = client.get(f"{AT}/{session['id']}/documents", params={"details": "tags", **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["documents"]  # type: ignore[no-any-return]


def segments(client: Client, session: Any) -> list[Any]:
    """Return the segments of a session, each with its path as `at`."""
    found = []
    for document in documents(client, session):
        for part in document["segments"]:
            at = f"{AT}/{session['id']}/documents/{document['id']}/segments/{part['id']}"
            found.append({**part, "at": at})
    return found


def said(segments: list[Any]) -> list[list[tuple[str | None, str | None]]]:
    """Return class and label of the tags of each segment."""
    return [[(tag["class"], tag["label"]) for tag in part["tags"]] for part in segments]


def rows(client: Client, session: Any) -> Any:
    """Return what a session says of how far it is: status, score, progress."""
    shown = client.get(f"{AT}/{session['id']}").json()
    return shown["status"], shown["predicted_score"], shown["progress"]


def ok(answer: Any, status: int = 200) -> Any:
    """Return what an answer of this status says."""
    assert answer.status_code == status, answer.text
    return answer.json()


def confirm(client: Client, part: Any, status: str = "READY") -> Any:
    """Give the first tag of a segment a status."""
    return ok(client.post(f"{part['at']}/tags/{part['tags'][0]['id']}/statuses", json={"status": status}))
