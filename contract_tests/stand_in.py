"""The stand-in in this process as a target: who its people are, its clock, its beginning, its faults.

Not here: what a target is (`target`).
"""

from typing import Any

from contract_tests.addresses import Addresses
from contract_tests.asgi import AsgiAdapter
from contract_tests.brakes import IN_PROCESS, Brakes
from contract_tests.created import Created
from contract_tests.guard import Guard, Writes
from contract_tests.target import BASE, Person, Target
from contract_tests.wire import Wire
from mock_server.app import App
from mock_server.label_studio.rows import LsUser
from mock_server.pipeline.errors import Refused
from mock_server.studio import tokens
from mock_server.studio.rows import Project, User, Workspace, WorkspacePermission
from mock_server.world import Tx

PASSWORD = "studio-mock"
STUDIO_PEOPLE = ("owner", "manager", "stranger")  # a superuser, and two who share no workspace
GUARDRAILS_PEOPLE = ("bg-nora", "bg-jonas", "bg-magnus")  # of three workspaces


def target(app: App, api: str, writes: Writes = "all") -> Target:
    """Return an application in this process as a target."""
    addresses = Addresses(app.documents[api])
    wire = Wire(BASE, addresses, Guard(BASE, writes, Created(addresses)), AsgiAdapter(app), Brakes(IN_PROCESS))
    return Target(
        api,
        wire,
        PEOPLE[api](app.sandbox.begin()),
        app=app,
        rewind=app.sandbox.reset,
        forward=app.sandbox.advance,
        arm=Faults(app, api).arm,
        cast=lambda role, project_id: _somebody(app, api, role, project_id),
        is_stand_in=True,
    )


class Faults:
    """Makes operations fail once: their function is put in place of one that refuses, and takes its place again when it has."""

    def __init__(self, app: App, api: str) -> None:
        self.app, self.api = app, api

    def arm(self, operation_id: str, status: int) -> None:
        """Make the next call of an operation that gets as far as its function answer with `status`."""
        name = f"{self.api}.{operation_id}"
        places = [operation for key, operation in self.app.operations.items() if key.split("@")[0] == name]
        before = places[0].handler

        def fail(call: Any) -> Any:
            for operation in places:
                operation.handler = before
            raise Refused(status, "Something is wrong with the API." if status >= 500 else "Not now.")

        for operation in places:
            operation.handler = fail


def _of_studio(tx: Tx) -> list[Person]:
    users = (tx.first(User, email=f"{name}@example.com") for name in STUDIO_PEOPLE)
    return [_studio_person(tx, user) for user in users if user is not None]


def _studio_person(tx: Tx, user: User) -> Person:
    token = tokens.issue(user.id, tx.now, f"contract-{user.id}")
    return Person(user.email.split("@")[0], {"Authorization": f"Bearer {token}"}, user.email, PASSWORD)


def _of_label_studio(tx: Tx) -> list[Person]:
    return [
        Person(user.email.split("@")[0], {"Authorization": f"Token {user.token}"}, user.email)
        for user in tx.rows(LsUser)
    ]


def _of_blue_guardrails(tx: Tx) -> list[Person]:
    return [Person(key, {"Authorization": f"Bearer {key}"}) for key in GUARDRAILS_PEOPLE]


PEOPLE = {
    "studio": _of_studio,
    "control": _of_studio,
    "label_studio": _of_label_studio,
    "blue_guardrails": _of_blue_guardrails,
}


def _somebody(app: App, api: str, role: str, project_id: int | None) -> Person | None:
    if api != "studio":
        return None
    tx = app.sandbox.begin()
    roles = app.apis["studio"].roles
    project = tx.get(Project, project_id) if project_id is not None else None
    for user in tx.rows(User):
        if user.is_superuser or project_id is None:
            held = "superuser" if user.is_superuser else _workspace_role(tx, user)
        else:
            held = (roles.in_project(tx, user, project) if project else None) or "stranger"
        if held == role:
            return _studio_person(tx, user)
    return None


def _workspace_role(tx: Tx, user: User) -> str:
    """Return the role of a user in the first workspace, `stranger` if they have none."""
    first = next((row.id for row in tx.rows(Workspace)), 0)
    found = tx.first(WorkspacePermission, organization_id=first, user_id=user.id)
    return found.role if found else "stranger"
