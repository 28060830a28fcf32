"""A change is seen wherever the thing is shown, at once, and what is deleted is gone from everywhere."""

from typing import Any

from contract_tests.laws.registry import law
from contract_tests.laws.workshop import CLASSES, TEXTS, Workshop, listed

ODD = (
    "  Blanks at both ends. And two  inside.  ",
    "Line one.\nLine two.\r\nLine\tthree.",
    "She said \"so\", and 'so'; <b>so</b> & so on… 100 % \\o/",
    "Ärger über Öl. 你好。 مرحبا! שלום. नमस्ते।",
    "👩‍👩‍👧 was here. e\u0301t\u00e9. 𐍈 too!",
    "",
)


LONG = "It goes on and on. " * 200


def tagged(lab: Workshop) -> tuple[int, dict[str, Any], dict[str, Any]]:
    """Create a project whose session has a tag Comfort/POS on its first segment; return the project, the path of the tag, and the tag."""
    project = lab.project()
    lab.documents(project)
    session = lab.session(project)
    path = lab.first_segment(project, session["id"])
    tag = lab.ok("create_segment_tag", path, json={"class": "Comfort", "label": "POS"})
    return project, {**path, "tag_id": tag["id"]}, tag


def tags_everywhere(lab: Workshop, path: dict[str, Any]) -> dict[str, Any]:
    """Return the tags of a segment as each operation shows them: `(class, label)` of those with the id of the path."""
    at = {name: path[name] for name in ("project_id", "annotation_id", "document_id")}
    details = {"details": "segments,tags"}
    shown = {
        "list_session_documents": lab.ok("list_session_documents", at, query=details)["documents"],
        "get_session_document": [lab.ok("get_session_document", at, query=details)],
        "get_document": [lab.ok("get_document", at, query=details)],
        "list_documents": lab.ok("list_documents", at, query=details)["documents"],
    }
    found: dict[str, Any] = {name: _of(documents, path["tag_id"]) for name, documents in shown.items()}
    one = lab.call("get_segment_tag", path)
    found["get_segment_tag"] = [_pair(one.json())] if one.status_code == 200 else []
    found["list_segment_tags"] = _pairs(lab.ok("list_segment_tags", path), path["tag_id"])
    found["list_project_tags"] = _pairs(lab.ok("list_project_tags", at)["tags"], path["tag_id"])
    rows = lab.ok("download_session", at, query={"format": "json"})
    of_segment = [row for row in rows if row["segment_id"] == path["segment_id"] and (row["class"] or row["label"])]
    found["download_session"] = [_pair(row) for row in of_segment]
    return found


def expect_everywhere(lab: Workshop, path: dict[str, Any], expected: list[tuple[Any, Any]], after: str) -> None:
    """Report each operation that shows other tags than expected."""
    for operation, pairs in tags_everywhere(lab, path).items():
        lab.expect(pairs == expected, f"after {after} the tag is shown as {pairs}, due is {expected}", operation)


@law()
def new_tags_are_shown_everywhere(lab: Workshop) -> None:
    """A tag is shown by its id, at its segment, in documents, in the tags of the project and in downloads; so is each change of it."""
    _, path, _ = tagged(lab)
    expect_everywhere(lab, path, [("Comfort", "POS")], "creating it")
    lab.ok("change_segment_tag", path, json={"class": "Staff"})
    expect_everywhere(lab, path, [("Staff", "POS")], "changing its class")
    lab.ok("change_project_tag", path, json={"label": "NEG"})
    expect_everywhere(lab, path, [("Staff", "NEG")], "changing its label in the project")
    lab.ok("delete_project_tag", path)
    expect_everywhere(lab, path, [], "deleting it in the project")
    first, second, third = (
        lab.ok("create_segment_tag", path, json={"class": name, "label": "POS"})["id"] for name in CLASSES
    )
    lab.ok("delete_segment_tag", {**path, "tag_id": first})
    lab.ok("delete_project_tag", {**path, "tag_id": third})
    left = [tag["id"] for tag in lab.ok("list_segment_tags", path)]
    lab.expect(
        left == [second], f"of three tags two were deleted, left are {left}, due is {[second]}", "list_segment_tags"
    )


