"""The control API from the terminal: each command does what its operation does, and says in one line what it cannot do."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_server.cli import build_parser, main
from mock_server.contract import load, operations
from mock_server.control.terminal import EVERY
from mock_server.control.terminal.completion import SCRIPTS, following
from mock_server.control.terminal.nouns import VERBS, default_verb, duration
from mock_server.control.terminal.printing import safe
from mock_server.testing import StudioMock

Run = Callable[..., tuple[int, str, str]]
PROGRAM = [sys.executable, "-m", "mock_server"]
PAGES = ("Server", "Console")  # tags of what is for browsers and monitors


@pytest.fixture(scope="module")
def server() -> Iterator[StudioMock]:
    with StudioMock("minimal", serve=True) as mock:
        yield mock


@pytest.fixture
def mock(server: StudioMock) -> Iterator[StudioMock]:
    """A sandbox of its own on a server that listens."""
    with server.fork() as fork:
        yield fork


@pytest.fixture
def run(mock: StudioMock, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command against the sandbox; returns its exit code and what it printed."""
    monkeypatch.setenv("STUDIO_MOCK_URL", mock.base_url)
    monkeypatch.setenv("STUDIO_MOCK_SANDBOX", mock.name)
    monkeypatch.setenv("COLUMNS", "300")

    def run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = main(list(words))
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def answered(run: Run, *words: str) -> Any:
    code, out, err = run(*words, "--json")
    assert (code, err) == (0, ""), err
    return json.loads(out) if out else None


def one_line(result: tuple[int, str, str]) -> str:
    code, out, err = result
    assert code == 2 and out == "" and err.count("\n") == 1, result
    return err


# From the contract to commands


def test_every_operation_of_the_control_api_is_a_command() -> None:
    known = {node["operationId"]: node["tags"][0] for _, _, node, _ in operations(load("control"))}
    called = {verb.operation for verbs in VERBS.values() for verb in verbs.values()}
    assert called == {name for name, tag in known.items() if tag not in PAGES}


@pytest.mark.parametrize("noun", [*VERBS])
def test_every_command_explains_itself(run: Run, noun: str) -> None:
    for words in ([noun], *([noun, verb] for verb in VERBS[noun])):
        code, out, _ = run(*words, "--help")
        assert code == 0 and out.startswith(f"usage: studio-mock {' '.join(words)}")
    assert default_verb(noun) in run(noun, "--help")[1]


def test_the_top_names_every_command(run: Run) -> None:
    assert all(name in run("--help")[1] for name in EVERY)


def test_other_commands_load_nothing_of_it() -> None:
    program = (
        "import sys; from mock_server import cli\n"
        "sys.argv = ['studio-mock', 'world', 'check', 'minimal']; cli.main()\n"
        "print([name for name in sys.modules if name.startswith(('mock_server.control.terminal.', 'rich', 'requests'))])"
    )
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "[]"


# What they do


def test_sandboxes_are_made_shown_and_deleted(run: Run, mock: StudioMock) -> None:
    made = answered(run, "sandbox", "create", f"{mock.name}-b", "--from", mock.name, "--idle-seconds", "60")
    assert (made["source"], made["idle_seconds"]) == (f"the sandbox {mock.name}", 60)
    assert made["name"] in run("sandbox")[1]
    assert answered(run, "sandbox", "show", made["name"])["name"] == made["name"]
    assert run("sandbox", "delete", made["name"])[:2] == (0, "done\n")
    assert made["name"] in one_line(run("sandbox", "show", made["name"]))


def test_state_goes_back_to_a_snapshot(run: Run, mock: StudioMock) -> None:
    client = mock.as_user()
    project = client.get("/projects").json()[0]["id"]
    assert answered(run, "snapshot", "take", "before")["name"] == "before"
    client.put(f"/projects/{project}", json={"name": "Another name"})
    code, out, _ = run("snapshot", "diff", "before")
    assert code == 0 and "1 changed" in out and "Another name" in out
    assert answered(run, "snapshot", "diff", "before", "now")["counts"]["changed"] == 1
    assert run("snapshot", "restore", "before")[0] == 0
    assert answered(run, "snapshot", "diff", "before")["counts"]["changed"] == 0
    assert "before" in run("snapshot")[1] and run("snapshot", "delete", "before")[0] == 0


