"""Statuses of the operations tagged Analyses that only a rule of the domain gives. Model 63 and analysis 43 failed."""

from typing import Any

from contract_tests.reaching.generic import NO_ID
from contract_tests.reaching.recipe import STORY, WRITES, Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach


def reading(model_id: int) -> dict[str, Any]:
    """Return a body that asks a model to read a text."""
    return {"model_id": model_id, "documents": [{"text": "The lift was slow."}]}


@reach("create_analysis", 403, "to somebody who may not use the model")
def model_of_others(stage: Stage) -> Any:
    return stage.call("create_analysis", json=reading(61), person=stage.stranger())


@reach("create_analysis", 404, "for a model that there is not", WRITES)
def no_such_model(stage: Stage) -> Any:
    return stage.call("create_analysis", json=reading(NO_ID))


@reach("create_analysis", 409, "with a model whose training failed")
def untrained_model(stage: Stage) -> Any:
    return stage.call("create_analysis", json=reading(63))


@reach("upload_analysis_file", 403, "in a read-only workspace")
def read_only_workspace(stage: Stage) -> Any:
    return stage.call("upload_analysis_file", alias=3)


@reach("upload_analysis_file", 404, "in a workspace that there is not", WRITES)
def no_such_workspace(stage: Stage) -> Any:
    return stage.call("upload_analysis_file", alias=NO_ID)


@reach("change_analysis", 403, "to somebody who may see the analysis and did not start it")
def onlooker(stage: Stage) -> Any:
    return stage.call("change_analysis", person=stage.log_in("viewer@example.com"))


@reach("delete_analysis", 403, "to somebody who may see the analysis and did not start it")
def deleting_onlooker(stage: Stage) -> Any:
    return stage.call("delete_analysis", person=stage.log_in("viewer@example.com"))


@reach("download_analysis", 409, "for an analysis that failed", STORY)
def failed_analysis(stage: Stage) -> Any:
    return stage.call("download_analysis", path={"analysis_id": 43})


@reach("analyze", 403, "to somebody who may not use the model")
def model_of_others_at_once(stage: Stage) -> Any:
    return stage.call("analyze", json=reading(61), person=stage.stranger())


@reach("analyze", 404, "for a model that there is not", WRITES)
def no_such_model_at_once(stage: Stage) -> Any:
    return stage.call("analyze", json=reading(NO_ID))


@reach("analyze", 409, "with a model whose training failed")
def untrained_model_at_once(stage: Stage) -> Any:
    return stage.call("analyze", json=reading(63))
