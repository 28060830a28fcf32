"""Every read that the people of a world can make, by the lists that lead to it: with paging, details and filters."""

from collections.abc import Callable
from typing import Any

from mock_server.testing import StudioMock
from mock_server.testing.client import Client

FORMATS = ("csv", "json", "jsonl", "xlsx")
DETAILS = ("", "?details=meta", "?details=segments", "?details=tags", "?details=tags&details=meta")


def studio(client: Client) -> None:
    """Read everything of Studio that its caller may see."""
    for path in ("/health", "/info", "/types", "/projects"):
        client.get(path)
    status = client.get("/auth/status").json()
    for workspace in status["organizations"]:
        _workspace(client, f"/organizations/{workspace['id']}")
    _person(client, status["user"]["id"])
    _models(client)
    _analyses(client, "/analyses")
    for project in _listed(client, "/projects?details=true"):
        _project(client, f"/projects/{project['id']}")


def _listed(client: Client, path: str, name: str | None = None) -> list[Any]:
    answer = client.get(path)
    if not answer.ok:
        return []
    found: list[Any] = answer.json() if name is None else answer.json()[name]
    return found


def _workspace(client: Client, place: str) -> None:
    for path in (
        "",
        "/users/invites",
        "/permissions",
        "/projects",
        "/models",
        "/models?type=ABSA",
        "/models?limit=1&offset=1",
    ):
        client.get(place + path)
    for user in _listed(client, f"{place}/users"):
        client.get(f"/users/{user['id']}")
        client.get(f"/users/{user['id']}/permissions")
    for model in _listed(client, f"{place}/models", "models"):
        client.get(f"{place}/models/{model['id']}/download")
    _analyses(client, f"{place}/analyses")


def _person(client: Client, user_id: int) -> None:
    client.get(f"/users/{user_id}/keys")
    client.get("/notifications?limit=1&offset=1")
    client.get(f"/users/{user_id}/notifications?limit=1")
    for one in _listed(client, "/notifications"):
        client.get(f"/notifications/{one['id']}")
    for one in _listed(client, f"/users/{user_id}/notifications"):
        client.get(f"/users/{user_id}/notifications/{one['id']}")


def _models(client: Client) -> None:
    for query in (
        "public=true",
        "public=false",
        "starred=true",
        "starred=false",
        "type=CLASS",
        "limit=2&offset=1",
        "search=hotel",
    ):
        client.get(f"/models?{query}")
    for model in _listed(client, "/models", "models"):
        client.get(f"/models?exclude_id={model['id']}")
        for path in ("", "/permissions", "/download", "/analyses", "/analyses?details=meta", "/analyses?limit=1"):
            client.get(f"/models/{model['id']}{path}")
        client.get(f"/analyses?model={model['id']}")


def _analyses(client: Client, place: str) -> None:
    client.get(f"{place}?limit=1&offset=1")
    client.get(f"{place}?details=tags")
    for one in _listed(client, place):
        _analysis(client, f"{place}/{one['id']}", one)


def _analysis(client: Client, place: str, one: Any) -> None:
    for details in DETAILS:
        client.get(place + details)
        client.get(f"{place}/documents{details}")
    client.get(f"{place}/documents?limit=1&offset=1&details=tags")
    client.get(f"{place}/documents?search=the")
    for kind in ("classes", "labels"):
        for topic in one[kind][:2]:
            client.get(f"{place}/documents?{kind}={topic['id']}&details=tags")
    for kind in FORMATS:
        client.get(f"{place}/documents/download?format={kind}")


def _project(client: Client, place: str) -> None:
    for path in (
        "",
        "/permissions",
        "/analyses?limit=1",
        "/analyses?details=tags",
        "/tags",
        "/tags?limit=3&offset=2",
        "/tags?labels=false",
    ):
        client.get(place + path)
    for kind in ("classes", "labels", "models"):
        for one in _listed(client, f"{place}/{kind}"):
            client.get(f"{place}/{kind}/{one['id']}")
            if kind == "models":
                client.get(f"{place}/models/{one['id']}/download")
        for form in FORMATS if kind != "models" else ():
            client.get(f"{place}/{kind}/download?format={form}")
    for task_id in range(60, 90):
        client.get(f"{place}/tasks/{task_id}")
    for one in _listed(client, f"{place}/analyses", "analyses"):
        client.get(f"{place}/documents?analysis_id={one['id']}")
        _analysis(client, f"/analyses/{one['id']}", one)
    _documents(client, place)
    _groups(client, place)
    _sessions(client, place)
    _corrections(client, place)
    _hitls(client, place)


def _documents(client: Client, place: str) -> None:
    for query in (
        "limit=3",
        "limit=3&offset=2",
        "grouped=true",
        "grouped=false",
        "analysed=true",
        "analysed=false",
        "search=the",
    ):
        client.get(f"{place}/documents?{query}")
    client.get(f"{place}/documents?details=tags&details=meta&limit=500")
    for one in _listed(client, f"{place}/documents?limit=500", "documents")[:6]:
        for details in DETAILS:
            client.get(f"{place}/documents/{one['id']}{details}")


