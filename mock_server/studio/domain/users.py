"""Accounts: how one begins and ends, how its owner signs in, and the flags and product keys that it has.

`site` is where the links of the mails lead: scheme and host.
"""

from itertools import count

from mock_server.sandbox_names import with_name
from mock_server.studio import tokens
from mock_server.studio.domain import hitl, mails, workspaces
from mock_server.studio.domain.accounts import EmailTaken, by_email, get_user, hashed, open_account
from mock_server.studio.domain.errors import Conflict, Invalid, NotFound, Unauthenticated
from mock_server.studio.rows import ProductKey, RevokedToken, User
from mock_server.world import Tx
from mock_server.world.clock import instant

NO_SALT = bytes(16)


class WrongCredentials(Unauthenticated):
    """The address and the password do not belong together; which of them is wrong is not told."""

    def __init__(self) -> None:
        super().__init__("Invalid combination of email and password")


class ResetTokenUnknown(Invalid):
    """The token was never given out."""

    def __init__(self) -> None:
        super().__init__("Invalid token", "body.reset_password_token")


class ResetTokenSpent(Conflict):
    """The token was used or replaced, or is too old."""

    def __init__(self) -> None:
        super().__init__("Invalid request body or reset token used or expired.")


class EmailVerified(Conflict):
    """There is nothing left to confirm."""

    def __init__(self) -> None:
        super().__init__("The e-mail address was verified before")


class LastSuperuser(Conflict):
    """Nobody could give the flag back."""

    def __init__(self) -> None:
        super().__init__("The last superuser has to stay one")


class KeyNotFound(NotFound):
    """The user has no such product key."""

    def __init__(self, key_id: int) -> None:
        super().__init__("The key or the user was not found")
        self.key_id = key_id


# Signing up, in and out


def register(tx: Tx, email: str, password: str, site: str, **names: str | None) -> User:
    """Open an account with a workspace of its own and ask to confirm the address. Raises EmailTaken."""
    user = open_account(tx, email, password, False, **names)
    workspaces.create_own(tx, user)
    mails.post_token(tx, user, "VERIFY", site)
    return user


def log_in(tx: Tx, email: str, password: str) -> User:
    """Return the user whose password it is, or whose token for the first time. Raises WrongCredentials.

    A password is hashed in every case, so that the time does not tell which addresses have an account.
    """
    user = by_email(tx, email)
    if user is not None and user.password_hash is not None:
        matches = tokens.password_matches(password, user.password_hash)
    else:
        tokens.hash_password(password, NO_SALT)
        matches = user is not None and _spends_first_login(tx, user, password)
    if user is None or not matches:
        raise WrongCredentials
    return user


def issue_token(tx: Tx, user: User, sandbox: str) -> str:
    """Return a new token for the header Authorization, which leads back to the sandbox of this name."""
    return tokens.issue(user.id, tx.now, with_name(tx.uuid(), sandbox))


def log_out(tx: Tx, user: User, token: str) -> None:
    """Refuse a good token from now on. What is kept of the user's earlier ones goes once those have expired anyway."""
    while (earliest := tx.first(RevokedToken, user_id=user.id)) and earliest.expires <= tx.now:
        tx.delete(earliest)
    good = tokens.verify(token)
    expires = instant(good.expires)
    tx.put(RevokedToken(id=tx.new_id(RevokedToken), digest=good.digest, user_id=user.id, expires=expires))


# Passwords and addresses


def send_password_email(tx: Tx, email: str, site: str) -> None:
    """Mail a reset token to the address if it has an account, and do nothing if not."""
    user = by_email(tx, email)
    if user is not None:
        mails.post_token(tx, user, "RESET", site)


def reset_password(tx: Tx, token: str, password: str) -> None:
    """Set a new password with the token of the mail. Raises ResetTokenUnknown, ResetTokenSpent."""
    given = mails.find_token(tx, "RESET", token)
    if given is None:
        raise ResetTokenUnknown
    try:
        mails.spend(tx, given)
    except mails.TokenSpent:
        raise ResetTokenSpent from None
    tx.change(get_user(tx, given.user_id), password_hash=hashed(tx, password))


