"""Every command that sees the traffic of a deployment is run on traffic full of secrets; then every file and every line is searched."""

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.impostor import EMAIL, Impostor
from tests.live.planted import forms, found_below, found_in
from tests.live.recordings import PROJECT, archive
from tests.live.test_proxy_command import ended
from tests.live.upstreams import serving

NAMES = ("bearer", "basic", "api-key", "cookie", "query", "path", "set-cookie", "answered-header", "redirect")
IN_HEADERS = {name: f"pl4nted-{name}-7Zq/x9" for name in NAMES}
OF_BODIES = ("password", "answer", "nested", "form", "part", "file", "address", "pair", "packed", "inner")
IN_BODIES = {name: f'pl4nted {name} "7Zq"&x9+ü' for name in OF_BODIES}
IN_BODIES["address"] = "pl4nted-address-7Zqx9"  # the user of an address has no signs that it would have to encode
PLANTED = IN_HEADERS | IN_BODIES
EXCHANGES = 9  # of `talk`
CONTROL = (
    "journal?limit=100", "journal/export?format=har", "journal/export?format=curl", "console/journal", "world/export", "outbox", "faults",
)  # fmt: skip


def test_the_search_finds_a_secret_in_every_form(tmp_path: Path) -> None:
    secret = IN_BODIES["nested"]
    for at, form in enumerate(sorted(forms(secret))):
        (tmp_path / f"{at}").write_bytes(b"before" + form + b"after")
    for at, before in enumerate((b"", b"a", b"ab", b"user:")):
        (tmp_path / f"packed-{at}").write_bytes(b64encode(before + secret.encode() + b"after"))
    assert len(found_below(tmp_path, PLANTED.values())) == len(list(tmp_path.iterdir())) > 12
    assert found_in(b"nothing", PLANTED.values()) == []


class Leaky:
    """The impostor, whose answers are full of secrets: in headers, and in errors, which also repeat what was sent."""

    def __init__(self) -> None:
        self.impostor = Impostor()
        self.asked = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked += 1
        is_error = False
        sent = {name.decode(): value.decode() for name, value in scope.get("headers", ())}

        async def leaking(message: Any) -> None:
            nonlocal is_error
            if message["type"] == "http.response.start":
                is_error = message["status"] >= 400
                headers = [
                    (name, value) for name, value in message["headers"] if name != b"content-length" or not is_error
                ]
                headers.append((b"set-cookie", f"sid={IN_HEADERS['set-cookie']}; Path=/".encode()))
                headers.append((b"x-session-token", IN_HEADERS["answered-header"].encode()))
                headers.append((b"x-where", f"https://b.example/?code={IN_HEADERS['redirect']}".encode()))
                message = {**message, "headers": headers}
            elif is_error and message.get("body"):
                message = {**message, "body": json.dumps(self.error(message["body"], sent)).encode()}
            await send(message)

        await self.impostor.app(scope, receive, leaking)

    def error(self, body: bytes, sent: dict[str, str]) -> dict[str, Any]:
        """Return an error that says more than it should."""
        return {
            **json.loads(body),
            "auth_token": IN_BODIES["answer"],
            "debug": f"sent {sent.get('authorization')} {sent.get('cookie')} for {IN_BODIES['answer']}",
            "context": json.dumps({"password": IN_BODIES["nested"], "of": json.dumps({"api_key": IN_BODIES["inner"]})}),
            "params": [{"name": "client_secret", "value": IN_BODIES["pair"]}],
            "origin": f"https://user:{IN_BODIES['address']}@b.example/x",
            "packed": b64encode(json.dumps({"password": IN_BODIES["packed"]}).encode()).decode(),
        }


