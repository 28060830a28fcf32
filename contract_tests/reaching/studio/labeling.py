"""Statuses of the operations tagged Labeling that only a rule of the domain gives. Correction sessions are not for labeling."""

from typing import Any

from contract_tests.reaching.recipe import Book
from contract_tests.reaching.stage import Stage
from contract_tests.reaching.studio.correction import tag_place

book = Book()
reach = book.reach


def correction(stage: Stage, *names: str) -> dict[str, Any]:
    """Return a place in a correction session, under the names that labeling has for it."""
    place = tag_place(stage)
    place["annotation_id"] = place.pop("correction_id")
    return {name: place[name] for name in ("project_id", "annotation_id", *names)}


@reach("create_session", 409, "for a class that the project has not")
def foreign_class(stage: Stage) -> Any:
    return stage.call("create_session", json={"name": "Third round", "classes": ["No such class"]})


@reach("upload_session_file", 409, "for a file with a class that the project has not")
def file_with_foreign_class(stage: Stage) -> Any:
    return stage.call(
        "upload_session_file", files={"file": ("done.csv", b"text,class,label\nFine.,No such class,POS\n")}
    )


@reach("change_session", 200, "for a new name")
def new_name(stage: Stage) -> Any:
    return stage.call("change_session", json={"name": "First round, continued"})


@reach("change_session", 409, "when a class goes that tags still have")
def class_in_use(stage: Stage) -> Any:
    return stage.call("change_session")


@reach("delete_session", 409, "for a correction session")
def session_of_corrections(stage: Stage) -> Any:
    return stage.call("delete_session", path=correction(stage))


@reach("mark_document", 409, "in a correction session")
def document_of_a_correction(stage: Stage) -> Any:
    return stage.call("mark_document", path=correction(stage, "document_id"))


@reach("mark_page", 409, "in a correction session")
def page_of_a_correction(stage: Stage) -> Any:
    return stage.call("mark_page", path=correction(stage, "document_id"))


@reach("mark_segment", 409, "in a correction session")
def segment_of_a_correction(stage: Stage) -> Any:
    return stage.call("mark_segment", path=correction(stage, "document_id", "segment_id"))


@reach("create_segment_tag", 201, "for a tag that the segment has not")
def new_tag(stage: Stage) -> Any:
    return stage.call("create_segment_tag", json={"class": "Noise", "label": "NEG"})


@reach("create_segment_tag", 409, "for a tag that the segment has")
def second_tag(stage: Stage) -> Any:
    return stage.call("create_segment_tag")


@reach("change_segment_tag", 409, "for a label that the session has not")
def foreign_label(stage: Stage) -> Any:
    return stage.call("change_segment_tag", json={"label": "NO SUCH LABEL"})


@reach("delete_segment_tag", 409, "in a correction session")
def tag_of_a_correction(stage: Stage) -> Any:
    return stage.call("delete_segment_tag", path=correction(stage, "document_id", "segment_id", "tag_id"))
