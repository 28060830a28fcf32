"""The tables of a Studio world: what is kept of each thing, how it is found, and what goes when something is deleted.

Rows hold facts, never what can be computed from others (counts, progress of jobs, names of classes a tag refers to).
Times are UTC datetimes. The field names follow the contract where the contract shows them. Here all rows are found together; each is
written in the module of its noun.
"""

from mock_server.studio.rows.analyses import Analysis, AnalysisDocument, Found, Named
from mock_server.studio.rows.classes import ModelClass
from mock_server.studio.rows.documents import Document, Segment
from mock_server.studio.rows.groups import Group, UploadedFile
from mock_server.studio.rows.hitl import TASK, Attempt, Hitl, Review, Webhook
from mock_server.studio.rows.labeling import Session, SessionDocument, Tag
from mock_server.studio.rows.labels import Label
from mock_server.studio.rows.models import Model, ModelPermission, ModelStar
from mock_server.studio.rows.notifications import Notification
from mock_server.studio.rows.projects import Project, ProjectPermission
from mock_server.studio.rows.users import Mail, ProductKey, RevokedToken, User, UserToken
from mock_server.studio.rows.workspaces import Credential, Invitation, Workspace, WorkspacePermission
from mock_server.world.rows import Row

__all__ = (
    "ROWS",
    "TASK",
    "Analysis",
    "AnalysisDocument",
    "Attempt",
    "Credential",
    "Document",
    "Found",
    "Group",
    "Hitl",
    "Invitation",
    "Label",
    "Mail",
    "Model",
    "ModelClass",
    "ModelPermission",
    "ModelStar",
    "Named",
    "Notification",
    "ProductKey",
    "Project",
    "ProjectPermission",
    "Review",
    "RevokedToken",
    "Segment",
    "Session",
    "SessionDocument",
    "Tag",
    "UploadedFile",
    "User",
    "UserToken",
    "Webhook",
    "Workspace",
    "WorkspacePermission",
)  # fmt: skip

ROWS: tuple[type[Row], ...] = (
    User, UserToken, RevokedToken, ProductKey, Mail, Workspace, WorkspacePermission, Invitation, Credential,
    Project, ProjectPermission, ModelClass, Label, Document, Group, UploadedFile, Model, ModelPermission, ModelStar, Analysis,
    AnalysisDocument, Session,
    SessionDocument, Tag, Hitl, Review, Webhook, Notification,
)  # fmt: skip
