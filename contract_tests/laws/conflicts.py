"""What contradicts what is there is refused with 409, and what fits is not."""

from typing import Any

from contract_tests.laws.accounts import newcomer
from contract_tests.laws.registry import law
from contract_tests.laws.visible import tagged
from contract_tests.laws.workshop import TEXTS, Workshop


@law()
def names_are_taken_once(lab: Workshop) -> None:
    """A name that is taken is refused with 409, in a new thing and in a changed one; another place or another case is no conflict."""
    project, other = lab.project("CLASSLABEL"), lab.project("CLASSLABEL", classes=())
    at = {"project_id": project}
    name = lab.ok("get_project", at)["name"]
    lab.refused(409, "the name of another project", "create_project", json={"name": name, "type": "CLASS"})
    lab.refused(409, "the name of another project", "change_project", {"project_id": other}, json={"name": name})
    lab.ok("change_project", at, json={"name": name})
    for create, change, listed, key in (
        ("create_class", "change_class", "list_classes", "class_id"),
        ("create_label", "change_label", "list_labels", "label_id"),
    ):
        first, second = lab.ok(listed, at)[:2]
        lab.refused(409, "a name that is taken", create, at, json={"name": first["name"]})
        lab.refused(409, "a name that is taken", change, {**at, key: second["id"]}, json={"name": first["name"]})
        lab.ok(change, {**at, key: first["id"]}, json={"name": first["name"]})
        lab.ok(create, at, json={"name": first["name"].swapcase()})
    lab.ok("create_class", {"project_id": other}, json={"name": "Comfort"})
    lab.refused(
        409,
        "a name that comes twice",
        "upload_classes",
        {"project_id": other},
        json=[{"name": "Twin"}, {"name": "Twin"}],
    )
    lab.refused(409, "a name that is taken", "change_label_by_name", {**at, "name": "NEG"}, json={"name": "POS"})
    workspace = lab.ok("create_workspace", json={"name": lab.unique("Team")})
    lab.refused(409, "the name of another workspace", "create_workspace", json={"name": workspace["name"]})
    lab.ok("delete_workspace", {"organization_id": workspace["id"]})
    again = lab.ok("create_workspace", json={"name": workspace["name"]})
    lab.ok("delete_workspace", {"organization_id": again["id"]})


@law()
def names_of_models_are_taken_once(lab: Workshop) -> None:
    """The internal name of a model is refused with 409 where another one of the workspace has it."""
    project = lab.project()
    at, session = {"project_id": project}, lab.labeled(project)
    name = lab.unique("named").replace(" ", "-")
    first = lab.ok("train_model", at, json={"annotation_ids": [session["id"]], "name": name})
    lab.refused(
        409, "the name of another model", "train_model", at, json={"annotation_ids": [session["id"]], "name": name}
    )
    second = lab.ok("train_model", at, json={"annotation_ids": [session["id"]]})
    lab.expect(second["name"] != first["name"], "two models have the same name", "train_model")
    for model in (first, second):
        lab.until(lambda shown: shown["status"] == "READY", "get_model", {"model_id": model["id"]})
    lab.refused(409, "the name of another model", "change_model", {"model_id": second["id"]}, json={"name": name})
    for status, word in ((409, "TRAINING"), (409, "FAILED"), (409, "CREATED")):
        lab.refused(
            status, f"a model that is made {word}", "change_model", {"model_id": first["id"]}, json={"status": word}
        )
    for word in ("ACTIVE", "PUBLISHED", "READY"):
        shown = lab.ok(
            "change_model", {"model_id": first["id"]}, json={"status": word, "score": 0.01, "progress": 1, "id": 7}
        )
        lab.expect(
            shown["score"] != 0.01 and shown["progress"] == 100, "what the server gives can be changed", "change_model"
        )