@law()
def renamed_classes_and_labels_are_renamed_in_tags(lab: Workshop) -> None:
    """A class or label that is renamed has its new name in tags, sessions, projects and downloads, and the old one nowhere."""
    project, path, _ = tagged(lab)
    at = {"project_id": project}
    classes = {one["name"]: one["id"] for one in lab.ok("list_classes", at)}
    labels = {one["name"]: one["id"] for one in lab.ok("list_labels", at)}
    lab.ok("change_class", {**at, "class_id": classes["Comfort"]}, json={"name": "Cosiness"})
    expect_everywhere(lab, path, [("Cosiness", "POS")], "renaming its class")
    lab.ok("change_label", {**at, "label_id": labels["POS"]}, json={"name": "GOOD"})
    expect_everywhere(lab, path, [("Cosiness", "GOOD")], "renaming its label")
    lab.ok("change_label_by_name", {**at, "name": "GOOD"}, json={"name": "FINE"})
    expect_everywhere(lab, path, [("Cosiness", "FINE")], "renaming its label by its name")
    shown = lab.ok("get_project", at)
    lab.expect(
        "Cosiness" in shown["classes"] and "Comfort" not in shown["classes"],
        "a project shows the old name of a class",
        "get_project",
    )
    lab.expect(
        "FINE" in shown["labels"] and "POS" not in shown["labels"],
        "a project shows the old name of a label",
        "get_project",
    )
    session = lab.ok("get_session", path)
    lab.expect(
        "Cosiness" in session["classes"] and "Comfort" not in session["classes"],
        "a session shows the old name",
        "get_session",
    )
    projects = [one for one in lab.ok("list_projects", query={"details": "true"}) if one["id"] == project]
    lab.expect(
        bool(projects) and "Cosiness" in projects[0]["classes"],
        "a list of projects shows the old name",
        "list_projects",
    )
    files = lab.ok("download_classes", at, query={"format": "json"})
    lab.expect(
        "Cosiness" in [row["name"] for row in files], "a download shows the old name of a class", "download_classes"
    )


@law()
def texts_come_back_letter_by_letter(lab: Workshop) -> None:
    """Blanks at the ends, line breaks, quotes, letters of every script and signs beyond 16 bits come back as they were sent."""
    at = {"project_id": lab.project()}
    made = [(text, lab.ok("create_document", at, json={"text": text})["id"]) for text in (*ODD, LONG, LONG * 20)]
    shown = {one["id"]: one["text"] for one in lab.ok("list_documents", at, query={"details": "segments"})["documents"]}
    for text, row_id in made:
        lab.expect(shown[row_id] == text, f"{text[:80]!r} is listed as {shown[row_id][:80]!r}", "list_documents")
        seen = lab.ok("get_document", {**at, "document_id": row_id}, query={"details": "segments"})["text"]
        lab.expect(seen == text, f"{text[:80]!r} is read as {seen[:80]!r}", "get_document")
    for name in (text for text in ODD if text):
        lab.scene()
        one = lab.ok("create_class", at, json={"name": name, "example": f"{name} {LONG}", "description": name})
        seen = lab.ok("get_class", {**at, "class_id": one["id"]})
        lab.expect(
            (seen["name"], seen["description"]) == (name, name),
            f"the name {name!r} is read as {seen['name']!r}",
            "get_class",
        )
        lab.expect(
            seen["example"] == f"{name} {LONG}",
            f"an example of {len(name) + 1 + len(LONG)} characters is changed",
            "get_class",
        )


@law()
def documents_are_the_same_in_every_place(lab: Workshop) -> None:
    """A document is shown alike by its id, in its project, in groups, in sessions and in downloads, before and after its text changes."""
    project = lab.project()
    at, documents = {"project_id": project}, lab.documents(project)
    group = lab.group(project, documents=[{"id": row_id} for row_id in documents])
    session = lab.session(project)
    places = {**at, "group_id": group["id"], "annotation_id": session["id"], "document_id": documents[0]}
    for text in (TEXTS[0], "Quiet at last. The night porter found us a taxi 🚕. Well done!"):
        if text != TEXTS[0]:
            lab.ok("change_document", places, json={"text": text})
        for operation, seen in _everywhere(lab, places).items():
            lab.expect(seen == text, f"the text of a document is shown as {seen!r}, due is {text!r}", operation)
    lab.ok("delete_document", places)
    for operation, seen in _everywhere(lab, places).items():
        lab.expect(seen is None, "a deleted document is still shown", operation)
    counts = (("get_group", lab.ok("get_group", places)), ("get_session", lab.ok("get_session", places)))
    for operation, shown in counts:
        due = len(documents) - 1
        lab.expect(
            shown["document_count"] == due,
            f"document_count is {shown['document_count']} after one of {due + 1} was deleted",
            operation,
        )


def _everywhere(lab: Workshop, at: dict[str, Any]) -> dict[str, str | None]:
    """Return the text of a document as each operation shows it, None where it is not shown."""
    lists = {
        "list_documents": lab.ok("list_documents", at)["documents"],
        "list_group_documents": lab.ok("list_group_documents", at),
        "list_session_documents": lab.ok("list_session_documents", at)["documents"],
        "download_group": lab.ok("download_group", at, query={"format": "json"}),
    }
    found = {
        name: next((one["text"] for one in entries if one["id"] == at["document_id"]), None)
        for name, entries in lists.items()
    }
    rows = lab.ok("download_session", at, query={"format": "json"})
    found["download_session"] = next((row["text"] for row in rows if row["document_id"] == at["document_id"]), None)
    for operation in ("get_document", "get_group_document", "get_session_document"):
        answer = lab.call(operation, at)
        found[operation] = answer.json()["text"] if answer.status_code == 200 else None
    return found


