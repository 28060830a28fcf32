"""Statuses of the operations tagged Correction that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import Book, OutOfReach
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach
OPEN = {"project_id": 11, "correction_id": 58}
FAILED = {"project_id": 12, "correction_id": 61}
UNTRAINED = {"model_id": 63}


def tag_place(stage: Stage, session: dict[str, Any] = OPEN) -> dict[str, Any]:
    """Return the path of the first tag in a correction session. Raises OutOfReach if there is none."""
    answer = stage.call("list_correction_documents", path=session, query={"details": "segments,tags"})
    for document in answer.json().get("documents", ()):
        for segment in document["segments"]:
            for tag in segment["tags"]:
                place = {"document_id": document["id"], "segment_id": segment["id"], "tag_id": tag["id"]}
                return {**session, **place}
    raise OutOfReach(f"the correction session {session['correction_id']} has no tags")


def segment_place(stage: Stage, session: dict[str, Any] = OPEN) -> dict[str, Any]:
    """Return the path of the segment of that tag."""
    place = tag_place(stage, session)
    del place["tag_id"]
    return place


@reach("create_correction", 409, "for a model whose training failed")
def untrained_model(stage: Stage) -> Any:
    return stage.call("create_correction", json=UNTRAINED)


@reach("mark_correction_segment", 200, "in an open session")
def mark(stage: Stage) -> Any:
    return stage.call("mark_correction_segment", path=segment_place(stage))


@reach("mark_correction_segment", 409, "in a session that failed")
def mark_in_a_failed_one(stage: Stage) -> Any:
    return stage.call("mark_correction_segment", path=segment_place(stage, FAILED))


@reach("create_correction_tag", 201, "for a tag that the segment has not")
def new_tag(stage: Stage) -> Any:
    return stage.call("create_correction_tag", path=segment_place(stage), json={"class": "Price", "label": "NEU"})


@reach("create_correction_tag", 409, "for a label that the session has not")
def foreign_label(stage: Stage) -> Any:
    json = {"class": "Comfort", "label": "NO SUCH LABEL"}
    return stage.call("create_correction_tag", path=segment_place(stage), json=json)


@reach("change_correction_tag", 200, "in an open session")
def change(stage: Stage) -> Any:
    return stage.call("change_correction_tag", path=tag_place(stage))


@reach("change_correction_tag", 409, "for a label that the session has not")
def change_to_foreign_label(stage: Stage) -> Any:
    return stage.call("change_correction_tag", path=tag_place(stage), json={"label": "NO SUCH LABEL"})


@reach("delete_correction_tag", 200, "in an open session")
def delete(stage: Stage) -> Any:
    return stage.call("delete_correction_tag", path=tag_place(stage))


@reach("delete_correction_tag", 409, "in a session that failed")
def delete_in_a_failed_one(stage: Stage) -> Any:
    return stage.call("delete_correction_tag", path=tag_place(stage, FAILED))


@reach("confirm_correction_tag", 200, "in an open session")
def confirm(stage: Stage) -> Any:
    return stage.call("confirm_correction_tag", path=tag_place(stage))


@reach("confirm_correction_tag", 409, "in a session that failed")
def confirm_in_a_failed_one(stage: Stage) -> Any:
    return stage.call("confirm_correction_tag", path=tag_place(stage, FAILED))
