"""Labeling sessions, their documents and the tags in them."""

from typing import Any

from contract_tests.model.chooser import TEXTS, Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.parts import (
    STATUSES,
    credential,
    detailed,
    detailed_page,
    file_format,
    mark,
    some_documents,
    some_names,
    tag,
    tag_place,
)

_TAG = tag_place("ANNOTATION", "annotation_id")


def _session(c: Chooser, path: Path) -> dict[str, Any]:
    if c.rarely(5):
        return {"name": c.name(), "sample_size": c.of((1, 2, 100)), "auto": c.of((False, True))}
    chosen = c.fields(classes=lambda: some_names(c, "ModelClass", path), labels=lambda: some_names(c, "Label", path))
    return {"name": c.name(), **some_documents(c, path), **chosen}


def _change(c: Chooser, path: Path) -> dict[str, Any]:
    return c.fields(name=c.name, classes=lambda: some_names(c, "ModelClass", path)) | some_documents(c, path)


PLACES = {"get_segment_tag": _TAG, "change_segment_tag": _TAG, "delete_segment_tag": _TAG}
QUERIES = {
    "list_sessions": lambda c, path: c.fields(
        mode=lambda: c.of((["CORRECTION"], ["ANNOTATION"])), status=lambda: c.of(STATUSES)
    ),
    "list_session_documents": detailed_page,
    "get_session_document": detailed,
    "download_session": file_format,
    "download_sessions": file_format,
}
BODIES = {
    "create_session": _session,
    "change_session": _change,
    "mark_document": mark,
    "mark_page": mark,
    "mark_segment": mark,
    "create_segment_tag": tag,
    "change_segment_tag": tag,
}
FORMS = {
    "upload_session_file": lambda c, path: c.fields(show_preview=lambda: c.of((True, False))),
    "connect_session_source": credential,
}
FILES = {
    "upload_session_file": lambda c, path: c.table(
        ("text", TEXTS), ("class", ("Comfort", "Food")), ("label", ("POS", "X"))
    ),
}
