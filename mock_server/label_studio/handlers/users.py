"""The operations tagged Users."""

from mock_server.label_studio import replies
from mock_server.label_studio.domain import users
from mock_server.label_studio.views import users as views
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply


def who_am_i(call: Call) -> Reply:
    """GET /api/current-user/whoami"""
    return replies.ok(views.who_am_i(call.tx, call.user))


def refresh_token(call: Call) -> Reply:
    """POST /api/token/refresh/"""
    return replies.ok({"access": users.exchange(call.tx, call.body["refresh"], call.sandbox.name)})
