"""Statuses of the operations tagged HITL that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach
STRANGER = {"assigned_user_id": 9}


@reach("create_hitl", 409, "for somebody who has no role in the project")
def create_for_a_stranger(stage: Stage) -> Any:
    return stage.call("create_hitl", json={"name": "Invoices", "model_id": 66, **STRANGER})


@reach("change_hitl", 409, "for somebody who has no role in the project")
def change_for_a_stranger(stage: Stage) -> Any:
    return stage.call("change_hitl", json=STRANGER)


@reach("assign_hitl", 409, "to somebody who has no role in the project")
def assign_to_a_stranger(stage: Stage) -> Any:
    return stage.call("assign_hitl", json=STRANGER)