@law()
def labels_of_absa_are_fixed(lab: Workshop) -> None:
    """A project of the type ABSA has POS, NEU and NEG from the start; they can be renamed, but neither added to nor deleted from."""
    project = lab.project("ABSA", classes=())
    at = {"project_id": project}
    labels = lab.ok("list_labels", at)
    lab.expect(
        [one["name"] for one in labels] == ["POS", "NEU", "NEG"],
        f"it has {[one['name'] for one in labels]}",
        "list_labels",
    )
    lab.refused(409, "a label more in a project of the type ABSA", "create_label", at, json={"name": "MORE"})
    lab.refused(409, "a label less in a project of the type ABSA", "delete_label", {**at, "label_id": labels[0]["id"]})
    files = {"file": ("labels.csv", b"name\nMORE\n", "text/csv")}
    lab.refused(409, "labels of a file in a project of the type ABSA", "upload_labels_file", at, files=files)
    lab.ok("change_label", {**at, "label_id": labels[0]["id"]}, json={"name": "GOOD"})


@law()
def tags_fit_the_type_of_their_project(lab: Workshop) -> None:
    """ABSA takes class and label together, CLASS a class alone, LABEL a label alone, CLASSLABEL either or both; everything else is 409."""
    both, name, label = {"class": "Comfort", "label": "POS"}, {"class": "Comfort"}, {"label": "POS"}
    table = {
        "ABSA": {201: [both], 409: [name, label]},
        "CLASS": {201: [name], 409: [both, label]},
        "LABEL": {201: [label], 409: [both, name]},
        "CLASSLABEL": {201: [name, label, both], 409: []},
    }
    for kind, due in table.items():
        lab.scene()
        project = lab.project(kind)
        lab.documents(project, TEXTS[:2])
        session = lab.session(project)
        path = lab.first_segment(project, session["id"])
        for status, bodies in due.items():
            for body in bodies:
                told = " and ".join(body)
                lab.refused(
                    status, f"a tag with {told} in a project of the type {kind}", "create_segment_tag", path, json=body
                )


@law()
def tags_fit_their_segment(lab: Workshop) -> None:
    """The span and the text of a tag lie in its segment; the same tag is not given twice; unknown names are refused; all with 409."""
    _, path, _ = tagged(lab)
    document = lab.ok("get_document", path, query={"details": "segments"})
    first, second = document["segments"][:2]
    start, end = second["span"]
    word = first["text"].split()[1]
    at = first["span"][0] + first["text"].index(word)
    taken: dict[str, Any] = {"class": "Staff", "label": "POS"}
    lab.ok("create_segment_tag", path, json={**taken, "span": [at, at + len(word)], "text": word})
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("a tag that is there already", {"class": "Comfort", "label": "POS"}),
        ("a class that the session does not have", {"class": "Nothing", "label": "POS"}),
        ("a label that the session does not have", {"class": "Comfort", "label": "NOTHING"}),
        ("a span in another segment", {"class": "Noise", "label": "POS", "span": [start, end]}),
        (
            "a span that ends one character behind its segment",
            {"class": "Noise", "label": "POS", "span": [at, first["span"][1] + 1]},
        ),
        ("a text that is not in the segment", {"class": "Noise", "label": "POS", "text": "not in it"}),
        (
            "a text that is not at its span",
            {"class": "Noise", "label": "POS", "span": [at, at + len(word)], "text": "soft!"[: len(word)] + "x"},
        ),
    ]
    for why, body in wrong:
        lab.scene()
        lab.refused(409, why, "create_segment_tag", path, json=body)
    count = len(lab.ok("list_segment_tags", path))
    lab.expect(count == 2, f"after seven refusals the segment has {count} tags, due are 2", "list_segment_tags")
    lab.ok("create_segment_tag", path, json={"class": "Noise", "label": "NEG", "span": first["span"]})


