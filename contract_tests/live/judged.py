"""Something that is not as the contract says: what kind of thing, where in the exchange, and where the contract speaks of it.

Not here: how it is found (`judging`, `shapes`).
"""

from typing import Any

import msgspec

from contract_tests.addresses import Operation
from contract_tests.live import shapes
from contract_tests.live.shapes import Deviation, Pointer
from contract_tests.live.traffic import Recorded
from mock_server.contract import Json

REQUEST, ANSWER = "request", "answer"
UNKNOWN_PATH = "unknown path"
UNKNOWN_METHOD = "unknown method"
UNKNOWN_PARAMETER = "unknown parameter"
MISSING_PARAMETER = "missing parameter"
UNKNOWN_CODE = "undocumented code"
UNKNOWN_MEDIA = "undocumented media type"
MISSING_HEADER = "missing header"
BROKEN = "broken body"
KINDS = (
    UNKNOWN_PATH, UNKNOWN_METHOD, UNKNOWN_PARAMETER, MISSING_PARAMETER, UNKNOWN_CODE, UNKNOWN_MEDIA, MISSING_HEADER, BROKEN,
    shapes.UNKNOWN_FIELD, shapes.MISSING_FIELD, shapes.OTHER_TYPE, shapes.UNKNOWN_VALUE, shapes.OTHER_VALUE,
)  # fmt: skip
MORE = (
    UNKNOWN_PATH,
    UNKNOWN_METHOD,
    UNKNOWN_PARAMETER,
    UNKNOWN_CODE,
    UNKNOWN_MEDIA,
    shapes.UNKNOWN_FIELD,
    shapes.UNKNOWN_VALUE,
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is not as the contract says.

    `direction` is `request` or `answer`, `kind` one of KINDS, `operation` the operationId (None where the contract has none), `path` the
    template. `place` says where in the exchange, `told` a sentence. `stands` is the pointer to where the contract speaks of it (empty if
    it does not), `grade` its evidence, `detail` what was seen instead.
    """

    direction: str
    kind: str
    operation: str | None
    method: str
    path: str
    status: int
    place: str
    told: str
    stands: Pointer = ()
    keyword: str = ""
    grade: str = ""
    detail: Json = {}

    @property
    def is_more(self) -> bool:
        """Whether it is only something more than the contract tells of, which contradicts nothing in it."""
        return self.kind in MORE

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes two findings the same: a deviation from a shared schema is one, wherever it is seen."""
        what = self.detail.get("field") or self.detail.get("value") or self.detail.get("seen")
        if self.stands[:2] == ("components", "schemas"):
            return self.direction, self.kind, self.stands, self.keyword, what
        where = self.operation or (self.method, self.path)
        return self.direction, self.kind, where, self.place, self.stands, what


def of_deviation(operation: Operation, recorded: Recorded, direction: str, one: Deviation) -> Finding:
    """Return the finding that a deviation of a body is."""
    told = one.told if direction == REQUEST else f"answered {recorded.status}: {one.told}"
    return Finding(
        direction=direction, kind=one.kind, operation=operation.operation_id, method=operation.method, path=operation.path,
        status=recorded.status, place=one.place, told=told, stands=one.stands, keyword=one.keyword, grade=one.grade,
        detail=one.detail,
    )  # fmt: skip
