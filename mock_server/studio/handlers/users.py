"""The operations tagged Users."""

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import accounts, users, workspaces
from mock_server.studio.views.users import membership, product_key, signed_in_user, user, user_permissions

FIELDS = ("first_name", "last_name", "email", "password")
FLAGS = ("is_superuser", "is_betauser")


def register_user(call: Call) -> Reply:
    """POST /auth/register"""
    account = users.register(call.tx, site=call.base_url, **_only(FIELDS, call.body))
    token = users.issue_token(call.tx, account, call.sandbox.name)
    return replies.ok({"auth_token": token, "message": "Successfully registered.", "status": "CREATED"})


def log_in(call: Call) -> Reply:
    """POST /auth/login"""
    account = users.log_in(call.tx, call.body["email"], call.body["password"])
    return replies.done("Successfully logged in.", auth_token=users.issue_token(call.tx, account, call.sandbox.name))


def log_out(call: Call) -> Reply:
    """POST /auth/logout"""
    users.log_out(call.tx, call.user, call.token or "")
    return replies.done("You are logged out.")


def get_auth_status(call: Call) -> Reply:
    """GET /auth/status"""
    belongs = [membership(call.user, *pair) for pair in workspaces.memberships(call.tx, call.user.id)]
    return replies.done("The token is valid.", user=signed_in_user(call.user), organizations=belongs)


def send_password_email(call: Call) -> Reply:
    """POST /password/email"""
    users.send_password_email(call.tx, call.body["email"], call.base_url)
    return replies.done("If the address has an account, an e-mail is on its way.")


def reset_password(call: Call) -> Reply:
    """POST /password/reset"""
    users.reset_password(call.tx, call.body["reset_password_token"], call.body["password"])
    return replies.done("The password was changed.")


def verify_email(call: Call) -> Reply:
    """POST /users/email/verify"""
    users.verify_email(call.tx, call.body["verify_email_token"])
    return replies.done("The e-mail address is verified.")


def resend_verification_email(call: Call) -> Reply:
    """POST /users/email/verify/resend"""
    account = users.resend_verification_email(call.tx, call.user.id, call.base_url)
    return replies.done(f"An e-mail is on its way to {account.email}.")


def get_user(call: Call) -> Reply:
    """GET /users/{user_id}"""
    return replies.ok(user(accounts.get_user(call.tx, **call.path)))


def change_user(call: Call) -> Reply:
    """PUT /users/{user_id}"""
    fields = _only(FIELDS, call.body)
    return replies.ok(user(users.change_user(call.tx, **call.path, site=call.base_url, **fields)))


def delete_user(call: Call) -> Reply:
    """DELETE /users/{user_id}"""
    users.delete_user(call.tx, **call.path)
    return replies.done("The user was deleted.")


def get_user_permissions(call: Call) -> Reply:
    """GET /users/{user_id}/permissions"""
    return replies.ok(user_permissions(accounts.get_user(call.tx, **call.path)))


def change_user_permissions(call: Call) -> Reply:
    """PUT /users/{user_id}/permissions"""
    changed = users.change_permissions(call.tx, **call.path, **_only(FLAGS, call.body))
    return replies.ok(user_permissions(changed))


def list_keys(call: Call) -> Reply:
    """GET /users/{user_id}/keys"""
    return replies.ok([product_key(key) for key in users.list_keys(call.tx, **call.path)])


def create_key(call: Call) -> Reply:
    """POST /users/{user_id}/keys"""
    return replies.ok(product_key(users.create_key(call.tx, **call.path)))


def delete_key(call: Call) -> Reply:
    """DELETE /users/{user_id}/keys/{key_id}"""
    return replies.ok([product_key(key) for key in users.delete_key(call.tx, **call.path)])


def _only(names: tuple[str, ...], body: Json) -> Json:
    return {name: body[name] for name in names if name in body}
