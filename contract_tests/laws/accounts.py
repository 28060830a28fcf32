"""Accounts and tokens: who registers can log in, a token works until it ends, and a password that changed is the only one that works.

What needs mails is asked where nothing but the answers tell it.
"""

import base64
import json
from typing import Any

from contract_tests.checks.times import instant
from contract_tests.checks.tokens import parts
from contract_tests.laws.registry import law
from contract_tests.laws.workshop import Workshop
from contract_tests.target import Person

PASSWORD = "edelweiss-1864"
FORTNIGHT = 14 * 86400


def newcomer(lab: Workshop) -> tuple[Person, str]:
    """Register somebody and return them with their address."""
    email = f"{lab.unique('mira').replace(' ', '-')}@example.com"
    body = {"first_name": "Mira", "last_name": "Oberhofer", "email": email, "password": PASSWORD}
    made = lab.ok("register_user", person=None, json=body)
    return _person(made["auth_token"]), email


def logged_in(lab: Workshop, email: str, password: str = PASSWORD) -> Person:
    """Log somebody in and return them with the new token."""
    return _person(_log_in(lab, email, password))


def _person(token: str, scheme: str = "Bearer ") -> Person:
    return Person("newcomer", {"Authorization": f"{scheme}{token}"})


def _log_in(lab: Workshop, email: str, password: str = PASSWORD) -> str:
    token: str = lab.ok("log_in", person=None, json={"email": email, "password": password})["auth_token"]
    return token


@law()
def who_registers_can_log_in(lab: Workshop) -> None:
    """Registering gives a token, an account that logs in with address and password, and a workspace; a wrong pair is 401."""
    person, email = newcomer(lab)
    status = lab.ok("get_auth_status", person=person)
    user = status["user"]
    lab.expect(
        user["email"] == email and user["first_name"] == "Mira", f"the account shows {user['email']}", "get_auth_status"
    )
    lab.expect(not user["is_superuser"] and not user["is_betauser"], "a new account has flags", "get_auth_status")
    lab.expect(
        any(one["is_default"] for one in status["organizations"]),
        "a new account has no default workspace",
        "get_auth_status",
    )
    token = _log_in(lab, email)
    lab.expect(
        str((parts(token)[1] or {}).get("sub")) == str(user["id"]),
        "a token names another user than the one who logs in",
        "log_in",
    )
    _log_in(lab, email.upper())
    for wrong in ({"email": email, "password": "wrong-password"}, {"email": f"x{email}", "password": PASSWORD}):
        lab.refused(401, "a wrong pair of address and password", "log_in", person=None, json=wrong)
    for near in (PASSWORD.upper(), f"{PASSWORD} ", f"{PASSWORD}x", PASSWORD[:-1], f"{PASSWORD[:8]}-else"):
        told = {"email": email, "password": near}
        lab.refused(401, "a password that is nearly right", "log_in", person=None, json=told)
    body = {"email": email, "password": PASSWORD}
    lab.refused(409, "an address that is taken", "register_user", person=None, json=body)
    lab.refused(
        409,
        "an address that is taken, in capitals",
        "register_user",
        person=None,
        json={**body, "email": email.upper()},
    )


@law()
def tokens_work_until_they_end(lab: Workshop) -> None:
    """A token is good with and without Bearer, for fourteen days and not longer; a bad, changed or unsigned one is 401."""
    _, email = newcomer(lab)
    token = _log_in(lab, email)
    for scheme in ("Bearer ", "", "bearer "):
        lab.ok("get_auth_status", person=_person(token, scheme))
    header, claims = parts(token)
    unsigned = ".".join([_encoded({**(header or {}), "alg": "none"}), _encoded(claims or {}), ""])
    head, payload, signature = token.split(".")
    raised = ".".join([head, _encoded({**(claims or {}), "sub": 1}), signature])
    later = ".".join([head, _encoded({**(claims or {}), "exp": 9_999_999_999}), signature])
    turned = ".".join([head, payload, signature[::-1]])
    for why, bad in (
        ("unsigned", unsigned),
        ("changed", raised),
        ("prolonged", later),
        ("signed by nobody", turned),
        ("no token", "x"),
        ("empty", ""),
    ):
        lab.refused(401, f"a token that is {why}", "list_types", person=_person(bad))
    if lab.target.can_advance:
        lab.wait(FORTNIGHT - 60)
        lab.ok("list_types", person=_person(token))
        lab.wait(120)
        lab.refused(401, "a token that has expired", "list_types", person=_person(token))
        lab.ok("list_types", person=_person(_log_in(lab, email)))


@law()
def logging_out_ends_one_token(lab: Workshop) -> None:
    """Who logs out is refused with that token, in either form, and with no other."""
    _, email = newcomer(lab)
    first, second = _log_in(lab, email), _log_in(lab, email)
    lab.expect(first != second, "two tokens of one person are the same", "log_in")
    lab.ok("log_out", person=_person(first))
    for scheme in ("Bearer ", ""):
        lab.refused(401, "a token that was logged out", "get_auth_status", person=_person(first, scheme))
    lab.ok("get_auth_status", person=_person(second))


