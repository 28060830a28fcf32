"""Projects, and the tags in them."""

from typing import Any

from contract_tests.model.chooser import Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.parts import TYPES, page, tag, tags


def _tag_of_project(c: Chooser) -> Path:
    one = c.mostly(tags(c))
    return {"project_id": one.project_id, "tag_id": one.id}


def _home(c: Chooser, path: Path) -> dict[str, Any]:
    return c.fields(organization_id=lambda: c.one("Workspace", "workspace"))


PLACES = {"change_project_tag": _tag_of_project, "delete_project_tag": _tag_of_project}
QUERIES = {
    "list_projects": lambda c, path: c.fields(details=lambda: c.of((True, False))),
    "list_project_analyses": page,
    "list_project_tags": lambda c, path: c.page() | c.fields(classes=lambda: True, labels=lambda: False),
}
BODIES = {
    "create_project": lambda c, path: {"name": c.name(), "type": c.of(TYPES)},
    "change_project": lambda c, path: {"name": c.name()} | c.fields(type=lambda: c.of(TYPES)),
    "clone_project": _home,
    "transfer_project": lambda c, path: {"organization_id": c.one("Workspace", "workspace")},
    "change_project_tag": tag,
}
