"""The whole first half of the API in one story over real HTTP: from registering to everything deleted, each step read back."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import uvicorn

from mock_server.app import Settings, create_app
from mock_server.serve import listen
from mock_server.tables import ROWS
from mock_server.world import Clock, World

CSV = """text,source
"The bed was soft. The hall was loud.",web
Breakfast was fine.,app
Das Zimmer war sauber.,web
"""


@pytest.fixture
def base_url() -> Iterator[str]:
    """A server on a free port over an empty world."""
    listener = listen("127.0.0.1", 0)
    app = create_app(World.empty(ROWS, Clock.live()), Settings(check_responses=True))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield "http://{}:{}".format(*listener.getsockname())
    server.should_exit = True
    thread.join(10)


class Person(httpx.Client):
    """Somebody with an account."""

    def do(self, method: str, path: str, status: int, **kwargs: Any) -> Any:
        """Send a request, see the status, return the JSON."""
        answer = self.request(method, path, **kwargs)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if "json" in answer.headers["content-type"] else answer

    def wait_for(self, path: str, key: str, value: str) -> Any:
        """Read until a job has ended; a few seconds at the most."""
        for _ in range(200):
            found = self.do("GET", path, 200)
            if found[key] == value:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{path} did not become {value}: {found}")


def register(base_url: str, name: str) -> Person:
    person = Person(base_url=base_url)
    body = {"first_name": name, "last_name": "Test", "email": f"{name}@example.com", "password": "long enough"}
    answer = person.do("POST", "/auth/register", 200, json=body)
    assert answer["status"] == "CREATED"
    person.headers["Authorization"] = f"Bearer {answer['auth_token']}"
    return person


def invited(base_url: str, owner: Person, workspace: int, name: str, role: str) -> Person:
    """Invite somebody who has no account; they accept with the token of the mail and log in."""
    email = f"{name}@example.com"
    sent = owner.do("POST", f"/organizations/{workspace}/users/invite", 200, json={"role": role, "emails": [email]})
    assert [entry["email"] for entry in sent["invitations"]] == [email]
    mails = owner.do("GET", "/_mock/outbox", 200)
    token = next(mail["token"] for mail in mails if mail["to"] == email and mail["kind"] == "INVITATION")
    person = Person(base_url=base_url)
    body = {"token": token, "first_name": name, "last_name": "Test", "password": "long enough"}
    person.do("POST", "/organizations/users/invite/accept", 200, json=body)
    person.do("POST", "/organizations/users/invite/accept", 409, json=body)
    answer = person.do("POST", "/auth/login", 200, json={"email": email, "password": "long enough"})
    person.headers["Authorization"] = f"Bearer {answer['auth_token']}"
    return person


def test_from_registering_to_everything_deleted(base_url: str) -> None:
    owner = register(base_url, "nora")
    workspace = owner.do("POST", "/organizations", 200, json={"name": "Alpenblick Hotels"})["id"]
    assert owner.do("GET", f"/organizations/{workspace}", 200)["name"] == "Alpenblick Hotels"
    owner.do("POST", f"/organizations/{workspace}/default", 200, json={"default": True})
    annotator = invited(base_url, owner, workspace, "emil", "ANNOTATOR")
    viewer = invited(base_url, owner, workspace, "vera", "VIEWER")
    stranger = register(base_url, "sven")
    listed = owner.do("GET", f"/organizations/{workspace}/permissions", 200)
    assert {entry["role"] for entry in listed} == {"MANAGER", "ANNOTATOR", "VIEWER"}

    project = f"/projects/{_project(owner, viewer, stranger)}"
    comfort = _classes_and_labels(owner, viewer, project)
    group = _group(annotator, viewer, project)
    session = _session(annotator, viewer, project, group)
    _label_everything(annotator, viewer, session)
    _download(viewer, session)
    _delete_everything(owner, annotator, viewer, project, session, group, comfort)
    owner.do("DELETE", f"/organizations/{workspace}", 200)
    for person in (owner, annotator):
        person.do("GET", f"/organizations/{workspace}", 404)


def _project(owner: Person, viewer: Person, stranger: Person) -> int:
    made = owner.do("POST", "/projects", 201, json={"name": "Hotel reviews", "type": "ABSA"})
    viewer.do("POST", "/projects", 409 if _default(viewer) is None else 403, json={"name": "Mine", "type": "ABSA"})
    assert owner.do("GET", f"/projects/{made['id']}", 200)["labels"] == ["POS", "NEU", "NEG"]
    assert made["id"] in [entry["id"] for entry in viewer.do("GET", "/projects", 200)]
    assert made["id"] not in [entry["id"] for entry in stranger.do("GET", "/projects", 200)]
    stranger.do("GET", f"/projects/{made['id']}", 403)
    project_id: int = made["id"]
    return project_id


def _default(person: Person) -> Any:
    organizations = person.do("GET", "/auth/status", 200)["organizations"]
    return next((entry for entry in organizations if entry["is_default"]), None)


def _classes_and_labels(owner: Person, viewer: Person, project: str) -> int:
    comfort = owner.do("POST", f"{project}/classes", 201, json={"name": "Comfort"})["id"]
    file = {"file": ("classes.csv", "name,description\nNoise,What keeps guests awake.\nFood,\n", "text/csv")}
    owner.do("POST", f"{project}/classes/upload", 200, files=file)
    viewer.do("POST", f"{project}/classes", 403, json={"name": "Staff"})
    owner.do("POST", f"{project}/classes", 409, json={"name": "Comfort"})
    assert [entry["name"] for entry in viewer.do("GET", f"{project}/classes", 200)] == ["Comfort", "Noise", "Food"]
    owner.do("POST", f"{project}/labels", 409, json={"name": "MIXED"})  # not in an ABSA project
    assert [entry["name"] for entry in viewer.do("GET", f"{project}/labels", 200)] == ["POS", "NEU", "NEG"]
    made: int = comfort
    return made


def _group(annotator: Person, viewer: Person, project: str) -> str:
    file = {"file": ("reviews.csv", CSV, "text/csv")}
    viewer.do("POST", f"{project}/groups/upload", 403, files=file)
    uploaded = annotator.do("POST", f"{project}/groups/upload", 200, files=file)
    assert uploaded["preview"][:2] == [["text", "source"], ["The bed was soft. The hall was loud.", "web"]]
    body = {"name": "March", "file_id": uploaded["id"], "column_name": "text", "header_first": True}
    made = annotator.do("POST", f"{project}/groups", 201, json=body)
    assert made["status"] == "PROCESSING"
    path = f"{project}/groups/{made['id']}"
    assert viewer.wait_for(path, "status", "CREATED")["document_count"] == 3
    page = viewer.do("GET", f"{project}/documents?group_id={made['id']}&details=segments,meta", 200)
    assert [entry["source"] for entry in page["documents"]] == ["web", "app", "web"]
    assert (page["count"], page["has_more"]) == (3, False)
    for document in page["documents"]:
        assert all(document["text"][slice(*part["span"])] == part["text"] for part in document["segments"])
    return path


def _session(annotator: Person, viewer: Person, project: str, group: str) -> str:
    ids = [entry["id"] for entry in viewer.do("GET", f"{group}/documents", 200)]
    viewer.do("POST", f"{project}/annotations", 403, json={"name": "First", "document_ids": ids})
    made = annotator.do("POST", f"{project}/annotations", 201, json={"name": "First", "document_ids": ids})
    path = f"{project}/annotations/{made['id']}"
    assert viewer.wait_for(path, "status", "ANNOTATING")["progress"] == 0
    return path


def _label_everything(annotator: Person, viewer: Person, session: str) -> None:
    shown = viewer.do("GET", f"{session}/documents?details=segments,tags", 200)
    before = 0.0
    for document in shown["documents"]:
        for segment in document["segments"]:
            path = f"{session}/documents/{document['id']}/segments/{segment['id']}"
            tag = {"class": "Comfort", "label": "POS"}
            viewer.do("POST", f"{path}/tags", 403, json=tag)
            made = annotator.do("POST", f"{path}/tags", 201, json=tag)
            assert viewer.do("GET", f"{path}/tags/{made['id']}", 200)["class"] == "Comfort"
            viewer.do("POST", f"{path}/statuses", 403, json={"name": "ANNOTATED"})
            annotator.do("POST", f"{path}/statuses", 200, json={"name": "ANNOTATED"})
            progress = viewer.do("GET", session, 200)["progress"]
            assert progress > before
            before = progress
    finished = viewer.do("GET", session, 200)
    assert (finished["progress"], finished["status"]) == (100, "FINISHED")
    assert finished["finished"] >= finished["created"]


def _download(viewer: Person, session: str) -> None:
    for name, start in (("csv", b""), ("jsonl", b"{"), ("json", b"["), ("xlsx", b"PK")):
        answer = viewer.request("GET", f"{session}/download", params={"format": name})
        assert answer.status_code == 200
        assert answer.content.startswith(start)
        assert name in answer.headers["content-disposition"]
    rows = viewer.do("GET", f"{session}/download?format=json", 200)
    assert len(rows) == 4
    assert {(row["class"], row["label"]) for row in rows} == {("Comfort", "POS")}


def _delete_everything(
    owner: Person, annotator: Person, viewer: Person, project: str, session: str, group: str, comfort: int
) -> None:
    viewer.do("DELETE", session, 403)
    annotator.do("DELETE", session, 200)
    viewer.do("GET", session, 404)
    annotator.do("DELETE", group, 200)
    viewer.do("GET", group, 404)
    assert viewer.do("GET", f"{project}/documents", 200)["count"] == 3
    annotator.do("DELETE", f"{project}/classes/{comfort}", 200)
    assert "Comfort" not in viewer.do("GET", project, 200)["classes"]
    annotator.do("DELETE", project, 403)
    owner.do("DELETE", project, 200)
    for person in (owner, annotator, viewer):
        person.do("GET", project, 404)
        assert person.do("GET", "/projects", 200) == []
