"""Classes of a project: what a text can be about. Names are unique within the project."""

from mock_server.studio.domain.errors import Conflict, NotFound
from mock_server.studio.rows import ModelClass
from mock_server.world import Ids, Tx


class ClassNotFound(NotFound):
    """There is no such class in the project."""

    def __init__(self, class_id: int) -> None:
        super().__init__("The class or the project was not found")
        self.class_id = class_id


class ClassNameTaken(Conflict):
    """The project has a class of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f'The project has a class named "{name}" already')


def list_classes(tx: Tx, project_id: int) -> Ids:
    """Return the ids of a project's classes, oldest first."""
    return tx.ids(ModelClass, project_id=project_id)


def get_class(tx: Tx, project_id: int, class_id: int) -> ModelClass:
    """Return a class of the project. Raises ClassNotFound."""
    found = tx.get(ModelClass, class_id)
    if found is None or found.project_id != project_id:
        raise ClassNotFound(class_id)
    return found


def create_class(
    tx: Tx, project_id: int, name: str, example: str | None = None, description: str | None = None
) -> ModelClass:
    """Add a class to a project. Raises ClassNameTaken."""
    _refuse_taken_name(tx, project_id, name)
    return tx.put(
        ModelClass(id=tx.new_id(ModelClass), project_id=project_id, name=name, example=example, description=description)
    )


def change_class(tx: Tx, project_id: int, class_id: int, **fields: str | None) -> ModelClass:
    """Change the fields that are given. Raises ClassNotFound, ClassNameTaken."""
    found = get_class(tx, project_id, class_id)
    if fields.get("name", found.name) != found.name:
        _refuse_taken_name(tx, project_id, str(fields["name"]))
    return tx.change(found, **fields)


def delete_class(tx: Tx, project_id: int, class_id: int) -> None:
    """Delete a class; the tags that were given with it go along, sessions forget it. Raises ClassNotFound."""
    tx.delete(get_class(tx, project_id, class_id))


def _refuse_taken_name(tx: Tx, project_id: int, name: str) -> None:
    if tx.ids(ModelClass, project_id=project_id, name=name):
        raise ClassNameTaken(name)
