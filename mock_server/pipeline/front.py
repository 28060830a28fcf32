"""The outermost layer: browsers (CORS, OPTIONS), pages beside the contract, and requests that match no operation."""

from collections.abc import Callable
from typing import Any

from starlette.middleware.cors import CORSMiddleware

from mock_server.control.guard import Guard, is_control
from mock_server.pipeline.delivery import deliver
from mock_server.pipeline.errors import Refused
from mock_server.pipeline.exchange import KEY, Exchange
from mock_server.pipeline.reply import Reply

FAULTS = (
    "Retry-After",
    "Preference-Applied",
    "X-Mock-Fault",
)  # headers of answers that a fault or a preference has changed
Refusing = Callable[[str, Refused], Reply]
LOCAL_ORIGIN = r"https?://([a-z0-9-]+\.)*(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"


class Front:
    """Wraps the routed application. `refuse` gives an error without an operation the shape of its vendor. Every request becomes an
    `Exchange` for one of the `sandboxes`, and is in its journal as soon as it has been answered. `guard` checks who asks something of the
    stand-in itself; with `https_only` whoever asks the vendors' APIs without TLS is refused."""

    def __init__(
        self, app: Any, routing: Any, refuse: Refusing, sandboxes: Any, guard: Guard, https_only: bool = False
    ) -> None:
        self.app, self.routing, self.refuse, self.sandboxes = app, routing, refuse, sandboxes
        self.guard, self.https_only = guard, https_only
        self.cors = CORSMiddleware(
            self.plain,
            allow_origin_regex=LOCAL_ORIGIN,
            allow_methods=["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"],
            allow_headers=["*"],
            allow_credentials=True,
            expose_headers=["Content-Disposition", "WWW-Authenticate", "Allow", "X-Mock-Exchange", *FAULTS],
            max_age=600,
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            for name, _ in scope["headers"]:
                if name == b"origin":
                    await self.cors(scope, receive, send)
                    return
            await self.plain(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def plain(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve a request of a client that is no browser, or whose origin is dealt with."""
        exchange = scope[KEY] = Exchange(scope)
        try:
            self.sandboxes.enter(exchange)
            scope = exchange.scope
            if is_control(scope["path"]):  # what is asked of the stand-in itself is no part of the journal
                self.guard.check(scope)
            else:
                exchange.journal = exchange.sandbox.journal
                if self.https_only and scope["scheme"] == "http":
                    raise needs_tls(scope)
            if scope["method"] == "OPTIONS":
                allow = ", ".join(self.routing.allowed(scope["path"])).encode()
                await deliver(Reply(204, b"", b"text/plain", ((b"allow", allow),)), scope, send)
            else:
                await self.app(scope, receive, send)
        except Refused as refusal:
            exchange.problem = refusal
            await deliver(self.refuse(scope["path"], refusal), scope, send)
        finally:
            if exchange.journal is not None and exchange.id is None:  # it ended without an answer
                exchange.journal.write(exchange)
            del scope[KEY]  # a circle would have to wait for the garbage collector


def needs_tls(scope: Any) -> Refused:
    """The request came without TLS, and is told where it would be served."""
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    return Refused(403, f"This API is served over HTTPS only: https://{host}{scope['path']}"[:500])
