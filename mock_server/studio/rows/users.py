"""An account and what belongs to it: tokens, product keys, and the mail that would have been sent to it."""

from datetime import datetime
from typing import ClassVar

from mock_server.world.rows import Cascade, Forget, Indexes, Refs, Row


class User(Row, frozen=True, gc=False, kw_only=True):
    """A person with an account. `email` is kept in lower case: it is unique however it is typed."""

    INDEXES: ClassVar[Indexes] = (("email",), ("is_superuser",))
    REFS: ClassVar[Refs] = {"default_organization_id": Forget("Workspace")}

    email: str
    first_name: str = ""
    last_name: str = ""
    password_hash: str | None = None
    is_superuser: bool = False
    is_betauser: bool = False
    is_verified: bool = False
    default_organization_id: int | None = None
    created: datetime

    @property
    def display_name(self) -> str:
        """First and last name, or the e-mail if there is neither."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


class UserToken(Row, frozen=True, gc=False, kw_only=True):
    """A single-use token sent to a user: RESET, VERIFY or FIRST_LOGIN. `used` is when it was spent or became void."""

    INDEXES: ClassVar[Indexes] = (("token",), ("user_id", "used"))
    REFS: ClassVar[Refs] = {"user_id": Cascade("User")}

    kind: str
    user_id: int
    token: str
    created: datetime
    expires: datetime
    used: datetime | None = None


class RevokedToken(Row, frozen=True, gc=False, kw_only=True):
    """A JWT that its user logged out: the digest of the token, kept until it expires."""

    INDEXES: ClassVar[Indexes] = (("digest",),)
    REFS: ClassVar[Refs] = {"user_id": Cascade("User")}

    digest: str
    user_id: int
    expires: datetime


class ProductKey(Row, frozen=True, gc=False, kw_only=True):
    """A product key of a user."""

    REFS: ClassVar[Refs] = {"user_id": Cascade("User")}

    user_id: int
    name: str
    token: str
    created: datetime


class Mail(Row, frozen=True, gc=False, kw_only=True):
    """A mail that the real API would have sent. `kind` is INVITATION, RESET, VERIFY or FIRST_LOGIN."""

    INDEXES: ClassVar[Indexes] = (("to",),)

    to: str
    kind: str
    subject: str
    token: str
    link: str
    created: datetime