def test_the_clock_is_moved(run: Run) -> None:
    assert answered(run, "clock", "freeze", "2030-01-01T00:00:00Z") == {
        **answered(run, "clock"),
        "now": "2030-01-01T00:00:00Z",
        "frozen": True,
    }
    assert answered(run, "clock", "advance", "90m")["now"] == "2030-01-01T01:30:00Z"
    assert answered(run, "clock", "set", "--jobs", '{"mode": "at_once"}')["jobs"]["mode"] == "at_once"
    assert answered(run, "clock", "run")["frozen"] is False
    assert run("clock", "settle")[0] == 0


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("1.5m", 90), ("2h", 7200), ("3d", 259200), ("soon", "soon")]
)
def test_durations_are_read(text: str, seconds: Any) -> None:
    assert duration(text) == seconds


def test_faults_are_armed_and_disarmed(run: Run, mock: StudioMock) -> None:
    made = answered(run, "fault", "arm", "list_projects", "--status", "503", "--times", "1")
    assert mock.as_user().get("/projects").status_code == 503
    assert "list_projects" in run("fault")[1]
    assert "nearest is list_projects" in run("fault", "arm", "list_projcts", "--latency", '{"fixed_ms": 1}')[1]
    assert run("fault", "disarm", str(made["id"]))[0] == 0 == run("fault", "clear")[0]
    assert answered(run, "fault")["count"] == 0


def test_tables_are_read_exported_and_imported(run: Run, mock: StudioMock, tmp_path: Any) -> None:
    rows = answered(run, "table", "rows", "Project", "--limit", "1")["rows"]
    assert answered(run, "table", "row", "Project", str(rows[0]["id"]))["row"]["name"] == rows[0]["name"]
    assert answered(run, "table", "rows", "Project", "--where", f"name:{rows[0]['name']}")["rows"] == rows
    assert "Project" in run("table")[1]
    for suffix in ("json", "yaml"):
        exported = run("table", "export", "--format", suffix)[1]
        (tmp_path / f"world.{suffix}").write_text(exported, "utf-8")
        assert run("table", "import", str(tmp_path / f"world.{suffix}"))[0] == 0
    assert answered(run, "table", "rows", "Project", "--limit", "1")["rows"] == rows
    assert "cannot be read" in one_line(run("table", "import", str(tmp_path / "none.json")))


def test_people_mails_and_webhooks_are_listed(run: Run) -> None:
    assert "owner@example.com" in run("people")[1]
    assert run("outbox")[0] == 0 == run("outbox", "webhooks")[0]
    assert answered(run, "people", "--api", "studio")["people"][0]["api"] == "studio"


def test_the_journal_shows_why_something_was_refused(run: Run, mock: StudioMock) -> None:
    mock.as_user().post("/projects", json={"name": "Mine", "type": "ABC"})
    assert "body: " in run("journal")[1]
    code, out, _ = run("journal", "show", "1")
    assert code == 0 and "body.type" in out and "spec/studio/" in out and "what would pass" in out and '"Mine"' in out
    assert "Bearer [redacted]" in out and "[redacted]" not in run("journal", "show", "1", "--secrets")[1]
    assert answered(run, "journal", "show", "1")["why"]["rule"] == "body"
    assert run("journal", "curl", "1")[1].startswith("curl -sS -X POST")
    assert run("journal", "--status", "2xx")[1].startswith("nothing")
    assert answered(run, "journal", "export")["log"]["version"] == "1.2"
    assert answered(run, "journal", "clear") == {"cleared": 1}


def test_a_verdict_is_an_exit_code(run: Run, mock: StudioMock) -> None:
    mock.as_user().post("/projects", json={"name": "Mine", "type": "ABC"})
    assert run("journal", "verify", "create_project", "--times", "1", "--body", '{"name": "Mine"}')[0] == 0
    code, out, _ = run("journal", "verify", "create_project", "--body", '{"name": "Yours"}')
    assert code == 1 and "body.name: wanted Yours, got Mine" in out
    assert run("journal", "verify", "create_project", "--times", "2", "--json")[0] == 1


