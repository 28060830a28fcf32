"""What a run with `--writes own` never calls or sends, whatever it owns, and why. Data only."""

_MAIL = "it sends mail to people"
_ACCOUNT = "it changes an account, which no run may make its own"
_OTHERS = "it changes what others may do"

KEPT_OUT: dict[str, str] = {
    # Studio: accounts
    "register_user": _MAIL,
    "log_in": "tokens are given out beside the checks",
    "log_out": "it ends the token that the run lives on",
    "send_password_email": _MAIL,
    "reset_password": _ACCOUNT,
    "verify_email": _ACCOUNT,
    "resend_verification_email": _MAIL,
    "change_user": _ACCOUNT,
    "delete_user": _ACCOUNT,
    "change_user_permissions": _OTHERS,
    "create_key": _ACCOUNT,
    "delete_key": _ACCOUNT,
    "change_notification": _ACCOUNT,
    "change_user_notification": _ACCOUNT,
    # Studio: workspaces and their people
    "create_workspace": "it makes a workspace, which counts for the account",
    "change_workspace": _OTHERS,
    "delete_workspace": "what is in it could not be deleted any more",
    "accept_invitation": _ACCOUNT,
    "invite_users": _MAIL,
    "resend_invitation": _MAIL,
    "add_workspace_permission": _OTHERS,
    "change_workspace_permission": _OTHERS,
    "delete_workspace_permission": _OTHERS,
    "set_default_workspace": "it changes where the account creates things from then on",
    # Studio: what leaves the own project
    "transfer_project": "it moves a project to where other people see it",
    "connect_group_source": "it reads from a source outside with the credentials of a workspace",
    "connect_session_source": "it reads from a source outside with the credentials of a workspace",
    # Label Studio
    "refresh_token": "tokens are given out beside the checks",
    # Blue Guardrails
    "claim_labeling_task": "it takes work away from people",
    "assign_labeling_tasks": "it gives work to people",
}

LEAVES_NOTHING: dict[str, str] = {"analyze": "it answers, and keeps nothing"}
"""Operations outside every place of one's own that change something only if they create it, and these create nothing."""

FIELDS: dict[str, str] = {
    "webhook_url": "the target would call the address in `webhook_url`",
    "emails": _MAIL,
    "email": _MAIL,
}
