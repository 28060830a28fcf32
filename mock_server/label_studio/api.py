"""Label Studio as the pipeline sees it: where its handlers are, who a token belongs to, what its errors look like."""

from collections.abc import Iterator
from typing import Any, ClassVar

from mock_server.contract import Json
from mock_server.label_studio import replies
from mock_server.label_studio.domain import users
from mock_server.label_studio.domain.errors import DomainError
from mock_server.label_studio.rows import LsAnnotation, LsOrganization, LsProject, LsTask, LsUser
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.functions import function_of
from mock_server.pipeline.operations import Operation
from mock_server.world import Row, Tx


class LabelStudioApi:
    """Implements what `pipeline.dispatch` asks of a vendor. `kinds` are the rows that fields name by their ids."""

    errors = DomainError
    spared = False  # by faults
    kinds: ClassVar[dict[str, type[Row]]] = {"task": LsTask, "project": LsProject, "annotation": LsAnnotation}
    refuse = staticmethod(replies.refuse)
    explain = staticmethod(replies.explain)

    def __init__(self, document: Json) -> None:
        self.document = document

    def handler(self, node: Json) -> Any:
        """Return the function of an operation: operationId in the handler module of its tag. Raises AttributeError, ImportError."""
        return function_of("label_studio", node)

    def authenticate(self, operation: Operation, call: Call, header: bytes | None) -> None:
        """Find the caller by `Token <token>` or `Bearer <access token>`. Raises Refused (401), Unauthenticated."""
        if header is None:
            if operation.needs_token:
                raise Refused(401, "Authentication credentials were not provided.")
            return
        scheme, _, token = header.decode("latin-1").strip().partition(" ")
        find = {"token": users.by_token, "bearer": users.by_access_token}.get(scheme.lower())
        if find is None:
            raise Refused(401, "The Authorization header begins with neither Token nor Bearer.")
        call.user, call.token = find(call.tx, token.strip()), token.strip()

    def welcome(self, tx: Tx, base_url: str) -> str:
        """Return what a user needs for the first minute: a token and a request that works. Nothing if nobody has an account."""
        user, task = tx.first(LsUser), tx.ids(LsTask).first()
        if user is None:
            return ""
        return f"""
Label Studio, as {user.email}; label_studio_sdk.LabelStudio(base_url="{base_url}", api_key="{user.token}"):
  curl -s "{base_url}/api/tasks/{task}/annotations/" -H "Authorization: Token {user.token}"
"""

    def people(self, tx: Tx, email: str | None, sandbox: str) -> Iterator[Json]:
        """Yield who has an account (all, or who has this address), each with a header that is good now."""
        for user in tx.rows(LsUser, email=email) if email else tx.rows(LsUser):
            organization = tx.get(LsOrganization, user.organization)
            yield {
                "email": user.email,
                "name": f"{user.first_name} {user.last_name}".strip() or user.username,
                "roles": [f"{user.role} of {organization.title}"] if organization else [],
                "headers": {"Authorization": f"Token {user.token}"},
            }

    def email_of(self, call: Call) -> str | None:
        """Return the e-mail of who calls, after `authenticate`."""
        return call.user.email if call.user is not None else None

    def authorize(self, operation: Operation, call: Call) -> None:
        """There are no roles in this part; what belongs to another organization is not found."""
