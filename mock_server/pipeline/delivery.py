"""From an answer to the messages that send it; on its way it is written into the journal."""

from typing import Any

from mock_server.pipeline.exchange import KEY, Exchange
from mock_server.pipeline.reply import Reply


async def deliver(reply: Reply, scope: Any, send: Any) -> None:
    """Write an answer into the journal, so that whoever has it can ask for it there, and send it."""
    await send(start(reply, scope[KEY]))
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else reply.body})


def start(reply: Reply, exchange: Exchange) -> dict[str, Any]:
    """Write an answer into the journal and return the message that begins to send it."""
    exchange.reply = reply
    headers = [*reply.headers]
    if exchange.journal is not None:
        headers.append((b"x-mock-exchange", b"%d" % exchange.journal.write(exchange)))
    if reply.status != 204:  # which says nothing about content, for it has none
        headers += [(b"content-type", reply.media), (b"content-length", str(len(reply.body)).encode())]
    return {"type": "http.response.start", "status": reply.status, "headers": headers}
