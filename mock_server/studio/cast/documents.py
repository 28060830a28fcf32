"""Entries about texts: groups and documents."""

from typing import Any

from mock_server import text
from mock_server.places import Entry
from mock_server.studio.cast.stage import Stage
from mock_server.studio.rows import Document, Group, Project


def group(stage: Stage, entry: Entry) -> None:
    """Add a group."""
    row = stage.add(Group, entry, project_id=stage.find(Project, entry, "project"))
    stage.call(row, entry, "name", row.project_id, unique=False)


def document(stage: Stage, entry: Entry) -> None:
    """Add a document, divided into sentences."""
    project_id = stage.find(Project, entry, "project")
    groups = [stage.named(Group, name, entry, "groups", project_id) for name in entry.get("groups", ())]
    fields: dict[str, Any] = {"project_id": project_id, "group_ids": groups, "segments": ()}
    row = stage.add(Document, entry, **fields, meta=dict(entry.get("meta", {})))
    try:
        segments = stage.divide(row.id, entry.get("segments_from"), text.split(entry["text"], entry.get("language")))
    except ValueError as error:
        raise entry.fault("segments_from", str(error)) from None
    stage.change(row, segments=segments)
    stage.call(row, entry, None, project_id)


def documents_of(stage: Stage, entry: Entry, project_id: int, listed: list[int] | None = None) -> list[int]:
    """Return the ids of the documents that an entry lists or whose group it names, ascending."""
    if listed is None:
        listed = [stage.named(Document, name, entry, "documents", project_id) for name in entry.get("documents", ())]
    group_id = stage.found(Group, entry, "group", project_id)
    members = [row.id for row in stage.rows[Document].values() if group_id is not None and group_id in row.group_ids]
    return sorted({*listed, *members})
