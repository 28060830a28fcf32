"""The operations tagged Workspaces."""

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import invitations, workspaces
from mock_server.studio.views.users import user
from mock_server.studio.views.workspaces import invitation, not_invited, permission, workspace

FIELDS = ("name", "description")
ACCEPTANCE = ("token", "password", "email", "first_name", "last_name")


def create_workspace(call: Call) -> Reply:
    """POST /organizations"""
    return replies.ok(workspace(workspaces.create_workspace(call.tx, call.user.id, **_only(FIELDS, call.body))))


def get_workspace(call: Call) -> Reply:
    """GET /organizations/{organization_id}"""
    return replies.ok(workspace(workspaces.get_workspace(call.tx, **call.path)))


def change_workspace(call: Call) -> Reply:
    """PUT /organizations/{organization_id}"""
    return replies.ok(workspace(workspaces.change_workspace(call.tx, **call.path, **_only(FIELDS, call.body))))


def delete_workspace(call: Call) -> Reply:
    """DELETE /organizations/{organization_id}"""
    return replies.ok(workspace(workspaces.delete_workspace(call.tx, **call.path)))


def set_default_workspace(call: Call) -> Reply:
    """POST /organizations/{organization_id}/default"""
    default = call.body["default"]
    chosen = workspaces.set_default(call.tx, call.user.id, **call.path, default=default)
    return replies.done(f"{chosen.name} is {'' if default else 'not '}your default workspace.")


def list_workspace_users(call: Call) -> Reply:
    """GET /organizations/{organization_id}/users"""
    return replies.ok([user(member) for _, member in workspaces.people(call.tx, **call.path)])


def invite_users(call: Call) -> Reply:
    """POST /organizations/{organization_id}/users/invite"""
    role, emails = call.body["role"], call.body["emails"]
    invited, passed_over = invitations.invite_users(
        call.tx, **call.path, inviter_id=call.user.id, role=role, emails=emails, site=call.base_url
    )
    return replies.ok(
        {"not_invited": list(map(not_invited, passed_over)), "invitations": list(map(invitation, invited))}
    )


def list_invitations(call: Call) -> Reply:
    """GET /organizations/{organization_id}/users/invites"""
    return replies.ok([invitation(row) for row in invitations.pending(call.tx, **call.path)])


def delete_invitation(call: Call) -> Reply:
    """DELETE /organizations/{organization_id}/invitation/{invitation_id}"""
    invitations.delete_invitation(call.tx, **call.path)
    return replies.done("The invitation was withdrawn.")


def resend_invitation(call: Call) -> Reply:
    """POST /organizations/{organization_id}/invitation/{invitation_id}/resend"""
    sent = invitations.resend_invitation(call.tx, **call.path)
    return replies.done(f"The invitation was sent to {sent.email} again.")


def accept_invitation(call: Call) -> Reply:
    """POST /organizations/users/invite/accept"""
    joined = invitations.accept_invitation(call.tx, site=call.base_url, **_only(ACCEPTANCE, call.body))
    return replies.done(f"You belong to the workspace {joined.name}.")


def list_workspace_permissions(call: Call) -> Reply:
    """GET /organizations/{organization_id}/permissions"""
    return replies.ok([permission(*pair) for pair in workspaces.people(call.tx, **call.path)])


def add_workspace_permission(call: Call) -> Reply:
    """POST /organizations/{organization_id}/permissions"""
    added = workspaces.add_permission(call.tx, **call.path, user_id=call.body["user_id"], role=call.body["role"])
    return replies.ok(permission(*added))


def change_workspace_permission(call: Call) -> Reply:
    """PUT /organizations/{organization_id}/permissions/{permission_id}"""
    changed, member = workspaces.change_permission(call.tx, **call.path, role=call.body["role"])
    return replies.done(f"{member.display_name} is {changed.role} now.")


def delete_workspace_permission(call: Call) -> Reply:
    """DELETE /organizations/{organization_id}/permissions/{permission_id}"""
    left = workspaces.delete_permission(call.tx, **call.path)
    return replies.done(f"{left.display_name} left the workspace.")


def _only(names: tuple[str, ...], body: Json) -> Json:
    return {name: body[name] for name in names if name in body}
