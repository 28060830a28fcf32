"""How to create one of each thing: the path and a valid body for every operation whose answer the contract links to its life.

The bodies are those of the examples where these need nothing that is not there; else they are made for a project of the law's own.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from contract_tests.laws.workshop import TEXTS, Workshop


class Recipe(msgspec.Struct, frozen=True):
    """A request that creates something."""

    path: dict[str, Any] = {}
    more: dict[str, Any] = {}  # json, files, data


Maker = Callable[[Workshop], Recipe]
MAKERS: dict[str, Maker] = {}
CHANGES: dict[str, dict[str, Any]] = {  # operation → fields to change, which every answer then shows
    "change_class": {"name": "Cosiness", "example": "A soft bed.", "description": "Bed, furniture and temperature."},
    "change_label": {"name": "MIXED"},
    "change_label_by_name": {"name": "MIXED"},
    "change_project": {"name": "Reviews of another year"},
    "change_workspace": {"name": "Another team", "description": "Nobody else."},
    "change_document": {"text": "The night porter found us a taxi at midnight."},
    "change_group": {"name": "Another season"},
    "change_session": {"name": "Another round"},
    "change_segment_tag": {"label": "NEG"},
    "change_project_tag": {"label": "NEU"},
    "change_model": {
        "display_name": "Another name",
        "long_description": "For laws.",
        "status": "ACTIVE",
        "language": "de",
    },
    "change_project_model": {"display_name": "Another one", "short_description": "Short.", "status": "PUBLISHED"},
    "change_analysis": {"name": "The first days of March"},
    "change_hitl": {"name": "To be checked", "description": "Totals.", "is_live": True},
    "change_annotation": {"ground_truth": True, "lead_time": 3.5, "was_cancelled": True},
    "change_labeling_project": {"name": "Another name", "labeling_guide": "Read twice.", "status": "active"},
    "change_labeling_annotation": {"status": "rejected", "explanation": "It is true.", "reviewed": False},
}


def maker(name: str) -> Callable[[Maker], Maker]:
    """Register how an operation is called."""

    def register(function: Maker) -> Maker:
        MAKERS[name] = function
        return function

    return register


def sent_of(recipe: Recipe) -> Any:
    """Return the body of a recipe."""
    return recipe.more.get("json", recipe.more.get("data"))


@maker("create_key")
def _key(lab: Workshop) -> Recipe:
    return Recipe({"user_id": lab.ok("get_auth_status")["user"]["id"]})


@maker("create_workspace")
def _workspace(lab: Workshop) -> Recipe:
    return Recipe(more={"json": {"name": lab.unique("Team"), "description": "For laws."}})


@maker("invite_users")
def _invitation(lab: Workshop) -> Recipe:
    made = lab.ok("create_workspace", json={"name": lab.unique("Team")})
    lab.later("delete_workspace", {"organization_id": made["id"]})
    emails = [f"{lab.unique('guest').replace(' ', '-')}@example.com"]
    return Recipe({"organization_id": made["id"]}, {"json": {"role": "ANNOTATOR", "emails": emails}})


@maker("create_project")
def _project(lab: Workshop) -> Recipe:
    return Recipe(more={"json": {"name": lab.unique("Reviews"), "type": "CLASSLABEL"}})


@maker("clone_project")
def _clone(lab: Workshop) -> Recipe:
    project = lab.project()
    lab.documents(project)
    return Recipe({"project_id": project}, {"json": {}})


@maker("create_class")
def _class(lab: Workshop) -> Recipe:
    body = {"name": "Breakfast", "example": "The buffet had everything.", "description": "Food in the morning."}
    return Recipe({"project_id": lab.project()}, {"json": body})


@maker("upload_classes")
def _classes(lab: Workshop) -> Recipe:
    return Recipe(
        {"project_id": lab.project()}, {"json": [{"name": "Breakfast", "example": "Rolls."}, {"name": "Lift"}]}
    )


@maker("upload_classes_file")
def _classes_file(lab: Workshop) -> Recipe:
    content = b"name,example,description\nBreakfast,The buffet had everything.,Food.\nLift,It stood still.,\n"
    return Recipe({"project_id": lab.project()}, {"files": {"file": ("classes.csv", content, "text/csv")}})


@maker("create_label")
def _label(lab: Workshop) -> Recipe:
    return Recipe({"project_id": lab.project("CLASSLABEL")}, {"json": {"name": "URGENT"}})


@maker("upload_labels_file")
def _labels_file(lab: Workshop) -> Recipe:
    files = {"file": ("labels.csv", b"name\nURGENT\nCAN WAIT\n", "text/csv")}
    return Recipe({"project_id": lab.project("CLASSLABEL")}, {"files": files})


@maker("create_document")
def _document(lab: Workshop) -> Recipe:
    return Recipe({"project_id": lab.project()}, {"json": {"text": TEXTS[0]}})


@maker("create_group")
def _group(lab: Workshop) -> Recipe:
    documents = [{"text": text, "source": "web"} for text in TEXTS]
    return Recipe({"project_id": lab.project()}, {"json": {"name": "Winter season", "documents": documents}})


@maker("create_session")
def _session(lab: Workshop) -> Recipe:
    project = lab.project()
    lab.documents(project)
    return Recipe({"project_id": project}, {"json": {"name": "First round"}})


@maker("upload_session_file")
def _session_file(lab: Workshop) -> Recipe:
    content = b"text,class,label\nReception found us a taxi at midnight.,Staff,POS\n"
    return Recipe({"project_id": lab.project()}, {"files": {"file": ("labeled.csv", content, "text/csv")}})


@maker("create_segment_tag")
def _tag(lab: Workshop) -> Recipe:
    project = lab.project()
    lab.documents(project)
    path = lab.first_segment(project, lab.session(project)["id"])
    return Recipe(path, {"json": {"class": "Comfort", "label": "POS"}})


@maker("train_model")
def _model(lab: Workshop) -> Recipe:
    project = lab.project()
    session = lab.labeled(project)
    body = {
        "annotation_ids": [session["id"]],
        "display_name": "Sentiment",
        "name": lab.unique("sentiment").replace(" ", "-"),
    }
    return Recipe({"project_id": project}, {"json": body})


@maker("upload_model")
def _model_file(lab: Workshop) -> Recipe:
    model = lab.model(lab.project())
    content = lab.call("download_model", {"model_id": model["id"]}).content
    data = {
        "name": lab.unique("partner").replace(" ", "-"),
        "display_name": "Of our partner",
        "score": "0.82",
        "language": "de",
    }
    return Recipe(more={"files": {"file": ("model.zip", content, "application/zip")}, "data": data})


@maker("create_analysis")
def _analysis(lab: Workshop) -> Recipe:
    model = lab.model(lab.project())
    documents = [{"id": 3001 + at, "text": text, "source": "web"} for at, text in enumerate(TEXTS)]
    return Recipe(more={"json": {"name": "First week", "model_id": model["id"], "documents": documents}})


@maker("create_correction")
def _correction(lab: Workshop) -> Recipe:
    project = lab.project()
    model = lab.model(project)
    return Recipe(
        {"project_id": project}, {"json": {"model_id": model["id"], "sample_size": 3, "name": "What went wrong"}}
    )


@maker("create_hitl")
def _hitl(lab: Workshop) -> Recipe:
    project = lab.project()
    model = lab.model(project)
    body = {"name": "In doubt", "description": "Look twice.", "model_id": model["id"], "is_live": False}
    return Recipe({"project_id": project}, {"json": body})


@maker("create_annotation")
def _annotation(lab: Workshop) -> Recipe:
    choice = {
        "id": "a1",
        "from_name": "sentiment",
        "to_name": "text",
        "type": "choices",
        "value": {"choices": ["Negative"]},
    }
    return Recipe({"id": a_task(lab)}, {"json": {"result": [choice], "lead_time": 14.2}})


@maker("create_labeling_project")
def _labeling_project(lab: Workshop) -> Recipe:
    slug = lab.unique("laws").replace(" ", "-")
    body = {"name": "Laws", "slug": slug, "source_type": "conversations", "label_schema": [{"name": "wrong-fact"}]}
    return Recipe(more={"json": body})


@maker("create_labeling_annotation")
def _labeling_annotation(lab: Workshop) -> Recipe:
    evaluation, text = an_evaluation(lab)
    return Recipe(more={"json": marking(evaluation, text, text.split()[0])})


def a_task(lab: Workshop) -> int:
    """Return the id of a task of Label Studio: no operation lists them, so the first annotation that can be read tells."""
    for row_id in range(1, 30):
        answer = lab.call("get_annotation", {"id": row_id})
        if answer.status_code == 200:
            return int(answer.json()["task"])
    lab.broken("none of the annotations 1 to 29 can be read, so no task is known", "get_annotation")
    raise LookupError


def marking(evaluation: str, text: str, words: str) -> dict[str, Any]:
    """Return the body of an annotation that marks words of a text as a wrong fact."""
    start = text.index(words)
    place = {"start_offset": start, "end_offset": start + len(words)}
    return {"evaluation_id": evaluation, **place, "label": "wrong-fact", "text": words}


def an_evaluation(lab: Workshop) -> tuple[str, str]:
    """Return an evaluation of a task of one's own, and a text that can be marked there: claim one in a new project, and read the export."""
    recipe = _labeling_project(lab)
    project = lab.ok("create_labeling_project", **recipe.more)
    lab.ok("change_labeling_project", {"project_id_or_slug": project["id"]}, json={"status": "active"})
    task = lab.ok("claim_labeling_task", {"project_id": project["id"]}, json={"lane": "task"})
    evaluation = task["labeling_evaluations"][0]
    export = lab.ok("export_labeling_project", {"project_id": project["id"]})
    messages = [message for one in export["conversations"] for message in one["messages"]]
    message = next(one for one in messages if one["id"] == evaluation["message_id"])
    return evaluation["id"], next(part["content"] for part in message["parts"] if isinstance(part.get("content"), str))
