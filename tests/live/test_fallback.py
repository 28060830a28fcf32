"""What a deployment has comes from there, what it lacks from the stand-in, or the other way round; and a header says which."""

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_tests.live.traffic import Recorded
from mock_server import cli
from tests.live.recordings import PROJECT
from tests.live.test_proxy_command import ended
from tests.live.upstreams import Passing, falling_back, free_url, judge, serving

SIGNED_IN = {"Authorization": "Bearer planted-token-of-the-deployment"}
JSON = {"content-type": "application/json"}
MISSING = (404, JSON, b'{"message": "There is no such project", "status": "NOT_FOUND"}')
OWNER = {"email": "owner@example.com", "password": "studio-mock"}


class Deployment:
    """Answers as `has` says, by method and path, and with `otherwise` everywhere else."""

    def __init__(self) -> None:
        self.has: dict[tuple[str, str], tuple[int, dict[str, str], bytes]] = {}
        self.otherwise: tuple[int, dict[str, str], bytes] = (404, {"content-type": "text/plain"}, b"Not Found")
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        content, is_more = b"", True
        while is_more:
            message = await receive()
            content, is_more = content + message["body"], message.get("more_body", False)
        sent = {name.decode(): value.decode() for name, value in scope["headers"]}
        self.asked.append((scope["method"], scope["path"], sent, content))
        status, headers, body = self.has.get((scope["method"], scope["path"]), self.otherwise)
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": status, "headers": pairs})
        await send({"type": "http.response.body", "body": body})


@pytest.fixture
def deployment() -> Deployment:
    found = Deployment()
    found.has["GET", "/projects/11"] = (200, JSON, json.dumps({**PROJECT, "name": "Of the deployment"}).encode())
    return found


@pytest.fixture
def passing(deployment: Deployment) -> Iterator[Passing]:
    with serving(deployment) as url, falling_back(url) as running:
        running.client.headers.update(SIGNED_IN)
        yield running


def by(answer: httpx.Response) -> tuple[int, str | None]:
    return answer.status_code, answer.headers.get("x-mock-answered-by")


def test_what_the_deployment_has_comes_from_there(passing: Passing) -> None:
    answer = passing.client.get("/projects/11")
    assert by(answer) == (200, "upstream")
    assert answer.json()["name"] == "Of the deployment"


@pytest.mark.parametrize(
    "otherwise",
    [
        (404, {"content-type": "text/html"}, b"<h1>Not Found</h1>"),
        (404, JSON, b'{"detail": "Not Found"}'),
        (404, JSON, b"x" * 200_000),
        (405, JSON, b"{}"),
        (501, JSON, b"{}"),
        (500, JSON, b'{"message": "no", "status": "INTERNAL_SERVER_ERROR"}'),
        (503, {"content-type": "text/html"}, b"<p>" * 100_000),
    ],
)
def test_what_the_deployment_lacks_comes_from_the_stand_in(
    deployment: Deployment, passing: Passing, otherwise: Any
) -> None:
    deployment.otherwise = otherwise
    content = {"name": "Made here", "type": "ABSA"}
    made = passing.client.post("/projects", json=content)
    assert by(made) == (201, "mock")
    assert json.loads(deployment.asked[-1][3]) == content  # the deployment was asked with the same
    listed = passing.client.get("/projects")
    assert by(listed) == (200, "mock")
    assert made.json()["id"] in [project["id"] for project in listed.json()]
    recorded = Recorded(
        method="GET", url=str(listed.url), status=200, response_headers=tuple(listed.headers.items()), response_body=listed.content
    )  # fmt: skip
    assert judge().answer(recorded) == []
    assert [line for line in passing.lines if line.startswith("stand-in")] == [
        f"stand-in POST /projects  the deployment answered {otherwise[0]}",
        f"stand-in GET /projects  the deployment answered {otherwise[0]}",
    ]
    assert passing.findings == 0  # that it lacks something is no violation


def test_a_deployment_that_is_not_reached_lacks_everything_of_the_contract_and_nothing_else() -> None:
    with falling_back(free_url()) as passing:
        passing.client.headers.update(SIGNED_IN)
        assert by(passing.client.get("/projects")) == (200, "mock")
        assert by(passing.client.get("/elsewhere")) == (502, None)
        assert any("nothing listens there" in line for line in passing.lines)


def test_a_thing_that_is_not_there_is_not_looked_for_in_the_stand_in(deployment: Deployment, passing: Passing) -> None:
    deployment.has["GET", "/projects/12"] = MISSING
    answer = passing.client.get("/projects/12")
    assert by(answer) == (404, "upstream")
    assert answer.json()["message"] == "There is no such project"


def test_an_operation_that_has_answered_once_is_there_however_its_404_is_worded(passing: Passing) -> None:
    assert by(passing.client.get("/projects/12")) == (200, "mock")
    assert by(passing.client.get("/projects/11")) == (200, "upstream")
    assert by(passing.client.get("/projects/12")) == (404, "upstream")


def test_a_collection_that_is_not_there_is_lacking_however_its_404_is_worded(
    deployment: Deployment, passing: Passing
) -> None:
    deployment.otherwise = MISSING
    assert by(passing.client.get("/projects")) == (200, "mock")


def test_refusals_of_the_deployment_stay(deployment: Deployment, passing: Passing) -> None:
    for status in (400, 401, 403, 409, 422, 429):
        deployment.otherwise = (status, JSON, b"{}")
        assert by(passing.client.get("/projects")) == (status, "upstream")


def test_what_the_contract_does_not_have_comes_from_the_deployment_alone(passing: Passing) -> None:
    assert by(passing.client.get("/elsewhere")) == (404, "upstream")


