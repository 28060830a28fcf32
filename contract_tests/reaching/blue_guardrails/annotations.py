"""Statuses of the operations tagged Annotations that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.generic import NO_UUID
from contract_tests.reaching.recipe import WRITES, Book
from contract_tests.reaching.stage import JSON, Stage

book = Book()
reach = book.reach
FOREIGN = {"label": "no-such-label"}


def example(stage: Stage) -> dict[str, Any]:
    """Return the annotation of the example."""
    found: dict[str, Any] = stage.operations["create_labeling_annotation"].example(JSON)
    return found


@reach("create_labeling_annotation", 404, "for an evaluation that there is not", WRITES)
def no_such_evaluation(stage: Stage) -> Any:
    return stage.call("create_labeling_annotation", json={**example(stage), "evaluation_id": NO_UUID})


@reach("create_labeling_annotation", 409, "for a label that the project has not")
def foreign_label(stage: Stage) -> Any:
    return stage.call("create_labeling_annotation", json={**example(stage), **FOREIGN})


@reach("change_labeling_annotation", 409, "for a label that the project has not")
def change_to_foreign_label(stage: Stage) -> Any:
    return stage.call("change_labeling_annotation", json=FOREIGN)
