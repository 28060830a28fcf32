"""Statuses of the operations tagged Documents that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach
UNFIT = {"text": "The lift was slow.", "segments": [{"text": "Nothing of the kind."}]}


@reach("create_document", 409, "for a segment that is not in the text")
def unfit_segment(stage: Stage) -> Any:
    return stage.call("create_document", json=UNFIT)


@reach("upload_documents", 409, "for a segment that is not in the text")
def unfit_segments(stage: Stage) -> Any:
    return stage.call("upload_documents", json=[UNFIT])
