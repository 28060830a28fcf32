"""How models are shown, and who may use them."""

import re

from mock_server.contract import Json
from mock_server.studio.domain import taggers, training
from mock_server.studio.rows import Model, ModelPermission, User
from mock_server.world import Tx

NOT_IN_A_FILENAME = re.compile(r"[^A-Za-z0-9._ ()+-]+")


def model(tx: Tx, row: Model) -> Json:
    """Return a model as the contract's Model, as it is at this moment; its owner is shown by name."""
    owner = tx.get(User, row.owner_id) if row.owner_id is not None else None
    life = training.life(tx, row)
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
        "progress": life.progress,
        "project_id": row.project_id,
        "score": row.score,
        "short_description": row.short_description,
        "status": life.status,
        "type": row.type,
    }


def detailed(tx: Tx, row: Model) -> Json:
    """Return a model as the contract's DetailedModel."""
    classes, labels = taggers.names_of(tx, row)
    return {**model(tx, row), "demoset": row.demoset, "metrics": metrics(row), "classes": classes, "labels": labels}


def metrics(row: Model) -> Json:
    """Return the metrics of a model; of one that was never tested here only its score is known."""
    if row.metrics is not None:
        return row.metrics
    f1 = row.score if row.score is not None and 0 <= row.score <= 1 else None
    counts = {"support": 0, "train_segments": 0, "test_segments": 0}
    return {"precision": None, "recall": None, "f1": f1, **counts, "classes": {}, "labels": {}}


def permission(tx: Tx, row: ModelPermission) -> Json:
    """Return a role that was given in a model as the contract's ModelPermission."""
    user, held = tx.get(User, row.user_id), tx.get(Model, row.model_id)
    assert user is not None and held is not None
    return {"id": row.id, "model": held.display_name, "role": row.role, "user": user.display_name}


def filename(row: Model) -> str:
    """Return what the file of a model is called."""
    name = NOT_IN_A_FILENAME.sub("-", row.name).strip("-. ")
    return f"{name or f'model-{row.id}'}.zip"
