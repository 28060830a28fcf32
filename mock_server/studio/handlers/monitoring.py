"""The operations tagged Monitoring."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies

INFO = {"name": "DeepOpinion Studio API (studio-mock)", "version": "1.58.0"}


def get_health(call: Call) -> Reply:
    """GET /health"""
    return replies.ok({"status": "OK"})


def get_info(call: Call) -> Reply:
    """GET /info"""
    return replies.ok(INFO)
