"""Answers with the status of another answer."""

from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Answer, Plant, Run
from contract_tests.defects.witness import delete, get, patch, post, put
from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply
from mock_server.studio import replies
from mock_server.studio.domain.errors import Conflict, NotFound


@defect("created-with-200", "Who adds a class is told 200, not 201.", post("/projects/11/classes", {"name": "Garden"}))
def created_with_200(plant: Plant) -> None:
    plant.on("create_class").status(200)


@defect(
    "null-for-no-document",
    "A document that does not exist is answered with 200 and null.",
    get("/projects/11/documents/999999"),
)
def null_for_no_document(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        try:
            return await run(call)
        except NotFound:
            return Reply(200, b"null")

    plant.on("get_document").runs(wrap)


@defect(
    "crash-on-a-name-twice",
    "A second class of the same name makes the server fail with 500.",
    post("/projects/11/classes", {"name": "Comfort"}),
)
def crash_on_a_name_twice(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        try:
            return await run(call)
        except Conflict as error:
            raise Refused(500, "IntegrityError: UNIQUE constraint failed") from error

    plant.on("create_class").runs(wrap)


@defect(
    "deleted-twice",
    "A group can be deleted a second time.",
    delete("/projects/11/groups/31"),
    delete("/projects/11/groups/31"),
)
def deleted_twice(plant: Plant) -> None:
    gone: set[int] = set()

    async def wrap(call: Call, run: Run) -> Reply:
        if call.path["group_id"] in gone:
            return replies.done("The group was deleted.")
        reply = await run(call)
        gone.add(call.path["group_id"])
        return reply

    plant.on("delete_group").runs(wrap)


@defect(
    "sent-to-the-slash",
    "Who lists groups is sent to the same path with a slash at its end.",
    get("/projects/11/groups"),
)
def sent_to_the_slash(plant: Plant) -> None:
    def moved(reply: Reply, call: Call) -> Reply:
        return Reply(
            308, b"", headers=((b"location", f"{call.base_url}/projects/{call.path['project_id']}/groups/".encode()),)
        )

    plant.on("list_groups").replies(moved)


@defect(
    "unknown-methods-not-found",
    "A method that a path does not have is answered with 404.",
    patch("/projects/11/documents", {}),
)
def unknown_methods_not_found(plant: Plant) -> None:
    def other(answer: Answer, scope: Json) -> None:
        if answer.status == 405:
            answer.status, answer.json = 404, {"message": "Not found", "status": "NOT_FOUND"}

    plant.answers(other)


@defect(
    "the-status-of-a-framework",
    "A wrong body of a new document is answered with 422.",
    post("/projects/11/documents", {"text": 5}),
)
def the_status_of_a_framework(plant: Plant) -> None:
    def told(refuse: Any, refusal: Refused) -> Reply:
        reply: Reply = refuse(refusal)
        reply.status = 422 if reply.status == 400 else reply.status
        return reply

    plant.on("create_document").asks(refuse=told)


@defect(
    "a-conflict-goes-through",
    "A project can have the name of another one.",
    put("/projects/11", {"name": "Guest requests"}),
)
def a_conflict_goes_through(plant: Plant) -> None:
    from mock_server.studio.domain import projects

    plant.swap(projects, "_refuse_taken_name", lambda _: lambda tx, organization_id, name: None)


@defect(
    "deleted-with-a-body",
    "Who deletes an annotation gets 200 with an empty object.",
    delete("/api/annotations/1/"),
    api="label_studio",
)
def deleted_with_a_body(plant: Plant) -> None:
    plant.on("delete_annotation").replies(lambda reply, call: Reply(200, b"{}"))


@defect(
    "a-draft-gives-out-tasks",
    "Tasks of a project that is still a draft can be claimed.",
    post("/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d04/tasks/claim", {"lane": "task"}, "bg-nora"),
    api="blue_guardrails",
)
def a_draft_gives_out_tasks(plant: Plant) -> None:
    import msgspec

    from mock_server.blue_guardrails.domain import tasks

    def lenient(claim: Any) -> Any:
        return lambda tx, project, user, lane: claim(tx, msgspec.structs.replace(project, status="active"), user, lane)

    plant.swap(tasks, "claim", lenient)
