"""Steps of the Studio API. Left out are those that cost a password's hash each, that need a mail, or whose answers are files of a model."""

from typing import Any

from contract_tests.model.asks import File
from contract_tests.model.chooser import NOWHERE, TEXTS, Chooser, Nothing
from contract_tests.model.steps import Path, Steps

TYPES = ("ABSA", "CLASS", "LABEL", "CLASSLABEL")
ROLES = ("ANNOTATOR", "VIEWER", "USER", "ADMIN", "MANAGER")
DETAILS = (["segments"], ["segments", "tags", "meta"], ["segments", "tags"], ["meta"], ["tags"])


def _project(c: Chooser, path: Path) -> int:
    return c.one("Project", "project")


def _document(c: Chooser, path: Path) -> Any:
    if "annotation_id" in path or "correction_id" in path:
        session = path.get("annotation_id", path.get("correction_id"))
        held = c.seen("document", [row.document_id for row in c.rows("SessionDocument", session_id=session)])
        return c.of((*held, NOWHERE)) if c.rarely(12) else c.of(held)
    if "group_id" in path:
        return c.one("Document", "document", group_ids=path["group_id"])
    return c.one("Document", "document", project_id=path["project_id"])


def _segment(c: Chooser, path: Path) -> Any:
    document = c.row("Document", path["document_id"])
    return c.of(c.seen("segment", [part.id for part in document.segments]) if document else [NOWHERE])


def _model(c: Chooser, path: Path) -> int:
    return c.one("Model", "model", project_id=path["project_id"]) if "project_id" in path else c.one("Model", "model")


def _key_of_user(table: str, kind: str) -> Any:
    return lambda c, path: c.one(table, kind, user_id=path["user_id"]) if "user_id" in path else c.one(table, kind)


def _in_project(table: str, kind: str, **key: Any) -> Any:
    return lambda c, path: c.one(table, kind, project_id=path["project_id"], **key)


def _in_workspace(table: str, kind: str) -> Any:
    return lambda c, path: c.of(
        [row.id for row in c.rows(table) if row.organization_id == path["organization_id"]] or [NOWHERE]
    )


PARAMETERS = {
    "project_id": _project,
    "class_id": _in_project("ModelClass", "class"),
    "label_id": _in_project("Label", "label"),
    "group_id": _in_project("Group", "group"),
    "annotation_id": _in_project("Session", "annotation", mode="ANNOTATION"),
    "correction_id": _in_project("Session", "annotation", mode="CORRECTION"),
    "hitl_id": _in_project("Hitl", "hitl"),
    "task_id": _in_project("Job", "task"),
    "document_id": _document,
    "segment_id": _segment,
    "model_id": _model,
    "analysis_id": lambda c, path: c.one("Analysis", "analysis"),
    "organization_id": lambda c, path: c.one("Workspace", "workspace"),
    "permission_id": _in_workspace("WorkspacePermission", "permission"),
    "invitation_id": _in_workspace("Invitation", "invitation"),
    "user_id": lambda c, path: c.one("User", "user"),
    "key_id": _key_of_user("ProductKey", "key"),
    "notification_id": _key_of_user("Notification", "notification"),
    "page": lambda c, path: c.of((0, 1, 2)),
    "name": lambda c, path: c.of([row.name for row in c.rows("Label", project_id=path["project_id"])] or ["POS"]),
    "tag_id": lambda c, path: c.one("Tag", "tag"),
}


def _tags(c: Chooser) -> list[Any]:
    """Return the tags that the target is known to have, in segments that it is known to have."""
    known = set(c.ids("Tag", "tag"))
    return [row for row in c.rows("Tag") if row.id in known and c.seen("segment", [row.segment_id])]


def _tag_place(mode: str, name: str) -> Any:
    def place(c: Chooser) -> Path:
        sessions = {row.id for row in c.rows("Session") if row.mode == mode}
        found = [row for row in _tags(c) if row.session_id in sessions]
        tag = c.mostly(found)
        path = {"project_id": tag.project_id, name: tag.session_id}
        return path | {"document_id": tag.document_id, "segment_id": tag.segment_id, "tag_id": tag.id}

    return place


LABELING, CORRECTION = _tag_place("ANNOTATION", "annotation_id"), _tag_place("CORRECTION", "correction_id")


def _tag_of_project(c: Chooser) -> Path:
    tag = c.mostly(_tags(c))
    return {"project_id": tag.project_id, "tag_id": tag.id}


