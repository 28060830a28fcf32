"""A wheel of the project, installed away from the checkout, serves on its own."""

import os
import re
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import httpx
import pytest

from mock_server.contract import data_root


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without fetching anything and unpacked into an empty folder."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run(
        [*command, "--wheel-dir", str(folder), str(data_root())], check=True, capture_output=True, timeout=300
    )
    (wheel,) = folder.glob("studio_mock-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder


def command(installed: Path, *arguments: str) -> list[str]:
    start = f"import sys; sys.path.insert(0, {str(installed / 'site')!r}); from mock_server.cli import main; sys.exit(main())"
    return [sys.executable, "-S", "-c", f"import site; site.main(); {start}", *arguments]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONSAFEPATH": "1"}


def test_contract_fixtures_and_pages_travel_in_the_wheel(installed: Path) -> None:
    names = {str(path.relative_to(installed / "site")) for path in (installed / "site").rglob("*") if path.is_file()}
    assert "mock_server/_data/spec/studio/openapi.yaml" in names
    assert "mock_server/_data/spec/.studio.bundle.json" in names
    assert "mock_server/_data/fixtures/demo/world.yaml" in names
    assert "mock_server/_data/fixtures/.demo.world.json" in names
    assert "contract_tests/check.py" in names
    assert not any(name.startswith(("tests/", "bench")) or name.split("/")[-1].startswith("test_") for name in names)


def test_an_installed_package_can_check_deployments(installed: Path) -> None:
    arguments = command(installed, "check", "--dry-run", "--url", "http://127.0.0.1:9", "--api", "blue_guardrails")
    done = subprocess.run(arguments, cwd=installed, env=environment(), capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert "claim_labeling_task" in done.stdout


def test_an_installed_server_works_outside_the_checkout(installed: Path) -> None:
    arguments = ["serve", "--port", "0", "--world", "demo"]
    server = subprocess.Popen(
        command(installed, *arguments), cwd=installed, env=environment(), stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        told = ""
        deadline = time.monotonic() + 60
        while "Try:" not in told and time.monotonic() < deadline:
            told += server.stdout.readline()
        found = re.search(r"at (http://\S+)", told)
        assert found is not None, told
        base = found.group(1)
        token = re.search(r"TOKEN=(\S+)", told)
        assert token is not None
        headers = {"Authorization": f"Bearer {token.group(1)}"}
        assert httpx.get(f"{base}/_mock/health").status_code == 200
        assert "swagger-ui" in httpx.get(f"{base}/_mock/docs").text
        assert httpx.get(f"{base}/_mock/docs/swagger-ui-bundle.js").status_code == 200
        assert httpx.get(f"{base}/_mock/openapi/studio.json").json()["openapi"] == "3.0.3"
        assert httpx.get(f"{base}/auth/status", headers=headers).json()["user"]["email"] == "owner@example.com"
        assert len(httpx.get(f"{base}/projects", headers=headers).json()) >= 4
    finally:
        server.terminate()
        server.wait(20)


def test_a_port_in_use_and_an_unknown_world_are_one_clear_line(installed: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        for arguments, told in ((["--port", port], "choose another"), (["--world", "nowhere"], "demo")):
            ended = subprocess.run(
                command(installed, "serve", *arguments),
                env=environment(),
                cwd=installed,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert ended.returncode == 2
            assert told in ended.stderr
            assert len(ended.stderr.strip().splitlines()) == 1