@law()
def a_changed_password_is_the_only_one(lab: Workshop) -> None:
    """After a change of the password only the new one logs in; names and addresses change with it, and the address is free again."""
    person, email = newcomer(lab)
    row_id = lab.ok("get_auth_status", person=person)["user"]["id"]
    at = {"user_id": row_id}
    lab.ok("change_user", at, person=person, json={"password": "gentian-and-arnica"})
    lab.refused(401, "the password of before", "log_in", person=None, json={"email": email, "password": PASSWORD})
    _log_in(lab, email, "gentian-and-arnica")
    lab.ok("change_user", at, person=person, json={"last_name": "Unterhofer"})
    shown = lab.ok("get_user", at, person=person)
    lab.expect(
        shown["last_name"] == "Unterhofer" and shown["first_name"] == "Mira",
        f"a changed name reads {shown}",
        "get_user",
    )
    _log_in(lab, email, "gentian-and-arnica")
    flags = lab.ok("get_user_permissions", at, person=person)
    lab.expect(not flags["is_superuser"], "somebody who registered is a superuser", "get_user_permissions")
    lab.refused(403, "one's own flags", "change_user_permissions", at, person=person, json={"is_superuser": True})
    other = f"new-{email}"
    lab.ok("change_user", at, person=person, json={"email": other})
    _log_in(lab, other, "gentian-and-arnica")
    lab.refused(
        401, "the address of before", "log_in", person=None, json={"email": email, "password": "gentian-and-arnica"}
    )


@law()
def mails_tell_nothing_of_accounts(lab: Workshop) -> None:
    """Who asks for a new password is answered the same whether or not the address has an account."""
    _, email = newcomer(lab)
    known, unknown = (
        lab.call("send_password_email", person=None, json={"email": address}) for address in (email, f"no-{email}")
    )
    same = (known.status_code, known.content) == (unknown.status_code, unknown.content)
    lab.expect(same, "the answer tells whether the address has an account", "send_password_email")
    outbox = lab.target.send("GET", "/_mock/outbox") if lab.target.is_stand_in else None
    if outbox is not None and outbox.status_code == 200:
        sent = [one for one in outbox.json() if one["to"] == email and one["kind"] == "RESET"]
        lab.expect(len(sent) == 1, f"one mail was asked for, {len(sent)} were sent", "send_password_email")


@law()
def an_account_that_ends_is_gone(lab: Workshop) -> None:
    """Who deletes the account is out with every token, and cannot log in again."""
    person, email = newcomer(lab)
    token = _log_in(lab, email)
    row_id = lab.ok("get_auth_status", person=person)["user"]["id"]
    lab.ok("delete_user", {"user_id": row_id}, person=person)
    for one in (person, _person(token)):
        lab.refused(401, "a token of an account that has ended", "get_auth_status", person=one)
    lab.refused(401, "an account that has ended", "log_in", person=None, json={"email": email, "password": PASSWORD})


@law()
def keys_are_listed_until_deleted(lab: Workshop) -> None:
    """Each key has a token of its own; deleting one answers with those that remain, and they are listed."""
    person, _ = newcomer(lab)
    at = {"user_id": lab.ok("get_auth_status", person=person)["user"]["id"]}
    made = [lab.ok("create_key", at, person=person) for _ in range(3)]
    lab.expect(len({one["token"] for one in made}) == 3, "two keys have the same token", "create_key")
    left = lab.ok("delete_key", {**at, "key_id": made[1]["id"]}, person=person)
    lab.expect(
        [one["id"] for one in left] == [made[0]["id"], made[2]["id"]],
        f"{len(left)} keys remain after one of three was deleted",
        "delete_key",
    )
    lab.expect(
        lab.ok("list_keys", at, person=person) == left,
        "the list of keys is not what deleting one answered",
        "list_keys",
    )
    lab.refused(404, "a key that was deleted", "delete_key", {**at, "key_id": made[1]["id"]}, person=person)


