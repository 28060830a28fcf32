"""`serve --reload`: changes are served at once, the state is kept, and what is broken is refused with file and line."""

import queue
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server.app import create_app
from mock_server.contract import data_root
from mock_server.reloading.reloader import Reloader
from mock_server.sandboxes import Keeper
from mock_server.seed import starting_world

TYPES = "mock_server/studio/handlers/types.py"
PATHS = "spec/studio/paths/types.yaml"
USERS = "fixtures/minimal/users.yaml"
PATIENCE = 60  # seconds; a machine may have much else to do


class Reloading:
    """A server of a copy of the code, the contract and the worlds, that may be changed."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for name in ("mock_server", "spec", "fixtures"):
            shutil.copytree(data_root() / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        command = [sys.executable, "-m", "mock_server", "serve", "--reload", "--port", "0", "--world", "minimal"]
        self.process = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines: queue.Queue[str] = queue.Queue()
        for stream in (self.process.stdout, self.process.stderr):
            threading.Thread(target=self._read, args=(stream,), daemon=True).start()
        found = re.search(r"http://\S+", self.said("serves the world"))
        assert found is not None
        self.client = httpx.Client(base_url=found[0], timeout=PATIENCE)
        if not self._has_said_watching:
            self.said("watching")
        people = self.client.get("/_mock/people", params={"api": "studio"}).json()["people"]
        self.client.headers.update(people[0]["headers"])

    _has_said_watching = False

    def _read(self, stream: Any) -> None:
        for line in stream:
            self.lines.put(line.strip())

    def said(self, text: str) -> str:
        """Wait until the server says something and return the line."""
        while text not in (line := self.lines.get(timeout=PATIENCE)):
            self._has_said_watching = self._has_said_watching or "watching" in line
        return line

    def change(self, file: str, old: str, new: str) -> str:
        """Change a file and return what the server says to it."""
        path = self.root / file
        text = path.read_text("utf-8")
        assert old in text, f"no {old!r} in {file}"
        path.write_text(text.replace(old, new, 1), "utf-8")
        return self.said("reloaded")

    def put_back(self) -> None:
        """Undo every change of a file."""
        changed = False
        for name in ("mock_server", "spec", "fixtures"):
            for path in (data_root() / name).rglob("*.*"):
                other = self.root / name / path.relative_to(data_root() / name)
                if path.suffix in (".py", ".yaml") and other.read_bytes() != path.read_bytes():
                    other.write_bytes(path.read_bytes())
                    changed = True
        if changed:
            self.said("reloaded")

    def end(self) -> None:
        """End the server."""
        self.client.close()
        self.process.terminate()
        self.process.wait(PATIENCE)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reloading]:
    """One server for all of these tests."""
    server = Reloading(tmp_path_factory.mktemp("copy"))
    yield server
    server.end()


@pytest.fixture
def server(running: Reloading) -> Iterator[Reloading]:
    """The server, put back after each test."""
    yield running
    running.put_back()


def make_project(server: Reloading, name: str) -> int:
    answer = server.client.post("/projects", json={"name": name, "type": "ABSA"})
    assert answer.status_code == 201, answer.text
    made: int = answer.json()["id"]
    return made


def test_a_changed_contract_is_served_and_the_state_is_kept(server: Reloading) -> None:
    project = make_project(server, "Before the contract changed")
    told = server.change("spec/studio/openapi.yaml", "  /types: ", "  /kinds: ")
    assert "spec/studio/openapi.yaml" in told
    assert server.client.get("/kinds").status_code == 200
    assert server.client.get("/types").status_code == 404
    assert server.client.get(f"/projects/{project}").json()["name"] == "Before the contract changed"


def test_a_changed_handler_is_served_and_the_state_is_kept(server: Reloading) -> None:
    project = make_project(server, "Before the code changed")
    server.change(TYPES, "replies.ok(", "replies.created(")
    assert server.client.get("/types").status_code == 201
    server.change(TYPES, "replies.created(", "replies.ok(")
    assert server.client.get("/types").status_code == 200
    assert server.client.get(f"/projects/{project}").json()["name"] == "Before the code changed"


def test_a_changed_rule_of_the_domain_is_served(server: Reloading) -> None:
    make_project(server, "Twice")
    text = "A project with this name exists already"
    server.change(_file_with(server, "mock_server/studio/domain", text), text, "There is such a project")
    answer = server.client.post("/projects", json={"name": "Twice", "type": "ABSA"})
    assert (answer.status_code, answer.json()["message"]) == (409, "There is such a project")


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        (PATHS, "get:", "get: [", r"spec/studio/paths/types\.yaml:\d+"),
        (
            PATHS,
            "operationId: list_types",
            "operationId: list_kinds",
            r"spec/studio/paths/types\.yaml:\d+: .*list_kinds",
        ),
        (PATHS, "#/ServerError", "#/ServerEror", r"spec/studio/paths/types\.yaml:\d+: .*ServerEror"),
        (
            "spec/studio/schemas/projects.yaml",
            "type: object",
            "type: objekt",
            r"spec/studio/schemas/projects\.yaml:\d+",
        ),
        ("spec/studio/openapi.yaml", "paths/types.yaml#", "paths/tyqes.yaml#", r"spec/studio/.*tyqes"),
        (TYPES, "def list_types(", "def list_types((", r"mock_server/studio/handlers/types\.py:\d+"),
        (TYPES, "import replies", "import repliez", r"mock_server/studio/handlers/types\.py:\d+: ImportError"),
        (
            TYPES,
            "def list_types(",
            "nonsense\n\n\ndef list_types(",
            r"mock_server/studio/handlers/types\.py:\d+: NameError",
        ),
        (TYPES, "def list_types(", "def list_tipes(", r"spec/studio/paths/types\.yaml:\d+: .*list_types"),
        (
            "mock_server/studio/extracting/kinds.py",
            "from ",
            "from nowhere_at_all import x\nfrom ",
            r"kinds\.py:\d+: ModuleNotFoundError",
        ),
        ("spec/studio/roles.yaml", "  list_types:", "  list_tipes:", r"list_types"),
    ],
)
def test_what_is_broken_is_refused_with_its_line_and_the_old_is_served(
    server: Reloading, file: str, old: str, new: str, told: str
) -> None:
    before = server.client.get("/types").json()
    line = server.change(file, old, new)
    assert "not reloaded" in line
    assert re.search(told, line), line
    assert server.client.get("/types").json() == before
    assert make_project(server, f"While {new} is broken") > 0


def test_a_changed_world_is_there_after_a_reset_and_for_new_sandboxes(server: Reloading) -> None:
    project = make_project(server, "Before the world changed")
    name = own_name(server)
    told = server.change(USERS, name, "Ingrid")
    assert "until they are reset" in told
    assert own_name(server) == name
    assert server.client.get(f"/projects/{project}").status_code == 200
    assert server.client.post("/_mock/sandboxes", json={"name": "fresh"}).status_code == 201
    assert own_name(server, "fresh") == "Ingrid"
    assert server.client.post("/_mock/reset").status_code == 200
    assert own_name(server) == "Ingrid"


def test_a_broken_world_is_refused_with_its_line(server: Reloading) -> None:
    told = server.change(USERS, "Nora", "[Nobody")
    assert "not reloaded" in told
    assert re.search(r"\.yaml:\d+", told), told
    assert server.client.post("/_mock/reset").status_code == 200
    assert own_name(server) == "Nora"


def test_what_the_running_server_holds_asks_for_a_new_start(server: Reloading) -> None:
    path = server.root / "mock_server/studio/rows/projects.py"
    path.write_text(path.read_text("utf-8") + "\n# changed\n", "utf-8")
    assert "mock_server/studio/rows/projects.py" in server.said("restart needed")
    path.write_text((data_root() / "mock_server/studio/rows/projects.py").read_text("utf-8"), "utf-8")
    server.said("restart needed")


def test_a_state_folder_keeps_its_world() -> None:
    app = create_app(starting_world("minimal"))
    beginning = app.sandboxes.beginning
    app.sandboxes.keeper = Keeper()
    told = Reloader(app, "minimal", None).take([data_root() / USERS])
    assert len(told) == 1
    assert told[0].startswith("restart needed")
    assert app.sandboxes.beginning is beginning


def own_name(server: Reloading, sandbox: str = "default") -> str:
    """Return the first name of who is signed in, as a sandbox knows it."""
    name: str = server.client.get("/auth/status", headers={"X-Mock-Sandbox": sandbox}).json()["user"]["first_name"]
    return name


def _file_with(server: Reloading, folder: str, text: str) -> str:
    paths = [path for path in (server.root / folder).rglob("*.*") if path.suffix in (".py", ".yaml")]
    return next(str(path.relative_to(server.root)) for path in paths if text in path.read_text("utf-8"))
