"""Webhooks: real calls to receivers on loopback, what is tried again and what is not, and whom the stand-in never calls."""

import asyncio
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import pytest

from mock_server import contract, outward
from mock_server.app import App, Settings, create_app
from mock_server.cli import build_parser
from mock_server.pipeline.schemas import Schemas, faults
from mock_server.studio.domain import hitl
from mock_server.studio.rows import Webhook
from tests.conftest import Client, as_person
from tests.reviews import AT, MISSING, TOTAL, create, doubt
from tests.worlds import small_world

FAST = (0.01, 0.02, 0.03)


class Receiver:
    """An HTTP server on loopback that answers with `answers` in turn, the last one for ever; keeps what it got."""

    def __init__(self) -> None:
        self.answers: list[int] = [200]
        self.got: list[Any] = []
        self.paths: list[str] = []
        self.headers: dict[str, str] = {}
        self.location = ""
        self.hang = threading.Event()
        self.slow = False
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(msgspec.json.decode(body))
                receiver.paths.append(self.path)
                receiver.headers.update(self.headers)
                if receiver.slow:
                    receiver.hang.wait(10)
                answers = receiver.answers
                self.send_response(answers.pop(0) if len(answers) > 1 else answers[0])
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            do_GET = do_POST

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/reviews?from=mock"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.hang.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def application(*hosts: str, timeout: float = 2.0) -> App:
    settings = Settings(check_responses=True, webhook_hosts=hosts, webhook_timeout=timeout, webhook_pauses=FAST)
    return create_app(small_world(), settings)


def told(app: App, url: str, act: Callable[[App, int], None] | None = None) -> list[Any]:
    """Make a review (or do something else) in a HITL with this address, wait, and return what is shown of the webhooks."""
    client = as_person(app, "owner@example.com")
    made = create(client, is_live=True, webhook_url=url)

    async def run() -> None:
        app.webhooks.start()
        (act or _one)(app, made["id"])
        await asyncio.wait_for(app.webhooks.idle(), 10)
        await app.webhooks.stop()

    asyncio.run(run())
    return shown(app)


def shown(app: App) -> list[Any]:
    found: list[Any] = Client(app).get("/_mock/webhooks").json()
    return found


def _one(app: App, hitl_id: int) -> None:
    doubt(app, hitl_id)


def _assign(app: App, hitl_id: int, user_id: int | None) -> None:
    tx = app.sandbox.begin()
    hitl.assign_hitl(tx, app.apis["studio"].roles, 11, hitl_id, {"assigned_user_id": user_id})
    app.sandbox.commit(tx)


def codes(webhook: Any) -> list[int | None]:
    return [attempt["code"] for attempt in webhook["attempts"]]


def test_event_is_posted_as_the_contract_says(receiver: Receiver) -> None:
    (webhook,) = told(application(), receiver.url)
    assert (webhook["status"], webhook["reason"], codes(webhook)) == ("DELIVERED", None, [200])
    assert receiver.got == [webhook["event"]] and receiver.paths == ["/reviews?from=mock"]
    assert receiver.got[0]["id"] == webhook["id"] and receiver.got[0]["previous_status"] is None
    assert receiver.got[0]["review"]["data"]["value"] == "412.50"
    assert receiver.headers["Content-Type"] == "application/json"
    assert receiver.headers["Host"] == f"127.0.0.1:{receiver.port}"
    document = contract.load("studio")
    schema = Schemas(document).compile(document["components"]["schemas"]["HitlReviewEvent"])
    assert faults(schema, receiver.got[0], "event") == []


@pytest.mark.parametrize("code", [500, 503, 429])
def test_refusal_that_may_pass_is_tried_again_with_the_same_id(receiver: Receiver, code: int) -> None:
    receiver.answers = [code, code, 204]
    (webhook,) = told(application(), receiver.url)
    assert (webhook["status"], codes(webhook)) == ("DELIVERED", [code, code, 204])
    assert len(receiver.got) == 3 and {event["id"] for event in receiver.got} == {webhook["id"]}


def test_after_four_calls_it_is_given_up(receiver: Receiver) -> None:
    receiver.answers = [500]
    (webhook,) = told(application(), receiver.url)
    assert (webhook["status"], codes(webhook)) == ("FAILED", [500] * 4)
    assert webhook["reason"] == "given up after 4 calls"


@pytest.mark.parametrize("code", [400, 404, 410])
def test_refusal_for_good_is_not_tried_again(receiver: Receiver, code: int) -> None:
    receiver.answers = [code]
    (webhook,) = told(application(), receiver.url)
    assert (webhook["status"], webhook["reason"], codes(webhook)) == ("FAILED", f"answered {code}", [code])


