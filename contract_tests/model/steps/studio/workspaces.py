"""Workspaces, their people and invitations."""

from contract_tests.model.steps.studio.parts import named
from contract_tests.model.steps.studio.users import email

_ROLES = ("ANNOTATOR", "VIEWER", "USER", "ADMIN", "MANAGER")

BODIES = {
    "create_workspace": lambda c, path: {"name": c.name(), **c.fields(description=c.text)},
    "change_workspace": named,
    "set_default_workspace": lambda c, path: {"default": c.of((True, False))},
    "invite_users": lambda c, path: {"role": c.of(_ROLES), "emails": [email(c) for _ in range(1 + c.below(2))]},
    "add_workspace_permission": lambda c, path: {"role": c.of(_ROLES), "user_id": c.one("User", "user")},
    "change_workspace_permission": lambda c, path: {"role": c.of(_ROLES)},
}
