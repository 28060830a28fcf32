"""Requests that do more, or again, what nobody asked for."""

from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import get, post
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio.domain import mails
from mock_server.studio.domain.errors import Conflict
from mock_server.studio.rows import Mail, Notification, Project, Session


@defect(
    "read-by-reading",
    "Reading a notification marks it as read.",
    get("/notifications/124"),
    get("/notifications/124"),
)
def read_by_reading(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        reply = await run(call)
        row = call.tx.get(Notification, call.path["notification_id"])
        if row is not None and row.read is None:
            call.tx.change(row, read=call.tx.now)
        return reply

    plant.on("get_notification").runs(wrap)


@defect(
    "begun-by-looking",
    "Looking at a session that nobody has begun begins it.",
    get("/projects/13/annotations/54"),
    get("/projects/13/annotations/54"),
)
def begun_by_looking(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        reply = await run(call)
        row = call.tx.get(Session, call.path["annotation_id"])
        if row is not None and row.status in ("CREATED", "STARTED"):
            call.tx.change(row, status="ANNOTATING")
        return reply

    plant.on("get_session").runs(wrap)


@defect(
    "mails-twice",
    "Who asks for a new password gets two mails.",
    post("/password/email", {"email": "owner@example.com"}, None),
    get("/_mock/outbox"),
)
def mails_twice(plant: Plant) -> None:
    def twice(post_mail: Any) -> Any:
        def posted(tx: Any, to: str, kind: str, *rest: Any) -> Mail:
            row: Mail = post_mail(tx, to, kind, *rest)
            return post_mail(tx, to, kind, *rest) if kind == "RESET" else row

        return posted

    plant.swap(mails, "post", twice)


@defect(
    "refused-and-there",
    "A project that is refused for its name is there all the same, under another one.",
    post("/projects", {"name": "Hotel reviews", "type": "ABSA"}),
    get("/projects"),
)
def refused_and_there(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        try:
            return await run(call)
        except Conflict:
            home = call.user.default_organization_id
            if home is not None:
                fields = {"name": f"{call.body['name']} (1)", "type": call.body["type"], "organization_id": home}
                call.tx.put(Project(id=call.tx.new_id(Project), owner_id=call.user.id, created=call.tx.now, **fields))
                call.commit()
            raise

    plant.on("create_project").runs(wrap)


@defect(
    "claimed-by-listing",
    "Listing tasks gives the caller one of them.",
    get("/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/tasks", "bg-nora"),
    get("/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/tasks", "bg-nora"),
    api="blue_guardrails",
)
def claimed_by_listing(plant: Plant) -> None:
    from mock_server.blue_guardrails.domain.found import by_uuid
    from mock_server.blue_guardrails.rows import BgProject, BgTask

    async def wrap(call: Call, run: Run) -> Reply:
        reply = await run(call)
        project = by_uuid(call.tx, BgProject, call.path["project_id"])
        place = {"project_id": project.id if project else 0, "status": "pending", "assignee_id": None}
        row = call.tx.first(BgTask, **place, lane="task")
        if row is not None:
            call.tx.change(row, assignee_id=call.user.user.id)
        return reply

    plant.on("list_labeling_tasks").runs(wrap)


@defect(
    "changed-by-looking",
    "Reading an annotation counts as a change of it.",
    get("/api/annotations/1/"),
    get("/api/annotations/1/"),
    api="label_studio",
)
def changed_by_looking(plant: Plant) -> None:
    from mock_server.label_studio.rows import LsAnnotation

    async def wrap(call: Call, run: Run) -> Reply:
        reply = await run(call)
        row = call.tx.get(LsAnnotation, call.path["id"])
        if row is not None:
            call.tx.change(row, updated_at=call.tx.now, updated_by=call.user.id)
        return reply

    plant.on("get_annotation").runs(wrap)
