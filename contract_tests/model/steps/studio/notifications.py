"""What people are told."""

from typing import Any

from contract_tests.model.chooser import Chooser
from contract_tests.model.steps import Path
from contract_tests.model.steps.studio.parts import page


def _change(c: Chooser, path: Path) -> dict[str, Any]:
    return {"read": c.of(("2026-03-06T10:20:00Z", None))}


QUERIES = {"list_notifications": page, "list_user_notifications": page}
BODIES = {"change_notification": _change, "change_user_notification": _change}