PLACES = {
    "get_segment_tag": LABELING,
    "change_segment_tag": LABELING,
    "delete_segment_tag": LABELING,
    "change_correction_tag": CORRECTION,
    "delete_correction_tag": CORRECTION,
    "confirm_correction_tag": CORRECTION,
    "change_project_tag": _tag_of_project,
    "delete_project_tag": _tag_of_project,
}


def _details(c: Chooser, path: Path) -> dict[str, Any]:
    return {**c.page(), **_detailed(c, path)}


def _detailed(c: Chooser, path: Path) -> dict[str, Any]:
    return {} if c.rarely(4) else {"details": c.of(DETAILS)}


def _documents_query(c: Chooser, path: Path) -> dict[str, Any]:
    project = path["project_id"]
    return _details(c, path) | c.fields(
        search=lambda: c.of(("bed", "was", "Zimmer", "%")),
        annotation_id=lambda: c.one("Session", "annotation", project_id=project),
        group_id=lambda: c.one("Group", "group", project_id=project),
        grouped=lambda: c.of((True, False)),
        analysed=lambda: c.of((True, False)),
    )


def _page(c: Chooser, path: Path) -> dict[str, Any]:
    return c.page()


def _format(c: Chooser, path: Path) -> dict[str, Any]:
    return {"format": c.of(("json", "csv", "jsonl", "xlsx", "pdf"))}


STATUSES = ("ANNOTATING", "FINISHED", "SAMPLING", "PREDICTING", "FAILED")
QUERIES = {
    "list_projects": lambda c, path: c.fields(details=lambda: c.of((True, False))),
    "list_project_analyses": _page,
    "list_project_tags": lambda c, path: c.page() | c.fields(classes=lambda: True, labels=lambda: False),
    "list_documents": _documents_query,
    "get_document": _detailed,
    "list_group_documents": lambda c, path: _details(c, path) | c.fields(search=lambda: "was"),
    "get_group_document": _detailed,
    "list_sessions": lambda c, path: c.fields(
        mode=lambda: c.of((["CORRECTION"], ["ANNOTATION"])), status=lambda: c.of(STATUSES)
    ),
    "list_corrections": lambda c, path: c.fields(status=lambda: c.of(STATUSES)),
    "list_session_documents": _details,
    "list_correction_documents": _details,
    "get_session_document": _detailed,
    "list_models": lambda c, path: c.page() | _models_query(c),
    "list_workspace_models": lambda c, path: c.page() | _models_query(c),
    "list_model_analyses": _page,
    "list_analyses": _page,
    "list_analysis_documents": _details,
    "list_notifications": _page,
    "list_user_notifications": _page,
    "list_hitl_reviews": lambda c, path: c.fields(with_full_data=lambda: c.of((True, False))),
    "download_classes": _format,
    "download_labels": _format,
    "download_group": _format,
    "download_session": _format,
    "download_sessions": _format,
    "download_analysis": _format,
}


def _models_query(c: Chooser) -> dict[str, Any]:
    return c.fields(
        public=lambda: c.of((True, False)),
        starred=lambda: True,
        type=lambda: c.of(TYPES),
        search=lambda: c.of(("hotel", "Sentiment")),
        exclude_id=lambda: c.one("Model", "model"),
    )


def _class(c: Chooser) -> dict[str, Any]:
    return {"name": c.name(), **c.fields(example=c.text, description=c.text)}


def _tag(c: Chooser, path: Path) -> dict[str, Any]:
    """A class and a label of the project, or what is like one; rarely with a span of its segment."""
    project = path["project_id"]
    classes = [row.name for row in c.rows("ModelClass", project_id=project)] + ["Nowhere"]
    labels = [row.name for row in c.rows("Label", project_id=project)] + ["Nowhere"]
    body = {"class": c.of(classes), "label": c.of(labels)}
    if c.rarely(4):
        body.pop(c.of(("class", "label")))
    return body | c.fields(span=lambda: c.of(([0, 3], [4, 7], [0, 0], [3, 1], [0, 9999])))


def _new_document(c: Chooser, with_segments: bool = True) -> dict[str, Any]:
    text = c.text()
    document: dict[str, Any] = {"text": text, **c.fields(source=lambda: "web", stars=lambda: 4)}
    if with_segments and c.rarely(5):
        document["segments"] = [{"text": text, "span": [0, len(text)]}]
    return document


def _new_documents(c: Chooser) -> list[dict[str, Any]]:
    return [_new_document(c) for _ in range(1 + c.below(3))]


