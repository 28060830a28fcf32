"""Steps of Blue Guardrails: labeling projects, tasks and annotations."""

from collections.abc import Mapping
from typing import Any

from contract_tests.model.asks import FIRST, Ask
from contract_tests.model.chooser import Chooser
from contract_tests.model.steps import Path, Steps

NOWHERE = "00000000-0000-4000-8000-000000000000"
SLUGS = ("concierge-answers", "shorter-prompt", "second-look")
LABELS = ("wrong-fact", "unsupported", "off-topic")
STATUSES = ("accepted", "rejected", "flagged", "pending")


def _uuid(c: Chooser, table: str, **key: Any) -> Any:
    found = c.seen("uuid", [row.uuid for row in c.rows(table, **key)])
    if c.rarely(14):
        return NOWHERE
    return c.mostly(found)


def _slug(c: Chooser) -> str:
    return c.of(SLUGS) + c.mark


def _project(c: Chooser, path: Path) -> Any:
    return _uuid(c, "BgProject")


def _project_or_slug(c: Chooser, path: Path) -> Any:
    return c.of([row.slug for row in c.rows("BgProject")]) if c.rarely(3) else _project(c, path)


def _evaluation(c: Chooser) -> Any:
    found = [row.uuid for row in c.rows("BgEvaluation")]
    found += [row.evaluation_uuid for row in c.rows("BgMessage") if row.evaluation_uuid]
    return c.of((*c.seen("uuid", found), NOWHERE))


def _span(c: Chooser) -> dict[str, int]:
    start = c.below(30)
    return {"start_offset": start, "end_offset": start + c.of((5, 1, 18, 0, 5000))}


def _words(c: Chooser) -> dict[str, Any]:
    """An evaluation of the caller's with words that it has; rarely words that it has not."""
    evaluation = c.of([row for row in c.rows("BgEvaluation") if c.seen("uuid", [row.uuid])])
    message, span = c.row("BgMessage", evaluation.message_id), _span(c)
    text = next((part.get("content") or part.get("text") for part in message.parts if part["type"] == "text"), "") or ""
    words = text[span["start_offset"] : span["end_offset"]] or "nothing"
    return {"evaluation_id": evaluation.uuid, **span, "text": words}


def _new_annotation(c: Chooser, path: Path) -> dict[str, Any]:
    words = _words(c) if c.below(4) else {"evaluation_id": _evaluation(c), **_span(c), "text": "nothing"}
    return {**words, "label": c.of(LABELS), **c.fields(explanation=c.text, message_part_index=lambda: c.below(2))}


def _change(c: Chooser, path: Path) -> dict[str, Any]:
    return c.fields(
        status=lambda: c.of(STATUSES),
        label=lambda: c.of(LABELS),
        explanation=c.text,
        reviewed=lambda: c.of((True, False)),
    ) or {"reviewed": True}


def _schema(c: Chooser) -> list[dict[str, str]]:
    return [{"name": name} for name in c.some(LABELS)]


def _new_project(c: Chooser, path: Path) -> dict[str, Any]:
    body = {"name": c.name(), "slug": _slug(c), "source_type": c.of(("conversations", "experiment"))}
    return body | c.fields(
        labeling_guide=c.text,
        label_schema=lambda: _schema(c),
        source_experiment_id=lambda: NOWHERE,
        config=lambda: {"labelers_per_task": c.of((1, 2)), "auto_create_review_tasks": c.of((False, True))},
    )


def _project_change(c: Chooser, path: Path) -> dict[str, Any]:
    return c.fields(
        name=c.name,
        slug=lambda: _slug(c),
        status=lambda: c.of(("active", "draft", "archived", "completed")),
        label_schema=lambda: _schema(c),
    ) or {"name": c.name()}


def _page(c: Chooser) -> dict[str, Any]:
    return c.fields(limit=lambda: c.of((1, 2, 100, 0)))


def _tasks(c: Chooser, path: Path) -> dict[str, Any]:
    return _page(c) | c.fields(
        status=lambda: c.of(("pending", "in_progress", "completed")),
        assignee_id=lambda: _uuid(c, "BgUser"),
        lane=lambda: c.of(("task", "review")),
    )


def _annotations(c: Chooser, path: Path) -> dict[str, Any]:
    return _page(c) | c.fields(
        task_id=lambda: _uuid(c, "BgTask"),
        project_id=lambda: _uuid(c, "BgProject"),
        status=lambda: c.of(STATUSES),
        label=lambda: c.of(LABELS),
    )


def _beginning(given: Mapping[str, Any], mark: str) -> Ask:
    body = {"name": "Compared", "slug": f"compared{mark}", "source_type": "conversations"}
    return Ask(operation="create_labeling_project", person=FIRST, json=body)


STEPS = Steps(
    {
        "project_id": _project,
        "project_id_or_slug": _project_or_slug,
        "annotation_id": lambda c, path: _uuid(c, "BgAnnotation"),
    },
    queries={
        "list_labeling_projects": lambda c, path: _page(c),
        "list_labeling_tasks": _tasks,
        "list_labeling_annotations": _annotations,
    },
    bodies={
        "create_labeling_project": _new_project,
        "change_labeling_project": _project_change,
        "claim_labeling_task": lambda c, path: {"lane": c.of(("task", "review"))},
        "assign_labeling_tasks": lambda c, path: {
            "task_ids": c.some(c.seen("uuid", [row.uuid for row in c.rows("BgTask")])) or [NOWHERE],
            "assignee_id": c.of((_uuid(c, "BgUser"), None)),
        },
        "create_labeling_annotation": _new_annotation,
        "change_labeling_annotation": _change,
    },
    own=frozenset({"Projects", "Tasks", "Annotations"}),
    foreign=frozenset({"list_labeling_projects", "list_labeling_annotations"}),
    beginning=_beginning,
)
