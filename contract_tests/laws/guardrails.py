"""Labeling of Blue Guardrails: claims, assignments, annotations, exports and cursors fit together."""

from typing import Any

from contract_tests.laws.lab import Ended
from contract_tests.laws.makers import MAKERS, an_evaluation, marking
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop

YEARS = 5 * 366 * 24 * 60 * 60.0  # in seconds: longer than a key is good
UNKNOWN = "99999999-0000-4000-8000-000000000000"


def active(lab: Workshop, **body: Any) -> dict[str, Any]:
    """Create a project that gives out tasks."""
    recipe = MAKERS["create_labeling_project"](lab)
    made = lab.ok("create_labeling_project", json={**recipe.more["json"], **body})
    changed: dict[str, Any] = lab.ok(
        "change_labeling_project", {"project_id_or_slug": made["id"]}, json={"status": "active"}
    )
    return changed


@law("blue_guardrails")
def projects_are_found_by_id_and_slug(lab: Workshop) -> None:
    """A project is the same by its id and by its slug; a slug is taken once; changing takes an id only."""
    project = active(lab)
    by_id, by_slug = (lab.ok("get_labeling_project", {"project_id_or_slug": project[name]}) for name in ("id", "slug"))
    lab.expect(by_id == by_slug, "a project reads differently by its slug than by its id", "get_labeling_project")
    body = {"name": "Twin", "slug": project["slug"], "source_type": "conversations"}
    lab.refused(409, "a slug that is taken", "create_labeling_project", json=body)
    lab.refused(
        422, "a slug where an id is due", "change_labeling_project", {"project_id_or_slug": project["slug"]}, json={}
    )
    twice = {**body, "slug": f"{project['slug']}-2", "label_schema": [{"name": "a"}, {"name": "a"}]}
    lab.refused(409, "a label that comes twice", "create_labeling_project", json=twice)
    other = f"{project['slug']}-new"
    lab.ok("change_labeling_project", {"project_id_or_slug": project["id"]}, json={"slug": other})
    lab.ok("get_labeling_project", {"project_id_or_slug": other})
    lab.refused(404, "the slug of before", "get_labeling_project", {"project_id_or_slug": project["slug"]})


@law("blue_guardrails")
def labeling_is_of_whom_it_is(lab: Workshop) -> None:
    """Projects name who made them and claimed tasks who claimed them: two people are two persons."""
    someone = lab.stranger
    if someone is None:
        raise Ended
    body = MAKERS["create_labeling_project"](lab).more["json"]
    mine = lab.ok("create_labeling_project", json=body)
    theirs = lab.ok("create_labeling_project", json={**body, "slug": f"{body['slug']}-theirs"}, person=someone)
    lab.expect(
        mine["created_by"] != theirs["created_by"],
        "the projects of two people name the same one",
        "create_labeling_project",
    )
    tasks = []
    for project, person in ((mine, lab.target.people[0]), (theirs, someone)):
        at = {"project_id": project["id"], "project_id_or_slug": project["id"]}
        lab.ok("change_labeling_project", at, json={"status": "active"}, person=person)
        task = lab.ok("claim_labeling_task", at, json={"lane": "task"}, person=person)
        lab.expect(
            task["assignee_id"] == project["created_by"],
            "a task that its maker claims is of somebody else",
            "claim_labeling_task",
        )
        tasks.append(task["id"])
    lab.expect(len(set(tasks)) == 2, "two people claim the same task", "claim_labeling_task")


@law("blue_guardrails")
def tasks_are_claimed_once(lab: Workshop) -> None:
    """Claiming gives every task once, in its order, until there is none; a claimed task is in progress and its caller's."""
    project = active(lab)
    at = {"project_id": project["id"]}
    tasks = lab.every("list_labeling_tasks", at, 3)
    lab.expect(
        project["task_count"] == len(tasks),
        f"task_count is {project['task_count']}, {len(tasks)} tasks are listed",
        "list_labeling_tasks",
    )
    lab.expect(
        {one["status"] for one in tasks} <= {"pending"}, "a task of a new project is not pending", "list_labeling_tasks"
    )
    seen: list[str] = []
    for _ in tasks:
        lab.scene()
        answer = lab.call("claim_labeling_task", at, json={"lane": "task"})
        if answer.status_code != 200:
            break
        task = answer.json()
        lab.expect(task["id"] not in seen, "a task is claimed twice", "claim_labeling_task")
        seen.append(task["id"])
        lab.expect(
            task["status"] == "in_progress" and task["started_at"] is not None,
            f"a claimed task is {task['status']}",
            "claim_labeling_task",
        )
        lab.expect(task["project_id"] == project["id"], "a claimed task is of another project", "claim_labeling_task")
        listed = next(one for one in lab.every("list_labeling_tasks", at) if one["id"] == task["id"])
        same = all(listed[name] == task[name] for name in listed.keys() & task.keys())
        lab.expect(same, "a claimed task is listed differently than it was shown", "list_labeling_tasks")
    lab.expect(len(seen) == len(tasks), f"{len(seen)} of {len(tasks)} tasks could be claimed", "claim_labeling_task")
    order = [one["id"] for one in sorted(tasks, key=lambda one: one["sequence_number"])]
    lab.expect(seen == order[: len(seen)], "tasks are not claimed in their order", "claim_labeling_task")
    lab.refused(404, "a task where none is left", "claim_labeling_task", at, json={"lane": "task"})
    for status in ("draft", "completed"):
        lab.ok("change_labeling_project", {"project_id_or_slug": project["id"]}, json={"status": status})
        lab.refused(409, f"a task of a project that is {status}", "claim_labeling_task", at, json={"lane": "task"})


