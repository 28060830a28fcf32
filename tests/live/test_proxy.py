"""What passes a proxy arrives as it was sent, is judged by the contract, and whatever goes wrong ends in one clear line."""

import errno
import gzip
import hashlib
import json
import os
import socket
import threading
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from contract_tests.live.traffic import Recording
from tests.live.recordings import PROJECT
from tests.live.upstreams import Passing, free_url, proxying, reset, rude, serving

JSON = (b"content-type", b"application/json")


class Deployment:
    """An ASGI application that answers with what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.status, self.headers, self.body = 200, [JSON], json.dumps(PROJECT).encode()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body, is_more = b"", True
        while is_more:
            message = await receive()
            body, is_more = body + message["body"], message.get("more_body", False)
        self.asked.append({**scope, "body": body})
        headers = [*self.headers, (b"content-length", str(len(self.body)).encode())]
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


@pytest.fixture
def deployment() -> Deployment:
    return Deployment()


@pytest.fixture
def passing(deployment: Deployment) -> Iterator[Passing]:
    with serving(deployment) as url, proxying(url) as running:
        yield running


def test_a_request_arrives_as_it_was_sent(deployment: Deployment, passing: Passing) -> None:
    passing.client.put(
        "/projects/11%2F?name=a%20b&name=c", content=b"\x00\x01", headers=[("X-Own", "1"), ("X-Own", "2"), ("TE", "x")]
    )
    (asked,) = deployment.asked
    assert (asked["method"], asked["raw_path"], asked["query_string"]) == (
        "PUT",
        b"/projects/11%2F",
        b"name=a%20b&name=c",
    )
    assert [value for name, value in asked["headers"] if name == b"x-own"] == [b"1", b"2"]
    assert (b"host", passing.upstream.address.name.encode()) in asked["headers"]
    assert not any(name in (b"te", b"transfer-encoding") for name, _ in asked["headers"])
    assert asked["body"] == b"\x00\x01"


def test_an_answer_arrives_as_it_was_sent(deployment: Deployment, passing: Passing) -> None:
    deployment.status = 418
    deployment.headers = [
        JSON,
        (b"set-cookie", b"a=1"),
        (b"set-cookie", b"b=2"),
        (b"x-own", b"1"),
        (b"connection", b"x-own"),
    ]
    deployment.body = b"\xff\x00 as it is"
    answer = passing.client.get("/projects/11")
    assert (answer.status_code, answer.content) == (418, deployment.body)
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "x-own" not in answer.headers  # it belonged to the connection, as its header says


def test_compressed_answers_stay_compressed_and_are_judged(deployment: Deployment, passing: Passing) -> None:
    plain = json.dumps({**PROJECT, "colour": "red"}).encode()
    for coding, packed in (("gzip", gzip.compress(plain)), ("deflate", zlib.compress(plain))):
        deployment.headers, deployment.body = [JSON, (b"content-encoding", coding.encode())], packed
        with passing.client.stream("GET", "/projects/11") as answer:
            assert b"".join(answer.iter_raw()) == packed
            assert answer.headers["content-encoding"] == coding
    assert passing.findings == 2
    passing.client.get("/projects/11", headers={"Accept-Encoding": "gzip;q=0.5, br, zstd"})
    assert dict(deployment.asked[-1]["headers"])[b"accept-encoding"] == b"gzip;q=0.5"  # what can be read here


def test_forms_and_bodies_without_a_length_arrive_byte_by_byte(deployment: Deployment, passing: Passing) -> None:
    deployment.body = b"[]"
    files = {"file": ("classes.csv", b"name\nA\n" * 50_000, "text/csv")}
    request = passing.client.build_request("POST", "/projects/11/classes/upload", files=files)
    sent = request.read()
    passing.client.send(request)
    assert deployment.asked[-1]["body"] == sent
    passing.client.post(
        "/projects", content=iter([b'{"name": ', b'"A", "type": "ABSA"}']), headers={"Content-Type": "application/json"}
    )
    assert deployment.asked[-1]["body"] == b'{"name": "A", "type": "ABSA"}'
    assert passing.journal()[0]["validation"]["request"] == []


def test_connections_are_kept_on_both_sides(deployment: Deployment, passing: Passing) -> None:
    for _ in range(5):
        passing.client.get("/projects/11")
    assert len({asked["client"] for asked in deployment.asked}) == 1


def test_redirects_are_passed_on_and_not_followed(deployment: Deployment, passing: Passing) -> None:
    deployment.status, deployment.headers, deployment.body = (
        302,
        [(b"location", b"https://elsewhere.example/a?b=c")],
        b"",
    )
    answer = passing.client.get("/projects/11")
    assert (answer.status_code, answer.headers["location"]) == (302, "https://elsewhere.example/a?b=c")
    assert len(deployment.asked) == 1


def test_an_answer_to_head_has_its_length_and_no_body(deployment: Deployment, passing: Passing) -> None:
    answer = passing.client.head("/projects/11")
    assert answer.headers["content-length"] == str(len(deployment.body))
    assert passing.client.get("/projects/11").json() == PROJECT


def test_an_answer_that_nothing_has_changed_has_no_body() -> None:
    def talk(connection: socket.socket) -> None:
        while connection.recv(65536):
            connection.sendall(b'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 100\r\n\r\n')

    with rude(talk) as url, proxying(url) as passing:
        for _ in range(2):
            answer = passing.client.get("/projects/11", headers={"If-None-Match": '"1"'})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')


def test_parts_of_an_answer_arrive_before_it_has_ended() -> None:
    arrived = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n")
        assert arrived.wait(30)
        connection.sendall(b"data: 2\n\n")

    with rude(talk) as url, proxying(url) as passing, passing.client.stream("GET", "/events") as answer:
        parts = answer.iter_raw()
        assert next(parts) == b"data: 1\n\n"
        arrived.set()
        assert b"".join(parts) == b"data: 2\n\n"


def test_what_breaks_the_contract_is_told_once_with_its_evidence_and_counted(
    deployment: Deployment, passing: Passing
) -> None:
    deployment.body = json.dumps({**PROJECT, "created": None}).encode()
    for _ in range(10):
        passing.client.get("/projects/11?owner=me")
    said = passing.lines
    assert [[part.strip() for part in line.split("  ")[:2]] for line in said[:2]] == [
        ["request", "GET /projects/{project_id}"],
        ["answer", "GET /projects/{project_id}"],
    ]
    assert "query parameter owner" in said[0] and "[documented, spec/studio/paths/projects.yaml:" in said[0]
    assert "answer.created" in said[1] and "[inferred, spec/studio/schemas/" in said[1] and "a guess of ours" in said[1]
    assert [line.endswith("(10 times)") for line in said] == [False, False, True, True]
    assert passing.summary == "10 exchanges, 2 violations of the contract (20 times)"


def test_the_journal_and_the_console_show_what_passed(deployment: Deployment, passing: Passing) -> None:
    deployment.body = json.dumps({**PROJECT, "colour": "red"}).encode()
    passing.client.get("/projects/11?owner=me", headers={"Authorization": "Bearer planted-secret-1"})
    (entry,) = passing.journal()
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/projects/11?owner=me", 200)
    assert (entry["operation_id"], entry["request_size"]) == ("get_project", 0)
    assert "answer.colour" in entry["fault"] and "documented" in entry["fault"]
    assert [fault["place"] for fault in entry["validation"]["request"]] == ["query.owner"]
    shown = passing.client.get(f"/_mock/console/exchange?id={entry['id']}&secrets=true").text
    assert "answer.colour" in shown and "A fault was armed" not in shown and "planted-secret-1" not in shown
    assert "answer.colour" in passing.client.get("/_mock/console/journal").text


def test_a_secret_that_is_sent_as_a_name_is_not_told(passing: Passing) -> None:
    passing.client.get("/projects?plantedsecret=1", headers={"Authorization": "Bearer plantedsecret"})
    assert "the query parameter [redacted] is not in the contract" in passing.lines[0]
    assert "plantedsecret" not in "".join(passing.lines) + str(passing.journal())


def test_a_refusal_by_the_deployment_is_no_violation_if_it_is_documented(
    deployment: Deployment, passing: Passing
) -> None:
    deployment.status, deployment.body = 404, b'{"message": "There is no project 11", "status": "NOT_FOUND"}'
    assert passing.client.get("/projects/11").status_code == 404
    assert passing.summary == "1 exchange, no violation of the contract"
    assert passing.journal()[0]["status"] == 404


# --enforce


def test_enforcing_a_broken_request_is_answered_and_not_passed_on(deployment: Deployment) -> None:
    with serving(deployment) as url, proxying(url, enforce=True) as passing:
        answer = passing.client.post("/projects", json={"name": 7})
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
        assert answer.headers["x-mock-proxy"] == "contract"
        assert {error["place"] for error in answer.json()["errors"]} == {"body.name", "body.type"}
        assert {error["grade"] for error in answer.json()["errors"]} <= {"documented", "inferred"}
        assert deployment.asked == []
        assert passing.client.get("/projects/11").json() == PROJECT


def test_enforcing_a_broken_answer_is_not_passed_on(deployment: Deployment) -> None:
    deployment.body = json.dumps({**PROJECT, "colour": "crimson"}).encode()
    with serving(deployment) as url, proxying(url, enforce=True) as passing:
        answer = passing.client.get("/projects/11")
        assert (answer.status_code, answer.json()["errors"][0]["place"]) == (502, "answer.colour")
        assert "crimson" not in answer.text
        assert passing.findings == 1


def test_enforcing_lets_pass_what_is_too_large_to_be_judged(deployment: Deployment) -> None:
    deployment.body = b'{"a": "' + b"x" * (5 << 20) + b'"}'
    with serving(deployment) as url, proxying(url, enforce=True) as passing:
        assert passing.client.get("/projects/11").content == deployment.body
        content = {"name": "x" * (5 << 20)}
        deployment.status, deployment.body = 201, json.dumps(PROJECT).encode()
        assert passing.client.post("/projects", json=content).json() == PROJECT
        assert json.loads(deployment.asked[-1]["body"]) == content
        assert any("answer " in line and "not judged: it is larger than 4 MiB" in line for line in passing.lines)
        assert any("request" in line and "not judged: it is larger than 4 MiB" in line for line in passing.lines)


# What goes wrong on the way


def test_a_deployment_that_is_down_is_answered_for_in_one_line() -> None:
    url = free_url()
    with proxying(url) as passing:
        answers = [passing.client.get("/projects") for _ in range(2)]
        assert {answer.status_code for answer in answers} == {502}
        assert answers[0].json()["title"] == f"{url}: it could not be reached: nothing listens there"
        assert passing.lines == [f"failed   GET /projects  {url}: it could not be reached: nothing listens there"]
        assert passing.journal()[0]["status"] is None


def silent(connection: socket.socket) -> None:
    while connection.recv(65536):
        pass


def half(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")


def half_and_silent(connection: socket.socket) -> None:
    half(connection)
    silent(connection)


def half_and_reset(connection: socket.socket) -> None:
    half(connection)
    reset(connection)


def reset_at_once(connection: socket.socket) -> None:
    connection.recv(65536)
    reset(connection)


def garbage(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")


def endless_head(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def other_protocol(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")


@pytest.mark.parametrize(
    ("talk", "status", "told"),
    [
        (silent, 504, "it did not answer for 0.5 s"),
        (reset_at_once, 502, "before it answered"),
        (garbage, 502, "what it sent is no HTTP"),
        (endless_head, 502, "have no end within 256 KiB"),
        (other_protocol, 502, "another protocol"),
    ],
)
def test_a_deployment_that_does_not_answer_is_answered_for(talk: Any, status: int, told: str) -> None:
    with rude(talk) as url, proxying(url, timeout=0.5) as passing:
        answer = passing.client.post("/projects", json={"name": "A", "type": "ABSA"})
        assert (answer.status_code, answer.headers["x-mock-proxy"]) == (status, "no-answer")
        (line,) = passing.lines
        assert line.startswith("failed   POST /projects  http://127.0.0.1:") and told in line
        assert "Traceback" not in line


@pytest.mark.parametrize(
    ("talk", "told"),
    [(half, "closed in the middle"), (half_and_reset, "in the middle"), (half_and_silent, "nothing more")],
)
@pytest.mark.parametrize("enforce", [False, True])
def test_an_answer_that_breaks_off_breaks_off_for_the_client_as_well(talk: Any, told: str, enforce: bool) -> None:
    with rude(talk) as url, proxying(url, timeout=0.5, enforce=enforce) as passing:
        if enforce:
            assert passing.client.get("/projects").status_code in (502, 504)
        else:
            with pytest.raises(httpx.RemoteProtocolError):
                passing.client.get("/projects")
        (line,) = passing.lines
        assert told in line
        assert passing.findings == 0  # what has not come whole is not judged


def test_a_kept_connection_that_was_closed_is_replaced_but_nothing_is_written_twice() -> None:
    asked = []

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]")
        asked.append(connection.recv(65536).split(b" ", 1)[0])  # the second request is never answered

    with rude(talk) as url, proxying(url) as passing:
        assert passing.client.get("/projects").status_code == 200
        assert passing.client.get("/projects").status_code == 200  # on another connection
        assert passing.client.post("/projects", json={}).status_code == 502
        assert asked == [b"GET", b"POST"]


def test_an_answer_before_all_was_sent_is_passed_on() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        while connection.recv(65536):
            pass

    def endless() -> Iterator[bytes]:
        while not done.is_set():
            yield b"x" * 65536

    done = threading.Event()
    with rude(talk) as url, proxying(url) as passing:
        with socket.create_connection(("127.0.0.1", urlsplit(passing.url).port)) as client:
            client.sendall(b"POST /projects HTTP/1.1\r\nHost: x\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 65536)
            assert client.recv(65536).startswith(b"HTTP/1.1 413")
        done.set()
        assert passing.client.get("/projects").status_code == 413


def test_a_client_that_leaves_lets_go_of_the_deployment() -> None:
    let_go = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        if not connection.recv(65536):
            let_go.set()

    with rude(talk) as url, proxying(url) as passing:
        with socket.create_connection(("127.0.0.1", urlsplit(passing.url).port)) as client:
            client.sendall(b"GET /projects HTTP/1.1\r\nHost: x\r\n\r\n")
        assert let_go.wait(30)
        assert passing.lines == ["left     GET /projects  the client left before the answer had ended"]


def test_a_client_that_leaves_in_the_middle_of_an_answer_ends_it() -> None:
    let_go = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n")
        try:
            while True:
                connection.sendall(b"x" * 65536)
        except OSError:
            let_go.set()

    with rude(talk) as url, proxying(url) as passing:
        with passing.client.stream("GET", "/projects") as answer:
            next(answer.iter_raw())
        assert let_go.wait(30)


def test_a_client_that_leaves_in_the_middle_of_a_body_ends_it(deployment: Deployment) -> None:
    with serving(deployment) as url, proxying(url) as passing:
        with socket.create_connection(("127.0.0.1", urlsplit(passing.url).port)) as client:
            client.sendall(b"POST /projects HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        assert passing.client.get("/projects/11").json() == PROJECT
        assert passing.findings == 0


def test_large_bodies_pass_in_both_directions(deployment: Deployment, passing: Passing, tmp_path: Path) -> None:
    deployment.headers, deployment.body = (
        [(b"content-type", b"application/octet-stream")],
        b"0123456789abcdef" * (1 << 20),
    )
    digest = hashlib.sha256()
    with passing.client.stream("POST", "/projects", content=deployment.body) as answer:
        for part in answer.iter_raw():
            digest.update(part)
    assert digest.digest() == hashlib.sha256(deployment.body).digest()
    assert deployment.asked[-1]["body"] == deployment.body
    (entry,) = passing.journal()
    assert (entry["request_size"], entry["answer_size"]) == (16 << 20, 16 << 20)


def test_a_recording_is_whole_after_each_exchange(deployment: Deployment, tmp_path: Path) -> None:
    file = tmp_path / "passed.har"
    with serving(deployment) as url, proxying(url, record=file) as passing:
        assert json.loads(file.read_text())["log"]["entries"] == []
        for count in (1, 2, 3):
            passing.client.get("/projects/11?a=b")
            passing.client.get("/_mock/health")
            recording = Recording(file)
            found = list(recording)
            assert (len(found), recording.is_whole) == (count, True)
        assert found[-1].url == f"{url}/projects/11?a=b"
        assert json.loads(found[-1].response_body or b"") == PROJECT


def test_a_recording_that_cannot_go_on_stays_whole_and_the_exchanges_go_on(
    deployment: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, write = tmp_path / "passed.har", os.pwrite

    def full(descriptor: int, data: Any, at: int) -> int:
        if len(data) > 100:
            write(descriptor, bytes(data)[:50], at)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data, at)

    with serving(deployment) as url, proxying(url, record=file) as passing:
        passing.client.get("/projects/11")
        passing.settle()
        monkeypatch.setattr(os, "pwrite", full)
        for _ in range(2):
            assert passing.client.get("/projects/11").json() == PROJECT
        assert passing.lines == [f"{file} cannot be written: No space left on device; the recording ends here"]
    recording = Recording(file)
    assert (len(list(recording)), recording.is_whole) == (1, True)


def test_a_request_that_both_the_contract_and_the_deployment_refuse_is_shown_in_full(
    deployment: Deployment, passing: Passing
) -> None:
    deployment.status, deployment.body = 400, b'{"message": "no", "status": "BAD_REQUEST", "errors": []}'
    assert passing.client.post("/projects", json={"name": 7}).status_code == 400
    (entry,) = passing.journal()
    assert {fault["place"] for fault in entry["validation"]["request"]} == {"body.name", "body.type"}
    assert entry["why"]["rule"] == "body"
    assert passing.client.get(f"/_mock/console/exchange?id={entry['id']}").status_code == 200
