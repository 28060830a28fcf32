"""What the requests of several nouns are made of: pages and details, texts, tags, files. Not here: what a path names (`paths`)."""

from typing import Any

from contract_tests.model.asks import File
from contract_tests.model.chooser import NOWHERE, TEXTS, Chooser, Nothing
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.paths import document

TYPES = ("ABSA", "CLASS", "LABEL", "CLASSLABEL")
STATUSES = ("ANNOTATING", "FINISHED", "SAMPLING", "PREDICTING", "FAILED")  # of sessions
_DETAILS = (["segments"], ["segments", "tags", "meta"], ["segments", "tags"], ["meta"], ["tags"])

# Queries


def page(c: Chooser, path: Path) -> dict[str, Any]:
    """A page of a list."""
    return c.page()


def detailed(c: Chooser, path: Path) -> dict[str, Any]:
    """What is shown of a document beside its text."""
    return {} if c.rarely(4) else {"details": c.of(_DETAILS)}


def detailed_page(c: Chooser, path: Path) -> dict[str, Any]:
    """A page of documents, and what is shown of them."""
    return {**c.page(), **detailed(c, path)}


def file_format(c: Chooser, path: Path) -> dict[str, Any]:
    """The form of a download, one that there is not among them."""
    return {"format": c.of(("json", "csv", "jsonl", "xlsx", "pdf"))}


# Bodies


def named(c: Chooser, path: Path) -> dict[str, Any]:
    """Nothing but a name."""
    return {"name": c.name()}


def mark(c: Chooser, path: Path) -> dict[str, Any]:
    """The mark that work on something is done."""
    return {"name": "ANNOTATED"}


def tag(c: Chooser, path: Path) -> dict[str, Any]:
    """A class and a label of the project, or what is like one; rarely with a span of its segment."""
    project = path["project_id"]
    classes = [row.name for row in c.rows("ModelClass", project_id=project)] + ["Nowhere"]
    labels = [row.name for row in c.rows("Label", project_id=project)] + ["Nowhere"]
    body = {"class": c.of(classes), "label": c.of(labels)}
    if c.rarely(4):
        body.pop(c.of(("class", "label")))
    return body | c.fields(span=lambda: c.of(([0, 3], [4, 7], [0, 0], [3, 1], [0, 9999])))


def tags(c: Chooser) -> list[Any]:
    """Return the tags that the target is known to have, in segments that it is known to have."""
    known = set(c.ids("Tag", "tag"))
    return [row for row in c.rows("Tag") if row.id in known and c.seen("segment", [row.segment_id])]


def tag_place(mode: str, name: str) -> Any:
    """Return what chooses the path of a tag in sessions of a mode, whose ids are called `name` there."""

    def place(c: Chooser) -> Path:
        sessions = {row.id for row in c.rows("Session") if row.mode == mode}
        found = [row for row in tags(c) if row.session_id in sessions]
        one = c.mostly(found)
        path = {"project_id": one.project_id, name: one.session_id}
        return path | {"document_id": one.document_id, "segment_id": one.segment_id, "tag_id": one.id}

    return place


def new_document(c: Chooser) -> dict[str, Any]:
    """A document with attributes of its own, rarely with its segments."""
    text = c.text()
    made: dict[str, Any] = {"text": text, **c.fields(source=lambda: "web", stars=lambda: 4)}
    if c.rarely(5):
        made["segments"] = [{"text": text, "span": [0, len(text)]}]
    return made


def new_documents(c: Chooser) -> list[dict[str, Any]]:
    """One to three of them."""
    return [new_document(c) for _ in range(1 + c.below(3))]


def known_documents(c: Chooser, path: Path) -> list[int]:
    """Ids of documents of the project."""
    return c.some(c.ids("Document", "document", project_id=path["project_id"])) or [document(c, path)]


def some_documents(c: Chooser, path: Path) -> dict[str, Any]:
    """Documents that are there, or new ones."""
    if c.below(3) == 2:
        return {"documents": new_documents(c)}
    return {"document_ids": known_documents(c, path)}


def some_names(c: Chooser, table: str, path: Path) -> list[str]:
    """Names of the classes or labels of the project."""
    return c.some([row.name for row in c.rows(table, project_id=path["project_id"])])


def some_sessions(c: Chooser, path: Path) -> list[int]:
    """Ids of sessions of the project."""
    return c.some(c.ids("Session", "annotation", project_id=path["project_id"])) or [NOWHERE]


# Files


def rows_file(c: Chooser, path: Path) -> File:
    """A table of texts."""
    return c.table(("text", TEXTS), ("source", ("web", "app")))


def file_id(c: Chooser, purpose: str) -> Any:
    """The id of a file that was uploaded for something."""
    return c.of([row.uuid for row in c.rows("UploadedFile") if row.purpose == purpose])


def credential(c: Chooser, path: Path) -> dict[str, Any]:
    """A credential for a source outside. Raises Nothing if there is none."""
    row = c.of(c.rows("Credential"))
    if row is None:
        raise Nothing
    return {"credential_id": row.id, "source": row.source}
