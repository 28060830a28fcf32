"""An answer speaks of what the path names, and of nothing else."""

from collections.abc import Iterator
from typing import Any

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check

NOT_THE_PATHS = {"clone_project"}  # whose answer is another project
FIELDS = {  # path parameter → field of an answer that must be the same wherever it stands at the top
    "project_id": "project_id",
    "annotation_id": "annotation_id",
    "document_id": "document_id",
    "segment_id": "segment_id",
    "hitl_id": "hitl_id",
    "organization_id": "organization_id",
}
OWN = {"correction_id": "annotation_id"}  # the mark of a corrected segment names its session so


@check
def answers_speak_of_what_was_asked_for(answer: Answer) -> Iterator[str]:
    """The id in the answer is that in the path, and so are those of what it belongs to."""
    operation = answer.operation
    if not answer.is_success or operation is None or operation.name in NOT_THE_PATHS:
        return
    entries = answer.body if isinstance(answer.body, list) else [answer.body]
    for at, entry in enumerate(entries):
        place = f"[{at}]." if isinstance(answer.body, list) else ""
        if isinstance(entry, dict):
            yield from _belongs(answer, entry, place)
    if isinstance(answer.body, dict):
        yield from _is_the_one(answer, answer.body)
        for name in ("segment", "items"):
            yield from _inner(answer, answer.body.get(name), name)


def _is_the_one(answer: Answer, body: dict[str, Any]) -> Iterator[str]:
    assert answer.operation is not None
    name = answer.operation.last_parameter
    told = answer.path.get(name or "")
    if name is None or told is None or "id" not in body:
        return
    known = {str(body["id"]).lower(), str(body.get("slug")), str(body.get("name"))}
    if name == "name":  # by which it was called until now
        return
    if not (told.lower() in known or told in known or _number(told) == body["id"]):
        yield f"asked for {name} {told}, the answer is about {body['id']}"


def _inner(answer: Answer, value: Any, name: str) -> Iterator[str]:
    for at, entry in enumerate(value if isinstance(value, list) else [value]):
        if isinstance(entry, dict):
            yield from _belongs(answer, entry, f"{name}[{at}]." if isinstance(value, list) else f"{name}.")


def _belongs(answer: Answer, entry: dict[str, Any], place: str) -> Iterator[str]:
    for parameter, field in {**FIELDS, **OWN}.items():
        told, shown = answer.path.get(parameter), entry.get(field)
        if told is None or shown is None or (answer.is_aliased and parameter == "organization_id"):
            continue
        if str(shown).lower() != told.lower() and _number(told) != shown:
            yield f"{place}{field} is {shown}, the path names {told}"


def _number(told: str) -> int | None:
    try:
        return int(told)
    except ValueError:
        return None
