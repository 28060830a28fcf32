"""Changes add up: both of two are there, what is left out stays, an empty change changes nothing; and refusals leave no trace."""

from typing import Any

from contract_tests.laws.makers import MAKERS, a_task
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import TEXTS, Workshop, listed

PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {  # maker → two changes of different fields
    "create_class": ({"example": "The pillow was soft."}, {"description": "All about beds."}),
    "create_workspace": ({"name": "Team of laws"}, {"name": "Team of laws", "description": "Both fields."}),
    "create_hitl": ({"description": "Look three times."}, {"name": "Still in doubt"}),
    "train_model": ({"long_description": "A long one."}, {"short_description": "A short one."}),
    "create_annotation": ({"lead_time": 7.25}, {"ground_truth": True}),
    "create_labeling_project": ({"labeling_guide": "Read it twice."}, {"name": "Another project"}),
    "create_labeling_annotation": ({"explanation": "As told."}, {"status": "flagged"}),
}
READERS = {  # maker → operation that changes, operation that reads, path parameter
    "create_class": ("change_class", "get_class", "class_id"),
    "create_workspace": ("change_workspace", "get_workspace", "organization_id"),
    "create_hitl": ("change_hitl", "get_hitl", "hitl_id"),
    "train_model": ("change_project_model", "get_project_model", "model_id"),
    "create_annotation": ("change_annotation", "get_annotation", "id"),
    "create_labeling_project": ("change_labeling_project", "get_labeling_project", "project_id_or_slug"),
    "create_labeling_annotation": ("change_labeling_annotation", "get_labeling_annotation", "annotation_id"),
}


def _changes_add_up(lab: Workshop, makers: tuple[str, ...]) -> None:
    for maker in makers:
        lab.scene()
        recipe, (change, read, name) = MAKERS[maker](lab), READERS[maker]
        made = lab.ok(maker, recipe.path, **recipe.more)
        lab.settle()
        path = {**recipe.path, name: made["id"]}
        before = lab.ok(read, path)
        first, second = PAIRS[maker]
        lab.ok(change, path, json=first)
        lab.ok(change, path, json=second)
        after = lab.ok(read, path)
        for field, value in {**first, **second}.items():
            lab.expect(
                after[field] == value,
                f"of two changes in a row {field} is lost: it reads {after[field]!r}, due is {value!r}",
                change,
            )
        _stays(lab, before, after, {*first, *second}, change)
        if change != "change_workspace":  # whose name is required
            lab.ok(change, path, json={})
            _stays(lab, after, lab.ok(read, path), set(), change)


def _stays(lab: Workshop, before: dict[str, Any], after: dict[str, Any], but: set[str], operation: str) -> None:
    clocks = {"updated_at", "created_ago", "updated_by", "reviewed"}
    odd = [name for name in before.keys() - but - clocks if before[name] != after.get(name)]
    told = f" ({before[odd[0]]!r} became {after.get(odd[0])!r})" if odd else ""
    lab.expect(not odd, f"a change has changed {', '.join(sorted(odd))}{told}, which it does not name", operation)


@law()
def two_changes_are_both_there(lab: Workshop) -> None:
    """After a change of one field and then of another both are there and the rest is as before; an empty change changes nothing."""
    _changes_add_up(lab, ("create_class", "create_workspace", "create_hitl", "train_model"))


@law("label_studio")
def two_changes_of_an_annotation_are_both_there(lab: Workshop) -> None:
    """After a change of one field and then of another both are there and the rest is as before; an empty change changes nothing."""
    _changes_add_up(lab, ("create_annotation",))


@law("blue_guardrails")
def two_changes_of_labeling_are_both_there(lab: Workshop) -> None:
    """After a change of one field and then of another both are there and the rest is as before; an empty change changes nothing."""
    _changes_add_up(lab, ("create_labeling_project", "create_labeling_annotation"))


