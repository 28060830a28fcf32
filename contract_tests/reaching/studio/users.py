"""Statuses of the operations tagged Users that only a rule of the domain gives."""

from typing import Any

from contract_tests.reaching.recipe import WRITES, Book
from contract_tests.reaching.stage import PASSWORD, Stage

book = Book()
reach = book.reach
NEWCOMER = {"first_name": "Mira", "last_name": "Oberhofer", "email": "mira@example.com", "password": "edelweiss-1864"}


@reach("register_user", 200, "to somebody new")
def somebody_new(stage: Stage) -> Any:
    return stage.call("register_user", person=None, json=NEWCOMER)


@reach("register_user", 409, "for an address that has an account")
def taken_address(stage: Stage) -> Any:
    return stage.call("register_user", person=None)


@reach("log_in", 200, "for the right password")
def right_password(stage: Stage) -> Any:
    return stage.call("log_in", person=None, json={"email": "owner@example.com", "password": PASSWORD})


@reach("log_in", 401, "for a wrong password", WRITES)
def wrong_password(stage: Stage) -> Any:
    return stage.call("log_in", person=None, json={"email": "nobody@example.com", "password": "not-the-password"})


@reach("reset_password", 409, "for a token that was used")
def reset_twice(stage: Stage) -> Any:
    stage.call("reset_password", person=None)
    return stage.call("reset_password", person=None)


@reach("verify_email", 409, "for a token that was never given out", WRITES)
def unknown_token(stage: Stage) -> Any:
    return stage.call("verify_email", person=None, json={"verify_email_token": "never-given-out"})


@reach("resend_verification_email", 200, "to somebody whose address is not verified")
def not_verified(stage: Stage) -> Any:
    return stage.call("resend_verification_email", person=stage.log_in("guest@example.com"))


@reach("resend_verification_email", 409, "to somebody whose address is verified")
def verified(stage: Stage) -> Any:
    return stage.call("resend_verification_email")


@reach("change_user", 409, "for the address of somebody else")
def address_of_another(stage: Stage) -> Any:
    return stage.call("change_user", json={"email": "annotator@example.com"})


@reach("delete_user", 200, "for somebody on whom nothing depends")
def dispensable(stage: Stage) -> Any:
    return stage.call("delete_user", path={"user_id": 2})


@reach("delete_user", 409, "for the last superuser")
def last_superuser(stage: Stage) -> Any:
    return stage.call("delete_user")


@reach("change_user_permissions", 200, "for somebody who is no superuser")
def flags_of_another(stage: Stage) -> Any:
    return stage.call("change_user_permissions", path={"user_id": 2})


@reach("change_user_permissions", 409, "when the last superuser would be none any more")
def flags_of_the_last_superuser(stage: Stage) -> Any:
    return stage.call("change_user_permissions")
