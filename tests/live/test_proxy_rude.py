"""What no proper client or deployment does, and what goes wrong beside the traffic: each ends in a clear line, and nothing hangs."""

import gzip
import io
import json
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from contract_tests.live.connection import Connection
from contract_tests.live.recorder import Recorder
from contract_tests.live.told import Told
from contract_tests.live.traffic import Recording
from contract_tests.live.upstream import BadAddress, Upstream, address
from mock_server import cli
from tests.live.recordings import PROJECT
from tests.live.test_proxy_command import command, ended
from tests.live.upstreams import judge, proxying, rude, serving, stand_in

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
WEBSOCKET = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}


def saying(*answers: bytes) -> Callable[[socket.socket], None]:
    """Return a deployment that gives these bytes in answer to one request after the other."""

    def talk(connection: socket.socket) -> None:
        for answer in answers:
            if connection.recv(65536):
                connection.sendall(answer)
        while connection.recv(65536):
            pass

    return talk


def asked(url: str, request: bytes) -> bytes:
    """Send bytes, and return everything that comes back until the connection is closed."""
    with socket.create_connection(("127.0.0.1", int(urlsplit(url).port or 0)), timeout=30) as client:
        client.sendall(request)
        found = b""
        while part := client.recv(65536):
            found += part
        return found


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", "it answered 999, which is no status"),
        (HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "the transfer coding gzip, chunked"),
        (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n[]]", "what it sent is no HTTP"),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n[]\r\n", "what it sent is no HTTP"),
        (HEAD + b"X-Odd: a\x01b\r\nContent-Length: 2\r\n\r\n[]", "what it sent is no HTTP"),
    ],
)
def test_an_answer_that_cannot_be_passed_on_is_answered_for(answer: bytes, told: str) -> None:
    with rude(saying(answer)) as url, proxying(url) as passing:
        assert passing.client.get("/projects").status_code == 502
        assert any(line.startswith("failed   GET /projects") and told in line for line in passing.lines)


def test_what_comes_after_an_answer_is_dropped_and_nobody_waits_for_it() -> None:
    with rude(saying(HEAD + b"Content-Length: 2\r\n\r\n[]AND MORE")) as url, proxying(url) as passing:
        for _ in range(3):
            assert passing.client.get("/projects").json() == []


def test_a_request_that_cannot_be_passed_on_for_our_own_fault_has_an_answer_and_a_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    with serving(stand_in()) as url, proxying(url) as passing:
        monkeypatch.setattr(Connection, "ask", broken)
        assert passing.client.get("/projects").status_code == 502
        (line,) = passing.lines
        assert line.startswith("failed   GET /projects") and "(ZeroDivisionError); please report it" in line


def test_a_websocket_is_refused_and_other_upgrades_are_left_out(tmp_path: Path) -> None:
    told = "upgrade: websocket was asked for, which is not passed on"
    with serving(stand_in()) as url, command(tmp_path, "--upstream", url) as (process, own):
        with httpx.Client(base_url=own, trust_env=False) as client:
            answer = client.get("/health", headers=WEBSOCKET)
            other = client.get("/health", headers={"Upgrade": "h2c", "Connection": "Upgrade"})
        _, said = ended(process)
    assert (answer.status_code, answer.headers["x-mock-proxy"], answer.json()["title"]) == (501, "no-answer", told)
    assert other.status_code == 200
    assert [line for line in said.splitlines() if "upgrade" in line] == [f"failed   GET /health  {told}"]


def test_a_client_of_an_older_http_gets_no_chunks() -> None:
    in_chunks = HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n"
    endless = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"100000\r\n%b\r\n" % (b"x" * 0x100000) * 5
    with rude(saying(in_chunks, endless)) as url, proxying(url) as passing:
        answer = asked(passing.url, b"GET /projects HTTP/1.0\r\n\r\n")
        assert b"content-length: 2\r\n" in answer and b"chunked" not in answer and answer.endswith(b"\r\n\r\n[]")
        assert asked(passing.url, b"GET /projects HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.1 502 ")
        assert "which a client of HTTP/1.0 needs" in passing.lines[-1]


def test_the_body_of_several_compressed_parts_is_judged_whole() -> None:
    text = json.dumps({**PROJECT, "colour": "red"}).encode()
    packed = gzip.compress(text[:50]) + gzip.compress(text[50:])
    head = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(packed)
    with rude(saying(head + packed)) as url, proxying(url) as passing:
        with passing.client.stream("GET", "/projects/11") as answer:
            assert b"".join(answer.iter_raw()) == packed
        assert passing.findings == 1