@law()
def two_things_do_not_share_a_change(lab: Workshop) -> None:
    """A change of one thing leaves its neighbours as they were."""
    project = lab.project()
    at, documents = {"project_id": project}, lab.documents(project)
    sessions = [lab.session(project), lab.session(project)]
    before = (lab.ok("list_documents", at), lab.ok("list_classes", at), lab.ok("list_labels", at))
    lab.ok("change_document", {**at, "document_id": documents[1]}, json={"text": "Changed."})
    after = lab.ok("list_documents", at)["documents"]
    same = [one for one in after if one["id"] != documents[1]] == [
        one for one in before[0]["documents"] if one["id"] != documents[1]
    ]
    lab.expect(same, "the change of one document has changed others", "change_document")
    lab.ok("change_class", {**at, "class_id": before[1][0]["id"]}, json={"name": "Cosiness"})
    lab.expect(
        lab.ok("list_classes", at)[1:] == before[1][1:], "the change of one class has changed others", "change_class"
    )
    lab.ok("change_label", {**at, "label_id": before[2][0]["id"]}, json={"name": "GOOD"})
    lab.expect(
        lab.ok("list_labels", at)[1:] == before[2][1:], "the change of one label has changed others", "change_label"
    )
    lab.ok("change_session", {**at, "annotation_id": sessions[0]["id"]}, json={"name": "Another"})
    seen = lab.ok("get_session", {**at, "annotation_id": sessions[1]["id"]})
    lab.expect(seen["name"] == sessions[1]["name"], "the change of one session has changed another", "change_session")
    lab.ok("delete_session", {**at, "annotation_id": sessions[0]["id"]})
    lab.ok("get_session", {**at, "annotation_id": sessions[1]["id"]})
    lab.expect(
        len(lab.document_ids(project)) == len(documents), "deleting a session has deleted documents", "delete_session"
    )


@law()
def segments_that_stay_keep_their_tags(lab: Workshop) -> None:
    """When a document changes, a segment whose words stay keeps its id, tags and mark; its span moves along."""
    project = lab.project()
    at = {"project_id": project}
    document = lab.documents(project, TEXTS[:1])[0]
    session = lab.session(project)
    path = {**at, "annotation_id": session["id"], "document_id": document}
    first, second = lab.segments(project, session["id"])
    tag = lab.ok("create_segment_tag", {**path, "segment_id": second["id"]}, json={"class": "Noise", "label": "NEG"})
    lab.ok("create_segment_tag", {**path, "segment_id": first["id"]}, json={"class": "Comfort", "label": "POS"})
    lab.ok("change_document", path, json={"text": f"We came late. {second['text']}"})
    after = lab.segments(project, session["id"])
    kept = [one for one in after if one["id"] == second["id"]]
    lab.expect(
        len(kept) == 1 and kept[0]["text"] == second["text"],
        "a segment whose words stayed has lost its id",
        "change_document",
    )
    lab.expect(
        [one["id"] for one in (kept or [{"tags": []}])[0]["tags"]] == [tag["id"]],
        "a segment that stayed has lost its tag",
        "change_document",
    )
    lab.expect(
        first["id"] not in {one["id"] for one in after},
        "a segment whose words are gone is still there",
        "change_document",
    )
    lab.expect(
        len(lab.ok("list_project_tags", at)["tags"]) == 1,
        "the tag of a segment that is gone is still there",
        "list_project_tags",
    )


def _nothing_left(lab: Workshop, lists: dict[str, dict[str, Any]], before: dict[str, Any], what: str) -> None:
    for operation, path in lists.items():
        same = listed(lab.ok(operation, path)) == before[operation]
        lab.expect(same, f"{what} was refused, and yet the list has changed", operation)


