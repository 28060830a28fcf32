"""Deletions: what stays, what goes along that should not, and what can still be used."""

from typing import Any

import msgspec

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run
from contract_tests.defects.witness import delete, get, post
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio.domain import classes, documents, groups, labeling, models, projects
from mock_server.studio.rows import Document, Label, ModelClass, Session, Tag

OF_11 = "/projects/11"


def _remembered(plant: Plant, get_one: str, delete_one: str) -> None:
    """Let what was read once be readable after it was deleted."""
    kept: dict[str, Any] = {}

    async def read(call: Call, run: Run) -> Reply:
        key = str(sorted(call.path.items()))
        if key in kept:
            return Reply(200, kept[key])
        return await run(call)

    async def gone(call: Call, run: Run) -> Reply:
        before = await plant_read(call)
        reply = await run(call)
        kept[str(sorted(call.path.items()))] = before.body
        return reply

    reader = plant.on(get_one)
    inner = reader.operations[0].handler

    async def plant_read(call: Call) -> Reply:
        result = inner(call)
        found: Reply = result if isinstance(result, Reply) else await result
        return found

    reader.runs(read)
    plant.on(delete_one).runs(gone)


@defect(
    "deleted-group-readable",
    "A group can be read after it was deleted.",
    delete(f"{OF_11}/groups/31"),
    get(f"{OF_11}/groups/31"),
)
def deleted_group_readable(plant: Plant) -> None:
    _remembered(plant, "get_group", "delete_group")


@defect(
    "deleted-class-listed",
    "The first list of classes after one was deleted still has it.",
    delete(f"{OF_11}/classes/107"),
    get(f"{OF_11}/classes"),
)
def deleted_class_listed(plant: Plant) -> None:
    late: dict[int, Any] = {}

    def listed(body: Any, call: Call) -> Any:
        return [*body, *([late.pop(call.path["project_id"])] if call.path["project_id"] in late else [])]

    async def gone(call: Call, run: Run) -> Reply:
        row = call.tx.get(ModelClass, call.path["class_id"])
        reply = await run(call)
        if row is not None:
            late[row.project_id] = {
                "id": row.id,
                "name": row.name,
                "example": row.example,
                "description": row.description,
            }
        return reply

    plant.on("list_classes").shows(listed)
    plant.on("delete_class").runs(gone)


@defect(
    "tags-survive-their-session",
    "The tags of a session stay in its project when it is deleted.",
    delete(f"{OF_11}/annotations/51"),
    get(f"{OF_11}/tags"),
)
def tags_survive_their_session(plant: Plant) -> None:
    def shallow(remove: Any) -> Any:
        def removed(tx: Any, project_id: int, annotation_id: int) -> None:
            held = [row for row in tx.rows(Tag, session_id=annotation_id) if row.project_id == project_id]
            remove(tx, project_id, annotation_id)
            for row in held:
                tx.put(msgspec.structs.replace(row, session_id=None))

        return removed

    plant.swap(labeling, "delete_session", shallow)


@defect(
    "tags-without-a-class",
    "The tags that were given with a class stay, without it, when it is deleted.",
    delete(f"{OF_11}/classes/101"),
    get(f"{OF_11}/tags"),
)
def tags_without_a_class(plant: Plant) -> None:
    def shallow(remove: Any) -> Any:
        def removed(tx: Any, project_id: int, class_id: int) -> None:
            classes.get_class(tx, project_id, class_id)
            for row in list(tx.rows(Tag, class_id=class_id)):
                tx.change(row, class_id=None)
            remove(tx, project_id, class_id)

        return removed

    plant.swap(classes, "delete_class", shallow)