def test_a_terminal_is_not_told_what_to_do_by_what_was_sent(run: Run, mock: StudioMock) -> None:
    evil = "\x1b]0;owned\x07\x1b[31mred [bold]not bold[/bold] :smile:"
    mock.as_user().post("/projects", json={"name": evil, "type": evil})
    for words in (("journal",), ("journal", "show", "1")):
        out = run(*words)[1]
        assert "\x1b" not in out and "\x07" not in out
    assert "[bold]not bold[/bold] :smile:" in run("journal", "show", "1")[1]
    assert safe("a\x1bb\r\n\tä😀\u202e") == "a\\x1bb\\r\n\tä😀\\u202e"


# What they cannot do


@pytest.mark.parametrize("url", ["foo", "ftp://a", "http://", "http://a:b:c", "http://127.0.0.1:99999", "//x", ""])
def test_a_wrong_address_is_said_to_be_one(run: Run, url: str) -> None:
    assert "right would be http://127.0.0.1:8080" in one_line(run("clock", "--url", url))


def test_nobody_there_is_said(run: Run) -> None:
    assert "studio-mock serve" in one_line(run("clock", "--url", "http://127.0.0.1:9"))
    assert "studio-mock serve" in one_line(run("shell", "-c", "1", "--url", "http://127.0.0.1:9"))


def test_somebody_else_there_is_said(run: Run) -> None:
    from http.server import BaseHTTPRequestHandler, HTTPServer
    from threading import Thread

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_error(404)

        def log_message(self, *args: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Other) as other:
        Thread(target=other.handle_request).start()
        assert "is no stand-in" in one_line(run("clock", "--url", f"http://127.0.0.1:{other.server_port}"))


@pytest.mark.parametrize(
    "words",
    [
        ["clock", "--sandbox", "nope"],
        ["clock", "--sandbox", "../x"],
        ["clock", "advance", "soon"],
        ["clock", "advance"],
        ["clock", "set", "--jobs", "{"],
        ["clock", "set", "--speed", "-1"],
        ["snapshot", "take", "../x"],
        ["snapshot", "restore", "nope"],
        ["snapshot", "take", ".."],
        ["sandbox", "delete", "default"],
        ["sandbox", "create", "A B"],
        ["journal", "show", "999"],
        ["journal", "show", "x"],
        ["journal", "--status", "9"],
        ["journal", "--limit", "0"],
        ["journal", "shw"],
        ["journal", "verify", "--times", "-1"],
        ["fault", "arm", "get_project", "--status", "soon"],
        ["fault", "arm", "get_project", "--close", "sometimes"],
        ["fault", "arm"],
        ["fault", "disarm", "99"],
        ["table", "rows", "Nope"],
        ["table", "row", "Project", "x"],
        ["job", "finish", "0"],
        ["completion", "tcsh"],
        ["completion"],
        ["faul"],
        ["shell", "-c", "mock.restore('nope')"],
    ],
    ids=" ".join,
)
def test_nonsense_is_refused_in_one_line(run: Run, words: list[str]) -> None:
    assert "Traceback" not in one_line(run(*words))


def test_the_token_of_the_control_api_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    with StudioMock("minimal", serve=True, control_token="a-token-of-length") as mock:
        assert main(["clock", "--url", mock.base_url]) == 2
        assert "--control-token" in capsys.readouterr().err
        assert main(["clock", "--url", mock.base_url, "--token", "a-token-of-length"]) == 0


def test_a_reader_that_leaves_is_no_error(mock: StudioMock) -> None:
    words = [*PROGRAM, "table", "export", "--url", mock.base_url]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b"" and process.wait(30) == 0


# Following