@law()
def refused_requests_leave_no_trace(lab: Workshop) -> None:
    """What is refused has changed nothing: not a part of a list that was sent at once, not a document of a session that was not made."""
    project = lab.project("CLASSLABEL")
    at, documents = {"project_id": project}, lab.documents(project)
    session = lab.session(project, document_ids=documents[:2])
    group = lab.group(project, documents=[{"id": documents[0]}])
    here = {**at, "annotation_id": session["id"], "group_id": group["id"]}
    names = (
        "list_classes",
        "list_labels",
        "list_documents",
        "list_groups",
        "list_sessions",
        "list_project_models",
        "list_hitls",
    )
    lists: dict[str, dict[str, Any]] = {name: at for name in names}
    lists |= {"list_group_documents": here, "list_session_documents": here}
    ones = {"get_project": at, "get_session": here, "get_group": here}
    shown = {name: lab.ok(name, path) for name, path in ones.items()}
    before = {name: listed(lab.ok(name, path)) for name, path in lists.items()}
    unknown = {"name": "Half", "documents": [{"text": "Left behind."}, {"id": 999_999_999}]}
    bad_tag = {"text": "Left behind.", "segments": [{"text": "Left behind.", "tags": [{"class": "Unknown"}]}]}
    trials: list[tuple[int | tuple[int, ...], str, dict[str, Any], Any]] = [
        (409, "upload_classes", at, [{"name": "New"}, {"name": "Comfort"}]),
        (400, "upload_classes", at, [{"name": "New"}, {"name": ""}]),
        (409, "create_class", at, {"name": "Comfort"}),
        (409, "create_label", at, {"name": "POS"}),
        (404, "create_group", at, unknown),
        (404, "create_session", at, {"document_ids": [999_999_999], "documents": [{"text": "Left behind."}]}),
        (409, "create_session", at, {"documents": [bad_tag]}),
        (409, "create_session", at, {"classes": ["Unknown"], "documents": [{"text": "Left behind."}]}),
        (
            404,
            "change_session",
            here,
            {"name": "Half", "documents": [{"text": "Left behind."}], "document_ids": [999_999_999]},
        ),
        (
            404,
            "change_group",
            here,
            {"name": "Half", "documents": [{"text": "Left behind."}], "document_ids": [999_999_999]},
        ),
        (409, "change_project", at, {"name": "Half", "type": "ABSA"}),
        (409, "change_session", here, {"name": "Half", "classes": ["Unknown"]}),
        (400, "change_project", at, {"name": "Half", "type": "NOTHING"}),
        (409, "upload_documents", at, [{"text": "Left behind."}, bad_tag]),
        (400, "upload_documents", at, [{"text": "Left behind."}, {"no": "text"}]),
        (409, "create_document", at, {"text": "Left behind.", "segments": [{"text": "Not in it."}]}),
        (404, "train_model", at, {"annotation_ids": [session["id"], 999_999_999]}),
        (404, "create_hitl", at, {"name": "Half", "model_id": 999_999_999}),
    ]
    for status, operation, path, body in trials:
        lab.scene()
        lab.refused(status, "a request of which a part is wrong", operation, path, json=body)
        _nothing_left(lab, lists, before, operation)
        for name, path in ones.items():
            lab.expect(
                lab.ok(name, path) == shown[name], f"{operation} was refused, and yet this reads differently", name
            )
    lab.scene()
    name = lab.ok("get_project", at)["name"]
    lab.refused(409, "a name that is taken", "create_project", json={"name": name, "type": "CLASS"})
    alike = [one["name"] for one in lab.ok("list_projects") if one["name"].startswith(name)]
    lab.expect(alike == [name], f"a project was refused, and yet there are {alike}", "create_project")


@law("label_studio")
def refused_annotations_leave_no_trace(lab: Workshop) -> None:
    """What is refused has changed nothing."""
    task = {"id": a_task(lab)}
    before = listed(lab.ok("list_annotations", task))
    for status, body in (
        (400, {"result": {"no": "list"}}),
        (400, {"lead_time": "long"}),
        (404, {"completed_by": 999_999}),
        (400, []),
    ):
        lab.scene()
        lab.refused(status, f"the body {body}", "create_annotation", task, json=body)
        lab.refused(status, f"the body {body}", "change_annotation", {"id": before[0]["id"]}, json=body)
        after = listed(lab.ok("list_annotations", task))
        told = [{**one, "created_ago": ""} for one in after] == [{**one, "created_ago": ""} for one in before]
        lab.expect(told, "a refused request has changed an annotation", "list_annotations")
