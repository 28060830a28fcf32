"""The journal: everything that was asked is in it, within bounds, without secrets, and can be found, verified and exported."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mock_server.app import App, Settings, create_app
from mock_server.cli import main
from mock_server.journal.entry import KEPT
from mock_server.journal.keeping import Bounds, Journal, Shelf
from mock_server.pipeline.exchange import Exchange
from mock_server.pipeline.reply import Reply
from mock_server.sandboxes import ServedSandbox
from tests.conftest import Client, as_person
from tests.worlds import small_world

PASSWORD = "studio-mock"


def listed(client: Client, **query: Any) -> list[Any]:
    answer = client.get("/_mock/journal", params=query)
    assert answer.status_code == 200, answer.text
    exchanges: list[Any] = answer.json()["exchanges"]
    return exchanges


def got(client: Client, answer: httpx.Response, secrets: bool = False) -> Any:
    """The exchange in full that an answer came from."""
    found = client.get(f"/_mock/journal/{answer.headers['x-mock-exchange']}", params={"secrets": secrets})
    assert found.status_code == 200, found.text
    return found.json()


def verified(client: Client, **wanted: Any) -> Any:
    answer = client.post("/_mock/journal/verify", json=wanted)
    assert answer.status_code == 200, answer.text
    return answer.json()


def scope_of(path: str) -> Any:
    return {
        "method": "GET",
        "path": path,
        "query_string": b"",
        "scheme": "http",
        "http_version": "1.1",
        "headers": [(b"host", b"x")],
    }


def written(journal: Journal, path: str, answer: bytes = b"", body: bytes | None = None) -> int:
    exchange = Exchange(scope_of(path))
    exchange.reply, exchange.body = Reply(200, answer), body
    return journal.write(exchange)


def test_every_answer_names_its_exchange(client: Client, anyone: Client) -> None:
    answers = [
        client.get("/projects/11"),
        client.get("/projects/99"),
        anyone.get("/projects"),
        client.get("/nowhere"),
        client.request("OPTIONS", "/projects"),
        client.request("TRACE", "/projects"),
        client.post("/projects", content=b"{", headers={"Content-Type": "application/json"}),
    ]
    assert [int(answer.headers["x-mock-exchange"]) for answer in answers] == [1, 2, 3, 4, 5, 6, 7]
    for answer in answers:
        shown = got(client, answer)
        assert (shown["status"], shown["answer"]["status"]) == (answer.status_code, answer.status_code)
        assert shown["path"] == answer.request.url.raw_path.decode()
        assert (shown["answer"]["body"] or {"text": ""})["text"] == answer.text


def test_what_is_asked_of_the_stand_in_itself_is_not_in_the_journal(client: Client) -> None:
    assert "x-mock-exchange" not in client.get("/_mock/health").headers
    for path in ("/_mock", "/_mock/", "/_sandbox/default/_mock"):
        answer = client.post(path, json={})
        assert answer.status_code in (404, 405) and "x-mock-exchange" not in answer.headers
    assert listed(client) == []
    assert "x-mock-exchange" in client.post("/_mocked", json={}).headers


def test_an_exchange_says_who_called_what(client: Client) -> None:
    client.get("/projects/11", params={"a": "b"})
    (shown,) = listed(client)
    told = {name: shown[name] for name in ("method", "path", "status", "api", "operation_id", "tag", "user", "refused")}
    assert told == {
        "method": "GET",
        "path": "/projects/11?a=b",
        "status": 200,
        "api": "studio",
        "operation_id": "get_project",
        "tag": "Projects",
        "user": "owner@example.com",
        "refused": None,
    }


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ({}, ["/nowhere", "/projects", "/projects/12", "/projects/11"]),
        ({"operation_id": "get_project"}, ["/projects/12", "/projects/11"]),
        ({"tag": "Projects", "method": "POST"}, ["/projects"]),
        ({"status": "404"}, ["/nowhere"]),
        ({"status": "4xx"}, ["/nowhere"]),
        ({"status": "2xx"}, ["/projects", "/projects/12", "/projects/11"]),
        ({"user": "owner@example.com"}, ["/projects", "/projects/12", "/projects/11"]),
        ({"user": "nobody@example.com"}, []),
        ({"path": "/projects/{id}"}, ["/projects/12", "/projects/11"]),
        ({"path": "/pro**"}, ["/projects", "/projects/12", "/projects/11"]),
        ({"path": "/pro*"}, ["/projects"]),
        ({"path": "/projects"}, ["/projects"]),
        ({"path": "(", "text": "x"}, []),
        ({"text": "HOTEL revi"}, ["/projects"]),
        ({"text": "nowhere"}, ["/nowhere"]),
        ({"after": 2}, ["/projects", "/nowhere"]),
        ({"after": 2, "limit": 1}, ["/projects"]),
        ({"before": 3}, ["/projects/12", "/projects/11"]),
        ({"limit": 1}, ["/nowhere"]),
        ({"after": 4}, []),
        ({"since": "2020-01-01T00:00:00Z", "limit": 1}, ["/nowhere"]),
        ({"since": "9020-01-01T00:00:00+01:00"}, []),
    ],
)
def test_the_journal_is_searched(client: Client, query: Any, paths: list[str]) -> None:
    client.get("/projects/11"), client.get("/projects/12")
    client.post("/projects", json={"name": "Hotel reviews", "type": "ABSA", "organization_id": 1})
    client.get("/nowhere")
    assert [shown["path"] for shown in listed(client, **query)] == paths


def test_pages_meet_and_do_not_overlap(client: Client) -> None:
    for at in range(7):
        client.get(f"/projects/{at}")
    seen: list[int] = []
    before: dict[str, int] = {}
    while True:
        page = client.get("/_mock/journal", params={"limit": 3, **before}).json()
        seen += [shown["id"] for shown in page["exchanges"]]
        if not page["has_more"]:
            break
        before = {"before": seen[-1]}
    assert seen == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    "query",
    [
        "status=9xx",
        "status=4",
        "status=40%34%34",
        "method=get",
        "method=BREW",
        "since=yesterday",
        "since=2026-06-30T23:59:60Z",
        "since=2026-02-30T00:00:00Z",
        "after=-1",
        "after=x",
        "before=0",
        "limit=0",
        "limit=1001",
        "limit=1e3",
        "secrets=perhaps",
        "text=%00",
        "path=%00",
        "path=" + "a" * 501,
        "tag=%ff",
        "after=99999999999999999999999",
    ],
)
@pytest.mark.parametrize("path", ["/_mock/journal", "/_mock/journal/export"])
def test_nonsense_is_refused(client: Client, path: str, query: str) -> None:
    if "export" in path and query.split("=")[0] in ("after", "before", "limit"):
        query = "format=pdf"
    answer = client.get(f"{path}?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"]


@pytest.mark.parametrize("number", ["0", "-1", "x", "1.5", "2", "99999999999999999999"])
@pytest.mark.parametrize("after", ["", "/curl"])
def test_an_exchange_that_is_not_there_is_not_found(client: Client, number: str, after: str) -> None:
    client.get("/projects/11")
    assert client.get(f"/_mock/journal/{number}{after}").status_code == 404


def test_clearing_forgets_all_and_counts_on(client: Client) -> None:
    first = client.get("/projects/11")
    assert client.delete("/_mock/journal").json() == {"cleared": 1}
    assert client.get(f"/_mock/journal/{first.headers['x-mock-exchange']}").status_code == 404
    assert client.get("/projects/11").headers["x-mock-exchange"] == "2"


# Bounds


@pytest.mark.parametrize("bounds", [Bounds(entries=5), Bounds(all_entries=5), Bounds(size=6000), Bounds(all_size=6000)])
def test_the_oldest_go_first(bounds: Bounds) -> None:
    journal = Journal(Shelf(bounds))
    for at in range(1000):
        written(journal, f"/{at}")
    kept = [entry.id for entry in journal]
    assert 0 < len(kept) <= 5 and kept == list(range(1001 - len(kept), 1001))
    assert journal.dropped == 1000 - len(kept) and journal.last_id == 1000
    assert journal.size == journal.shelf.size == sum(entry.size for entry in journal) <= 6000


def test_all_journals_together_are_bounded_and_the_oldest_of_all_goes() -> None:
    shelf = Shelf(Bounds(all_entries=4))
    one, other, idle = Journal(shelf), Journal(shelf), Journal(shelf)
    for at in range(3):
        written(one, f"/{at}"), written(other, f"/{at}")
    assert [[entry.id for entry in journal] for journal in (one, other, idle)] == [[2, 3], [2, 3], []]
    for _ in range(4):
        written(one, "/")
    assert (len(one), len(other), one.dropped, other.dropped) == (4, 0, 3, 3)


def test_a_journal_that_ends_leaves_room_to_others() -> None:
    shelf = Shelf(Bounds(all_entries=4))
    one, other = Journal(shelf), Journal(shelf)
    for _ in range(4):
        written(one, "/")
    one.clear()
    assert (shelf.size, len(shelf.order)) == (0, 0)
    for _ in range(4):
        written(other, "/")
    assert (len(other), other.dropped) == (4, 0)


def test_a_sandbox_that_is_deleted_takes_its_journal_along(client: Client) -> None:
    client.post("/_mock/sandboxes", json={"name": "short"})
    shelf = client.app.sandbox.journal.shelf
    client.get("/projects", headers={"X-Mock-Sandbox": "short"})
    assert len(shelf.order) == 1 and listed(client) == []
    client.delete("/_mock/sandboxes/short")
    assert (len(shelf.order), shelf.size) == (0, 0)


def test_sandboxes_have_journals_of_their_own(client: Client) -> None:
    client.post("/_mock/sandboxes", json={"name": "other"})
    first = client.get("/projects/11")
    second = client.get("/_sandbox/other/projects/12")
    assert first.headers["x-mock-exchange"] == second.headers["x-mock-exchange"] == "1"
    assert [shown["path"] for shown in listed(client)] == ["/projects/11"]
    shown = client.get("/_sandbox/other/_mock/journal/1").json()
    assert (shown["path"], shown["sandbox"]) == ("/projects/12", "other")
    assert shown["request"]["url"].endswith("/_sandbox/other/projects/12")


def test_a_bound_of_nothing_keeps_nothing(client: Client) -> None:
    app = create_app(small_world(), Settings(check_responses=True, journal=Bounds(entries=0)))
    assert Client(app).get("/projects").headers["x-mock-exchange"] == "1"
    page = Client(app).get("/_mock/journal").json()
    assert (page["exchanges"], page["dropped"], page["last_id"]) == ([], 1, 1)


@pytest.mark.parametrize(
    ("count", "told"), [("-1", "no whole number"), ("many", "no whole number"), ("1.5", "no whole number")]
)
def test_a_count_that_is_none_is_refused_at_the_start(
    count: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["serve", "--journal", count])
    assert end.value.code == 2 and told in capsys.readouterr().err


def test_large_bodies_are_cut_and_say_so(client: Client) -> None:
    text = "ä" * KEPT
    answer = client.post("/projects", json={"name": text})
    shown = got(client, answer)["request"]["body"]
    assert shown["truncated"] and len(shown["text"].encode()) <= KEPT < shown["size"]
    assert "…" not in shown["text"] and shown["text"].endswith("ä")
    journal = Journal(Shelf())
    written(journal, "/", b"x" * KEPT * 9, b"y" * KEPT * 9)
    (entry,) = journal
    assert entry.size < 3 * KEPT and entry.answer_size == entry.body_size == 9 * KEPT


def test_an_unused_sandbox_has_an_empty_journal_and_reading_it_keeps_it_so(app: App) -> None:
    client = Client(app)
    assert listed(client) == []
    journal = app.sandbox.journal
    assert isinstance(app.sandbox, ServedSandbox) and journal.entries is None


def test_an_entry_keeps_nothing_of_the_call_alive(client: Client) -> None:
    client.get("/nowhere"), client.request("TRACE", "/projects"), client.get("/projects/99"), client.get("/projects/x")
    for entry in client.app.sandbox.journal:
        assert entry.problem is not None
        assert entry.problem.__traceback__ is entry.problem.__context__ is entry.problem.__cause__ is None


# Secrets


def every_view(client: Client, answer: httpx.Response, secrets: bool = False) -> str:
    number, query = answer.headers["x-mock-exchange"], {"secrets": secrets}
    paths = ["", f"/{number}", f"/{number}/curl", "/export", "/export?format=curl"]
    texts = [
        client.get(f"/_mock/journal{path}", params={**httpx.QueryParams(path.partition("?")[2]), **query}).text
        for path in paths
    ]
    return "\n".join(texts)


def test_log_in_is_shown_without_password_and_token(anyone: Client) -> None:
    answer = anyone.post("/auth/login", json={"email": "owner@example.com", "password": PASSWORD})
    token, shown = answer.json()["auth_token"], got(anyone, answer)
    assert '"password":"[redacted]"' in shown["request"]["body"]["text"]
    assert token not in every_view(anyone, answer) and "owner@example.com" in every_view(anyone, answer)
    assert token in every_view(anyone, answer, secrets=True)
    assert PASSWORD in got(anyone, answer, secrets=True)["request"]["body"]["text"]


def test_credentials_are_hidden_and_shown_on_demand(client: Client) -> None:
    assert client.token
    answer = client.get("/projects/11", headers={"Cookie": "session=abcdef", "X-Api-Key": "key-abcdef"})
    shown, open_ = every_view(client, answer), every_view(client, answer, secrets=True)
    for secret in (client.token, "abcdef"):
        assert secret not in shown and secret in open_
    assert "Bearer [redacted]" in shown and "authorization: Bearer $TOKEN" in shown


@pytest.mark.parametrize(
    ("content", "media"),
    [
        (b'{"password": "hunter22", "email": 1}', "application/json"),
        (b'{"password": "hunter22", "email"', "application/json"),
        (b'{"password": "hunter22', "application/json"),
        (b'[{"new_password": "hunter22", "deep": {"access_token": "hunter22"}}]', "application/json"),
        (b"password=hunter22&a=b", "application/x-www-form-urlencoded"),
        (
            b'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter22\r\n--b--',
            "multipart/form-data; boundary=b",
        ),
    ],
)
def test_passwords_are_hidden_in_every_kind_of_body(anyone: Client, content: bytes, media: str) -> None:
    answer = anyone.post("/auth/login", content=content, headers={"Content-Type": media})
    assert answer.status_code in (400, 415)
    assert "hunter22" not in every_view(anyone, answer) and "hunter22" in every_view(anyone, answer, secrets=True)


def test_tokens_in_paths_and_queries_are_hidden(client: Client) -> None:
    jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.abc"
    answer = client.get(f"/projects/{jwt}", params={"token": "t%3Fken", "api_key": "k-1234", "q": jwt})
    shown = every_view(client, answer)
    assert jwt not in shown and "k-1234" not in shown and "%3Fken" not in shown and "?token=[redacted]" in shown


# Verifying


def test_a_call_is_verified_by_a_part_of_its_body(client: Client) -> None:
    client.post("/projects", json={"name": "Hotel reviews", "type": "ABSA", "organization_id": 1})
    found = verified(client, operation_id="create_project", body={"name": "Hotel reviews"}, times=1)
    assert (found["verified"], found["count"], found["matched"], found["closest"]) == (True, 1, [1], None)


def test_the_closest_request_says_what_differs(client: Client) -> None:
    client.get("/projects/11")
    client.post("/projects", json={"name": "Hotel revews", "type": "ABSA", "organization_id": 1})
    found = verified(client, method="POST", path="/projects", body={"name": "Hotel reviews", "tags": [1]})
    assert not found["verified"] and found["wanted"] == "at least 1"
    assert found["closest"]["id"] == 2
    assert found["closest"]["differences"] == [
        {"place": "body.name", "wanted": "Hotel reviews", "got": "Hotel revews"},
        {"place": "body.tags", "wanted": [1], "got": None},
    ]


@pytest.mark.parametrize(
    ("wanted", "holds"),
    [
        ({}, True),
        ({"times": 2}, True),
        ({"times": 1}, False),
        ({"at_least": 2}, True),
        ({"at_least": 3}, False),
        ({"at_most": 1}, False),
        ({"at_most": 2}, True),
        ({"at_least": 1, "at_most": 3}, True),
        ({"times": 2, "at_least": 3}, False),
        ({"times": 0}, False),
        ({"times": 1, "after": 1}, True),
        ({"times": 1, "query": {"limit": "3"}}, True),
        ({"times": 0, "query": {"limit": "4"}}, True),
        ({"times": 2, "user": "owner@example.com", "status": 200}, True),
        ({"times": 0, "status": 404}, True),
    ],
)
def test_calls_are_counted(client: Client, wanted: Any, holds: bool) -> None:
    client.get("/projects/11"), client.get("/projects/11/documents", params={"limit": 3})
    assert verified(client, path="/projects/**", **wanted)["verified"] is holds


@pytest.mark.parametrize(
    "wanted",
    [
        {"times": -1},
        {"times": "once"},
        {"tims": 1},
        {"query": {"a": 1}},
        {"path": "\0"},
        {"after": 1.5},
        [],
        "x",
    ],
)
def test_nonsense_is_not_verified(client: Client, wanted: Any) -> None:
    assert client.post("/_mock/journal/verify", json=wanted).status_code == 400


def test_numbers_and_truths_are_not_mixed_up(client: Client) -> None:
    client.post("/projects", json={"name": "n", "type": "ABSA", "organization_id": 1})
    assert verified(client, body={"organization_id": 1.0})["verified"]
    assert not verified(client, body={"organization_id": True})["verified"]


def test_secrets_are_hidden_in_what_differs(anyone: Client) -> None:
    anyone.post("/auth/login", json={"email": "owner@example.com", "password": "hunter22"})
    told = verified(anyone, body={"password": "another"})["closest"]["differences"]
    assert told == [{"place": "body.password", "wanted": "another", "got": "[redacted]"}]


# Exporting


def test_the_archive_has_what_har_asks_for(client: Client, anyone: Client) -> None:
    client.get("/projects", params={"limit": "1", "name": "a b&c"})
    client.post("/projects", json={"name": "Hotel reviews", "type": "ABSA", "organization_id": 1})
    answer = client.get("/_mock/journal/export")
    assert answer.headers["content-disposition"].endswith('.har"')
    log = answer.json()["log"]
    assert log["version"] == "1.2" and log["creator"].keys() == {"name", "version"} and len(log["entries"]) == 2
    for entry in log["entries"]:
        assert entry.keys() >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
        assert entry["timings"].keys() == {"send", "wait", "receive"}
        assert entry["time"] == sum(entry["timings"].values())
        for side, more in (
            ("request", {"method", "url", "queryString"}),
            ("response", {"status", "statusText", "content", "redirectURL"}),
        ):
            assert entry[side].keys() >= {"httpVersion", "cookies", "headers", "headersSize", "bodySize", *more}
        assert entry["response"]["content"].keys() >= {"size", "mimeType", "text"}
    assert log["entries"][0]["request"]["queryString"] == [
        {"name": "limit", "value": "1"},
        {"name": "name", "value": "a b&c"},
    ]
    assert log["entries"][1]["request"]["postData"].keys() == {"mimeType", "text"}


def test_only_what_fits_is_exported(client: Client) -> None:
    client.get("/projects/11"), client.get("/nowhere")
    lines = client.get("/_mock/journal/export", params={"format": "curl", "status": "404"}).text.splitlines()
    assert len(lines) == 1 and "/nowhere" in lines[0]


def run(command: str, variables: dict[str, str] | None = None) -> list[str]:
    """Let a shell take a command apart as it would for curl; returns the words that curl would get."""
    import subprocess

    program = f"curl() {{ printf '%s\\0' \"$@\"; }}; {command}"
    done = subprocess.run(
        ["bash", "-c", program], capture_output=True, check=True, env={"PATH": "/usr/bin:/bin", **(variables or {})}
    )
    return done.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("name", ["it's", 'a "b" $(touch x) `y` \\', "new\nline", "ä€😀", "!"])
def test_a_line_for_curl_survives_the_shell(client: Client, name: str) -> None:
    answer = client.post("/projects", json={"name": name})
    shown = client.get(f"/_mock/journal/{answer.headers['x-mock-exchange']}/curl").text
    words = run(shown, {"TOKEN": "secret"})
    assert words[words.index("--data-binary") + 1] == answer.request.content.decode()
    assert "authorization: Bearer secret" in words and words[words.index("-X") + 1] == "POST"


def test_bytes_that_are_no_text_are_exported_in_base64(client: Client) -> None:
    answer = client.post("/projects", content=b"\xff\x00\xfe", headers={"Content-Type": "application/json"})
    assert got(client, answer)["request"]["body"]["encoding"] == "base64"
    assert "echo /wD+ | base64 -d | curl" in client.get("/_mock/journal/export?format=curl").text


def test_a_client_that_goes_before_its_body_came_is_in_the_journal(app: App) -> None:
    async def receive() -> Any:
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        raise AssertionError("nothing is to be answered")

    token = as_person(app, "owner@example.com").token
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
    scope = {**scope_of("/projects"), "type": "http", "method": "POST", "headers": headers}
    asyncio.run(app(scope, receive, send))
    (shown,) = listed(Client(app))
    assert (shown["status"], shown["operation_id"]) == (None, "create_project")
    assert Client(app).get("/_mock/journal/1").json()["answer"] is None
    assert Client(app).get("/_mock/journal/export").json()["log"]["entries"][0]["response"]["status"] == 0


def test_a_browser_may_read_the_id(client: Client) -> None:
    answer = client.get("/projects", headers={"Origin": "http://localhost:5173"})
    assert "X-Mock-Exchange" in answer.headers["access-control-expose-headers"]


def test_other_people_are_named(as_user: Callable[[str], Client]) -> None:
    viewer = as_user("viewer@example.com")
    viewer.get("/projects/11")
    assert listed(viewer)[0]["user"] == "viewer@example.com"
