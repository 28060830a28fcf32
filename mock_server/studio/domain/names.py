"""What classes and labels have in common: names that come once in a project, and files that list them."""

from collections.abc import Iterable, Sequence

from mock_server.sheets import Cell, Sheet, SheetError
from mock_server.studio.domain.errors import Conflict, Invalid, ProjectNotFound
from mock_server.studio.rows import Label, ModelClass, Project
from mock_server.world import Tx

LONGEST = 255  # as the contract's Name
PLACE = "body.file"
WORDS: dict[type[ModelClass] | type[Label], str] = {ModelClass: "class", Label: "label"}


class NameTaken(Conflict):
    """The project has a class or label of this name."""

    def __init__(self, kind: type[ModelClass] | type[Label], name: str) -> None:
        super().__init__(f'The project has a {WORDS[kind]} named "{name}" already')


class NameTwice(Conflict):
    """Several things were to be added at once, and two of them have the same name."""

    def __init__(self, name: str) -> None:
        super().__init__(f'The name "{name}" comes twice')


def refuse_taken(tx: Tx, kind: type[ModelClass] | type[Label], project_id: int, names: Iterable[str]) -> None:
    """Raise NameTaken or NameTwice unless all of these names can be added, ProjectNotFound if the project is gone."""
    if tx.get(Project, project_id) is None:  # deleted while a file or a body was being read
        raise ProjectNotFound(project_id)
    seen: set[str] = set()
    for name in names:
        if tx.ids(kind, project_id=project_id, name=name):
            raise NameTaken(kind, name)
        if name in seen:
            raise NameTwice(name)
        seen.add(name)


def header_first(filename: str) -> bool | None:
    """Return True if a file of names has to begin with column names, None if its format itself decides that."""
    return True if filename.lower().endswith((".csv", ".xlsx")) else None


def records(sheet: Sheet, columns: Sequence[str]) -> list[dict[str, str | None]]:
    """Return what each row says in these columns, of which `name` has to be there; blank rows are left out.

    A file without a header that has a single column holds names alone. Raises Invalid for a file without a column of
    names, without any row, with a row that has no name, or with one that is too long.
    """
    places = _places(sheet, columns)
    found = []
    for number, row in enumerate(sheet.data, 1):
        if any(cell not in (None, "") for cell in row):
            record = {column: _text(row[place]) for column, place in places.items()}
            _require_name(record["name"], number)
            found.append(record)
    if not found:
        raise Invalid("The file has no names", PLACE)
    return found


def _places(sheet: Sheet, columns: Sequence[str]) -> dict[str, int]:
    """Where the columns are; those that are missing are left out, but for the name."""
    if sheet.header is None and len(sheet.columns) == 1:
        return {"name": 0}
    places = {}
    for column in columns:
        try:
            places[column] = sheet.column_index(column_name=column)
        except SheetError as error:
            if column == "name":
                raise Invalid(str(error), PLACE) from None
    return places


def _text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return cell if cell is None or isinstance(cell, str) else str(cell)


def _require_name(name: str | None, number: int) -> None:
    if not name:
        raise Invalid(f"Entry {number} has no name", PLACE)
    if len(name) > LONGEST:
        raise Invalid(f"The name of entry {number} has {len(name)} characters, {LONGEST} are allowed", PLACE)
