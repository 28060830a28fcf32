"""Models: their training, and lists of them."""

from typing import Any

from contract_tests.model.chooser import Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.parts import TYPES, page, some_sessions


def _list(c: Chooser, path: Path) -> dict[str, Any]:
    return c.page() | c.fields(
        public=lambda: c.of((True, False)),
        starred=lambda: True,
        type=lambda: c.of(TYPES),
        search=lambda: c.of(("hotel", "Sentiment")),
        exclude_id=lambda: c.one("Model", "model"),
    )


def _training(c: Chooser, path: Path) -> dict[str, Any]:
    sessions = some_sessions(c, path)
    field = c.of(("annotation_ids", "trainset_annotation_ids"))
    base = c.fields(base_id=lambda: c.one("Model", "model"), language=lambda: c.of(("en", "de")))
    return {"display_name": c.name(), field: sessions, **base}


def _change(c: Chooser, path: Path) -> dict[str, Any]:
    return {"display_name": c.name()} | c.fields(
        short_description=c.text,
        language=lambda: "de",
        status=lambda: c.of(("READY", "ACTIVE", "PUBLISHED", "TRAINING")),
    )


QUERIES = {"list_models": _list, "list_workspace_models": _list, "list_model_analyses": page}
BODIES = {"train_model": _training, "change_model": _change, "change_project_model": _change}
