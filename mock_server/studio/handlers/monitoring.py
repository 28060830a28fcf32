"""The operations tagged Monitoring."""

from mock_server import __version__
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies


def get_health(call: Call) -> Reply:
    """GET /health"""
    return replies.ok({"status": "OK"})


def get_info(call: Call) -> Reply:
    """GET /info"""
    return replies.ok({"name": "studio-mock", "version": __version__})
