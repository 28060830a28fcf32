"""Which rule refused a request: the layer of the pipeline, or of the vendor's domain, that its answer came from."""

from mock_server.journal.entry import Entry
from mock_server.pipeline.errors import BreaksContract, Refused

RULES = ("credential", "path", "method", "parameter", "role", "body", "media_type", "size", "domain", "fault", "server")
BY_STATUS = {401: "credential", 403: "role", 405: "method", 413: "size", 415: "media_type"}
BY_PLACE = {"path": "path", "query": "parameter", "header": "parameter", "body": "body"}


def rule_of(entry: Entry) -> str | None:
    """Return the rule that refused a request, one of `RULES`; None if it was not refused."""
    status = entry.status
    if status is None or status < 400:
        return None
    if entry.problem is None:
        return "fault" if entry.fault is not None else "domain"
    if status >= 500:
        return "server"
    if isinstance(entry.problem, BreaksContract):
        place = entry.problem.faults[0]["place"] if entry.problem.faults else "body"
        return BY_PLACE.get(place.split(".")[0], "body")
    if status == 404 and isinstance(entry.problem, Refused):
        return "path"
    return BY_STATUS.get(status, "domain")
