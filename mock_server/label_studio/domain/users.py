"""Rules of accounts and tokens: who a token belongs to, and what a personal access token is exchanged for."""

from mock_server.label_studio import tokens
from mock_server.label_studio.domain.errors import Unauthenticated
from mock_server.label_studio.rows import LsPersonalToken, LsUser
from mock_server.sandbox_names import with_name
from mock_server.world import Tx

PERMISSIONS = ("annotations.view", "annotations.create", "annotations.change", "annotations.delete")
"""What everybody may do in the Community edition, as far as this contract goes."""


def by_token(tx: Tx, token: str) -> LsUser:
    """Return the user who has a token of the account page. Raises Unauthenticated."""
    user = tx.first(LsUser, token=token)
    if user is None:
        raise Unauthenticated("Invalid token.")
    return user


def by_access_token(tx: Tx, token: str) -> LsUser:
    """Return the user for whom a short-lived token was issued. Raises Unauthenticated."""
    claims = _good(tx, token, "access")
    user = tx.get(LsUser, claims.user_id) if claims else None
    if user is None:
        raise Unauthenticated("Given token not valid for any token type")
    return user


def exchange(tx: Tx, personal_token: str, sandbox: str) -> str:
    """Return a new short-lived token for a personal access token, which stays good; it leads back to the sandbox of this name.

    Raises Unauthenticated.
    """
    claims = _good(tx, personal_token, "refresh")
    kept = tx.first(LsPersonalToken, jti=claims.jti) if claims else None
    if claims is None or kept is None or kept.user != claims.user_id:
        raise Unauthenticated("Token is invalid or expired")
    return tokens.access(kept.user, with_name(tx.token(), sandbox), tx.now)


def _good(tx: Tx, token: str, kind: tokens.Kind) -> tokens.Claims | None:
    """Return what a token says, None if it is of another kind or not good at this moment."""
    try:
        claims = tokens.verify(token)
    except tokens.InvalidToken:
        return None
    return claims if claims.token_type == kind and tx.world.clock.seconds() < claims.exp else None
