"""Ways of sending an answer that no handler could choose: slowly, or not to its end.

ASGI has no word for closing a connection, so this asks uvicorn for its transport. Where there is none, because the application is called
in process, `ConnectionClosed` is raised to whoever calls it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from mock_server.pipeline.delivery import start
from mock_server.pipeline.exchange import Exchange
from mock_server.pipeline.reply import Reply

PIECES_PER_SECOND = 10


class ConnectionClosed(ConnectionError):
    """The stand-in has closed the connection, as a fault told it to."""


async def slowly(
    reply: Reply,
    bytes_per_second: int,
    sleep: Callable[[float], Awaitable[Any]],
    exchange: Exchange,
    send: Any,
) -> None:
    """Send an answer at no more than so many bytes a second. Stops when the client has gone."""
    await send(start(reply, exchange))
    body = b"" if exchange.scope["method"] == "HEAD" else reply.body
    piece = max(1, bytes_per_second // PIECES_PER_SECOND)
    transport = transport_of(send)
    for at in range(0, len(body), piece):
        await sleep(len(body[at : at + piece]) / bytes_per_second)
        if transport is not None and transport.is_closing():
            return
        await send({"type": "http.response.body", "body": body[at : at + piece], "more_body": True})
    await send({"type": "http.response.body", "body": b""})


async def cut(reply: Reply | None, exchange: Exchange, receive: Any, send: Any) -> None:
    """Close the connection, after half of `reply` or, if that is None, before anything is sent."""
    if reply is not None:
        await send(start(reply, exchange))
        half = reply.body[: len(reply.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})
    transport = transport_of(send)
    if transport is None:
        raise ConnectionClosed("the connection was closed by a fault")
    transport.close()
    while (await receive())["type"] != "http.disconnect":  # until uvicorn knows, or it would answer in our place
        pass


def transport_of(send: Any) -> Any:
    """Return the transport of the connection that `send` belongs to, None if there is none. Layers may have wrapped `send` in partials."""
    while hasattr(send, "keywords"):
        send = send.keywords.get("send")
    return getattr(getattr(send, "__self__", None), "transport", None)
