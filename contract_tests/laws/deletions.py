"""What is deleted is gone from everywhere, takes along what belongs to it, and leaves everything else as it was."""

from typing import Any

from contract_tests.laws.registry import law
from contract_tests.laws.visible import tagged, tags_everywhere
from contract_tests.laws.workshop import LABELS, TEXTS, Workshop


@law()
def deleted_classes_take_their_tags_along(lab: Workshop) -> None:
    """The tags of a deleted class are deleted, and sessions and projects no longer offer it."""
    project, path, _ = tagged(lab)
    at = {"project_id": project}
    kept = lab.ok("create_segment_tag", path, json={"class": "Staff", "label": "NEG"})
    row_id = next(one["id"] for one in lab.ok("list_classes", at) if one["name"] == "Comfort")
    lab.ok("delete_class", {**at, "class_id": row_id})
    for operation, pairs in tags_everywhere(lab, path).items():
        due = [("Staff", "NEG")] if operation == "download_session" else []
        lab.expect(pairs == due, f"a tag of a deleted class is still shown, as {pairs}", operation)
    lab.ok("get_segment_tag", {**path, "tag_id": kept["id"]})
    lab.expect(
        "Comfort" not in lab.ok("get_session", path)["classes"], "a session offers a deleted class", "get_session"
    )
    lab.expect("Comfort" not in lab.ok("get_project", at)["classes"], "a project shows a deleted class", "get_project")
    lab.refused(
        409, "a tag with a deleted class", "create_segment_tag", path, json={"class": "Comfort", "label": "POS"}
    )


@law()
def deleted_labels_take_their_tags_along(lab: Workshop) -> None:
    """The tags of a deleted label are deleted, and sessions and projects no longer offer it."""
    project = lab.project("LABEL", labels=LABELS)
    at = {"project_id": project}
    lab.documents(project, TEXTS[:2])
    session = lab.session(project)
    path = lab.first_segment(project, session["id"])
    tag = lab.ok("create_segment_tag", path, json={"label": "POS"})
    row_id = next(one["id"] for one in lab.ok("list_labels", at) if one["name"] == "POS")
    lab.ok("delete_label", {**at, "label_id": row_id})
    lab.refused(404, "a tag of a deleted label is read", "get_segment_tag", {**path, "tag_id": tag["id"]})
    lab.expect(not lab.ok("list_segment_tags", path), "a tag of a deleted label is still listed", "list_segment_tags")
    lab.expect(
        not lab.ok("list_project_tags", at)["tags"], "a tag of a deleted label is still listed", "list_project_tags"
    )
    lab.expect("POS" not in lab.ok("get_session", path)["labels"], "a session offers a deleted label", "get_session")


@law()
def deleted_sessions_take_their_tags_along(lab: Workshop) -> None:
    """The tags of a deleted session are gone from its documents and its project; documents, classes and other sessions stay."""
    project, path, _ = tagged(lab)
    at, documents = {"project_id": project}, lab.document_ids(project)
    there = lab.first_segment(project, lab.session(project)["id"])
    kept = lab.ok("create_segment_tag", there, json={"class": "Staff", "label": "NEG"})["id"]
    lab.ok("delete_session", path)
    shown = {
        "list_project_tags": lab.every("list_project_tags", at),
        "get_document": _tags(lab.ok("get_document", path, query={"details": "segments,tags"})),
        "list_segment_tags": lab.ok("list_segment_tags", there),
    }
    for operation, tags in shown.items():
        ids = [tag["id"] for tag in tags]
        lab.expect(path["tag_id"] not in ids, "a tag of a deleted session is still shown", operation)
        lab.expect(kept in ids, "with a session the tag of another one is gone", operation)
    total = lab.ok("list_project_tags", at)["total"]
    lab.expect(total == 1, f"total is {total}, one tag is left", "list_project_tags")
    lab.expect(lab.document_ids(project) == documents, "deleting a session has deleted documents", "delete_session")


@law()
def progress_follows_what_goes(lab: Workshop) -> None:
    """The progress of a session is that of the documents that are left: it ends when the last unmarked one is deleted."""
    project = lab.project()
    at, documents = (
        {"project_id": project},
        lab.documents(project, ("One sentence.", "Another one.", "A third one.", "The last.")),
    )
    session = lab.session(project)
    path = {**at, "annotation_id": session["id"]}
    for row_id in documents[:2]:
        lab.ok("mark_document", {**path, "document_id": row_id}, json={"name": "ANNOTATED"})
    for gone, due in enumerate((50.0, 66.7, 100.0, 100.0)):
        lab.scene()
        if gone:
            lab.ok("delete_document", {**at, "document_id": documents[-gone]})
        seen = lab.ok("get_session", path)
        listed_so = next(one for one in lab.ok("list_sessions", at) if one["id"] == session["id"])
        for operation, one in (("get_session", seen), ("list_sessions", listed_so)):
            lab.expect(
                one["progress"] == due,
                f"of the segments that are left {due} percent are marked, progress is {one['progress']}",
                operation,
            )
            over = (one["status"] == "FINISHED", one["finished"] is not None)
            lab.expect(
                over == (due == 100,) * 2,
                f"at {due} percent it is {one['status']}, finished {one['finished']}",
                operation,
            )


@law()
def deleted_workspaces_take_their_projects_along(lab: Workshop) -> None:
    """The projects of a deactivated workspace are not found and in no list, and it is nobody's default."""
    made = lab.ok("create_workspace", json={"name": lab.unique("Team")})
    at = {"organization_id": made["id"]}
    created = lab.target.send(
        "POST", f"/organizations/{made['id']}/projects", json={"name": lab.unique("There"), "type": "CLASS"}
    )
    project = created.json()["id"]
    lab.expect(
        project in {one["id"] for one in lab.ok("list_projects")}, "a new project is not listed", "list_projects"
    )
    lab.ok("delete_workspace", at)
    lab.refused(404, "a project of a deactivated workspace", "get_project", {"project_id": project})
    lab.refused(404, "documents of a deactivated workspace", "list_documents", {"project_id": project})
    lab.expect(
        project not in {one["id"] for one in lab.ok("list_projects")}, "its project is still listed", "list_projects"
    )


@law()
def deleted_groups_leave_their_documents(lab: Workshop) -> None:
    """The documents of a deleted group stay in the project and in other groups, and are no longer grouped."""
    project = lab.project()
    at, documents = {"project_id": project}, lab.documents(project)
    first = lab.group(project, documents=[{"id": row_id} for row_id in documents[:2]])
    second = lab.group(project, documents=[{"id": row_id} for row_id in documents[1:3]])
    lab.ok("delete_group", {**at, "group_id": first["id"]})
    lab.expect(lab.document_ids(project) == documents, "deleting a group has deleted documents", "delete_group")
    kept = [one["id"] for one in lab.ok("list_group_documents", {**at, "group_id": second["id"]})]
    lab.expect(
        kept == documents[1:3], f"another group has {kept} left, due is {documents[1:3]}", "list_group_documents"
    )
    grouped = [one["id"] for one in lab.ok("list_documents", at, query={"grouped": "true"})["documents"]]
    lab.expect(grouped == documents[1:3], f"grouped are {grouped}, due is {documents[1:3]}", "list_documents")


def _tags(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [tag for segment in document["segments"] for tag in segment["tags"]]
