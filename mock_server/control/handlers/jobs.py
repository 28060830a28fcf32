"""The operations tagged Jobs: what takes time, and how to end it before its time."""

from mock_server.contract import Json
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.reply import Reply
from mock_server.world import Job, Tx
from mock_server.world.jobs import SUBJECTS

REASON = "It was made to fail"


def list_jobs(call: Call) -> Reply:
    """The jobs, by id."""
    tx, query = Tx(call.sandbox.world), call.query
    ids = tx.ids(Job, status=query["status"]) if query["status"] else tx.ids(Job)
    found = [_job(tx, job) for job in tx.page(Job, ids, query["offset"], query["limit"])]
    return Reply.json(200, {"jobs": found, "count": len(ids)})


def get_job(call: Call) -> Reply:
    """One job."""
    tx = Tx(call.sandbox.world)
    return Reply.json(200, _job(tx, _found(tx, call.path["job_id"])))


def finish_job(call: Call) -> Reply:
    """End a job now."""
    job = _going_on(call)
    call.sandbox.finish_job(job)
    return _ended(call, job)


def fail_job(call: Call) -> Reply:
    """End a job as FAILED."""
    job = _going_on(call)
    call.sandbox.fail_job(job, (call.body or {}).get("error", REASON))
    return _ended(call, job)


def _going_on(call: Call) -> Job:
    job = _found(Tx(call.sandbox.world), call.path["job_id"])
    if job.status != "STARTED":
        raise Refused(409, f"The job {job.id} has ended already: it is {job.status}")
    return job


def _ended(call: Call, job: Job) -> Reply:
    tx = Tx(call.sandbox.world)
    after = tx.get(Job, job.id)
    if after is None:
        raise Refused(404, f"The job {job.id} has gone with what it worked on")
    return Reply.json(200, _job(tx, after))


def _found(tx: Tx, job_id: int) -> Job:
    job = tx.get(Job, job_id)
    if job is None:
        raise Refused(404, f"There is no job {job_id}; GET /_mock/jobs lists those that there are")
    return job


def _job(tx: Tx, job: Job) -> Json:
    table = SUBJECTS.get(job.kind)
    return {
        "id": job.id,
        "kind": job.kind,
        "table": table.__name__ if table else None,
        "subject": job.subject,
        "project_id": job.project_id,
        "user_id": job.user_id,
        "status": job.status,
        "progress": job.progress(tx.now),
        "created": job.created,
        "due": job.due,
        "finished": job.finished,
        "error": job.error,
    }
