"""Trying a request on a copy of the world: what would be answered if it were a little different."""

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from mock_server.contract import Json
from mock_server.journal.entry import Entry, Pairs
from mock_server.pipeline.dispatch import Dispatch
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.exchange import Exchange
from mock_server.pipeline.operations import Operation
from mock_server.world import Sandbox, World

MOST = 60  # trials for one refusal


class Request(msgspec.Struct, frozen=True):
    """A request to an operation. `template` is its path in the contract."""

    operation: Operation
    template: str
    method: str
    path: dict[str, str]
    query: Pairs
    headers: Pairs
    body: bytes

    def but(self, **changes: Any) -> "Request":
        """Return the request with other parts."""
        return msgspec.structs.replace(self, **changes)

    def with_header(self, name: str, value: str) -> "Request":
        """Return the request with one header set."""
        return self.but(headers=[*(pair for pair in self.headers if pair[0] != name), (name, value)])

    def with_body(self, media: str, value: Any) -> "Request":
        """Return the request with another body of JSON, or of a form's fields for the media type of one."""
        fields = media == "application/x-www-form-urlencoded"
        body = urlencode(value, doseq=True).encode() if fields else msgspec.json.encode(value)
        return self.with_header("content-type", media).with_header("content-length", str(len(body))).but(body=body)

    def owner_of(self, name: str) -> str:
        """Return what a path parameter is the id of, by the segment before it: `task` for `/tasks/{id}`."""
        before = self.template.partition(f"/{{{name}}}")[0]
        return before.rpartition("/")[2].removesuffix("s")

    @property
    def target(self) -> str:
        """Path and query."""
        path = self.template
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
        return f"{path}?{urlencode(self.query)}" if self.query else path


def request_of(entry: Entry, template: str) -> Request:
    """Return what an entry asked, to be changed."""
    assert entry.operation is not None
    query = parse_qsl(entry.query.decode("latin-1"), keep_blank_values=True)
    path = dict(entry.path_params or {})
    return Request(entry.operation, template, entry.method, path, query, entry.headers, entry.body or b"")


class Trials:
    """Answers requests on copies of one world, each on a copy of its own, and only so many. `name` is that of its sandbox."""

    def __init__(self, world: World, name: str) -> None:
        self.world, self.name = world, name
        self.left = MOST

    async def status(self, request: Request) -> int:
        """Return the status of the answer; 0 when there were trials enough."""
        if self.left <= 0:
            return 0
        self.left -= 1
        return await _answered(request, Sandbox(self.world, self.name))


async def _answered(request: Request, sandbox: Sandbox) -> int:
    operation = request.operation
    exchange = Exchange(_scope(request))
    exchange.sandbox, exchange.operation = sandbox, operation

    async def receive() -> Json:
        return {"type": "http.request", "body": request.body, "more_body": False}

    try:
        return (await Dispatch().answer(operation, exchange, dict(exchange.scope["headers"]), receive)).status
    except Refused as refusal:
        status: int = operation.refuse(refusal).status
    except operation.api.errors as error:
        status = operation.explain(error).status
    except Exception:
        status = 500  # a proposal that the stand-in cannot take is none
    return status


def _scope(request: Request) -> Json:
    path, _, query = request.target.partition("?")
    return {
        "type": "http",
        "method": request.method,
        "scheme": "http",
        "http_version": "1.1",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "path_params": request.path,
        "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
    }
