"""A filtered list has nothing in it that the filter leaves out. Whether all that fits is there, a law asks (`laws.filters`)."""

from collections.abc import Iterator
from typing import Any

from contract_tests.checks.answer import Answer, rows
from contract_tests.checks.registry import check

EQUAL = {  # query parameter → field that has that value
    "list_sessions": {"status": "status"},
    "list_corrections": {"status": "status"},
    "list_models": {"type": "type"},
    "list_workspace_models": {"type": "type"},
    "list_labeling_tasks": {"status": "status", "assignee_id": "assignee_id"},
    "list_labeling_annotations": {"status": "status", "label": "label"},
}
ANY_OF = {"list_sessions": {"mode": "mode"}}  # a list, of which the field has one value
SEARCHED = {
    "list_documents": ("text",),
    "list_group_documents": ("text",),
    "list_analysis_documents": ("text",),
    "list_models": ("name", "display_name"),
    "list_workspace_models": ("name", "display_name"),
}


@check
def filters_let_only_what_fits_pass(answer: Answer) -> Iterator[str]:
    """Every entry of a filtered list has what the filter asks for."""
    operation = answer.operation
    if not answer.is_success or operation is None:
        return
    for entry in rows(answer.body) or ():
        if isinstance(entry, dict):
            yield from _equal(answer, operation.name, entry)
            yield from _searched(answer, operation.name, entry)


def _equal(answer: Answer, name: str, entry: dict[str, Any]) -> Iterator[str]:
    for parameter, field in EQUAL.get(name, {}).items():
        asked = answer.asked(parameter)
        if asked is not None and str(entry.get(field)).lower() != asked.lower():
            yield f"asked for {parameter}={asked}, the list has {entry.get('id')} with {field} {entry.get(field)!r}"
    for parameter, field in ANY_OF.get(name, {}).items():
        asked_for = answer.asked_list(parameter)
        if asked_for and entry.get(field) not in asked_for:
            yield f"asked for {parameter}={','.join(asked_for)}, the list has {entry.get('id')} with {entry.get(field)!r}"
    excluded = answer.asked("exclude_id")
    if excluded is not None and excluded == str(entry.get("id")):
        yield f"asked for exclude_id={excluded}, the list has it"
    lane = answer.asked("lane")
    if name == "list_labeling_tasks" and lane is not None and (lane == "review") != bool(entry.get("source_task_id")):
        yield f"asked for lane={lane}, the list has {entry.get('id')} of the other lane"


def _searched(answer: Answer, name: str, entry: dict[str, Any]) -> Iterator[str]:
    asked = answer.asked("search")
    if asked and name in SEARCHED:
        texts = [str(entry.get(field)) for field in SEARCHED[name]]
        if not any(asked.casefold() in text.casefold() for text in texts):
            yield f"searched for {asked!r}, the list has {entry.get('id')} with {texts[0][:60]!r}"
