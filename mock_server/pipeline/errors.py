"""What the pipeline itself refuses, before and beside the domain. Each vendor's `refuse` gives it a body."""

from http import HTTPStatus

BAD_BODY = "The body sent is invalid. Check the error message for more details"


def status_name(status: int) -> str:
    """Return the name of an HTTP status as the vendor writes it: OK, CREATED, NOT_FOUND."""
    return HTTPStatus(status).name


class Refused(Exception):
    """The request is answered with `status`. `faults` are `{place, reason}`; `headers` go into the answer as they are."""

    def __init__(
        self,
        status: int,
        message: str,
        faults: list[dict[str, str]] | None = None,
        headers: list[tuple[bytes, bytes]] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.message = status, message
        self.faults = faults or []
        self.headers = headers or []


class BreaksContract(Refused):
    """The request is not what the contract says; `faults` name every place. A vendor's `refuse` may choose another status than this one."""


def bad_path(faults: list[dict[str, str]]) -> Refused:
    """A path parameter breaks the contract: nothing can be at such a path."""
    reasons = "; ".join(f"{fault['place'].removeprefix('path.')} {fault['reason']}" for fault in faults)
    return BreaksContract(404, f"Nothing was found at this path: {reasons}", faults)


def bad_body(faults: list[dict[str, str]], told: str = BAD_BODY) -> Refused:
    """The body breaks the contract: 400 with the documented text."""
    return BreaksContract(400, told, faults)


def bad_parameters(faults: list[dict[str, str]]) -> Refused:
    """A query or header parameter breaks the contract."""
    return BreaksContract(400, "The request is invalid. Check the errors for details", faults)


def no_such_path(path: str) -> Refused:
    """The contract has no such path."""
    return Refused(404, f"There is no {path} in the contract; /_mock/docs lists what there is")


def method_not_allowed(method: str, allowed: list[str]) -> Refused:
    """The contract has the path, not the method."""
    allow = ", ".join(allowed)
    return Refused(405, f"{method} is not allowed here; allowed: {allow}", headers=[(b"allow", allow.encode())])
