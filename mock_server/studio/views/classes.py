"""How classes are shown."""

from mock_server.contract import Json
from mock_server.studio.rows import ModelClass


def model_class(row: ModelClass) -> Json:
    """Return a class as the contract's ModelClass."""
    return {"name": row.name, "example": row.example, "description": row.description, "id": row.id}
