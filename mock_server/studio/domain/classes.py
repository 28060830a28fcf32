"""Classes of a project: what a text can be about. Names are unique within the project."""

from collections.abc import Iterable, Mapping
from typing import Any

from mock_server.studio.domain.errors import NotFound
from mock_server.studio.domain.names import refuse_taken
from mock_server.studio.rows import ModelClass
from mock_server.world import Tx

COLUMNS = ("name", "example", "description")


class ClassNotFound(NotFound):
    """There is no such class in the project."""

    def __init__(self, class_id: int) -> None:
        super().__init__("The class or the project was not found")
        self.class_id = class_id


def get_class(tx: Tx, project_id: int, class_id: int) -> ModelClass:
    """Return a class of the project. Raises ClassNotFound."""
    found = tx.get(ModelClass, class_id)
    if found is None or found.project_id != project_id:
        raise ClassNotFound(class_id)
    return found


def create_classes(tx: Tx, project_id: int, wanted: Iterable[Mapping[str, Any]]) -> list[ModelClass]:
    """Add classes to a project, all or none; of each the fields in `COLUMNS` count. Raises NameTaken, NameTwice."""
    fields = [{column: one[column] for column in COLUMNS if column in one} for one in wanted]
    refuse_taken(tx, ModelClass, project_id, [one["name"] for one in fields])
    return [tx.put(ModelClass(id=tx.new_id(ModelClass), project_id=project_id, **one)) for one in fields]


def create_class(tx: Tx, project_id: int, wanted: Mapping[str, Any]) -> ModelClass:
    """Add one class, as `create_classes` does. Raises NameTaken."""
    return create_classes(tx, project_id, [wanted])[0]


def change_class(tx: Tx, project_id: int, class_id: int, wanted: Mapping[str, Any]) -> ModelClass:
    """Change the fields that are given. Raises ClassNotFound, NameTaken."""
    found = get_class(tx, project_id, class_id)
    if wanted.get("name", found.name) != found.name:
        refuse_taken(tx, ModelClass, project_id, [wanted["name"]])
    return tx.change(found, **{column: wanted[column] for column in COLUMNS if column in wanted})


def delete_class(tx: Tx, project_id: int, class_id: int) -> None:
    """Delete a class; the tags that were given with it go along, sessions forget it. Raises ClassNotFound."""
    tx.delete(get_class(tx, project_id, class_id))