@law()
def counts_are_those_of_what_is_there(lab: Workshop) -> None:
    """document_count is the number of documents that the group, session or analysis lists; the total of tags is their number."""
    project = lab.project()
    at = {"project_id": project}
    lab.documents(project)
    group = lab.group(project, documents=[{"text": text} for text in TEXTS[:3]])
    session = lab.labeled(project)
    analysis = lab.analysis(lab.model(project)["id"])
    whole = {
        "get_group": (group["document_count"], lab.every("list_group_documents", {**at, "group_id": group["id"]}, 2)),
        "get_session": (
            session["document_count"],
            lab.every("list_session_documents", {**at, "annotation_id": session["id"]}, 3),
        ),
        "get_analysis": (
            analysis["document_count"],
            lab.every("list_analysis_documents", {"analysis_id": analysis["id"]}, 2),
        ),
    }
    for operation, (count, entries) in whole.items():
        lab.expect(count == len(entries), f"document_count is {count}, {len(entries)} documents are listed", operation)
    tags = lab.ok("list_project_tags", at)
    entries = lab.every("list_project_tags", at, 3)
    lab.expect(
        tags["total"] == len(entries), f"total is {tags['total']}, {len(entries)} tags are listed", "list_project_tags"
    )


@law()
def added_documents_are_seen_at_once(lab: Workshop) -> None:
    """Documents that a change brings into a group or a session are there in the next answer."""
    project = lab.project()
    at, documents = {"project_id": project}, lab.documents(project)
    group = lab.group(project, documents=[{"id": documents[0]}])
    session = lab.session(project, document_ids=documents[:1])
    for operation, path, reader in (
        ("change_group", {**at, "group_id": group["id"]}, "list_group_documents"),
        ("change_session", {**at, "annotation_id": session["id"]}, "list_session_documents"),
    ):
        lab.scene()
        body = {"document_ids": documents[1:3], "documents": [{"text": "Brand new."}]}
        changed = lab.ok(operation, path, json=body)
        shown = listed(lab.ok(reader, path))
        lab.expect(
            changed["document_count"] == 4,
            f"document_count is {changed['document_count']} after three were added to one",
            operation,
        )
        texts = [one["text"] for one in shown]
        lab.expect(
            len(shown) == 4 and "Brand new." in texts,
            f"{len(shown)} documents are listed after three were added to one",
            reader,
        )
        missing = set(documents[1:3]) - {one["id"] for one in shown}
        lab.expect(not missing, f"documents that were added are not listed: {sorted(missing)}", reader)


@law()
def names_are_the_same_in_every_place(lab: Workshop) -> None:
    """Names of models, workspaces and people are shown alike wherever they appear, also after they change."""
    project = lab.project()
    at, model = {"project_id": project}, lab.model(project)
    correction = lab.correction(project, model["id"])
    name = lab.unique("Renamed")
    lab.ok("change_model", {"model_id": model["id"]}, json={"display_name": name})
    shown = {
        "get_model": lab.ok("get_model", {"model_id": model["id"]})["display_name"],
        "get_project_model": lab.ok("get_project_model", {**at, "model_id": model["id"]})["display_name"],
        "list_project_models": lab.ok("list_project_models", at)[0]["display_name"],
        "list_models": next(one for one in lab.every("list_models") if one["id"] == model["id"])["display_name"],
        "get_project": lab.ok("get_project", at)["models"][0]["display_name"],
        "get_correction": lab.ok("get_correction", {**at, "correction_id": correction["id"]})["model"]["display_name"],
        "list_model_permissions": lab.ok("list_model_permissions", {"model_id": model["id"]})[0]["model"],
        "analyze": lab.ok("analyze", json={"model_id": model["id"], "documents": [{"text": "A bed."}]})["model"],
    }
    for operation, seen in shown.items():
        lab.expect(seen == name, f"a model that was renamed to {name!r} is shown as {seen!r}", operation)


@law()
def a_renamed_workspace_is_renamed_for_its_people(lab: Workshop) -> None:
    """A workspace has its new name for whoever belongs to it, and a deactivated one is gone for them."""
    made = lab.ok("create_workspace", json={"name": lab.unique("Team")})
    at, name = {"organization_id": made["id"]}, lab.unique("Other team")
    lab.ok("change_workspace", at, json={"name": name})
    mine = {one["id"]: one["name"] for one in lab.ok("get_auth_status")["organizations"]}
    lab.expect(
        mine.get(made["id"]) == name,
        f"the status of the caller shows it as {mine.get(made['id'])!r}, it is {name!r}",
        "get_auth_status",
    )
    lab.ok("delete_workspace", at)
    mine = {one["id"]: one["name"] for one in lab.ok("get_auth_status")["organizations"]}
    lab.expect(made["id"] not in mine, "a deactivated workspace is still listed", "get_auth_status")


def _tags(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [tag for segment in document["segments"] for tag in segment["tags"]]


def _of(documents: list[dict[str, Any]], tag_id: int) -> list[tuple[Any, Any]]:
    tags = [tag for one in documents for segment in one.get("segments", ()) for tag in segment.get("tags", ())]
    return _pairs(tags, tag_id)


def _pairs(tags: list[dict[str, Any]], tag_id: int) -> list[tuple[Any, Any]]:
    return [_pair(tag) for tag in tags if tag["id"] == tag_id]


def _pair(tag: dict[str, Any]) -> tuple[Any, Any]:
    return tag.get("class"), tag.get("label")
