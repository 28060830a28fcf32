"""Filters, pages and details of lists hold together as they do alone."""

from typing import Any

from contract_tests.laws.explore import Explorer
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop

DETAILS = "segments,tags,meta"
DOCUMENTS = ("list_documents", "list_group_documents", "list_session_documents", "list_correction_documents")
MANY = 1000


@law(writes=False)
def details_are_shown_on_every_page(lab: Workshop) -> None:
    """A document has the same details whichever page it is on."""
    explorer = Explorer(lab, per=1)
    for operation in DOCUMENTS:
        for path in explorer.paths(operation):
            lab.scene()
            whole = lab.every(operation, path, MANY, details=DETAILS)
            paged = lab.every(operation, path, max(1, len(whole) // 3), details=DETAILS)
            lab.expect(whole == paged, "a document on a later page has other details than on the first", operation)


@law(writes=False)
def details_do_not_change_what_is_found(lab: Workshop) -> None:
    """A search for documents finds the same with details and without."""
    explorer = Explorer(lab, per=1)
    for operation in DOCUMENTS[:2]:
        for path in explorer.paths(operation):
            word = _word(lab.every(operation, path))
            lab.scene()
            plain = [one["id"] for one in lab.every(operation, path, MANY, search=word)]
            detailed = [one["id"] for one in lab.every(operation, path, MANY, search=word, details=DETAILS)]
            lab.expect(plain == detailed, f"search={word} finds others when details are asked for", operation)


@law(writes=False)
def filters_of_documents_hold_on_every_page(lab: Workshop) -> None:
    """A search for documents finds the same in one page and in many."""
    explorer = Explorer(lab, per=1)
    for operation in DOCUMENTS[:2]:
        for path in explorer.paths(operation):
            _same_on_every_page(lab, operation, path, search=_word(lab.every(operation, path)))


@law("blue_guardrails", writes=False)
def filters_of_labeling_hold_on_every_page(lab: Workshop) -> None:
    """Tasks and annotations of a status are the same in one page and in many."""
    for project in lab.every("list_labeling_projects"):
        at = {"project_id": project["id"]}
        for status in sorted({one["status"] for one in lab.every("list_labeling_tasks", at)}):
            _same_on_every_page(lab, "list_labeling_tasks", at, status=status)
    for status in sorted({one["status"] for one in lab.every("list_labeling_annotations")}):
        _same_on_every_page(lab, "list_labeling_annotations", {}, status=status)


def _same_on_every_page(lab: Workshop, operation: str, path: dict[str, Any], **query: Any) -> None:
    lab.scene()
    whole = [one["id"] for one in lab.every(operation, path, 100, **query)]
    paged = [one["id"] for one in lab.every(operation, path, max(1, len(whole) // 3), **query)]
    told = " ".join(f"{name}={value}" for name, value in query.items())
    lab.expect(whole == paged, f"{told} finds others on later pages: {paged[:5]} where {whole[:5]} are due", operation)


def _word(documents: list[dict[str, Any]]) -> str:
    """Return a word that some of the documents have."""
    words = [word for one in documents for word in one["text"].split() if word.isalpha() and len(word) > 3]
    return min(words, default="none", key=lambda word: (-words.count(word), word))
