"""What would pass instead of a request that was refused: which proposal is made for which rule. Each is tried before it is shown."""

from collections.abc import Awaitable, Callable

from mock_server.journal.why.addresses import parameter, path
from mock_server.journal.why.callers import credential, role
from mock_server.journal.why.case import Case, Proposal
from mock_server.journal.why.contents import body, conflict
from mock_server.pipeline.bodies import FORM


async def domain(case: Case) -> Proposal:
    """By the status: what is missing, what stands in the way, or a body that the rules take."""
    if case.entry.status == 404:
        return await path(case)
    if case.entry.status == 409:
        return await conflict(case)
    return await body(case) if case.sent is not None and case.sent.media != FORM else None


async def size(case: Case) -> Proposal:
    """Less of it."""
    return {"advice": "Send less, or start the stand-in with a larger --body-limit."}


async def fault(case: Case) -> Proposal:
    """The request as it was, without the fault."""
    way = " DELETE /_mock/faults disarms every fault." if getattr(case.entry.fault, "fault", None) else ""
    return {"advice": f"Nothing need be wrong with the request: {case.entry.fault}.{way}"}


PROPOSALS: dict[str, Callable[[Case], Awaitable[Proposal]]] = {
    "credential": credential,
    "role": role,
    "parameter": parameter,
    "path": path,
    "body": body,
    "media_type": body,
    "size": size,
    "domain": domain,
    "fault": fault,
}