def test_only_the_chosen_operations_come_from_the_stand_in(deployment: Deployment) -> None:
    with serving(deployment) as url, falling_back(url, ["list_classes"]) as passing:
        passing.client.headers.update(SIGNED_IN)
        assert by(passing.client.get("/projects/11/classes")) == (200, "mock")
        assert by(passing.client.get("/projects")) == (404, "upstream")


def test_the_stand_in_can_be_asked_first(deployment: Deployment) -> None:
    deployment.has["GET", "/projects/98765"] = (200, JSON, json.dumps({**PROJECT, "id": 98765}).encode())
    with serving(deployment) as url, falling_back(url, prefers_stand_in=True) as passing:
        passing.client.headers.update(SIGNED_IN)
        assert by(passing.client.get("/projects/11")) == (200, "mock")
        assert deployment.asked == []
        assert by(passing.client.get("/projects/98765")) == (200, "upstream")  # which the stand-in lacks
        neither = passing.client.get("/projects/98766")
        assert by(neither) == (404, "mock")
        assert neither.json()["status"] == "NOT_FOUND"
        assert by(passing.client.get("/elsewhere")) == (404, "upstream")


def test_who_is_signed_in_at_the_deployment_is_a_person_of_the_stand_in(deployment: Deployment) -> None:
    with serving(deployment) as url, falling_back(url, email="viewer@example.com") as passing:
        headers = {**SIGNED_IN, "Cookie": "sid=planted-cookie"}
        assert by(passing.client.get("/projects", headers=headers)) == (200, "mock")
        assert deployment.asked[-1][2]["authorization"] == SIGNED_IN["Authorization"]
        assert deployment.asked[-1][2]["cookie"] == "sid=planted-cookie"
        kept = "".join(
            passing.client.get(f"/_mock/journal/{one['id']}?secrets=true").text
            for one in passing.client.get("/_mock/journal").json()["exchanges"]
        )
        assert "viewer@example.com" in kept
        assert "planted" not in kept  # the credential of the deployment is known to nobody here


def test_nobody_is_signed_in_who_was_not_and_tokens_of_the_stand_in_are_its_own(deployment: Deployment) -> None:
    with serving(deployment) as url, falling_back(url, email="viewer@example.com") as passing:
        assert by(passing.client.get("/projects")) == (401, "mock")
        token = passing.client.post("/auth/login", json=OWNER).json()["auth_token"]
        passing.client.get("/projects", headers={"Authorization": f"Bearer {token}"})
        assert passing.client.get("/_mock/journal?limit=1").json()["exchanges"][0]["user"] == "owner@example.com"


def test_pages_of_this_machine_may_read_what_either_of_them_answers(passing: Passing) -> None:
    origin = {"Origin": "http://localhost:3000"}
    for path in ("/projects", "/projects/11"):
        wish = {**origin, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}
        assert passing.client.options(path, headers=wish).status_code == 200
        answer = passing.client.get(path, headers=origin)
        assert answer.headers.get_list("access-control-allow-origin") == ["http://localhost:3000"]


def test_a_body_too_large_for_the_stand_in_goes_to_the_deployment_alone(
    deployment: Deployment, passing: Passing
) -> None:
    content = b"x" * (33 << 20)
    assert by(passing.client.post("/projects", content=content)) == (404, "upstream")
    assert deployment.asked[-1][3] == content


def test_a_client_that_leaves_in_the_middle_of_a_body_is_told_in_one_line(passing: Passing) -> None:
    where = ("127.0.0.1", int(passing.url.rsplit(":", 1)[1]))
    with socket.create_connection(where) as client:
        client.sendall(b"POST /projects HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    for _ in range(600):
        if passing.told.notes:
            break
        threading.Event().wait(0.05)
    assert passing.lines == ["left     POST /projects  the client left before its request had ended"]


def test_the_journal_has_what_both_of_them_answered(passing: Passing) -> None:
    passing.client.get("/projects/11")
    passing.client.get("/projects")
    passing.settle()
    listed = passing.client.get("/_mock/journal").json()["exchanges"]
    assert [(one["path"], one["status"]) for one in listed] == [
        ("/projects", 200),
        ("/projects", 404),
        ("/projects/11", 200),
    ]


def test_the_command_says_what_it_does_and_ends_without_a_traceback(deployment: Deployment, tmp_path: Path) -> None:
    with serving(deployment) as url, (tmp_path / "stderr").open("w+") as stderr:
        words = ["fallback", "--upstream", url, "--port", "0", "--tags", "Projects,Classes"]
        process = subprocess.Popen(
            [sys.executable, "-m", "mock_server", *words], stdout=subprocess.PIPE, stderr=stderr, text=True
        )
        assert process.stdout is not None
        try:
            own = process.stdout.readline().split(" serves ")[1].split()[0]
            assert by(httpx.get(f"{own}/projects", headers=SIGNED_IN, trust_env=False)) == (200, "mock")
            code, said = ended(process)
        finally:
            process.kill()
            process.communicate()
        stderr.seek(0)
        assert (code, stderr.read()) == (0, "")
        assert "stand-in GET /projects  the deployment answered 404" in said


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--operations", "list_projcts"], "the contract has no operation list_projcts"),
        (["--tags", "Things"], "the contract has no tag Things"),
        (["--as", "nobody@example.com"], "the world has nobody with this address; there are "),
        (["--world", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_run_says_why_in_one_line(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["fallback", "--upstream", "http://a.example", *arguments]) == 2
    said = capsys.readouterr().err
    assert told in said and said.count("\n") == 1