def _known(c: Chooser, path: Path) -> list[int]:
    return c.some(c.ids("Document", "document", project_id=path["project_id"])) or [_document(c, path)]


def _names(c: Chooser, table: str, path: Path) -> list[str]:
    return c.some([row.name for row in c.rows(table, project_id=path["project_id"])])


def _some_documents(c: Chooser, path: Path) -> dict[str, Any]:
    if c.below(3) == 2:
        return {"documents": _new_documents(c)}
    return {"document_ids": _known(c, path)}


def _file_id(c: Chooser, purpose: str) -> Any:
    return c.of([row.uuid for row in c.rows("UploadedFile") if row.purpose == purpose])


def _group(c: Chooser, path: Path) -> dict[str, Any]:
    if c.rarely(4):
        return {"name": c.name(), "file_id": _file_id(c, "GROUP"), "column": c.below(3), "header_first": True}
    return {
        "name": c.name(),
        "documents": _new_documents(c) if c.below(2) else [{"id": one} for one in _known(c, path)],
    }


def _session(c: Chooser, path: Path) -> dict[str, Any]:
    if c.rarely(5):
        return {"name": c.name(), "sample_size": c.of((1, 2, 100)), "auto": c.of((False, True))}
    chosen = c.fields(classes=lambda: _names(c, "ModelClass", path), labels=lambda: _names(c, "Label", path))
    return {"name": c.name(), **_some_documents(c, path), **chosen}


def _training(c: Chooser, path: Path) -> dict[str, Any]:
    sessions = c.some(c.ids("Session", "annotation", project_id=path["project_id"])) or [NOWHERE]
    field = c.of(("annotation_ids", "trainset_annotation_ids"))
    base = c.fields(base_id=lambda: c.one("Model", "model"), language=lambda: c.of(("en", "de")))
    return {"display_name": c.name(), field: sessions, **base}


def _analysis(c: Chooser, path: Path) -> dict[str, Any]:
    if c.rarely(5):
        return {"name": c.name(), "model_id": _model(c, {}), "file_id": _file_id(c, "ANALYSIS"), "column": 0}
    documents = [{"text": c.text(), **c.fields(id=lambda: 3000 + c.below(5))} for _ in range(1 + c.below(2))]
    return {"name": c.name(), "model_id": _model(c, {}), "documents": documents, **c.fields(split=lambda: False)}


def _ad_hoc(c: Chooser, path: Path) -> dict[str, Any]:
    return {"model_id": _model(c, {}), "documents": [{"id": at, "text": c.text()} for at in range(1 + c.below(2))]}


def _hitl(c: Chooser, path: Path) -> dict[str, Any]:
    return {"name": c.name()} | c.fields(
        description=c.text,
        model_id=lambda: _model(c, path),
        is_live=lambda: c.of((True, False)),
        assigned_user_id=lambda: c.one("User", "user"),
    )


def _mark(c: Chooser, path: Path) -> dict[str, Any]:
    return {"name": "ANNOTATED"}


def _home(c: Chooser, path: Path) -> dict[str, Any] | None:
    return c.fields(organization_id=lambda: c.one("Workspace", "workspace"))


def _notification(c: Chooser, path: Path) -> dict[str, Any]:
    return {"read": c.of(("2026-03-06T10:20:00Z", None))}


def _label(c: Chooser, path: Path) -> dict[str, Any]:
    return {"name": c.name()}


def _model_change(c: Chooser, path: Path) -> dict[str, Any]:
    return {"display_name": c.name()} | c.fields(
        short_description=c.text,
        language=lambda: "de",
        status=lambda: c.of(("READY", "ACTIVE", "PUBLISHED", "TRAINING")),
    )


def _email(c: Chooser) -> Any:
    return c.of(("new@example.com", *(row.email for row in c.rows("User"))))


