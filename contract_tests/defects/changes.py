"""Changes: such as are not seen, are seen too late, go too far, or only half of the way."""

from typing import Any

import msgspec

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import delete, get, patch, post, put
from mock_server.blue_guardrails.domain import annotations as bg_annotations
from mock_server.label_studio.domain import annotations as ls_annotations
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio.domain import classes, documents, labeling
from mock_server.studio.domain.errors import Conflict
from mock_server.studio.rows import Document, Label, ModelClass, Project, User

NOTE = "/v1/labeling-annotations/06cbd4b9-7e5f-4ea0-8248-9d30b16e5f01"
RENAMED = put("/projects/11/classes/101", {"name": "Cosiness"})
OF_11, OF_13 = "/projects/11", "/projects/13"


@defect(
    "first-read-is-stale",
    "The first read of a project after a change shows it as it was before.",
    get(OF_11),
    put(OF_11, {"name": "Renamed"}),
    get(OF_11),
)
def first_read_is_stale(plant: Plant) -> None:
    seen: dict[int, Any] = {}

    def cached(body: Any, call: Call) -> Any:
        before = seen.get(body["id"])
        seen[body["id"]] = body
        return before if before is not None and before["name"] != body["name"] else body

    plant.on("get_project").shows(cached)


@defect(
    "new-classes-come-late",
    "A new class is missing in the first list of classes after it was added.",
    get(f"{OF_11}/classes"),
    post(f"{OF_11}/classes", {"name": "Garden"}),
    get(f"{OF_11}/classes"),
)
def new_classes_come_late(plant: Plant) -> None:
    seen: dict[int, set[int]] = {}

    def cached(body: Any, call: Call) -> Any:
        project, ids = call.path["project_id"], {one["id"] for one in body}
        known = seen.get(project, ids)
        seen[project] = ids
        return [one for one in body if one["id"] in known]

    plant.on("list_classes").shows(cached)


@defect(
    "old-names-on-tags",
    "Tags keep the name that a class had when they were first shown.",
    get(f"{OF_11}/tags"),
    RENAMED,
    get(f"{OF_11}/tags"),
)
def old_names_on_tags(plant: Plant) -> None:
    first: dict[int, str] = {}

    def remembered(tag: Any) -> Any:
        def shown(tx: Any, row: Any, *halves: bool) -> Any:
            body = tag(tx, row, *halves)
            if body.get("class") is not None:
                body["class"] = first.setdefault(row.class_id, body["class"])
            return body

        return shown

    from mock_server.studio.handlers import projects

    plant.swap(projects, "tag", remembered)


@defect(
    "put-empties-the-rest",
    "A change of one field of a class empties those that were not sent.",
    put(f"{OF_11}/classes/101", {"description": "New."}),
)
def put_empties_the_rest(plant: Plant) -> None:
    def emptied(change: Any) -> Any:
        def changed(tx: Any, project_id: int, class_id: int, wanted: Any) -> Any:
            return change(tx, project_id, class_id, {"example": None, "description": None, **wanted})

        return changed

    plant.swap(classes, "change_class", emptied)


