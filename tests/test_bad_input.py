"""Whatever is sent, the answer is a clear 4xx with a JSON body, and nothing is half-done."""

import asyncio
import io
import json
import zipfile
from typing import Any

import pytest

from mock_server.app import App, Settings, create_app
from tests.conftest import Client, as_person
from tests.worlds import small_world

JSON = {"Content-Type": "application/json"}
PROJECT = "/projects/11"


def refused(answer: Any, *statuses: int) -> dict[str, Any]:
    """See that an answer is a clear refusal, and return its body."""
    assert answer.status_code in statuses, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/json"
    body: dict[str, Any] = answer.json()
    assert body["message"]
    assert body["status"]
    if answer.status_code == 400:
        assert all(error["place"] and error["reason"] for error in body["errors"])
    return body


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "empty"),
        (b"{", "JSON"),
        (b'{"name": "a"', "JSON"),
        (b"{'name': 'a'}", "JSON"),
        (b'{"name": NaN}', "JSON"),
        (b'{"name": "\xff"}', "UTF-8"),
        (b'{"name": "\\ud800"}', "JSON"),
        (b"[" * 100_000, "deep"),
        (b'{"name": ' + b'{"a":' * 100_000, "deep"),
        (b"null", "body"),
        (b"[]", "body"),
        (b'"name"', "body"),
        (b"1e999", "body"),
        (b'{"name": 1}', "body.name"),
        (b'{"name": ""}', "body.name"),
        (b'{"name": null}', "body.name"),
        (b'{"name": "a\\u0000b"}', "body.name"),
        (b'{"name": "a", "id": 1.5}', "body.id"),
        (b'{"name": "a", "id": 123456789012345678901234567890}', "body.id"),
        (b'{"nme": "a"}', "body.name"),
    ],
)
def test_a_bad_json_body_is_refused_with_its_place(client: Client, raw: bytes, told: str) -> None:
    before = client.app.sandbox.world
    body = refused(client.post(f"{PROJECT}/classes", content=raw, headers=JSON), 400)
    assert told in json.dumps(body["errors"])
    assert client.app.sandbox.world is before


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"])
def test_a_wrong_or_missing_content_type_is_415_and_says_what_is_right(client: Client, kind: str) -> None:
    body = refused(client.post(f"{PROJECT}/classes", content=b'{"name": "a"}', headers={"Content-Type": kind}), 415)
    assert "application/json" in body["message"]


def test_a_json_content_type_with_parameters_or_a_suffix_is_taken(client: Client) -> None:
    for number, kind in enumerate(("application/json; charset=utf-8", "APPLICATION/JSON", "application/vnd.x+json")):
        answer = client.post(f"{PROJECT}/classes", content=b'{"name": "a%d"}' % number, headers={"Content-Type": kind})
        assert answer.status_code == 201


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=-1", "limit=abc", "limit=1.5", "limit=", "offset=-1", "offset=x", "details=all",
     "details=", "details=segments,,nonsense", "grouped=maybe", "group_id=x", f"offset={'9' * 40}", "limit=1e2",
     "search=%00", "search=%ff", "limit=٣"],
)  # fmt: skip
def test_a_bad_query_parameter_is_400_with_its_name(client: Client, query: str) -> None:
    body = refused(client.get(f"{PROJECT}/documents?{query}"), 400)
    assert body["errors"][0]["place"].split("[")[0] in (f"query.{query.split('=')[0]}", "query")


def test_an_enormous_offset_is_an_empty_page(client: Client) -> None:
    answer = client.get(f"{PROJECT}/documents?offset={2**63 - 1}")
    assert answer.json()["documents"] == []
    assert answer.json()["has_more"] is False


@pytest.mark.parametrize(
    "project_id", ["99", "0", "-1", "abc", "1.5", "9" * 30, "%20", "%00", "11%2F12", "11;x", "\u0661\u0661"]
)
def test_an_unknown_or_impossible_id_is_404(client: Client, project_id: str) -> None:
    refused(client.get(f"/projects/{project_id}"), 404)


