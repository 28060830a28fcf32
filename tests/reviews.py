"""What tests of HITLs and webhooks share: a model in a world, and reviews as an extraction would make them."""

from typing import Any

from mock_server.app import App
from mock_server.studio.domain import hitl
from mock_server.studio.domain.hitl import Doubt
from mock_server.studio.rows import Document, Hitl, Model, Review
from mock_server.world import Tx
from tests.conftest import Client
from tests.worlds import NOW

AT = "/projects/11/hitls"
BOX = {f"{corner}{axis}": 0.5 for corner in ("TL", "TR", "BR", "BL") for axis in "xy"}
TOTAL = Doubt(
    label="POS",
    value="412.50",
    confidence=70,
    page=1,
    boxes=({**BOX, "text": "EUR 412.50", "label": "POS", "confidence": 0.7},),
)
MISSING = Doubt(label="NEG")


def put_model(app: App, project_id: int | None = 11, **fields: Any) -> Model:
    """Add a model to a project, or one of the vendor."""
    tx = app.sandbox.begin()
    number = tx.new_id(Model)
    model = Model(
        id=number,
        uuid=tx.uuid(),
        name=f"model-{number}",
        display_name="Reader",
        project_id=project_id,
        created=NOW,
        **fields,
    )
    app.sandbox.commit(_with(tx, model))
    return model


def _with(tx: Tx, row: Any) -> Tx:
    tx.put(row)
    return tx


def create(client: Client, at: str = AT, status: int = 201, **body: Any) -> Any:
    answer = client.post(at, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def doubt(app: App, hitl_id: int, *doubts: Doubt) -> list[Review]:
    """Make reviews in a HITL as an extraction does."""
    tx = app.sandbox.begin()
    found = tx.get(Hitl, hitl_id)
    assert found is not None
    document = tx.first(Document, project_id=found.project_id)
    assert document is not None
    made = hitl.open_reviews(tx, found, document, "invoice.pdf", doubts or (TOTAL,))
    app.sandbox.commit(tx)
    return made


def reviews(client: Client, hitl_id: int, full: bool = False) -> list[Any]:
    answer = client.get(f"{AT}/{hitl_id}/reviews", params={"with_full_data": str(full).lower()})
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()
    return found
