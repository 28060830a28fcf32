"""Steps of Label Studio: the annotations of a task."""

from typing import Any

from contract_tests.model.asks import FIRST, Ask
from contract_tests.model.chooser import NOWHERE, STRANGE, Chooser
from contract_tests.model.steps import Path, Steps

RESULT = [
    {
        "id": "kV3xQ1",
        "from_name": "sentiment",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": ["Negative"]},
    }
]


def _id(c: Chooser, path: Path) -> int:
    """Choose an annotation, mostly the newest: that is the story's own."""
    if c.rarely(STRANGE):
        return NOWHERE
    return c.mostly(c.ids("LsAnnotation", "annotation")[::-1])


def _of_task(c: Chooser) -> Path:
    return {"id": c.one("LsTask", "task")}


def _annotation(c: Chooser, path: Path) -> dict[str, Any]:
    return {"result": c.of((RESULT, []))} | c.fields(
        lead_time=lambda: c.of((14.2, 0)),
        was_cancelled=lambda: c.of((True, False)),
        ground_truth=lambda: c.of((True, False)),
        parent_annotation=lambda: c.one("LsAnnotation", "annotation"),
        completed_by=lambda: c.one("LsUser", "user"),
    )


STEPS = Steps(
    {"id": _id},
    places={"list_annotations": _of_task, "create_annotation": _of_task},
    queries={
        "list_annotations": lambda c, path: c.fields(ordering=lambda: c.of(("id", "-id", "updated_at", "nothing")))
    },
    bodies={"create_annotation": _annotation, "change_annotation": _annotation},
    left_out=frozenset({"refresh_token"}),  # its answer is nothing but a secret
    own=frozenset({"Annotations"}),
    beginning=lambda given, mark: Ask(operation="list_annotations", person=FIRST, path={"id": given["task"]}),
)
