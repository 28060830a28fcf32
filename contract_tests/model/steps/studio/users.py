"""Accounts."""

from typing import Any

from contract_tests.model.chooser import Chooser


def email(c: Chooser) -> Any:
    """The address of somebody new, or of somebody who is there."""
    return c.of(("new@example.com", *(row.email for row in c.rows("User"))))


BODIES = {
    "change_user": lambda c, path: c.fields(first_name=c.name, last_name=c.name, email=lambda: email(c)),
    "change_user_permissions": lambda c, path: c.fields(
        is_betauser=lambda: c.of((True, False)), is_superuser=lambda: c.of((True, False))
    ),
}
