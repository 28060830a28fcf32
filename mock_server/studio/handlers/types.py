"""The operation tagged Types."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain.types import TYPES


def list_types(call: Call) -> Reply:
    """GET /types"""
    return replies.ok([{"id": key, "name": name, "description": text} for key, (name, text) in TYPES.items()])