@law()
def types_stay_where_there_is_work(lab: Workshop) -> None:
    """The type of a project with sessions or tags cannot change; that of an empty one can."""
    empty = lab.project("CLASS", classes=())
    changed = lab.ok("change_project", {"project_id": empty}, json={"type": "ABSA"})
    lab.expect(
        changed["labels"] == ["POS", "NEU", "NEG"],
        f"a project that became ABSA has the labels {changed['labels']}",
        "change_project",
    )
    _, path, _ = tagged(lab)
    lab.refused(409, "another type for a project with tags", "change_project", path, json={"type": "CLASS"})
    lab.expect(
        lab.ok("get_project", path)["type"] == "ABSA", "the type changed although that was refused", "get_project"
    )
    lab.refused(
        409, "classes of a session without one that tags use", "change_session", path, json={"classes": ["Staff"]}
    )


@law()
def given_segments_are_pieces_of_the_text(lab: Workshop) -> None:
    """Segments that come with a document have to lie in its text, in order and apart; what is between them becomes segments too."""
    at = {"project_id": lab.project()}
    text = "One two three four."
    wrong: list[list[dict[str, Any]]] = [
        [{"text": "not there"}],
        [{"span": [0, len(text) + 1]}],
        [{"span": [0, 3], "text": "two"}],
        [{"span": [0, 7]}, {"span": [4, 13]}],
        [{"text": "three"}, {"text": "One"}],
    ]
    for segments in wrong:
        lab.scene()
        lab.refused(
            409, f"segments {segments} of {text!r}", "upload_documents", at, json=[{"text": text, "segments": segments}]
        )
    lab.expect(
        not lab.document_ids(at["project_id"]), "a document whose segments were refused is there", "upload_documents"
    )
    lab.refused(
        409,
        "a segment that is not in the text",
        "create_document",
        at,
        json={"text": text, "segments": [{"text": "no"}]},
    )
    lab.ok("upload_documents", at, json=[{"text": text, "segments": [{"text": "two"}, {"span": [8, 13]}]}])
    lab.settle()
    query = {"details": "segments"}
    shown = lab.until(lambda page: page["count"] == 1, "list_documents", at, query=query)["documents"][0]
    spans = [tuple(part["span"]) for part in shown["segments"]]
    lab.expect(
        (4, 7) in spans and (8, 13) in spans, f"the segments that were sent are shown as {spans}", "list_documents"
    )


@law()
def people_of_a_workspace(lab: Workshop) -> None:
    """Nobody is added twice, a workspace keeps a MANAGER, roles change at once, and who is removed is out at once."""
    someone = lab.stranger
    if someone is None:
        return
    row_id = lab.ok("get_auth_status", person=someone)["user"]["id"]
    at = {"organization_id": lab.ok("create_workspace", json={"name": lab.unique("Team")})["id"]}
    lab.later("delete_workspace", at)
    lab.refused(403, "somebody who is not in it", "get_workspace", at, person=someone)
    added = lab.ok("add_workspace_permission", at, json={"role": "USER", "user_id": row_id})
    lab.refused(
        409, "somebody who is in it already", "add_workspace_permission", at, json={"role": "USER", "user_id": row_id}
    )
    lab.refused(
        404, "somebody who is not there", "add_workspace_permission", at, json={"role": "USER", "user_id": 999_999_999}
    )
    lab.ok("get_workspace", at, person=someone)
    lab.refused(403, "a change by a USER", "change_workspace", at, json={"name": "Mine"}, person=someone)
    path = {**at, "permission_id": added["id"]}
    lab.ok("change_workspace_permission", path, json={"role": "MANAGER"})
    lab.ok("change_workspace", at, json={"name": lab.unique("Theirs")}, person=someone)
    roles = {one["id"]: one["role"] for one in lab.ok("list_workspace_permissions", at)}
    lab.expect(
        roles.get(added["id"]) == "MANAGER",
        f"a role that changed to MANAGER is listed as {roles.get(added['id'])}",
        "list_workspace_permissions",
    )
    mine = next(row for row in roles if row != added["id"])
    lab.ok("delete_workspace_permission", {**at, "permission_id": mine})
    lab.refused(409, "the last MANAGER who is removed", "delete_workspace_permission", path)
    lab.refused(
        409, "the last MANAGER who becomes something else", "change_workspace_permission", path, json={"role": "USER"}
    )
    users = [one["id"] for one in lab.ok("list_workspace_users", at)]
    lab.expect(users == [row_id], f"the people of the workspace are {users}, due is {[row_id]}", "list_workspace_users")


