"""Statuses of the operations tagged Tasks that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.generic import NO_UUID
from contract_tests.reaching.recipe import WRITES, Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach
COMPLETED = {"project_id": "7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d02"}


@reach("claim_labeling_task", 409, "in a project that is completed")
def completed_project(stage: Stage) -> Any:
    return stage.call("claim_labeling_task", path=COMPLETED)


@reach("assign_labeling_tasks", 404, "to somebody whom there is not", WRITES)
def nobody(stage: Stage) -> Any:
    return stage.call("assign_labeling_tasks", json={"task_ids": [NO_UUID], "assignee_id": NO_UUID})
