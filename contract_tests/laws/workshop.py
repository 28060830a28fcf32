"""What laws of Studio work with: projects of their own with documents, sessions, models and analyses in them, made when first asked for."""

from collections.abc import Iterable, Iterator
from typing import Any

from contract_tests.laws.lab import Lab
from contract_tests.lessons import LESSONS, with_tag

CLASSES = ("Comfort", "Staff", "Noise")
LABELS = ("POS", "NEG")
TEXTS = (
    "The bed was soft. The hall was loud.",
    "Breakfast ended too early, and the tea was cold.",
    "Grüezi 🏔️! Das Frühstück war schön. Der Lift nicht.",
    "Zwei Nächte, kein Schlaf. Nie wieder!",
    "Reception found us a taxi at midnight.",
)
RUNNING = {"CREATED", "QUEUED", "STARTED", "TRAINING", "ANALYZING", "PROCESSING", "SAMPLING", "PREDICTING", "CLONING"}


class Workshop(Lab):
    """A lab with a project to work in. Ids are those of the target; every method reports and ends the law if it cannot do its part."""

    def project(self, kind: str = "ABSA", classes: Iterable[str] = CLASSES, labels: Iterable[str] = LABELS) -> int:
        """Create a project with classes and labels and return its id. One of the type ABSA has labels of its own."""
        made = self.ok("create_project", json={"name": self.unique(f"Laws of {kind}"), "type": kind})
        self.later("delete_project", {"project_id": made["id"]})
        at = {"project_id": made["id"]}
        for name in classes if kind != "LABEL" else ():
            self.ok("create_class", at, json={"name": name})
        for name in labels if kind not in ("ABSA", "CLASS") else ():
            self.ok("create_label", at, json={"name": name})
        return int(made["id"])

    def documents(self, project: int, texts: Iterable[str] = TEXTS, **meta: Any) -> list[int]:
        """Create documents and return their ids, in the order of the texts."""
        at = {"project_id": project}
        if not meta:
            return [int(self.ok("create_document", at, json={"text": text})["id"]) for text in texts]
        before = set(self.document_ids(project))
        self.ok("upload_documents", at, json=[{"text": text, **meta} for text in texts])
        self.settle()
        self.until(lambda page: len(page["documents"]) > len(before), "list_documents", at, query={"limit": 1000})
        return [row_id for row_id in self.document_ids(project) if row_id not in before]

    def document_ids(self, project: int) -> list[int]:
        """Return the ids of the documents of a project."""
        page = self.ok("list_documents", {"project_id": project}, query={"limit": 1000})
        return [document["id"] for document in page["documents"]]

    def session(self, project: int, **body: Any) -> dict[str, Any]:
        """Create a labeling session and return it once people can work in it."""
        made = self.ok("create_session", {"project_id": project}, json={"name": self.unique("Round"), **body})
        self.settle(2)
        at = {"project_id": project, "annotation_id": made["id"]}
        seen: dict[str, Any] = self.until(lambda one: one["status"] not in ("STARTED", "SAMPLING"), "get_session", at)
        return seen

    def labeled(self, project: int, kind: str = "ABSA") -> dict[str, Any]:
        """Create a session with texts of its own, each with a tag, enough to train from."""
        documents = [
            with_tag(text, None if kind == "LABEL" else name, None if kind == "CLASS" else label)
            for text, name, label in LESSONS
        ]
        return self.session(project, documents=documents)

    def segments(self, project: int, session: int) -> list[dict[str, Any]]:
        """Return the segments of a session with their tags; each also has its `document_id`."""
        at, query = {"project_id": project, "annotation_id": session}, {"details": "segments,tags", "limit": 1000}
        shown = self.ok("list_session_documents", at, query=query)
        return [{**segment, "document_id": one["id"]} for one in shown["documents"] for segment in one["segments"]]

    def first_segment(self, project: int, session: int) -> dict[str, Any]:
        """Return the path of the first segment of a session."""
        segment = self.segments(project, session)[0]
        path = {"project_id": project, "annotation_id": session}
        return {**path, "document_id": segment["document_id"], "segment_id": segment["id"]}

    def model(self, project: int, kind: str = "ABSA") -> dict[str, Any]:
        """Train a model and return it once it is over; one that did not become READY ends the law."""
        session = self.labeled(project, kind)
        at, body = {"project_id": project}, {"annotation_ids": [session["id"]], "display_name": self.unique("Model")}
        made = self.ok("train_model", at, json=body)
        self.settle()
        seen: dict[str, Any] = self.until(is_settled, "get_project_model", {**at, "model_id": made["id"]})
        self.expect(
            seen["status"] == "READY", f"a training from eight tagged texts ended as {seen['status']}", "train_model"
        )
        return seen

    def analysis(self, model: int, texts: Iterable[str] = TEXTS) -> dict[str, Any]:
        """Start an analysis and return it once it is over."""
        documents = [{"text": text, "channel": "web"} for text in texts]
        made = self.ok("create_analysis", json={"model_id": model, "name": self.unique("Week"), "documents": documents})
        self.settle()
        self.later("delete_analysis", {"analysis_id": made["id"]})
        seen: dict[str, Any] = self.until(is_settled, "get_analysis", {"analysis_id": made["id"]})
        return seen

    def correction(self, project: int, model: int, **body: Any) -> dict[str, Any]:
        """Start a correction session and return it once people can correct."""
        body = {"model_id": model, "name": self.unique("Corrections"), **body}
        made = self.ok("create_correction", {"project_id": project}, json=body)
        self.settle()
        at = {"project_id": project, "correction_id": made["id"]}
        seen: dict[str, Any] = self.until(is_settled, "get_correction", at)
        return seen

    def group(self, project: int, **body: Any) -> dict[str, Any]:
        """Create a group and return it once it has its documents."""
        made = self.ok("create_group", {"project_id": project}, json={"name": self.unique("Group"), **body})
        self.settle()
        seen: dict[str, Any] = self.until(is_settled, "get_group", {"project_id": project, "group_id": made["id"]})
        return seen

    def every(
        self, operation: str, path: dict[str, Any] | None = None, limit: int = 100, **query: Any
    ) -> list[dict[str, Any]]:
        """Return all entries of a list, page by page where it has pages."""
        found: list[dict[str, Any]] = []
        for page in self.pages(operation, path, limit, **query):
            found += page
        return found

    def pages(
        self, operation: str, path: dict[str, Any] | None, limit: int, **query: Any
    ) -> Iterator[list[dict[str, Any]]]:
        """Yield the pages of a list until it has no more; a list without pages is one."""
        paged = {node["name"] for node in self.target.addresses.by_id[operation].parameters} & {"offset", "cursor"}
        offset, cursor = 0, None
        while True:
            more = {
                "limit": limit,
                **({"offset": offset} if "offset" in paged else {"cursor": cursor} if cursor else {}),
            }
            answer = self.ok(operation, path, query={**query, **(more if paged else {})})
            entries = listed(answer)
            yield entries
            offset += limit
            cursor = answer.get("next_page_cursor") if isinstance(answer, dict) else None
            if not paged or not (cursor if "cursor" in paged else _has_more(answer, entries, limit)) or offset > 20_000:
                return


def is_settled(one: dict[str, Any]) -> bool:
    """Whether nothing goes on in a thing: CREATED is the end for a project and a group, which have no progress."""
    return one.get("status") not in RUNNING or (one["status"] == "CREATED" and "progress" not in one)


def listed(answer: Any) -> list[dict[str, Any]]:
    """Return the entries of a list, a page, or a session with its documents."""
    if isinstance(answer, list):
        return answer
    for name in ("documents", "items", "models", "analyses", "tags"):
        if isinstance(answer.get(name), list):
            return list(answer[name])
    raise KeyError(f"there is no list in {sorted(answer)}")


def _has_more(answer: Any, entries: list[Any], limit: int) -> bool:
    if isinstance(answer, dict) and "has_more" in answer:
        return bool(answer["has_more"])
    if isinstance(answer, dict) and "total" in answer:
        return bool(answer["offset"] + len(entries) < answer["total"])
    return len(entries) == limit
