"""The state folder: what became of sandboxes is there after the next start, whatever ended the last one."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.crashes import crash
from mock_server.app import App, Settings, create_app
from mock_server.cli import main
from mock_server.journal.keeping import Shelf
from mock_server.pipeline.errors import Refused
from mock_server.state import StateFolder
from mock_server.state import folder as folder_module
from mock_server.state.log import NAME, REST
from mock_server.state_errors import StateError
from mock_server.world.integrity import dangling
from tests.conftest import Client, as_person
from tests.control.test_jobs import mode, start
from tests.control.test_world import rows_of
from tests.trained import trained
from tests.worlds import small_world

OWNER = "owner@example.com"


class Kept:
    """A server with a state folder that can be started again, without a process."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state: StateFolder | None = None
        self.app: Any = None

    def start(self) -> App:
        self.stop()
        self.state = StateFolder(self.folder, Shelf())
        world = self.state.beginning or small_world()
        self.app = create_app(world, Settings(check_responses=True), self.state, "small")
        app: App = self.app
        return app

    def stop(self) -> None:
        if self.state is not None:
            self.state.close()
            self.state = None

    @property
    def log(self) -> Path:
        return self.folder / NAME


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path / "state")
    yield made
    made.stop()


def everything(app: App) -> dict[str, Any]:
    """Return all that a state folder has to keep, as plain data."""
    return {
        sandbox.name: {
            "initial": rows_of(sandbox.initial),
            "world": rows_of(sandbox.standing),
            "counters": dict(sandbox.standing.counters),
            "clock": sandbox.standing.clock,
            "due": sandbox.standing.next_due,
            "seed": sandbox.standing.seed,
            "snapshots": {name: rows_of(world) for name, world in sandbox.snapshots.items()},
            "mode": sandbox.mode,
            "about": (sandbox.source, sandbox.idle_seconds, sandbox.created),
        }
        for sandbox in app.sandboxes.all
    }


def add(client: Client, name: str, at: str = "") -> None:
    assert client.post(f"{at}/projects/11/classes", json={"name": name}).status_code == 201


def story(app: App) -> Client:
    """Do something of everything that a state folder has to keep."""
    client = as_person(app, OWNER)
    add(client, "Before")
    client.put("/_mock/snapshots/one")
    trained(client)
    start(client)
    client.delete("/projects/12")
    for body in ({"name": "fork", "sandbox": "default"}, {"name": "old", "snapshot": "one", "idle_seconds": 600}):
        assert client.post("/_mock/sandboxes", json=body).status_code == 201
    client.post("/_mock/sandboxes", json={"name": "demo", "world": "demo"})
    client.post("/_mock/sandboxes", json={"name": "gone"})
    client.post("/_mock/sandboxes", json={"name": "fresh"})
    client.delete("/_mock/sandboxes/gone")
    add(client, "In the fork", "/_sandbox/fork")
    client.put("/_sandbox/fork/_mock/snapshots/two")
    client.patch("/_sandbox/fork/_mock/clock", json={"advance_seconds": 100, "jobs": {"mode": "by_hand"}})
    client.post("/_sandbox/old/_mock/world/import", json=client.get("/_mock/world/export").json())
    client.put("/_mock/snapshots/three")
    client.post("/_mock/snapshots/one/restore")
    client.delete("/_mock/snapshots/one")
    add(client, "After")
    return client


def test_everything_is_there_after_the_next_start(kept: Kept) -> None:
    app = kept.start()
    story(app)
    before = everything(app)
    app = kept.start()
    assert everything(app) == before
    assert all(dangling(sandbox.standing) == [] for sandbox in app.sandboxes.all)


