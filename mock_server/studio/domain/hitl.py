"""HITLs and their reviews: what a model is not sure of goes to a person, and every change of a review is told to a webhook.

Reviews are made by extractions (`open_reviews`); nothing but the changes of their HITL moves them afterwards.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from mock_server.studio.domain import taggers
from mock_server.studio.domain.errors import Conflict, NotFound
from mock_server.studio.roles import Roles
from mock_server.studio.rows import TASK, Document, Hitl, Model, Project, Review, User, Webhook
from mock_server.world import Tx

FIELDS = ("name", "description", "assigned_user_id", "model_id", "is_live", "webhook_url")
OPEN = ("PENDING", "ASSIGNED")
THRESHOLD = 90  # percent; how sure a model has to be of each label


class HitlNotFound(NotFound):
    """There is no such HITL in the project."""

    def __init__(self, hitl_id: int) -> None:
        super().__init__("The HITL or the project was not found")
        self.hitl_id = hitl_id


class NamedNotFound(NotFound):
    """A person or a model that a HITL names does not exist, or not for this project."""

    def __init__(self, what: str, row_id: int) -> None:
        super().__init__(f"The {what} {row_id} was not found")


class NoRole(Conflict):
    """Reviews cannot go to somebody who has no role in the project."""

    def __init__(self, user_id: int) -> None:
        super().__init__(f"The user {user_id} has no role in the project")


class Doubt(msgspec.Struct, frozen=True, kw_only=True):
    """A value that is not sure enough, or a label without a value (then None, 0 percent and page 0)."""

    label: str
    value: str | None = None
    confidence: int = 0
    page: int = 0
    boxes: tuple[dict[str, Any], ...] = ()


def get_hitl(tx: Tx, project_id: int, hitl_id: int) -> Hitl:
    """Return a HITL of the project. Raises HitlNotFound."""
    found = tx.get(Hitl, hitl_id)
    if found is None or found.project_id != project_id:
        raise HitlNotFound(hitl_id)
    return found


def create_hitl(tx: Tx, roles: Roles, project_id: int, wanted: Mapping[str, Any]) -> Hitl:
    """Add a HITL; without a name it is called after its id. Raises NamedNotFound, NoRole."""
    fields = _checked(tx, roles, project_id, wanted)
    hitl_id = tx.new_id(Hitl)
    fields.setdefault("name", f"HITL {hitl_id}")
    return tx.put(Hitl(id=hitl_id, project_id=project_id, created=tx.now, updated=tx.now, **fields))


def change_hitl(tx: Tx, roles: Roles, project_id: int, hitl_id: int, wanted: Mapping[str, Any]) -> Hitl:
    """Change the fields that are given; one that is not live has no open reviews. Raises HitlNotFound, NamedNotFound, NoRole."""
    found = get_hitl(tx, project_id, hitl_id)
    fields = _checked(tx, roles, project_id, wanted)
    if any(getattr(found, name) != value for name, value in fields.items()):
        found = tx.change(found, updated=tx.now, **fields)
    if fields.get("is_live") is False:
        for review in open_of(tx, found):
            _move(tx, found, review, "CLOSED", review.user_id)
    return found


def assign_hitl(tx: Tx, roles: Roles, project_id: int, hitl_id: int, wanted: Mapping[str, Any]) -> Hitl:
    """Change a HITL and hand its open reviews to the person that it has then, or back to nobody. Raises as `change_hitl`."""
    hitl = change_hitl(tx, roles, project_id, hitl_id, wanted)
    status = "PENDING" if hitl.assigned_user_id is None else "ASSIGNED"
    for review in open_of(tx, hitl):
        _move(tx, hitl, review, status, hitl.assigned_user_id)
    return hitl


def release(tx: Tx, user_id: int) -> None:
    """Make the assigned reviews of somebody who goes pending and nobody's."""
    for review in list(tx.rows(Review, user_id=user_id)):
        if review.status == "ASSIGNED":
            hitl = tx.get(Hitl, review.hitl_id)
            assert hitl is not None
            _move(tx, hitl, review, "PENDING", None)


