"""What was created or changed is shown as it was sent."""

from collections.abc import Iterator
from typing import Any

from contract_tests.checks.answer import Answer
from contract_tests.checks.registry import check
from contract_tests.checks.times import instant

IGNORED: dict[str, set[str]] = {  # fields that are taken and not heeded, each with a row in the ledger of evidence
    "create_class": {"id"},
    "change_class": {"id"},
    "change_model": {"uuid", "id", "owner", "progress", "project_id", "score", "type"},
    "change_project_model": {"uuid", "id", "owner", "progress", "project_id", "score", "type"},
    "train_model": {"type"},
    "create_annotation": {"task", "project", "updated_by", "result"},
    "change_annotation": {"task", "project", "updated_by", "result"},
    "change_group": {"documents", "document_ids"},
    "create_group": {"source"},
    "create_session": {"documents"},
    "change_user": {"email"},
    "register_user": {"email"},
    "log_in": {"status"},
    "analyze": {"documents"},
    "create_analysis": {"documents"},
    "mark_correction_segment": {"name"},
    "confirm_correction_tag": {"status"},
    "create_labeling_project": {"config", "source_experiment_id", "source_filter_snapshot"},
    "change_labeling_project": {"config"},
    "create_document": {"segments"},
    "extract_document": {"file"},
}
MULTIPART_TEXT = "upload_model"  # a form has texts only: numbers are compared as such


@check
def answers_show_what_was_sent(answer: Answer) -> Iterator[str]:
    """A field of the body that is in the answer as well has the value that was sent."""
    operation = answer.operation
    if not answer.is_success or operation is None or operation.method == "GET":
        return
    if not isinstance(answer.sent, dict) or not isinstance(answer.body, dict):
        return
    heeded = operation.fields - IGNORED.get(operation.name, set())
    for name, sent in answer.sent.items():
        if name not in heeded or name not in answer.body or sent is None or sent == "":
            continue
        if not _same(sent, answer.body[name]):
            yield f"{name} was sent as {_short(sent)} and is shown as {_short(answer.body[name])}"


def _same(sent: Any, shown: Any) -> bool:
    if isinstance(sent, list) and isinstance(shown, list):
        return _is_free(sent) or _contained(sent, shown)
    if isinstance(sent, dict):
        return True  # a part of it, maybe; laws look closer
    if isinstance(sent, str) and not isinstance(shown, str):
        return bool(_form(sent) == shown)
    if isinstance(sent, str) and (at := instant(sent)) is not None:
        return at == instant(shown) or sent == shown
    return bool(sent == shown)


def _contained(sent: list[Any], shown: list[Any]) -> bool:
    """A list that names something twice shows it once."""
    return set(map(_name, sent)) == set(map(_name, shown))


def _is_free(sent: list[Any]) -> bool:
    return any(isinstance(entry, dict) for entry in sent)


def _name(entry: Any) -> str:
    return str(entry.get("name")) if isinstance(entry, dict) else str(entry)


def _form(text: str) -> Any:
    """Return what a text of a form stands for."""
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        return int(text) if text.lstrip("-").isdecimal() else float(text)
    except ValueError:
        return None if text == "" else text


def _short(value: Any) -> str:
    told = repr(value)
    return told if len(told) <= 80 else told[:79] + "…"
