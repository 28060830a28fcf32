"""Classes of a project."""

from typing import Any

from contract_tests.model.chooser import TEXTS, Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.parts import file_format


def _class(c: Chooser, path: Path) -> dict[str, Any]:
    return {"name": c.name(), **c.fields(example=c.text, description=c.text)}


QUERIES = {"download_classes": file_format}
BODIES = {
    "create_class": _class,
    "change_class": _class,
    "upload_classes": lambda c, path: [_class(c, path) for _ in range(1 + c.below(3))],
}
FILES = {"upload_classes_file": lambda c, path: c.table(("name", ("Comfort", "Food", "Noise")), ("description", TEXTS))}
