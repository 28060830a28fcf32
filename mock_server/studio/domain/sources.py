"""Where documents come from besides request bodies: uploaded files, and external sources that a credential opens."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from mock_server import times
from mock_server.sheets import Cell, Sheet
from mock_server.studio.domain import still_there
from mock_server.studio.domain.errors import NotFound
from mock_server.studio.rows import Credential, Project, UploadedFile, User
from mock_server.world import Tx

Json = dict[str, Any]


class SourceNotFound(NotFound):
    """Something that a body names as the source of documents is not there. `kind` is file, credential or document."""

    def __init__(self, kind: str, name: object) -> None:
        super().__init__(f"The {kind} {name} was not found")
        self.kind, self.name = kind, name


def keep_file(
    tx: Tx, purpose: str, project_id: int | None, user: User | None, filename: str, sheet: Sheet
) -> UploadedFile:
    """Keep a file that was read; `purpose` is GROUP, SESSION or ANALYSIS. Raises ProjectNotFound."""
    if project_id is not None:
        still_there.project(tx, project_id)
    return tx.put(
        UploadedFile(
            id=tx.new_id(UploadedFile),
            uuid=tx.uuid(),
            purpose=purpose,
            project_id=project_id,
            user_id=still_there.user_id(tx, user),
            filename=filename,
            sheet=sheet,
            created=tx.now,
        )
    )


def get_file(tx: Tx, purpose: str, project_id: int | None, file_id: str) -> UploadedFile:
    """Return a file of the project, None for one of no project, that was uploaded for this purpose. Raises SourceNotFound."""
    found = tx.first(UploadedFile, uuid=file_id.lower())
    if found is None or found.purpose != purpose or found.project_id != project_id:
        raise SourceNotFound("file", file_id)
    return found


def sheet_of(file: UploadedFile, header_first: bool | None) -> Sheet:
    """Return the table of a file, with or without a header as the caller says; None leaves it as it was found.

    Keys of objects are a header whatever the caller says.
    """
    objects = file.filename.lower().endswith((".json", ".jsonl")) and file.sheet.header is not None
    return file.sheet if header_first is None or objects else file.sheet.with_header(header_first)


def get_credential(tx: Tx, project_id: int, credential_id: float, source: str) -> Credential:
    """Return a credential of the project's workspace for this source. Raises SourceNotFound."""
    project = tx.get(Project, project_id)
    found = tx.get(Credential, int(credential_id)) if credential_id == int(credential_id) else None
    if project is None or found is None or found.organization_id != project.organization_id or found.source != source:
        raise SourceNotFound("credential", credential_id)
    return found


def fetch(credential: Credential, parameters: Mapping[str, Any] | None = None) -> Sheet:
    """Return what an external source has, as a table whose first column is `text`.

    `parameters` are the contract's SourceParameters; with `updated_since` entries without a time are left out.
    """
    limit, since = (parameters or {}).get("limit"), (parameters or {}).get("updated_since")
    records = credential.records
    if since is not None:
        earliest = _moment(since)
        records = tuple(record for record in records if _moment(record.get("updated")) >= earliest)
    chosen = records if limit is None else records[: int(limit)]
    header = tuple(dict.fromkeys(["text", *(name for record in chosen for name in record)]))
    rows = (tuple([as_cell(record.get(name)) for name in header]) for record in chosen)
    return Sheet((header, *rows), header)


def as_cell(value: Any) -> Cell:
    """Return any plain value as a cell: what is no text, number or truth value as its JSON text."""
    if value is None or isinstance(value, str | int | float):
        return value
    return value.isoformat() if isinstance(value, datetime) else msgspec.json.encode(value).decode()


def cell_text(cell: Cell) -> str:
    """Return a cell as the text of a document; an empty cell is an empty text."""
    if isinstance(cell, str):
        return cell
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def _moment(value: Any) -> datetime:
    """A time, from a datetime or its RFC 3339 text; what is neither lies before all times."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    try:
        return times.moment(str(value).upper().replace(":60", ":59"))  # a leap second
    except (ValueError, OverflowError):
        return datetime.min.replace(tzinfo=UTC)
