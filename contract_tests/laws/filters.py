"""Filters show all that matches and nothing else; which part of a whole that is, the whole itself tells."""

from collections.abc import Callable
from typing import Any

from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop

Fits = Callable[[dict[str, Any]], bool]
UNKNOWN = 999_999_999
ALWAYS_ASKED = {"status": {"FINISHED", "FAILED", "ANNOTATING"}}  # whether or not there is such a session


def compare(lab: Workshop, operation: str, path: dict[str, Any], fits: Fits | set[int], **query: Any) -> None:
    """Compare a filtered list with what of the whole list should be in it."""
    lab.scene()
    whole = lab.every(operation, path)
    due = {one["id"] for one in whole if (one["id"] in fits if isinstance(fits, set) else fits(one))}
    step = max(1, len(due) // 2) if len(due) < 40 else 100  # in two pages at least: a filter has to hold on each
    shown = lab.every(operation, path, step, **query)
    found = [one["id"] for one in shown]
    told = " ".join(f"{name}={value}" for name, value in query.items())
    lab.expect(not due - set(found), f"{told} leaves out {sorted(due - set(found))[:3]}, which match", operation)
    lab.expect(not set(found) - due, f"{told} shows {sorted(set(found) - due)[:3]}, which do not match", operation)
    lab.expect(len(found) == len(set(found)), f"{told} shows something twice", operation)
    plain = {one["id"]: one for one in whole}
    odd = [one["id"] for one in shown if one != plain.get(one["id"], one)]
    lab.expect(not odd, f"{told} shows {odd[:3]} differently than the list without a filter", operation)


@law()
def filters_of_documents(lab: Workshop) -> None:
    """search, grouped, analysed, annotation_id and group_id show all documents that match, alone and together, and no other."""
    project = lab.project()
    at, documents = {"project_id": project}, lab.documents(project)
    group = lab.group(project, documents=[{"id": documents[0]}, {"id": documents[2]}])
    session = lab.session(project, document_ids=documents[1:3])
    of_group, of_session = {documents[0], documents[2]}, set(documents[1:3])
    compare(lab, "list_documents", at, of_group, group_id=group["id"])
    compare(lab, "list_documents", at, of_session, annotation_id=session["id"])
    compare(lab, "list_documents", at, of_group & of_session, group_id=group["id"], annotation_id=session["id"])
    compare(lab, "list_documents", at, of_group, grouped="true")
    compare(lab, "list_documents", at, set(documents), grouped="false")
    compare(lab, "list_documents", at, set(), analysed="true")
    for name in ("group_id", "annotation_id", "analysis_id"):
        compare(lab, "list_documents", at, set(), **{name: UNKNOWN})
    for word in ("HALL", "hall", "frühstück", "nie WIEDER", "no such words"):
        compare(lab, "list_documents", at, _has("text", word), search=word)
    in_group = {**at, "group_id": group["id"]}
    compare(lab, "list_group_documents", in_group, lambda one: "früh" in one["text"].casefold(), search="FRÜH")


@law()
def filters_of_sessions(lab: Workshop) -> None:
    """mode takes one or both modes, status one status; each shows all sessions that match and no other."""
    project = lab.project()
    at, model = {"project_id": project}, lab.model(project)
    lab.correction(project, model["id"])
    done = lab.session(project, documents=[{"text": "One sentence."}])
    document = lab.segments(project, done["id"])[0]["document_id"]
    lab.ok("mark_document", {**at, "annotation_id": done["id"], "document_id": document}, json={"name": "ANNOTATED"})
    for mode in ("ANNOTATION", "CORRECTION"):
        compare(lab, "list_sessions", at, _is("mode", mode), mode=mode)
    compare(lab, "list_sessions", at, lambda one: True, mode="ANNOTATION,CORRECTION")
    for status in ("ANNOTATING", "FINISHED", "FAILED"):
        compare(lab, "list_sessions", at, _is("status", status), status=status)
        compare(lab, "list_corrections", at, _is("status", status), status=status)
    corrections = {one["id"] for one in lab.ok("list_corrections", at)}
    sessions = {one["id"] for one in lab.ok("list_sessions", at, query={"mode": "CORRECTION"})}
    lab.expect(
        corrections == sessions,
        "the corrections of a project are not its sessions of the mode CORRECTION",
        "list_corrections",
    )


@law()
def filters_of_models(lab: Workshop) -> None:
    """search, type, exclude_id, starred, public and collection_id show all models that match and no other."""
    project = lab.project()
    model = lab.model(project)
    row_id, name = model["id"], str(model["display_name"])
    for operation, path in (("list_models", {}), ("list_workspace_models", _workspace(lab))):
        compare(lab, operation, path, lambda one: name.lower() in one["display_name"].lower(), search=name.upper())
        for kind in ("ABSA", "LABEL", "CLASS"):
            compare(lab, operation, path, _is("type", kind), type=kind)
        compare(lab, operation, path, lambda one: one["id"] != row_id, exclude_id=row_id)
        compare(lab, operation, path, set(), collection_id=1)
        compare(lab, operation, path, lambda one: _is_public(one), public="true")
        compare(lab, operation, path, lambda one: not _is_public(one), public="false")
        lab.ok("star_model", {"model_id": row_id})
        starred = {one["id"] for one in lab.every(operation, path, 100, starred="true")}
        lab.expect(row_id in starred, "a model that was starred is not among the starred ones", operation)
        compare(lab, operation, path, {one["id"] for one in lab.every(operation, path)} - starred, starred="false")
        lab.ok("unstar_model", {"model_id": row_id})
        starred = {one["id"] for one in lab.every(operation, path, 100, starred="true")}
        lab.expect(row_id not in starred, "a model whose star was taken away is among the starred ones", operation)


@law()
def filters_of_analyses(lab: Workshop) -> None:
    """Analyses are found by their model, and their documents by words, classes and labels: all that match and no other."""
    project = lab.project()
    model, other = lab.model(project), lab.model(project)
    texts = ("The bed was lovely and soft.", "The staff were rude.", "A superb bed. Rude staff!", "Nothing to say.")
    mine, theirs = lab.analysis(model["id"], texts), lab.analysis(other["id"])
    for row_id, inside, outside in ((model["id"], mine["id"], theirs["id"]), (other["id"], theirs["id"], mine["id"])):
        lab.scene()
        for operation, path, query in (
            ("list_analyses", {}, {"model": row_id}),
            ("list_model_analyses", {"model_id": row_id}, {}),
        ):
            found = {one["id"] for one in lab.every(operation, path, 50, **query)}
            lab.expect(inside in found, "an analysis is not found by its model", operation)
            lab.expect(outside not in found, "an analysis is found by a model that is not its own", operation)
    found = {one["id"] for one in lab.every("list_project_analyses", {"project_id": project}, 1)}
    lab.expect(
        found == {mine["id"], theirs["id"]},
        "the analyses of a project are not those of its models",
        "list_project_analyses",
    )
    at = {"analysis_id": mine["id"]}
    shown = lab.ok("list_analysis_documents", at, query={"details": "segments,tags"})["documents"]
    tags = {one["id"]: [tag for part in one["segments"] for tag in part["tags"]] for one in shown}
    for kind, field in (("classes", "class"), ("labels", "label")):
        for named in mine[kind]:
            due = {row_id for row_id, given in tags.items() if any(tag[field] == named["name"] for tag in given)}
            compare(lab, "list_analysis_documents", at, due, **{kind: named["id"]})
    compare(lab, "list_analysis_documents", at, lambda one: "bed" in one["text"].lower(), search="BED")
    compare(lab, "list_analysis_documents", at, set(), classes=UNKNOWN)


def _workspace(lab: Workshop) -> dict[str, Any]:
    organizations = lab.ok("get_auth_status")["organizations"]
    return {"organization_id": next(one["id"] for one in organizations if one["is_default"])}


def _is(field: str, value: Any) -> Fits:
    return lambda one: bool(one[field] == value)


def _has(field: str, word: str) -> Fits:
    return lambda one: word.casefold() in one[field].casefold()


def _is_review(task: dict[str, Any]) -> bool:
    return bool(task["source_task_id"])


def _is_no_review(task: dict[str, Any]) -> bool:
    return not task["source_task_id"]


def _is_public(model: dict[str, Any]) -> bool:
    """A model is public if it is PUBLISHED or the vendor's, which nobody owns."""
    return model["status"] == "PUBLISHED" or model["owner"] is None


@law(writes=False)
def statuses_divide_the_sessions(lab: Workshop) -> None:
    """Every session is found by its own mode and status, and by no other."""
    for project in lab.ok("list_projects")[:8]:
        at = {"project_id": project["id"]}
        whole = lab.ok("list_sessions", at)
        for name in ("mode", "status"):
            for value in sorted({one[name] for one in whole} | ALWAYS_ASKED.get(name, set())):
                lab.scene()
                found = [one["id"] for one in lab.ok("list_sessions", at, query={name: value})]
                due = [one["id"] for one in whole if one[name] == value]
                lab.expect(found == due, f"{name}={value} shows {found[:5]}, due is {due[:5]}", "list_sessions")


@law("blue_guardrails", writes=False)
def filters_of_labeling(lab: Workshop) -> None:
    """Tasks are found by status, assignee and lane, annotations by task, project, status and label: all that match and no other."""
    for project in lab.ok("list_labeling_projects")["items"]:
        at = {"project_id": project["id"]}
        tasks = lab.every("list_labeling_tasks", at)
        for status in sorted({one["status"] for one in tasks}):
            compare(lab, "list_labeling_tasks", at, _is("status", status), status=status)
        for person in sorted({one["assignee_id"] for one in tasks} - {None}):
            compare(
                lab,
                "list_labeling_tasks",
                at,
                _is("assignee_id", person),
                assignee_id=person,
            )
        for lane, is_review in (("task", False), ("review", True)):
            compare(
                lab,
                "list_labeling_tasks",
                at,
                _is_review if is_review else _is_no_review,
                lane=lane,
            )
    annotations = lab.every("list_labeling_annotations")
    for name in ("status", "label"):
        for value in sorted({one[name] for one in annotations}):
            compare(
                lab,
                "list_labeling_annotations",
                {},
                _is(name, value),
                **{name: value},
            )
    _by_place(lab, {one["id"] for one in annotations})


def _by_place(lab: Workshop, everything: set[str]) -> None:
    """The annotations of all projects, and those of all tasks, are all annotations, each once."""
    projects = lab.every("list_labeling_projects")
    of_projects = [
        row["id"] for one in projects for row in lab.every("list_labeling_annotations", None, 100, project_id=one["id"])
    ]
    lab.expect(
        sorted(of_projects) == sorted(everything),
        "the annotations of all projects are not all annotations",
        "list_labeling_annotations",
    )
    for project in projects:
        tasks = lab.every("list_labeling_tasks", {"project_id": project["id"]})
        of_tasks = []
        for task in tasks:
            found = lab.every("list_labeling_annotations", None, 100, task_id=task["id"])
            of_tasks += [row["id"] for row in found]
            lab.expect(
                task["annotation_count"] == len(found),
                f"annotation_count of a task is {task['annotation_count']}, {len(found)} are found by it",
                "list_labeling_tasks",
            )
        of_project = [row["id"] for row in lab.every("list_labeling_annotations", None, 100, project_id=project["id"])]
        lab.expect(
            sorted(of_tasks) == sorted(of_project),
            "the annotations of the tasks are not those of the project",
            "list_labeling_annotations",
        )