@pytest.mark.parametrize("path", ["/", "/nope", "/projects/", "//projects", "/projects/11/", "/_mockery", "/%ff"])
def test_an_unknown_path_is_404_and_says_where_the_contract_is(client: Client, path: str) -> None:
    assert "/_mock/docs" in refused(client.get(path), 404)["message"]


def test_a_method_that_a_path_has_not_is_405_with_allow(client: Client) -> None:
    answer = client.request("PATCH", PROJECT)
    refused(answer, 405)
    assert answer.headers["allow"] == "DELETE, GET, OPTIONS, PUT"


def raw_request(app: App, scope: dict[str, Any], messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Send a request below the level of an HTTP client; return what the application sends."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    base = {"type": "http", "http_version": "1.1", "scheme": "http", "query_string": b"", "headers": []}
    asyncio.run(app({**base, "raw_path": scope["path"].encode(), **scope}, receive, send))
    return sent


def headers_of(client: Client, *more: tuple[bytes, bytes]) -> list[tuple[bytes, bytes]]:
    return [(b"authorization", f"Bearer {client.token}".encode()), *more]


def test_a_body_in_chunks_is_put_together(client: Client) -> None:
    chunks = [b'{"na', b'me": "Ch', b'unked"}']
    messages = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    scope = {"method": "POST", "path": f"{PROJECT}/classes"}
    scope["headers"] = headers_of(client, (b"content-type", b"application/json"), (b"transfer-encoding", b"chunked"))
    sent = raw_request(client.app, scope, [*messages, {"type": "http.request", "body": b""}])
    assert sent[0]["status"] == 201


def test_a_client_that_goes_while_it_sends_changes_nothing(client: Client) -> None:
    before = client.app.sandbox.world
    scope = {"method": "POST", "path": f"{PROJECT}/classes"}
    scope["headers"] = headers_of(client, (b"content-type", b"application/json"))
    assert raw_request(client.app, scope, [{"type": "http.request", "body": b'{"na', "more_body": True}]) == []
    assert client.app.sandbox.world is before


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_over_the_limit_is_413_before_it_is_read(announced: bool) -> None:
    app = create_app(small_world(), Settings(check_responses=True, body_limit=1000))
    client = as_person(app, "owner@example.com")
    length = [(b"content-length", b"5000")] if announced else []
    messages = [{"type": "http.request", "body": b"x" * 600, "more_body": True} for _ in range(50)]
    scope = {"method": "POST", "path": f"{PROJECT}/classes"}
    scope["headers"] = headers_of(client, (b"content-type", b"application/json"), *length)
    sent = raw_request(app, scope, messages)
    assert sent[0]["status"] == 413
    assert "1000 bytes" in json.loads(sent[1]["body"])["message"]
    assert len(messages) == (50 if announced else 48)


def upload(client: Client, name: str, content: bytes | str, path: str = f"{PROJECT}/groups/upload") -> Any:
    return client.post(path, files={"file": (name, content)})


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 300 * 1024 * 1024)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.csv", b""),
        ("empty.xlsx", b""),
        ("noise.xlsx", b"PK\x03\x04 not a zip"),
        ("text.xlsx", b"a,b\n1,2\n"),
        ("nul.csv", b"text\na\x00b\n"),
        ("broken.json", b"[{"),
        ("deep.json", b"[" * 100_000),
        ("scalar.json", b"7"),
        ("broken.jsonl", b'{"text": "a"}\n{"text": \n'),
        ("program.exe", b"MZ"),
        ("../../etc/passwd", b"root"),
    ],
)
def test_a_file_that_cannot_be_read_is_400_and_says_why(client: Client, name: str, content: bytes) -> None:
    before = client.app.sandbox.world
    refused(upload(client, name, content), 400)
    assert client.app.sandbox.world is before


