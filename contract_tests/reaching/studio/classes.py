"""Statuses of the operations tagged Classes that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach


@reach("create_class", 201, "for a new name")
def new_name(stage: Stage) -> Any:
    return stage.call("create_class", json={"name": "Rooftop"})


@reach("create_class", 409, "for a name that is taken in the project")
def taken_name(stage: Stage) -> Any:
    return stage.call("create_class")


@reach("upload_classes_file", 200, "for a file of new names")
def file_of_new_names(stage: Stage) -> Any:
    return stage.call("upload_classes_file", files={"file": ("classes.csv", b"name\nRooftop\nGarden\n")})


@reach("upload_classes_file", 409, "for a file with a name that is taken")
def file_of_taken_names(stage: Stage) -> Any:
    return stage.call("upload_classes_file")


@reach("change_class", 409, "for the name of another class")
def name_of_another(stage: Stage) -> Any:
    return stage.call("change_class", json={"name": "Staff"})


@reach("upload_classes", 201, "for new names")
def new_names(stage: Stage) -> Any:
    return stage.call("upload_classes", json=[{"name": "Rooftop"}, {"name": "Garden"}])


@reach("upload_classes", 409, "for names of which one is taken")
def taken_names(stage: Stage) -> Any:
    return stage.call("upload_classes")
