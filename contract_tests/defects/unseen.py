"""Defects that nothing was fitted to: invented from the contract alone, by somebody who had not read the laws and checks.

They span tags, people and jobs, and most show in one place only, so that they tell how much the suite finds that nobody had in mind.

First run: 12 of 20 were caught, with the suite as it was and its default seed. Missed were members-were-invited, told-to-the-owner,
clones-without-meta, analyses-stay-behind, one-opinion-twice, lowered-for-show and skipped-and-gone, for which laws about two people
and about copies and moves were written afterwards; and one that is not here any more, for no contract says how long an invitation is
good: it could be accepted a day too long. Two had been planted wrongly, so that they broke more than they say: reviews-for-outsiders and
told-to-the-owner; their outcome is that of a second run, with the plants mended and the suite still as it was.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from contract_tests.defects.catalogue import defect
from contract_tests.defects.planting import Plant, Run, Site
from contract_tests.defects.witness import get, patch, post, put
from mock_server.blue_guardrails.domain import tasks as bg_tasks
from mock_server.label_studio.domain import annotations as ls_annotations
from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.sheets import writers
from mock_server.studio.domain import hitl, invitations, training
from mock_server.studio.domain.errors import Forbidden
from mock_server.studio.domain.tags import CLOSED
from mock_server.studio.rows import Analysis, AnalysisDocument, Document, Project, Session, WorkspacePermission
from mock_server.world import Job

OF_11 = "/projects/11"
TASKS = "/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d01/tasks"
TWO_OPINIONS = "/v1/labeling-projects/7a1d9c3e-5b42-4f6e-8c07-2e9f1a6b3d03/tasks"
DONE = "e4a9b2f7-5c3d-4c8e-a026-7b1e9f4c3d01"  # a task that Emil has completed
LENA = "40a17f96-bd52-41cf-ae64-9ed172a0bf55"
XLSX = f"{OF_11}/annotations/52/download?format=xlsx"


@defect(
    "sharp-s",
    "In the texts of segments ß has become ss.",
    get(f"{OF_11}/documents?limit=1000&details=segments"),
)
def sharp_s(plant: Plant) -> None:
    def spelled(body: Any, call: Call) -> None:
        for document in body["documents"]:
            for segment in document.get("segments", ()):
                segment["text"] = segment["text"].replace("ß", "ss")

    plant.on("list_documents").shows(spelled)


@defect(
    "the-third-page",
    "The third page of the documents of a correction session is the second once more.",
    get(f"{OF_11}/corrections/58/documents?limit=2&offset=4"),
)
def the_third_page(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        if call.query["offset"] == 2 * call.query["limit"]:
            call.query["offset"] = call.query["limit"]
        return await run(call)

    plant.on("list_correction_documents").runs(wrap)


@defect(
    "members-were-invited",
    "Of somebody who belongs to a workspace already it is said that an invitation is pending.",
    post("/organizations/1/users/invite", {"role": "USER", "emails": ["viewer@example.com"]}),
)
def members_were_invited(plant: Plant) -> None:
    plant.swap(invitations, "MEMBER", lambda _: invitations.INVITED)


@defect(
    "trained-with-everything",
    "A model learns from all sessions of its project, whichever were asked for.",
    post(f"{OF_11}/models", {"annotation_ids": [52]}),
    get(f"{OF_11}/models/{{0[id]}}", wait=60),
)
def trained_with_everything(plant: Plant) -> None:
    def everything(plan: Any) -> Any:
        def planned(tx: Any, user: Any, roles: Any, project_id: int, wanted: Any) -> Any:
            rows = tx.rows(Session, project_id=project_id)
            whole = tuple(row.id for row in rows if row.status not in CLOSED)
            return msgspec.structs.replace(plan(tx, user, roles, project_id, wanted), train=whole)

        return planned

    plant.swap(training, "plan", everything)


@defect("only-what-was-found", "An analysis counts only documents in which it found something.", get("/analyses/41"))
def only_what_was_found(plant: Plant) -> None:
    def count(one: Any, call: Call) -> None:
        one["document_count"] = sum(1 for row in call.tx.rows(AnalysisDocument, analysis_id=one["id"]) if row.tags)

    def counts(body: Any, call: Call) -> None:
        for one in body:
            count(one, call)

    plant.on("get_analysis").shows(count)
    plant.on("list_analyses").shows(counts)


@defect(
    "reviews-for-outsiders",
    "The reviews of a HITL can go to somebody who has no role in the project.",
    put(f"{OF_11}/hitls/91", {"assigned_user_id": 9}),
)
def reviews_for_outsiders(plant: Plant) -> None:
    def anybody(check: Any) -> Any:
        def checked(*told: Any) -> None:
            with suppress(hitl.NoRole):
                check(*told)

        return checked

    plant.swap(hitl, "_check_person", anybody)


@defect(
    "told-to-the-owner",
    "When a group is there, the owner of the project is told, not who made it.",
    post(f"{OF_11}/groups", {"name": "Spring", "documents": [{"text": "Nice."}]}, "annotator"),
    get("/notifications", "annotator", wait=10),
)
def told_to_the_owner(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        reply = await run(call)
        project = call.tx.get(Project, call.path["project_id"])
        job = call.tx.first(Job, kind="GROUP", subject=msgspec.json.decode(reply.body)["id"])
        if job is not None and project is not None:
            call.tx.change(job, user_id=project.owner_id)
        return reply

    plant.on("create_group").runs(wrap)


@defect(
    "admins-annotate-only",
    "An ADMIN of a workspace is no more than an ANNOTATOR in its projects.",
    put(f"{OF_11}", {"name": "Changed"}, "admin"),
)
def admins_annotate_only(plant: Plant) -> None:
    roles = plant.vendor.roles
    roles.carries_over = {**roles.carries_over, "project": {**roles.carries_over["project"], "ADMIN": "ANNOTATOR"}}


@defect(
    "cursors-move-on",
    "A cursor that is used a second time leads to the page after the one that it stands for.",
    get(f"{TASKS}?limit=2", "bg-nora"),
    *[get(f"{TASKS}?limit=2&cursor={{0[next_page_cursor]}}", "bg-nora")] * 2,
    api="blue_guardrails",
)
def cursors_move_on(plant: Plant) -> None:
    used: set[str] = set()

    async def wrap(call: Call, run: Run) -> Reply:
        cursor, reply = call.query["cursor"], await run(call)
        if cursor in used:
            following = msgspec.json.decode(reply.body)["next_page_cursor"]
            if following is not None:
                call.query["cursor"] = following
                return await run(call)
        if cursor is not None:
            used.add(cursor)
        return reply

    plant.on("list_labeling_tasks").runs(wrap)


@defect("empty-for-zero", "Downloads as XLSX have an empty cell in place of 0.", get(XLSX))
def empty_for_zero(plant: Plant) -> None:
    def unless_zero(write: Any) -> Any:
        def written(sheet: Any, row: int, column: int, cell: Any) -> None:
            if type(cell) is bool or cell != 0:
                write(sheet, row, column, cell)

        return written

    plant.swap(writers, "_write_xlsx_cell", unless_zero)


@defect(
    "ordered-by-creation",
    "Who orders annotations by their last change gets them in the order of their creation.",
    patch("/api/annotations/1/", {"lead_time": 3}),
    get("/api/tasks/1/annotations/?ordering=updated_at"),
    api="label_studio",
)
def ordered_by_creation(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        asked = call.query["ordering"]
        call.query["ordering"] = asked and asked.replace("updated_at", "created_at")
        return await run(call)

    plant.on("list_annotations").runs(wrap)


@defect(
    "clones-without-meta",
    "The documents of a clone lack the attributes that they have in its source.",
    post(f"{OF_11}/clone", {}),
    get("/projects/{0[id]}/documents?limit=1000&details=meta", wait=60),
)
def clones_without_meta(plant: Plant) -> None:
    clones: set[int] = set()

    async def cloned(call: Call, run: Run) -> Reply:
        reply = await run(call)
        clones.add(msgspec.json.decode(reply.body)["id"])
        return reply

    async def emptied(call: Call, run: Run) -> Reply:
        if call.path["project_id"] in clones:
            for row in list(call.tx.rows(Document, project_id=call.path["project_id"])):
                call.tx.change(row, meta={})
        return await run(call)

    plant.on("clone_project").runs(cloned)
    plant.on("list_documents", "get_document").runs(emptied)


@defect(
    "analyses-stay-behind",
    "A project that is transferred leaves its analyses in the workspace where it was.",
    post(f"{OF_11}/transfer", {"organization_id": 2}),
    get("/organizations/2/analyses"),
)
def analyses_stay_behind(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        rows = list(call.tx.rows(Analysis, project_id=call.path["project_id"]))
        before = {row.id: row.organization_id for row in rows}
        reply = await run(call)
        for row in list(call.tx.rows(Analysis, project_id=call.path["project_id"])):
            call.tx.change(row, organization_id=before[row.id])
        return reply

    plant.on("transfer_project").runs(wrap)


@defect(
    "keys-of-colleagues",
    "People of one workspace can read each other's product keys.",
    get("/users/1/keys", "viewer"),
)
def keys_of_colleagues(plant: Plant) -> None:
    def colleagues(ask: Callable[..., None], operation: Any, call: Call) -> None:
        try:
            ask(operation, call)
        except Forbidden:
            ours, theirs = (
                {row.organization_id for row in call.tx.rows(WorkspacePermission, user_id=user_id)}
                for user_id in (call.user.id, call.path["user_id"])
            )
            if not ours & theirs:
                raise

    plant.on("list_keys").asks(authorize=colleagues)


@defect(
    "lists-of-every-workspace",
    "Below /organizations/{id} the list of projects has those of the caller's other workspaces, too.",
    get("/organizations/2/projects"),
)
def lists_of_every_workspace(plant: Plant) -> None:
    async def wrap(call: Call, run: Run) -> Reply:
        call.workspace_id = None
        return await run(call)

    Site(plant, [plant.app.operations["studio.list_projects@alias"]]).runs(wrap)


@defect(
    "one-opinion-twice",
    "Where two people are to label each conversation, the same one gets it twice.",
    *[post(f"{TWO_OPINIONS}/claim", {"lane": "task"}, "bg-jonas")] * 3,
    api="blue_guardrails",
)
def one_opinion_twice(plant: Plant) -> None:
    def suits(fits: Any) -> Any:
        return lambda tx, task, user: task.lane == "task" or fits(tx, task, user)

    plant.swap(bg_tasks, "_suits", suits)


@defect(
    "completed-by-the-last",
    "Who changes an annotation of somebody else is said to have completed it.",
    patch("/api/annotations/3/", {"lead_time": 3}),
    api="label_studio",
)
def completed_by_the_last(plant: Plant) -> None:
    def claimed(change: Any) -> Any:
        def changed(tx: Any, user: Any, annotation_id: int, sent: Any) -> Any:
            return change(tx, user, annotation_id, {"completed_by": user.id, **sent})

        return changed

    plant.swap(ls_annotations, "change", claimed)


@defect(
    "lowered-for-show",
    "Who is given a lower role in a workspace keeps what the higher one allowed.",
    get("/organizations/1/users/invites", "admin"),
    put("/organizations/1/permissions/3", {"role": "VIEWER"}),
    get("/organizations/1/users/invites", "admin"),
)
def lowered_for_show(plant: Plant) -> None:
    known: dict[tuple[int, int], str] = {}
    roles = plant.vendor.roles
    ranks, current = roles.ranks["organization"], roles.in_workspace

    def remembered(tx: Any, user: Any, organization_id: int) -> str | None:
        role: str | None = current(tx, user, organization_id)
        before = known.get((user.id, organization_id), role)
        if role is not None and before is not None:
            role = known[user.id, organization_id] = max(role, before, key=ranks.__getitem__)
        return role

    roles.in_workspace = remembered


@defect(
    "skipped-and-gone",
    "A task that a bulk assignment skips is given to the new person all the same.",
    post("/v1/labeling-tasks/bulk-assign", {"task_ids": [DONE], "assignee_id": LENA}, "bg-nora"),
    get(TASKS, "bg-nora"),
    api="blue_guardrails",
)
def skipped_and_gone(plant: Plant) -> None:
    from mock_server.blue_guardrails.domain.found import by_uuid
    from mock_server.blue_guardrails.rows import BgTask, BgUser

    def assigned(assign: Any) -> Any:
        def given(tx: Any, workspace_id: int, task_ids: Any, assignee_id: str) -> Any:
            done = assign(tx, workspace_id, task_ids, assignee_id)
            person = by_uuid(tx, BgUser, assignee_id)
            for uuid in done.skipped:
                task = by_uuid(tx, BgTask, uuid)
                assert task is not None and person is not None
                tx.change(task, assignee_id=person.id)
            return done

        return given

    plant.swap(bg_tasks, "assign", assigned)
