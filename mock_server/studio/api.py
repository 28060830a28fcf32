"""The Studio API as the pipeline sees it: where its handlers are, who a token belongs to, what its errors look like."""

from collections.abc import Iterator
from typing import Any, ClassVar
from uuid import uuid4

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.functions import function_of
from mock_server.pipeline.operations import Operation
from mock_server.sandbox_names import with_name
from mock_server.studio import replies, tokens
from mock_server.studio.domain import accounts, belonging
from mock_server.studio.domain.errors import DomainError
from mock_server.studio.roles import Roles
from mock_server.studio.rows import (
    Analysis,
    Document,
    Group,
    Hitl,
    Invitation,
    Label,
    Model,
    ModelClass,
    Notification,
    ProductKey,
    Project,
    RevokedToken,
    Session,
    Tag,
    User,
    Workspace,
    WorkspacePermission,
)
from mock_server.world import Job, Row, Tx

NOT_AUTHENTICATED = "User is not authenticated. This means token is either not present or invalid"


class StudioApi:
    """Implements what `pipeline.dispatch` asks of a vendor. `kinds` are the rows that parameters and fields name by their ids."""

    errors = DomainError
    spared = False  # by faults
    kinds: ClassVar[dict[str, type[Row]]] = {
        "organization_id": Workspace,
        "project_id": Project,
        "model_id": Model,
        "user_id": User,
        "group_id": Group,
        "document_id": Document,
        "class_id": ModelClass,
        "label_id": Label,
        "tag_id": Tag,
        "annotation_id": Session,
        "correction_id": Session,
        "analysis_id": Analysis,
        "hitl_id": Hitl,
        "notification_id": Notification,
        "invitation_id": Invitation,
        "permission_id": WorkspacePermission,
        "key_id": ProductKey,
        "task_id": Job,
    }
    refuse = staticmethod(replies.refuse)
    explain = staticmethod(replies.explain)

    def __init__(self, document: Json) -> None:
        self.roles = Roles(document["x-roles"])

    def handler(self, node: Json) -> Any:
        """Return the function of an operation: operationId in the handler module of its tag. Raises AttributeError, ImportError."""
        return function_of("studio", node)

    def authenticate(self, operation: Operation, call: Call, header: bytes | None) -> None:
        """Find the caller. Raises Refused (401) for no token, a bad, expired or revoked one."""
        if header is None and not operation.needs_token:
            return
        token = (header or b"").decode("latin-1").strip()
        if token[:7].lower() == "bearer ":
            token = token[7:].strip()
        user = self.user_of(call, token)
        if user is None:
            raise Refused(401, NOT_AUTHENTICATED)
        call.user, call.token = user, token

    def people(self, tx: Tx, email: str | None, sandbox: str) -> Iterator[Json]:
        """Yield who has an account (all, or who has this address), each with a header that is good now."""
        for user in tx.rows(User, email=email) if email else tx.rows(User):
            token_id = with_name(f"ready-{uuid4().hex}", sandbox)  # of no world, so that asking changes none
            token = tokens.issue(user.id, tx.now, token_id)
            yield {
                "email": user.email,
                "name": user.display_name,
                "roles": accounts.roles_in_words(tx, user),
                "headers": {"Authorization": f"Bearer {token}"},
            }

    def user_of(self, call: Call, token: str) -> User | None:
        """Return the user of a token that is good at this moment."""
        try:
            verified = tokens.verify(token)
        except tokens.InvalidToken:
            return None
        tx = call.tx
        if tx.world.clock.seconds() >= verified.expires or tx.ids(RevokedToken, digest=verified.digest):
            return None
        return tx.get(User, verified.user_id)

    def email_of(self, call: Call) -> str | None:
        """Return the e-mail of who calls, after `authenticate`."""
        return call.user.email if call.user is not None else None

    def authorize(self, operation: Operation, call: Call) -> None:
        """Compare the role that the operation needs with the caller's. Raises Forbidden, NotFound.

        Under an alias, what is addressed has to be in its workspace, and the caller has to have something to do with that.
        """
        if call.workspace_id is not None:
            belonging.enter(call.tx, self.roles, call.user, call.workspace_id, call.path)
        self.roles.authorize(operation.role, call.tx, call.user, call.path)
