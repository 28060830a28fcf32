"""The tables of a Studio world: what is kept of each thing, how it is found, and what goes when something is deleted.

Rows hold facts, never what can be computed from others (counts, progress of jobs, names of classes a tag refers to).
Times are UTC datetimes. The field names follow the contract where the contract shows them.
"""

from datetime import datetime
from typing import Any, ClassVar

import msgspec

from mock_server.sheets import Sheet
from mock_server.world.rows import Cascade, Drop, Forget, Ref, Row

Indexes = tuple[tuple[str, ...], ...]
Refs = dict[str, Ref]


class User(Row, frozen=True, gc=False, kw_only=True):
    """A person with an account. `email` is kept in lower case: it is unique however it is typed."""

    INDEXES: ClassVar[Indexes] = (("email",), ("is_superuser",))
    REFS: ClassVar[Refs] = {"default_organization_id": Forget("Workspace")}

    email: str
    first_name: str = ""
    last_name: str = ""
    password_hash: str | None = None
    is_superuser: bool = False
    is_betauser: bool = False
    is_verified: bool = False
    default_organization_id: int | None = None
    created: datetime

    @property
    def display_name(self) -> str:
        """First and last name, or the e-mail if there is neither."""
        return f"{self.first_name} {self.last_name}".strip() or self.email


class UserToken(Row, frozen=True, gc=False, kw_only=True):
    """A single-use token sent to a user: RESET, VERIFY or FIRST_LOGIN. `used` is when it was spent or became void."""

    INDEXES: ClassVar[Indexes] = (("token",), ("user_id", "used"))
    REFS: ClassVar[Refs] = {"user_id": Cascade("User")}

    kind: str
    user_id: int
    token: str
    created: datetime
    expires: datetime
    used: datetime | None = None


class RevokedToken(Row, frozen=True, gc=False, kw_only=True):
    """A JWT that its user logged out: the digest of the token, kept until it expires."""

    INDEXES: ClassVar[Indexes] = (("digest",),)
    REFS: ClassVar[Refs] = {"user_id": Cascade("User")}

    digest: str
    user_id: int
    expires: datetime


class ProductKey(Row, frozen=True, gc=False, kw_only=True):
    """A product key of a user."""

    REFS: ClassVar[Refs] = {"user_id": Cascade("User")}

    user_id: int
    name: str
    token: str
    created: datetime


class Mail(Row, frozen=True, gc=False, kw_only=True):
    """A mail that the real API would have sent. `kind` is INVITATION, RESET, VERIFY or FIRST_LOGIN."""

    INDEXES: ClassVar[Indexes] = (("to",),)

    to: str
    kind: str
    subject: str
    token: str
    link: str
    created: datetime


class Workspace(Row, frozen=True, gc=False, kw_only=True):
    """A workspace (organization). Deleting one over the API only makes it inactive."""

    INDEXES: ClassVar[Indexes] = (("name", "is_active"),)

    name: str
    description: str | None = None
    created: datetime
    is_beta: bool = False
    is_read_only: bool = False
    is_active: bool = True


class WorkspacePermission(Row, frozen=True, gc=False, kw_only=True):
    """The role of a user in a workspace: USER, VIEWER, ANNOTATOR, ADMIN or MANAGER. One for each pair."""

    INDEXES: ClassVar[Indexes] = (("organization_id", "user_id"), ("organization_id", "role"))
    REFS: ClassVar[Refs] = {"organization_id": Cascade("Workspace"), "user_id": Cascade("User")}

    organization_id: int
    user_id: int
    role: str
    created: datetime


class Invitation(Row, frozen=True, gc=False, kw_only=True):
    """A pending invitation; it goes when it is accepted or withdrawn. `email` in lower case."""

    INDEXES: ClassVar[Indexes] = (("organization_id", "email"), ("token",))
    REFS: ClassVar[Refs] = {"organization_id": Cascade("Workspace"), "invited_by_id": Forget("User")}

    organization_id: int
    email: str
    role: str
    invited_by_id: int | None
    token: str
    link: str
    created: datetime
    expires: datetime


class Credential(Row, frozen=True, gc=False, kw_only=True):
    """A credential for an external source, and the records that the stand-in pulls with it.

    A record has `text`, optionally `class`, `label` and `updated`, and any further attributes.
    """

    REFS: ClassVar[Refs] = {"organization_id": Cascade("Workspace")}

    organization_id: int
    source: str
    name: str
    records: tuple[dict[str, Any], ...] = ()