def talk(url: str) -> None:
    """Send requests with secrets wherever one can be."""
    secrets = IN_HEADERS
    basic = b64encode(f"user:{secrets['basic']}".encode()).decode()
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        client.cookies.set("sid", secrets["cookie"])
        told = client.post("/auth/login", json={"email": EMAIL, "password": IN_BODIES["password"]})
        for headers in ({"Authorization": f"Bearer {secrets['bearer']}"}, {"Authorization": f"Basic {basic}"}):
            client.get(f"/projects?access_token={secrets['query']}&name=a", headers=headers)
        client.get(f"/invitations/token/{secrets['path'].replace('/', '-')}", headers={"X-Api-Key": secrets["api-key"]})
        client.post("/projects", data={"client_secret": IN_BODIES["form"], "again": IN_BODIES["password"]})
        client.post(
            "/projects/1/classes/upload",
            data={"user[token]": IN_BODIES["part"]},
            files={"file": ("a.csv", IN_BODIES["file"])},
        )
        client.post("/projects", json={"name": json.dumps({"password": IN_BODIES["nested"]}), "type": 7})
        own = {"Authorization": f"Bearer {told.json()['auth_token']}"}
        client.post("/projects", json={"name": "Hotel", "type": "ABSA"}, headers=own)
        client.get("/projects", headers=own)


def raw_recording(path: Path) -> None:
    """Write what a browser would have exported, which hides nothing."""
    error = Leaky().error(b'{"message": "no", "code": 3}', {"authorization": f"Bearer {IN_HEADERS['bearer']}"})
    project = {**PROJECT, "status": IN_BODIES["answer"], "token": IN_BODIES["answer"]}
    entries = []
    for method, target, status, sent, answer in (
        ("GET", f"/projects?access_token={IN_HEADERS['query']}", 200, None, [project]),
        ("GET", "/projects/11", 200, None, PROJECT),
        ("GET", "/projects/11", 200, None, project),
        ("GET", f"/sessions/token/{IN_HEADERS['path']}", 200, None, project),
        ("POST", "/auth/login", 401, {"email": EMAIL, "password": IN_BODIES["password"]}, error),
        ("POST", "/projects", 201, {"name": IN_BODIES["nested"], IN_BODIES["pair"]: 1, "password": IN_BODIES["nested"]}, project),
    ):  # fmt: skip
        headers = [
            {"name": "Authorization", "value": f"Bearer {IN_HEADERS['bearer']}"},
            {"name": "X-Api-Key", "value": IN_HEADERS["api-key"]},
        ]
        request: dict[str, Any] = {"method": method, "url": f"https://api.example.com{target}", "headers": headers}
        request["cookies"] = [{"name": "sid", "value": IN_HEADERS["cookie"]}]
        if sent is not None:
            request["postData"] = {"mimeType": "application/json", "text": json.dumps(sent)}
        told = [
            {"name": "Set-Cookie", "value": f"sid={IN_HEADERS['set-cookie']}"},
            {"name": "Content-Type", "value": "application/json"},
        ]
        response = {
            "status": status,
            "headers": told,
            "content": {"mimeType": "application/json", "text": json.dumps(answer)},
        }
        entries.append({"startedDateTime": "2026-03-14T09:00:00.000Z", "request": request, "response": response})
    path.write_text(json.dumps(archive(*entries)))


