"""How labels are shown."""

from mock_server.contract import Json
from mock_server.studio.rows import Label


def label(row: Label) -> Json:
    """Return a label as the contract's Label."""
    return {"id": row.id, "name": row.name}
