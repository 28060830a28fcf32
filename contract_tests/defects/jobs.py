"""What takes time: progress, statuses and moments of tasks, sessions, groups, models and analyses."""

from datetime import timedelta
from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant
from contract_tests.defects.witness import get, post
from mock_server.pipeline.call import Call
from mock_server.studio.domain import cloning, documents, notifications, session_counts

OF_11 = "/projects/11"
UPLOAD = post(f"{OF_11}/upload-documents", [{"text": "Nice."}] * 50)
TASK = f"{OF_11}/tasks/{{0[task_id]}}"


@defect("more-than-all", "The progress of a finished session is more than 100.", get(f"{OF_11}/annotations/52"))
def more_than_all(plant: Plant) -> None:
    def over(progress: Any) -> Any:
        return lambda row: progress(row) + (0.5 if row.status == "FINISHED" else 0)

    plant.swap(session_counts, "progress", over)


@defect("progress-falls", "Over its second half the progress of a task falls.", UPLOAD, get(TASK, wait=0.4))
def progress_falls(plant: Plant) -> None:
    def falling(body: Any, call: Call) -> None:
        if body["status"] == "STARTED" and body["progress"] > 50:
            body["progress"] = 100 - body["progress"]

    plant.on("get_task").shows(falling)


@defect("rounded-up", "The progress of a session is rounded up to whole percent.", get(f"{OF_11}/annotations/51"))
def rounded_up(plant: Plant) -> None:
    plant.swap(session_counts, "progress", lambda progress: lambda row: float(-(-progress(row) // 1)))


@defect(
    "over-and-still-open",
    "A session stays ANNOTATING when its last segment is marked.",
    post(f"{OF_11}/annotations", {"document_ids": [1002], "name": "One"}),
    get(f"{OF_11}/annotations/{{0[id]}}", wait=2),
    post(f"{OF_11}/annotations/{{0[id]}}/documents/1002/statuses", {"name": "ANNOTATED"}),
    get(f"{OF_11}/annotations/{{0[id]}}"),
)
def over_and_still_open(plant: Plant) -> None:
    def stays(status: Any) -> Any:
        return lambda before, total, done: "ANNOTATING" if done else status(before, total, done)

    plant.swap(session_counts, "_status", stays)


@defect(
    "analyzing-again",
    "Every third time it is asked for, an analysis that is finished is ANALYZING again.",
    *[get("/analyses/81")] * 3,
)
def analyzing_again(plant: Plant) -> None:
    asked = [0]

    def again(body: Any, call: Call) -> None:
        asked[0] += 1
        if body["status"] == "FINISHED" and asked[0] % 3 == 0:
            body.update(status="ANALYZING", progress=50.0, finished=None)

    plant.on("get_analysis").shows(again)


@defect("an-upload-without-end", "Documents that are uploaded together never come.", UPLOAD, get(TASK, wait=60))
def an_upload_without_end(plant: Plant) -> None:
    plant.swap(documents, "duration", lambda _: lambda number: 10.0**8)


@defect("a-clone-without-end", "A clone stays CLONING.", post(f"{OF_11}/clone", {}), get("/projects/{0[id]}", wait=60))
def a_clone_without_end(plant: Plant) -> None:
    plant.swap(cloning, "SECONDS", lambda _: 10.0**8)


@defect("finished-before-it-began", "A task was finished a second before it was created.", get(f"{OF_11}/tasks/71"))
def finished_before_it_began(plant: Plant) -> None:
    def early(body: Any, call: Call) -> None:
        if body["finished"]:
            body["finished"] = (call.tx.now.fromisoformat(body["created"]) - timedelta(seconds=1)).isoformat()

    plant.on("get_task").shows(early)


@defect("finished-at-no-time", "Finished sessions do not say when, once they are listed.", get(f"{OF_11}/annotations"))
def finished_at_no_time(plant: Plant) -> None:
    def without(body: Any, call: Call) -> None:
        for one in body:
            one["finished"] = None

    plant.on("list_sessions").shows(without)


@defect(
    "clocks-of-two-machines",
    "Every second new group was created an hour before the one before it.",
    *[post(f"{OF_11}/groups", {"name": "Spring", "documents": [{"text": "Nice."}]})] * 2,
)
def clocks_of_two_machines(plant: Plant) -> None:
    from mock_server.studio.domain import groups

    asked = [0]

    def late(create: Any) -> Any:
        def created(tx: Any, *rest: Any) -> Any:
            asked[0] += 1
            row = create(tx, *rest)
            return row if asked[0] % 2 else tx.change(row, created=row.created - timedelta(hours=1))

        return created

    plant.swap(groups, "create_group", late)


@defect(
    "nobody-is-told",
    "Who has groups made is not notified when they are there.",
    post(f"{OF_11}/groups", {"name": "Spring", "documents": [{"text": "Nice."}]}),
    get("/notifications", wait=10),
)
def nobody_is_told(plant: Plant) -> None:
    plant.swap(notifications, "WORDS", lambda words: {name: told for name, told in words.items() if name != "GROUP"})


@defect(
    "claimed-and-still-pending",
    "A task that somebody has claimed is still pending.",
    post("/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/tasks/claim", {"lane": "task"}, "bg-nora"),
    api="blue_guardrails",
)
def claimed_and_still_pending(plant: Plant) -> None:
    from mock_server.blue_guardrails.domain import tasks

    def pending(begin: Any) -> Any:
        return lambda tx, task, user: tx.change(begin(tx, task, user), status="pending")

    plant.swap(tasks, "begin", pending)
