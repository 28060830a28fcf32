"""The stand-in's own API under /_mock as the pipeline sees it. Its errors are problem+json (RFC 9457); it asks for no token."""

from http import HTTPStatus
from typing import Any

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.functions import function_of
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply

PROBLEM = b"application/problem+json"


class ControlApi:
    """Implements what `pipeline.dispatch` asks of a vendor. `app` is set by the application that it controls."""

    errors: tuple[type[Exception], ...] = ()
    spared = True  # by faults: what is armed can always be taken back
    app: Any

    def __init__(self, document: Json) -> None:
        self.document = document

    def handler(self, node: Json) -> Any:
        """Return the function of an operation: operationId in the handler module of its tag."""
        return function_of("control", node)

    def refuse(self, refusal: Refused) -> Reply:
        """Return a problem document."""
        content: Json = {"type": "about:blank", "title": HTTPStatus(refusal.status).phrase, "status": refusal.status}
        content["detail"] = refusal.message
        if refusal.faults:
            content["errors"] = refusal.faults
        return Reply.json(refusal.status, content, tuple(refusal.headers), PROBLEM)

    def explain(self, problem: Exception) -> Reply:
        """No domain of its own raises anything yet."""
        raise problem

    def authenticate(self, operation: Operation, call: Call, header: bytes | None) -> None:
        """Everybody may control the stand-in."""

    def authorize(self, operation: Operation, call: Call) -> None:
        """Everybody may control the stand-in."""
