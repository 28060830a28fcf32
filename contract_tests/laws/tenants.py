"""What belongs to one team is nothing to another: neither read, nor changed, nor listed, nor brought in by its id."""

from typing import Any

from contract_tests.addresses import concrete
from contract_tests.laws.explore import Explorer, Path
from contract_tests.laws.lab import Ended
from contract_tests.laws.makers import CHANGES
from contract_tests.laws.reading import plain
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop, listed
from mock_server.contract import resolve

CLOSED = (403, 404)
PUBLIC = {"get_health", "get_info", "list_types", "get_auth_status", "get_version", "who_am_i"}


def example(lab: Workshop, operation: str) -> dict[str, Any]:
    """Return what to send as a valid body of an operation, so that nothing but the caller can be wrong."""
    if operation in CHANGES:
        return {"json": CHANGES[operation]}
    body = resolve(lab.target.document, lab.target.addresses.by_id[operation].node.get("requestBody", {}))
    content = body.get("content", {})
    if "application/json" in content:
        media = content["application/json"]
        named = [resolve(lab.target.document, node).get("value") for node in media.get("examples", {}).values()]
        return {"json": media.get("example", named[0] if named else {})}
    if "multipart/form-data" in content:
        return {"files": {"file": ("a.csv", b"text,class,label,name\nGood.,Comfort,POS,Lift\n", "text/csv")}}
    return {}


def _somebody_else(lab: Workshop) -> Any:
    if lab.stranger is None:
        raise Ended  # nobody else is known here
    return lab.stranger


def closed_to_strangers(lab: Workshop, explorer: Explorer) -> None:
    """Ask for everything that can be read here as somebody else."""
    stranger = _somebody_else(lab)
    for operation, path in list(explorer.reads()):
        if not path or operation in PUBLIC or _is_public_model(lab, path):
            continue
        lab.scene()
        mine = lab.call(operation, path)
        if mine.status_code == 200:
            lab.refused(CLOSED, "somebody of another team asks for it", operation, path, person=stranger)


def unchanged_by_strangers(lab: Workshop, explorer: Explorer) -> None:
    """Try to change and delete everything here as somebody else, and look whether it is as before."""
    stranger = _somebody_else(lab)
    reads = [(operation, path) for operation, path in explorer.reads() if path]
    before = {_key(operation, path): plain(lab.call(operation, path)) for operation, path in reads}
    for operation in lab.target.addresses:
        if operation.method == "GET" or "{" not in operation.path:
            continue
        for path in _not_public(lab, explorer.paths(operation.operation_id))[:2]:
            lab.scene()
            more = example(lab, operation.operation_id)
            lab.refused(
                CLOSED, "somebody of another team sends it", operation.operation_id, path, person=stranger, **more
            )
    lab.scene()
    for operation_id, path in reads:
        same = plain(lab.call(operation_id, path)) == before[_key(operation_id, path)]
        lab.expect(same, "after somebody of another team has tried to change things it reads differently", operation_id)


def _not_public(lab: Workshop, paths: list[Path]) -> list[Path]:
    return [path for path in paths if not _is_public_model(lab, path)]


def _is_public_model(lab: Workshop, path: Path) -> bool:
    """Whether a path names a model that everybody may use, and no project around it."""
    if "model_id" not in path or "project_id" in path:
        return False
    model = lab.call("get_model", {"model_id": path["model_id"]})
    shown = model.json() if model.status_code == 200 else {}
    return shown.get("status") == "PUBLISHED" or shown.get("owner") is None


def _key(operation: str, path: Path) -> str:
    return f"{operation} {sorted(path.items())}"


@law()
def other_teams_see_nothing(lab: Workshop) -> None:
    """Somebody of another team can read nothing in a project, by no path."""
    closed_to_strangers(lab, Explorer(lab, per=1, project=full_project(lab)))


@law()
def other_teams_change_nothing(lab: Workshop) -> None:
    """Somebody of another team can change and delete nothing in a project, and what they tried has left no trace."""
    unchanged_by_strangers(lab, Explorer(lab, per=1, project=full_project(lab)))


