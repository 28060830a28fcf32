"""Where roles are tried: a workspace of its own with one person of each role, and a project with one of everything in it.

Not here: the trials (`roles`).
"""

from typing import Any

import msgspec

from contract_tests.addresses import Operation
from contract_tests.laws.lab import Ended
from contract_tests.laws.workshop import Workshop
from contract_tests.target import Person

DESTROYING = {  # what takes away the very thing in which a role is looked up, or somebody's role; tried once, at the end
    "delete_project",
    "transfer_project",
    "delete_workspace",
    "delete_workspace_permission",
    "delete_model",
    "delete_project_model",
    "delete_user",
}
FROM_CORRECTION = {"document_id", "segment_id", "tag_id"}


class Place(msgspec.Struct):
    """People by role, `stranger` and `superuser` among them, and the ids of what there is."""

    people: dict[str, Person]
    ids: dict[str, Any]
    of_correction: dict[str, Any]

    def path(self, operation: Operation) -> dict[str, Any]:
        """Return the path parameters of an operation here."""
        names = [part[1:-1] for part in operation.path.split("/") if part.startswith("{")]
        own = self.of_correction if "correction_id" in names else {}
        return {name: own.get(name, self.ids.get(name)) for name in names}


def prepare(lab: Workshop) -> Place:
    """Make the place, as the first of the people. Raises Ended where people cannot be given roles."""
    ids: dict[str, Any] = {"page": 0}
    ids["organization_id"] = lab.ok("create_workspace", json={"name": lab.unique("Roles")})["id"]
    lab.later("delete_workspace", {"organization_id": ids["organization_id"]})
    lab.ok("set_default_workspace", ids, json={"default": True})
    _fill(lab, ids)
    of_correction = _correction(lab, ids)
    people = _hired(lab, ids)
    return Place(people, ids, of_correction)


def _hired(lab: Workshop, ids: dict[str, Any]) -> dict[str, Person]:
    """Give each role to somebody, and return the people by role, weakest first."""
    ranks: list[str] = lab.target.document["x-roles"]["ranks"]["organization"]
    people: dict[str, Person] = {}
    taken: set[int] = set()
    if lab.stranger is not None:
        people["stranger"] = lab.stranger
        taken.add(_user_id(lab, lab.stranger))
    for role, person in zip(ranks, _candidates(lab, taken), strict=False):
        added = lab.ok("add_workspace_permission", ids, json={"role": role, "user_id": _user_id(lab, person)})
        people[role] = person
        if role in ("USER", "ANNOTATOR"):
            ids["permission_id"] = added["id"]
    if not people:
        raise Ended
    status = lab.ok("get_auth_status")["user"]
    ids["user_id"] = status["id"]
    return {**people, "superuser": lab.target.people[0]} if status["is_superuser"] else people


def _candidates(lab: Workshop, taken: set[int]) -> list[Person]:
    """Return people who are free to be given a role: neither the first of them nor the stranger."""
    ranks: list[str] = lab.target.document["x-roles"]["ranks"]["organization"]
    known = [*lab.target.people[1:], *(lab.target.person(role) for role in (*ranks, "stranger"))]
    taken = {*taken, _user_id(lab, lab.target.people[0])}
    found = []
    for person in known:
        if person is not None and (row_id := _user_id(lab, person)) not in taken:
            taken.add(row_id)
            found.append(person)
    return found


def _user_id(lab: Workshop, person: Person) -> int:
    return int(lab.ok("get_auth_status", person=person)["user"]["id"])


def _fill(lab: Workshop, ids: dict[str, Any]) -> None:
    """Put one of everything into a project of the workspace."""
    project = ids["project_id"] = lab.project()
    at = {"project_id": project}
    documents = lab.documents(project)
    ids["class_id"] = lab.ok("list_classes", at)[0]["id"]
    label = lab.ok("list_labels", at)[0]
    ids |= {"label_id": label["id"], "name": label["name"], "document_id": documents[0]}
    ids["group_id"] = lab.group(project, documents=[{"id": row_id} for row_id in documents])["id"]
    ids["annotation_id"] = lab.session(project)["id"]
    segment = lab.segments(project, ids["annotation_id"])[0]
    ids |= {"segment_id": segment["id"], "document_id": segment["document_id"]}
    path = {**at, **{name: ids[name] for name in ("annotation_id", "document_id", "segment_id")}}
    ids["tag_id"] = lab.ok("create_segment_tag", path, json={"class": "Comfort", "label": "POS"})["id"]
    ids["model_id"] = lab.model(project)["id"]
    ids["analysis_id"] = lab.analysis(ids["model_id"])["id"]
    ids["hitl_id"] = lab.ok("create_hitl", at, json={"name": "In doubt", "model_id": ids["model_id"]})["id"]
    ids["task_id"] = lab.ok("upload_documents", at, json=[{"text": "One more."}])["task_id"]
    lab.settle()
    invited = {"role": "VIEWER", "emails": [f"{lab.unique('guest').replace(' ', '-')}@example.com"]}
    ids["invitation_id"] = lab.ok("invite_users", ids, json=invited)["invitations"][0]["id"]


def _correction(lab: Workshop, ids: dict[str, Any]) -> dict[str, Any]:
    """Begin a correction session and return the ids of a segment in it, one with a tag if there is any."""
    made = lab.correction(ids["project_id"], ids["model_id"])
    ids["correction_id"] = made["id"]
    at = {"project_id": ids["project_id"], "correction_id": made["id"]}
    shown = lab.ok("list_correction_documents", at, query={"details": "segments,tags"})
    places = [
        (one["id"], part, tag)
        for one in shown["documents"]
        for part in one["segments"]
        for tag in part["tags"] or [{"id": 1}]
    ]
    document, segment, tag = max(places, key=lambda place: place[2]["id"])
    return {"document_id": document, "segment_id": segment["id"], "tag_id": tag["id"]}
