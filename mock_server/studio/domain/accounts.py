"""Accounts as registering and accepting an invitation make them: an address that nobody else has, a password's hash."""

from mock_server.studio import tokens
from mock_server.studio.domain.errors import Conflict, UserNotFound
from mock_server.studio.rows import User, Workspace, WorkspacePermission
from mock_server.world import Tx


class EmailTaken(Conflict):
    """Someone else has the address, however it is typed."""

    def __init__(self, email: str) -> None:
        super().__init__("Another account has this e-mail address already")
        self.email = email


def get_user(tx: Tx, user_id: int) -> User:
    """Return a user. Raises UserNotFound."""
    user = tx.get(User, user_id)
    if user is None:
        raise UserNotFound(user_id)
    return user


def by_email(tx: Tx, email: str) -> User | None:
    """Return the user with this address, or None; upper and lower case are the same."""
    return tx.first(User, email=email.lower())


def hashed(tx: Tx, password: str) -> str:
    """Return the hash of a password under a salt of its own. Takes some 10 ms of work, on purpose."""
    return tokens.hash_password(password, tx.random.randbytes(16))


def open_account(
    tx: Tx,
    email: str,
    password: str,
    is_verified: bool = False,
    first_name: str | None = None,
    last_name: str | None = None,
) -> User:
    """Add a user. Raises EmailTaken."""
    if by_email(tx, email):
        raise EmailTaken(email)
    return tx.put(
        User(
            id=tx.new_id(User),
            email=email.lower(),
            first_name=first_name or "",
            last_name=last_name or "",
            password_hash=hashed(tx, password),
            is_verified=is_verified,
            created=tx.now,
        )
    )


def roles_in_words(tx: Tx, user: User) -> list[str]:
    """Return what a user is, as in `superuser` and `MANAGER of Alpenblick Hotels`."""
    roles = [
        f"{permission.role} of {workspace.name}"
        for permission in tx.rows(WorkspacePermission, user_id=user.id)
        if (workspace := tx.get(Workspace, permission.organization_id)) is not None
    ]
    return [*(["superuser"] if user.is_superuser else []), *roles]
