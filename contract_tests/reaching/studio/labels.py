"""Statuses of the operations tagged Labels that only a rule of the domain gives. The labels of project 13 are free, those of 11 are not."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach
FREE = {"project_id": 13}


@reach("create_label", 201, "in a project that chooses its labels")
def new_label(stage: Stage) -> Any:
    return stage.call("create_label", path=FREE)


@reach("create_label", 409, "in a project of type ABSA")
def fixed_labels(stage: Stage) -> Any:
    return stage.call("create_label")


@reach("upload_labels_file", 200, "in a project that chooses its labels")
def file_of_labels(stage: Stage) -> Any:
    return stage.call("upload_labels_file", path=FREE)


@reach("upload_labels_file", 409, "in a project of type ABSA")
def file_for_fixed_labels(stage: Stage) -> Any:
    return stage.call("upload_labels_file")


@reach("change_label", 409, "for the name of another label")
def name_of_another(stage: Stage) -> Any:
    return stage.call("change_label", json={"name": "NEG"})


@reach("change_label_by_name", 409, "for the name of another label")
def name_of_another_by_name(stage: Stage) -> Any:
    return stage.call("change_label_by_name", json={"name": "NEG"})


@reach("delete_label", 200, "in a project that chooses its labels")
def free_label(stage: Stage) -> Any:
    made = stage.call("create_label", path=FREE).json()
    return stage.call("delete_label", path={**FREE, "label_id": made["id"]})


@reach("delete_label", 409, "in a project of type ABSA")
def fixed_label(stage: Stage) -> Any:
    return stage.call("delete_label")
