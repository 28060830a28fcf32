"""What may have gone while a handler awaited a thread: its transaction is of a later world than its checks were."""

from mock_server.studio.domain.errors import ProjectNotFound
from mock_server.studio.rows import Project, User
from mock_server.world import Tx


def project(tx: Tx, project_id: int) -> Project:
    """Return the project. Raises ProjectNotFound."""
    found = tx.get(Project, project_id)
    if found is None or found.status == "DELETED":
        raise ProjectNotFound(project_id)
    return found


def user_id(tx: Tx, user: User | None) -> int | None:
    """Return the id of a user who still has an account, or None."""
    return user.id if user is not None and tx.get(User, user.id) is not None else None
