"""What the rules of Label Studio refuse. Each error carries the text that callers read; none knows an HTTP status."""


class DomainError(Exception):
    """A rule was broken. The text of the error is shown to the caller."""


class NotFound(DomainError):
    """Something that was named does not exist, or belongs to an organization of others, which is the same to the caller."""

    def __init__(self) -> None:
        super().__init__("Not found.")


class Unauthenticated(DomainError):
    """A token is not one of this server, or its time is over."""


class Invalid(DomainError):
    """A field has a value that is wrong in a way which the contract cannot express."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
