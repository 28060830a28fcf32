"""Fields that are missing, of another type or form, or hold what they never should."""

from typing import Any

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant
from contract_tests.defects.witness import get, post
from mock_server.pipeline.call import Call


@defect("project-without-status", "A project is shown without its status.", get("/projects/11"))
def project_without_status(plant: Plant) -> None:
    plant.on("get_project").shows(lambda body, call: body.pop("status") and None)


@defect("label-ids-as-text", "The ids in the list of labels are texts.", get("/projects/11/labels"))
def label_ids_as_text(plant: Plant) -> None:
    plant.on("list_labels").shows(lambda body, call: [{**one, "id": str(one["id"])} for one in body])


@defect(
    "session-status-of-another-release",
    "A session that is worked in says IN_PROGRESS.",
    get("/projects/11/annotations/51"),
)
def session_status_of_another_release(plant: Plant) -> None:
    def other(body: Any, call: Call) -> None:
        if body["status"] == "ANNOTATING":
            body["status"] = "IN_PROGRESS"

    plant.on("get_session").shows(other)


@defect("null-for-no-models", "A project without models has null in place of an empty list.", get("/projects/13"))
def null_for_no_models(plant: Plant) -> None:
    plant.on("get_project").shows(lambda body, call: {**body, "models": body["models"] or None})


@defect(
    "one-document-is-no-list",
    "A page with one document shows it alone, not in a list.",
    get("/projects/11/documents?limit=1"),
)
def one_document_is_no_list(plant: Plant) -> None:
    def unpacked(body: Any, call: Call) -> None:
        if len(body["documents"]) == 1:
            body["documents"] = body["documents"][0]

    plant.on("list_documents").shows(unpacked)


@defect("times-without-zone", "The times of a HITL do not say in which zone they are.", get("/projects/11/hitls/91"))
def times_without_zone(plant: Plant) -> None:
    plant.on("get_hitl").shows(lambda body, call: {**body, "updated_at": body["updated_at"].rstrip("Z")})


@defect("small-letters-in-one-list", "In the list of notifications their type is written small.", get("/notifications"))
def small_letters_in_one_list(plant: Plant) -> None:
    plant.on("list_notifications").shows(lambda body, call: [{**one, "type": one["type"].lower()} for one in body])


@defect("no-name-no-field", "People without a name are listed without the field for it.", get("/organizations/2/users"))
def no_name_no_field(plant: Plant) -> None:
    def sparse(body: Any, call: Call) -> Any:
        return [{name: value for name, value in one.items() if value is not None} for one in body]

    plant.on("list_workspace_users").shows(sparse)


@defect(
    "a-group-of-minus-one",
    "A group that is being filled has minus one documents.",
    post("/projects/11/groups", {"name": "Spring", "documents": [{"text": "Nice."}]}),
)
def a_group_of_minus_one(plant: Plant) -> None:
    def short(body: Any, call: Call) -> None:
        if body["status"] == "PROCESSING":
            body["document_count"] -= 1

    plant.on("create_group", "get_group").shows(short)


@defect(
    "segments-count-anew",
    "The segments of each document are numbered from 1, so that many have the same id.",
    get("/projects/11/documents?details=segments&limit=2"),
)
def segments_count_anew(plant: Plant) -> None:
    def renumbered(body: Any, call: Call) -> None:
        for one in body["documents"]:
            for number, segment in enumerate(one.get("segments", ()), 1):
                segment["id"] = number

    plant.on("list_documents").shows(renumbered)


@defect(
    "result-as-json-text",
    "The result of an annotation is JSON inside of a text.",
    get("/api/annotations/1/"),
    api="label_studio",
)
def result_as_json_text(plant: Plant) -> None:
    plant.on("get_annotation").shows(lambda body, call: {**body, "result": str(body["result"])})


@defect(
    "empty-text-for-never",
    "A task that nobody began says so with an empty text in place of null.",
    get("/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/tasks", "bg-nora"),
    api="blue_guardrails",
)
def empty_text_for_never(plant: Plant) -> None:
    def emptied(body: Any, call: Call) -> None:
        for one in body["items"]:
            one["started_at"] = one["started_at"] or ""

    plant.on("list_labeling_tasks").shows(emptied)


@defect(
    "uuids-without-hyphens",
    "The export names messages by UUIDs without hyphens.",
    get("/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/export", "bg-nora"),
    api="blue_guardrails",
)
def uuids_without_hyphens(plant: Plant) -> None:
    def bare(body: Any, call: Call) -> None:
        for conversation in body["conversations"]:
            for message in conversation["messages"]:
                message["id"] = message["id"].replace("-", "")

    plant.on("export_labeling_project").shows(bare)
