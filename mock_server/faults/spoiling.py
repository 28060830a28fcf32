"""Bodies that are not what they should be. What is spoiled is the answer of the handler, and only its body."""

from typing import Any

from mock_server.faults import breaking
from mock_server.pipeline.operations import Operation
from mock_server.pipeline.reply import Reply


def spoiled(reply: Reply, how: str, operation: Operation, chance: Any) -> tuple[Reply, str]:
    """Return the answer spoiled, and in words what was done. An answer without a body stays as it is."""
    if not reply.body:
        return reply, "the answer has no body to spoil"
    if how == "truncated":
        half = len(reply.body) // 2
        return with_body(reply, reply.body[:half]), f"truncated to {half} of {len(reply.body)} bytes"
    if how == "invalid_json":
        return with_body(reply, _not_json(reply.body)), "no JSON any more"
    return breaking.broken(reply, operation, chance)


def with_body(reply: Reply, body: bytes) -> Reply:
    """Return the same answer with another body."""
    return Reply(reply.status, body, reply.media, reply.headers)


def _not_json(body: bytes) -> bytes:
    """Make a JSON text one that no parser accepts: all of it is there, and a comma too much."""
    return body[:-1] + b"," + body[-1:] if body[-1:] in b"}]" else body + b","
