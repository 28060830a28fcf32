"""Shares, counts and ids have values that they can have."""

from collections.abc import Iterator
from typing import Any, TypeGuard

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check

PERCENT = ("progress", "predicted_score", "confidence_threshold")
SHARES = ("score", "precision", "recall", "f1")
OVER = {"FINISHED": 100.0}
OWN_NUMBERS = ("documents",)  # documents of an analysis have numbers of the caller
MODEL_DONE = ("READY", "ACTIVE", "PUBLISHED")


@check
def shares_are_in_range(answer: Answer) -> Iterator[str]:
    """A progress or a score in percent lies in 0..100, a measure of a model in 0..1."""
    if not answer.is_success:
        return
    for place, node in _facts(answer):
        for name in (*PERCENT, *SHARES):
            value, most = node.get(name), 100 if name in PERCENT else 1
            if _is_number(value) and not 0 <= value <= most:
                yield f"{_at(place, name)} is {value}, which lies outside of 0..{most}"


@check
def progress_fits_the_status(answer: Answer) -> Iterator[str]:
    """What is FINISHED is at 100 percent and says when, what is not over has no `finished`, and an upload that is over has its score."""
    if not answer.is_success:
        return
    for place, node in _facts(answer):
        if not {"status", "progress", "finished", "created"} <= node.keys():
            continue
        status, progress, finished = node["status"], node["progress"], node["finished"]
        if status == "FINISHED" and progress != 100:
            yield f"{place or 'it'} is FINISHED at {progress} percent"
        if status == "FINISHED" and finished is None:
            yield f"{place or 'it'} is FINISHED and has no time in `finished`"
        if status not in ("FINISHED", "FAILED") and finished is not None:
            yield f"{place or 'it'} is {status} and was finished at {finished}"
        if status not in ("FINISHED", "FAILED") and progress == 100 and "mode" not in node:
            yield f"{place or 'it'} is {status} at 100 percent"


@check
def ids_are_positive_and_unique(answer: Answer) -> Iterator[str]:
    """Ids of the server count from 1, and no list has the same thing twice."""
    if not answer.is_success or answer.operation is None:
        return
    for place, listed in _lists(answer.body, ""):
        if _has_numbers_of_callers(answer, place):
            continue
        ids = [_id(node) for node in listed if isinstance(node, dict)]
        told = [row_id for row_id in ids if row_id is not None]
        for row_id in told:
            if isinstance(row_id, int) and row_id < 1:
                yield f"{place or 'the list'} has the id {row_id}; ids are positive"
        if len(set(map(str, told))) < len(told) and "segment_id" not in listed[0]:
            twice = next(row_id for row_id in told if told.count(row_id) > 1)
            yield f"{place or 'the list'} has {twice} twice"


@check
def parts_have_ids_of_their_own(answer: Answer) -> Iterator[str]:
    """No two segments of an answer have the same id, and no two tags: operations reach them by it."""
    if not answer.is_success or answer.operation is None or answer.operation.name == "analyze":
        return
    for part in ("segments", "tags"):
        ids = [inner["id"] for place, node in answer.objects if "demoset" not in place for inner in _parts(node, part)]
        twice = next((row_id for row_id in ids if ids.count(row_id) > 1), None) if len(set(ids)) < len(ids) else None
        if twice is not None:
            yield f"two {part} have the id {twice}"


def _parts(node: dict[str, Any], name: str) -> list[dict[str, Any]]:
    inner = node.get(name)
    if not isinstance(inner, list):
        return []
    return [entry for entry in inner if isinstance(entry, dict) and isinstance(entry.get("id"), int)]


def _facts(answer: Answer) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the objects of an answer that the server says something with: not the attributes of documents, nor rows of a download."""
    if answer.operation is None or "download" in answer.operation.name:
        return
    for place, node in answer.objects:
        if "text" not in node:
            yield place, node


def _lists(value: Any, place: str) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, list):
        yield place, value
        for at, inner in enumerate(value):
            yield from _lists(inner, f"{place}[{at}]")
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists(inner, f"{place}.{key}" if place else key)


def _has_numbers_of_callers(answer: Answer, place: str) -> bool:
    assert answer.operation is not None
    name = answer.operation.name
    if "download" in name or (answer.api == "label_studio" and "result" in place):
        return True
    return name.startswith("analy") or ("analys" in name and place.endswith("documents")) or "demoset" in place


def _id(node: dict[str, Any]) -> Any:
    return node.get("review_id", node.get("id"))


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _at(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name
