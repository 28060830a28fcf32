"""The stand-in in this process as a target: who its people are, its clock, its beginning, its faults.

Not here: what a target is (`target`).
"""

from collections.abc import Callable
from typing import Any

from contract_tests.addresses import Addresses
from contract_tests.brakes import IN_PROCESS, Brakes
from contract_tests.created import Created
from contract_tests.guard import Guard, Writes
from contract_tests.target import BASE, COLLEAGUE, Person, Target
from contract_tests.wire import Wire
from mock_server.app import App
from mock_server.blue_guardrails.domain.access import HEADER
from mock_server.blue_guardrails.rows import BgApiKey, BgProject, BgTask, BgWorkspace
from mock_server.label_studio.rows import LsAnnotation, LsUser
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.schemas import is_uuid
from mock_server.studio import tokens
from mock_server.studio.rows import Project, RevokedToken, User, Workspace, WorkspacePermission
from mock_server.testing.in_process import AsgiAdapter
from mock_server.world import Tx

PASSWORD = "studio-mock"
STUDIO_PEOPLE = ("owner", "manager", "stranger")  # a superuser, and two who share no workspace
GUARDRAILS_PEOPLE = ("bg-nora", "bg-jonas", "bg-magnus")  # of three workspaces
GUARDRAILS_COLLEAGUE = "bg-emil"  # who shares one with the first of them


def target(app: App, api: str, writes: Writes = "all") -> Target:
    """Return an application in this process as a target."""
    addresses = Addresses(app.documents[api])
    wire = Wire(BASE, addresses, Guard(BASE, writes, Created(addresses)), AsgiAdapter(app), Brakes(IN_PROCESS))
    is_free = writes == "all"  # else nothing may be put right behind the back of the guard
    return Target(
        api,
        wire,
        PEOPLE[api](app.sandbox.begin()),
        app=app,
        rewind=app.sandbox.reset if is_free else None,
        forward=app.sandbox.advance,  # time passes everywhere
        arm=Faults(app, api).arm if is_free else None,
        cast=lambda role, project_id: _somebody(app, api, role, project_id),
        upkeep=Upkeep(app, api) if is_free else None,
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
    return [_guardrails_person(key) for key in GUARDRAILS_PEOPLE if tx.ids(BgApiKey, key=key)]


def _guardrails_person(key: str) -> Person:
    return Person(key, {"Authorization": f"Bearer {key}"})


PEOPLE = {
    "studio": _of_studio,
    "control": _of_studio,
    "label_studio": _of_label_studio,
    "blue_guardrails": _of_blue_guardrails,
}


def _somebody(app: App, api: str, role: str, project_id: int | None) -> Person | None:
    tx = app.sandbox.begin()
    if api != "studio":
        is_known = (api, role) == ("blue_guardrails", COLLEAGUE) and tx.ids(BgApiKey, key=GUARDRAILS_COLLEAGUE)
        return _guardrails_person(GUARDRAILS_COLLEAGUE) if is_known else None
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


class Upkeep:
    """Keeps the world fit for single cases: what an earlier one destroyed is put back before them, while a story is never cut.

    Logging out gets a token of its own, or all that comes after would be a test of 401; and the id of a workspace in a header becomes
    that of the first one, or most would test 403.
    """

    def __init__(self, app: App, api: str) -> None:
        self.app, self.api = app, api
        self.reset: Callable[[], None] = app.sandbox.reset

    def before(self, case: Any, is_story: bool) -> None:
        """Put right what a case of Schemathesis needs, before its request is sent."""
        if not is_story and not FIT[self.api](self.app.sandbox.begin()):
            self.reset()
        for name, value in list((case.headers or {}).items()):
            if name.lower() == HEADER and isinstance(value, str) and is_uuid(value):
                workspace = self.app.sandbox.begin().get(BgWorkspace, 1)
                case.headers[name] = workspace.uuid if workspace else value
            elif (
                name == "Authorization" and case.operation.path == "/auth/logout" and str(value).startswith("Bearer ey")
            ):
                tx = self.app.sandbox.begin()
                case.headers[name] = f"Bearer {tokens.issue(1, tx.now, tx.token())}"


def _fit_for_studio(tx: Tx) -> bool:
    owner, workspace, project = tx.get(User, 1), tx.get(Workspace, 1), tx.get(Project, 11)
    return bool(
        owner
        and owner.is_superuser
        and workspace
        and workspace.is_active
        and project
        and not tx.ids(RevokedToken)
        and tx.ids(User, email="manager@example.com")
        and tx.ids(User, email="stranger@example.com")
    )


def _fit_for_label_studio(tx: Tx) -> bool:
    return tx.get(LsAnnotation, 1) is not None


def _fit_for_blue_guardrails(tx: Tx) -> bool:
    project, pending = tx.get(BgProject, 1), tx.ids(BgTask, project_id=1, status="pending", assignee_id=None)
    return project is not None and project.status == "active" and bool(pending)


FIT = {
    "studio": _fit_for_studio,
    "control": _fit_for_studio,
    "label_studio": _fit_for_label_studio,
    "blue_guardrails": _fit_for_blue_guardrails,
}
