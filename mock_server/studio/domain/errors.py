"""What the rules of the Studio API refuse. Each error carries the text that callers read; none knows an HTTP status."""


class DomainError(Exception):
    """A rule was broken. The text of the error is shown to the caller."""


class NotFound(DomainError):
    """Something that was named does not exist."""


class Conflict(DomainError):
    """The request contradicts the state of things."""


class Forbidden(DomainError):
    """The caller may not do this."""


class Unauthenticated(DomainError):
    """It is not known who calls."""


class Invalid(DomainError):
    """A value is wrong in a way that the contract cannot express; documented as 400. `place` says where, as in body.file."""

    def __init__(self, message: str, place: str = "body") -> None:
        super().__init__(message)
        self.place = place


class ProjectNotFound(NotFound):
    """There is no such project."""

    def __init__(self, project_id: int) -> None:
        super().__init__("The project was not found")
        self.project_id = project_id


class WorkspaceNotFound(NotFound):
    """There is no such workspace, or it is not active any more."""

    def __init__(self, organization_id: int | str) -> None:
        super().__init__("No workspace was found that corresponds to the ID sent")
        self.organization_id = organization_id


class UserNotFound(NotFound):
    """There is no such user."""

    def __init__(self, user_id: int) -> None:
        super().__init__("User was not found")
        self.user_id = user_id


class ModelNotFound(NotFound):
    """There is no such model, or its workspace is not active any more."""

    def __init__(self, model_id: int | str) -> None:
        by = "the ID" if isinstance(model_id, int) else "the ID or the name"
        super().__init__(f"No model was found that corresponds to {by} sent")
        self.model_id = model_id
