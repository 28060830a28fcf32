"""What a labeling session is made of: documents of the project or of a body, a file, a source, or everything there is.

First, with a transaction, what there is to be read (`of_body`, `of_file`, `of_credential`); then, in a thread, what it
says (`filling`).
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from mock_server.sheets import Sheet
from mock_server.studio.domain import labeled, sources
from mock_server.studio.domain.drafts import drafted_all
from mock_server.studio.domain.errors import Invalid, ProjectNotFound
from mock_server.studio.domain.labeled import FileConflict
from mock_server.studio.domain.session_documents import Filling
from mock_server.studio.domain.sources import SourceNotFound
from mock_server.studio.domain.tags import NEEDS
from mock_server.studio.rows import Project
from mock_server.world import Tx

Json = dict[str, Any]


class Source(msgspec.Struct, frozen=True):
    """Where documents come from. `document_ids` None stands for all of the project; `entries` are documents of a body.

    `mapping` names columns of the sheet, `takes` says what the tags of the project consist of. `uploaded`: the sheet is
    the whole request, so what is wrong with it makes that invalid. `fetched`: the sheet is not the caller's work.
    """

    name: str | None = None
    document_ids: list[int] | None = None
    entries: tuple[Json, ...] = ()
    sheet: Sheet | None = None
    mapping: Mapping[str, str] | None = None
    takes: Mapping[str, bool] = {}
    uploaded: bool = False
    fetched: bool = False

    def filling(self, auto: bool = False, sample_size: int | None = None) -> Filling:
        """Return what comes into the session; may take long. Raises DocumentConflict, FileConflict, Invalid."""
        if self.sheet is None:
            return Filling(self.document_ids, drafted_all(self.entries), sample_size, auto)
        try:
            where = labeled.columns(self.sheet, self.mapping, self.takes, self.uploaded, self.fetched)
            drafts = labeled.drafts(self.sheet, where)
        except FileConflict as error:
            if self.uploaded:
                raise Invalid(str(error), "body.file") from None
            raise
        return Filling([], drafts, sample_size, auto, labeled=True, lenient=self.fetched)


def of_body(tx: Tx, project_id: int, body: Mapping[str, Any]) -> Source:
    """Return what the body of `create_session` names: documents, else a file, else a source, else everything.

    An empty list of documents is only asked for if nothing else is. Raises SourceNotFound, ProjectNotFound.
    """
    lists = [body[name] for name in ("document_ids", "documents") if name in body]
    if not any(lists) and "file_id" in body:
        file = sources.get_file(tx, "SESSION", project_id, body["file_id"])
        takes = _takes(tx, project_id)
        return Source(file.filename, [], sheet=file.sheet, mapping=body.get("column_mapping"), takes=takes)
    if not any(lists) and "credential_id" in body and "source" in body:
        return of_credential(tx, project_id, body)
    if not lists:
        return Source()
    return Source(None, list(dict.fromkeys(body.get("document_ids", ()))), tuple(body.get("documents", ())))


def of_file(tx: Tx, project_id: int, filename: str, sheet: Sheet) -> Source:
    """Return what an uploaded file is to be read as: its columns are found by their names. Raises ProjectNotFound."""
    return Source(filename, [], sheet=sheet, takes=_takes(tx, project_id), uploaded=True)


def of_credential(tx: Tx, project_id: int, body: Mapping[str, Any]) -> Source:
    """Return what the external source of a body has. Raises SourceNotFound, ProjectNotFound."""
    credential = sources.get_credential(tx, project_id, body["credential_id"], body["source"])
    sheet = sources.fetch(credential, body.get("parameters"))
    return Source(credential.source, [], sheet=sheet, takes=_takes(tx, project_id), fetched=True)


def connected(tx: Tx, project_id: int, body: Mapping[str, Any]) -> Source:
    """Return the same for an operation that only connects: there a credential that does not serve is Invalid."""
    try:
        return of_credential(tx, project_id, body)
    except SourceNotFound:
        raise Invalid("Invalid credentials", "body.credential_id") from None


def _takes(tx: Tx, project_id: int) -> dict[str, bool]:
    project = tx.get(Project, project_id)
    if project is None:
        raise ProjectNotFound(project_id)
    has_class, has_label = NEEDS[project.type]
    return {"class": has_class is not False, "label": has_label is not False}