def verify_email(tx: Tx, token: str) -> None:
    """Confirm an address with the token of the mail. Raises TokenSpent."""
    given = mails.spend(tx, mails.find_token(tx, "VERIFY", token))
    tx.change(get_user(tx, given.user_id), is_verified=True)


def resend_verification_email(tx: Tx, user_id: int, site: str) -> User:
    """Mail a new token to confirm the address. Raises UserNotFound, EmailVerified."""
    user = get_user(tx, user_id)
    if user.is_verified:
        raise EmailVerified
    mails.post_token(tx, user, "VERIFY", site)
    return user


# The account itself


def change_user(tx: Tx, user_id: int, site: str, **fields: str | None) -> User:
    """Change the fields that are given: first_name, last_name, email, password. Raises UserNotFound, EmailTaken.

    A new address has to be confirmed; tokens that went to the old one are void.
    """
    user = get_user(tx, user_id)
    names = {name: fields[name] or "" for name in ("first_name", "last_name") if name in fields}
    user = tx.change(user, **names)
    if fields.get("password") is not None:
        user = tx.change(user, password_hash=hashed(tx, str(fields["password"])))
    if fields.get("email") is not None:
        user = _move(tx, user, str(fields["email"]), site)
    return user


def delete_user(tx: Tx, user_id: int) -> None:
    """End an account. Raises UserNotFound, UserCannotBeRemoved for the last superuser or the only MANAGER of others."""
    user = get_user(tx, user_id)
    if _is_last_superuser(tx, user):
        raise workspaces.UserCannotBeRemoved(user_id)
    workspaces.let_go(tx, user)
    hitl.release(tx, user_id)
    tx.delete(get_user(tx, user_id))  # as they are now, perhaps without a default workspace


def change_permissions(tx: Tx, user_id: int, **flags: bool) -> User:
    """Give or take the flags that are named: is_superuser, is_betauser. Raises UserNotFound, LastSuperuser."""
    user = get_user(tx, user_id)
    if flags.get("is_superuser") is False and _is_last_superuser(tx, user):
        raise LastSuperuser
    return tx.change(user, **flags)


# Product keys


def list_keys(tx: Tx, user_id: int) -> list[ProductKey]:
    """Return the product keys of a user, oldest first."""
    return list(tx.rows(ProductKey, user_id=user_id))


def create_key(tx: Tx, user_id: int) -> ProductKey:
    """Add a product key under the next free of the names Key 1, Key 2, … Raises UserNotFound."""
    taken = {key.name for key in list_keys(tx, get_user(tx, user_id).id)}
    name = next(name for number in count(len(taken) + 1) if (name := f"Key {number}") not in taken)
    return tx.put(ProductKey(id=tx.new_id(ProductKey), user_id=user_id, name=name, token=tx.token(), created=tx.now))


def delete_key(tx: Tx, user_id: int, key_id: int) -> list[ProductKey]:
    """Delete a product key and return those that remain. Raises KeyNotFound."""
    key = tx.get(ProductKey, key_id)
    if key is None or key.user_id != user_id:
        raise KeyNotFound(key_id)
    tx.delete(key)
    return list_keys(tx, user_id)


def _spends_first_login(tx: Tx, user: User, token: str) -> bool:
    given = mails.find_token(tx, "FIRST_LOGIN", token)
    if given is None or given.user_id != user.id:
        return False
    try:
        mails.spend(tx, given)
    except mails.TokenSpent:
        return False
    return True


def _move(tx: Tx, user: User, email: str, site: str) -> User:
    if email.lower() == user.email:
        return user
    if by_email(tx, email):
        raise EmailTaken(email)
    user = tx.change(user, email=email.lower(), is_verified=False)
    mails.void_tokens(tx, user, "RESET")
    mails.post_token(tx, user, "VERIFY", site)
    return user


def _is_last_superuser(tx: Tx, user: User) -> bool:
    return user.is_superuser and len(tx.ids(User, is_superuser=True)) == 1
