"""What the rules refuse. Each error carries the text that callers read; none knows an HTTP status."""


class DomainError(Exception):
    """A rule was broken."""


class NotFound(DomainError):
    """Something that was named does not exist in the workspace."""


class Conflict(DomainError):
    """The request contradicts the state of things."""


class Forbidden(DomainError):
    """The caller may not do this."""


class Invalid(DomainError):
    """A value is wrong in a way that no schema can express. `loc` says where, `kind` is the fault for programs."""

    def __init__(self, message: str, *loc: str | int, kind: str = "value_error") -> None:
        super().__init__(message)
        self.loc, self.kind = loc, kind
