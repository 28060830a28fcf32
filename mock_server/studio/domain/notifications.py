"""Notifications: what people are told when something that took a while is over. Everyone sees their own only."""

from typing import Any

import msgspec

from mock_server import times
from mock_server.studio.domain.errors import Invalid, NotFound
from mock_server.studio.rows import Analysis, Group, Model, Notification, Project, Session
from mock_server.world import Job, Row, Tx
from mock_server.world.jobs import after_jobs

Json = dict[str, Any]
FIELDS = ("title", "text", "type")


class NotificationNotFound(NotFound):
    """The user has no such notification."""

    def __init__(self, notification_id: int) -> None:
        super().__init__("The notification or the user was not found")
        self.notification_id = notification_id


class Words(msgspec.Struct, frozen=True):
    """What is said of jobs of a kind: of which table their subject is, the noun of the title, and the two texts."""

    table: type[Row]
    title: str
    done: str
    failed: str


WORDS: dict[str, Words] = {
    "GROUP": Words(
        Group, "Document group", "The group {name} has its documents.", "The group {name} could not be filled."
    ),
    "UPLOAD": Words(Project, "Upload", "The documents are in {name}.", "The documents could not be added to {name}."),
    "LABELING": Words(Session, "Labeling session", "Labeling can begin in {name}.", "{name} could not be prepared."),
    "CLONE": Words(Project, "Clone", "The copy is there as {name}.", "{name} could not be filled."),
    "TRANSFER": Words(Project, "Transfer", "{name} is in its new workspace.", "{name} could not be moved."),
    "TRAINING": Words(Model, "Training", "The model {name} can be used now.", "The model {name} could not be trained."),
    "ANALYSIS": Words(Analysis, "Analysis", "The results of {name} can be seen now.", "{name} could not be finished."),
    "CORRECTION": Words(
        Session, "Correction session", "The tags in {name} can be corrected now.", "{name} could not be prepared."
    ),
}


@after_jobs
def on_event(tx: Tx, job: Job) -> None:
    """Tell whoever started a job that it is over; nobody if its subject or its user is gone, or its kind is not of these."""
    words = WORDS.get(job.kind)
    subject: Any = tx.get(words.table, job.subject) if words else None
    if words is None or subject is None or job.user_id is None:
        return
    failed = job.status == "FAILED"
    name = f'"{getattr(subject, "display_name", subject.name)}"'
    reason = f" {job.error}" + ("" if job.error.endswith(".") else ".") if failed and job.error else ""
    tx.put(
        Notification(
            id=tx.new_id(Notification),
            user_id=job.user_id,
            title=f"{words.title} {'failed' if failed else 'finished'}",
            text=(words.failed if failed else words.done).format(name=name) + reason,
            type="WARNING" if failed else "INFO",
            created=tx.now,
        )
    )


def list_notifications(tx: Tx, user_id: int, offset: int, limit: int) -> list[Notification]:
    """Return a page of the notifications of a user, newest first."""
    ids = tx.ids(Notification, user_id=user_id)
    end = max(len(ids) - offset, 0)
    start = max(end - limit, 0)
    return tx.page(Notification, ids, start, end - start)[::-1]


def get_notification(tx: Tx, user_id: int, notification_id: int) -> Notification:
    """Return a notification of the user. Raises NotificationNotFound."""
    found = tx.get(Notification, notification_id)
    if found is None or found.user_id != user_id:
        raise NotificationNotFound(notification_id)
    return found


def change_notification(tx: Tx, user_id: int, notification_id: int, wanted: Json) -> Notification:
    """Change what is in `wanted`; null or an empty text as `read` makes it unread. Raises NotificationNotFound, Invalid."""
    found = get_notification(tx, user_id, notification_id)
    fields = {name: wanted[name] for name in FIELDS if name in wanted}
    fields |= {name: _time(name, wanted[name]) for name in ("created", "read") if name in wanted}
    return tx.change(found, **fields)


def _time(name: str, text: str | None) -> Any:
    try:
        return times.moment(text.upper().replace(":60", ":59")) if text else None  # a leap second
    except (ValueError, OverflowError):
        raise Invalid(f"{text} is no time of our calendar", f"body.{name}") from None
