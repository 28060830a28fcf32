"""Statuses of the operations tagged Models that only a rule of the domain gives. The training of model 63 failed."""

from typing import Any

from contract_tests.reaching.recipe import STORY, Book
from contract_tests.reaching.stage import Stage
from contract_tests.target import FIRST

book = Book()
reach = book.reach
UNTRAINED = {"model_id": 63}
TAKEN = {"name": "guest-requests"}


def upload(stage: Stage, person: str | None = None, **form: str) -> Any:
    """Upload the file of a model that can be downloaded."""
    file = stage.call("download_model").content
    who = stage.log_in(person) if person else FIRST
    files = {"file": ("model.zip", file, "application/zip")}
    return stage.call("upload_model", form={"display_name": "From a partner", **form}, files=files, person=who)


@reach("upload_model", 200, "for the file of another model")
def file_of_a_model(stage: Stage) -> Any:
    return upload(stage)


@reach("upload_model", 403, "to somebody who may only look on in their workspace")
def onlooker(stage: Stage) -> Any:
    return upload(stage, "viewer@example.com")


@reach("upload_model", 409, "for a name that is taken in the workspace")
def taken_name(stage: Stage) -> Any:
    return upload(stage, **TAKEN)


@reach("change_model", 409, "for the name of another model")
def name_of_another(stage: Stage) -> Any:
    return stage.call("change_model", json=TAKEN)


@reach("change_project_model", 409, "for the name of another model")
def name_of_another_in_a_project(stage: Stage) -> Any:
    return stage.call("change_project_model", json=TAKEN)


@reach("download_model", 403, "to somebody who may not use the model", STORY)
def stranger(stage: Stage) -> Any:
    return stage.call("download_model", path={"model_id": 61}, person=stage.stranger())


@reach("download_model", 409, "for a model whose training failed", STORY)
def untrained(stage: Stage) -> Any:
    return stage.call("download_model", path=UNTRAINED)


@reach("download_workspace_model", 409, "for a model whose training failed", STORY)
def untrained_of_a_workspace(stage: Stage) -> Any:
    return stage.call("download_workspace_model", path=UNTRAINED)


@reach("download_project_model", 409, "for a model whose training failed", STORY)
def untrained_of_a_project(stage: Stage) -> Any:
    return stage.call("download_project_model", path=UNTRAINED)


@reach("train_model", 201, "from a labeling session")
def training(stage: Stage) -> Any:
    return stage.call("train_model", json={"display_name": "Another try", "annotation_ids": [51]})


@reach("train_model", 409, "for a name that is taken in the workspace")
def training_under_a_taken_name(stage: Stage) -> Any:
    return stage.call("train_model")
