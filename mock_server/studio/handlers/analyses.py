"""The operations tagged Analyses."""

from mock_server.pipeline.call import Call
from mock_server.pipeline.reply import Reply
from mock_server.studio import files, replies
from mock_server.studio.domain import analyses, analysis_documents, sources
from mock_server.studio.domain.analysis_documents import Filters
from mock_server.studio.rows import Analysis
from mock_server.studio.views import analyses as views
from mock_server.studio.views.files import preview


def list_analyses(call: Call) -> Reply:
    """GET /analyses"""
    tx, query = call.tx, call.query
    ids = analyses.of_user(tx, call.user, query["model"], call.workspace_id)
    rows = tx.page(Analysis, ids, query["offset"], query["limit"])
    return replies.ok([views.analysis(tx, row, query["details"]) for row in rows])


async def create_analysis(call: Call) -> Reply:
    """POST /analyses"""
    plan = analyses.plan(call.tx, call.api.roles, call.user, call.body, call.workspace_id)
    readings = await call.in_thread(plan.read)
    created = analyses.create_analysis(call.tx, call.api.roles, call.user, plan, readings)
    return replies.created(views.analysis(call.tx, created))


async def upload_analysis_file(call: Call) -> Reply:
    """POST /analyses/upload"""
    name, sheet = await files.uploaded_table(call, analyses.BadFile)
    analyses.require_home(call.tx, call.user, call.workspace_id)
    return replies.ok(preview(sources.keep_file(call.tx, "ANALYSIS", None, call.user, name, sheet)))


def get_analysis(call: Call) -> Reply:
    """GET /analyses/{analysis_id}"""
    found = analyses.get_analysis(call.tx, call.api.roles, call.user, **call.path)
    return replies.ok(views.analysis(call.tx, found, call.query["details"]))


def change_analysis(call: Call) -> Reply:
    """PUT /analyses/{analysis_id}"""
    name = call.body.get("name")
    changed = analyses.change_analysis(call.tx, call.api.roles, call.user, **call.path, name=name)
    return replies.ok(views.analysis(call.tx, changed))


def delete_analysis(call: Call) -> Reply:
    """DELETE /analyses/{analysis_id}"""
    analyses.delete_analysis(call.tx, call.api.roles, call.user, **call.path)
    return replies.done("The analysis was deleted.")


def list_analysis_documents(call: Call) -> Reply:
    """GET /analyses/{analysis_id}/documents"""
    query, found = call.query, analyses.get_analysis(call.tx, call.api.roles, call.user, **call.path)
    filters = Filters(query["search"], query["classes"], query["labels"])
    rows, has_more = analysis_documents.list_documents(call.tx, found, filters, query["offset"], query["limit"])
    shown = views.documents(found, rows, query["details"])
    paging = {"has_more": has_more, "offset": query["offset"], "limit": query["limit"], "count": len(shown)}
    return replies.ok({"documents": shown, **paging})


async def download_analysis(call: Call) -> Reply:
    """GET /analyses/{analysis_id}/download"""
    found = analyses.get_analysis(call.tx, call.api.roles, call.user, **call.path)
    header, rows = await call.in_thread(views.table, call.tx, analyses.require_finished(call.tx, found))
    return await files.download(call, f"analysis-{found.id}", header, rows)


async def analyze(call: Call) -> Reply:
    """POST /analyze"""
    plan = analyses.ad_hoc_plan(call.tx, call.api.roles, call.user, call.body, call.workspace_id)
    return replies.ok(views.ad_hoc(plan, await call.in_thread(plan.read)))
