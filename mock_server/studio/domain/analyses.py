"""Batch analyses, which read documents on the clock of the world, and analyses at once, of which nothing is kept.

What a model finds is computed when an analysis is started, and shown when it is FINISHED: a model never changes its mind.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from mock_server.sheets import Sheet, SheetError
from mock_server.studio.domain import analysis_documents, models, sources, still_there, taggers
from mock_server.studio.domain.analysis_documents import Reading, Source
from mock_server.studio.domain.errors import Conflict, Forbidden, Invalid, NotFound, WorkspaceNotFound
from mock_server.studio.domain.sources import SourceNotFound
from mock_server.studio.predicting import Tagger
from mock_server.studio.roles import Roles
from mock_server.studio.rows import Analysis, Label, Model, ModelClass, Named, Project, UploadedFile, User, Workspace
from mock_server.world import Ids, Job, Tx
from mock_server.world.jobs import JobFailed, finishes

Json = dict[str, Any]
JOB = "ANALYSIS"
UNDER_WAY = "ANALYZING"
BASE_SECONDS, SECONDS_A_DOCUMENT = 1.0, 0.001
# Up to which share of its job an analysis has which status; afterwards it is ANALYZING.
BEGINNINGS = ((0.1, "CREATED"), (0.2, "QUEUED"), (0.3, "STARTED"))
BAD_FILE = "The uploaded file has an invalid format. Allowed formats are JSON and CSV."


class AnalysisNotFound(NotFound):
    """There is no such analysis that the caller may see."""

    def __init__(self, analysis_id: int) -> None:
        super().__init__("The analysis was not found")
        self.analysis_id = analysis_id


class AnalysisNotFinished(Conflict):
    """The analysis has no results yet, or never will."""

    def __init__(self, status: str) -> None:
        super().__init__(f"The analysis is {status}; it can be downloaded when it is FINISHED")


class NoSuchColumn(Conflict):
    """The file has no column as the request names it."""


class BadFile(Invalid):
    """An uploaded file is of another kind, or cannot be read."""

    def __init__(self) -> None:
        super().__init__(BAD_FILE, "body.file")


# Who may


def get_analysis(tx: Tx, roles: Roles, user: User, analysis_id: int) -> Analysis:
    """Return an analysis that the user may see: their own, or of a project that they may read. Raises AnalysisNotFound."""
    found = tx.get(Analysis, analysis_id)
    if found is None or not (user.is_superuser or found.user_id == user.id or _reads_project(tx, roles, user, found)):
        raise AnalysisNotFound(analysis_id)
    return found


def require_changeable(tx: Tx, roles: Roles, user: User, analysis_id: int) -> Analysis:
    """Return an analysis that the user may rename and delete. Raises AnalysisNotFound, Forbidden."""
    found = get_analysis(tx, roles, user, analysis_id)
    if _is_read_only(tx, found):
        raise Forbidden("User is read-only")
    if not (user.is_superuser or found.user_id == user.id or _manages(tx, roles, user, found)):
        raise Forbidden("Only who started the analysis or manages its model may change it")
    return found


def require_home(tx: Tx, user: User, organization_id: int | None = None) -> int | None:
    """Return the workspace in which the user starts analyses: this one, else the default one; None without any.

    Raises WorkspaceNotFound for one that is named and not there, Forbidden if it is read-only.
    """
    home = tx.get(Workspace, organization_id or user.default_organization_id or 0)
    if organization_id is not None and (home is None or not home.is_active):
        raise WorkspaceNotFound(organization_id)
    if home is None or not home.is_active:
        return None
    if home.is_read_only:
        raise Forbidden("User is read-only")
    return home.id


def _reads_project(tx: Tx, roles: Roles, user: User, row: Analysis) -> bool:
    try:
        return row.project_id is not None and bool(roles.require_in_project(tx, user, row.project_id, "VIEWER"))
    except (NotFound, Forbidden):
        return False


def _manages(tx: Tx, roles: Roles, user: User, row: Analysis) -> bool:
    model = tx.get(Model, row.model_id) if row.model_id is not None else None
    if model is not None:
        return roles.enough("model", roles.in_model(tx, user, model), "MANAGER")
    project = tx.get(Project, row.project_id) if row.project_id is not None else None
    return project is not None and roles.enough("project", roles.in_project(tx, user, project), "MANAGER")


def _is_read_only(tx: Tx, row: Analysis) -> bool:
    project = tx.get(Project, row.project_id) if row.project_id is not None else None
    ids = (row.organization_id, project.organization_id if project else None)
    workspaces = (tx.get(Workspace, row_id) for row_id in ids if row_id is not None)
    return any(found is not None and found.is_read_only for found in workspaces)


# Lists


def of_user(tx: Tx, user: User, model_id: int | None = None, organization_id: int | None = None) -> Ids:
    """Return the ids of the analyses that a user has started, oldest first; only of a model, only in a workspace."""
    if model_id is None and organization_id is None:
        return tx.ids(Analysis, user_id=user.id)
    if organization_id is None:
        return tx.ids(Analysis, user_id=user.id, model_id=model_id)
    found = tx.ids(Analysis, user_id=user.id, organization_id=organization_id)
    if model_id is None:
        return found
    model = tx.ids(Analysis, user_id=user.id, model_id=model_id)
    return Ids.of(row_id for row_id in found if row_id in model)


# Starting: first what is to be read and by which model (`plan`), then, in a thread, the reading, then the analysis


class Plan(msgspec.Struct, frozen=True):
    """What is to be read, and by which model."""

    model: Model
    tagger: Tagger
    source: Source
    split: bool = True
    name: str | None = None
    organization_id: int | None = None

    def read(self) -> list[Reading]:
        """Return the documents with what the model finds; may take long."""
        return self.source.read(self.tagger, self.split)


def plan(tx: Tx, roles: Roles, user: User, body: Json, organization_id: int | None = None) -> Plan:
    """Return what a batch analysis is to do. Raises Forbidden, ModelNotFound, ModelNotReady, SourceNotFound, NoSuchColumn."""
    home = require_home(tx, user, organization_id)
    name, source = body.get("name"), Source(tuple(body.get("documents", ())))
    if "documents" not in body:
        file = _file(tx, user, body["file_id"])
        sheet = sources.sheet_of(file, body.get("header_first"))
        name, source = name or file.filename, Source(sheet=sheet, column=_column(sheet, body))
    made = ad_hoc_plan(tx, roles, user, {**body, "documents": ()}, organization_id)
    return msgspec.structs.replace(made, source=source, name=name, organization_id=home)


def ad_hoc_plan(tx: Tx, roles: Roles, user: User, body: Json, organization_id: int | None = None) -> Plan:
    """Return what an analysis at once is to do. Raises Forbidden, ModelNotFound, ModelNotReady."""
    if "model_id" in body:
        model = models.require_usable(roles.require_in_model(tx, user, body["model_id"]))
    else:
        model = models.newest_usable(tx, user, roles, organization_id)
    source = Source(tuple(body["documents"]))
    return Plan(model, taggers.tagger_of(tx, model), source, body.get("split", True))


def create_analysis(tx: Tx, roles: Roles, user: User, plan: Plan, readings: Sequence[Reading]) -> Analysis:
    """Start an analysis of what was read, in the background; one of nothing is finished at once.

    Raises Forbidden, ModelNotFound, ModelNotReady if the model has changed while it read.
    """
    model = models.require_usable(roles.require_in_model(tx, user, plan.model.id))
    classes, labels = _known(tx, model, plan.tagger)
    home = tx.get(Workspace, plan.organization_id) if plan.organization_id is not None else None
    row_id = tx.new_id(Analysis)
    row = tx.put(
        Analysis(
            id=row_id,
            uuid=tx.uuid(),
            name=plan.name or f"Analysis {row_id}",
            project_id=model.project_id,
            organization_id=home.id if home else None,
            model_id=model.id,
            user_id=still_there.user_id(tx, user),
            type=model.type,
            classes=classes,
            labels=labels,
            status=UNDER_WAY,
            created=tx.now,
        )
    )
    if not readings:
        return tx.change(row, status="FINISHED", progress=100.0, finished=tx.now)
    analysis_documents.add_all(tx, row, readings)
    seconds = BASE_SECONDS + SECONDS_A_DOCUMENT * len(readings)
    tx.start_job(JOB, row.id, seconds, project_id=row.project_id, user_id=row.user_id)
    return row


@finishes(JOB, Analysis)
def finish_analysis(tx: Tx, job: Job) -> None:
    """End of the job of `create_analysis`. Raises JobFailed, the analysis being FAILED, if its model was deleted meanwhile."""
    row = tx.get(Analysis, job.subject)
    if row is None:
        return
    if row.model_id is None:
        tx.change(row, status="FAILED", finished=tx.now)
        raise JobFailed("Its model was deleted")
    tx.change(row, status="FINISHED", progress=100.0, finished=tx.now)


def life(tx: Tx, row: Analysis) -> tuple[str, float]:
    """Return status and progress, 0 to 100, of an analysis at this moment."""
    job = tx.first(Job, kind=JOB, subject=row.id) if row.status == UNDER_WAY else None
    if job is None:
        return row.status, row.progress
    share = (tx.now - job.created) / (job.due - job.created)
    for end, status in BEGINNINGS:
        if share < end:
            return status, 0.0
    begun = BEGINNINGS[-1][0]
    return UNDER_WAY, round(min((share - begun) / (1 - begun), 0.99) * 100, 1)


def _known(tx: Tx, model: Model, tagger: Tagger) -> tuple[tuple[Named, ...], tuple[Named, ...]]:
    """Return the classes and labels of a tagger under the ids of the model's project; new ones for those that it lacks."""
    project_id = model.project_id
    classes = {} if project_id is None else {row.name: row for row in tx.rows(ModelClass, project_id=project_id)}
    labels = {} if project_id is None else {row.name: row for row in tx.rows(Label, project_id=project_id)}
    return (
        tuple(
            Named(row.id, row.name, row.example, row.description) if row else Named(tx.new_id(ModelClass), topic.name)
            for topic in tagger.classes
            for row in (classes.get(topic.name),)
        ),
        tuple(
            Named(labels[topic.name].id if topic.name in labels else tx.new_id(Label), topic.name)
            for topic in tagger.labels
        ),
    )


