"""How tags are shown."""

from mock_server.contract import Json
from mock_server.studio.rows import Label, ModelClass, Tag
from mock_server.world import Tx


def tag(tx: Tx, row: Tag, classes: bool = True, labels: bool = True) -> Json:
    """Return a tag as the contract's ClassLabelTag; `classes` and `labels` say which half to show."""
    shown: Json = {"id": row.id}
    if classes:
        found = tx.get(ModelClass, row.class_id) if row.class_id is not None else None
        shown["class"] = found.name if found else None
    if labels:
        label = tx.get(Label, row.label_id) if row.label_id is not None else None
        shown["label"] = label.name if label else None
    return shown


def correction_tag(tx: Tx, row: Tag) -> Json:
    """Return a tag as the contract's CorrectionTag."""
    return {**tag(tx, row), "predicted": row.origin == "MODEL", "status": row.status}
