"""The operations tagged Faults: arm them, look at them, take them back. What faults are and do is `mock_server.faults`."""

from typing import Any

from mock_server.contract import Json
from mock_server.faults import BadFault, Fault, Faults, TooManyFaults
from mock_server.faults.nearest import warnings
from mock_server.faults.rules import RULE
from mock_server.pipeline.call import Call
from mock_server.pipeline.errors import Refused, bad_body
from mock_server.pipeline.reply import Reply


def list_faults(call: Call) -> Reply:
    """All of them, in the order in which they were armed."""
    faults = [_shown(call, fault) for fault in _faults(call)]
    return Reply.json(200, {"faults": faults, "count": len(faults)})


def create_fault(call: Call) -> Reply:
    """Arm a fault."""
    try:
        fault = _faults(call).arm(**call.body)
    except TooManyFaults as error:
        raise Refused(409, str(error)) from None
    except BadFault as error:
        raise bad_body([{"place": f"body.{error.place}", "reason": error.reason}]) from None
    return Reply.json(201, _shown(call, fault))


def get_fault(call: Call) -> Reply:
    """One of them."""
    return Reply.json(200, _shown(call, _addressed(call)))


def delete_fault(call: Call) -> Reply:
    """Take one back."""
    _faults(call).disarm(_addressed(call).id)
    return Reply(204, b"")


def clear_faults(call: Call) -> Reply:
    """Take all of them back."""
    _faults(call).clear()
    return Reply(204, b"")


def _faults(call: Call) -> Faults:
    sandbox: Any = call.sandbox  # of a server, which has more than its world
    faults: Faults = sandbox.faults
    return faults


def _addressed(call: Call) -> Fault:
    fault = _faults(call).get(call.path["fault_id"])
    if fault is None:
        raise Refused(404, f"There is no fault {call.path['fault_id']}; GET /_mock/faults lists them")
    return fault


def _shown(call: Call, fault: Fault) -> Json:
    given = {name: value for name in RULE if (value := getattr(fault, name)) not in (None, 0)}
    return {
        "id": fault.id,
        "rule": given,
        "effects": fault.effects,
        "handler_runs": fault.handler_runs,
        "seen": fault.seen,
        "hits": fault.hits,
        "spent": fault not in _faults(call).live,
        "created": fault.created,
        "warnings": warnings(fault, call.api.app.documents),
    }
