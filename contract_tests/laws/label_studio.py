"""Annotations of Label Studio: order, authorship, forms and tokens."""

from typing import Any

from contract_tests.laws.makers import a_task
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop
from contract_tests.target import Person
from mock_server.label_studio import tokens

DEMO = (1, "label-studio-demo")  # whose personal token, and what it is called, in the worlds of the stand-in

CHOICE = [
    {"id": "a1", "from_name": "sentiment", "to_name": "text", "type": "choices", "value": {"choices": ["Neutral"]}}
]


def made(lab: Workshop, within: dict[str, Any], **body: Any) -> dict[str, Any]:
    """Create an annotation and delete it when the law is over."""
    one: dict[str, Any] = lab.ok("create_annotation", within, json={"result": CHOICE, **body})
    lab.later("delete_annotation", {"id": one["id"]})
    return one


@law("label_studio")
def annotations_are_listed_in_order(lab: Workshop) -> None:
    """ordering takes id, created_at and updated_at, forwards and backwards, and shows the same annotations."""
    task = {"id": a_task(lab)}
    for _ in range(3):
        lab.wait(2)
        made(lab, task)
    first = lab.ok("list_annotations", task)[0]
    lab.wait(2)
    lab.ok("change_annotation", {"id": first["id"]}, json={"lead_time": 99.5})
    ids = [one["id"] for one in lab.ok("list_annotations", task)]
    lab.expect(ids == sorted(ids), f"without ordering the annotations are {ids}, due is by id", "list_annotations")
    for field in ("id", "created_at", "updated_at"):
        for sign, backwards in (("", False), ("-", True)):
            lab.scene()
            shown = lab.ok("list_annotations", task, query={"ordering": f"{sign}{field}"})
            values = [one[field] for one in shown]
            lab.expect(
                values == sorted(values, reverse=backwards),
                f"ordering={sign}{field} shows {values[:4]}",
                "list_annotations",
            )
            lab.expect(
                sorted(one["id"] for one in shown) == ids,
                f"ordering={sign}{field} shows other annotations",
                "list_annotations",
            )


@law("label_studio")
def annotations_belong_to_their_task_and_author(lab: Workshop) -> None:
    """An annotation is of the task in the path and its caller's, whatever the body says; what else is sent is kept."""
    task = {"id": a_task(lab)}
    me = lab.ok("who_am_i")
    body = {
        "result": CHOICE,
        "task": 999,
        "project": 999,
        "updated_by": 999,
        "lead_time": 12.5,
        "was_cancelled": True,
        "ground_truth": True,
    }
    one = made(lab, task, **body)
    lab.expect(
        one["task"] == task["id"],
        f"it is of the task {one['task']}, created was it in {task['id']}",
        "create_annotation",
    )
    lab.expect(
        one["completed_by"] == me["id"],
        f"it was completed by {one['completed_by']}, the caller is {me['id']}",
        "create_annotation",
    )
    for name in ("lead_time", "was_cancelled", "ground_truth", "result"):
        lab.expect(
            one[name] == body[name], f"{name} was sent as {body[name]!r} and is {one[name]!r}", "create_annotation"
        )
    lab.expect(
        me["email"] in one["created_username"], f"created_username is {one['created_username']!r}", "create_annotation"
    )
    lab.wait(5)
    result = [{**CHOICE[0], "value": {"choices": ["Positive"]}}]
    changed = lab.ok("change_annotation", {"id": one["id"]}, json={"result": result, "task": 999})
    seen = lab.ok("get_annotation", {"id": one["id"]})
    lab.expect(
        seen["result"] == result == changed["result"], "a changed result is read as it was before", "get_annotation"
    )
    lab.expect(
        seen["task"] == task["id"] and seen["created_at"] == one["created_at"],
        "a change has moved it",
        "change_annotation",
    )
    if lab.target.can_advance:
        lab.expect(seen["updated_at"] > one["updated_at"], "a change does not show in updated_at", "change_annotation")
    if len(lab.target.people) > 1:
        other = lab.target.people[1]
        theirs = lab.ok("who_am_i", person=other)
        if theirs["active_organization"] == me["active_organization"]:
            lab.ok("change_annotation", {"id": one["id"]}, json={"lead_time": 1.5}, person=other)
            seen = lab.ok("get_annotation", {"id": one["id"]})
            lab.expect(
                seen["completed_by"] == me["id"],
                "who changes an annotation is shown as who made it",
                "change_annotation",
            )
            lab.expect(
                seen["created_username"] == one["created_username"],
                "a change has changed created_username",
                "change_annotation",
            )
            lab.expect(
                seen["updated_by"] == theirs["id"],
                f"user {theirs['id']} has changed it, updated_by is {seen['updated_by']}",
                "change_annotation",
            )
    child = made(lab, task, parent_annotation=one["id"])
    lab.ok("delete_annotation", {"id": one["id"]})
    seen = lab.ok("get_annotation", {"id": child["id"]})
    lab.expect(seen["parent_annotation"] is None, "an annotation names a parent that was deleted", "get_annotation")


@law("label_studio")
def forms_say_the_same_as_json(lab: Workshop) -> None:
    """A form makes the same annotation as the same values in JSON."""
    task = {"id": a_task(lab)}
    plain = made(lab, task, lead_time=3.5, ground_truth=True)
    result = '[{"id": "a1", "from_name": "sentiment", "to_name": "text", "type": "choices", "value": {"choices": ["Neutral"]}}]'
    fields = {"result": result, "lead_time": "3.5", "ground_truth": "true"}
    for more in ({"data": fields}, {"files": {name: (None, value) for name, value in fields.items()}}):
        lab.scene()
        one = lab.ok("create_annotation", task, **more)
        lab.later("delete_annotation", {"id": one["id"]})
        odd = [
            name for name in ("result", "lead_time", "ground_truth", "task", "completed_by") if one[name] != plain[name]
        ]
        lab.expect(not odd, f"{', '.join(odd)} of a form is read differently than from JSON", "create_annotation")


@law("label_studio", writes=False)
def tokens_of_label_studio(lab: Workshop) -> None:
    """A token tells who calls; a bad one is 401, also where none is needed; the version needs none."""
    first = lab.target.people[0]
    me = lab.ok("who_am_i")
    if first.email is not None:
        lab.expect(me["email"] == first.email, f"the token of {first.email} says {me['email']}", "who_am_i")
    lab.ok("get_version", person=None)
    for bad in ("Token no-such-token", "Bearer x.y.z", "no-such-token"):
        person = Person("nobody", {"Authorization": bad})
        lab.refused(401, "a bad token", "who_am_i", person=person)
        lab.refused(401, "a bad token", "get_version", person=person)
    lab.refused(401, "a personal token that nobody gave out", "refresh_token", person=None, json={"refresh": "a.b.c"})


@law("label_studio", writes=False)
def access_tokens_last_five_minutes(lab: Workshop) -> None:
    """A personal token is exchanged for one that is good for five minutes and not longer."""
    answer = lab.call("refresh_token", person=None, json={"refresh": tokens.personal(*DEMO)})
    if answer.status_code != 200:  # no other deployment knows the one of the stand-in
        return
    person = Person("by access token", {"Authorization": f"Bearer {answer.json()['access']}"})
    lab.ok("who_am_i", person=person)
    if lab.target.can_advance:
        lab.wait(tokens.LIFETIME - 10)
        lab.ok("who_am_i", person=person)
        lab.wait(20)
        lab.refused(401, "a token that has expired", "who_am_i", person=person)
