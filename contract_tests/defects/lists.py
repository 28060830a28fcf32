"""Lists and their pages: what is on none, on two, in another order, or counted wrongly."""

from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import get
from mock_server.blue_guardrails import pages
from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio.rows import Document

SECOND = "/projects/11/documents?offset=10&limit=10"


def _moved(plant: Plant, operation: str, by: int) -> None:
    """Let every page but the first begin elsewhere."""

    async def wrap(call: Call, run: Run) -> Reply:
        told = call.query["offset"]
        call.query["offset"] = max(0, told + by) if told else 0
        reply = await run(call)
        call.query["offset"] = told
        return reply

    plant.on(operation).runs(wrap)


@defect(
    "pages-overlap", "Each page of documents but the first begins with the last entry of the page before.", get(SECOND)
)
def pages_overlap(plant: Plant) -> None:
    plant.on("list_documents").shows(
        lambda body, call: body.update(offset=body["offset"] + (1 if body["offset"] else 0))
    )
    _moved(plant, "list_documents", -1)


@defect(
    "pages-skip",
    "Each page of the documents of a session but the first leaves one out.",
    get("/projects/11/annotations/51/documents?offset=2&limit=2"),
)
def pages_skip(plant: Plant) -> None:
    _moved(plant, "list_session_documents", 1)


@defect(
    "always-more",
    "A full last page of documents says that there are more.",
    get("/projects/11/documents?limit=20&group_id=32"),
)
def always_more(plant: Plant) -> None:
    plant.on("list_documents").shows(lambda body, call: body.update(has_more=len(body["documents"]) == body["limit"]))


@defect(
    "count-of-everything",
    "The count of a page of documents is that of all pages.",
    get("/projects/11/documents?limit=2"),
)
def count_of_everything(plant: Plant) -> None:
    def counted(body: Any, call: Call) -> None:
        body["count"] = len(call.tx.ids(Document, project_id=call.path["project_id"]))

    plant.on("list_documents").shows(counted)


@defect(
    "as-the-database-likes",
    "The order of classes is another one in every second request.",
    get("/projects/11/classes"),
    get("/projects/11/classes"),
)
def as_the_database_likes(plant: Plant) -> None:
    asked = [0]

    def shuffled(body: Any, call: Call) -> Any:
        asked[0] += 1
        return body if asked[0] % 2 else body[::-1]

    plant.on("list_classes").shows(shuffled)


@defect(
    "limit-ignored",
    "The limit of the list of analyses of a model is not looked at.",
    get("/models/61/analyses?limit=1"),
)
def limit_ignored(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        call.query["limit"] = 1000
        return await run(call)

    plant.on("list_model_analyses", "list_project_analyses", "list_analyses").runs(wrap)


@defect(
    "ten-by-default",
    "Without a limit a page of documents has ten entries, not a hundred.",
    get("/projects/11/documents"),
)
def ten_by_default(plant: Plant) -> None:
    for operation in plant.on("list_documents").operations:
        operation.parameters.defaults["limit"] = 10


@defect("oldest-notifications-first", "Notifications are listed oldest first.", get("/notifications"))
def oldest_notifications_first(plant: Plant) -> None:
    plant.on("list_notifications").shows(lambda body, call: body[::-1])


@defect(
    "listed-by-every-role", "A project is listed once for each role that one has in it.", get("/projects", "manager")
)
def listed_by_every_role(plant: Plant) -> None:
    from mock_server.studio.rows import ProjectPermission

    def doubled(body: Any, call: Call) -> Any:
        own = {row.project_id for row in call.tx.rows(ProjectPermission, user_id=call.user.id)}
        return [one for project in body for one in [project] * (2 if project["id"] in own else 1)]

    plant.on("list_projects").shows(doubled)


@defect(
    "details-on-the-first-page",
    "Only the first page of documents has the tags that were asked for.",
    get(f"{SECOND}&details=tags"),
)
def details_on_the_first_page(plant: Plant) -> None:
    def without(body: Any, call: Call) -> None:
        for one in body["documents"] if body["offset"] else ():
            for segment in one.get("segments", ()):
                segment.pop("tags", None)

    plant.on("list_documents").shows(without)


@defect(
    "minus-not-understood",
    "The list of annotations knows no reverse order.",
    get("/api/tasks/1/annotations/?ordering=-created_at"),
    api="label_studio",
)
def minus_not_understood(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        call.query["ordering"] = (call.query["ordering"] or "").removeprefix("-") or None
        return await run(call)

    plant.on("list_annotations").runs(wrap)


TASKS = "/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/tasks"


@defect(
    "pages-without-end",
    "The last page of tasks has a cursor to the first one.",
    get(TASKS, "bg-nora"),
    api="blue_guardrails",
)
def pages_without_end(plant: Plant) -> None:
    def round_again(body: Json, call: Call) -> None:
        if body["next_page_cursor"] is None:
            body["next_page_cursor"] = pages.Listing("tasks", (1,), call.query).cursor(0)

    plant.on("list_labeling_tasks").shows(round_again)


@defect(
    "second-page-repeats",
    "The second page of annotations begins with the last entry of the first.",
    get("/v1/labeling-annotations?limit=2", "bg-nora"),
    get("/v1/labeling-annotations?limit=2&cursor={0[next_page_cursor]}", "bg-nora"),
    api="blue_guardrails",
)
def second_page_repeats(plant: Plant) -> None:
    plant.swap(pages, "rank", lambda rank: lambda ids, item: max(0, rank(ids, item) - 1))