def _groups(client: Client, place: str) -> None:
    for group in _listed(client, f"{place}/groups"):
        own = f"{place}/groups/{group['id']}"
        client.get(own)
        client.get(f"{own}/documents?limit=2&offset=1&details=tags")
        client.get(f"{place}/documents?group_id={group['id']}&limit=500")
        for one in _listed(client, f"{own}/documents?limit=500")[:3]:
            client.get(f"{own}/documents/{one['id']}?details=meta")
        for form in FORMATS:
            client.get(f"{own}/download?format={form}")


def _sessions(client: Client, place: str) -> None:
    for query in (
        "?mode=ANNOTATION",
        "?mode=CORRECTION",
        "?status=FINISHED",
        "?status=ANNOTATING",
        "/download?format=json",
    ):
        client.get(f"{place}/annotations{query}")
    for session in _listed(client, f"{place}/annotations"):
        own = f"{place}/annotations/{session['id']}"
        client.get(own)
        client.get(f"{own}/documents?limit=2&offset=1")
        client.get(f"{place}/documents?annotation_id={session['id']}&details=segments")
        for form in FORMATS:
            client.get(f"{own}/download?format={form}")
        found = client.get(f"{own}/documents?details=tags&limit=500").json()
        for document in found.get("documents", [])[:3]:
            client.get(f"{own}/documents/{document['id']}?details=tags")
            for segment in document["segments"]:
                tags = f"{own}/documents/{document['id']}/segments/{segment['id']}/tags"
                for tag in _listed(client, tags):
                    client.get(f"{tags}/{tag['id']}")


def _corrections(client: Client, place: str) -> None:
    for status in ("ANNOTATING", "FINISHED", "FAILED"):
        client.get(f"{place}/corrections?status={status}")
    for session in _listed(client, f"{place}/corrections"):
        client.get(f"{place}/corrections/{session['id']}")
        for details in DETAILS:
            client.get(f"{place}/corrections/{session['id']}/documents{details}")
        client.get(f"{place}/corrections/{session['id']}/documents?limit=2&offset=1&details=tags")


def _hitls(client: Client, place: str) -> None:
    for hitl in _listed(client, f"{place}/hitls"):
        for path in ("", "/reviews", "/reviews?with_full_data=true"):
            client.get(f"{place}/hitls/{hitl['id']}{path}")


def label_studio(client: Client) -> None:
    """Read everything of Label Studio that its caller may see."""
    for path in ("/api/version/", "/api/current-user/whoami"):
        client.get(path)
    for task_id in range(1, 12):
        client.get(f"/api/tasks/{task_id}/annotations/?ordering=-id")
        for one in _listed(client, f"/api/tasks/{task_id}/annotations/"):
            client.get(f"/api/annotations/{one['id']}/")


def blue_guardrails(client: Client) -> None:
    """Read everything of Blue Guardrails that its caller may see."""
    for query in ("", "?limit=1", "?status=pending", "?status=completed&limit=2"):
        _pages(client, f"/v1/labeling-annotations{query}")
    for annotation in _pages(client, "/v1/labeling-annotations"):
        client.get(f"/v1/labeling-annotations/{annotation['id']}")
        _pages(client, f"/v1/labeling-annotations?label={annotation['label']}")
    _pages(client, "/v1/labeling-projects?limit=1")
    for project in _pages(client, "/v1/labeling-projects"):
        own = f"/v1/labeling-projects/{project['id']}"
        client.get(f"/v1/labeling-projects/{project['slug']}")
        client.get(own)
        client.get(f"{own}/export")
        for query in ("?limit=2", "?status=completed", "?lane=review", "?lane=task&status=pending"):
            _pages(client, f"{own}/tasks{query}")
        for task in _pages(client, f"{own}/tasks"):
            _pages(client, f"/v1/labeling-annotations?task_id={task['id']}")
            if task["assignee_id"]:
                _pages(client, f"{own}/tasks?assignee_id={task['assignee_id']}")
        _pages(client, f"/v1/labeling-annotations?project_id={project['id']}&limit=3")


def _pages(client: Client, path: str) -> list[Any]:
    """Follow the cursors of a list to its end."""
    found: list[Any] = []
    cursor = None
    for _ in range(100):
        sign = "&" if "?" in path else "?"
        answer = client.get(f"{path}{sign}cursor={cursor}" if cursor else path)
        if not answer.ok:
            return found
        page = answer.json()
        found += page["items"]
        cursor = page["next_page_cursor"]
        if not cursor:
            return found
    return found


READS: dict[str, Callable[[Client], None]] = {
    "studio": studio,
    "label_studio": label_studio,
    "blue_guardrails": blue_guardrails,
}


def recorded(mock: StudioMock, api: str, *people: str) -> Any:
    """Return everything that these people (addresses) can read of an API, as an HTTP archive."""
    for email in people:
        READS[api](mock.as_user(email, api))
    return mock.control("GET", "/journal/export")
