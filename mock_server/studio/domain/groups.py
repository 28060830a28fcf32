"""Document groups: named collections of documents of a project. The documents name the groups that they are in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from mock_server.sheets import Cell, Sheet, SheetError
from mock_server.studio.domain import documents, sources, still_there
from mock_server.studio.domain.drafts import Draft, draft, drafted_all, meta_of
from mock_server.studio.domain.errors import Conflict, NotFound
from mock_server.studio.domain.sources import SourceNotFound
from mock_server.studio.rows import Document, Group, User
from mock_server.world import Job, Tx
from mock_server.world.jobs import finishes

Json = dict[str, Any]


class GroupNotFound(NotFound):
    """There is no such group in the project, or no such document in the group."""

    def __init__(self, group_id: int) -> None:
        super().__init__("The document group, the document or the project was not found")
        self.group_id = group_id


class GroupNotReady(Conflict):
    """The group cannot be changed in its state."""

    def __init__(self, group: Group) -> None:
        super().__init__(f"The group is {group.status}; it can be changed when it is CREATED")


class NoSuchColumn(Conflict):
    """The file has no column as the request names it."""


def get_group(tx: Tx, project_id: int, group_id: int) -> Group:
    """Return a group of the project. Raises GroupNotFound."""
    found = tx.get(Group, group_id)
    if found is None or found.project_id != project_id:
        raise GroupNotFound(group_id)
    return found


def get_group_document(tx: Tx, project_id: int, group_id: int, document_id: int) -> Document:
    """Return a document of a group. Raises GroupNotFound."""
    group = get_group(tx, project_id, group_id)
    found = tx.get(Document, document_id)
    if found is None or group.id not in found.group_ids:
        raise GroupNotFound(group_id)
    return found


# Creating: first what there is to be read (`source_of`), then, in a thread, its drafts, then the group


class Source(msgspec.Struct, frozen=True):
    """What a group is made of: new documents of a body, ids of documents that are there, or a column of a table."""

    name: str | None = None
    entries: tuple[Mapping[str, Any], ...] = ()
    document_ids: tuple[int, ...] = ()
    sheet: Sheet | None = None
    column: int = 0

    def drafts(self, split: bool) -> list[Draft]:
        """Return the new documents; may take long. Raises DocumentConflict."""
        if self.sheet is None:
            return drafted_all(self.entries, split)
        return _drafts_of(self.sheet, self.column, split)


def source_of(tx: Tx, project_id: int, body: Json) -> Source:
    """Return what a group is to be made of: `documents`, else the file, else the external source of a body.

    Raises SourceNotFound, NoSuchColumn.
    """
    name = body.get("name")
    if "documents" in body:
        source = given(tx, project_id, body["documents"])
        return Source(name, source.entries, source.document_ids)
    if "file_id" in body:
        file = sources.get_file(tx, "GROUP", project_id, body["file_id"])
        sheet, named = sources.sheet_of(file, body.get("header_first")), file.filename
    else:
        credential = sources.get_credential(tx, project_id, body["credential_id"], body["source"])
        sheet, named = sources.fetch(credential, body.get("parameters")), credential.name
    return Source(name or named, sheet=sheet, column=_column(sheet, body))


def given(tx: Tx, project_id: int, entries: Iterable[Json], document_ids: Iterable[int] = ()) -> Source:
    """Return entries of a body with a text as new documents, the others as ids of documents. Raises SourceNotFound."""
    new: list[Json] = []
    ids = list(document_ids)
    for entry in entries:
        if "text" in entry:
            new.append(entry)
        else:
            ids.append(entry["id"])
    return Source(entries=tuple(new), document_ids=_known(tx, project_id, ids))


def create_group(
    tx: Tx, project_id: int, user: User | None, source: Source, drafts: Sequence[Draft], name: str | None = None
) -> Group:
    """Create a group; its documents come when its task ends. Raises ProjectNotFound, SourceNotFound, TagConflict."""
    still_there.project(tx, project_id)
    documents.check_drafts(tx, project_id, drafts)
    group_id = tx.new_id(Group)
    group = tx.put(
        Group(
            id=group_id,
            project_id=project_id,
            name=name or source.name or f"Group {group_id}",
            status="PROCESSING",
            created=tx.now,
        )
    )
    tx.start_job(
        "GROUP",
        group_id,
        documents.duration(len(drafts)),
        project_id=project_id,
        user_id=still_there.user_id(tx, user),
        payload={
            "drafts": msgspec.to_builtins(drafts),
            "document_ids": list(_known(tx, project_id, source.document_ids)),
        },
    )
    return group


@finishes("GROUP", Group)
def finish_group(tx: Tx, job: Job) -> None:
    """End of the task of `create_group`: the group has its documents, if nobody deleted it meanwhile."""
    group = tx.get(Group, job.subject)
    if group is None:
        return
    payload: Any = job.payload
    fill(tx, group, msgspec.convert(payload["drafts"], list[Draft]), payload["document_ids"])
    tx.change(group, status="CREATED")


def fill(tx: Tx, group: Group, drafts: Iterable[Draft], document_ids: Iterable[int]) -> None:
    """Add new documents and such as are there to a group; ids of documents that have gone are passed over."""
    for document_id in document_ids:
        document = tx.get(Document, document_id)
        if document is not None and group.id not in document.group_ids:
            tx.change(document, group_ids=(*document.group_ids, group.id))
    for one in drafts:
        documents.add_draft(tx, group.project_id, one, (group.id,))


# Changing and deleting


def require_ready(tx: Tx, project_id: int, group_id: int) -> Group:
    """Return a group that can be changed. Raises GroupNotFound, GroupNotReady."""
    group = get_group(tx, project_id, group_id)
    if group.status != "CREATED":
        raise GroupNotReady(group)
    return group


def change_group(
    tx: Tx, project_id: int, group_id: int, name: str | None, source: Source, drafts: Sequence[Draft]
) -> Group:
    """Rename a group and add documents to it. Raises GroupNotFound, GroupNotReady, SourceNotFound, TagConflict."""
    group = require_ready(tx, project_id, group_id)
    documents.check_drafts(tx, project_id, drafts)
    fill(tx, group, drafts, _known(tx, project_id, source.document_ids))
    return tx.change(group, name=name or group.name)


def delete_group(tx: Tx, project_id: int, group_id: int) -> None:
    """Delete a group; its documents stay in the project. Raises GroupNotFound."""
    tx.delete(get_group(tx, project_id, group_id))


# As a table


def table(tx: Tx, project_id: int, group_id: int) -> tuple[list[str], list[list[Cell]]]:
    """Return the documents of a group as a header (id, text, names of attributes) and rows. Raises GroupNotFound."""
    get_group(tx, project_id, group_id)
    rows = list(tx.rows(Document, group_ids=group_id))
    metas = [meta_of(row.meta) for row in rows]
    names = list(dict.fromkeys(name for meta in metas for name in meta))
    cells = [
        [row.id, row.text, *[sources.as_cell(meta.get(name)) for name in names]]
        for row, meta in zip(rows, metas, strict=True)
    ]
    return ["id", "text", *names], cells


def _known(tx: Tx, project_id: int, document_ids: Sequence[int]) -> tuple[int, ...]:
    for document_id in document_ids:
        document = tx.get(Document, document_id)
        if document is None or document.project_id != project_id:
            raise SourceNotFound("document", document_id)
    return tuple(dict.fromkeys(document_ids))


def _column(sheet: Sheet, body: Json) -> int:
    try:
        return sheet.column_index(body.get("column"), body.get("column_name"))
    except SheetError as error:
        raise NoSuchColumn(str(error)) from None


def _drafts_of(sheet: Sheet, column: int, split: bool) -> list[Draft]:
    names, found = sheet.columns, []
    for row in sheet.data:
        text = sources.cell_text(row[column])
        if text:
            attributes = {name: cell for name, cell in zip(names, row, strict=True) if cell is not None}
            attributes.pop(names[column], None)
            found.append(draft(text, meta_of(attributes), split=split))
    return found
