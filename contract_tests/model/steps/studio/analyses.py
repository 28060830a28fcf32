"""Batch and ad-hoc analyses."""

from typing import Any

from contract_tests.model.chooser import Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.parts import detailed_page, file_format, file_id, named, page, rows_file
from contract_tests.model.steps.studio.paths import model


def _analysis(c: Chooser, path: Path) -> dict[str, Any]:
    if c.rarely(5):
        return {"name": c.name(), "model_id": model(c, {}), "file_id": file_id(c, "ANALYSIS"), "column": 0}
    documents = [{"text": c.text(), **c.fields(id=lambda: 3000 + c.below(5))} for _ in range(1 + c.below(2))]
    return {"name": c.name(), "model_id": model(c, {}), "documents": documents, **c.fields(split=lambda: False)}


def _ad_hoc(c: Chooser, path: Path) -> dict[str, Any]:
    return {"model_id": model(c, {}), "documents": [{"id": at, "text": c.text()} for at in range(1 + c.below(2))]}


QUERIES = {"list_analyses": page, "list_analysis_documents": detailed_page, "download_analysis": file_format}
BODIES = {
    "create_analysis": _analysis,
    "change_analysis": named,
    "analyze": _ad_hoc,
}
FILES = {"upload_analysis_file": rows_file}