def test_everything_is_there_without_a_proper_end_and_after_the_log_was_condensed(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = kept.start()
    story(app)
    before, killed = everything(app), kept.log.read_bytes()
    kept.stop()
    kept.log.write_bytes(killed)
    monkeypatch.setattr(folder_module, "MANY", 0)
    assert everything(kept.start()) == before
    assert kept.log.stat().st_size < len(killed)
    assert everything(kept.start()) == before


def test_log_that_grows_is_condensed_while_it_is_written(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "LARGE", 1)
    app = kept.start()
    first = kept.log.stat().st_size
    client = as_person(app, OWNER)
    for number in range(400):
        client.put("/projects/11", json={"name": f"{number} {'x' * 200}"})
    before = everything(app)
    assert kept.log.stat().st_size < 6 * first
    assert everything(kept.start()) == before


def test_worlds_share_what_they_have_in_common_after_the_next_start(kept: Kept) -> None:
    client = as_person(kept.start(), OWNER)
    for number in range(3):
        client.post("/_mock/sandboxes", json={"name": f"fork-{number}", "sandbox": "default"})
        add(client, "Mine", f"/_sandbox/fork-{number}")
    for _ in range(2):
        app = kept.start()
        tables = [sandbox.standing.tables for sandbox in app.sandboxes.all]
        shared = [kind for kind in tables[0] if all(some[kind] is tables[0][kind] for some in tables)]
        assert len(shared) >= len(tables[0]) - 2


def test_reset_after_the_next_start_leads_to_the_first_beginning(kept: Kept) -> None:
    app = kept.start()
    beginning = rows_of(app.sandbox.initial)
    client = as_person(app, OWNER)
    add(client, "Mine")
    client.post("/_mock/sandboxes", json={"name": "fork", "sandbox": "default"})
    app = kept.start()
    client = as_person(app, OWNER)
    client.post("/_mock/reset")
    assert rows_of(app.sandbox.world) == beginning
    mode(client, "at_once")
    client.post("/_sandbox/fork/_mock/reset")
    assert "Mine" in client.get("/_sandbox/fork/projects/11/classes").text
    assert everything(kept.start())["default"]["mode"].mode == "at_once"


def test_commit_costs_its_change_and_not_the_world(kept: Kept) -> None:
    client = as_person(kept.start(), OWNER)
    before = kept.log.stat().st_size
    add(client, "Mine")
    assert 0 < kept.log.stat().st_size - before < 400
    size = kept.log.stat().st_size
    client.get("/projects")
    client.get("/_mock/diff")
    assert kept.log.stat().st_size == size, "reads never write"


@pytest.mark.parametrize("cut", [1, 20, 200, 2000])
def test_log_that_was_cut_short_keeps_what_was_before(kept: Kept, cut: int) -> None:
    app = kept.start()
    client = as_person(app, OWNER)
    for number in range(60):
        add(client, f"Mine {number}")
    kept.stop()
    content = kept.log.read_bytes()
    kept.log.write_bytes(content[:-cut])
    app = kept.start()
    assert kept.state is not None
    (told,) = kept.state.told
    assert str(kept.log) in told and "kept the" in told and REST in told
    names = [row["name"] for row in rows_of(app.sandbox.world)["ModelClass"] if row["name"].startswith("Mine")]
    assert names == [f"Mine {number}" for number in range(len(names))] and 40 < len(names) < 60
    kept.start()
    assert kept.state.told == []


def test_damage_in_the_middle_keeps_what_was_before_and_the_rest_beside_it(kept: Kept) -> None:
    client = as_person(kept.start(), OWNER)
    for number in range(20):
        add(client, f"Mine {number}")
    kept.stop()
    content = bytearray(kept.log.read_bytes())
    at = content.index(b"Mine 12")
    content[at] ^= 1
    kept.log.write_bytes(content)
    names = [row["name"] for row in rows_of(kept.start().sandbox.world)["ModelClass"]]
    assert "Mine 11" in names and "Mine 13" not in names
    assert b"Mine 19" in (kept.folder / REST).read_bytes()


@pytest.mark.parametrize("content", [b"hello", b"{}\n", b"\x00" * 100])
def test_other_files_are_refused_and_left_alone(kept: Kept, content: bytes) -> None:
    kept.folder.mkdir()
    kept.log.write_bytes(content)
    with pytest.raises(StateError, match="is no state of studio-mock"):
        kept.start()
    assert kept.log.read_bytes() == content


def test_state_of_a_newer_version_is_refused_and_left_alone(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mock_server.state.records.FORMAT", "studio-mock state 2")
    kept.start()
    kept.stop()
    content = kept.log.read_bytes()
    monkeypatch.undo()
    assert main(["serve", "--port", "0", "--state", str(kept.folder)]) == 2
    told = capsys.readouterr().err
    assert told.count("\n") == 1 and str(kept.log) in told and "studio-mock state 2" in told
    assert kept.log.read_bytes() == content


def test_record_of_a_kind_that_is_not_known_is_refused_with_its_line(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.start()
    kept.stop()
    from zlib import crc32

    line = b'{"op":"dreamt","name":"default"}'
    with kept.log.open("ab") as file:
        file.write(b"%08x %s\n" % (crc32(line), line))
    with pytest.raises(StateError, match="line 5, cannot be understood"):
        kept.start()


def test_folder_serves_one_server_at_a_time(kept: Kept) -> None:
    kept.start()
    with pytest.raises(StateError, match="in use by another studio-mock"):
        StateFolder(kept.folder, Shelf())


def test_state_of_another_world_is_refused(kept: Kept, capsys: pytest.CaptureFixture[str]) -> None:
    kept.start()
    kept.stop()
    assert main(["serve", "--port", "0", "--state", str(kept.folder), "--world", "minimal"]) == 2
    assert "began with the world small, not with minimal" in capsys.readouterr().err


def test_folder_that_cannot_be_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    assert main(["serve", "--port", "0", "--state", str(file)]) == 2
    assert str(file) in capsys.readouterr().err


def test_write_that_cannot_be_kept_does_not_happen(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    app = kept.start()
    client, world, size = as_person(app, OWNER), app.sandbox.world, kept.log.stat().st_size

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("mock_server.state.log.os.write", full)
    app.sandboxes.default.recorder = kept.state
    answer = client.post("/projects/11/classes", json={"name": "Mine"})
    assert answer.status_code == 500 and "No space left on device" in answer.text
    assert app.sandbox.world is world and kept.log.stat().st_size == size
    with pytest.raises(Refused):
        app.sandboxes.create("one")
    monkeypatch.undo()
    assert [sandbox.name for sandbox in app.sandboxes] == ["default"]
    add(client, "Mine")


def test_server_that_is_killed_has_kept_what_it_acknowledged(tmp_path: Path) -> None:
    count, problems = crash(tmp_path / "state", 2, random.Random(5))
    assert problems == [] and count > 0