@law("blue_guardrails")
def assignments_take_pending_tasks(lab: Workshop) -> None:
    """Pending tasks are assigned, others skipped, unknown ones reported, each once; a claim gives assigned ones first."""
    project = active(lab)
    at = {"project_id": project["id"]}
    mine = lab.ok("claim_labeling_task", at, json={"lane": "task"})
    me = mine["assignee_id"]
    pending = [one["id"] for one in lab.every("list_labeling_tasks", at, 100, status="pending")]
    if len(pending) < 2:
        raise Ended
    chosen = pending[-1]
    body = {"task_ids": [chosen, chosen, mine["id"], UNKNOWN], "assignee_id": me}
    answer = lab.ok("assign_labeling_tasks", json=body)
    lab.expect(
        answer["processed"] == [chosen],
        f"processed are {answer['processed']}, due is the pending one",
        "assign_labeling_tasks",
    )
    lab.expect(
        answer["skipped"] == [mine["id"]],
        f"skipped are {answer['skipped']}, due is the one in progress",
        "assign_labeling_tasks",
    )
    lab.expect(
        [one["task_id"] for one in answer["errors"]] == [UNKNOWN],
        "errors are not the unknown one",
        "assign_labeling_tasks",
    )
    listed = next(one for one in lab.every("list_labeling_tasks", at) if one["id"] == chosen)
    lab.expect(
        listed["assignee_id"] == me and listed["status"] == "pending",
        "an assigned task is not pending and one's own",
        "list_labeling_tasks",
    )
    following = lab.ok("claim_labeling_task", at, json={"lane": "task"})
    lab.expect(following["id"] == chosen, "a task that was assigned does not come first", "claim_labeling_task")
    lab.refused(
        404,
        "somebody who is not there",
        "assign_labeling_tasks",
        json={"task_ids": pending[:1], "assignee_id": UNKNOWN},
    )


@law("blue_guardrails")
def annotations_fit_their_text(lab: Workshop) -> None:
    """The text of an annotation is what its offsets enclose, and its label is one of the project; all else is refused with 409."""
    evaluation, text = an_evaluation(lab)
    words = max(text.split(), key=len)
    start = text.index(words)
    good = marking(evaluation, text, words)
    made = lab.ok("create_labeling_annotation", json=good)
    lab.expect(
        made["status"] == "accepted" and made["reviewed"] is True,
        f"an annotation by hand is {made['status']}",
        "create_labeling_annotation",
    )
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("a text that does not stand there", {"text": "x" * len(words)}),
        ("offsets that are one off", {"start_offset": start + 1, "end_offset": start + len(words) + 1}),
        ("an end before its start", {"start_offset": start + len(words), "end_offset": start}),
        ("offsets that enclose nothing", {"start_offset": start, "end_offset": start, "text": words}),
        ("offsets behind the text", {"start_offset": len(text), "end_offset": len(text) + len(words)}),
        ("a label that the project does not have", {"label": "no-such-label"}),
        ("a part that is not there", {"message_part_index": 99}),
    ]
    path = {"annotation_id": made["id"]}
    for why, change in wrong:
        lab.scene()
        lab.refused(409, why, "create_labeling_annotation", json={**good, **change})
        lab.refused(409, f"a change to {why}", "change_labeling_annotation", path, json=change)
    lab.expect(
        lab.ok("get_labeling_annotation", path) == made,
        "refused changes have changed an annotation",
        "change_labeling_annotation",
    )
    lab.refused(
        404, "an evaluation that is not there", "create_labeling_annotation", json={**good, "evaluation_id": UNKNOWN}
    )


