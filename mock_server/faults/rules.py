"""A fault as it is armed: which requests it is for, which of those it hits, and what it does to them."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

import msgspec

from mock_server.faults.paths import fits

LONGEST = 300_000  # milliseconds that a request may be made to wait
STATUSES = tuple(status.value for status in HTTPStatus if status >= 400)
RULE = (
    "operation_id",
    "tag",
    "path",
    "method",
    "user",
    "after",
    "nth",
    "every",
    "probability",
    "times",
    "status",
    "message",
    "retry_after",
    "latency",
    "slow_body",
    "close",
    "body",
)  # the fields that somebody can give
EFFECTS = ("status", "latency", "slow_body", "close", "body")


class BadFault(ValueError):
    """A fault cannot be armed as it was described; `place` is the field that is wrong."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place} {reason}")
        self.place, self.reason = place, reason


class TooManyFaults(BadFault):
    """There are as many faults as a sandbox can have."""


class Latency(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """How long to wait, in milliseconds: `fixed_ms`; evenly between `min_ms` and `max_ms`; or log-normal about `median_ms`.

    `sigma` is the deviation of the logarithm: at 0.5, one wait of 44 is longer than e times the median.
    """

    fixed_ms: float | None = None
    min_ms: float | None = None
    max_ms: float | None = None
    median_ms: float | None = None
    sigma: float | None = None


class Fault(msgspec.Struct, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A rule. `operation_id`, `tag`, `path`, `method`, `user` say which requests it is for: those that have all that is given.

    Of these it skips the first `after`, then hits the `nth` only or `every` so many, with `probability`, at most `times` times; each of
    these if it is given. `seen` counts the requests it is for, `hits` those it has hit. What it does is one or more of `status` (with
    `message` and `retry_after` in seconds), `latency`, `slow_body` (bytes per second), `close` and `body`.
    """

    id: int = 0
    operation_id: str | None = None
    tag: str | None = None
    path: str | None = None
    method: str | None = None
    user: str | None = None
    nth: int | None = None
    every: int | None = None
    probability: float | None = None
    times: int | None = None
    after: int = 0
    status: int | None = None
    message: str | None = None
    retry_after: int | None = None
    latency: Latency | None = None
    slow_body: int | None = None
    close: Literal["before", "after", "midway"] | None = None
    body: Literal["truncated", "invalid_json", "breaks_contract"] | None = None
    seen: int = 0
    hits: int = 0
    created: datetime | None = None

    @property
    def effects(self) -> list[str]:
        """The names of the fields that say what it does."""
        return [name for name in EFFECTS if getattr(self, name) is not None]

    @property
    def only_waits(self) -> bool:
        """Whether it leaves the answer alone."""
        return self.effects == ["latency"]

    @property
    def handler_runs(self) -> bool:
        """Whether the request is served all the same, so that it changes the world if it can. If not, the world stays as it is."""
        return self.status is None and self.close != "before"

    def is_for(self, operation: Any, scope: Any, user: str | None) -> bool:
        """Whether it is for a request to `operation`, sent by the person with the e-mail `user`."""
        return (
            self.operation_id in (None, operation.name)
            and self.tag in (None, *operation.node["tags"])
            and self.method in (None, scope["method"])
            and self.user in (None, user)
            and (self.path is None or fits(self.path, scope["path"]))
        )


def read(told: Mapping[str, Any]) -> Fault:
    """Return the fault that fields describe. Raises BadFault."""
    if unknown := sorted(told.keys() - set(RULE)):
        raise BadFault(unknown[0], f"is no field of a fault; there are {', '.join(RULE)}")
    try:
        fault = msgspec.convert({name: value for name, value in told.items() if value is not None}, Fault)
    except msgspec.ValidationError as error:
        place = str(error).rpartition(" - at `$")[2].strip("`").lstrip(".") if "`$." in str(error) else "fault"
        raise BadFault(place or "fault", str(error).split(" - at")[0]) from None
    if fault.method is not None:
        fault.method = fault.method.upper()
    _check(fault)
    return fault


def _check(fault: Fault) -> None:
    if not fault.effects:
        raise BadFault("fault", f"does nothing; it needs one of {', '.join(EFFECTS)}, or several")
    for name in ("nth", "every", "times", "slow_body"):
        _at_least(fault, name, 1)
    for name in ("after", "retry_after"):
        _at_least(fault, name, 0)
    if fault.probability is not None and not 0 < fault.probability <= 1:
        raise BadFault("probability", f"must be more than 0 and at most 1, not {fault.probability}")
    _check_status(fault)
    if fault.latency is not None:
        _check_latency(fault.latency)


def _at_least(fault: Fault, name: str, least: int) -> None:
    value = getattr(fault, name)
    if value is not None and value < least:
        raise BadFault(name, f"must be at least {least}, not {value}")


def _check_status(fault: Fault) -> None:
    if fault.status is not None and fault.status not in STATUSES:
        raise BadFault("status", f"must be an HTTP status of an error, for example 404, 429 or 503, not {fault.status}")
    for name in ("message", "retry_after"):
        if getattr(fault, name) is not None and fault.status is None:
            raise BadFault(name, "goes with status")


def _check_latency(latency: Latency) -> None:
    given = {name for name in latency.__struct_fields__ if getattr(latency, name) is not None}
    if given not in ({"fixed_ms"}, {"min_ms", "max_ms"}, {"median_ms", "sigma"}):
        raise BadFault("latency", "needs fixed_ms, or min_ms and max_ms, or median_ms and sigma")
    for name in given:
        if not 0 <= getattr(latency, name) <= (5 if name == "sigma" else LONGEST):
            raise BadFault(f"latency.{name}", f"must be from 0 to {5 if name == 'sigma' else LONGEST}")