def test_a_zip_bomb_is_refused(client: Client) -> None:
    refused(upload(client, "bomb.xlsx", zip_bomb()), 400)


def test_formulas_are_texts(client: Client) -> None:
    answer = upload(client, "formulas.csv", "text,source\n=1+1,@SUM(A1)\n+2,-3\n")
    assert answer.json()["preview"] == [["text", "source"], ["=1+1", "@SUM(A1)"], ["+2", "-3"]]


def test_a_form_without_boundary_or_with_text_for_the_file_is_400(client: Client) -> None:
    path = f"{PROJECT}/groups/upload"
    bare = client.post(path, content=b"--x--", headers={"Content-Type": "multipart/form-data"})
    assert "boundary" in json.dumps(refused(bare, 400)["errors"])
    text = client.post(path, files={"file": (None, "text\na\n")})
    assert "must be a file" in json.dumps(refused(text, 400)["errors"])
    assert "required" in json.dumps(refused(client.post(path, files={"other": ("a.csv", b"a")}), 400)["errors"])
    wrong = client.post(path, files={"file": ("a.csv", b"text\na\n"), "to_list": (None, "maybe")})
    assert "true or false" in json.dumps(refused(wrong, 400)["errors"])


def test_two_requests_at_once_for_the_same_name_make_one(app: App) -> None:
    import httpx

    token = as_person(app, "owner@example.com").token

    async def both() -> list[int]:
        transport = httpx.ASGITransport(app=app)
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as http:
            sent = [http.post(f"{PROJECT}/classes", json={"name": "Twice"}) for _ in range(8)]
            return [answer.status_code for answer in await asyncio.gather(*sent)]

    assert sorted(asyncio.run(both())) == [201] + [409] * 7


def test_a_handler_that_fails_answers_500_and_leaves_the_world(monkeypatch: pytest.MonkeyPatch) -> None:
    from mock_server.studio.domain import classes

    def broken(tx: Any, project_id: int, **fields: Any) -> None:
        tx.put(small_world_class(tx))
        raise ZeroDivisionError

    monkeypatch.setattr(classes, "create_class", broken)
    client = as_person(create_app(small_world()), "owner@example.com")
    before = client.app.sandbox.world
    assert (
        refused(client.post(f"{PROJECT}/classes", json={"name": "a"}), 500)["message"]
        == "Something is wrong with the API."
    )
    assert client.app.sandbox.world is before


def small_world_class(tx: Any) -> Any:
    from mock_server.studio.rows import ModelClass

    return ModelClass(id=tx.new_id(ModelClass), project_id=11, name="Half done")


def test_browsers_on_localhost_are_let_in_and_others_are_not(client: Client) -> None:
    for origin, allowed in (
        ("http://localhost:5173", True),
        ("http://127.0.0.1:3000", True),
        ("https://evil.test", False),
    ):
        answer = client.get(PROJECT, headers={"Origin": origin})
        assert (answer.headers.get("access-control-allow-origin") == origin) is allowed
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "authorization",
        }
        preflight = client.request("OPTIONS", PROJECT, headers=asked)
        assert (preflight.status_code == 200) is allowed


def test_errors_reach_browsers_too(client: Client) -> None:
    answer = client.get("/projects/99", headers={"Origin": "http://localhost:5173"})
    assert answer.headers["access-control-allow-origin"] == "http://localhost:5173"


def test_options_names_what_is_allowed(anyone: Client) -> None:
    answer = anyone.request("OPTIONS", f"{PROJECT}/classes")
    assert answer.status_code == 204
    assert answer.headers["allow"] == "GET, OPTIONS, POST"


def test_form_with_a_broken_header_is_told_to_who_sent_it_and_not_to_the_log(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    sent = b'--x\r\nContent-Disposition: form-data; na\x00me="file"\r\nBad[Header: 1\r\n\r\ntext\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    refused(client.post(f"{PROJECT}/groups/upload", content=sent, headers=headers), 400)
    assert caplog.records == []
