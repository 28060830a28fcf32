"""Groups of documents."""

from typing import Any

from contract_tests.model.chooser import Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.parts import (
    credential,
    detailed,
    detailed_page,
    file_format,
    file_id,
    known_documents,
    new_documents,
    rows_file,
    some_documents,
)


def _group(c: Chooser, path: Path) -> dict[str, Any]:
    if c.rarely(4):
        return {"name": c.name(), "file_id": file_id(c, "GROUP"), "column": c.below(3), "header_first": True}
    return {
        "name": c.name(),
        "documents": new_documents(c) if c.below(2) else [{"id": one} for one in known_documents(c, path)],
    }


QUERIES = {
    "list_group_documents": lambda c, path: detailed_page(c, path) | c.fields(search=lambda: "was"),
    "get_group_document": detailed,
    "download_group": file_format,
}
BODIES = {
    "create_group": _group,
    "change_group": lambda c, path: c.fields(name=c.name) | some_documents(c, path),
}
FORMS = {"connect_group_source": credential}
FILES = {"upload_group_file": rows_file}