@pytest.mark.parametrize(
    ("packed", "coding", "told"),
    [
        (b"none", b"gzip", "its compression gzip is broken, or hides more than 4 MiB"),
        (gzip.compress(b"0" * (5 << 20)), b"gzip", "its compression gzip is broken, or hides more than 4 MiB"),
        (gzip.compress(b"") * 100, b"gzip", "its compression gzip is broken, or hides more than 4 MiB"),
        (b"none", b"zstd", "its compression zstd cannot be read"),
    ],
)
def test_a_body_that_cannot_be_read_is_passed_on_and_the_reason_told(packed: bytes, coding: bytes, told: str) -> None:
    head = HEAD + b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding, len(packed))
    with rude(saying(head + packed)) as url, proxying(url) as passing:
        with passing.client.stream("GET", "/projects") as answer:
            assert b"".join(answer.iter_raw()) == packed
        assert passing.lines == [f"answer   GET /projects  its body was not judged: {told}"]


# What is no request


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400, "a client speaks TLS here"),
        (b"CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n", 501, "a client takes this for a proxy"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505, "a client speaks HTTP/2"),
        (b"GET /%b HTTP/1.1\r\nHost: x\r\n\r\n" % (b"x" * 70_000), 414, "a path of more than 63 KiB"),
        (b"GET /projects HTTP/1.1\r\nHost: x\r\nX-A: a\nX-B: b\r\n\r\n", 400, "is no HTTP"),
        (b"POST /projects HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "is no HTTP"),
    ],
)  # fmt: skip
def test_what_is_no_request_is_refused_in_one_line(sent: bytes, status: int, told: str, tmp_path: Path) -> None:
    with serving(stand_in()) as url, command(tmp_path, "--upstream", url) as (process, own):
        answer = asked(own, sent)
        code, said = ended(process)
    assert answer.startswith(b"HTTP/1.1 %d " % status)
    assert told in json.loads(answer.partition(b"\r\n\r\n")[2])["title"]
    assert [told in line for line in said.splitlines() if line.startswith("refused  ")] == [True]
    assert (code, (tmp_path / "stderr").read_text()) == (0, "")


def test_trailers_of_a_request_do_not_become_headers(tmp_path: Path) -> None:
    heads = []

    def talk(connection: socket.socket) -> None:
        heads.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")

    with rude(talk) as url, command(tmp_path, "--upstream", url) as (_, own):
        chunked = b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Trailer: here\r\n\r\n"
        assert asked(own, b"POST /projects HTTP/1.1\r\nHost: x\r\n" + chunked).startswith(b"HTTP/1.1 204 ")
    assert b"transfer-encoding: chunked" in heads[0] and b"trailer" not in heads[0].lower()


def test_nothing_that_a_terminal_would_obey_is_printed() -> None:
    odd = b"POST /projects HTTP/1.0\r\nTransfer-Encoding: \x9b31m, chunked\r\n\r\n0\r\n\r\n"
    with serving(stand_in()) as url, proxying(url) as passing:
        assert asked(passing.url, odd).startswith(b"HTTP/1.1 501 ")
        assert (
            passing.lines[0]
            == "failed   POST /projects  transfer-encoding: ?31m, chunked was asked for, which is not passed on"
        )


def test_a_terminal_that_knows_few_signs_gets_every_line() -> None:
    raw = io.BytesIO()
    told = Told(judge(), io.TextIOWrapper(raw, encoding="ascii", write_through=True))
    told.note("left     GET /… \u2192")
    told.note("and the next")
    told.close()
    assert raw.getvalue().splitlines() == [
        b"left     GET /? ?",
        b"and the next",
        b"0 exchanges, no violation of the contract",
    ]


# Ends in the middle


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("rest", [b"\r\n", b"Content-Length: 100\r\n\r\n{"])
def test_what_was_under_way_at_the_end_is_told_and_recorded(how: signal.Signals, rest: bytes, tmp_path: Path) -> None:
    begun = threading.Event()

    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")
        begun.set()
        while connection.recv(65536):
            pass

    file = tmp_path / "passed.har"
    with rude(talk) as url, command(tmp_path, "--upstream", url, "--record", str(file)) as (process, own):
        client = socket.create_connection(("127.0.0.1", int(urlsplit(own).port or 0)))
        client.sendall(b"POST /projects HTTP/1.1\r\nHost: x\r\n" + rest)
        assert begun.wait(30)
        _, said = ended(process, how)
        client.close()
    (entry,) = json.loads(file.read_text())["log"]["entries"]
    assert entry["comment"] == "studio-mock was ended before the answer had"
    assert "failed   POST /projects  studio-mock was ended before the answer had" in said
    assert "1 exchange" in said and (tmp_path / "stderr").read_text() == ""