# Reviews


def live_hitl(tx: Tx, project_id: int, model_id: int) -> Hitl | None:
    """Return the HITL of a project that takes what a model is not sure of: of several live ones the oldest."""
    return tx.first(Hitl, project_id=project_id, model_id=model_id, is_live=True)


def open_of(tx: Tx, hitl: Hitl) -> list[Review]:
    """Return the reviews that are not closed, oldest first."""
    found = [review for status in OPEN for review in tx.rows(Review, hitl_id=hitl.id, status=status)]
    return sorted(found, key=lambda review: review.id)


def open_reviews(tx: Tx, hitl: Hitl, document: Document, name: str, doubts: Iterable[Doubt]) -> list[Review]:
    """Make a review of each doubt about a document, which came as a file of this name; they share a task id."""
    task_id = tx.new_id(TASK)
    made = []
    for doubt in doubts:
        review = Review(
            id=tx.new_id(Review),
            project_id=hitl.project_id,
            hitl_id=hitl.id,
            task_id=task_id,
            document_id=document.id,
            document_name=name,
            page_num=doubt.page,
            created=tx.now,
            updated=tx.now,
            user_id=hitl.assigned_user_id,
            label=doubt.label,
            confidence_threshold=THRESHOLD,
            value=doubt.value,
            confidence=doubt.confidence,
            boxes=doubt.boxes,
        )
        made.append(tx.put(review))
        _tell(tx, hitl, review, None)
    return made


def _move(tx: Tx, hitl: Hitl, review: Review, status: str, user_id: int | None) -> None:
    if (review.status, review.user_id) == (status, user_id):
        return
    moved = tx.change(review, status=status, user_id=user_id, updated=tx.now)
    if status != review.status:
        _tell(tx, hitl, moved, review.status)


def _tell(tx: Tx, hitl: Hitl, review: Review, before: str | None) -> None:
    """Put a change into the outbox; `mock_server.webhooks` delivers it after the transaction."""
    if hitl.webhook_url is not None:
        tx.put(
            Webhook(
                id=tx.new_id(Webhook),
                uuid=tx.uuid(),
                url=hitl.webhook_url,
                review_id=review.id,
                review=review,
                previous_status=before,
                created=tx.now,
            )
        )


# What a HITL refers to


def labels_of(tx: Tx, hitl: Hitl) -> dict[str, int]:
    """Return the names of the labels of the HITL's model with the threshold of each, in percent; none without a model."""
    model = tx.get(Model, hitl.model_id) if hitl.model_id is not None else None
    if model is None:
        return {}
    return dict.fromkeys(taggers.labels_of(tx, model), THRESHOLD)


def usable_in(tx: Tx, model: Model, project_id: int) -> bool:
    """Whether a model is of the project, was uploaded to its workspace, or comes from the vendor."""
    project = tx.get(Project, project_id)
    if model.project_id is not None:
        return model.project_id == project_id
    return project is not None and model.organization_id in (project.organization_id, None)


def _checked(tx: Tx, roles: Roles, project_id: int, wanted: Mapping[str, Any]) -> dict[str, Any]:
    fields = {name: wanted[name] for name in FIELDS if name in wanted}
    if fields.get("assigned_user_id") is not None:
        _check_person(tx, roles, project_id, fields["assigned_user_id"])
    if fields.get("model_id") is not None:
        model = tx.get(Model, fields["model_id"])
        if model is None or not usable_in(tx, model, project_id):
            raise NamedNotFound("model", fields["model_id"])
    return fields


def _check_person(tx: Tx, roles: Roles, project_id: int, user_id: int) -> None:
    user, project = tx.get(User, user_id), tx.get(Project, project_id)
    if user is None:
        raise NamedNotFound("user", user_id)
    assert project is not None
    if roles.in_project(tx, user, project) is None:
        raise NoRole(user_id)
