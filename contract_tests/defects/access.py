"""Who may do what: roles that are too low, and what belongs to others."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import delete, get, patch, post, put
from mock_server.blue_guardrails.domain import access as bg_access
from mock_server.label_studio.domain import annotations
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio.domain import documents, labels, notifications
from mock_server.studio.domain.errors import Forbidden
from mock_server.studio.rows import Document, Label, Notification, Project

FOREIGN = "7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d06"  # a project of Fjordline Tours


def _role(plant: Plant, operation: str, role: str) -> None:
    """Let an operation ask for another role than it should."""
    for one in plant.on(operation).operations:
        one.role = {**one.role, "role": role}


def _nobody_asks(plant: Plant, *operations: str) -> None:
    """Let operations pass whoever has a token, as long as what they address exists."""

    def lenient(ask: Callable[..., None], operation: Any, call: Call) -> None:
        with suppress(Forbidden):
            ask(operation, call)

    plant.on(*operations).asks(authorize=lenient)


@defect("viewer-deletes-classes", "A VIEWER can delete classes.", delete("/projects/11/classes/101", "viewer"))
def viewer_deletes_classes(plant: Plant) -> None:
    _role(plant, "delete_class", "VIEWER")


@defect("viewer-sees-no-labels", "A VIEWER is refused the list of labels.", get("/projects/11/labels", "viewer"))
def viewer_sees_no_labels(plant: Plant) -> None:
    _role(plant, "list_labels", "ANNOTATOR")


@defect("project-open-to-all", "A project can be read by people of other workspaces.", get("/projects/11", "stranger"))
def project_open_to_all(plant: Plant) -> None:
    _nobody_asks(plant, "get_project")


@defect(
    "documents-through-another-project",
    "A document of any project can be read through a project of one's own.",
    get("/projects/16/documents/1001", "stranger"),
)
def documents_through_another_project(plant: Plant) -> None:
    def found(get: Any) -> Any:
        def anywhere(tx: Any, project_id: int, document_id: int) -> Document:
            row: Document = tx.get(Document, document_id) or get(tx, project_id, document_id)
            return row

        return anywhere

    plant.swap(documents, "get_document", found)


@defect(
    "labels-of-others-renamed",
    "A label of any project can be renamed through a project of one's own.",
    put("/projects/16/labels/201", {"name": "Changed"}, "stranger"),
)
def labels_of_others_renamed(plant: Plant) -> None:
    def changed(change: Any) -> Any:
        def anywhere(tx: Any, project_id: int, label_id: int, wanted: Any) -> Label:
            row = tx.get(Label, label_id)
            return change(tx, row.project_id if row else project_id, label_id, wanted)  # type: ignore[no-any-return]

        return anywhere

    plant.swap(labels, "change_label", changed)


@defect("all-projects-listed", "The list of projects has those of other workspaces, too.", get("/projects", "stranger"))
def all_projects_listed(plant: Plant) -> None:
    from mock_server.studio.domain import projects

    plant.swap(projects, "_readable", lambda _: lambda tx, user, roles: tx.ids(Project))


@defect(
    "read-only-for-show",
    "In a read-only workspace classes can be added.",
    post("/projects/15/classes", {"name": "Garden"}, "annotator"),
)
def read_only_for_show(plant: Plant) -> None:
    for operation in plant.on("create_class").operations:
        operation.role = {name: value for name, value in operation.role.items() if name != "writes"}


@defect(
    "everybody-makes-superusers",
    "Everybody can make themselves a superuser.",
    put("/users/9/permissions", {"is_superuser": True}, "stranger"),
)
def everybody_makes_superusers(plant: Plant) -> None:
    _nobody_asks(plant, "change_user_permissions")


@defect(
    "notifications-of-others",
    "A notification can be read by whoever knows its id.",
    get("/notifications/121", "stranger"),
)
def notifications_of_others(plant: Plant) -> None:
    def found(get: Any) -> Any:
        def anybodys(tx: Any, user_id: int, notification_id: int) -> Notification:
            row: Notification = tx.get(Notification, notification_id) or get(tx, user_id, notification_id)
            return row

        return anybodys

    plant.swap(notifications, "get_notification", found)


@defect(
    "any-workspace-in-the-path",
    "Below /organizations/{id} projects of other workspaces can be reached.",
    get("/organizations/4/projects/11"),
)
def any_workspace_in_the_path(plant: Plant) -> None:
    from mock_server.studio.domain import belonging

    plant.swap(belonging, "enter", lambda _: lambda tx, roles, user, workspace_id, path: None)


@defect(
    "managers-only-by-luck",
    "In one of three requests nobody asks for the role that deletes a document.",
    *[delete("/projects/11/documents/1001", "viewer")] * 3,
)
def managers_only_by_luck(plant: Plant) -> None:
    asked = [0]

    def sometimes(ask: Callable[..., None], operation: Any, call: Call) -> None:
        asked[0] += 1
        try:
            ask(operation, call)
        except Forbidden:
            if asked[0] % 3:
                raise

    plant.on("delete_document").asks(authorize=sometimes)


@defect(
    "annotations-of-another-organization",
    "An annotation of another organization can be changed.",
    patch("/api/annotations/7/", {"was_cancelled": True}),
    api="label_studio",
)
def annotations_of_another_organization(plant: Plant) -> None:
    from mock_server.label_studio.rows import LsTask

    plant.swap(
        annotations, "task", lambda task: lambda tx, user, task_id: tx.get(LsTask, task_id) or task(tx, user, task_id)
    )


@defect(
    "exports-for-every-team",
    "The export of a project can be had with the key of another team.",
    get(f"/v1/labeling-projects/{FOREIGN}/export", "bg-nora"),
    api="blue_guardrails",
)
def exports_for_every_team(plant: Plant) -> None:
    from mock_server.blue_guardrails.domain.found import by_uuid
    from mock_server.blue_guardrails.rows import BgProject

    async def wrap(call: Call, run: Run) -> Reply:
        project = by_uuid(call.tx, BgProject, call.path["project_id"])
        if project is not None:
            workspace: Any = call.tx.get(type(call.user.workspace), project.workspace_id)
            call.user = bg_access.Caller(call.user.user, workspace)
        return await run(call)

    plant.on("export_labeling_project").runs(wrap)


@defect(
    "workspace-as-one-likes",
    "The header X-Workspace-Id opens every workspace.",
    get("/v1/labeling-projects", "bg-nora", headers={"X-Workspace-Id": "4c9e6f10-2b7d-4f3a-9a51-0d6e8b7c1a03"}),
    api="blue_guardrails",
)
def workspace_as_one_likes(plant: Plant) -> None:
    from mock_server.blue_guardrails.domain.found import by_uuid
    from mock_server.blue_guardrails.rows import BgWorkspace

    def trusting(ask: Any) -> Any:
        def found(tx: Any, key: Any, wanted: str | None) -> Any:
            return (wanted and by_uuid(tx, BgWorkspace, wanted)) or ask(tx, key, wanted)

        return found

    plant.swap(bg_access, "_workspace", trusting)
