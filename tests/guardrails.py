"""A small world of Blue Guardrails for tests: two workspaces, people with API keys, conversations as many as wanted."""

from datetime import UTC, datetime, timedelta
from typing import Any

from mock_server.app import App, Settings, create_app
from mock_server.blue_guardrails.rows import (
    BgApiKey,
    BgConversation,
    BgMember,
    BgMessage,
    BgTask,
    BgUser,
    BgWorkspace,
    Finding,
)
from mock_server.tables import ROWS
from mock_server.world import Clock, Tx, World
from tests.conftest import Client

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
HOTEL, SHOP = 1, 2  # workspaces
PEOPLE = {"nora": (HOTEL, SHOP), "emil": (HOTEL,), "lena": (HOTEL,), "jonas": (SHOP,)}
PROJECTS = "/v1/labeling-projects"
ANNOTATIONS = "/v1/labeling-annotations"
ASSIGN = "/v1/labeling-tasks/bulk-assign"
ANSWER = "Grüezi 🏔️! Breakfast is from 6:30 to 11:00. The sauna is free."
LABELS = [{"name": "wrong-fact"}, {"name": "unsupported", "description": "No source says so."}]
UNKNOWN = "99999999-0000-4000-8000-000000000000"


def uid(kind: str, row_id: int) -> str:
    """The UUID of a row in this world."""
    return f"{ord(kind):08x}-0000-4000-8000-{row_id:012d}"


def guardrails_world(conversations: int = 3) -> World:
    """Return the world. Everybody of PEOPLE has the key `<name>` (of their first workspace) and `<name>-user` (scope user); `late`
    has expired. The hotel has as many conversations as wanted, the shop has one. Each has three messages: a question, a call of a
    tool without a text, and ANSWER, in which a model found "sauna is free"."""
    tx = Tx(World.empty(ROWS, Clock.frozen(NOW)))
    for row_id, name in ((HOTEL, "Hotel"), (SHOP, "Shop")):
        tx.put(BgWorkspace(id=tx.new_id(BgWorkspace), uuid=uid("w", row_id), name=name, created=NOW))
    for name, workspaces in PEOPLE.items():
        row_id = tx.new_id(BgUser)
        told = {"name": name.title(), "email": f"{name}@example.com"}
        user = tx.put(BgUser(id=row_id, uuid=uid("u", row_id), created=NOW, **told))
        for workspace_id in workspaces:
            tx.put(BgMember(id=tx.new_id(BgMember), workspace_id=workspace_id, user_id=user.id))
        _key(tx, name, user.id, workspaces[0])
        _key(tx, f"{name}-user", user.id, None)
    _key(tx, "late", 1, HOTEL, expires=NOW)
    for workspace_id in [HOTEL] * conversations + [SHOP]:
        _conversation(tx, workspace_id)
    return tx.world


def _key(
    tx: Tx, key: str, user_id: int, workspace_id: int | None, expires: datetime = NOW + timedelta(days=30)
) -> None:
    fields: dict[str, Any] = {"scope": "workspace" if workspace_id else "user", "user_id": user_id}
    tx.put(BgApiKey(id=tx.new_id(BgApiKey), key=key, workspace_id=workspace_id, created=NOW, expires=expires, **fields))


def _conversation(tx: Tx, workspace_id: int) -> None:
    row_id = tx.new_id(BgConversation)
    tx.put(BgConversation(id=row_id, uuid=uid("c", row_id), workspace_id=workspace_id, created=NOW))
    call = {"type": "tool_call", "id": "call_1", "name": "opening_hours", "arguments": {}}
    for role, parts in (("user", [_text("When?")]), ("assistant", [call]), ("assistant", [call, _text(ANSWER)])):
        made: dict[str, Any] = {}
        message_id = tx.new_id(BgMessage)
        if role == "assistant":
            made = {
                "model": "small",
                "provider": "hotel",
                "input_tokens": 9,
                "output_tokens": 8,
                "finish_reasons": ("stop",),
            }
        if len(parts) == 2:
            start = ANSWER.index("sauna")
            found = {"text": "sauna is free", "start": start, "end": start + 13, "part": 1, "label": "unsupported"}
            made |= {
                "evaluation_uuid": uid("o", message_id),
                "findings": (Finding(uuid=uid("f", message_id), **found),),
            }
        fields: dict[str, Any] = {"conversation_id": row_id, "role": role, "parts": tuple(parts)}
        tx.put(BgMessage(id=message_id, uuid=uid("m", message_id), **fields, **made))


def _text(content: str) -> dict[str, str]:
    return {"type": "text", "content": content}


def guardrails_app(conversations: int = 3) -> App:
    """Return an application over the world; every answer is checked against the contract."""
    return create_app(guardrails_world(conversations), Settings(check_responses=True, apis=("blue_guardrails",)))


def new_project(client: Client, slug: str = "answers", status: str = "active", **fields: Any) -> dict[str, Any]:
    """Make a project over HTTP and return it."""
    wanted = {"name": slug.title(), "slug": slug, "source_type": "conversations", "label_schema": LABELS, **fields}
    answer = client.post(PROJECTS, json=wanted)
    assert answer.status_code == 201, answer.text
    project: dict[str, Any] = answer.json()
    if status != "draft":
        project = client.request("PATCH", f"{PROJECTS}/{project['id']}", json={"status": status}).json()
    return project


def claim(client: Client, project: dict[str, Any], lane: str = "task") -> Any:
    """Claim a task and return the answer."""
    return client.post(f"{PROJECTS}/{project['id']}/tasks/claim", json={"lane": lane})


def submit(app: App, task: dict[str, Any]) -> str:
    """Complete a task and make a review of it, which no operation does; return the id of the review."""
    tx = app.sandbox.begin()
    row = tx.first(BgTask, uuid=task["id"])
    assert row is not None
    row = tx.change(row, status="completed", submitted=tx.now, active_seconds=30.0)
    review = BgTask(
        id=tx.new_id(BgTask),
        uuid=tx.uuid(),
        project_id=row.project_id,
        conversation_id=row.conversation_id,
        sequence_number=len(tx.ids(BgTask, project_id=row.project_id)) + 1,
        lane="review",
        source_task_id=row.id,
        created=tx.now,
        updated=tx.now,
    )
    tx.put(review)
    app.sandbox.commit(tx)
    return review.uuid


def words(text: str, label: str = "wrong-fact", **fields: Any) -> dict[str, Any]:
    """The body of an annotation on words of ANSWER, without its evaluation."""
    start = ANSWER.index(text)
    return {"label": label, "text": text, "start_offset": start, "end_offset": start + len(text), **fields}