def test_hanging_receiver_costs_its_time_limit_and_nobody_elses(receiver: Receiver) -> None:
    receiver.slow = True
    other = Receiver()
    app = application(timeout=0.15)
    client = as_person(app, "owner@example.com")
    quick = create(client, is_live=True, webhook_url=other.url)

    def both(app: App, hitl_id: int) -> None:
        doubt(app, hitl_id)
        doubt(app, quick["id"])

    began = time.monotonic()
    slow, fine = told(app, receiver.url, both)
    other.close()
    assert time.monotonic() - began < 5
    assert (slow["status"], codes(slow)) == ("FAILED", [None] * 4)
    assert slow["attempts"][0]["result"] == "no answer within 0.15 s"
    assert (fine["status"], codes(fine)) == ("DELIVERED", [200])


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_redirect_is_never_followed(receiver: Receiver, code: int) -> None:
    forbidden = Receiver()
    receiver.answers, receiver.location = [code], forbidden.url
    (webhook,) = told(application(), receiver.url)
    forbidden.close()
    assert (webhook["status"], codes(webhook)) == ("FAILED", [code])
    assert webhook["reason"] == f"answered {code}; redirects are not followed"
    assert forbidden.got == [] and len(receiver.got) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/hook",
        "https://example.com",
        "http://10.0.0.1/hook",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0:80/",
        "http://[::]/",
        "http://[fe80::1]/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://127.1/",
        "http://localhost.example.com/",
        "http://127.0.0.1.example.com/",
        "http://127.0.0.1@example.com/",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:99999/",
        "http://[::1/",
        "http://?/",
        "http://ⓛocalhost.example/",
    ],
)
def test_forbidden_address_is_recorded_and_not_called(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    called: list[str] = []
    monkeypatch.setattr(outward, "post", lambda target, *_: called.append(target.host))
    (webhook,) = told(application(), url)
    assert (webhook["status"], webhook["attempts"], called) == ("REFUSED", [], [])
    assert webhook["reason"]


def test_name_of_this_machine_that_leads_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def elsewhere(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 1)), (2, 1, 6, "", ("192.0.2.7", 1))]

    async def attempt() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", elsewhere)
        await outward.post(outward.target_of("http://localhost:1/", ()), b"{}", {})

    with pytest.raises(outward.NotAllowed, match=r"resolves to 192\.0\.2\.7"):
        asyncio.run(attempt())