@law()
def who_leaves_has_no_home_there(lab: Workshop) -> None:
    """Who is removed from a workspace has it no longer as the default one: a project of theirs has no place to go."""
    person, _ = newcomer(lab)
    row_id = lab.ok("get_auth_status", person=person)["user"]["id"]
    at = {"organization_id": lab.ok("create_workspace", json={"name": lab.unique("Team")})["id"]}
    lab.later("delete_workspace", at)
    added = lab.ok("add_workspace_permission", at, json={"role": "ANNOTATOR", "user_id": row_id})
    lab.ok("set_default_workspace", at, json={"default": True}, person=person)
    body = {"name": lab.unique("Project"), "type": "CLASS"}
    made = lab.ok("create_project", json=body, person=person)
    theirs = lab.target.send("GET", f"/organizations/{at['organization_id']}/projects").json()
    lab.expect(
        made["id"] in {one["id"] for one in theirs},
        "a project is not in its maker's default workspace",
        "create_project",
    )
    lab.ok("delete_workspace_permission", {**at, "permission_id": added["id"]})
    lab.refused(403, "somebody who has left", "get_workspace", at, person=person)
    status = lab.ok("get_auth_status", person=person)["organizations"]
    lab.expect(
        not any(one["is_default"] for one in status), "who has left still has a default workspace", "get_auth_status"
    )
    body = {**body, "name": lab.unique("No home")}
    lab.refused(409, "a project of somebody without a default workspace", "create_project", json=body, person=person)


@law()
def invitations_are_pending_until_withdrawn(lab: Workshop) -> None:
    """An invitation is listed until it is withdrawn; a second one to the same address, and one to a member, is not made and says why."""
    at = {"organization_id": lab.ok("create_workspace", json={"name": lab.unique("Team")})["id"]}
    lab.later("delete_workspace", at)
    email = f"{lab.unique('guest').replace(' ', '-')}@example.com"
    me = lab.ok("get_auth_status")["user"]["email"]
    first = lab.ok("invite_users", at, json={"role": "VIEWER", "emails": [email, me]})
    made = first["invitations"]
    lab.expect(
        [one["email"] for one in made] == [email], "the invitations are not those that were asked for", "invite_users"
    )
    lab.expect([one["email"] for one in first["not_invited"]] == [me], "a member was invited", "invite_users")
    lab.expect(
        made[0]["role"] == "VIEWER" and made[0]["organization_id"] == at["organization_id"],
        "an invitation shows another role or place",
        "invite_users",
    )
    second = lab.ok("invite_users", at, json={"role": "ADMIN", "emails": [email.upper()]})
    lab.expect(not second["invitations"], "somebody is invited twice", "invite_users")
    reasons = [one["reason"] for answer in (first, second) for one in answer["not_invited"]]
    lab.expect(
        len(set(reasons)) == len(reasons) == 2,
        f"a member and somebody who is invited already are told the same: {reasons}",
        "invite_users",
    )
    path = {**at, "invitation_id": made[0]["id"]}
    lab.ok("resend_invitation", path)
    shown = lab.ok("list_invitations", at)
    lab.expect(
        [one["invitation_link"] for one in shown] == [made[0]["invitation_link"]],
        "sending again has changed the link",
        "list_invitations",
    )
    lab.ok("delete_invitation", path)
    token = made[0]["invitation_link"].rstrip("/").rsplit("/", 1)[-1]
    body = {"token": token, "password": "rye-bread-and-honey"}
    lab.refused(409, "an invitation that was withdrawn", "accept_invitation", person=None, json=body)
    lab.refused(404, "an invitation that was withdrawn", "resend_invitation", path)
    lab.expect(
        not lab.ok("list_invitations", at), "an invitation that was withdrawn is still listed", "list_invitations"
    )