class Desk:
    """A folder in which commands are run, and into which goes all that they say."""

    def __init__(self, folder: Path, secrets: dict[str, str]) -> None:
        self.folder, self._secrets, self._count = folder, secrets, 0

    def run(self, *words: str) -> int:
        """Run a command to its end and return its exit code."""
        self._count += 1
        environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(Path(__file__).parents[2]), **self._secrets}
        told = subprocess.run(
            [sys.executable, "-m", "mock_server", *words],
            cwd=self.folder,
            capture_output=True,
            env=environment,
            timeout=300,
        )
        (self.folder / f"said-{self._count}-{words[0]}").write_bytes(told.stdout + told.stderr)
        assert b"Traceback" not in told.stderr, told.stderr.decode()
        return told.returncode

    @contextmanager
    def serving(self, *words: str) -> Iterator[str]:
        """Run a command that serves; yield where, and end it as Ctrl-C does."""
        self._count += 1
        with (self.folder / f"errors-{self._count}-{words[0]}").open("wb") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "mock_server", *words, "--port", "0"],
                cwd=self.folder,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
            assert process.stdout is not None
            try:
                first = process.stdout.readline()
                yield next(word for word in first.split() if word.startswith("http://127.0.0.1"))
                _, rest = ended(process)
                (self.folder / f"said-{self._count}-{words[0]}").write_text(first + rest)
            finally:
                process.kill()
                process.communicate()

    def keep_control(self, url: str, name: str) -> None:
        """Write down what the journal, the console and the rest of the control API show."""
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
            pages = [client.get(f"/_mock/{page}") for page in CONTROL]
            assert [answer.status_code for answer in pages] == [200] * len(pages)
            ids = [one["id"] for one in pages[0].json()["exchanges"]]
            assert len(ids) >= EXCHANGES
            pages += [client.get(f"/_mock/{page}{one}{more}") for one in ids for page, more in (
                ("journal/", "?secrets=true"), ("console/exchange?id=", "&secrets=true"), ("journal/", "/curl?secrets=true"))
            ]  # fmt: skip
        (self.folder / f"control-{name}").write_text("\n".join(answer.text for answer in pages))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "out").mkdir()
    return Desk(tmp_path / "out", {"STUDIO_MOCK_PASSWORD": IN_BODIES["password"]})


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, Leaky]]:
    monkeypatch.setattr("contract_tests.impostor.impostor.PASSWORD", IN_BODIES["password"])
    leaky = Leaky()
    with serving(leaky) as url:
        yield url, leaky


def test_no_file_and_no_line_holds_a_secret(desk: Desk, deployment: tuple[str, Leaky], tmp_path: Path) -> None:
    url, leaky = deployment
    with desk.serving("proxy", "--upstream", url, "--record", "traffic.har") as own:
        talk(own)
        desk.keep_control(own, "of-the-proxy")
    with desk.serving("fallback", "--upstream", url) as own:
        talk(own)
        desk.keep_control(own, "of-the-fallback")
    assert len(json.loads((desk.folder / "traffic.har").read_text())["log"]["entries"]) == EXCHANGES
    raw = tmp_path / "raw.har"
    raw_recording(raw)
    assert found_in(raw.read_bytes(), PLANTED.values()), "nothing was planted"
    for files in ([str(raw)], ["traffic.har"]):
        for flags in (["--json"], ["--patch", "drift.patch"]):
            assert desk.run("drift", *files, *flags) == 1
        for flags in (["--out", "world.json"], ["--keep", "--out", "kept.json"]):
            assert desk.run("world", "from-traffic", *files, *flags) in (0, 1)
    live = [
        "--url",
        url,
        "--email",
        EMAIL,
        "--writes",
        "own",
        "--rate",
        "100000/s",
        "--tags",
        "Users,Projects,Classes",
    ]
    parity = ["--stories", "1", "--patience", "1", "--store", "said.json", "--write-evidence", "parity.yaml"]
    assert desk.run("parity", *live, *parity) == 1
    assert desk.run("parity", "--verify", "said.json", "--json") == 1
    check = ["--max-examples", "1", "--phases", "examples,laws,roles", "--budget", "150"]
    assert desk.run(
        "check", *live, *check, "--report", "reports", "--write-evidence", "check.yaml", "--ledger", "ledger.jsonl"
    ) in (1, 2)
    assert desk.run("spec", "apply", "parity.yaml", "--dry-run") in (0, 1, 2)
    assert leaky.asked > 100
    written = {path.name for path in desk.folder.rglob("*") if path.is_file()}
    assert {"traffic.har", "drift.patch", "world.json", "said.json", "parity.yaml", "check.yaml"} <= written
    tokens = list(leaky.impostor.store.tokens)
    assert found_below(desk.folder, [*PLANTED.values(), *tokens]) == {}
