"""Two people in one workspace: what one does counts for the other at once, and what one began is told to that one alone.

Not here: people of different workspaces (`tenants`), and which role each operation asks for (`roles`).
"""

from typing import Any

from contract_tests.laws.accounts import PASSWORD, logged_in, newcomer
from contract_tests.laws.guardrails import active
from contract_tests.laws.lab import WAIT, Ended
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import CLASSES, TEXTS, Workshop
from contract_tests.target import FIRST, Person

YEAR = 366 * 24 * 60 * 60.0  # in seconds: longer than an invitation is good


def joined(lab: Workshop, role: str) -> tuple[Person, dict[str, Any], dict[str, Any]]:
    """Make a workspace and give somebody new a role in it; return them, the path of the workspace and that of their permission."""
    person, _ = newcomer(lab)
    user_id = lab.ok("get_auth_status", person=person)["user"]["id"]
    at = {"organization_id": lab.ok("create_workspace", json={"name": lab.unique("Two")})["id"]}
    lab.later("delete_workspace", at)
    added = lab.ok("add_workspace_permission", at, json={"role": role, "user_id": user_id})
    return person, at, {**at, "permission_id": added["id"]}


def shared_project(lab: Workshop, at: dict[str, Any]) -> dict[str, Any]:
    """Make a project with classes in a workspace, as the first of the people, and return its path."""
    body = {"name": lab.unique("Ours"), "type": "ABSA"}
    made = lab.target.send("POST", f"/organizations/{at['organization_id']}/projects", json=body)
    path = {"project_id": made.json()["id"]}
    lab.later("delete_project", path)
    for name in CLASSES:
        lab.ok("create_class", path, json={"name": name})
    return path


@law()
def roles_count_as_soon_as_they_change(lab: Workshop) -> None:
    """A role that rises or falls counts with the next request, in the workspace and in its projects, whatever the person did before."""
    ranks: list[str] = lab.target.document["x-roles"]["ranks"]["organization"]
    carried: dict[str, str] = lab.target.document["x-roles"]["carries_over"]["project"]
    person, at, permission = joined(lab, ranks[0])
    project = shared_project(lab, at)
    for role in (*ranks[1:], *reversed(ranks[:-1])):
        lab.ok("change_workspace_permission", permission, json={"role": role})
        for operation, path, may in (
            ("list_invitations", at, ranks.index(role) >= ranks.index("ADMIN")),
            ("get_project", project, role in carried),
        ):
            answer = lab.call(operation, path, person=person)
            due = 200 if may else 403
            lab.expect(
                answer.status_code == due,
                f"who has just become {role} is answered {answer.status_code} where {due} is due",
                operation,
            )
    lab.ok("delete_workspace_permission", permission)
    lab.refused(403, "who was removed", "get_workspace", at, person=person)


@law()
def invitations_make_members(lab: Workshop) -> None:
    """Who accepts an invitation can log in and has its role; it counts once, ends some day, and begins anew when it is sent again."""
    host, address = newcomer(lab)
    at = {"organization_id": lab.ok("get_auth_status", person=host)["organizations"][0]["id"]}
    guests = [f"{one}-of-{address}" for one in ("first", "second")]
    made = lab.ok("invite_users", at, person=host, json={"role": "ANNOTATOR", "emails": guests})["invitations"]
    first, second = ({"token": _token(one), "password": PASSWORD} for one in made)
    lab.ok("accept_invitation", person=None, json=first)
    lab.refused(409, "an invitation that was accepted", "accept_invitation", person=None, json=first)
    _belongs(lab, guests[0], at)
    pending = [one["email"] for one in lab.ok("list_invitations", at, person=host)]
    lab.expect(pending == guests[1:], f"{pending} are pending after one of two was accepted", "list_invitations")
    if lab.target.can_advance:
        lab.wait(YEAR)
        lab.refused(409, "an invitation of last year", "accept_invitation", person=None, json=second)
        host = logged_in(lab, address)
        lab.ok("resend_invitation", {**at, "invitation_id": made[1]["id"]}, person=host)
        lab.ok("accept_invitation", person=None, json=second)
        _belongs(lab, guests[1], at)


def _token(invitation: dict[str, Any]) -> str:
    return str(invitation["invitation_link"]).rstrip("/").rsplit("/", 1)[-1]


def _belongs(lab: Workshop, address: str, at: dict[str, Any]) -> None:
    status = lab.ok("get_auth_status", person=logged_in(lab, address))
    roles = {one["id"]: one["role"] for one in status["organizations"]}
    lab.expect(roles == {at["organization_id"]: "ANNOTATOR"}, f"who accepted has the roles {roles}", "get_auth_status")