@law("blue_guardrails")
def exports_have_what_was_annotated(lab: Workshop) -> None:
    """What is annotated and decided stands in the export at its message, and the counts of the project and its tasks follow."""
    evaluation, text = an_evaluation(lab)
    body = marking(evaluation, text, text.split()[0])
    made = lab.ok("create_labeling_annotation", json=body)
    project = next(one for one in lab.every("list_labeling_projects") if one["name"] == "Laws")
    found = _exported(lab, project["id"], made["id"])
    lab.expect(found is not None, "an annotation is not in the export of its project", "export_labeling_project")
    lab.ok(
        "change_labeling_annotation",
        {"annotation_id": made["id"]},
        json={"status": "flagged", "explanation": "Unsure."},
    )
    found = _exported(lab, project["id"], made["id"]) or {}
    lab.expect(
        found.get("status") == "flagged" and found.get("explanation") == "Unsure.",
        f"the export shows {found.get('status')} after a change",
        "export_labeling_project",
    )
    listed = [one["id"] for one in lab.every("list_labeling_annotations", None, 100, project_id=project["id"])]
    lab.expect(
        listed.count(made["id"]) == 1,
        f"an annotation is listed {listed.count(made['id'])} times in its project",
        "list_labeling_annotations",
    )
    tasks = [one for one in lab.every("list_labeling_tasks", {"project_id": project["id"]}) if one["annotation_count"]]
    lab.expect(len(tasks) == 1, f"{len(tasks)} tasks count annotations, one has some", "list_labeling_tasks")


def _exported(lab: Workshop, project: str, annotation: str) -> dict[str, Any] | None:
    maps = lab.ok("export_labeling_project", {"project_id": project})["annotations"]
    entries = [one for by_message in maps.values() for listed in by_message.values() for one in listed]
    return next((one for one in entries if one["id"] == annotation), None)


@law("blue_guardrails", writes=False)
def cursors_are_good_for_their_list(lab: Workshop) -> None:
    """A cursor of another list, of other filters, or one that was made up is refused with 422."""
    page = lab.ok("list_labeling_annotations", query={"limit": 1})
    cursor = page["next_page_cursor"]
    wrong = ["made-up", "WzIsICJlNGE5YjJmNyJd.5f1c9a", ""]
    for made_up in wrong:
        lab.refused(422, f"the cursor {made_up!r}", "list_labeling_annotations", query={"cursor": made_up})
    if cursor is None:
        raise Ended
    lab.ok("list_labeling_annotations", query={"cursor": cursor, "limit": 5})
    lab.refused(
        422, "a cursor of other filters", "list_labeling_annotations", query={"cursor": cursor, "status": "accepted"}
    )
    lab.refused(422, "a cursor of another list", "list_labeling_projects", query={"cursor": cursor})
    lab.refused(
        422,
        "a cursor that was changed",
        "list_labeling_annotations",
        query={"cursor": cursor[:-1] + ("0" if cursor[-1] != "0" else "1")},
    )


@law("blue_guardrails")
def new_entries_do_not_shift_pages(lab: Workshop) -> None:
    """What is added while a list is read page by page neither repeats nor hides what was there."""
    made = [active(lab)["id"] for _ in range(3)]
    before = [one["id"] for one in lab.every("list_labeling_projects")]
    page = lab.ok("list_labeling_projects", query={"limit": 1})
    seen = [one["id"] for one in page["items"]]
    while page["next_page_cursor"] and len(seen) < len(before) + 20:
        if len(seen) == 1:
            made.append(active(lab)["id"])
        page = lab.ok("list_labeling_projects", query={"limit": 1, "cursor": page["next_page_cursor"]})
        seen += [one["id"] for one in page["items"]]
    lab.expect(len(seen) == len(set(seen)), "a project is on two pages", "list_labeling_projects")
    lab.expect(not set(before) - set(seen), "a project is on no page", "list_labeling_projects")
    lab.expect(set(made[:3]) <= set(before), "a new project is not in the list", "list_labeling_projects")


@law("blue_guardrails")
def null_empties_what_can_be_empty(lab: Workshop) -> None:
    """null empties guide and labels of a project and changes nothing else; a config adds to the one there is."""
    project = active(lab, labeling_guide="Read twice.")
    at = {"project_id_or_slug": project["id"]}
    lab.ok("change_labeling_project", at, json={"name": None, "slug": None, "status": None, "labeling_guide": None})
    seen = lab.ok("get_labeling_project", at)
    lab.expect(seen["labeling_guide"] is None, "null does not empty the guide", "change_labeling_project")
    kept = all(seen[name] == project[name] for name in ("name", "slug", "status", "label_schema"))
    lab.expect(kept, "null has changed what cannot be empty", "change_labeling_project")
    lab.ok("change_labeling_project", at, json={"config": {"auto_create_review_tasks": True}})
    config = lab.ok("get_labeling_project", at)["config"]
    due = {**project["config"], "auto_create_review_tasks": True}
    lab.expect(config == due, f"a config that was added to is {config}, due is {due}", "change_labeling_project")


@law("blue_guardrails", writes=False)
def keys_open_their_own_workspace(lab: Workshop) -> None:
    """A key is refused the workspace of another team, and every workspace once it has ended."""
    ours = lab.target.document["components"]["parameters"]["WorkspaceId"]["example"]
    if lab.stranger is not None:
        lab.refused(
            403,
            "the workspace of another team",
            "list_labeling_projects",
            person=lab.stranger,
            headers={"X-Workspace-Id": ours},
        )
    if lab.target.can_advance:
        lab.wait(YEARS)
        lab.refused(401, "a key that has ended", "list_labeling_projects")
