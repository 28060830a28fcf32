"""The operations tagged State: back to the beginning."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply


def reset(call: Call) -> Reply:
    """Put the world back to its beginning."""
    call.sandbox.reset()
    return Reply.json(200, {"status": "reset"})