@law()
def news_are_for_who_began_it(lab: Workshop) -> None:
    """When something that one person began is over, that person is told once, and nobody else in the project is."""
    person, at, _ = joined(lab, "ADMIN")
    path = shared_project(lab, at)
    session, model = lab.labeled(path["project_id"]), lab.model(path["project_id"])
    begun: tuple[tuple[str, dict[str, Any], Any], ...] = (
        ("create_group", path, {"documents": [{"text": text} for text in TEXTS]}),
        ("upload_documents", path, [{"text": text} for text in TEXTS]),
        ("create_session", path, {"sample_size": 2}),
        ("train_model", path, {"annotation_ids": [session["id"]]}),
        ("create_correction", path, {"model_id": model["id"]}),
        ("create_analysis", {}, {"model_id": model["id"], "documents": [{"text": TEXTS[0]}]}),
        ("clone_project", path, at),
    )
    for operation, where, body in begun:
        lab.scene()
        mine, theirs = _news(lab), _news(lab, person)
        lab.ok(operation, where, person=person, json=body)
        told = len(_fresh_news(lab, person, theirs))
        lab.expect(told == 1, f"who began it has {told} new notifications when it is over, due is one", operation)
        lab.expect(not _news(lab) - mine, "somebody else is told of it", operation)


def _fresh_news(lab: Workshop, person: Person, before: set[int]) -> set[int]:
    """Return the news of a person as soon as there are some, or none after the time that anything may take."""
    lab.settle()
    for pause in (0.0, *(1.0,) * int(WAIT)):
        lab.wait(pause)
        if fresh := _news(lab, person) - before:
            return fresh
    return set()


def _news(lab: Workshop, person: Person = FIRST) -> set[int]:
    return {one["id"] for one in lab.ok("list_notifications", person=person)}


@law("blue_guardrails")
def nobody_labels_a_conversation_twice(lab: Workshop) -> None:
    """Where several people are to label each conversation there is a task for each of them, and nobody gets two of one conversation."""
    project = active(lab, config={"labelers_per_task": 2})
    at = {"project_id": project["id"]}
    listed = [one["conversation_id"] for one in lab.every("list_labeling_tasks", at)]
    wrong = sorted({one for one in listed if listed.count(one) != 2})
    lab.expect(not wrong, f"conversations {wrong[:2]} do not have two tasks", "list_labeling_tasks")
    claimed: list[str] = []
    for _ in listed:
        answer = lab.call("claim_labeling_task", at, json={"lane": "task"})
        if answer.status_code != 200:
            break
        claimed.append(answer.json()["conversation_id"])
    lab.expect(
        len(claimed) == len(set(claimed)), "somebody is given a conversation a second time", "claim_labeling_task"
    )
    lab.expect(set(claimed) == set(listed), "there is a conversation that somebody is not given", "claim_labeling_task")


@law("blue_guardrails")
def what_is_skipped_stays_as_it_was(lab: Workshop) -> None:
    """A bulk assignment to somebody else changes what it says it has processed, and nothing of what it skips."""
    project = active(lab)
    at = {"project_id": project["id"]}
    mine = lab.ok("claim_labeling_task", at, json={"lane": "task"})
    other = _somebody(lab, mine["assignee_id"])
    before = {one["id"]: one for one in lab.every("list_labeling_tasks", at)}
    answer = lab.ok("assign_labeling_tasks", json={"task_ids": list(before), "assignee_id": other})
    for row_id, task in {one["id"]: one for one in lab.every("list_labeling_tasks", at)}.items():
        lab.scene()
        if row_id in answer["processed"]:
            lab.expect(task["assignee_id"] == other, "what was assigned is not theirs", "assign_labeling_tasks")
        else:
            lab.expect(task == before[row_id], "a task that was skipped has changed", "assign_labeling_tasks")
    lab.expect(answer["skipped"] == [mine["id"]], "other tasks are skipped than those begun", "assign_labeling_tasks")


def _somebody(lab: Workshop, me: str) -> str:
    """Return the id of somebody else in the workspace, as the tasks of its projects tell. Raises Ended if they name nobody."""
    for project in lab.every("list_labeling_projects"):
        for task in lab.every("list_labeling_tasks", {"project_id": project["id"]}):
            if task["assignee_id"] not in (None, me):
                return str(task["assignee_id"])
    raise Ended
