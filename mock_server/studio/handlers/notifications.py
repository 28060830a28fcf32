"""The operations tagged Notifications, in both forms of their paths."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain import notifications
from mock_server.studio.views.notifications import notification


def list_notifications(call: Call) -> Reply:
    """GET /notifications"""
    return _page(call, call.user.id)


def get_notification(call: Call) -> Reply:
    """GET /notifications/{notification_id}"""
    return replies.ok(notification(notifications.get_notification(call.tx, call.user.id, **call.path)))


def change_notification(call: Call) -> Reply:
    """PUT /notifications/{notification_id}"""
    changed = notifications.change_notification(call.tx, call.user.id, **call.path, wanted=call.body)
    return replies.ok(notification(changed))


def list_user_notifications(call: Call) -> Reply:
    """GET /users/{user_id}/notifications"""
    return _page(call, call.path["user_id"])


def get_user_notification(call: Call) -> Reply:
    """GET /users/{user_id}/notifications/{notification_id}"""
    return replies.ok(notification(notifications.get_notification(call.tx, **call.path)))


def change_user_notification(call: Call) -> Reply:
    """PUT /users/{user_id}/notifications/{notification_id}"""
    return replies.ok(notification(notifications.change_notification(call.tx, **call.path, wanted=call.body)))


def _page(call: Call, user_id: int) -> Reply:
    offset, limit = call.query["offset"], call.query["limit"]
    shown = [notification(row) for row in notifications.list_notifications(call.tx, user_id, offset, limit)]
    return replies.ok(shown)
