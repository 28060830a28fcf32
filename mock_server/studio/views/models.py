"""How models are shown."""

from mock_server.contract import Json
from mock_server.studio.rows import Model, User
from mock_server.world import Tx


def model(tx: Tx, row: Model) -> Json:
    """Return a model as the contract's Model; its owner is shown by name."""
    owner = tx.get(User, row.owner_id) if row.owner_id is not None else None
    return {
        "base": row.base,
        "created": row.created,
        "display_name": row.display_name,
        "uuid": row.uuid,
        "id": row.id,
        "language": row.language,
        "long_description": row.long_description,
        "name": row.name,
        "owner": owner.display_name if owner else None,
        "progress": row.progress,
        "project_id": row.project_id,
        "score": row.score,
        "short_description": row.short_description,
        "status": row.status,
        "type": row.type,
    }