@law()
def lists_have_nothing_of_other_teams(lab: Workshop) -> None:
    """What one team creates appears in no list of another, whatever the filters."""
    stranger = _somebody_else(lab)
    project = full_project(lab)
    at = {"project_id": project}
    mine = {
        "list_projects": {project},
        "list_models": {row["id"] for row in lab.ok("list_project_models", at)},
        "list_analyses": {row["id"] for row in listed(lab.ok("list_project_analyses", at))},
        "list_notifications": {row["id"] for row in lab.ok("list_notifications")},
    }
    for operation, ids in mine.items():
        lab.scene()
        missing = ids - {row["id"] for row in listed(lab.ok(operation))}
        lab.expect(not missing, f"the list of the one who made it leaves out {sorted(missing)[:3]}", operation)
        shared = ids & {row["id"] for row in listed(lab.ok(operation, person=stranger))}
        lab.expect(not shared, f"a list of another team shows {sorted(shared)[:3]}", operation)


@law()
def workspaces_in_the_path_count(lab: Workshop) -> None:
    """Behind /organizations/{id} everything reads the same in its own workspace, and is not found in another."""
    project = full_project(lab)
    home = next(one["id"] for one in lab.ok("get_auth_status")["organizations"] if one["is_default"])
    other = lab.ok("create_workspace", json={"name": lab.unique("Team")})["id"]
    begin = tuple(lab.target.document["x-aliases"]["paths"])
    for operation, path in Explorer(lab, per=1, project=project).reads():
        template = lab.target.addresses.by_id[operation].path
        if not template.startswith(begin) or not path or "notification_id" in path or _is_public_model(lab, path):
            continue
        lab.scene()
        plainly = lab.call(operation, path)
        mine, theirs = (
            lab.target.send("GET", f"/organizations/{row_id}{concrete(template, path)}") for row_id in (home, other)
        )
        same = mine.status_code == plainly.status_code and plain(mine) == plain(plainly)
        lab.expect(same, "behind its workspace it reads differently than without", operation)
        lab.expect(
            theirs.status_code == 404,
            f"behind another workspace it is answered {theirs.status_code}, due is 404",
            operation,
        )
    lists = (("/projects", project), ("/models", lab.ok("list_project_models", {"project_id": project})[0]["id"]))
    for where, row_id in lists:
        for workspace, due in ((home, True), (other, False)):
            query = {"limit": 1000} if where == "/models" else None
            shown = lab.target.send("GET", f"/organizations/{workspace}{where}", query=query)
            has = row_id in {row["id"] for row in listed(shown.json())}
            told = f"{where} behind {'its own' if due else 'another'} workspace {'lacks' if due else 'shows'} it"
            lab.expect(has == due, told)
    made = lab.target.send(
        "POST", f"/organizations/{other}/projects", json={"name": lab.unique("There"), "type": "CLASS"}
    )
    there = {row["id"] for row in lab.target.send("GET", f"/organizations/{other}/projects").json()}
    lab.expect(
        made.json().get("id") in there, "what is created behind a workspace does not come into it", "create_project"
    )


@law()
def ids_of_other_projects_are_not_found(lab: Workshop) -> None:
    """Under the path of one project, what belongs to another one is not found, though the caller may see both."""
    full, empty = full_project(lab), lab.project()
    explorer = Explorer(lab, per=1, project=full)
    for operation in lab.target.addresses:
        deeper = "{project_id}" in operation.path and operation.path.count("{") > 1
        if not deeper or operation.operation_id in ("extract_document", "change_label_by_name"):
            continue
        for path in explorer.paths(operation.operation_id)[:1]:
            lab.scene()
            there = lab.call(operation.operation_id, path) if operation.method == "GET" else None
            if there is None or there.status_code == 200:
                more = example(lab, operation.operation_id)
                lab.refused(
                    404, "an id of another project", operation.operation_id, {**path, "project_id": empty}, **more
                )


