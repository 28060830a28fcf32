"""Statuses of the operations tagged Projects that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach


@reach("create_labeling_project", 201, "for a new slug")
def new_slug(stage: Stage) -> Any:
    json = {"name": "Rooftop answers", "slug": "rooftop-answers", "source_type": "conversations"}
    return stage.call("create_labeling_project", json=json)


@reach("create_labeling_project", 409, "for a slug that is taken in the workspace")
def taken_slug(stage: Stage) -> Any:
    return stage.call("create_labeling_project")


@reach("change_labeling_project", 409, "for the slug of another project")
def slug_of_another(stage: Stage) -> Any:
    return stage.call("change_labeling_project", json={"slug": "winter-pilot"})
