"""What is shown on request is shown when it was asked for, and only then."""

from collections.abc import Iterator
from typing import Any

from contract_tests.checks.answer import Answer, rows
from contract_tests.checks.registry import check

ALWAYS = {"id", "text", "segments"}


@check
def details_are_those_asked_for(answer: Answer) -> Iterator[str]:
    """`details` decides whether segments, tags and attributes of documents are in an answer, and whether analyses show documents."""
    operation = answer.operation
    if not answer.is_success or operation is None or "details" not in operation.query:
        return
    asked = set(answer.asked_list("details"))
    if operation.name == "list_projects":
        yield from _projects(answer)
    elif "analys" in operation.name and operation.name != "list_analysis_documents":
        for entry in rows(answer.body) or [answer.body]:
            yield from _analysis(entry, asked)
    else:
        for document in _documents(answer.body):
            yield from _document(document, asked)


@check
def full_data_is_shown_on_request(answer: Answer) -> Iterator[str]:
    """`with_full_data` decides whether reviews have their data; `classes` and `labels` which half of tags is shown."""
    operation = answer.operation
    if not answer.is_success or operation is None:
        return
    if "with_full_data" in operation.query and isinstance(answer.body, list):
        wanted = answer.asked("with_full_data") == "true"
        for review in answer.body:
            if ("data" in review) != wanted:
                yield f"review {review.get('review_id')} {'lacks' if wanted else 'has'} data, asked for was {wanted}"
    if operation.name == "list_project_tags" and isinstance(answer.body, dict):
        for half, field in (("classes", "class"), ("labels", "label")):
            wanted = answer.asked(half) != "false"
            for tag in answer.body.get("tags", ()):
                if (field in tag) != wanted:
                    yield f"tag {tag.get('id')} {'lacks' if wanted else 'has'} {field}; {half} is {answer.asked(half)}"


def _projects(answer: Answer) -> Iterator[str]:
    wanted = answer.asked("details") == "true"
    for project in answer.body if isinstance(answer.body, list) else ():
        filled = [name for name in ("classes", "labels", "models") if project.get(name)]
        if filled and not wanted:
            yield f"project {project.get('id')} shows its {', '.join(filled)} without details=true"


def _analysis(entry: Any, asked: set[str]) -> Iterator[str]:
    if not isinstance(entry, dict) or "id" not in entry:  # a page without any is no analysis
        return
    if ("documents" in entry) != bool(asked):
        yield f"analysis {entry.get('id')} {'has no' if asked else 'has'} documents; details is {_told(asked)}"
    for document in entry.get("documents", ()):
        yield from _document(document, asked)


def _document(document: dict[str, Any], asked: set[str]) -> Iterator[str]:
    name = f"document {document.get('id')}"
    wanted = bool(asked & {"segments", "tags"})
    if ("segments" in document) != wanted and isinstance(document.get("segments", []), list):
        yield f"{name} {'has no' if wanted else 'has'} segments; details is {_told(asked)}"
    for segment in document["segments"] if isinstance(document.get("segments"), list) else ():
        if ("tags" in segment) != ("tags" in asked):
            yield f"{name} {'has' if 'tags' in segment else 'has no'} tags; details is {_told(asked)}"
            break
    more = document.keys() - ALWAYS
    if more and "meta" not in asked:
        yield f"{name} shows {', '.join(sorted(more)[:3])} without details=meta"


def _documents(body: Any) -> list[dict[str, Any]]:
    """Return the documents of an answer: a list, a page, a session with its documents, or one document."""
    if isinstance(body, list):
        return [entry for entry in body if isinstance(entry, dict)]
    if not isinstance(body, dict):
        return []
    if isinstance(body.get("documents"), list):
        return [entry for entry in body["documents"] if isinstance(entry, dict)]
    return [body] if "text" in body else []


def _told(asked: set[str]) -> str:
    return ",".join(sorted(asked)) or "not sent"
