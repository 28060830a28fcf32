"""Statuses of the operations tagged Projects that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage
from contract_tests.reaching.studio.correction import tag_place

book = Book()
reach = book.reach


@reach("create_project", 201, "for a new name")
def new_name(stage: Stage) -> Any:
    return stage.call("create_project", json={"name": "Rooftop reviews", "type": "ABSA"})


@reach("create_project", 403, "to somebody who may only look on in their workspace")
def onlooker(stage: Stage) -> Any:
    return stage.call("create_project", person=stage.log_in("viewer@example.com"))


@reach("create_project", 409, "for a name that is taken in the workspace")
def taken_name(stage: Stage) -> Any:
    return stage.call("create_project")


@reach("change_project", 409, "for the name of another project")
def name_of_another(stage: Stage) -> Any:
    return stage.call("change_project", json={"name": "Guest requests"})


def clone(stage: Stage) -> dict[str, Any]:
    """Return the path of a project that still waits for the data of another one."""
    return {"project_id": stage.call("clone_project").json()["id"]}


@reach("clone_project", 409, "for a project that is being cloned")
def clone_of_a_clone(stage: Stage) -> Any:
    return stage.call("clone_project", path=clone(stage))


@reach("transfer_project", 409, "for a project that is being cloned")
def transfer_of_a_clone(stage: Stage) -> Any:
    return stage.call("transfer_project", path=clone(stage), json={"organization_id": 2})


@reach("change_project_tag", 409, "for a label that the project has not")
def foreign_label(stage: Stage) -> Any:
    return stage.call("change_project_tag", json={"label": "NO SUCH LABEL"})


@reach("delete_project_tag", 409, "for a tag of a correction session")
def tag_of_a_correction(stage: Stage) -> Any:
    return stage.call("delete_project_tag", path={"tag_id": tag_place(stage)["tag_id"]})
