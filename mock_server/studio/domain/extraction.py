"""Extraction: who may read what out of a file, and what becomes of the values of which the model is not sure.

How values are found is in `mock_server.studio.extracting`; whose the reviews are is in `hitl`.
"""

import msgspec

from mock_server.studio.domain import documents, drafts, hitl, models, still_there, taggers
from mock_server.studio.domain.errors import Invalid, ModelNotFound, ProjectNotFound
from mock_server.studio.domain.model_places import is_public
from mock_server.studio.extracting.extract import Extraction, extract
from mock_server.studio.extracting.fields import Match
from mock_server.studio.extracting.shapes import Limits, PageError
from mock_server.studio.roles import Roles
from mock_server.studio.rows import Label, Model, Review, User
from mock_server.text import Span
from mock_server.world import Tx

LIMITS = Limits(pages=100, pixels=50_000_000)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to have extracted: with which model, the labels (name → id), and what the answer is to hold."""

    user: User
    organization_id: int
    project_id: int
    model: Model
    labels: dict[str, int]
    boxes: bool
    pictures: bool


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What was read in a file: the values, the text as a document can have it, and the spans of its sentences."""

    name: str
    extraction: Extraction
    text: str
    spans: tuple[Span, ...]


def order(tx: Tx, roles: Roles, user: User, path: dict[str, int], boxes: bool, pictures: bool) -> Order:
    """Check what the path names. Raises ProjectNotFound, ModelNotFound, Forbidden, ModelNotReady."""
    organization_id, project_id = path["organization_id"], path["project_id"]
    model = _model(tx, roles, user, organization_id, project_id, path["model_id"])
    known = {row.name: row.id for row in tx.rows(Label, project_id=model.project_id or project_id)}
    labels = {name: known.get(name, number) for number, name in enumerate(taggers.labels_of(tx, model), 1)}
    return Order(
        user=user,
        organization_id=organization_id,
        project_id=project_id,
        model=model,
        labels=labels,
        boxes=boxes,
        pictures=pictures,
    )


def read(name: str, content: bytes, wanted: Order) -> Found:
    """Read a file; slow, and meant for a thread. Its content says what it is. Raises Invalid for one that cannot be read."""
    threshold = hitl.THRESHOLD / 100
    try:
        found = extract("", content, None, list(wanted.labels), threshold, wanted.boxes, wanted.pictures, LIMITS)
    except PageError as error:
        raise Invalid(str(error), "body.file") from None
    text = found.text.replace("\0", "")
    return Found(name=name or "document", extraction=found, text=text, spans=drafts.spans_of(text))


def keep(tx: Tx, roles: Roles, wanted: Order, found: Found) -> list[Review]:
    """Make reviews of what the model is not sure of, if a live HITL has it. Raises as `order`: things may have gone meanwhile."""
    model = _model(tx, roles, wanted.user, wanted.organization_id, wanted.project_id, wanted.model.id)
    taker, doubts = hitl.live_hitl(tx, wanted.project_id, model.id), doubts_of(found.extraction)
    if taker is None or not doubts:
        return []
    document = documents.new_document(tx, wanted.project_id, found.text, found.spans)
    return hitl.open_reviews(tx, taker, document, found.name, doubts)


def doubts_of(found: Extraction) -> list[hitl.Doubt]:
    """Return the values that are not sure enough and the labels without one, by page."""
    doubts = [hitl.Doubt(label=label) for label in found.missing]
    doubts += [_doubt(match) for match in found.doubtful]
    return sorted(doubts, key=lambda doubt: doubt.page)


def _doubt(match: Match) -> hitl.Doubt:
    about = {"label": match.label, "confidence": match.confidence}
    boxes = zip(match.boxes, match.texts, strict=True)
    return hitl.Doubt(
        label=match.label,
        value=match.shown,
        confidence=int(match.confidence * 100 + 1e-9),
        page=match.page - 1,
        boxes=tuple({**box._asdict(), "text": text, **about} for box, text in boxes),
    )


def _model(tx: Tx, roles: Roles, user: User, organization_id: int, project_id: int, model_id: int) -> Model:
    model, project = roles.require_in_model(tx, user, model_id, writes=True), still_there.project(tx, project_id)
    if project.organization_id != organization_id:
        raise ProjectNotFound(project_id)
    if not hitl.usable_in(tx, model, project_id):
        raise ModelNotFound(model_id)
    if is_public(model):  # everybody may use it, but not leave documents and reviews in everybody's project
        roles.require_in_project(tx, user, project_id, "VIEWER", writes=True)
    return models.require_usable(model)