def _file(tx: Tx, user: User, file_id: str) -> UploadedFile:
    found = sources.get_file(tx, "ANALYSIS", None, file_id)
    if found.user_id != user.id and not user.is_superuser:
        raise SourceNotFound("file", file_id)
    return found


def _column(sheet: Sheet, body: Json) -> int:
    try:
        return sheet.column_index(body.get("column"), body.get("column_name"))
    except SheetError as error:
        raise NoSuchColumn(str(error)) from None


# Changing and deleting


def change_analysis(tx: Tx, roles: Roles, user: User, analysis_id: int, name: str | None) -> Analysis:
    """Rename an analysis; None leaves its name. Raises AnalysisNotFound, Forbidden."""
    row = require_changeable(tx, roles, user, analysis_id)
    return tx.change(row, name=name or row.name)


def delete_analysis(tx: Tx, roles: Roles, user: User, analysis_id: int) -> None:
    """Delete an analysis with its documents; one that is under way ends. Raises AnalysisNotFound, Forbidden."""
    row = require_changeable(tx, roles, user, analysis_id)
    for job in list(_jobs(tx, row)):
        tx.delete(job)
    tx.delete(row)


def require_finished(tx: Tx, row: Analysis) -> Analysis:
    """Return an analysis that has results. Raises AnalysisNotFinished."""
    if row.status != "FINISHED":
        raise AnalysisNotFinished(life(tx, row)[0])
    return row


def _jobs(tx: Tx, row: Analysis) -> Iterable[Job]:
    return tx.rows(Job, kind=JOB, subject=row.id)
