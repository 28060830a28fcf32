"""`studio-mock proxy` as a user starts it: it says where it is, ends with what it found, and writes no secret anywhere."""

import base64
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from mock_server import cli, tls
from tests.live.upstreams import free_url, proxying, reset, rude, serving, stand_in

SECRETS = {
    "bearer": "planted-bearer-0a1b2c3d4e",
    "cookie": "planted-cookie-5f6a7b8c9d",
    "query": "planted-query-1122334455",
    "password": "planted-password-66778899",
    "form": "planted-form-aabbccddee",
    "answer": "planted-answer-ffeeddccbb",
    "set-cookie": "planted-setcookie-99aabb00",
    "file": "planted-file-1234abcd5678",
}
MB = 1 << 20


@contextmanager
def command(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command on a free port; yield the process and where it listens, read from what it says first."""
    words = [sys.executable, "-m", "mock_server", "proxy", "--port", "0", *arguments]
    with (folder / "stderr").open("w+") as stderr:
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=stderr, text=True)
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            stderr.seek(0)
            assert " passes http://" in first, first + stderr.read()
            yield process, first.split(" passes ")[1].split()[0]
        finally:
            process.kill()
            process.communicate()


def ended(process: subprocess.Popen[str], how: signal.Signals = signal.SIGINT) -> tuple[int, str]:
    process.send_signal(how)
    said, _ = process.communicate(timeout=60)
    return process.returncode, said


async def telling(scope: object, receive: object, send: object) -> None:
    """A deployment whose answers are full of secrets."""
    if scope["type"] != "http":  # type: ignore[index]
        return
    again = SECRETS["password"] if scope["method"] == "POST" else ""  # type: ignore[index]
    body = json.dumps({"auth_token": SECRETS["answer"], "message": f"told {SECRETS['answer']} {again}"}).encode()
    headers = [(b"content-type", b"application/json"), (b"set-cookie", f"sid={SECRETS['set-cookie']}; Path=/".encode())]
    while (await receive()).get("more_body"):  # type: ignore[operator]
        pass
    await send({"type": "http.response.start", "status": 200, "headers": headers})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": body})  # type: ignore[operator]


def test_nothing_that_is_written_or_shown_holds_a_secret(tmp_path: Path) -> None:
    file = tmp_path / "passed.har"
    with serving(telling) as url, command(tmp_path, "--upstream", url, "--record", str(file)) as (process, own):
        with httpx.Client(base_url=own, trust_env=False) as client:
            client.get(
                f"/projects?access_token={SECRETS['query']}",
                headers={"Authorization": f"Bearer {SECRETS['bearer']}", "Cookie": f"sid={SECRETS['cookie']}"},
            )
            client.post("/auth/login", json={"email": "a@example.com", "password": SECRETS["password"]})
            client.post(f"/links/{SECRETS['answer']}", data={"api_key": SECRETS["form"], "again": SECRETS["password"]})
            client.post(
                "/projects/11/classes/upload",
                files={"file": ("a.csv", SECRETS["file"])},
                data={"token": SECRETS["form"]},
            )
            kept = client.get("/_mock/journal").text
            kept += "".join(client.get(f"/_mock/journal/{at}?secrets=true").text for at in (1, 2, 3, 4))
            kept += client.get("/_mock/journal/export?secrets=true").text + client.get("/_mock/console/journal").text
        code, said = ended(process)
    assert code == 1 and "4 exchanges" in said
    assert len(json.loads(file.read_text())["log"]["entries"]) == 4
    written = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    written |= {Path("terminal"): said.encode(), Path("journal"): kept.encode()}
    for path, content in written.items():
        for name, secret in SECRETS.items():
            for form in (secret.encode(), base64.b64encode(secret.encode())):
                assert form not in content, (path, name)


def test_a_healthy_deployment_ends_with_0_and_no_traceback(tmp_path: Path) -> None:
    with serving(stand_in()) as url, command(tmp_path, "--upstream", url) as (process, own):
        assert httpx.get(f"{own}/health", trust_env=False).status_code == 200
        code, said = ended(process, signal.SIGTERM)
    assert (code, said.splitlines()[-1]) == (0, "1 exchange, no violation of the contract")
    assert (tmp_path / "stderr").read_text() == ""


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="needs /proc to see how much memory a process has used"
)
def test_bodies_of_100_mb_pass_in_constant_memory(tmp_path: Path) -> None:
    received = []

    def talk(connection: socket.socket) -> None:
        head, _, rest = connection.recv(65536).partition(b"\r\n\r\n")
        size = len(rest)
        while size < 100 * MB and head.startswith(b"POST"):
            size += len(connection.recv(MB))
        received.append(size)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % (100 * MB))
        for _ in range(100):
            connection.sendall(b"x" * MB)

    def peak(process: subprocess.Popen[str]) -> int:
        told = Path(f"/proc/{process.pid}/status").read_text()
        return int(next(line for line in told.splitlines() if line.startswith("VmHWM")).split()[1]) // 1024

    arguments = ("--record", str(tmp_path / "passed.har"))
    with rude(talk) as url, command(tmp_path, "--upstream", url, *arguments) as (process, own):
        before, size = peak(process), 0
        content = (b"y" * MB for _ in range(100))
        with httpx.stream(
            "POST", f"{own}/projects", content=content, headers={"Content-Length": str(100 * MB)}, trust_env=False
        ) as answer:
            for part in answer.iter_raw():
                size += len(part)
        grown = peak(process) - before
        assert ended(process)[0] == 1
    assert (received, size) == ([100 * MB], 100 * MB)
    assert grown < 40
    assert os.path.getsize(tmp_path / "passed.har") < 5000


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to see what a process has open")
def test_nothing_stays_open_after_clients_and_deployments_that_break_off(tmp_path: Path) -> None:
    turn = 0

    def talk(connection: socket.socket) -> None:
        nonlocal turn
        turn += 1
        connection.recv(65536)
        if turn % 3 == 0:
            reset(connection)
        elif turn % 3 == 1:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
        else:
            connection.recv(65536)  # until whoever asked has left

    def opened(process: subprocess.Popen[str]) -> int:
        return len(os.listdir(f"/proc/{process.pid}/fd"))

    with rude(talk) as url, command(tmp_path, "--upstream", url, "--timeout", "20") as (process, own):
        httpx.get(f"{own}/_mock/health", trust_env=False)
        before, port = opened(process), int(own.rsplit(":", 1)[1])
        for _ in range(30):
            with socket.create_connection(("127.0.0.1", port)) as client:
                client.sendall(b"GET /projects HTTP/1.1\r\nHost: x\r\n\r\n")
        for _ in range(300):
            if turn >= 30 and opened(process) <= before:
                break
            time.sleep(0.1)
        assert turn == 30 and opened(process) <= before
        assert ended(process)[0] in (0, 1)


@contextmanager
def secured() -> Iterator[tuple[str, bytes]]:
    """A deployment over TLS with a certificate of its own; yield where, and its authority."""
    made = tls.make()
    context = tls.context(made)
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        while True:
            try:
                connection, _ = listener.accept()
                with context.wrap_socket(connection, server_side=True) as stream:
                    stream.recv(65536)
                    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]")
            except ssl.SSLError:
                continue
            except OSError:
                return

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"https://localhost:{listener.getsockname()[1]}", made.authority
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(10)


def test_a_wrong_certificate_is_refused_in_one_line_and_a_trusted_one_is_not(tmp_path: Path) -> None:
    with secured() as (url, authority):
        with proxying(url) as passing:
            assert passing.client.get("/projects").status_code == 502
            (line,) = passing.lines
            assert "its certificate is not accepted" in line and "--upstream-ca" in line
        ca = tmp_path / "ca.pem"
        ca.write_bytes(authority)
        with proxying(url, ca=ca) as passing:
            assert passing.client.get("/projects").json() == []


def test_a_deployment_without_tls_is_told_as_such() -> None:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    with rude(talk) as url, proxying(url.replace("http:", "https:")) as passing:
        assert passing.client.get("/projects").status_code == 502
        assert "it speaks no TLS" in passing.lines[0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--upstream", "ftp://a.example"], "it is no address of a web server; https://api.example.com would be right"),
        (["--upstream", "http://a.example:port"], "it is no address"),
        (["--upstream", "https://me:planted-password@a.example"], "it has credentials in it"),
        (["--upstream", "https://a.example?token=planted-password"], "it has a query"),
        (["--upstream", "https://a.example", "--upstream-ca", "/nowhere/ca.pem"], "No such file or directory"),
        (["--upstream", "https://a.example", "--upstream-ca", __file__], "it has no certificates (PEM)"),
        (["--upstream", "http://a.example", "--record", "/nowhere/a.har"], "--record /nowhere/a.har cannot be written"),
        (["--upstream", "http://localhost:8099", "--port", "8099"], "is where this listens itself"),
        (["--upstream", "http://a.example", "--host", "192.0.2.1"], "cannot listen on 192.0.2.1:8081"),
    ],
)
def test_what_cannot_run_says_why_in_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["proxy", *arguments]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1
    assert "planted-password" not in said


def test_a_time_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["proxy", "--upstream", free_url(), "--timeout", "soon"])
    assert "'soon' is no time in seconds; 30 would be right" in capsys.readouterr().err