class Follower:
    """`journal --follow` in a process of its own."""

    def __init__(self, mock: StudioMock, *words: str) -> None:
        command = [*PROGRAM, "journal", "--follow", "--url", mock.base_url, "--sandbox", mock.name, *words]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def line(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline()

    def ended(self, number: int | None = None) -> tuple[int, str]:
        if number is not None:
            self.process.send_signal(number)
        _, err = self.process.communicate(timeout=30)
        return self.process.returncode, err


def test_requests_are_shown_as_they_come(mock: StudioMock) -> None:
    client = mock.as_user()
    client.get("/projects")
    follower = Follower(mock)
    assert "/projects" in follower.line()
    client.get("/projects/999")
    client.get("/auth/status")
    assert "404" in (told := follower.line()) and "domain: The project was not found" in told
    assert "/auth/status" in follower.line()
    assert follower.ended(signal.SIGINT) == (130, "")


def test_followed_requests_can_be_json_and_filtered(mock: StudioMock) -> None:
    follower = Follower(mock, "--json", "--status", "4xx", "--after", "0")
    client = mock.as_user()
    for path in ("/projects", "/projects/998", "/projects", "/projects/999"):
        client.get(path)
    assert [json.loads(follower.line())["path"] for _ in range(2)] == ["/projects/998", "/projects/999"]
    assert follower.ended(signal.SIGINT)[0] == 130


def test_a_server_that_goes_ends_the_following() -> None:
    with StudioMock("minimal", serve=True) as mock:
        mock.as_user().get("/projects")
        follower = Follower(mock)
        assert "/projects" in follower.line()
    code, err = follower.ended()
    assert code == 2 and err.startswith("studio-mock: no stand-in answers") and err.count("\n") == 1


# The prompt


def test_the_prompt_has_the_stand_in_at_hand(run: Run) -> None:
    program = "client.get('/projects/999'); print(why(1)['rule'], rows('Project')[0]['id'] > 0, email); curl(1); show(people())"
    code, out, _ = run("shell", "-c", program)
    assert code == 0 and out.startswith("domain True owner@example.com\ncurl -sS") and "roles" in out
    assert run("shell", "-c", "1/0")[0] == 1 and run("shell", "-c", "raise SystemExit(3)")[0] == 3


def test_the_prompt_reads_from_a_pipe_and_ends_with_it(mock: StudioMock) -> None:
    words = [*PROGRAM, "shell", "--url", mock.base_url, "--sandbox", mock.name]
    done = subprocess.run(words, input="print(mock.name)\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and mock.name in done.stdout and "as_user(email)" in done.stderr


# Completion


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["jo"], ["job", "journal"]),
        (["journal", ""], ["clear", "curl", "export", "list", "show", "verify"]),
        (["journal", "--fol"], ["--follow"]),
        (["fault", "arm", "--clos"], ["--close"]),
        (["fault", "arm", "--close", "m"], ["midway"]),
        (["completion", ""], ["bash", "fish", "zsh"]),
        (["serve", "--quie"], ["--quiet"]),
        (["nonsense", "x"], []),
        (["journal", "--nonsense", "x"], []),
    ],
)
def test_what_may_come_next_is_known(words: list[str], found: list[str]) -> None:
    assert following(build_parser(None), words) == found


def test_every_shell_has_a_script_that_it_can_read(run: Run, tmp_path: Any) -> None:
    import shutil

    for shell in SCRIPTS:
        code, out, _ = run("completion", shell)
        (tmp_path / shell).write_text(out)
        assert code == 0 and "studio-mock completion next" in out
        if shutil.which(shell):
            subprocess.run([shell, "-n", str(tmp_path / shell)], check=True)


def test_bash_completes(tmp_path: Any) -> None:
    command = tmp_path / "studio-mock"
    command.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
    command.chmod(0o755)
    (tmp_path / "script").write_text(
        'eval "$(studio-mock completion bash)"\n'
        'COMP_WORDS=(studio-mock journal ver); COMP_CWORD=2; _studio_mock; echo "${COMPREPLY[*]}"\n'
    )
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", str(tmp_path / "script")], capture_output=True, text=True, env=env, check=True)
    assert done.stdout == "verify\n"
