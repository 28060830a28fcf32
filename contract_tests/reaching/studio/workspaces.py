"""Statuses of the operations tagged Workspaces that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import WRITES, Book
from contract_tests.reaching.stage import Stage

book = Book()
reach = book.reach
OTHER = {"permission_id": 2}  # Emil's; the example is that of the only MANAGER


@reach("create_workspace", 200, "for a new name")
def new_name(stage: Stage) -> Any:
    return stage.call("create_workspace", json={"name": "Quayside Rooms"})


@reach("create_workspace", 409, "for a name that is taken")
def taken_name(stage: Stage) -> Any:
    return stage.call("create_workspace")


@reach("change_workspace", 409, "for the name of another workspace")
def name_of_another(stage: Stage) -> Any:
    return stage.call("change_workspace", json={"name": "Bergkauf Outdoor"})


@reach("accept_invitation", 409, "for a token that was never given out", WRITES)
def unknown_token(stage: Stage) -> Any:
    return stage.call("accept_invitation", person=None, json={"token": "never-given-out", "password": "rye-bread-1864"})


@reach("add_workspace_permission", 200, "for somebody who does not belong to the workspace")
def outsider(stage: Stage) -> Any:
    return stage.call("add_workspace_permission", json={"role": "VIEWER", "user_id": 9})


@reach("add_workspace_permission", 409, "for somebody who belongs to the workspace")
def member(stage: Stage) -> Any:
    return stage.call("add_workspace_permission")


@reach("change_workspace_permission", 200, "while another MANAGER remains")
def another_role(stage: Stage) -> Any:
    return stage.call("change_workspace_permission", path=OTHER)


@reach("change_workspace_permission", 409, "for the only MANAGER")
def role_of_the_only_manager(stage: Stage) -> Any:
    return stage.call("change_workspace_permission")


@reach("delete_workspace_permission", 200, "while another MANAGER remains")
def one_less(stage: Stage) -> Any:
    return stage.call("delete_workspace_permission", path=OTHER)


@reach("delete_workspace_permission", 409, "for the only MANAGER")
def no_manager_left(stage: Stage) -> Any:
    return stage.call("delete_workspace_permission")
