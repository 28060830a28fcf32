"""Mails that the real API would have sent, and the single-use tokens that travel in them.

The mails are kept, none is sent. `site` is where links lead: scheme and host; the token is the last part of a link.
"""

from datetime import timedelta

from mock_server.studio.domain.errors import Conflict
from mock_server.studio.rows import Mail, User, UserToken
from mock_server.world import Tx

# How long a token holds; no source says it, see the ledger.
LIFETIMES = {"RESET": timedelta(hours=1), "VERIFY": timedelta(days=7), "INVITATION": timedelta(days=14)}
PAGES = {"RESET": "reset-password", "VERIFY": "verify-email", "INVITATION": "invitations"}
SUBJECTS = {"RESET": "Choose a new password", "VERIFY": "Confirm your e-mail address"}


class TokenSpent(Conflict):
    """The token of a mail was never given out, was used, replaced or withdrawn, or is too old."""

    def __init__(self) -> None:
        super().__init__("Token is not valid or has expired")


def link_to(site: str, kind: str, token: str) -> str:
    """Return the address in a mail of this kind."""
    return f"{site}/{PAGES[kind]}/{token}"


def post(tx: Tx, to: str, kind: str, subject: str, token: str, link: str) -> Mail:
    """Keep a mail in the outbox."""
    row = Mail(id=tx.new_id(Mail), to=to, kind=kind, subject=subject, token=token, link=link, created=tx.now)
    return tx.put(row)


def post_token(tx: Tx, user: User, kind: str, site: str) -> UserToken:
    """Mail a user a new token; those of the kind (RESET or VERIFY) that they got before are void from now on."""
    void_tokens(tx, user, kind)
    given = UserToken(
        id=tx.new_id(UserToken),
        kind=kind,
        user_id=user.id,
        token=tx.token(),
        created=tx.now,
        expires=tx.now + LIFETIMES[kind],
    )
    post(tx, user.email, kind, SUBJECTS[kind], given.token, link_to(site, kind, given.token))
    return tx.put(given)


def void_tokens(tx: Tx, user: User, kind: str) -> None:
    """Make the unused tokens of a user void."""
    for earlier in list(tx.rows(UserToken, user_id=user.id, used=None)):
        if earlier.kind == kind:
            tx.change(earlier, used=tx.now)


def find_token(tx: Tx, kind: str, token: str) -> UserToken | None:
    """Return what was given out under this token, used or not, or None."""
    return next((given for given in tx.rows(UserToken, token=token) if given.kind == kind), None)


def spend(tx: Tx, given: UserToken | None) -> UserToken:
    """Use a token up. Raises TokenSpent."""
    if given is None or given.used is not None or given.expires <= tx.now:
        raise TokenSpent
    return tx.change(given, used=tx.now)