@defect(
    "sessions-keep-counting",
    "A session goes on counting a document that was deleted.",
    delete(f"{OF_11}/documents/1001"),
    get(f"{OF_11}/annotations/51"),
)
def sessions_keep_counting(plant: Plant) -> None:
    def deaf(remove: Any) -> Any:
        def removed(tx: Any, project_id: int, document_id: int) -> None:
            before = list(tx.rows(Session, project_id=project_id))
            remove(tx, project_id, document_id)
            for row in before:
                tx.put(row)

        return removed

    plant.swap(documents, "delete_document", deaf)


@defect(
    "groups-take-documents-along",
    "Deleting a group deletes its documents, too.",
    delete(f"{OF_11}/groups/33"),
    get(f"{OF_11}/documents/1045"),
)
def groups_take_documents_along(plant: Plant) -> None:
    def deep(remove: Any) -> Any:
        def removed(tx: Any, project_id: int, group_id: int) -> None:
            held = [row.id for row in tx.rows(Document, group_ids=group_id)]
            remove(tx, project_id, group_id)
            for row_id in held:
                documents.delete_document(tx, project_id, row_id)

        return removed

    plant.swap(groups, "delete_group", deep)


@defect(
    "a-name-is-gone-for-good",
    "The name of a deleted label cannot be used again.",
    post("/projects/13/labels", {"name": "Short"}),
    delete("/projects/13/labels/{0[id]}"),
    post("/projects/13/labels", {"name": "Short"}),
)
def a_name_is_gone_for_good(plant: Plant) -> None:
    from mock_server.studio.domain.names import NameTaken

    gone: set[tuple[int, str]] = set()

    async def remove(call: Call, run: Run) -> Reply:
        row = call.tx.get(Label, call.path["label_id"])
        reply = await run(call)
        if row is not None:
            gone.add((row.project_id, row.name))
        return reply

    async def create(call: Call, run: Run) -> Reply:
        if (call.path["project_id"], call.body["name"]) in gone:
            raise NameTaken(Label, call.body["name"])
        return await run(call)

    plant.on("delete_label").runs(remove)
    plant.on("create_label").runs(create)


@defect("deleted-model-in-its-project", "A project shows a model that was deleted.", delete("/models/61"), get(OF_11))
def deleted_model_in_its_project(plant: Plant) -> None:
    seen: dict[int, dict[int, Any]] = {}

    def shown(body: Any, call: Call) -> None:
        known = seen.setdefault(body["id"], {})
        known.update({one["id"]: one for one in body["models"]})
        body["models"] = list(known.values())

    def removed(remove: Any) -> Any:
        def without(tx: Any, row: Any) -> None:
            from mock_server.studio.views.models import model

            if row.project_id is not None:
                seen.setdefault(row.project_id, {})[row.id] = model(tx, row)
            remove(tx, row)

        return without

    plant.on("get_project").shows(shown)
    plant.swap(models, "delete_model", removed)


@defect(
    "projects-of-no-workspace",
    "The projects of a workspace that was deleted are still listed.",
    delete("/organizations/2"),
    get("/projects"),
)
def projects_of_no_workspace(plant: Plant) -> None:
    plant.swap(projects, "_active", lambda _: lambda tx, organization_id: True)


@defect(
    "deleted-annotation-listed",
    "An annotation that was deleted is still in the list of its task.",
    delete("/api/annotations/1/"),
    get("/api/tasks/1/annotations/"),
    api="label_studio",
)
def deleted_annotation_listed(plant: Plant) -> None:
    kept: dict[int, list[Any]] = {}

    async def remove(call: Call, run: Run) -> Reply:
        from mock_server.label_studio.rows import LsAnnotation
        from mock_server.label_studio.views.annotations import annotation

        row = call.tx.get(LsAnnotation, call.path["id"])
        shown = annotation(call.tx, row) if row else None
        reply = await run(call)
        if row is not None:
            kept.setdefault(row.task, []).append(msgspec.json.decode(msgspec.json.encode(shown)))
        return reply

    plant.on("delete_annotation").runs(remove)
    plant.on("list_annotations").shows(lambda body, call: [*body, *kept.get(call.path["id"], ())])
