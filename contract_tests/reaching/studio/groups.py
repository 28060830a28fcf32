"""Statuses of the operations tagged Groups that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach
FILE = "7d9f5a4e-3b1c-4f0e-9a55-0c4d1f6f2a10"
FAILED = {"project_id": 14, "group_id": 39}


@reach("create_group", 409, "for a column that the file has not")
def no_such_column(stage: Stage) -> Any:
    return stage.call("create_group", json={"name": "Winter", "file_id": FILE, "column_name": "no such column"})


@reach("change_group", 409, "for a group whose import failed")
def failed_group(stage: Stage) -> Any:
    return stage.call("change_group", path=FAILED, json={"name": "Shops"})
