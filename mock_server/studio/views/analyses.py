"""How batch analyses are shown."""

from collections.abc import Sequence

from mock_server.contract import Json
from mock_server.studio.rows import Analysis, Document, Label, ModelClass, Project
from mock_server.studio.views.classes import model_class
from mock_server.studio.views.documents import documents
from mock_server.studio.views.labels import label
from mock_server.world import Tx


def analysis(tx: Tx, row: Analysis, details: Sequence[str] | None) -> Json:
    """Return an analysis as the contract's Analysis; its documents are there if any `details` are asked for."""
    project = tx.get(Project, row.project_id)
    assert project is not None
    shown = {
        "created": row.created,
        "finished": row.finished,
        "document_count": len(tx.ids(Document, analysis_ids=row.id)),
        "uuid": row.uuid,
        "id": row.id,
        "name": row.name,
        "progress": row.progress,
        "model_id": row.model_id,
        "status": row.status,
        "type": project.type,
        "description": row.description,
        "classes": [model_class(found) for found in tx.rows(ModelClass, project_id=row.project_id)],
        "labels": [label(found) for found in tx.rows(Label, project_id=row.project_id)],
    }
    if details:
        shown["documents"] = documents(tx, tx.rows(Document, analysis_ids=row.id), details)
    return shown
