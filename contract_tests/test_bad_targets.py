"""Targets that misbehave end a run with one clear line and exit code 2; nothing leaks, nothing hangs."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from contract_tests import accounts
from contract_tests.brakes import Brakes, Limits, Stop
from contract_tests.check import check
from contract_tests.observer import Observer
from contract_tests.plan import Plan
from contract_tests.target import Person, Target
from mock_server.cli import main

Answer = Callable[[BaseHTTPRequestHandler], None]
JSON = {"Content-Type": "application/json"}


@contextmanager
def answering(answer: Answer) -> Iterator[str]:
    """Serve whatever `answer` does, for every request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            self.sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            try:
                answer(self)
            except OSError:  # the other side has gone
                self.close_connection = True

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def reply(handler: BaseHTTPRequestHandler, body: bytes = b"{}", status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def run(url: str, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    """Check a target with a token, and return the exit code and what was said of it in one line."""
    code = main(["check", "--url", url, "--token", "s3cret-token", "--timeout", "2", "--max-examples", "1", *more])
    said = capsys.readouterr()
    assert "Traceback" not in said.err + said.out
    assert "s3cret-token" not in said.err + said.out
    return code, said.err.strip()


def test_an_unreachable_host_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    code, said = run(f"http://127.0.0.1:{port}", capsys)
    assert code == 2 and said.count("\n") == 0
    assert "/auth/status: the connection failed" in said and "refused" in said


def test_a_server_without_tls_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(reply) as url:
        code, said = run(url.replace("http://", "https://"), capsys)
    assert code == 2
    assert "TLS" in said


def test_a_login_page_is_no_api(capsys: pytest.CaptureFixture[str]) -> None:
    page = b"<!doctype html><title>Sign in - Example</title><form></form>"
    with answering(lambda handler: reply(handler, page, Content_Type="text/html")) as url:
        code, said = run(url, capsys)
    assert code == 2
    assert "page in HTML (Sign in - Example)" in said


def test_no_credentials_follow_a_redirect_to_another_host(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[Any] = []

    def elsewhere(handler: BaseHTTPRequestHandler) -> None:
        seen.append(dict(handler.headers))
        reply(handler)

    with answering(elsewhere) as other, answering(lambda h: reply(h, b"", 302, Location=f"{other}/auth/status")) as url:
        code, said = run(url, capsys)
        target = Target.at(url, "studio", [Person("first", {"Authorization": "Bearer x"})], "none")
        with pytest.raises(Stop, match="redirects to"), target.wire.installed():
            requests.get(f"{url}/projects", headers={"Authorization": "Bearer x"})  # who would follow it
        target.close()
    assert code == 2
    assert "redirects to http://127.0.0.1" in said and "--url" in said
    assert seen == []


def test_a_redirect_on_the_same_host_is_not_followed_either(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(lambda handler: reply(handler, b"", 302, Location="/v2/auth/status")) as url:
        code, said = run(url, capsys)
    assert code == 2
    assert "redirects to /v2/auth/status; give the address" in said


def test_a_closed_connection_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    def close(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    with answering(close) as url:
        code, said = run(url, capsys)
    assert code == 2
    assert "the connection failed" in said


def test_an_answer_that_does_not_come_is_not_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    over = threading.Event()

    def wait(handler: BaseHTTPRequestHandler) -> None:
        over.wait(30)

    with answering(wait) as url:
        code, said = run(url, capsys, "--timeout", "0.2")
        over.set()
    assert code == 2
    assert "no answer in time" in said


def test_an_answer_without_end_is_not_read_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    def flood(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(100 * 1024 * 1024))
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b" " * 1024 * 1024)

    with answering(flood) as url:
        code, said = run(url, capsys)
    assert code == 2
    assert "answers with more than 16 MiB" in said


def test_what_is_no_json_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(lambda handler: reply(handler, b'{"id": ')) as url:
        code, said = run(url, capsys)
    assert code == 2
    assert "not valid JSON" in said


def test_credentials_that_are_not_accepted_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    with answering(lambda handler: reply(handler, b"{}", 401)) as url:
        code, said = run(url, capsys)
    assert code == 2
    assert "answers 401: the credentials of the caller are not accepted" in said


def test_a_target_that_fails_all_the_time_is_left_alone() -> None:
    with answering(lambda handler: reply(handler, b"{}", 500)) as url:
        target = Target.at(url, "studio", [], "none", Limits(failures=4))
        outcome = check(target, Plan(operations=("get_health", "get_info"), phases=("examples", "coverage")))
        target.close()
    assert outcome.exit_code == 2
    assert outcome.stopped is not None and "failed 4 times in a row" in outcome.stopped
    assert outcome.requests <= 4


def test_the_budget_is_kept_and_is_no_failure() -> None:
    health = b'{"status": "ok"}'
    with answering(lambda handler: reply(handler, health)) as url:
        target = Target.at(url, "studio", [], "none", Limits(budget=5))
        outcome = check(target, Plan(operations=("get_health", "get_info"), phases=("coverage", "fuzzing")))
        target.close()
    assert outcome.requests == 5
    assert outcome.stopped == "The budget of 5 requests is spent"
    assert outcome.exit_code in (0, 1)


def test_rate_and_retry_after_are_kept_without_a_real_clock() -> None:
    now, slept = [0.0], list[float]()

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    answers = iter([(429, {"Retry-After": "3"}), *[(200, {})] * 3])

    def answer(handler: BaseHTTPRequestHandler) -> None:
        status, headers = next(answers)
        reply(handler, b"{}", status, **{name.replace("-", "_"): value for name, value in headers.items()})

    with answering(answer) as url:
        target = Target.at(url, "studio", [], "none")
        target.wire.brakes = Brakes(Limits(rate=4), sleep, lambda: now[0])
        codes = [target.call("get_health").status_code for _ in range(3)]
        target.close()
    assert codes == [200, 200, 200]
    assert slept[0] == 3.0
    assert now[0] >= 3 + 2 / 4


def test_longer_than_it_has_patience_no_run_waits() -> None:
    with answering(lambda handler: reply(handler, b"{}", 503, Retry_After="7200")) as url:
        target = Target.at(url, "studio", [], "none")
        with pytest.raises(Stop, match="asks to wait 7200 s"):
            target.call("get_health")
        target.close()


# Tokens that expire


def expiring(good: list[str]) -> Answer:
    """A server that accepts one token after the other and gives out the last one."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        if handler.path == "/auth/login":
            good.append(f"token-{len(good)}")
            reply(handler, f'{{"auth_token": "{good[-1]}"}}'.encode())
        else:
            reply(handler, b"[]", 200 if handler.headers.get("Authorization") == f"Bearer {good[-1]}" else 401)

    return answer


def test_a_token_that_expires_is_renewed_with_the_password() -> None:
    good = ["token-0"]
    with answering(expiring(good)) as url:
        person = Person("first", {"Authorization": "Bearer token-0"}, "a@example.com", "pass")
        target = Target.at(url, "studio", [person], "none")
        sign_in = accounts.SignIn("studio", url, target.wire.inner, target.wire.brakes)
        target.wire.renewal = accounts.Renewal(target.people, sign_in.headers)
        codes = [target.call("list_types").status_code]
        for expired in ("one", "two"):
            good.append(expired)
            codes += [target.call("list_types").status_code, target.call("list_projects").status_code]
        target.close()
    assert codes == [200] * 5


def test_a_token_that_expires_without_a_password_ends_the_run() -> None:
    good = ["token-0"]
    with answering(expiring(good)) as url:
        target = Target.at(url, "studio", [Person("first", {"Authorization": "Bearer token-0"})], "none")
        target.wire.renewal = accounts.Renewal(target.people, lambda email, password: {})
        assert target.call("list_types").status_code == 200
        good.append("another")
        with pytest.raises(Stop, match="is not accepted any more; with --email and --password"):
            for name in ("list_types", "list_projects", "list_models"):
                assert target.call(name).status_code == 401
        target.close()


def test_one_operation_that_refuses_is_no_expired_token() -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        reply(handler, b"[]", 401 if handler.path == "/types" else 200)

    with answering(answer) as url:
        target = Target.at(url, "studio", [Person("first", {"Authorization": "Bearer token-0"})], "none")
        target.wire.renewal = accounts.Renewal(target.people, lambda email, password: {})
        assert [target.call(name).status_code for name in ("list_projects", "list_types") * 4] == [200, 401] * 4
        target.close()


# Reports, arguments, secrets


class FullDisk(Observer):
    def exchange(self, exchange: object) -> None:
        raise OSError(28, "No space left on device", "report.ndjson")


def test_a_full_disk_ends_the_run_with_a_line() -> None:
    with answering(lambda handler: reply(handler, b'{"status": "ok"}')) as url:
        target = Target.at(url, "studio", [], "none")
        outcome = check(target, Plan(operations=("get_health",), phases=("coverage",)), FullDisk())
        target.close()
    assert outcome.stopped == "report.ndjson cannot be written: No space left on device"
    assert outcome.exit_code == 2
    assert outcome.requests == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--url", "ftp://x"], "begins with http"),
        (["--url", "https://u:p@example.com"], "credentials do not belong into the address"),
        (["--shard", "3/2"], "no part of a whole"),
        (["--rate", "fast"], "no rate"),
        (["--phases", "fuzing"], "there is no phase fuzing"),
        (["--api", "studios"], "there is no API studios"),
    ],
)
def test_wrong_arguments_are_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["check", *arguments])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--url", "http://h.example", "--writes", "all"], "needs --i-own-this-deployment h.example"),
        (["--url", "http://h.example", "--writes", "all", "--i-own-this-deployment", "x.example"], "needs --i-own"),
        (["--url", "http://h.example", "--email", "a@example.com"], "--email needs --password"),
        (["--token", "x"], "--url is missing"),
        (["--operations", "list_project"], "the contract has no operation list_project"),
        (["--baseline", __file__], "is no baseline|line 1"),
        (["--baseline", "nowhere.json"], "there is no baseline nowhere.json"),
        (["--accept"], "--baseline FILE is missing"),
        (["--url", "http://h.example", "--credentials", "nowhere.json"], "nowhere.json cannot be read"),
        (["--cleanup", "nowhere.jsonl"], "nowhere.jsonl cannot be"),
        (["--world", "nowhere"], "there is no world nowhere"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert any(part in error for part in said.split("|")), error


def test_people_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text("- {name: Nora, token: abc, role: MANAGER}\n- {token: Token def}\n")
    sign_in = accounts.SignIn("studio", "http://h.example", requests.adapters.HTTPAdapter(), Brakes(Limits()))
    first, second = accounts.from_file(file, "studio", sign_in)
    assert (first.name, first.headers, first.role) == ("Nora", {"Authorization": "Bearer abc"}, "MANAGER")
    assert second.headers == {"Authorization": "Token def"}
    file.write_text("- {name: Nora}\n")
    with pytest.raises(accounts.Unusable, match="entry 1: token, or email and password are missing"):
        accounts.from_file(file, "studio", sign_in)
