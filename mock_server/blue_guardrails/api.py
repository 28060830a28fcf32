"""The Blue Guardrails API as the pipeline sees it: where its handlers are, who a key belongs to, what its errors look like."""

from collections.abc import Iterator
from typing import Any, ClassVar

from mock_server.blue_guardrails import replies
from mock_server.blue_guardrails.domain import access
from mock_server.blue_guardrails.domain.errors import DomainError
from mock_server.blue_guardrails.rows import (
    BgAnnotation,
    BgApiKey,
    BgConversation,
    BgMember,
    BgProject,
    BgTask,
    BgUser,
    BgWorkspace,
)
from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.functions import function_of
from mock_server.pipeline.operations import Operation
from mock_server.world import Row, Tx


class BlueGuardrailsApi:
    """Implements what `pipeline.dispatch` asks of a vendor. `call.user` is the API key at first, then the `Caller`;
    `kinds` are the rows that parameters and fields name by their UUIDs."""

    errors = DomainError
    spared = False  # by faults
    kinds: ClassVar[dict[str, type[Row]]] = {
        "project_id": BgProject,
        "project_id_or_slug": BgProject,
        "task_id": BgTask,
        "annotation_id": BgAnnotation,
        "conversation_id": BgConversation,
    }
    refuse = staticmethod(replies.refuse)
    explain = staticmethod(replies.explain)

    def __init__(self, document: Json) -> None:
        self.document = document

    def handler(self, node: Json) -> Any:
        """Return the function of an operation: operationId in the handler module of its tag. Raises AttributeError, ImportError."""
        return function_of("blue_guardrails", node)

    def authenticate(self, operation: Operation, call: Call, header: bytes | None) -> None:
        """Find the API key. Raises Refused (401) for none, an unknown or an expired one."""
        scheme, _, key = (header or b"").decode("latin-1").strip().partition(" ")
        found = access.key_of(call.tx, key.strip()) if scheme.lower() == "bearer" else None
        if found is None:
            raise Refused(401, "Invalid API key")
        call.user, call.token = found, key

    def welcome(self, tx: Tx, base_url: str) -> str:
        """Return what a user needs for the first minute: a key and a request that works. Nothing if no key is good for one workspace."""
        key = next(
            (row.key for row in tx.rows(BgApiKey) if row.workspace_id is not None and tx.now < row.expires), None
        )
        if key is None:
            return ""
        return f"""
Blue Guardrails:
  curl -s "{base_url}/v1/labeling-projects" -H "Authorization: Bearer {key}"
"""

    def people(self, tx: Tx, email: str | None, sandbox: str) -> Iterator[Json]:
        """Yield who has a key that is good now (all, or those of this address); a person has as many entries as keys."""
        for key in tx.rows(BgApiKey):
            user = tx.get(BgUser, key.user_id)
            if user is None or tx.now >= key.expires or email not in (None, user.email):
                continue
            where = [
                row.workspace_id
                for row in tx.rows(BgMember, user_id=user.id)
                if key.workspace_id in (None, row.workspace_id)
            ]
            workspaces = [workspace for workspace_id in where if (workspace := tx.get(BgWorkspace, workspace_id))]
            headers = {"Authorization": f"Bearer {key.key}"}
            if key.workspace_id is None and workspaces:
                headers["X-Workspace-Id"] = workspaces[0].uuid
            yield {
                "email": user.email,
                "name": user.name,
                "roles": [f"member of {workspace.name}" for workspace in workspaces],
                "headers": headers,
            }

    def email_of(self, call: Call) -> str | None:
        """Return the e-mail of who calls, after `authenticate`."""
        user = call.tx.get(BgUser, call.user.user_id)
        return user.email if user is not None else None

    def authorize(self, operation: Operation, call: Call) -> None:
        """Find the workspace of the request. Raises Invalid, WorkspaceForbidden."""
        call.user = access.caller_of(call.tx, call.user, call.headers[access.HEADER])
