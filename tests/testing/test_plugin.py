"""The plugin for pytest: its fixtures in a project of somebody else, what a failure shows, many workers, a server that runs already."""

import subprocess
import sys
from pathlib import Path

import pytest

from mock_server.testing import ControlError, StudioMock
from mock_server.testing.plugin import told

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "pytest"
OUTCOME = "-q", "-p", "no:cacheprovider", "-W", "ignore::DeprecationWarning"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder, as its user would."""
    command = [sys.executable, "-m", "pytest", *OUTCOME, *arguments, "--rootdir", str(folder)]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def write(folder: Path, name: str, *lines: str) -> None:
    """Write a file of tests."""
    (folder / name).write_text("\n".join(lines) + "\n")


def test_example_passes() -> None:
    done = run(EXAMPLE)
    assert done.returncode == 0, done.stdout


def test_example_passes_with_several_workers() -> None:
    done = run(EXAMPLE, "-n", "2")
    assert done.returncode == 0, done.stdout


def test_each_test_begins_with_the_world_as_it_was(tmp_path: Path) -> None:
    for name in ("one", "two", "three"):
        write(
            tmp_path,
            f"test_{name}.py",
            "def test_project_is_the_first_of_its_name(studio_client):",
            '    assert "Mine" not in [one["name"] for one in studio_client.get("/projects").json()]',
            '    assert studio_client.post("/projects", json={"name": "Mine", "type": "CLASS"}).status_code == 201',
        )
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout


def test_journal_is_attached_to_a_failure_with_the_reason_of_a_refusal(tmp_path: Path) -> None:
    write(
        tmp_path,
        "test_it.py",
        "def test_it(studio_client):",
        '    assert studio_client.post("/projects", json={"name": 7, "type": "CLASS"}).status_code == 201',
    )
    done = run(tmp_path)
    assert done.returncode == 1
    assert "studio-mock journal" in done.stdout
    assert "POST /projects -> 400 create_project" in done.stdout and "body.name" in done.stdout


def test_settings_of_the_project_choose_world_and_user(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\nstudio_mock_world = minimal\nstudio_mock_user = annotator@example.com\n"
    )
    write(
        tmp_path,
        "test_it.py",
        "def test_it(studio_client):",
        '    assert studio_client.get("/auth/status").json()["user"]["email"] == "annotator@example.com"',
        '    assert [one["id"] for one in studio_client.get("/projects").json()] == [11]',
    )
    done = run(tmp_path)
    assert done.returncode == 0, done.stdout


def test_server_that_runs_already_is_used_and_left_as_it_was(tmp_path: Path) -> None:
    write(
        tmp_path,
        "test_it.py",
        "def test_it(studio_mock, studio_client):",
        '    assert studio_client.post("/projects", json={"name": "Mine", "type": "CLASS"}).status_code == 201',
    )
    with StudioMock("minimal", serve=True) as server:
        before = server.control("GET", "/sandboxes")["count"]
        done = run(tmp_path, "--studio-mock-url", server.url)
        assert done.returncode == 0, done.stdout
        assert server.control("GET", "/sandboxes")["count"] == before
        assert server.changes()["counts"] == {"created": 0, "changed": 0, "deleted": 0}


def test_server_that_is_not_there_is_said_in_one_line(tmp_path: Path) -> None:
    write(tmp_path, "test_it.py", "def test_it(studio_mock):", "    pass")
    done = run(tmp_path, "--studio-mock-url", "http://127.0.0.1:9")
    assert done.returncode == 1
    assert "nobody answers at http://127.0.0.1:9; is the stand-in running?" in done.stdout


def test_journal_of_many_requests_is_cut() -> None:
    with StudioMock("minimal") as mock:
        with mock.client() as client:
            for _ in range(40):
                client.get("/health")
        lines = told(mock).splitlines()
    assert lines[0] == "… 10 earlier requests" and len(lines) == 31


def test_fault_for_an_operation_that_there_is_not_is_refused() -> None:
    with StudioMock("minimal") as mock:
        with pytest.raises(ControlError, match="create_project"):
            mock.fail_next("create_projects")
        assert mock.control("GET", "/faults")["faults"] == []
