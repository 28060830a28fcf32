"""What is gone stays gone, and so does its id."""

from collections.abc import Callable
from typing import Any

from contract_tests.laws.registry import law
from contract_tests.laws.workshop import TEXTS, Workshop

Body = Callable[[int], dict[str, Any]]
MADE_AGAIN: tuple[
    tuple[str, str, str, Body], ...
] = (  # what creates, what deletes, the parameter that names it, the body
    ("create_class", "delete_class", "class_id", lambda at: {"name": f"Class {at}"}),
    ("create_label", "delete_label", "label_id", lambda at: {"name": f"LABEL {at}"}),
    ("create_document", "delete_document", "document_id", lambda at: {"text": TEXTS[0]}),
    ("create_group", "delete_group", "group_id", lambda at: {"name": f"Group {at}", "documents": []}),
    ("create_session", "delete_session", "annotation_id", lambda at: {"name": f"Round {at}", "document_ids": []}),
)


@law()
def ids_are_never_used_again(lab: Workshop) -> None:
    """What is created after a deletion has an id that nothing had before."""
    within = {"project_id": lab.project("CLASSLABEL")}
    for create, delete, name, body in MADE_AGAIN:
        lab.scene()
        first = lab.ok(create, within, json=body(1))
        lab.settle(3)
        lab.ok(delete, {**within, name: first["id"]})
        second = lab.ok(create, within, json=body(2))
        lab.expect(second["id"] != first["id"], f"the id {first['id']} of what was deleted is given out again", create)


@law()
def deleted_models_leave_their_project(lab: Workshop) -> None:
    """A model that was deleted is shown neither in its project nor among the models."""
    project = lab.project()
    within, model = {"project_id": project}, lab.model(project)
    shown = [one["id"] for one in lab.ok("get_project", within)["models"]]
    lab.expect(shown == [model["id"]], f"a project with one model shows {shown}", "get_project")
    lab.ok("delete_model", {"model_id": model["id"]})
    for operation, models in (
        ("get_project", lab.ok("get_project", within)["models"]),
        ("list_project_models", lab.ok("list_project_models", within)),
    ):
        lab.expect(not models, "a model that was deleted is still shown", operation)
