"""What tests of groups do again and again: upload a file, create a group and wait for it, look at its documents."""

from typing import Any

from tests.conftest import Client

BASE = "/projects/11"
GROUPS = f"{BASE}/groups"
CSV = "text,source\nThe room was spotless. And cheap.,web\nBreakfast ended too early.,\n"
PLACE = {"credential_id": 1, "source": "zendesk"}


def upload(client: Client, content: str | bytes, name: str = "reviews.csv", base: str = GROUPS, **fields: Any) -> Any:
    """Upload a file and return the answer."""
    raw = content.encode() if isinstance(content, str) else content
    return client.post(f"{base}/upload", files={"file": (name, raw)}, data=fields)


def create(client: Client, base: str = GROUPS, **body: Any) -> Any:
    """Create a group, wait for its documents and return it."""
    answer = client.post(base, json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["status"], made["document_count"]) == ("PROCESSING", 0)
    client.advance(5)
    ready = client.get(f"{base}/{made['id']}").json()
    assert ready == {**made, "status": "CREATED", "document_count": ready["document_count"]}
    return ready


def documents(client: Client, group: Any, base: str = GROUPS, **params: Any) -> Any:
    """Return the documents of a group with their attributes and segments."""
    query = {"details": "meta,tags", **params}
    answer = client.get(f"{base}/{group['id']}/documents", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def texts(found: Any) -> list[str]:
    """Return the texts of documents."""
    return [one["text"] for one in found]