def test_the_journal_tells_of_an_answer_that_broke_off_beside_what_breaks_the_contract() -> None:
    def talk(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n{")

    with rude(talk) as url, proxying(url) as passing:
        with pytest.raises(httpx.RemoteProtocolError):
            passing.client.get("/projects?owner=me")
        fault = passing.journal()[0]["fault"]
    assert "query parameter owner" in fault and "the connection was closed in the middle of its answer" in fault


def test_a_client_that_leaves_is_told_in_one_line() -> None:
    with rude(saying()) as url, proxying(url) as passing:
        where = ("127.0.0.1", int(urlsplit(passing.url).port or 0))
        for _ in range(3):
            with socket.create_connection(where) as client:
                client.sendall(b"POST /projects HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
        for _ in range(600):
            if passing.told.exchanges == 3:
                break
            threading.Event().wait(0.05)
        assert passing.lines == ["left     POST /projects  the client left before its request had ended"]


# Where it records


def test_only_an_earlier_recording_is_made_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.har"
    Recorder(file).close()
    Recorder(file).close()
    assert list(Recording(file)) == []
    for content in ('{"log": {"version": "1.2", "entries": []}}', "notes"):
        file.write_text(content)
        assert cli.main(["proxy", "--upstream", "http://a.example", "--port", "0", "--record", str(file)]) == 2
        assert "is there and no recording of a proxy; choose another file" in capsys.readouterr().err
        assert file.read_text() == content


def test_two_proxies_do_not_record_into_one_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.har"
    first = Recorder(file)
    assert cli.main(["proxy", "--upstream", "http://a.example", "--port", "0", "--record", str(file)]) == 2
    assert capsys.readouterr().err.endswith("cannot be written: another proxy records into it\n")
    first.close()
    Recorder(file).close()


def test_a_recording_is_for_its_owner_alone_and_stays_if_the_proxy_cannot_run(tmp_path: Path) -> None:
    file = tmp_path / "a.har"
    recorder = Recorder(file)
    recorder.close()
    file.chmod(0o644)
    before = file.read_bytes() + b"\n"
    file.write_bytes(before)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert cli.main(["proxy", "--upstream", "http://a.example", "--port", port, "--record", str(file)]) == 2
    assert file.read_bytes() == before
    Recorder(file).close()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["proxy", "--upstream", "http://a.example", "--port", "0", "--record", "/dev/full"]) == 2
    assert capsys.readouterr().err == "studio-mock: --record /dev/full cannot be written: No space left on device\n"


# Where the deployment is


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "a..example", "bü..example"])
def test_a_host_that_can_be_none_is_refused_at_once(host: str) -> None:
    with pytest.raises(BadAddress, match="it has a host that can be no name"):
        address(f"http://{host}")


def test_addresses_in_any_script_are_sent_as_http_has_them() -> None:
    where = address("https://bücher.example/bäse/%C3%A4/")
    assert where.url == "https://xn--bcher-kva.example/b%C3%A4se/%C3%A4"
    head = Upstream(where).head("GET", b"/x", [])
    assert head == b"GET /b%C3%A4se/%C3%A4/x HTTP/1.1\r\nhost: xn--bcher-kva.example\r\n\r\n"


def _ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
        return True
    except OSError:
        return False


@pytest.mark.skipif(not _ipv6(), reason="needs IPv6")
def test_a_deployment_at_an_ipv6_address_below_a_path_is_reached() -> None:
    heads = []
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:

        def run() -> None:
            connection, _ = listener.accept()
            with connection:
                heads.append(connection.recv(65536))
                connection.sendall(HEAD + b"Content-Length: 2\r\nConnection: close\r\n\r\n[]")

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        port = listener.getsockname()[1]
        with proxying(f"http://[::1]:{port}/base/v2/") as passing:
            assert passing.client.get("/projects").json() == []
        thread.join(10)
    assert heads[0].startswith(b"GET /base/v2/projects HTTP/1.1\r\nhost: [::1]:%d\r\n" % port)


def test_a_name_that_nobody_knows_is_told_in_one_line() -> None:
    with proxying("http://nobody.invalid") as passing:
        assert passing.client.get("/projects").status_code == 502
        (line,) = passing.lines
        assert line.startswith("failed   GET /projects  http://nobody.invalid: it could not be reached: ")