@law()
def what_one_makes_is_ones_own(lab: Workshop) -> None:
    """Whoever makes a workspace, a project, a session, an invitation or a model is named there, and nobody else is."""
    person, email = newcomer(lab)
    status = lab.ok("get_auth_status", person=person)
    me = status["user"]["id"]
    name = f"{status['user']['first_name']} {status['user']['last_name']}"
    home = {"organization_id": next(one["id"] for one in status["organizations"] if one["is_default"])}
    project = lab.ok("create_project", person=person, json={"name": lab.unique("Mine"), "type": "ABSA"})
    at = {"project_id": project["id"]}
    for operation, path in (("list_project_permissions", at), ("list_workspace_permissions", home)):
        told = [(one["role"], one["user"]) for one in lab.ok(operation, path, person=person)]
        lab.expect(told == [("MANAGER", name)], f"the permissions of what {name} has made are {told}", operation)
    lab.ok("create_class", at, person=person, json={"name": "Comfort"})
    texts = [
        {
            "text": f"Number {at}.",
            "segments": [{"text": f"Number {at}.", "tags": [{"class": "Comfort", "label": "POS"}]}],
        }
        for at in range(6)
    ]
    session = lab.ok("create_session", at, person=person, json={"documents": texts})
    lab.expect(session["user_id"] == me, f"a session of user {me} is of user {session['user_id']}", "create_session")
    lab.expect(
        session["organization_id"] == home["organization_id"],
        "a session is of another workspace than its project",
        "create_session",
    )
    lab.settle(3)
    model = lab.ok("train_model", at, person=person, json={"annotation_ids": [session["id"]]})
    lab.expect(model["owner"] == name, f"a model that {name} trains belongs to {model['owner']}", "train_model")
    guests = {"role": "VIEWER", "emails": [f"guest-of-{email}"]}
    invitation = lab.ok("invite_users", home, person=person, json=guests)["invitations"][0]
    lab.expect(
        invitation["invited_by_id"] == me,
        f"an invitation of user {me} is of user {invitation['invited_by_id']}",
        "invite_users",
    )


@law()
def one_clock_tells_all_times(lab: Workshop) -> None:
    """What is created is as old as the token that was issued just before, and later things are not older than earlier ones."""
    _, email = newcomer(lab)
    before = (parts(_log_in(lab, email))[1] or {}).get("iat", 0)
    project = lab.project()
    at = {"project_id": project}
    session, group = lab.ok("create_session", at, json={}), lab.ok("create_group", at, json={"documents": []})
    shown = lab.ok("get_project", at)
    workspace = lab.ok("create_workspace", json={"name": lab.unique("Team")})
    lab.later("delete_workspace", {"organization_id": workspace["id"]})
    after = (parts(_log_in(lab, email))[1] or {}).get("iat", 0)
    times = (
        ("create_project", shown),
        ("create_session", session),
        ("create_group", group),
        ("create_workspace", workspace),
    )
    for operation, made in times:
        at_time = instant(made["created"])
        seconds = at_time.timestamp() if at_time else 0
        lab.expect(
            before - 2 <= seconds <= after + 3,
            f"created is {made['created']}, tokens of the same minute are of another time",
            operation,
        )
    marked = lab.project("CLASS")
    lab.documents(marked, ("One sentence.",))
    round_one = lab.session(marked)
    lab.wait(5)
    document = lab.segments(marked, round_one["id"])[0]["document_id"]
    path = {"project_id": marked, "annotation_id": round_one["id"], "document_id": document}
    mark = lab.ok("mark_document", path, json={"name": "ANNOTATED"})
    ended = lab.ok("get_session", path)
    lab.expect(
        instant(ended["finished"]) == instant(mark["created"]),
        f"it was finished at {ended['finished']}, its last mark is of {mark['created']}",
        "get_session",
    )


@law()
def notifications_are_read_once_they_are_said_to_be(lab: Workshop) -> None:
    """A notification is unread until a change says so, unread again when read is emptied, and the same by both of its paths."""
    lab.model(lab.project())
    me = {"user_id": lab.ok("get_auth_status")["user"]["id"]}
    newest = lab.ok("list_notifications")[0]
    path = {**me, "notification_id": newest["id"]}
    lab.expect(newest["read"] is None, "a new notification is read already", "list_notifications")
    lab.expect(
        lab.ok("get_notification", path)["read"] is None, "reading a notification marks it as read", "get_notification"
    )
    told = "2026-03-06T10:20:00Z"
    for change, read, other in (
        ("change_notification", "get_user_notification", "list_notifications"),
        ("change_user_notification", "get_notification", "list_user_notifications"),
    ):
        lab.scene()
        lab.ok(change, path, json={"read": told})
        seen = lab.ok(read, path)
        lab.expect(instant(seen["read"]) == instant(told), f"read was set to {told} and is {seen['read']}", read)
        listed = next(one for one in lab.ok(other, me) if one["id"] == newest["id"])
        lab.expect(listed == seen, "a notification is listed differently than it is read", other)
        lab.ok(change, path, json={"title": newest["title"]})
        lab.expect(lab.ok(read, path)["read"] is not None, "another title has made it unread", change)
        lab.ok(change, path, json={"read": None})
        lab.expect(lab.ok(read, path) == newest, "with read emptied it is not as it was at first", change)
    times = [str(one["created"]) for one in lab.ok("list_notifications")]
    lab.expect(times == sorted(times, reverse=True), "notifications are not listed newest first", "list_notifications")


def _encoded(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