@defect(
    "half-of-the-classes",
    "Of several classes those before one that is refused are kept.",
    post(f"{OF_11}/upload-classes", [{"name": "Garden"}, {"name": "Comfort"}]),
    get(f"{OF_11}/classes"),
)
def half_of_the_classes(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        try:
            return await run(call)
        except Conflict:
            tx, project = call.tx, call.path["project_id"]
            for one in call.body:
                if tx.ids(ModelClass, project_id=project, name=one["name"]):
                    break
                tx.put(ModelClass(id=tx.new_id(ModelClass), project_id=project, name=one["name"]))
            call.commit()
            raise

    plant.on("upload_classes").runs(wrap)


@defect(
    "refused-and-renamed",
    "A change of a project that is refused has changed its name.",
    put("/projects/11", {"name": "Renamed", "type": "CLASS"}),
    get("/projects/11"),
)
def refused_and_renamed(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        try:
            return await run(call)
        except Conflict:
            row = call.tx.get(Project, call.path["project_id"])
            if row is not None and "name" in call.body and "type" in call.body:
                call.tx.change(row, name=call.body["name"])
                call.commit()
            raise

    plant.on("change_project").runs(wrap)


@defect(
    "new-text-no-tags",
    "A document whose text is changed loses all of its tags.",
    put(f"{OF_11}/documents/1003", {"text": "Something new. The waiter smiled."}),
    put(
        f"{OF_11}/documents/1001",
        {"text": "The bed was the best I have slept in for years. Breakfast ended too early. Really."},
    ),
    get(f"{OF_11}/documents/1001?details=tags"),
)
def new_text_no_tags(plant: Plant) -> None:
    def anew(tx: Any, document: Document, text: str, spans: Any) -> Any:
        return documents._segments(tx, spans)

    plant.swap(documents, "_kept_or_new", lambda _: anew)


@defect(
    "everything-is-the-owners",
    "Whoever begins a session, it belongs to the first user.",
    post(f"{OF_11}/annotations", {"name": "Mine", "document_ids": [1001]}, "annotator"),
)
def everything_is_the_owners(plant: Plant) -> None:
    def owned(create: Any) -> Any:
        return lambda tx, project_id, user, *rest: create(tx, project_id, tx.get(User, 1), *rest)

    plant.swap(labeling, "create_session", owned)


@defect(
    "one-of-three-is-lost",
    "One of three new documents is not there afterwards.",
    *[post(f"{OF_11}/documents", {"text": "Nice."})] * 3,
    get(f"{OF_11}/documents/{{2[id]}}"),
)
def one_of_three_is_lost(plant: Plant) -> None:
    asked = [0]

    async def wrap(call: Call, run: Run) -> Reply:
        reply = await run(call)
        asked[0] += 1
        if asked[0] % 3 == 0:
            call.settle()  # what was done is forgotten
        return reply

    plant.on("create_document").runs(wrap)


@defect(
    "ids-come-again",
    "A new label gets the id of the newest one that was deleted.",
    post(f"{OF_13}/labels", {"name": "One"}),
    delete(f"{OF_13}/labels/{{0[id]}}"),
    post(f"{OF_13}/labels", {"name": "Two"}),
)
def ids_come_again(plant: Plant) -> None:
    from mock_server.studio.domain import labels

    def reused(create: Any) -> Any:
        def created(tx: Any, project_id: int, wanted: Any) -> Any:
            made = create(tx, project_id, wanted)
            free = max((row_id for row_id in tx.ids(Label) if row_id != made.id), default=0) + 1
            if free == made.id:
                return made
            tx.delete(made)
            return tx.put(msgspec.structs.replace(made, id=free))

        return created

    plant.swap(labels, "create_label", reused)


@defect(
    "untouched-by-a-change",
    "The time of the last change of an annotation stays as it was.",
    patch("/api/annotations/1/", {"was_cancelled": True}),
    api="label_studio",
)
def untouched_by_a_change(plant: Plant) -> None:
    def still(change: Any) -> Any:
        def changed(tx: Any, user: Any, annotation_id: int, sent: Any) -> Any:
            before = ls_annotations.annotation(tx, user, annotation_id).updated_at
            return tx.change(change(tx, user, annotation_id, sent), updated_at=before)

        return changed

    plant.swap(ls_annotations, "change", still)


@defect(
    "patch-empties-the-rest",
    "A change of an annotation takes away its result unless that is sent again.",
    patch("/api/annotations/1/", {"was_cancelled": True}),
    api="label_studio",
)
def patch_empties_the_rest(plant: Plant) -> None:
    def emptied(change: Any) -> Any:
        return lambda tx, user, annotation_id, sent: change(tx, user, annotation_id, {"result": [], **sent})

    plant.swap(ls_annotations, "change", emptied)


@defect(
    "reviewed-forgotten",
    "That an annotation is reviewed, or not, is answered, but not kept.",
    patch(NOTE, {"reviewed": False}, "bg-nora"),
    get(NOTE, "bg-nora"),
    api="blue_guardrails",
)
def reviewed_forgotten(plant: Plant) -> None:
    def forgetful(change: Any) -> Any:
        def changed(tx: Any, row: Any, wanted: Any) -> Any:
            after = change(tx, row, wanted)
            tx.change(after, reviewed=row.reviewed)
            return after

        return changed

    plant.swap(bg_annotations, "change_annotation", forgetful)