def test_allowed_host_is_called_at_what_it_resolved_to(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    real = asyncio.base_events.BaseEventLoop.getaddrinfo

    async def resolve(self: Any, host: Any, port: Any, **more: Any) -> Any:
        return await real(self, "127.0.0.1" if host == "hooks.example.com" else host, port, **more)

    monkeypatch.setattr(asyncio.base_events.BaseEventLoop, "getaddrinfo", resolve)
    url = receiver.url.replace("127.0.0.1", "Hooks.Example.com")
    (webhook,) = told(application("hooks.example.com"), url)
    assert webhook["status"] == "DELIVERED"
    assert receiver.headers["Host"] == f"hooks.example.com:{receiver.port}"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.8.7", "LOCALHOST"])
def test_every_way_to_say_this_machine_is_called(receiver: Receiver, host: str) -> None:
    (webhook,) = told(application(), f"http://{host}:{receiver.port}/")
    assert (webhook["status"], webhook["reason"]) == ("DELIVERED", None) or host == "127.9.8.7"
    assert webhook["status"] != "REFUSED"


def test_receiver_that_is_gone_is_tried_four_times() -> None:
    gone = Receiver()
    gone.close()
    (webhook,) = told(application(), gone.url)
    assert (webhook["status"], codes(webhook)) == ("FAILED", [None] * 4)
    assert all(attempt["result"].startswith("no answer: ") for attempt in webhook["attempts"])


@pytest.mark.parametrize("said", [b"", b"hello\r\n", b"HTTP/1.1 abc\r\n\r\n", b"x" * 70_000])
def test_receiver_that_speaks_something_else_is_no_answer(said: bytes) -> None:
    async def run(app: App) -> None:
        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(said)
            writer.close()

        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            _set_url(app, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
            app.webhooks.start()
            doubt(app, 1)
            await asyncio.wait_for(app.webhooks.idle(), 10)
            await app.webhooks.stop()

    app = application()
    create(as_person(app, "owner@example.com"), is_live=True)
    asyncio.run(run(app))
    (webhook,) = shown(app)
    assert (webhook["status"], codes(webhook)) == ("FAILED", [None] * 4)


def _set_url(app: App, url: str) -> None:
    tx = app.sandbox.begin()
    hitl.change_hitl(tx, app.apis["studio"].roles, 11, 1, {"webhook_url": url})
    app.sandbox.commit(tx)


def test_changes_of_a_review_arrive_in_their_order_even_if_the_first_fails_at_first(receiver: Receiver) -> None:
    receiver.answers = [500, 500, 200]

    def act(app: App, hitl_id: int) -> None:
        doubt(app, hitl_id)
        for user_id in (4, None, 5):
            _assign(app, hitl_id, user_id)

    assert {webhook["status"] for webhook in told(application(), receiver.url, act)} == {"DELIVERED"}
    assert [event["review"]["status"] for event in receiver.got[2:]] == ["PENDING", "ASSIGNED", "PENDING", "ASSIGNED"]
    assert [event["previous_status"] for event in receiver.got[3:]] == ["PENDING", "ASSIGNED", "PENDING"]


def test_nothing_is_told_without_an_address_nor_by_reassigning(receiver: Receiver) -> None:
    def act(app: App, hitl_id: int) -> None:
        doubt(app, hitl_id, TOTAL, MISSING)
        _assign(app, hitl_id, 4)
        _assign(app, hitl_id, 5)
        _set_url(app, None)  # type: ignore[arg-type]
        _assign(app, hitl_id, None)

    assert len(told(application(), receiver.url, act)) == 4 == len(receiver.got)


def test_reset_ends_what_was_under_way(receiver: Receiver) -> None:
    receiver.answers = [500]

    async def run(app: App) -> None:
        app.webhooks.pauses = (0.3,)
        app.webhooks.start()
        doubt(app, 1)
        while not receiver.got:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.1)
        app.sandbox.reset()
        await asyncio.wait_for(app.webhooks.idle(), 10)
        await app.webhooks.stop()

    app = application()
    create(as_person(app, "owner@example.com"), is_live=True, webhook_url=receiver.url)
    asyncio.run(run(app))
    assert len(receiver.got) == 1 and shown(app) == []


def test_nothing_is_delivered_where_no_server_runs(receiver: Receiver) -> None:
    app = application()
    made = create(as_person(app, "owner@example.com"), is_live=True, webhook_url=receiver.url)
    doubt(app, made["id"])
    assert [webhook["status"] for webhook in shown(app)] == ["PENDING"] and receiver.got == []


async def _lifespan(app: App, inside: Callable[[], Awaitable[None]]) -> None:
    """Do something between the startup and the shutdown that a server tells its application of."""
    incoming: asyncio.Queue[Any] = asyncio.Queue()
    outgoing: asyncio.Queue[Any] = asyncio.Queue()
    running = asyncio.create_task(app({"type": "lifespan", "asgi": {}, "state": {}}, incoming.get, outgoing.put))
    for message in ("startup", "shutdown"):
        await incoming.put({"type": f"lifespan.{message}"})
        assert (await outgoing.get())["type"] == f"lifespan.{message}.complete"
        if message == "startup":
            await inside()
    await running


def test_running_server_delivers_what_requests_change(receiver: Receiver) -> None:
    app = application()
    client = as_person(app, "owner@example.com")
    made = create(client, is_live=True, webhook_url=receiver.url)
    doubt(app, made["id"])  # waits, and is told when the server starts

    async def inside() -> None:
        headers = {"Authorization": f"Bearer {client.token}"}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://mock") as http:
            answer = await http.put(f"{AT}/{made['id']}/assign", json={"assigned_user_id": 4}, headers=headers)
        assert answer.status_code == 200
        await asyncio.wait_for(app.webhooks.idle(), 10)

    asyncio.run(_lifespan(app, inside))
    assert [event["review"]["status"] for event in receiver.got] == ["PENDING", "ASSIGNED"]
    assert app.sandbox.after_commit is None
    assert not app.sandbox.begin().ids(Webhook, status="PENDING")


def test_event_of_every_sandbox_is_delivered_and_none_of_a_deleted_one(receiver: Receiver) -> None:
    app = application()
    made = create(as_person(app, "owner@example.com"), is_live=True, webhook_url=receiver.url)
    app.sandboxes.create("one", origin=app.sandbox)

    async def run() -> None:
        app.webhooks.start()
        app.sandboxes.create("two", origin=app.sandbox)
        for name in ("one", "two"):
            doubt(SimpleNamespace(sandbox=app.sandboxes.get(name)), made["id"])  # type: ignore[arg-type]
        app.sandboxes.delete("two")
        await asyncio.wait_for(app.webhooks.idle(), 10)
        await app.webhooks.stop()

    asyncio.run(run())
    (webhook,) = Client(app).get("/_sandbox/one/_mock/webhooks").json()
    assert webhook["status"] == "DELIVERED" and receiver.got == [webhook["event"]]
    assert shown(app) == []


def test_hosts_are_allowed_on_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    args = build_parser().parse_args(["serve", "--allow-webhook", "CI.example.com", "--allow-webhook", "[fd00::1]"])
    assert args.allow_webhook == ["ci.example.com", "fd00::1"]
    for wrong in ("http://example.com", "example.com/x", "example.com:80", ""):
        with pytest.raises(SystemExit):
            build_parser().parse_args(["serve", "--allow-webhook", wrong])
    assert "right would be a name or an IP address" in capsys.readouterr().err