class Project(Row, frozen=True, gc=False, kw_only=True):
    """A project. `type` is ABSA, CLASS, LABEL or CLASSLABEL; `status` CREATED, CLONING, DELETED or FAILED."""

    INDEXES: ClassVar[Indexes] = (("organization_id", "name"),)
    REFS: ClassVar[Refs] = {"organization_id": Cascade("Workspace"), "owner_id": Forget("User")}

    name: str
    type: str
    status: str = "CREATED"
    organization_id: int
    owner_id: int | None = None
    external_id: int | None = None
    created: datetime


class ProjectPermission(Row, frozen=True, gc=False, kw_only=True):
    """A role in one project, on top of what the workspace gives: VIEWER, ANNOTATOR or MANAGER."""

    INDEXES: ClassVar[Indexes] = (("project_id", "user_id"),)
    REFS: ClassVar[Refs] = {"project_id": Cascade("Project"), "user_id": Cascade("User")}

    project_id: int
    user_id: int
    role: str


class ModelClass(Row, frozen=True, gc=False, kw_only=True):
    """A class of a project; its name is unique in the project."""

    INDEXES: ClassVar[Indexes] = (("project_id", "name"),)
    REFS: ClassVar[Refs] = {"project_id": Cascade("Project")}

    project_id: int
    name: str
    example: str | None = None
    description: str | None = None


class Label(Row, frozen=True, gc=False, kw_only=True):
    """A label of a project; its name is unique in the project."""

    INDEXES: ClassVar[Indexes] = (("project_id", "name"),)
    REFS: ClassVar[Refs] = {"project_id": Cascade("Project")}

    project_id: int
    name: str


class Segment(msgspec.Struct, frozen=True, gc=False):
    """A part of a document: `text[start:end]` of the document's text. Lives inside its document; the id is unique in the world."""

    id: int
    start: int
    end: int


class Document(Row, frozen=True, gc=False, kw_only=True):
    """A text of a project with its segments and the attributes that came with it."""

    INDEXES: ClassVar[Indexes] = (("project_id", "grouped"), ("project_id", "analysed"))
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "group_ids": Drop("Group"),
        "analysis_ids": Drop("Analysis"),
    }

    project_id: int
    text: str
    segments: tuple[Segment, ...] = ()
    meta: dict[str, Any] = msgspec.field(default_factory=dict)
    group_ids: tuple[int, ...] = ()
    analysis_ids: tuple[int, ...] = ()
    created: datetime

    @property
    def grouped(self) -> bool:
        """Whether a group holds the document."""
        return bool(self.group_ids)

    @property
    def analysed(self) -> bool:
        """Whether an analysis holds the document."""
        return bool(self.analysis_ids)


class Group(Row, frozen=True, gc=False, kw_only=True):
    """A group of documents (the documents name their groups). `source` is ANALYSIS, UPLOAD or ANNOTATIONS;
    `status` PROCESSING, CREATED, DELETING or FAILED."""

    REFS: ClassVar[Refs] = {"project_id": Cascade("Project")}

    project_id: int
    name: str
    source: str = "UPLOAD"
    status: str = "CREATED"
    created: datetime


class UploadedFile(Row, frozen=True, gc=False, kw_only=True):
    """A file that was uploaded to become a group, a labeling session or an analysis. `purpose` is GROUP, SESSION or ANALYSIS."""

    INDEXES: ClassVar[Indexes] = (("uuid",),)
    REFS: ClassVar[Refs] = {"project_id": Cascade("Project"), "user_id": Forget("User")}

    uuid: str
    purpose: str
    project_id: int | None
    user_id: int | None
    filename: str
    sheet: Sheet
    created: datetime


class Model(Row, frozen=True, gc=False, kw_only=True):
    """A model. `status` is CREATED, QUEUED, TRAINING, FAILED, READY, ACTIVE or PUBLISHED.

    One that was trained has a project, one that was uploaded a workspace, one of the vendor neither. What it has learned is
    plain data: `tagger` (see `predicting`), `metrics` and `demoset` as they are shown; None where a training is not over,
    and for models of fixtures, which have `classes` and `labels` (names) instead, or those of their project.
    """

    INDEXES: ClassVar[Indexes] = (("name",), ("status",), ("project_id", "organization_id"))
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "organization_id": Cascade("Workspace"),
        "owner_id": Forget("User"),
    }

    uuid: str
    name: str
    display_name: str
    project_id: int | None = None
    organization_id: int | None = None
    owner_id: int | None = None
    base: str | None = None
    language: str = "en"
    long_description: str | None = None
    short_description: str | None = None
    progress: float = 0.0
    score: float | None = None
    status: str = "READY"
    type: str = "ABSA"
    classes: tuple[str, ...] | None = None
    labels: tuple[str, ...] | None = None
    tagger: dict[str, Any] | None = None
    metrics: dict[str, Any] | None = None
    demoset: tuple[dict[str, Any], ...] = ()
    created: datetime


