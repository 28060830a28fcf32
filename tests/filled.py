"""Puts one of everything into a project of the small world, for tests of what holds all of it."""

from typing import Any

from mock_server.app import App
from mock_server.studio.rows import (
    Analysis,
    AnalysisDocument,
    Document,
    Found,
    Group,
    Label,
    Model,
    ModelClass,
    Named,
    Project,
    Segment,
    Session,
    SessionDocument,
    Tag,
)
from mock_server.world import Tx
from tests.worlds import NOW


def fill(app: App, project_id: int = 11) -> Session:
    """Add a group, a model, an analysis and a session with marks, a tag for each segment and one of a document."""
    tx = app.sandbox.begin()
    project = tx.get(Project, project_id)
    assert project is not None
    group = tx.put(Group(id=tx.new_id(Group), project_id=project_id, name="Reviews", created=NOW))
    model = tx.put(
        Model(
            id=tx.new_id(Model),
            uuid=tx.uuid(),
            name=f"model-{project_id}",
            display_name="Spring",
            project_id=project_id,
            owner_id=1,
            type=project.type,
            created=NOW,
        )
    )
    documents = [tx.change(row, group_ids=(group.id,)) for row in list(tx.rows(Document, project_id=project_id))]
    session = _session(tx, project_id, documents, group)
    analysis = _analysis(tx, project, model)
    for row in documents:
        tx.change(row, analysis_ids=(analysis.id,))
    app.sandbox.commit(tx)
    return session


def _analysis(tx: Tx, project: Project, model: Model) -> Analysis:
    """Add an analysis that has read all documents of the project, and found the first class and label everywhere."""
    classes, labels = list(tx.rows(ModelClass, project_id=project.id)), list(tx.rows(Label, project_id=project.id))
    row = tx.put(
        Analysis(
            id=tx.new_id(Analysis),
            uuid=tx.uuid(),
            name="March",
            project_id=project.id,
            organization_id=project.organization_id,
            model_id=model.id,
            user_id=1,
            type=project.type,
            classes=tuple(Named(one.id, one.name) for one in classes),
            labels=tuple(Named(one.id, one.name) for one in labels),
            progress=100.0,
            created=NOW,
            finished=NOW,
        )
    )
    names = (classes[0].name if classes else None, labels[0].name if labels else None)
    for document in list(tx.rows(Document, project_id=project.id)):
        parts = tuple(Segment(tx.new_id("segment"), part.start, part.end) for part in document.segments)
        tags = tuple(Found(tx.new_id(Tag), part.id, *names) for part in parts)
        fields: dict[str, Any] = {"text": document.text, "segments": parts, "tags": tags, "meta": {"source": "web"}}
        tx.put(AnalysisDocument(id=tx.new_id(AnalysisDocument), analysis_id=row.id, number=document.id, **fields))
    return row


def _session(tx: Tx, project_id: int, documents: list[Document], group: Group) -> Session:
    classes, labels = tuple(tx.ids(ModelClass, project_id=project_id)), tuple(tx.ids(Label, project_id=project_id))
    session = Session(
        id=tx.new_id(Session),
        uuid=tx.uuid(),
        project_id=project_id,
        user_id=1,
        name="First round",
        status="ANNOTATING",
        class_ids=classes,
        label_ids=labels,
        document_group_id=group.id,
        segments_total=sum(len(row.segments) for row in documents),
        segments_done=1,
        created=NOW,
    )
    tx.put(session)
    for number, document in enumerate(documents):
        marks = {document.segments[0].id: NOW} if number == 0 else {}
        tx.put(
            SessionDocument(id=tx.new_id(SessionDocument), session_id=session.id, document_id=document.id, marks=marks)
        )
        for segment in document.segments:
            tx.put(
                Tag(
                    id=tx.new_id(Tag),
                    project_id=project_id,
                    session_id=session.id,
                    document_id=document.id,
                    segment_id=segment.id,
                    class_id=classes[number % len(classes)] if classes else None,
                    label_id=labels[0] if labels else None,
                    span=(segment.start, segment.start + 3),
                    created=NOW,
                )
            )
    return session
