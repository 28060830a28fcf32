"""Filters of lists: ignored, joined wrongly, or asking for something else."""

from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant
from contract_tests.defects.witness import get
from mock_server.blue_guardrails.domain import annotations, tasks
from mock_server.pipeline.call import Call
from mock_server.studio.domain import documents, labeling

TASKS = "/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/tasks"


@defect(
    "search-by-case",
    "A search for documents makes a difference of upper and lower case.",
    get("/projects/11/documents?search=BREAKFAST"),
)
def search_by_case(plant: Plant) -> None:
    def strict(list_documents: Any) -> Any:
        def found(tx: Any, project_id: int, filters: Any, offset: int, limit: int) -> Any:
            rows, _ = list_documents(tx, project_id, filters, 0, 10**6)
            kept = [row for row in rows if filters.search is None or filters.search in row.text]
            return kept[offset : offset + limit], offset + limit < len(kept)

        return found

    plant.swap(documents, "list_documents", strict)


@defect(
    "search-forgotten-with-details",
    "A search for documents finds all of them if details are asked for.",
    get("/projects/11/documents?search=breakfast&details=segments"),
)
def search_forgotten_with_details(plant: Plant) -> None:
    from contract_tests.defects.planting import Run
    from mock_server.pipeline.reply import Reply

    async def wrap(call: Call, run: Run) -> Reply:
        if call.query["details"]:
            call.query["search"] = None
        return await run(call)

    plant.on("list_documents").runs(wrap)


@defect(
    "grouped-or-not",
    "The filter for grouped documents lists those that are in no group as well.",
    get("/projects/11/documents?grouped=true&limit=1000"),
)
def grouped_or_not(plant: Plant) -> None:
    plant.on("list_documents").reads_no("grouped")


@defect(
    "either-filter",
    "Of two filters of documents it is enough to pass one.",
    get("/projects/11/documents?group_id=31&annotation_id=52&limit=1000"),
)
def either_filter(plant: Plant) -> None:
    def lenient(narrowed: Any) -> Any:
        def joined(tx: Any, project_id: int, filters: Any) -> Any:
            sets = narrowed(tx, project_id, filters)
            return [type(sets[0]).of({row_id for one in sets for row_id in one})] if len(sets) > 1 else sets

        return joined

    plant.swap(documents, "_narrowed", lenient)


@defect(
    "finished-means-over",
    "The finished sessions that are listed include those that failed.",
    get("/projects/14/annotations?status=FINISHED"),
)
def finished_means_over(plant: Plant) -> None:
    def wider(list_sessions: Any) -> Any:
        def found(tx: Any, project_id: int, modes: Any = None, status: str | None = None) -> Any:
            yield from list_sessions(tx, project_id, modes, status)
            if status == "FINISHED":
                yield from list_sessions(tx, project_id, modes, "FAILED")

        return found

    plant.swap(labeling, "list_sessions", wider)


@defect(
    "every-mode",
    "The list of labeling sessions has those for corrections, whatever the mode asked for.",
    get("/projects/11/annotations?mode=ANNOTATION"),
)
def every_mode(plant: Plant) -> None:
    plant.on("list_sessions").reads_no("mode")


@defect("analyses-of-every-model", "The list of analyses of one model has those of all.", get("/analyses?model=60"))
def analyses_of_every_model(plant: Plant) -> None:
    plant.on("list_analyses").reads_no("model")


@defect(
    "pending-and-flagged",
    "Pending annotations are listed together with the flagged ones.",
    get("/v1/labeling-annotations?status=pending&limit=100", "bg-nora"),
    api="blue_guardrails",
)
def pending_and_flagged(plant: Plant) -> None:
    def wider(select: Any) -> Any:
        def found(tx: Any, workspace_id: int, query: Any) -> Any:
            ids = select(tx, workspace_id, query)
            if query.get("status") != "pending":
                return ids
            return type(ids).of({*ids, *select(tx, workspace_id, {**query, "status": "flagged"})})

        return found

    plant.swap(annotations, "select_annotations", wider)


@defect(
    "filter-lost-on-page-two",
    "From the second page on tasks of every status are listed.",
    get(f"{TASKS}?status=completed&limit=1", "bg-nora"),
    get(f"{TASKS}?status=completed&limit=9&cursor={{0[next_page_cursor]}}", "bg-nora"),
    api="blue_guardrails",
)
def filter_lost_on_page_two(plant: Plant) -> None:
    def forgetful(select: Any) -> Any:
        return lambda tx, project, query: select(
            tx, project, {**query, "status": None} if query.get("cursor") else query
        )

    plant.swap(tasks, "select_tasks", forgetful)