class ModelPermission(Row, frozen=True, gc=False, kw_only=True):
    """A role in one model, on top of what its workspace and its project give: USER or MANAGER. One for each pair."""

    INDEXES: ClassVar[Indexes] = (("model_id", "user_id"),)
    REFS: ClassVar[Refs] = {"model_id": Cascade("Model"), "user_id": Cascade("User")}

    model_id: int
    user_id: int
    role: str


class ModelStar(Row, frozen=True, gc=False, kw_only=True):
    """A model that a user has starred. One for each pair."""

    INDEXES: ClassVar[Indexes] = (("model_id", "user_id"),)
    REFS: ClassVar[Refs] = {"model_id": Cascade("Model"), "user_id": Cascade("User")}

    model_id: int
    user_id: int


class Named(msgspec.Struct, frozen=True, gc=False):
    """A class or a label as an analysis keeps it: what its project called it when the analysis was started."""

    id: int
    name: str
    example: str | None = None
    description: str | None = None


class Analysis(Row, frozen=True, gc=False, kw_only=True):
    """A batch analysis. `status` is ANALYZING as long as its job goes on, then FAILED or FINISHED.

    `project_id` is the project of its model, None for a model without one; `organization_id` is where it was started.
    """

    INDEXES: ClassVar[Indexes] = (("user_id", "model_id"), ("user_id", "organization_id"))
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "organization_id": Forget("Workspace"),
        "model_id": Forget("Model"),
        "user_id": Forget("User"),
    }

    uuid: str
    name: str
    project_id: int | None = None
    organization_id: int | None = None
    model_id: int | None = None
    user_id: int | None = None
    description: str | None = None
    type: str = "ABSA"
    classes: tuple[Named, ...] = ()
    labels: tuple[Named, ...] = ()
    progress: float = 0.0
    status: str = "FINISHED"
    created: datetime
    finished: datetime | None = None


class Found(msgspec.Struct, frozen=True, gc=False):
    """A tag that a model found in a segment of a document of an analysis; classes and labels by name, as the analysis has them."""

    id: int
    segment_id: int
    class_name: str | None = None
    label_name: str | None = None


class AnalysisDocument(Row, frozen=True, gc=False, kw_only=True):
    """A document that an analysis reads; it is of no project. `number` is the caller's own, under which it is shown.

    `tags` are there from the start, and shown when the analysis is FINISHED.
    """

    REFS: ClassVar[Refs] = {"analysis_id": Cascade("Analysis")}

    analysis_id: int
    number: int | None = None
    text: str
    segments: tuple[Segment, ...] = ()
    tags: tuple[Found, ...] = ()
    meta: dict[str, Any] = msgspec.field(default_factory=dict)

    @property
    def shown_id(self) -> int:
        """The caller's number, else the row's id."""
        return self.id if self.number is None else self.number


class Notification(Row, frozen=True, gc=False, kw_only=True):
    """A message to one person about something that is over. `type` is INFO or WARNING; `read` is when they read it."""

    REFS: ClassVar[Refs] = {"user_id": Cascade("User")}

    user_id: int
    title: str
    text: str
    type: str = "INFO"
    created: datetime
    read: datetime | None = None


class Session(Row, frozen=True, gc=False, kw_only=True):
    """A labeling (or correction) session over documents of a project.

    `status` is CREATED, STARTED, ANNOTATING, FAILED, FINISHED, SAMPLING, PREDICTING or DELETING; `mode` ANNOTATION or CORRECTION.
    `segments_total` and `segments_done` count the segments of its documents and those marked as annotated.
    """

    INDEXES: ClassVar[Indexes] = (("project_id", "mode"), ("project_id", "status"))
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "user_id": Forget("User"),
        "document_group_id": Forget("Group"),
        "model_id": Forget("Model"),
        "class_ids": Drop("ModelClass"),
        "label_ids": Drop("Label"),
    }

    uuid: str
    project_id: int
    user_id: int | None = None
    name: str
    description: str | None = None
    mode: str = "ANNOTATION"
    status: str = "CREATED"
    class_ids: tuple[int, ...] = ()
    label_ids: tuple[int, ...] = ()
    document_group_id: int | None = None
    model_id: int | None = None
    segments_total: int = 0
    segments_done: int = 0
    created: datetime
    finished: datetime | None = None


class SessionDocument(Row, frozen=True, gc=False, kw_only=True):
    """A document in a session: which of its segments are marked as annotated, and when; `annotated` when the whole document was.

    `refused` counts the tags of a model that people took away, in a correction session.
    """

    INDEXES: ClassVar[Indexes] = (("session_id", "document_id"), ("refused_in",))
    REFS: ClassVar[Refs] = {"session_id": Cascade("Session"), "document_id": Cascade("Document")}

    session_id: int
    document_id: int
    marks: dict[int, datetime] = msgspec.field(default_factory=dict)
    annotated: datetime | None = None
    refused: int = 0

    @property
    def refused_in(self) -> tuple[int, ...]:
        """The session, if tags were taken away there."""
        return (self.session_id,) if self.refused else ()


