"""Documents of a project."""

from typing import Any

from contract_tests.model.chooser import Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.parts import detailed, detailed_page, new_document, new_documents


def _list(c: Chooser, path: Path) -> dict[str, Any]:
    project = path["project_id"]
    return detailed_page(c, path) | c.fields(
        search=lambda: c.of(("bed", "was", "Zimmer", "%")),
        annotation_id=lambda: c.one("Session", "annotation", project_id=project),
        group_id=lambda: c.one("Group", "group", project_id=project),
        grouped=lambda: c.of((True, False)),
        analysed=lambda: c.of((True, False)),
    )


QUERIES = {"list_documents": _list, "get_document": detailed}
BODIES = {
    "create_document": lambda c, path: new_document(c),
    "change_document": lambda c, path: {"text": c.text()},
    "upload_documents": lambda c, path: new_documents(c),
}
