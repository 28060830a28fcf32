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
    """A model of a project. `status` is CREATED, QUEUED, TRAINING, FAILED, READY, ACTIVE or PUBLISHED."""

    REFS: ClassVar[Refs] = {"project_id": Cascade("Project"), "owner_id": Forget("User")}

    uuid: str
    name: str
    display_name: str
    project_id: int | None = None
    owner_id: int | None = None
    base: str | None = None
    language: str = "en"
    long_description: str | None = None
    short_description: str | None = None
    progress: float = 0.0
    score: float | None = None
    status: str = "READY"
    type: str = "ABSA"
    created: datetime


class Analysis(Row, frozen=True, gc=False, kw_only=True):
    """A batch analysis. `status` is CREATED, QUEUED, STARTED, ANALYZING, FAILED or FINISHED."""

    REFS: ClassVar[Refs] = {"project_id": Cascade("Project"), "model_id": Forget("Model"), "user_id": Forget("User")}

    uuid: str
    name: str
    project_id: int
    model_id: int | None = None
    user_id: int | None = None
    description: str | None = None
    progress: float = 0.0
    status: str = "FINISHED"
    created: datetime
    finished: datetime | None = None


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
    """A document in a session: which of its segments are marked as annotated, and when; `annotated` when the whole document was."""

    INDEXES: ClassVar[Indexes] = (("session_id", "document_id"),)
    REFS: ClassVar[Refs] = {"session_id": Cascade("Session"), "document_id": Cascade("Document")}

    session_id: int
    document_id: int
    marks: dict[int, datetime] = msgspec.field(default_factory=dict)
    annotated: datetime | None = None


class Tag(Row, frozen=True, gc=False, kw_only=True):
    """A class, a label or both, given to a segment; `span` are offsets into the document's text.

    `session_id` is None for a tag that came with its document and not in a session.
    """

    INDEXES: ClassVar[Indexes] = (("session_id", "document_id"), ("session_id", "segment_id"))
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


ROWS: tuple[type[Row], ...] = (
    User, UserToken, RevokedToken, ProductKey, Mail, Workspace, WorkspacePermission, Invitation, Credential,
    Project, ProjectPermission, ModelClass, Label, Document, Group, UploadedFile, Model, Analysis, Session,
    SessionDocument, Tag,
)  # fmt: skip
