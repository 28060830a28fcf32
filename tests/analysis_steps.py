"""What tests of analyses share: a model that reads, requests in one line."""

from typing import Any

from mock_server.app import App
from mock_server.studio.rows import Model, Project
from tests.conftest import Client

AT = "/analyses"
NEW: Any = {
    "documents": [
        {"id": 3001, "text": "The comfort was wonderful. The staff was awful and rude.", "source": "web"},
        {"text": "Nothing."},
    ]
}


def put_model(app: App, project_id: int = 11, **fields: Any) -> int:
    """Put a model into the world that knows the names of the classes and labels of its project, and return its id."""
    tx = app.sandbox.begin()
    project = tx.get(Project, project_id)
    assert project is not None
    row_id = tx.new_id(Model)
    named = {"name": f"model-{row_id}", "display_name": "Spring", "uuid": tx.uuid(), "created": tx.now}
    tx.put(Model(id=row_id, project_id=project_id, type=project.type, **{**named, **fields}))
    app.sandbox.commit(tx)
    return row_id


def create(client: Client, status: int = 201, **body: Any) -> Any:
    answer = client.post(AT, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def finished(client: Client, **body: Any) -> Any:
    """Start an analysis and return it when it is finished."""
    made = create(client, **body)
    client.advance(5)
    one = client.get(f"{AT}/{made['id']}").json()
    assert one["status"] == "FINISHED"
    return one


def documents(client: Client, analysis: Any, **params: Any) -> list[Any]:
    answer = client.get(f"{AT}/{analysis['id']}/documents", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["count"] == len(answer.json()["documents"])
    return answer.json()["documents"]  # type: ignore[no-any-return]
