"""Statuses of the operations tagged Extraction that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach


@reach("extract_document", 409, "with a model whose training failed")
def untrained_model(stage: Stage) -> Any:
    return stage.call("extract_document", path={"model_id": 63})