@law()
def bodies_cannot_bring_in_what_is_elsewhere(lab: Workshop) -> None:
    """Ids in a body count in their own project only: documents, sessions, models and files of another are not taken."""
    mine, other = lab.project(), lab.project()
    theirs = lab.documents(other)
    lab.documents(mine)
    session = lab.labeled(other)
    model = lab.model(other)
    at = {"project_id": mine}
    entry = {"documents": [{"id": theirs[0]}], "name": "Taken"}
    lab.scene()
    lab.refused(404, "a document of another project in a new group", "create_group", at, json=entry)
    lab.refused(
        404, "a document of another project in a new session", "create_session", at, json={"document_ids": theirs[:1]}
    )
    lab.refused(
        404, "a session of another project to train from", "train_model", at, json={"annotation_ids": [session["id"]]}
    )
    lab.refused(404, "a model of another project to correct", "create_correction", at, json={"model_id": model["id"]})
    lab.refused(
        404, "a model of another project in a HITL", "create_hitl", at, json={"name": "Taken", "model_id": model["id"]}
    )
    stranger = lab.stranger
    if stranger is not None:
        body = {"model_id": model["id"], "documents": [{"text": "A bed."}]}
        lab.refused(CLOSED, "a model of another team to analyse with", "analyze", json=body, person=stranger)
        lab.refused(CLOSED, "a model of another team for a batch", "create_analysis", json=body, person=stranger)
    for operation in ("list_groups", "list_sessions", "list_project_models", "list_corrections", "list_hitls"):
        lab.expect(not listed(lab.ok(operation, at)), "a refused request has left something behind", operation)


@law("label_studio", writes=False)
def other_organizations_see_no_annotation(lab: Workshop) -> None:
    """Somebody of another organization can read no annotation and no task."""
    closed_to_strangers(lab, Explorer(lab, per=3))


@law("label_studio")
def other_organizations_change_no_annotation(lab: Workshop) -> None:
    """Somebody of another organization can change, delete and create nothing, and what they tried has left no trace."""
    unchanged_by_strangers(lab, Explorer(lab, per=2))


@law("blue_guardrails", writes=False)
def other_workspaces_see_nothing(lab: Workshop) -> None:
    """Somebody of another workspace can read nothing of this one, by no path."""
    closed_to_strangers(lab, Explorer(lab, per=2))


@law("blue_guardrails")
def other_workspaces_change_nothing(lab: Workshop) -> None:
    """Somebody of another workspace can change nothing here, and what they tried has left no trace."""
    unchanged_by_strangers(lab, Explorer(lab, per=2))


@law("blue_guardrails", writes=False)
def lists_have_nothing_of_other_workspaces(lab: Workshop) -> None:
    """No list of one workspace has anything in common with that of another."""
    stranger = _somebody_else(lab)
    for operation in ("list_labeling_projects", "list_labeling_annotations"):
        lab.scene()
        mine, theirs = (
            {row["id"] for row in listed(lab.ok(operation, person=one))} for one in (lab.target.people[0], stranger)
        )
        lab.expect(not mine & theirs, f"the lists of two workspaces share {sorted(mine & theirs)[:2]}", operation)
        for row_id in sorted(mine)[:3] if operation == "list_labeling_annotations" else ():
            lab.refused(
                404,
                "an annotation of another workspace",
                "get_labeling_annotation",
                {"annotation_id": row_id},
                person=stranger,
            )


def full_project(lab: Workshop) -> int:
    """Create a project with one of everything in it and return its id."""
    project = lab.project()
    lab.documents(project)
    lab.group(project, documents=[{"text": "In a group.", "source": "web"}])
    session = lab.session(project)
    path = lab.first_segment(project, session["id"])
    lab.ok("create_segment_tag", path, json={"class": "Comfort", "label": "POS"})
    model = lab.model(project)
    lab.analysis(model["id"])
    lab.correction(project, model["id"])
    lab.ok("create_hitl", {"project_id": project}, json={"name": "In doubt", "model_id": model["id"]})
    return project
