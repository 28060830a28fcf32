"""Reviews by people of what a model is not sure of."""

from typing import Any

from contract_tests.model.chooser import Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.paths import model


def _hitl(c: Chooser, path: Path) -> dict[str, Any]:
    return {"name": c.name()} | c.fields(
        description=c.text,
        model_id=lambda: model(c, path),
        is_live=lambda: c.of((True, False)),
        assigned_user_id=lambda: c.one("User", "user"),
    )


QUERIES = {"list_hitl_reviews": lambda c, path: c.fields(with_full_data=lambda: c.of((True, False)))}
BODIES = {
    "create_hitl": _hitl,
    "change_hitl": _hitl,
    "assign_hitl": lambda c, path: {"assigned_user_id": c.of((c.one("User", "user"), None))},
}
