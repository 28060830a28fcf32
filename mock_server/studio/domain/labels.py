"""Labels of a project: what can be said of a text. Names are unique within the project, and fixed in ABSA projects.

Fixed means that labels are neither added nor deleted; they can be renamed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from mock_server.studio.domain.errors import Conflict, NotFound
from mock_server.studio.domain.names import refuse_taken
from mock_server.studio.rows import Label, Project
from mock_server.world import Tx

COLUMNS = ("name",)


class LabelNotFound(NotFound):
    """There is no such label in the project."""

    def __init__(self, label: int | str) -> None:
        super().__init__("The label or the project was not found")
        self.label = label


class LabelsFixed(Conflict):
    """The project is of type ABSA, so its labels are what they are."""

    def __init__(self, deed: str) -> None:
        super().__init__(f"Labels cannot be {deed} an ABSA project")


def get_label(tx: Tx, project_id: int, label_id: int) -> Label:
    """Return a label of the project. Raises LabelNotFound."""
    found = tx.get(Label, label_id)
    if found is None or found.project_id != project_id:
        raise LabelNotFound(label_id)
    return found


def create_labels(tx: Tx, project_id: int, wanted: Iterable[Mapping[str, Any]]) -> list[Label]:
    """Add labels to a project, all or none; of each the `name` counts. Raises LabelsFixed, NameTaken, NameTwice."""
    _refuse_fixed(tx, project_id, "added to")
    names = [one["name"] for one in wanted]
    refuse_taken(tx, Label, project_id, names)
    return [tx.put(Label(id=tx.new_id(Label), project_id=project_id, name=name)) for name in names]


def create_label(tx: Tx, project_id: int, wanted: Mapping[str, Any]) -> Label:
    """Add one label, as `create_labels` does. Raises LabelsFixed, NameTaken."""
    return create_labels(tx, project_id, [wanted])[0]


def change_label(tx: Tx, project_id: int, label_id: int, wanted: Mapping[str, Any]) -> Label:
    """Give a label the name that is wanted, if any. Raises LabelNotFound, NameTaken."""
    return _renamed(tx, get_label(tx, project_id, label_id), wanted)


def change_label_by_name(tx: Tx, project_id: int, name: str, wanted: Mapping[str, Any]) -> Label:
    """Give the label that is called `name` the name that is wanted, if any. Raises LabelNotFound, NameTaken."""
    found = tx.first(Label, project_id=project_id, name=name)
    if found is None:
        raise LabelNotFound(name)
    return _renamed(tx, found, wanted)


def delete_label(tx: Tx, project_id: int, label_id: int) -> None:
    """Delete a label; the tags given with it go along, sessions forget it. Raises LabelNotFound, LabelsFixed."""
    found = get_label(tx, project_id, label_id)
    _refuse_fixed(tx, project_id, "deleted from")
    tx.delete(found)


def _renamed(tx: Tx, label: Label, wanted: Mapping[str, Any]) -> Label:
    name = wanted.get("name", label.name)
    if name == label.name:
        return label
    refuse_taken(tx, Label, label.project_id, [name])
    return tx.change(label, name=name)


def _refuse_fixed(tx: Tx, project_id: int, deed: str) -> None:
    project = tx.get(Project, project_id)
    if project is not None and project.type == "ABSA":
        raise LabelsFixed(deed)
