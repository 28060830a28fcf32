"""Corrections, reviews and transfers: decisions count, scores follow, and what belongs together stays together."""

from typing import Any

from contract_tests.laws.lab import Ended
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop
from contract_tests.lessons import GOOD, LESSONS


def begun(lab: Workshop) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Begin a correction session with what the model surely finds; return its path and its segments with tags."""
    project = lab.project()
    model = lab.model(project)
    made = lab.correction(project, model["id"], sample_size=len(LESSONS))
    path = {"project_id": project, "correction_id": made["id"]}
    found = [part for part in segments(lab, path) if part["tags"]]
    if len(found) < 4:
        lab.broken(
            f"a model finds tags in {len(found)} of the texts that it has learned from", "list_correction_documents"
        )
        raise Ended
    return path, found


def segments(lab: Workshop, path: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the segments of a correction session with their tags and `document_id`."""
    shown = lab.ok("list_correction_documents", path, query={"details": "segments,tags", "limit": 1000})["documents"]
    return [{**part, "document_id": one["id"]} for one in shown for part in one["segments"]]


def _at(path: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    return {**path, "document_id": part["document_id"], "segment_id": part["id"], "tag_id": part["tags"][0]["id"]}


@law()
def decisions_on_tags_count(lab: Workshop) -> None:
    """Confirming keeps a tag as predicted, changing does not, deleting counts against the model; score, marks and progress follow."""
    path, (first, second, third, fourth, *_) = begun(lab)
    one = lab.ok("confirm_correction_tag", _at(path, first), json={"status": "READY"})
    lab.expect(
        one["tag"]["status"] == "READY" and one["tag"]["predicted"],
        "a confirmed tag is not READY and predicted",
        "confirm_correction_tag",
    )
    lab.expect(
        one["predicted_score"] == 100,
        f"one tag was confirmed, predicted_score is {one['predicted_score']}",
        "confirm_correction_tag",
    )
    if len(first["tags"]) == 1:
        lab.expect(
            one["segment"]["annotated"] is not None,
            "a segment whose every tag is decided is not marked",
            "confirm_correction_tag",
        )
    label = "NEG" if second["tags"][0]["label"] == "POS" else "POS"
    two = lab.ok("change_correction_tag", _at(path, second), json={"label": label})
    lab.expect(
        two["tag"]["label"] == label and not two["tag"]["predicted"],
        f"a changed tag is shown as {two['tag']}",
        "change_correction_tag",
    )
    lab.expect(
        two["predicted_score"] == 50,
        f"one of two was right, predicted_score is {two['predicted_score']}",
        "change_correction_tag",
    )
    three = lab.ok("delete_correction_tag", _at(path, third))
    lab.expect(
        three["predicted_score"] == 33,
        f"one of three was right, predicted_score is {three['predicted_score']}",
        "delete_correction_tag",
    )
    added = lab.ok("create_correction_tag", _at(path, fourth), json={"class": "Noise", "label": "NEG"})
    lab.expect(
        added["tag"]["status"] == "READY" and not added["tag"]["predicted"],
        "a tag that a person adds is predicted",
        "create_correction_tag",
    )
    lab.expect(
        added["predicted_score"] == 25,
        f"the model missed a tag, predicted_score is {added['predicted_score']}",
        "create_correction_tag",
    )
    seen = lab.ok("get_correction", path)
    lab.expect(
        seen["predicted_score"] == 25,
        f"the session shows the score {seen['predicted_score']}, the last answer said 25",
        "get_correction",
    )
    lab.expect(
        int(seen["progress"]) == added["progress"],
        f"the session shows {seen['progress']} percent, the last answer {added['progress']}",
        "get_correction",
    )
    back = lab.ok("confirm_correction_tag", _at(path, first), json={"status": "CORRECTING"})
    lab.expect(
        back["segment"]["annotated"] is None,
        "a tag that is in doubt again leaves its segment marked",
        "confirm_correction_tag",
    )
    now = {part["id"]: part["tags"] for part in segments(lab, path)}
    lab.expect(
        third["tags"][0]["id"] not in [tag["id"] for tag in now[third["id"]]],
        "a deleted tag is still shown",
        "list_correction_documents",
    )
    lab.expect(
        label in [tag["label"] for tag in now[second["id"]]],
        "a changed tag is shown as before",
        "list_correction_documents",
    )
    again = _at(path, {**third, "tags": third["tags"][:1]})
    lab.refused(404, "a tag that was deleted", "confirm_correction_tag", again, json={"status": "READY"})


@law()
def corrections_are_sessions_too(lab: Workshop) -> None:
    """A correction session is read and listed as a session of its mode; labeling operations do not change it, and it goes with its tags."""
    path, (part, *_) = begun(lab)
    at = {**path, "annotation_id": path["correction_id"]}
    one, other = lab.ok("get_session", at), lab.ok("get_correction", path)
    lab.expect(one["mode"] == "CORRECTION", f"a correction session has the mode {one['mode']}", "get_session")
    odd = [name for name in ("name", "progress", "status", "created", "document_count") if one[name] != other[name]]
    lab.expect(not odd, f"{', '.join(odd)} of a correction session differ between its two paths", "get_session")
    lab.refused(
        409, "a change of a correction session as a labeling session", "change_session", at, json={"name": "No"}
    )
    lab.refused(
        409,
        "a mark in a correction session as a labeling session",
        "mark_segment",
        {**at, **_at(path, part)},
        json={"name": "ANNOTATED"},
    )
    labeling = next(row["id"] for row in lab.ok("list_sessions", at) if row["mode"] == "ANNOTATION")
    lab.refused(404, "a labeling session among the corrections", "get_correction", {**path, "correction_id": labeling})
    shown = {tag["id"] for tag in lab.every("list_project_tags", path)}
    lab.expect(
        part["tags"][0]["id"] not in shown,
        "a tag that nobody has decided on is among those of the project",
        "list_project_tags",
    )
    lab.ok("delete_correction", path)
    lab.refused(404, "a deleted correction session as a session", "get_session", at)
    lab.expect(
        path["correction_id"] not in [row["id"] for row in lab.ok("list_sessions", at)],
        "it is still listed",
        "list_sessions",
    )


@law()
def deleted_models_leave_what_they_made(lab: Workshop) -> None:
    """When a model is deleted, its finished analyses and corrections stay and show none; one under way fails."""
    project = lab.project()
    at, model = {"project_id": project}, lab.model(project)
    done = lab.analysis(model["id"])
    correction = lab.correction(project, model["id"])
    running = lab.ok("create_analysis", json={"model_id": model["id"], "documents": [{"text": text} for text in GOOD]})
    lab.ok("delete_model", {"model_id": model["id"]})
    for operation, path in (
        ("get_model", {}),
        ("get_project_model", at),
        ("download_model", {}),
        ("list_model_analyses", {}),
    ):
        lab.refused(404, "a model that was deleted", operation, {**path, "model_id": model["id"]})
    seen = lab.ok("get_analysis", {"analysis_id": done["id"]})
    lab.expect(
        seen["status"] == "FINISHED" and seen["model_id"] is None,
        f"it is {seen['status']} of model {seen['model_id']}",
        "get_analysis",
    )
    kept = lab.ok("get_correction", {**at, "correction_id": correction["id"]})
    lab.expect(kept["model"] is None, f"a correction session shows the deleted model {kept['model']}", "get_correction")
    lab.expect(not lab.ok("get_project", at)["models"], "a project shows a deleted model", "get_project")
    shown = [one for one in lab.ok("list_projects", query={"details": "true"}) if one["id"] == project]
    lab.expect(not shown[0]["models"], "a project in a list shows a deleted model", "list_projects")
    if lab.target.can_advance:
        lab.settle()
        seen = lab.ok("get_analysis", {"analysis_id": running["id"]})
        lab.expect(
            seen["status"] == "FAILED", f"an analysis whose model was deleted is {seen['status']}", "get_analysis"
        )
    lab.expect(
        not lab.ok("list_project_models", at), "a deleted model is in the list of its project", "list_project_models"
    )
    lab.refused(
        404,
        "an analysis with a deleted model",
        "analyze",
        json={"model_id": model["id"], "documents": [{"text": "A bed."}]},
    )


@law()
def hitls_show_their_person_and_model(lab: Workshop) -> None:
    """A HITL shows what it was given, null takes it away, assigning is seen at once, and updated_at follows."""
    project = lab.project()
    at, model = {"project_id": project}, lab.model(project)
    me = lab.ok("get_auth_status")["user"]["id"]
    made = lab.ok("create_hitl", at, json={"model_id": model["id"]})
    path = {**at, "hitl_id": made["id"]}
    lab.expect(
        made["is_live"] is False and bool(made["name"]),
        "a HITL without a name and is_live has others than the defaults",
        "create_hitl",
    )
    lab.expect(
        set(made["labels"]) == set(model["labels"]),
        f"its labels are {sorted(made['labels'])}, those of its model {sorted(model['labels'])}",
        "create_hitl",
    )
    lab.wait(3)
    assigned = lab.ok("assign_hitl", path, json={"assigned_user_id": me})
    seen = lab.ok("get_hitl", path)
    lab.expect(
        seen == assigned and seen["assigned_user_id"] == me,
        f"it was assigned to {me} and shows {seen['assigned_user_id']}",
        "get_hitl",
    )
    if lab.target.can_advance:
        lab.expect(seen["updated_at"] > made["updated_at"], "a change does not show in updated_at", "get_hitl")
    lab.ok("change_hitl", path, json={"assigned_user_id": None, "model_id": None, "description": None})
    seen = lab.ok("get_hitl", path)
    gone = seen["assigned_user_id"] is None and seen["model_id"] is None and seen["labels"] == {}
    lab.expect(gone, "null has not taken the person and the model away", "change_hitl")
    lab.expect(lab.ok("list_hitl_reviews", path) == [], "a new HITL has reviews", "list_hitl_reviews")
    lab.refused(404, "a person who is not there", "assign_hitl", path, json={"assigned_user_id": 999_999_999})
    stranger = lab.stranger
    if stranger is not None:
        row_id = lab.ok("get_auth_status", person=stranger)["user"]["id"]
        lab.refused(
            409, "a person without a role in the project", "assign_hitl", path, json={"assigned_user_id": row_id}
        )
    lab.refused(400, "an address that is none", "change_hitl", path, json={"webhook_url": "ftp://example.com"})
    lab.expect(lab.ok("get_hitl", path) == seen, "refused changes have changed it", "get_hitl")


@law()
def transferred_projects_take_everything_along(lab: Workshop) -> None:
    """A transfer moves a project with all in it, and it is found under the other workspace and no longer under the first."""
    project = lab.project()
    at = {"project_id": project}
    lab.documents(project)
    lab.labeled(project)
    home = next(one["id"] for one in lab.ok("get_auth_status")["organizations"] if one["is_default"])
    other = lab.ok("create_workspace", json={"name": lab.unique("Team")})["id"]
    before = {name: lab.ok(name, at) for name in ("list_documents", "list_classes", "list_labels")}
    names = [one["name"] for one in lab.ok("list_sessions", at)]
    moved = lab.ok("transfer_project", at, json={"organization_id": other})
    lab.settle()
    lab.expect(
        lab.ok("get_task", {**at, "task_id": moved["task_id"]})["status"] == "FINISHED",
        "its task is not over",
        "get_task",
    )
    for name, whole in before.items():
        lab.expect(lab.ok(name, at) == whole, "a project that was transferred has other ones than before", name)
    sessions = lab.ok("list_sessions", at)
    lab.expect(
        [one["name"] for one in sessions] == names, "a project that was transferred has other sessions", "list_sessions"
    )
    lab.expect(
        {one["organization_id"] for one in sessions} == {other},
        "its sessions are of another workspace",
        "list_sessions",
    )
    for workspace, due in ((home, 404), (other, 200)):
        answer = lab.target.send("GET", f"/organizations/{workspace}/projects/{project}")
        lab.expect(
            answer.status_code == due,
            f"behind a workspace it is answered {answer.status_code}, due is {due}",
            "get_project",
        )
    lab.refused(404, "a workspace that is not there", "transfer_project", at, json={"organization_id": 999_999_999})