class Tag(Row, frozen=True, gc=False, kw_only=True):
    """A class, a label or both, given to a segment; `span` are offsets into the document's text.

    `session_id` is None for a tag that came with its document and not in a session. In a correction session `origin` says who
    gave the tag: MODEL (the model, as it is), CHANGED (the model, but people changed it) or ADDED (people); elsewhere it is None.
    `status` is READY, or CORRECTING as long as no one stands by the tag.
    """

    INDEXES: ClassVar[Indexes] = (
        ("session_id", "document_id"), ("session_id", "segment_id"), ("project_id", "status"), ("verdict",),
    )  # fmt: skip
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "session_id": Cascade("Session"),
        "document_id": Cascade("Document"),
        "class_id": Cascade("ModelClass"),
        "label_id": Cascade("Label"),
        "user_id": Forget("User"),
    }

    project_id: int
    session_id: int | None = None
    document_id: int
    segment_id: int
    class_id: int | None = None
    label_id: int | None = None
    span: tuple[int, int] | None = None
    user_id: int | None = None
    created: datetime
    origin: str | None = None
    status: str = "READY"

    @property
    def verdict(self) -> tuple[tuple[int | None, str], ...]:
        """What the tag says of the model of its correction session, with the session: RIGHT, WRONG, or nothing yet."""
        if self.origin is None or (self.origin == "MODEL" and self.status != "READY"):
            return ()
        return ((self.session_id, "RIGHT" if self.origin == "MODEL" else "WRONG"),)


class Hitl(Row, frozen=True, gc=False, kw_only=True):
    """What hands values that a model is not sure of to a person (human in the loop). Its reviews name it."""

    INDEXES: ClassVar[Indexes] = (("project_id", "model_id", "is_live"),)
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "assigned_user_id": Forget("User"),
        "model_id": Forget("Model"),
    }

    project_id: int
    name: str
    description: str | None = None
    assigned_user_id: int | None = None
    model_id: int | None = None
    is_live: bool = False
    webhook_url: str | None = None
    created: datetime
    updated: datetime


TASK = "extraction"  # the sequence of the numbers that the reviews of an extraction share


class Review(Row, frozen=True, gc=False, kw_only=True):
    """A value of a document that a person has to look at. `status` is PENDING, ASSIGNED or CLOSED; numbers are percent.

    Those of one extraction share `task_id`. `page_num` counts from 0. `value` is None where none was found; `boxes` are as the
    contract's ExtractedBox.
    """

    INDEXES: ClassVar[Indexes] = (("hitl_id", "status"),)
    REFS: ClassVar[Refs] = {
        "project_id": Cascade("Project"),
        "hitl_id": Cascade("Hitl"),
        "document_id": Cascade("Document"),
        "user_id": Forget("User"),
    }

    project_id: int
    hitl_id: int
    task_id: int
    document_id: int
    document_name: str
    page_num: int = 0
    status: str = "PENDING"
    created: datetime
    updated: datetime
    user_id: int | None = None
    label: str
    confidence_threshold: int = 90
    value: str | None = None
    confidence: int = 0
    boxes: tuple[dict[str, Any], ...] = ()


class Attempt(msgspec.Struct, frozen=True, gc=False):
    """One call of a webhook: when, the status of the answer if there was one, and what came of it in words."""

    at: datetime
    code: int | None
    result: str


class Webhook(Row, frozen=True, gc=False, kw_only=True):
    """A change of a review that is to be told to an address. `status` is PENDING, DELIVERED, FAILED or REFUSED.

    `review` is the review as it was after the change; the row stays when the review itself has gone.
    """

    INDEXES: ClassVar[Indexes] = (("status",),)
    REFS: ClassVar[Refs] = {"review_id": Forget("Review")}

    uuid: str
    url: str
    status: str = "PENDING"
    reason: str | None = None
    review_id: int | None
    review: Review
    previous_status: str | None = None
    attempts: tuple[Attempt, ...] = ()
    created: datetime


ROWS: tuple[type[Row], ...] = (
    User, UserToken, RevokedToken, ProductKey, Mail, Workspace, WorkspacePermission, Invitation, Credential,
    Project, ProjectPermission, ModelClass, Label, Document, Group, UploadedFile, Model, ModelPermission, ModelStar, Analysis,
    AnalysisDocument, Session,
    SessionDocument, Tag, Hitl, Review, Webhook, Notification,
)  # fmt: skip
