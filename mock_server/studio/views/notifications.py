"""How notifications are shown."""

from mock_server.contract import Json
from mock_server.studio.rows import Notification


def notification(row: Notification) -> Json:
    """Return a notification as the contract's Notification."""
    return {
        "id": row.id,
        "title": row.title,
        "text": row.text,
        "created": row.created,
        "type": row.type,
        "read": row.read,
    }