BODIES = {
    "create_project": lambda c, path: {"name": c.name(), "type": c.of(TYPES)},
    "change_project": lambda c, path: {"name": c.name()} | c.fields(type=lambda: c.of(TYPES)),
    "clone_project": _home,
    "transfer_project": lambda c, path: {"organization_id": c.one("Workspace", "workspace")},
    "change_project_tag": _tag,
    "create_class": lambda c, path: _class(c),
    "change_class": lambda c, path: _class(c),
    "upload_classes": lambda c, path: [_class(c) for _ in range(1 + c.below(3))],
    "create_label": _label,
    "change_label": _label,
    "change_label_by_name": _label,
    "create_document": lambda c, path: _new_document(c),
    "change_document": lambda c, path: {"text": c.text()},
    "upload_documents": lambda c, path: _new_documents(c),
    "create_group": _group,
    "change_group": lambda c, path: c.fields(name=c.name) | _some_documents(c, path),
    "create_session": _session,
    "change_session": lambda c, path: (
        c.fields(name=c.name, classes=lambda: _names(c, "ModelClass", path)) | _some_documents(c, path)
    ),
    "mark_document": _mark,
    "mark_page": _mark,
    "mark_segment": _mark,
    "mark_correction_segment": _mark,
    "create_segment_tag": _tag,
    "change_segment_tag": _tag,
    "create_correction_tag": _tag,
    "change_correction_tag": _tag,
    "confirm_correction_tag": lambda c, path: {"status": c.of(("READY", "CORRECTING"))},
    "create_correction": lambda c, path: {
        "model_id": _model(c, path),
        "name": c.name(),
        "sample_size": c.of((2, 1, 50)),
    },
    "train_model": _training,
    "change_model": _model_change,
    "change_project_model": _model_change,
    "create_analysis": _analysis,
    "change_analysis": lambda c, path: {"name": c.name()},
    "analyze": _ad_hoc,
    "create_hitl": _hitl,
    "change_hitl": _hitl,
    "assign_hitl": lambda c, path: {"assigned_user_id": c.of((c.one("User", "user"), None))},
    "create_workspace": lambda c, path: {"name": c.name(), **c.fields(description=c.text)},
    "change_workspace": lambda c, path: {"name": c.name()},
    "set_default_workspace": lambda c, path: {"default": c.of((True, False))},
    "invite_users": lambda c, path: {"role": c.of(ROLES), "emails": [_email(c) for _ in range(1 + c.below(2))]},
    "add_workspace_permission": lambda c, path: {"role": c.of(ROLES), "user_id": c.one("User", "user")},
    "change_workspace_permission": lambda c, path: {"role": c.of(ROLES)},
    "change_user": lambda c, path: c.fields(first_name=c.name, last_name=c.name, email=lambda: _email(c)),
    "change_user_permissions": lambda c, path: c.fields(
        is_betauser=lambda: c.of((True, False)), is_superuser=lambda: c.of((True, False))
    ),
    "change_notification": _notification,
    "change_user_notification": _notification,
}


def _rows(c: Chooser, path: Path) -> File:
    return c.table(("text", TEXTS), ("source", ("web", "app")))


FILES = {
    "upload_classes_file": lambda c, path: c.table(("name", ("Comfort", "Food", "Noise")), ("description", TEXTS)),
    "upload_labels_file": lambda c, path: c.table(("name", ("POS", "URGENT", "NEU"))),
    "upload_group_file": _rows,
    "upload_analysis_file": _rows,
    "upload_session_file": lambda c, path: c.table(
        ("text", TEXTS), ("class", ("Comfort", "Food")), ("label", ("POS", "X"))
    ),
}
FORMS = {
    "upload_session_file": lambda c, path: c.fields(show_preview=lambda: c.of((True, False))),
    "connect_group_source": lambda c, path: _credential(c),
    "connect_session_source": lambda c, path: _credential(c),
}


def _credential(c: Chooser) -> dict[str, Any]:
    row = c.of(c.rows("Credential"))
    if row is None:
        raise Nothing
    return {"credential_id": row.id, "source": row.source}


LEFT_OUT = frozenset(
    {
        "register_user",
        "log_in",
        "send_password_email",
        "reset_password",
        "verify_email",
        "accept_invitation",
        "resend_verification_email",
        "upload_model",
        "download_model",
        "download_project_model",
        "download_workspace_model",
        "extract_document",
        "log_out",
        "get_info",
    }
)
OWN = frozenset({"Projects", "Classes", "Labels", "Documents", "Groups", "Labeling"})
FOREIGN = frozenset(
    {
        "list_projects",
        "list_project_analyses",
        "clone_project",
        "transfer_project",
        "list_project_permissions",
        "get_task",
        "connect_group_source",
        "connect_session_source",
    }
)
STEPS = Steps(
    PARAMETERS,
    places=PLACES,
    queries=QUERIES,
    bodies=BODIES,
    forms=FORMS,
    files=FILES,
    left_out=LEFT_OUT,
    own=OWN,
    foreign=FOREIGN,
)
