"""How document groups are shown."""

from mock_server.contract import Json
from mock_server.studio.rows import Document, Group
from mock_server.world import Tx


def group(tx: Tx, row: Group) -> Json:
    """Return a group as the contract's DocumentGroup."""
    return {
        "created": row.created,
        "document_count": len(tx.ids(Document, group_ids=row.id)),
        "id": row.id,
        "name": row.name,
        "project_id": row.project_id,
        "source": row.source,
        "status": row.status,
    }
